/* SPDX-License-Identifier: MIT */
/*
 * The trees of mm/memtype.c.  Nobody else includes this.  No lock of their own.
 *
 * What nearly every ioremap() comes to is here, to be built into its caller.
 */
#ifndef MM_MEMTYPE_TREE_H
#define MM_MEMTYPE_TREE_H

#include "mm/memtype.h"

struct memtype_tree {
	struct tree_root flat;	/* by address: no two of them meet */
	struct memtype *last;	/* the highest of these, or NULL */
	phys_addr_t flat_end;	/* none of these has ever reached behind this */
	struct tree_root over;	/* ranges that met another when they came */
	struct memtype *recent; /* the one that came last, for either tree; or NULL */
	unsigned int nr;	/* reservations */
};

static inline struct memtype *memtype_of(struct tree_node *node)
{
	return tree_entry(node, struct memtype, node);
}

static inline bool memtype_meets(const struct memtype *m, phys_addr_t start, phys_addr_t end)
{
	return m->start < end && m->end > start;
}

/* Something in this subtree of `over` ends behind addr. */
static inline bool memtype_reaches_behind(struct tree_node *node, phys_addr_t addr)
{
	return node && memtype_of(node)->reach > addr;
}

/* The lowest of `over` that meets [start, end), or NULL. */
struct memtype *memtype_first_over(const struct memtype_tree *tree, phys_addr_t start,
				   phys_addr_t end);

/* One that meets [start, end), or NULL. */
static __always_inline struct memtype *memtype_find(const struct memtype_tree *tree,
						    phys_addr_t start, phys_addr_t end)
{
	struct tree_node *node = start < tree->flat_end ? tree->flat.node : NULL;

	while (node) {
		struct memtype *m = memtype_of(node);

		if (start >= m->end)
			node = node->right;
		else if (end <= m->start)
			node = node->left;
		else
			return m;
	}
	if (tree->recent && unlikely(memtype_meets(tree->recent, start, end)))
		return tree->recent;
	if (unlikely(memtype_reaches_behind(tree->over.node, start)))
		return memtype_first_over(tree, start, end);
	return NULL;
}

/* Put the recent one into its tree. */
void memtype_settle(struct memtype_tree *tree);

/*
 * Put `m`, whose start, end and type are set, there.  `met`: what memtype_find() says of
 * it; its type is that of all that meet it.
 */
static inline void memtype_insert(struct memtype_tree *tree, struct memtype *m,
				  const struct memtype *met)
{
	tree->nr++;
	if (tree->recent)
		memtype_settle(tree);
	m->over = met;
	tree->recent = m;
}

void memtype_erase_settled(struct memtype_tree *tree, struct memtype *m);

static inline void memtype_erase(struct memtype_tree *tree, struct memtype *m)
{
	tree->nr--;
	if (tree->recent == m)
		tree->recent = NULL;
	else
		memtype_erase_settled(tree, m);
}

/* The lowest one that meets [start, end), or NULL. */
struct memtype *memtype_first(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end);

/* The one behind m, by start, end and age, or NULL; m came from here or from memtype_first(). */
struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m);

/* The lowest one that meets [start, end) and is not of `type`, or NULL. */
struct memtype *memtype_first_other(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end,
				    enum page_cache_mode type);

#endif
