// SPDX-License-Identifier: MIT
/*
 * Single pages, which are what nearly everybody asks for.
 *
 * Each CPU has a list of free single pages.  To take one, or to give one back, needs
 * no lock, halves nothing and unites nothing: it is the list's first page.  Only when
 * the list is empty or full, the buddy allocator (mm/page_alloc.c) is asked, for
 * REFILL pages in one block, or is given the half that was not touched for longest.
 *
 * For the buddy allocator these pages are in use; who counts (get_page_counts())
 * counts them as free.  They are PG_SINGLE and have no reference, so whoever frees or
 * gets one of them again is found out as ever.  When memory runs out, all lists go
 * back, as what is missing may be just these pages' buddies.
 *
 * A list belongs to its CPU, and interrupts may come at any time: a handler that struck in the
 * middle of a change goes the long way (begin_own_change()).
 *
 * In a build with KASAN=1 a page that is given back waits in a quarantine before it is one of the list: like
 * those, it is PG_SINGLE and counts as free.
 *
 * Only DMA32 and Normal have such lists: of DMA there is little, and it is asked for
 * by few; of high memory there mostly is none.  With poisoned pages, or with
 * failures to inject, there is only the long way.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/cpu.h"
#include "mm/kasan.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

#define REFILL_ORDER 4 /* 16 pages */
#define MOST	     64

struct single_pages {
	unsigned int n;
	struct page *first;
	struct kasan_quarantine quarantine;
} __aligned(64);
static DEFINE_PER_CPU(struct single_pages, singles);

/* A request with one of these flags goes the long way; until init, all with a flag do. */
static gfp_t not_single = ~GFP_KERNEL;

static __always_inline struct page *take_single(unsigned long caller)
{
	struct single_pages __percpu_seg *s = &this_cpu(singles);
	struct page *page = NULL;

	if (unlikely(!begin_own_change()))
		return NULL;
	page = s->first;
	if (likely(page)) {
		s->first = page->next;
		s->n--;
		page->flags = 0;
		page->owner = caller;
		WRITE_ONCE(page->refcount, 1);
		count_vm_event(PGALLOC_DMA + page->zone);
		kasan_unpoison(lowmem_page_address(page), PAGE_SIZE);
	}
	end_own_change();
	return page;
}

/* The page of the quarantine whose turn it is, or NULL. */
static noinline struct page *hold(struct page *page)
{
	return kasan_hold(&per_cpu(singles, smp_processor_id()).quarantine, KASAN_HELD, page);
}

/* Its last reference goes, and it is free: false, and nothing happened, where that is not so simple. */
static __always_inline bool give_single(struct page *page)
{
	struct single_pages __percpu_seg *s = &this_cpu(singles);
	bool given = false;
	s32 one = 1;

	if (unlikely(((page->head & ~PG_USER_BITS) != PAGE_HEAD(ZONE_DMA32) &&
		      (page->head & ~PG_USER_BITS) != PAGE_HEAD(ZONE_NORMAL)) ||
		     page_block_head(page)->flags & PG_FRESH || page_debug || !begin_own_change()))
		return false;
	if (likely(s->n < MOST &&
		   __atomic_compare_exchange_n(&page->refcount, &one, 0, false, __ATOMIC_ACQ_REL,
					       __ATOMIC_RELAXED))) {
		page->flags = PG_SINGLE;
		kasan_poison(lowmem_page_address(page), PAGE_SIZE, KASAN_PAGE_FREE);
		if (KASAN_HELD)
			page = hold(page);
		if (!KASAN_HELD || page) {
			page->next = s->first;
			s->first = page;
			s->n++;
		}
		count_vm_event(PGFREE);
		given = true;
	}
	end_own_change();
	return given;
}

/* Fill the empty list; false where there is no block for it. */
static bool refill(void)
{
	struct single_pages __percpu_seg *s = &this_cpu(singles);
	struct page *block;

	if (in_own_change())
		return false;
	block = zone_alloc(&zones[ZONE_NORMAL], REFILL_ORDER);
	if (!block)
		block = zone_alloc(&zones[ZONE_DMA32], REFILL_ORDER);
	if (!block)
		return false;
	begin_own_change();
	for (int i = (1 << REFILL_ORDER) - 1; i >= 0; i--) { /* the lowest comes first */
		block[i].flags = PG_SINGLE;
		block[i].order = 0;
		block[i].refcount = 0;
		block[i].next = s->first;
		s->first = &block[i];
		s->n++;
	}
	end_own_change();
	return true;
}

