// SPDX-License-Identifier: MIT
/*
 * How trees are kept in balance, and summaries right.
 *
 * The balance is that of relaxed AVL trees (Sen, Tarjan, Kim: Deletion Without
 * Rebalancing in Binary Search Trees, ACM TALG 12(4), 2016).  A node's rank is more
 * than its children's.  Insertion keeps it so, as in an AVL tree, where the rank is
 * the height: two rotations at most.  Erasure only unhooks: that leaves all ranks
 * right, though perhaps larger than need be.  After m insertions no node is deeper
 * than 1.44 log2(m), whatever was erased in between; in a tree that insertions and
 * erasures shape at random it stays close to log2 of how many there are.
 *
 * A summary (`update`) is kept right in two steps: first from the changed place
 * up to the root on the tree as it is, then at the two nodes of each rotation.
 * A rotation leaves the set of nodes beneath its top as it was, so what stands
 * above need not hear of it.
 *
 * Nothing here recurses, allocates or locks.
 */
#include "kernel/lib/tree.h"

static unsigned long rank_of(const struct tree_node *node)
{
	return node ? node->rank : 0;
}

/* Where `parent` (NULL: the root) points at `old`, let it point at `new`. */
static void replace_child(struct tree_root *root, struct tree_node *parent, struct tree_node *old,
			  struct tree_node *new)
{
	if (!parent)
		root->node = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
}

/* Put `new` where `old` is, with its children and rank. */
static void take_place(struct tree_node *new, const struct tree_node *old)
{
	*new = *old;
	if (new->left)
		new->left->parent = new;
	if (new->right)
		new->right->parent = new;
}

/* `other`, a child of `top`, has come above it; what changed hands is `inner`. */
static __always_inline void rotated(struct tree_node *top, struct tree_node *other,
				    struct tree_node *inner, struct tree_root *root,
				    tree_update_t update)
{
	struct tree_node *parent = top->parent;

	if (inner)
		inner->parent = top;
	other->parent = parent;
	top->parent = other;
	replace_child(root, parent, top, other);
	if (update) {
		update(top);
		update(other);
	}
}

/*
 *     top              other
 *    /   \             /   \
 *   a   other   ->   top    c
 *       /   \        / \
 *    inner   c      a  inner
 */
static __always_inline void rotate_left(struct tree_node *top, struct tree_root *root,
					tree_update_t update)
{
	struct tree_node *other = top->right, *inner = other->left;

	top->right = inner;
	other->left = top;
	rotated(top, other, inner, root, update);
}

/* The mirror image. */
static __always_inline void rotate_right(struct tree_node *top, struct tree_root *root,
					 tree_update_t update)
{
	struct tree_node *other = top->left, *inner = other->right;

	top->left = inner;
	other->right = top;
	rotated(top, other, inner, root, update);
}

/*
 * Refresh summaries from `node` upwards: up to and with `through` in any case
 * (its summary stems from another place, so that it did not change says
 * nothing), then for as long as they change.
 */
static __always_inline void refresh(struct tree_node *node, struct tree_node *through,
				    tree_update_t update)
{
	for (; node; node = node->parent) {
		bool changed = update(node);

		if (through) {
			if (node == through)
				through = NULL;
		} else if (!changed) {
			break;
		}
	}
}

/*
 * `node`, left of `parent`, has its rank, and the other child's is so low that `parent`
 * may sink.  Where the inner child is what makes `node` high, that one comes to the top.
 */
static __always_inline void lift_left(struct tree_node *node, struct tree_node *parent,
				      struct tree_root *root, tree_update_t update)
{
	struct tree_node *inner = node->right;

	if (rank_of(inner) + 1 == node->rank) {
		rotate_left(node, root, update);
		node->rank--;
		inner->rank++;
	}
	rotate_right(parent, root, update);
	parent->rank--;
}

/* The mirror image. */
static __always_inline void lift_right(struct tree_node *node, struct tree_node *parent,
				       struct tree_root *root, tree_update_t update)
{
	struct tree_node *inner = node->left;

	if (rank_of(inner) + 1 == node->rank) {
		rotate_right(node, root, update);
		node->rank--;
		inner->rank++;
	}
	rotate_left(parent, root, update);
	parent->rank--;
}

static __always_inline void lift(struct tree_node *node, struct tree_root *root,
				 tree_update_t update)
{
	struct tree_node *parent = node->parent;

	if (parent->left == node)
		lift_left(node, parent, root, update);
	else
		lift_right(node, parent, root, update);
}

/* As long as a node has its parent's rank, the parent's is raised, or the node is lifted. */
static __always_inline void rebalance(struct tree_node *node, struct tree_root *root,
				      tree_update_t update)
{
	unsigned long rank = node->rank;
	struct tree_node *parent, *left, *right, *other;

	for (; (parent = node->parent) && parent->rank == rank; node = parent) {
		left = parent->left;
		right = parent->right;
		other = left == node ? right : left;
		if (rank_of(other) != rank - 1) {
			lift(node, root, update);
			break;
		}
		parent->rank = ++rank;
	}
}

/* The node before or after this one, of which both are beneath it: on the lower side. */
static struct tree_node *neighbour_beneath(struct tree_node *node)
{
	struct tree_node *at;

	if (node->left->rank < node->right->rank) {
		for (at = node->left; at->right; at = at->right)
			;
	} else {
		for (at = node->right; at->left; at = at->left)
			;
	}
	return at;
}

static __always_inline void erase(struct tree_node *node, struct tree_root *root,
				  tree_update_t update)
{
	struct tree_node *heir = NULL; /* takes the place of a node with two children */
	struct tree_node *gone = node; /* whose place in the tree vanishes */
	struct tree_node *child, *parent;

	if (node->left && node->right)
		gone = heir = neighbour_beneath(node);
	child = gone->left ? gone->left : gone->right;
	parent = gone->parent;
	if (child)
		child->parent = parent;
	replace_child(root, parent, gone, child);

	if (heir) {
		if (parent == node)
			parent = heir;
		take_place(heir, node);
		replace_child(root, heir->parent, node, heir);
	}
	if (update)
		refresh(parent, heir, update);
}

void tree_insert(struct tree_node *node, struct tree_root *root)
{
	rebalance(node, root, NULL);
}

void tree_insert_augmented(struct tree_node *node, struct tree_root *root, tree_update_t update)
{
	refresh(node, node, update);
	rebalance(node, root, update);
}

void tree_erase(struct tree_node *node, struct tree_root *root)
{
	erase(node, root, NULL);
}

void tree_erase_augmented(struct tree_node *node, struct tree_root *root, tree_update_t update)
{
	erase(node, root, update);
}

struct tree_node *tree_first(const struct tree_root *root)
{
	struct tree_node *node = root->node;

	while (node && node->left)
		node = node->left;
	return node;
}

struct tree_node *tree_next(const struct tree_node *node)
{
	struct tree_node *parent;

	if (node->right) {
		for (node = node->right; node->left; node = node->left)
			;
		return (struct tree_node *)node;
	}
	while ((parent = node->parent) && parent->right == node)
		node = parent;
	return parent;
}

struct tree_node *tree_prev(const struct tree_node *node)
{
	struct tree_node *parent;

	if (node->left) {
		for (node = node->left; node->right; node = node->right)
			;
		return (struct tree_node *)node;
	}
	while ((parent = node->parent) && parent->left == node)
		node = parent;
	return parent;
}
