/* SPDX-License-Identifier: MIT */
/*
 * The trees of mm/memtype.c.  Nobody else includes this.  No lock of their own.
 *
 * What nearly every ioremap() comes to is here, to be built into its caller.
 */
#ifndef MM_MEMTYPE_TREE_H
#define MM_MEMTYPE_TREE_H

#include "mm/memtype.h"

#define NR_MEMTYPES (_PAGE_CACHE_MODE_WP + 1)

/* Ranges of one type, of which no two meet. */
struct memtype_flat {
	struct tree_root root; /* by address */
	struct memtype *last;  /* the highest, or NULL */
};

struct memtype_tree {
	struct memtype_flat flat[NR_MEMTYPES];
	phys_addr_t flat_end;	/* no flat one has ever reached behind this */
	struct tree_root over;	/* ranges that met a flat one when they came */
	struct memtype *recent; /* the one that came last and meets no flat one, or NULL */
	unsigned int nr;	/* reservations, also those that share a range */
};

/* How a range stands to what is there: found by memtype_place(), for memtype_insert(). */
struct memtype_place {
	struct memtype *same; /* one of exactly this range, or NULL */
	bool free;	      /* no reservation meets it; then `same` is NULL, too */
	bool flat;	      /* none of the flat ones does, nor the recent one */
};

static inline struct memtype *memtype_of(struct tree_node *node)
{
	return tree_entry(node, struct memtype, node);
}

/* Something in this subtree of `over` ends behind addr. */
static inline bool memtype_reaches_behind(struct tree_node *node, phys_addr_t addr)
{
	return node && (memtype_of(node)->summary & PAGE_MASK) > addr;
}

static inline bool memtype_meets(const struct memtype *m, phys_addr_t start, phys_addr_t end)
{
	return m->start < end && m->end > start;
}

static inline bool memtype_is_range(const struct memtype *m, phys_addr_t start, phys_addr_t end)
{
	return m->start == start && m->end == end;
}

/* One of the ranges that meet [start, end), or NULL. */
static inline struct memtype *memtype_find_in(const struct memtype_flat *flat, phys_addr_t start,
					      phys_addr_t end)
{
	struct tree_node *node = flat->root.node;

	while (node) {
		struct memtype *m = memtype_of(node);

		if (start >= m->end)
			node = node->right;
		else if (end <= m->start)
			node = node->left;
		else
			return m;
	}
	return NULL;
}

/* The same among all flat ones.  As all that meet have one type, `guess` is tried first. */
static __always_inline struct memtype *memtype_find_flat(const struct memtype_tree *tree,
							 phys_addr_t start, phys_addr_t end,
							 enum page_cache_mode guess)
{
	struct memtype *m;

	if (start >= tree->flat_end)
		return NULL;
	m = memtype_find_in(&tree->flat[guess], start, end);
	for (unsigned int type = 0; !m && type < NR_MEMTYPES; type++)
		if (type != guess)
			m = memtype_find_in(&tree->flat[type], start, end);
	return m;
}

/* Put the recent one into its tree. */
void memtype_settle(struct memtype_tree *tree);

/* What `over` has to say: fills in place->free and place->same. */
void memtype_place_over(const struct memtype_tree *tree, phys_addr_t start, phys_addr_t end,
			struct memtype_place *place);

/* `want`: the type that is wanted for it, and most often there already. */
static __always_inline void memtype_place(struct memtype_tree *tree, phys_addr_t start,
					  phys_addr_t end, enum page_cache_mode want,
					  struct memtype_place *place)
{
	struct memtype *met;

	if (tree->recent && unlikely(memtype_meets(tree->recent, start, end)))
		memtype_settle(tree);
	met = memtype_find_flat(tree, start, end, want);
	place->same = NULL;
	place->flat = place->free = !met;
	if (met && memtype_is_range(met, start, end))
		place->same = met;
	else if (memtype_reaches_behind(tree->over.node, start))
		memtype_place_over(tree, start, end, place);
}

void memtype_insert_over(struct memtype_tree *tree, struct memtype *m);

/* Put `m`, whose start, end and type are set, there; its type is that of all that meet it. */
static inline void memtype_insert(struct memtype_tree *tree, struct memtype *m,
				  const struct memtype_place *place)
{
	tree->nr++;
	if (place->same) {
		m->home = MEMTYPE_RING;
		list_add_tail(&m->same, &place->same->same);
		return;
	}
	INIT_LIST_HEAD(&m->same);
	if (unlikely(!place->flat)) {
		memtype_insert_over(tree, m);
		return;
	}
	if (tree->recent)
		memtype_settle(tree);
	m->home = MEMTYPE_RECENT;
	tree->recent = m;
}

void memtype_erase_node(struct memtype_tree *tree, struct memtype *m);

static inline void memtype_erase(struct memtype_tree *tree, struct memtype *m)
{
	tree->nr--;
	if (m->home == MEMTYPE_RING)
		list_del(&m->same);
	else if (m->home == MEMTYPE_RECENT)
		tree->recent = NULL; /* alone: one of the same range would have settled it */
	else
		memtype_erase_node(tree, m);
}

/* Types of the reservations that meet [start, end), as a mask of BIT(type). */
unsigned int memtype_types(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end);

/*
 * The lowest one that meets [start, end), or NULL; after it the next one, by start,
 * end and age.
 */
struct memtype *memtype_first(struct memtype_tree *tree, phys_addr_t start, phys_addr_t end);
struct memtype *memtype_next(const struct memtype_tree *tree, struct memtype *m, phys_addr_t start,
			     phys_addr_t end);

#endif