/* None waits any more. */
static void release_held(struct single_pages *s)
{
	struct page *page;

	while ((page = kasan_release(&s->quarantine)) != NULL) {
		page->next = s->first;
		s->first = page;
		s->n++;
	}
}

/* All but the first `keep` pages of this CPU's list, cut off it; NULL where there are none. */
static struct page *cut_off(unsigned int keep)
{
	struct page **link, *page = NULL;
	struct single_pages *s;

	if (!begin_own_change())
		return NULL;
	s = &per_cpu(singles, smp_processor_id());
	if (!keep)
		release_held(s);
	if (s->n > keep) {
		s->n = keep;
		link = &s->first;
		while (keep--)
			link = &(*link)->next;
		page = *link;
		*link = NULL;
	}
	end_own_change();
	return page;
}

/* They go back to their zones; false where there are none. */
static noinline bool drain(unsigned int keep)
{
	struct page *page = cut_off(keep);
	unsigned long flags;

	if (!page)
		return false;
	while (page) {
		struct zone *zone = page_zone(page);
		struct page *next = page->next;

		spin_lock_irqsave(&zone->lock, flags);
		zone_free(zone, page, 0);
		spin_unlock_irqrestore(&zone->lock, flags);
		page = next;
	}
	return true;
}

static void drain_this_cpu(void *unused)
{
	(void)unused;
	drain(0);
}

/* Who may not wait for other CPUs leaves theirs alone. */
void drain_single_pages(void)
{
	if (smp_alone() || !(irqs_disabled() || preempt_count()))
		on_each_cpu(drain_this_cpu, NULL, true);
	else
		drain(0);
}

static noinline struct page *refill_and_take(gfp_t gfp, unsigned long caller)
{
	struct page *page = NULL;

	if (!(gfp & GFP_USER && only_reserve_left(1 << REFILL_ORDER)) && refill())
		page = take_single(caller);

	return likely(page) ? page : alloc_block(gfp, 0, caller);
}

static noinline struct page *alloc_pages_debug(gfp_t gfp, unsigned int order, unsigned long caller)
{
	return should_fail(FAULT_PAGE, caller) ? NULL : alloc_block(gfp, order, caller);
}

static __always_inline struct page *alloc_inline(gfp_t gfp, unsigned int order,
						 unsigned long caller)
{
	struct page *page;

	if (unlikely(page_debug))
		return alloc_pages_debug(gfp, order, caller);
	if (order || gfp & not_single)
		return alloc_block(gfp, order, caller);
	page = take_single(caller);
	return likely(page) ? page : refill_and_take(gfp, caller);
}

struct page *alloc_pages_caller(gfp_t gfp, unsigned int order, unsigned long caller)
{
	return alloc_inline(gfp, order, caller);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return alloc_inline(gfp, order, _RET_IP_);
}

static noinline void drain_and_give(struct page *page, unsigned long caller)
{
	if (this_cpu(singles).n < MOST || !drain(MOST / 2) || !give_single(page))
		put_block(page, 0, caller);
}

void free_pages_caller(struct page *page, unsigned int order, unsigned long caller)
{
	if (order)
		put_block(page, order, caller);
	else if (unlikely(!give_single(page)))
		drain_and_give(page, caller);
}

void __free_pages(struct page *page, unsigned int order)
{
	if (order)
		put_block(page, order, _RET_IP_);
	else if (unlikely(!give_single(page)))
		drain_and_give(page, _RET_IP_);
}

unsigned long nr_single_pages(void)
{
	unsigned long sum = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		const struct single_pages *s = &per_cpu(singles, cpu);

		sum += READ_ONCE(s->n) + kasan_nr_held(&s->quarantine);
	}
	return sum;
}

void __init single_pages_init(void)
{
	/* To a program too: its reserve is looked at whenever a list is filled. */
	not_single = ~(zones[ZONE_HIGHMEM].ram ? GFP_USER : GFP_HIGHUSER);
}
