/* SPDX-License-Identifier: MIT */
/*
 * A balanced binary tree linked through a member of its entries, with an optional
 * value per node that summarises its subtree.
 *
 * The caller finds the place: it walks down, remembers the link it came to, calls
 * tree_link() and then tree_insert() (or the _augmented form, whose `update`
 * recomputes one node's summary from its own entry and its two children, returning
 * true when that changed it).  No locking of its own.
 *
 * How deep a tree can be: kernel/lib/tree.c.
 */
#ifndef KERNEL_LIB_TREE_H
#define KERNEL_LIB_TREE_H

#include "kernel/lib/compiler.h"

struct tree_node {
	struct tree_node *parent, *right, *left;
	unsigned long rank; /* more than either child's; a missing one's is 0 */
};

struct tree_root {
	struct tree_node *node;
};

#define tree_entry(ptr, type, member) container_of(ptr, type, member)

/* Recompute one node's summary; true when it changed. */
typedef bool (*tree_update_t)(struct tree_node *node);

static inline void tree_link(struct tree_node *node, struct tree_node *parent,
			     struct tree_node **link)
{
	node->parent = parent;
	node->left = node->right = NULL;
	node->rank = 1;
	*link = node;
}

/* Rebalance after tree_link() / take a node out. */
void tree_insert(struct tree_node *node, struct tree_root *root);
void tree_erase(struct tree_node *node, struct tree_root *root);

/* The same in a tree with summaries. */
void tree_insert_augmented(struct tree_node *node, struct tree_root *root, tree_update_t update);
void tree_erase_augmented(struct tree_node *node, struct tree_root *root, tree_update_t update);

/* In order; NULL at the end. */
struct tree_node *tree_first(const struct tree_root *root);
struct tree_node *tree_next(const struct tree_node *node);
struct tree_node *tree_prev(const struct tree_node *node);

#endif
