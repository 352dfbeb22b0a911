// SPDX-License-Identifier: MIT
/*
 * Red-black trees: the functions for everybody, and the walks in order.  How the
 * balance is kept is in kernel/rbtree_augmented.h.
 */
#include "kernel/rbtree_augmented.h"

void rb_insert(struct rb_node *node, struct rb_root *root, rb_update_t update)
{
	if (update)
		__rb_insert(node, root, update);
	else
		__rb_insert(node, root, NULL);
}

void rb_erase(struct rb_node *node, struct rb_root *root, rb_update_t update)
{
	if (update)
		__rb_erase(node, root, update);
	else
		__rb_erase(node, root, NULL);
}

void rb_propagate(struct rb_node *node, rb_update_t update)
{
	__rb_propagate(node, update);
}

void rb_replace(struct rb_node *old, struct rb_node *new, struct rb_root *root)
{
	*new = *old;
	rb_replace_child(root, rb_parent(old), old, new);
	if (new->left)
		rb_set_parent(new->left, new);
	if (new->right)
		rb_set_parent(new->right, new);
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
