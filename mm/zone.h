/* SPDX-License-Identifier: MIT */
/*
 * The zones of the page allocator, as its files mm/page_*.c share them.  Nobody else
 * includes this, but kernel/monitor/whatis_phys.c, which tells of them.
 */
#ifndef MM_ZONE_H
#define MM_ZONE_H

#include "kernel/core/spinlock.h"
#include "mm/page_alloc.h"

#define TOP_ORDER (MAX_ORDER - 1)

enum { ZONE_DMA, ZONE_DMA32, ZONE_NORMAL, ZONE_HIGHMEM, NR_ZONES };

struct zone {
	const char *name;
	unsigned long end_pfn; /* exclusive */
	spinlock_t lock;       /* all below, and the struct pages of its free blocks */
	u32 orders;	       /* bit n: free_list[n] is not empty */
	unsigned long free, used, reserved, ram; /* pages */
	struct list_head free_list[MAX_ORDER];
	unsigned long nr_free[MAX_ORDER]; /* blocks */
} __aligned(128); /* no two zones' locks in one line, nor in a pair that is fetched together */

extern struct zone zones[NR_ZONES];

static inline struct zone *page_zone(const struct page *page)
{
	return &zones[page->zone];
}

static inline bool in_fresh_block(struct page *page)
{
	return unlikely(page_block_head(page)->flags & PG_FRESH);
}

/* The page lies in a fresh block that is reserved as a whole. */
static inline bool in_fresh_reserved(struct page *page)
{
	const unsigned int both = PG_FRESH | PG_RESERVED;

	return (page_block_head(page)->flags & both) == both;
}

/* What alloc_pages() and __free_pages() are where single pages do not do: mm/page_single.c. */
struct page *alloc_block(gfp_t gfp, unsigned int order, unsigned long caller);
void put_block(struct page *page, unsigned int order, unsigned long caller);

/* To give a program so many pages would take from what is kept for the kernel. */
bool only_reserve_left(unsigned long pages);

/* A block of just that zone, or NULL; its owner is still who had it last. */
struct page *zone_alloc(struct zone *zone, unsigned int order);

/* Single pages, mm/page_single.c: how many there are on all CPUs. */
unsigned long nr_single_pages(void);
/* Give them back to their zones: all CPUs', or this one's where one may not wait for others. */
void drain_single_pages(void);
void single_pages_init(void);

/* What put_page() does for another; and the block, which nobody holds any more, becomes free. */
void put_page_caller(struct page *page, unsigned long caller);
void free_block(struct page *page, unsigned int order);

/* __free_pages() for another. */
void free_pages_caller(struct page *page, unsigned int order, unsigned long caller);

/* Give each page of a fresh block, which hangs in no list, what its head said for it. */
void thaw_block(struct page *head);
/* The same for the block of a page, where it is fresh and reserved; takes the zone's lock. */
void thaw_reserved(struct page *page);

/*
 * A block that is counted as used becomes free: it is united with its free
 * buddies and hung up.  The zone's lock is held.
 */
void zone_free(struct zone *zone, struct page *page, unsigned int order);

#endif
