// SPDX-License-Identifier: MIT
/*
 * The slab allocator without pages: a cache that has to grow and cannot.  What makes it
 * grow is that all its objects are held, those at hand for the CPU among them.
 */
#include "kernel/core/fault_inject.h"
#include "mm/kasan.h"
#include "mm/page_alloc.h"
#include "mm/vmstat.h"
#include "tests/guest/fault_walk.h"
#include "tests/guest/guest_test.h"

#define PER_SLAB 16 /* objects, in both caches that are used here */

/* Objects of one cache (NULL: kmalloc's), each beginning with the address of the next. */
struct hoard {
	struct kmem_cache *cache;
	unsigned int size;
	void **first;
};

static void *take(const struct hoard *h)
{
	return h->cache ? kmem_cache_alloc(h->cache, GFP_KERNEL) : kmalloc(h->size, GFP_KERNEL);
}

/* One more object, kept; how many pages that cost. */
static unsigned long hold(struct hoard *h)
{
	unsigned long pages = global_page_state(NR_SLAB_UNRECLAIMABLE);
	void **object = take(h);

	if (object) {
		*object = h->first;
		h->first = object;
	}
	return global_page_state(NR_SLAB_UNRECLAIMABLE) - pages;
}

static void hold_many(struct hoard *h, unsigned int n)
{
	while (n--)
		hold(h);
}

static void release(struct hoard *h)
{
	while (h->first) {
		void **object = h->first;

		h->first = *object;
		if (h->cache)
			kmem_cache_free(h->cache, object);
		else
			kfree(object);
	}
}

/* ---- a slab ---- */

static struct hoard large = { .size = 2048 };

static bool op_kmalloc_grows(void)
{
	void *p = take(&large);

	kfree(p);
	kmem_cache_shrink_all(); /* or the next one finds this slab empty, and need not grow */
	return p;
}

GUEST_TEST(fault_slab, kmalloc_grows)
{
	while (!hold(&large))
		;
	hold_many(&large, PER_SLAB - 1);
	fault_walk("kmalloc of a full cache", op_kmalloc_grows);
	release(&large);
	kmem_cache_shrink_all();
}

/* ---- a page of descriptors ---- */

#define MOST_SLABS	 2000 /* a page each: more are not held to use up all descriptors */
#define MOST_DESCRIPTORS 64   /* in a page: none is smaller */

/* Hold slabs up to one that took a new page of descriptors too; how many, or MOST_SLABS. */
static unsigned int hold_to_new_descriptors(struct hoard *h)
{
	unsigned int slabs = 0;
	unsigned long pages;

	while (slabs < MOST_SLABS) {
		pages = hold(h);
		slabs += pages > 0;
		if (pages == 2)
			break;
	}
	return slabs;
}

GUEST_TEST(fault_slab, descriptors_run_out)
{
	struct fault_plan plan = { .sites = BIT(FAULT_PAGE) };
	struct hoard h = { .size = PAGE_SIZE / PER_SLAB - KASAN_REDZONE };
	unsigned long pages, per_page;
	u64 state;

	NEED_MEMORY(24UL << 20);
	h.cache = kmem_cache_create("fault_slab", h.size, 0, 0, NULL);
	ASSERT(h.cache);
	watch_faults();
	if (hold_to_new_descriptors(&h) == MOST_SLABS) {
		guest_skip("too many descriptors of slabs are free");
		goto out;
	}
	per_page = hold_to_new_descriptors(&h);
	hold_many(&h, per_page * PER_SLAB - 1); /* all of its other slabs, and all of this one */
	pages = global_page_state(NR_SLAB_UNRECLAIMABLE);
	state = state_of_memory();
	for (plan.nth = 1; plan.nth <= 2; plan.nth++) { /* the descriptors' page, the slab's */
		fault_inject_arm(&plan);
		EXPECT(!take(&h));
		EXPECT_EQ(fault_inject_disarm(), 1);
		EXPECT_EQ(state_of_memory(), state);
		/* Descriptors that came stay. */
		EXPECT_EQ(global_page_state(NR_SLAB_UNRECLAIMABLE), pages + plan.nth - 1);
	}
	plan.nth =
		1; /* a descriptor is at hand, and stays so however often there is no slab for it */
	for (unsigned int i = 0; i < MOST_DESCRIPTORS; i++) {
		fault_inject_arm(&plan);
		EXPECT(!take(&h));
		EXPECT_EQ(fault_inject_disarm(), 1);
	}
	EXPECT_EQ(hold(&h), 1);
out:
	release(&h);
	kmem_cache_destroy(h.cache);
}
