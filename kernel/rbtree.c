// SPDX-License-Identifier: MIT
/*
 * Red-black trees.
 *
 * A node is red or black; the root is black, a red node has black children, and
 * each path from a node down to a missing child has the same number of black
 * nodes.  So no path is more than twice as long as another, and a walk down n
 * nodes takes at most 2 log2(n + 1) steps.  The rules that mend a violation are
 * those of the textbooks (Cormen et al., Introduction to Algorithms, ch. 13);
 * the cases are named there as here.
 *
 * A summary (`update`) is kept right in two steps: first from the changed place
 * up to the root on the tree as it is, then at the two nodes of each rotation.
 * A rotation leaves the set of nodes beneath its top as it was, so what stands
 * above need not hear of it.
 *
 * Nothing here recurses, allocates or locks.
 */
#include "kernel/rbtree.h"

#define BLACK 1UL

static inline bool is_black(const struct rb_node *node)
{
	return !node || (node->parent_color & BLACK); /* a missing child counts as black */
}

static inline void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent_color = (unsigned long)parent | (node->parent_color & BLACK);
}

static inline void set_black(struct rb_node *node)
{
	node->parent_color |= BLACK;
}

static inline void set_red(struct rb_node *node)
{
	node->parent_color &= ~BLACK;
}

/* Where `parent` (NULL: the root) points at `old`, let it point at `new`. */
static inline void replace_child(struct rb_root *root, struct rb_node *parent, struct rb_node *old,
				 struct rb_node *new)
{
	if (!parent)
		root->node = new;
	else if (parent->left == old)
		parent->left = new;
	else
		parent->right = new;
}

/*
 *     top              other
 *    /   \             /   \
 *   a   other   ->   top    c
 *       /   \        / \
 *      b     c      a   b
 */
static void rotate_left(struct rb_node *top, struct rb_root *root, rb_update_t update)
{
	struct rb_node *other = top->right, *parent = rb_parent(top);

	top->right = other->left;
	if (other->left)
		set_parent(other->left, top);
	other->left = top;
	set_parent(other, parent);
	set_parent(top, other);
	replace_child(root, parent, top, other);
	if (update) {
		update(top);
		update(other);
	}
}

/* The mirror image. */
static void rotate_right(struct rb_node *top, struct rb_root *root, rb_update_t update)
{
	struct rb_node *other = top->left, *parent = rb_parent(top);

	top->left = other->right;
	if (other->right)
		set_parent(other->right, top);
	other->right = top;
	set_parent(other, parent);
	set_parent(top, other);
	replace_child(root, parent, top, other);
	if (update) {
		update(top);
		update(other);
	}
}

/*
 * Refresh summaries from `node` upwards: up to and with `through` in any case
 * (its summary stems from another place, so that it did not change says
 * nothing), then for as long as they change.
 */
static void refresh(struct rb_node *node, struct rb_node *through, rb_update_t update)
{
	for (; node; node = rb_parent(node)) {
		bool changed = update(node);

		if (through) {
			if (node == through)
				through = NULL;
		} else if (!changed) {
			break;
		}
	}
}

void rb_propagate(struct rb_node *node, rb_update_t update)
{
	refresh(node, NULL, update);
}

void rb_insert(struct rb_node *node, struct rb_root *root, rb_update_t update)
{
	struct rb_node *parent, *grand, *uncle;

	if (update)
		refresh(node, node, update);

	/* `node` is red; wrong only where its parent is red too. */
	while ((parent = rb_parent(node)) && !is_black(parent)) {
		grand = rb_parent(parent); /* there is one: the root is black */
		uncle = grand->left == parent ? grand->right : grand->left;
		if (!is_black(uncle)) {
			/* Case 1: hand the red up two levels. */
			set_black(parent);
			set_black(uncle);
			set_red(grand);
			node = grand;
			continue;
		}
		if (grand->left == parent) {
			if (parent->right == node) { /* case 2: make it case 3 */
				rotate_left(parent, root, update);
				parent = node;
			}
			rotate_right(grand, root, update);
		} else {
			if (parent->left == node) {
				rotate_right(parent, root, update);
				parent = node;
			}
			rotate_left(grand, root, update);
		}
		set_black(parent);
		set_red(grand);
		break;
	}
	set_black(root->node);
}

