/* SPDX-License-Identifier: MIT */
/*
 * The zones of the page allocator, as mm/page_alloc.c, which gives out and takes
 * back, and mm/page_init.c, which hands RAM over to it, share them.  Nobody else
 * includes this.
 */
#ifndef MM_ZONE_H
#define MM_ZONE_H

#include "kernel/spinlock.h"
#include "mm/page_alloc.h"

#define TOP_ORDER (MAX_ORDER - 1)

enum { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, NR_ZONES };

struct zone {
	const char *name;
	unsigned long end_pfn;	/* exclusive */
	spinlock_t lock;	/* all below, and the struct pages of its free blocks */
	u32 orders;		/* bit n: free_list[n] is not empty */
	unsigned long free, used, reserved, ram; /* pages */
	struct list_head free_list[MAX_ORDER];
	unsigned long nr_free[MAX_ORDER]; /* blocks */
};

extern struct zone zones[NR_ZONES];
extern bool page_alloc_ready; /* set once, at the end of mem_init() */

static inline struct zone *page_zone(const struct page *page)
{
	return &zones[page->zone];
}

/* Head of the largest block that the page lies in. */
static inline struct page *block_head(struct page *page)
{
	return (struct page *)ALIGN_DOWN((unsigned long)page,
					 MAX_BLOCK_PAGES * sizeof(struct page));
}

/* The page lies in a fresh block that is reserved as a whole. */
static inline bool in_fresh_reserved(struct page *page)
{
	const unsigned int both = PG_FRESH | PG_RESERVED;

	return (block_head(page)->flags & both) == both;
}

/* Give each page of a fresh block, which hangs in no list, what its head said for it. */
void thaw_block(struct page *head);

/*
 * A block that is counted as used becomes free: it is united with its free
 * buddies and hung up.  The zone's lock is held.
 */
void zone_free(struct zone *zone, struct page *page, unsigned int order);

#endif
