// SPDX-License-Identifier: MIT
/*
 * The page allocator.
 *
 * RAM is kept in blocks of 2^order pages that start at a multiple of their
 * size.  The other half of the block one order higher is a block's buddy; its
 * struct page is found by flipping one bit of the address, for the vmemmap and
 * struct page are powers of two.  Free blocks hang in one list per order and
 * zone.  To allocate, the smallest block that is large enough is halved down;
 * to free, a block is united with its buddy for as long as that is free.  A
 * mask of the orders that have blocks makes the search one instruction.
 *
 * Zones exist because some devices cannot reach all addresses: DMA below 16 MiB,
 * DMA32 below 4 GiB, Normal above.  A request falls back to the zones below it.
 *
 * Fresh blocks.  To set up each struct page at boot would cost time in
 * proportion to RAM, for pages that may never be used.  So the head of a
 * largest block says PG_FRESH, and speaks for all 1024 pages: all free or all
 * reserved; the others are not even zeroed.  thaw_block() writes them when the
 * block is first broken up.  page_flags() and page_count() know that.
 *
 * Single pages come and go by way of mm/page_single.c; who holds a block is in
 * mm/page_ref.c; how RAM comes here is in mm/page_init.c.  What this file does not
 * do: reclaim, since nothing here can be given up; compaction, since no page can be
 * moved.
 */
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/highmem.h"
#include "mm/kasan.h"
#include "mm/page_poison.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

#define ZONE_INIT(n, end)                     \
	{                                     \
		.name = (n), .end_pfn = (end) \
	}
struct zone zones[NR_ZONES] = {
	[ZONE_DMA] = ZONE_INIT("DMA", 1UL << (24 - PAGE_SHIFT)),
	[ZONE_DMA32] = ZONE_INIT("DMA32", 1UL << (32 - PAGE_SHIFT)),
	[ZONE_NORMAL] = ZONE_INIT("Normal", ~0UL),
	[ZONE_HIGHMEM] = ZONE_INIT("HighMem", ~0UL),
};
u8 page_debug;

_Static_assert(PGALLOC_DMA + ZONE_HIGHMEM == PGALLOC_HIGH, "a counter of each zone's pages");

static struct page *buddy_of(struct page *page, unsigned int order)
{
	return (struct page *)((unsigned long)page ^ (sizeof(struct page) << order));
}

/* Free lists: the zone's lock is held. */

static void link_free(struct zone *zone, struct page *page, unsigned int order)
{
	page->flags = PG_BUDDY;
	page->order = order;
	list_add(&page->lru, &zone->free_list[order]);
	zone->nr_free[order]++;
	zone->orders |= 1U << order;
}

static void unlink_free(struct zone *zone, struct page *page, unsigned int order)
{
	page->flags &= ~PG_BUDDY; /* PG_FRESH stays */
	page->lru.prev->next = page->lru.next;
	page->lru.next->prev = page->lru.prev;
	if (--zone->nr_free[order] == 0)
		zone->orders &= ~(1U << order);
}

void thaw_block(struct page *head)
{
	bool reserved = head->flags & PG_RESERVED;
	const struct page page = {
		.flags = reserved ? PG_RESERVED : 0,
		.zone = head->zone,
		.refcount = reserved,
	};
	unsigned long i;

	for (i = 1; i < MAX_BLOCK_PAGES; i++)
		head[i] = page;
	/* Last of all: until then another CPU that looks at one of the pages takes the head's word. */
	head->refcount = page.refcount;
	head->owner = 0;
	barrier();
	WRITE_ONCE(head->head, page.head);
	if (unlikely(page_debug & PAGE_DEBUG_POISON) && !reserved)
		poison_pages(head, TOP_ORDER);
}

/* Halve a free block of order `have`, which hangs in no list any more, down to `order`. */
static __always_inline void halve(struct zone *zone, struct page *page, unsigned int have,
				  unsigned int order)
{
	while (have > order) {
		have--;
		link_free(zone, page + (1UL << have), have);
	}
}

