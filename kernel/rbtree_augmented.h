/* SPDX-License-Identifier: MIT */
/*
 * How red-black trees are kept in balance, and summaries right.
 *
 * The functions are here and not in kernel/rbtree.c so that a tree with summaries,
 * where time counts, can have its `update` built into them: whoever includes this
 * calls __rb_insert() with the name of a function instead of rb_insert() with a
 * pointer.  All others use kernel/rbtree.h.
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
#ifndef KERNEL_RBTREE_AUGMENTED_H
#define KERNEL_RBTREE_AUGMENTED_H

#include "kernel/rbtree.h"

#define RB_BLACK 1UL

static inline bool rb_is_black(const struct rb_node *node)
{
	return !node || (node->parent_color & RB_BLACK); /* a missing child counts as black */
}

static inline void rb_set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->parent_color = (unsigned long)parent | (node->parent_color & RB_BLACK);
}

static inline void rb_set_black(struct rb_node *node)
{
	node->parent_color |= RB_BLACK;
}

static inline void rb_set_red(struct rb_node *node)
{
	node->parent_color &= ~RB_BLACK;
}

/* Where `parent` (NULL: the root) points at `old`, let it point at `new`. */
static inline void rb_replace_child(struct rb_root *root, struct rb_node *parent,
				    struct rb_node *old, struct rb_node *new)
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
static __always_inline void rb_rotate_left(struct rb_node *top, struct rb_root *root,
					   rb_update_t update)
{
	struct rb_node *other = top->right, *parent = rb_parent(top);

	top->right = other->left;
	if (other->left)
		rb_set_parent(other->left, top);
	other->left = top;
	rb_set_parent(other, parent);
	rb_set_parent(top, other);
	rb_replace_child(root, parent, top, other);
	if (update) {
		update(top);
		update(other);
	}
}

/* The mirror image. */
static __always_inline void rb_rotate_right(struct rb_node *top, struct rb_root *root,
					    rb_update_t update)
{
	struct rb_node *other = top->left, *parent = rb_parent(top);

	top->left = other->right;
	if (other->right)
		rb_set_parent(other->right, top);
	other->right = top;
	rb_set_parent(other, parent);
	rb_set_parent(top, other);
	rb_replace_child(root, parent, top, other);
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
static __always_inline void rb_refresh(struct rb_node *node, struct rb_node *through,
				       rb_update_t update)
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

static __always_inline void __rb_propagate(struct rb_node *node, rb_update_t update)
{
	rb_refresh(node, NULL, update);
}

static __always_inline void __rb_insert(struct rb_node *node, struct rb_root *root,
					rb_update_t update)
{
	struct rb_node *parent, *grand, *uncle;

	if (update)
		rb_refresh(node, node, update);

	/* `node` is red; wrong only where its parent is red too. */
	while ((parent = rb_parent(node)) && !rb_is_black(parent)) {
		grand = rb_parent(parent); /* there is one: the root is black */
		uncle = grand->left == parent ? grand->right : grand->left;
		if (!rb_is_black(uncle)) {
			/* Case 1: hand the red up two levels. */
			rb_set_black(parent);
			rb_set_black(uncle);
			rb_set_red(grand);
			node = grand;
			continue;
		}
		if (grand->left == parent) {
			if (parent->right == node) { /* case 2: make it case 3 */
				rb_rotate_left(parent, root, update);
				parent = node;
			}
			rb_rotate_right(grand, root, update);
		} else {
			if (parent->left == node) {
				rb_rotate_right(parent, root, update);
				parent = node;
			}
			rb_rotate_left(grand, root, update);
		}
		rb_set_black(parent);
		rb_set_red(grand);
		break;
	}
	rb_set_black(root->node);
}

/*
 * One round of mending after a black node went: every path through `node` (a
 * child of `parent`, perhaps missing) has one black node too few.  This is the
 * side where it is the left child.  True when all is well.
 */
static __always_inline bool rb_erase_fix_left(struct rb_node *parent, struct rb_root *root,
					      rb_update_t update)
{
	struct rb_node *brother = parent->right; /* there is one: it has a black node more */

	if (!rb_is_black(brother)) { /* case 1: get a black brother */
		rb_set_black(brother);
		rb_set_red(parent);
		rb_rotate_left(parent, root, update);
		brother = parent->right;
	}
	if (rb_is_black(brother->left) && rb_is_black(brother->right)) {
		rb_set_red(brother); /* case 2: now all of `parent` has one too few */
		return false;
	}
	if (rb_is_black(brother->right)) { /* case 3: make it case 4 */
		rb_set_black(brother->left);
		rb_set_red(brother);
		rb_rotate_right(brother, root, update);
		brother = parent->right;
	}
	brother->parent_color = (unsigned long)parent | (parent->parent_color & RB_BLACK);
	rb_set_black(parent);
	rb_set_black(brother->right);
	rb_rotate_left(parent, root, update); /* case 4 */
	return true;
}

/* The mirror image. */
static __always_inline bool rb_erase_fix_right(struct rb_node *parent, struct rb_root *root,
					       rb_update_t update)
{
	struct rb_node *brother = parent->left;

	if (!rb_is_black(brother)) {
		rb_set_black(brother);
		rb_set_red(parent);
		rb_rotate_right(parent, root, update);
		brother = parent->left;
	}
	if (rb_is_black(brother->left) && rb_is_black(brother->right)) {
		rb_set_red(brother);
		return false;
	}
	if (rb_is_black(brother->left)) {
		rb_set_black(brother->right);
		rb_set_red(brother);
		rb_rotate_left(brother, root, update);
		brother = parent->left;
	}
	brother->parent_color = (unsigned long)parent | (parent->parent_color & RB_BLACK);
	rb_set_black(parent);
	rb_set_black(brother->left);
	rb_rotate_right(parent, root, update);
	return true;
}

static __always_inline void rb_erase_fix(struct rb_node *node, struct rb_node *parent,
					 struct rb_root *root, rb_update_t update)
{
	while (parent && rb_is_black(node)) {
		bool done = parent->left == node ? rb_erase_fix_left(parent, root, update) :
						   rb_erase_fix_right(parent, root, update);

		if (done)
			return;
		node = parent;
		parent = rb_parent(node);
	}
	if (node)
		rb_set_black(node);
}

static __always_inline void __rb_erase(struct rb_node *node, struct rb_root *root,
				       rb_update_t update)
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
	was_black = rb_is_black(gone);
	if (child)
		rb_set_parent(child, parent);
	rb_replace_child(root, parent, gone, child);

	if (heir) {
		if (parent == node)
			parent = heir;
		*heir = *node;
		rb_replace_child(root, rb_parent(node), node, heir);
		rb_set_parent(heir->left, heir);
		if (heir->right)
			rb_set_parent(heir->right, heir);
	}
	if (update)
		rb_refresh(parent, heir, update);
	if (was_black)
		rb_erase_fix(child, parent, root, update);
}

#endif
