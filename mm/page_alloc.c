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
 * How RAM comes here is in mm/page_init.c.  What this file does not do: reclaim,
 * since nothing here can be given up; compaction, since no page can be moved.
 */
#include "kernel/errno.h"
#include "kernel/monitor.h"
#include "kernel/panic.h"
#include "kernel/printk.h"
#include "kernel/string.h"
#include "mm/zone.h"

#define ZONE_INIT(n, end) { .name = (n), .end_pfn = (end) }
struct zone zones[NR_ZONES] = {
	[ZONE_DMA] = ZONE_INIT("DMA", 1UL << (24 - PAGE_SHIFT)),
	[ZONE_DMA32] = ZONE_INIT("DMA32", 1UL << (32 - PAGE_SHIFT)),
	[ZONE_NORMAL] = ZONE_INIT("Normal", ~0UL),
};
bool page_alloc_ready;

bool page_alloc_is_available(void)
{
	return page_alloc_ready;
}

static struct page *buddy_of(struct page *page, unsigned int order)
{
	return (struct page *)((unsigned long)page ^ (sizeof(struct page) << order));
}

/* Free lists: the zone's lock is held. */

static void link_free(struct zone *zone, struct page *page, unsigned int order)
{
	page->flags |= PG_BUDDY;
	page->order = order;
	list_add(&page->lru, &zone->free_list[order]);
	zone->nr_free[order]++;
	zone->orders |= 1U << order;
}

static void unlink_free(struct zone *zone, struct page *page, unsigned int order)
{
	page->flags &= ~PG_BUDDY;
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

	for (i = 0; i < MAX_BLOCK_PAGES; i++)
		head[i] = page;
}

/* Before a single page is counted: a fresh block that is reserved is thawed. */
static noinline void thaw_reserved(struct page *page)
{
	struct page *head = block_head(page);
	struct zone *zone = page_zone(head);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	if (in_fresh_reserved(head))
		thaw_block(head);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static struct page *zone_alloc(struct zone *zone, unsigned int order, unsigned long caller)
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
	while (have > order) {
		have--;
		link_free(zone, page + (1UL << have), have);
	}
	page->flags = 0;
	page->order = order;
	page->owner = caller;
	WRITE_ONCE(page->refcount, 1);
	zone->free -= 1UL << order;
	zone->used += 1UL << order;
out:
	spin_unlock_irqrestore(&zone->lock, flags);
	return page;
}

struct page *alloc_pages_caller(gfp_t gfp, unsigned int order, unsigned long caller)
{
	int z = gfp & GFP_DMA ? ZONE_DMA : gfp & GFP_DMA32 ? ZONE_DMA32 : ZONE_NORMAL;

	if (order >= MAX_ORDER)
		return NULL;
	for (; z >= 0; z--) {
		struct page *page;

		if (!(READ_ONCE(zones[z].orders) >> order))
			continue; /* a look without the lock: mostly a zone that has no RAM */
		page = zone_alloc(&zones[z], order, caller);
		if (!page)
			continue;
		if (gfp & __GFP_ZERO)
			memset(page_address(page), 0, PAGE_SIZE << order);
		return page;
	}
	return NULL;
}

void zone_free(struct zone *zone, struct page *page, unsigned int order)
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

/* The reference count has come to 0. */
static void free_block(struct page *page)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	spin_lock_irqsave(&zone->lock, flags);
	zone_free(zone, page, page->order);
	spin_unlock_irqrestore(&zone->lock, flags);
}

static bool in_fresh_block(struct page *page)
{
	return unlikely(block_head(page)->flags & PG_FRESH);
}

static noinline void warn_page(const struct page *page, const char *what, unsigned long caller)
{
	WARN(true, "%s of page %#lx, flags %#x, order %u, owner %pS, by %pS\n", what,
	     page_to_pfn(page), page_flags(page), page->order, (void *)page->owner, (void *)caller);
}

static void get_page_caller(struct page *page, unsigned long caller)
{
	if (in_fresh_block(page))
		thaw_reserved(page);
	if (unlikely(page_flags(page) & PG_FRESH)) {
		warn_page(page, "get_page of a free block", caller);
		return;
	}
	if (likely(__atomic_fetch_add(&page->refcount, 1, __ATOMIC_RELAXED) > 0))
		return;
	__atomic_fetch_sub(&page->refcount, 1, __ATOMIC_RELAXED);
	warn_page(page, "get_page without a reference", caller);
}

static void put_page_caller(struct page *page, unsigned long caller)
{
	int before;

	if (in_fresh_block(page))
		thaw_reserved(page);
	if (unlikely(page_flags(page) & PG_FRESH)) {
		warn_page(page, "put_page of a free block", caller);
		return;
	}
	before = __atomic_fetch_sub(&page->refcount, 1, __ATOMIC_ACQ_REL);
	if (before > 1)
		return;
	if (likely(before == 1 && !(page->flags & PG_RESERVED))) {
		free_block(page);
		return;
	}
	__atomic_fetch_add(&page->refcount, 1, __ATOMIC_RELAXED);
	warn_page(page, before == 1 ? "put_page of the last reference" :
				      "put_page without a reference", caller);
}

void get_page(struct page *page)
{
	get_page_caller(page, _RET_IP_);
}

void put_page(struct page *page)
{
	put_page_caller(page, _RET_IP_);
}

static void free_pages_caller(struct page *page, unsigned int order, unsigned long caller)
{
	if (unlikely(page->order != order && !in_fresh_block(page))) {
		WARN(true, "page %#lx of order %u freed as of order %u by %pS\n",
		     page_to_pfn(page), page->order, order, (void *)caller);
		return;
	}
	put_page_caller(page, caller);
}

void __free_pages(struct page *page, unsigned int order)
{
	free_pages_caller(page, order, _RET_IP_);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return alloc_pages_caller(gfp, order, _RET_IP_);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = alloc_pages_caller(gfp, order, _RET_IP_);

	return page ? (unsigned long)page_address(page) : 0;
}

unsigned long get_zeroed_page(gfp_t gfp)
{
	struct page *page = alloc_pages_caller(gfp | __GFP_ZERO, 0, _RET_IP_);

	return page ? (unsigned long)page_address(page) : 0;
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
	unsigned long flags;
	unsigned int z;

	*counts = (struct page_counts){ 0 };
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

unsigned long nr_ram_pages(void)
{
	struct page_counts counts;

	get_page_counts(&counts);
	return counts.ram;
}

unsigned long nr_reserved_pages(void)
{
	struct page_counts counts;

	get_page_counts(&counts);
	return counts.reserved;
}

void show_buddyinfo(void)
{
	unsigned int z, order;

	for (z = 0; z < NR_ZONES; z++) {
		if (!zones[z].ram)
			continue;
		cprintf("Node %d, zone %8s ", 0, zones[z].name);
		for (order = 0; order < MAX_ORDER; order++)
			cprintf("%6lu ", READ_ONCE(zones[z].nr_free[order]));
		cprintf("\n");
	}
}

static int cmd_buddyinfo(int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	show_buddyinfo();
	return 0;
}
MONITOR_COMMAND(buddyinfo, "", "free blocks of each order, as /proc/buddyinfo", cmd_buddyinfo);