static __always_inline struct page *zone_alloc_inline(struct zone *zone, unsigned int order)
{
	struct page *page = NULL;
	unsigned long flags;
	unsigned int have;

	spin_lock_irqsave(&zone->lock, flags);
	if (unlikely(!(zone->orders >> order)))
		goto out;
	have = order + (unsigned int)__builtin_ctz(zone->orders >> order);
	page = list_first_entry(&zone->free_list[have], struct page, lru);
	unlink_free(zone, page, have);
	if (unlikely(page->flags & PG_FRESH))
		thaw_block(page);
	halve(zone, page, have, order);
	page->flags = 0;
	page->order = order;
	WRITE_ONCE(page->refcount, 1);
	zone->free -= 1UL << order;
	zone->used += 1UL << order;
out:
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

struct page *zone_alloc(struct zone *zone, unsigned int order)
{
	return zone_alloc_inline(zone, order);
}

/* The zone to begin with; those below it are tried after it. */
static struct zone *first_zone(gfp_t gfp)
{
	if (unlikely(gfp & (GFP_DMA | GFP_DMA32)))
		return &zones[gfp & GFP_DMA ? ZONE_DMA : ZONE_DMA32];
	return &zones[gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL];
}

static noinline void zero_pages(struct page *page, unsigned int order)
{
	if (likely(!PageHighMem(page))) {
		memset(lowmem_page_address(page), 0, PAGE_SIZE << order);
		return;
	}
	for (unsigned int i = 0; i < 1U << order; i++)
		clear_highpage(page + i);
}

/* From the best zone that has one; NULL: none has. */
static __always_inline struct page *take_block(gfp_t gfp, unsigned int order)
{
	struct page *page;

	for (struct zone *zone = first_zone(gfp); zone >= zones; zone--) {
		if (!(READ_ONCE(zone->orders) >> order))
			continue; /* a look without the lock: mostly a zone that has no RAM */
		page = zone_alloc_inline(zone, order);
		if (likely(page))
			return page;
	}
	return NULL;
}

/* What is missing may be single pages' buddies. */
static noinline struct page *drain_and_take_block(gfp_t gfp, unsigned int order)
{
	drain_single_pages();
	return take_block(gfp, order);
}

/*
 * A program that takes all there is must find that out before the kernel does: of the memory that
 * the kernel can use a 64th, at most 16 MiB, is not for programs.
 */
bool only_reserve_left(unsigned long pages)
{
	unsigned long free = 0, ram = 0;

	for (unsigned int z = 0; z < ZONE_HIGHMEM; z++) {
		free += READ_ONCE(zones[z].free);
		ram += zones[z].ram;
	}
	return free < pages + min(ram / 64, 4096UL);
}

static void mark_compound(struct page *page, unsigned int order)
{
	page->flags |= PG_COMPOUND;
	for (unsigned long i = 1; i < 1UL << order; i++) {
		page[i].head_page = page;
		page[i].mapcount = 0;
		page[i].flags = PG_TAIL;
	}
}

static noinline void unmark_compound(struct page *page, unsigned int order)
{
	for (unsigned long i = 1; i < 1UL << order; i++)
		page[i].flags = 0;
}

/* A program's block; high memory is not kept for anybody. */
static noinline struct page *take_user_block(gfp_t gfp, unsigned int order)
{
	if (gfp & __GFP_HIGHMEM && READ_ONCE(zones[ZONE_HIGHMEM].orders) >> order)
		return take_block(gfp, order);
	return only_reserve_left(1UL << order) ? NULL : take_block(gfp, order);
}

struct page *alloc_block(gfp_t gfp, unsigned int order, unsigned long caller)
{
	struct page *page;

	if (unlikely(order >= MAX_ORDER))
		return NULL;
	if (unlikely(gfp & GFP_USER)) {
		page = take_user_block(gfp, order);
		if (!page)
			return NULL;
		goto got;
	}
	page = take_block(gfp, order);
	if (unlikely(!page))
		page = drain_and_take_block(gfp, order);
	if (unlikely(!page))
		return NULL;
got:
	count_vm_events(PGALLOC_DMA + page->zone, 1UL << order);
	if (unlikely(page_debug & PAGE_DEBUG_POISON))
		check_poison(page, order, caller);
	page->owner = caller;
	if (unlikely(gfp & __GFP_COMP && order))
		mark_compound(page, order);
	kasan_unpoison(lowmem_page_address(page), PAGE_SIZE << order);
	if (gfp & __GFP_ZERO)
		zero_pages(page, order);
	return page;
}

static __always_inline void zone_free_inline(struct zone *zone, struct page *page,
					     unsigned int order)
{
	zone->used -= 1UL << order;
	zone->free += 1UL << order;
	page->flags = 0;
	while (order < TOP_ORDER) {
		struct page *buddy = buddy_of(page, order);

		if (!(buddy->flags & PG_BUDDY) || buddy->order != order)
			break;
		unlink_free(zone, buddy, order);
		page = min(page, buddy);
		order++;
	}
	link_free(zone, page, order);
}

void zone_free(struct zone *zone, struct page *page, unsigned int order)
{
	zone_free_inline(zone, page, order);
}

/* The reference count has come to 0. */
static __always_inline void free_block_inline(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	OPTIMIZER_HIDE_VAR(zone);
	if (unlikely(page->flags & PG_COMPOUND))
		unmark_compound(page, order);
	if (unlikely(page_debug & PAGE_DEBUG_POISON))
		poison_pages(page, order);
	count_vm_events(PGFREE, 1UL << order);
	kasan_poison(lowmem_page_address(page), PAGE_SIZE << order, KASAN_PAGE_FREE);
	spin_lock_irqsave(&zone->lock, flags);
	zone_free_inline(zone, page, order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

void free_block(struct page *page, unsigned int order)
{
	free_block_inline(page, order);
}

static noinline void put_block_slow(struct page *page, unsigned int order, unsigned long caller)
{
	if (unlikely(page->order != order && !in_fresh_block(page))) {
		WARN(true, "page %#lx of order %u freed as of order %u by %pS\n", page_to_pfn(page),
		     page->order, order, (void *)caller);
		return;
	}
	put_page_caller(page, caller);
}

void put_block(struct page *page, unsigned int order, unsigned long caller)
{
	s32 one = 1;

	if (likely(!in_fresh_block(page) && page->order == order && !(page->flags & PG_RESERVED) &&
		   __atomic_compare_exchange_n(&page->refcount, &one, 0, false, __ATOMIC_ACQ_REL,
					       __ATOMIC_RELAXED)))
		free_block_inline(page, order);
	else
		put_block_slow(page, order, caller);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages_caller(gfp & ~__GFP_HIGHMEM, order, _RET_IP_);

	return page ? (unsigned long)lowmem_page_address(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	gfp_t low = (gfp & ~__GFP_HIGHMEM) | __GFP_ZERO;
	struct page *page = alloc_pages_caller(low, 0, _RET_IP_);

	return page ? (unsigned long)lowmem_page_address(page) : 0;
}

void free_pages(unsigned long va, unsigned int order)
{
	if (va == 0)
		return;
	if (WARN(va < PAGE_OFFSET || !pfn_valid(PFN_DOWN(__pa((void *)va))),
		 "free_pages of %#lx, which is no page's address\n", va))
		return;
	free_pages_caller(virt_to_page((void *)va), order, _RET_IP_);
}

void get_page_counts(struct page_counts *counts)
{
	unsigned long flags, singles = nr_single_pages();
	unsigned int z;

	*counts = (struct page_counts){
		.free = singles,
		.used = -singles,
		.pinned = global_page_state(NR_FOLL_PIN_ACQUIRED) -
			  global_page_state(NR_FOLL_PIN_RELEASED),
	};
	for (z = 0; z < NR_ZONES; z++) {
		spin_lock_irqsave(&zones[z].lock, flags);
		counts->ram += zones[z].ram;
		counts->free += zones[z].free;
		counts->used += zones[z].used;
		counts->reserved += zones[z].reserved;
		spin_unlock_irqrestore(&zones[z].lock, flags);
	}
}

unsigned long nr_free_pages(void)
{
	struct page_counts counts;

	get_page_counts(&counts);
	return counts.free;
}

unsigned long nr_free_highpages(void)
{
	return READ_ONCE(zones[ZONE_HIGHMEM].free);
}

/* No lock: all RAM is there from the beginning. */
unsigned long nr_ram_pages(void)
{
	unsigned long ram = 0;

	for (unsigned int z = 0; z < NR_ZONES; z++)
		ram += zones[z].ram;
	return ram;
}

void show_buddyinfo(struct sink *out)
{
	unsigned int z, order;

	for (z = 0; z < NR_ZONES; z++) {
		if (!zones[z].ram)
			continue;
		sink_printf(out, "Node %d, zone %8s ", 0, zones[z].name);
		for (order = 0; order < MAX_ORDER; order++)
			sink_printf(out, "%6lu ", READ_ONCE(zones[z].nr_free[order]));
		sink_printf(out, "\n");
	}
}

static int cmd_buddyinfo(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	show_buddyinfo(out);
	return 0;
}
MONITOR_COMMAND(buddyinfo, "", "free blocks of each order, as /proc/buddyinfo", cmd_buddyinfo);
