/* SPDX-License-Identifier: MIT */
/* The trees of mm/memtype.c.  Nobody else includes this.  No lock of their own. */
#ifndef MM_MEMTYPE_TREE_H
#define MM_MEMTYPE_TREE_H

#include "mm/memtype.h"

struct memtype_tree {
	struct rb_root flat;  /* ranges of which no two meet */
	struct rb_root over;  /* those that met one of these when they came */
	struct memtype *last; /* the highest of `flat`, or NULL */
	unsigned int nr;      /* reservations, also those that share a range */
};

/* Where a range would go in: found by memtype_place(), used by memtype_insert(). */
struct memtype_place {
	struct memtype *same; /* one of exactly this range, or NULL */
	bool free;	      /* no reservation meets it */
	bool flat;	      /* none of the flat ones does; then: */
	struct rb_node *parent, **link;
};

void memtype_place(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end,
		   struct memtype_place *place);

/* Put `m`, whose start, end and type are set, there; its type is that of all that meet it. */
void memtype_insert(struct memtype_tree *tree, struct memtype *m,
		    const struct memtype_place *place);
void memtype_erase(struct memtype_tree *tree, struct memtype *m);

/* Types of the reservations that meet [start, end), as a mask of BIT(type). */
unsigned int memtype_types(const struct memtype_tree *tree, phys_addr_t start, phys_addr_t end);

/*
 * The lowest one that meets [start, end), or NULL; after it the next one, by start,
 * end and age.
 */
struct memtype *memtype_first(const struct memtype_tree *tree, phys_addr_t start, phys_addr_t end);
struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m, phys_addr_t start,
			     phys_addr_t end);

#endif