/*
 * One round of mending after a black node went: every path through `node` (a
 * child of `parent`, perhaps missing) has one black node too few.  This is the
 * side where it is the left child.  True when all is well.
 */
static bool erase_fix_left(struct rb_node *parent, struct rb_root *root, rb_update_t update)
{
	struct rb_node *brother = parent->right; /* there is one: it has a black node more */

	if (!is_black(brother)) { /* case 1: get a black brother */
		set_black(brother);
		set_red(parent);
		rotate_left(parent, root, update);
		brother = parent->right;
	}
	if (is_black(brother->left) && is_black(brother->right)) {
		set_red(brother); /* case 2: now all of `parent` has one too few */
		return false;
	}
	if (is_black(brother->right)) { /* case 3: make it case 4 */
		set_black(brother->left);
		set_red(brother);
		rotate_right(brother, root, update);
		brother = parent->right;
	}
	brother->parent_color = (unsigned long)parent | (parent->parent_color & BLACK);
	set_black(parent);
	set_black(brother->right);
	rotate_left(parent, root, update); /* case 4 */
	return true;
}

/* The mirror image. */
static bool erase_fix_right(struct rb_node *parent, struct rb_root *root, rb_update_t update)
{
	struct rb_node *brother = parent->left;

	if (!is_black(brother)) {
		set_black(brother);
		set_red(parent);
		rotate_right(parent, root, update);
		brother = parent->left;
	}
	if (is_black(brother->left) && is_black(brother->right)) {
		set_red(brother);
		return false;
	}
	if (is_black(brother->left)) {
		set_black(brother->right);
		set_red(brother);
		rotate_left(brother, root, update);
		brother = parent->left;
	}
	brother->parent_color = (unsigned long)parent | (parent->parent_color & BLACK);
	set_black(parent);
	set_black(brother->left);
	rotate_right(parent, root, update);
	return true;
}

static void erase_fix(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
		      rb_update_t update)
{
	while (parent && is_black(node)) {
		bool done = parent->left == node ? erase_fix_left(parent, root, update) :
						   erase_fix_right(parent, root, update);

		if (done)
			return;
		node = parent;
		parent = rb_parent(node);
	}
	if (node)
		set_black(node);
}

void rb_erase(struct rb_node *node, struct rb_root *root, rb_update_t update)
{
	struct rb_node *heir = NULL; /* takes the place of a node with two children */
	struct rb_node *gone = node; /* whose place in the tree vanishes */
	struct rb_node *child, *parent;
	bool was_black;

	if (node->left && node->right) {
		for (heir = node->right; heir->left; heir = heir->left)
			;
		gone = heir;
	}
	child = gone->left ? gone->left : gone->right;
	parent = rb_parent(gone);
	was_black = is_black(gone);
	if (child)
		set_parent(child, parent);
	replace_child(root, parent, gone, child);

	if (heir) {
		if (parent == node)
			parent = heir;
		*heir = *node;
		replace_child(root, rb_parent(node), node, heir);
		set_parent(heir->left, heir);
		if (heir->right)
			set_parent(heir->right, heir);
	}
	if (update)
		refresh(parent, heir, update);
	if (was_black)
		erase_fix(child, parent, root, update);
}

struct rb_node *rb_first(const struct rb_root *root)
{
	struct rb_node *node = root->node;

	while (node && node->left)
		node = node->left;
	return node;
}

struct rb_node *rb_last(const struct rb_root *root)
{
	struct rb_node *node = root->node;

	while (node && node->right)
		node = node->right;
	return node;
}

struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->right) {
		for (node = node->right; node->left; node = node->left)
			;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && parent->right == node)
		node = parent;
	return parent;
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	struct rb_node *parent;

	if (node->left) {
		for (node = node->left; node->right; node = node->right)
			;
		return (struct rb_node *)node;
	}
	while ((parent = rb_parent(node)) && parent->left == node)
		node = parent;
	return parent;
}
