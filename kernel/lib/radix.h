/* SPDX-License-Identifier: MIT */
/*
 * A sparse array of pointers: found by index in as many steps as the largest index has
 * groups of six bits.  No locking of its own.
 */
#ifndef KERNEL_LIB_RADIX_H
#define KERNEL_LIB_RADIX_H

#include "kernel/lib/compiler.h"

struct radix_node;

struct radix_tree {
	struct radix_node *root; /* NULL: empty */
	unsigned int shift;	 /* of the root's slots: 0 for a leaf, else a multiple of 6 */
};

/* NULL: nothing is there. */
void *radix_lookup(const struct radix_tree *tree, unsigned long index);

/* The first entry at *index or behind; *index is its place.  NULL: none. */
void *radix_next(const struct radix_tree *tree, unsigned long *index);

/*
 * 0; -EEXIST; -ENOMEM.  Nodes come from zalloc(size), and go by release(): both in whatever context the
 * caller has.
 */
int radix_insert(struct radix_tree *tree, unsigned long index, void *entry,
		 void *(*zalloc)(size_t size), void (*release)(const void *));

/* What was there, or NULL; nodes that are empty then are gone. */
void *radix_delete(struct radix_tree *tree, unsigned long index, void (*release)(const void *));

#endif
