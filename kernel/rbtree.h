/* SPDX-License-Identifier: MIT */
/*
 * A red-black tree linked through a member of its entries, with an optional
 * value per node that summarises its subtree (an augmented tree).
 *
 * The caller finds the place: it walks down, remembers the link it came to,
 * calls rb_link_node() and then rb_insert() (or the _augmented form, whose
 * `update` recomputes one node's summary from its own entry and its two
 * children, returning true when that changed it).  No locking of its own.
 */
#ifndef KERNEL_RBTREE_H
#define KERNEL_RBTREE_H

#include "kernel/compiler.h"

struct rb_node {
	unsigned long parent_color; /* parent's address, bit 0: black */
	struct rb_node *right, *left;
} __aligned(8);

struct rb_root {
	struct rb_node *node;
};

#define RB_ROOT			    ((struct rb_root){ NULL })
#define rb_entry(ptr, type, member) container_of(ptr, type, member)

/* Recompute one node's summary; true when it changed. */
typedef bool (*rb_update_t)(struct rb_node *node);

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->parent_color = (unsigned long)parent;
	node->left = node->right = NULL;
	*link = node;
}

/* Rebalance after rb_link_node / take a node out.  `update` may be NULL. */
void rb_insert(struct rb_node *node, struct rb_root *root, rb_update_t update);
void rb_erase(struct rb_node *node, struct rb_root *root, rb_update_t update);

/* Put `new` in the place of `old`, whose order it has; a summary is the caller's to copy. */
void rb_replace(struct rb_node *old, struct rb_node *new, struct rb_root *root);

/* After an entry's own value changed in place: refresh summaries up to the root. */
void rb_propagate(struct rb_node *node, rb_update_t update);

/* Put `new` in the place of `old`, whose order it has; a summary is the caller's to copy. */
void rb_replace(struct rb_node *old, struct rb_node *new, struct rb_root *root);

/* In order; NULL at the end. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

static inline struct rb_node *rb_parent(const struct rb_node *node)
{
	return (struct rb_node *)(node->parent_color & ~3UL);
}

#endif
