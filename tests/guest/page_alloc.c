// SPDX-License-Identifier: MIT
/* Pages: what is given out is ours alone, what is broken is noticed, all comes back. */
#include "mm/page_alloc.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/pgtable.h"
#include "tests/guest/guest_test.h"

static bool counts_add_up(void)
{
	struct page_counts c;

	get_page_counts(&c);
	return c.free + c.used + c.reserved == c.ram;
}

GUEST_TEST(page_alloc, counts_add_up_at_each_step)
{
	unsigned long before = nr_free_pages();
	struct page *pages[MAX_ORDER];

	NEED_MEMORY(24UL << 20);
	EXPECT(counts_add_up());
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		unsigned long free = nr_free_pages();

		pages[order] = alloc_pages(GFP_KERNEL, order);
		ASSERT(pages[order]);
		EXPECT_EQ(nr_free_pages(), free - (1UL << order));
		EXPECT(counts_add_up());
	}
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		__free_pages(pages[order], order);
		EXPECT(counts_add_up());
	}
	EXPECT_EQ(nr_free_pages(), before);
}

GUEST_TEST(page_alloc, blocks_are_aligned_and_apart)
{
	enum { N = 64 };
	unsigned long *va[N];

	for (unsigned int i = 0; i < N; i++) {
		va[i] = (unsigned long *)__get_free_pages(GFP_KERNEL, i % 4);
		ASSERT(va[i]);
		EXPECT(IS_ALIGNED((unsigned long)va[i], PAGE_SIZE << i % 4));
		for (unsigned int page = 0; page < 1U << i % 4; page++)
			va[i][page * PAGE_SIZE / sizeof(long)] = i * 16 + page;
	}
	for (unsigned int i = 0; i < N; i++) {
		for (unsigned int page = 0; page < 1U << i % 4; page++)
			EXPECT_EQ(va[i][page * PAGE_SIZE / sizeof(long)], i * 16 + page);
		free_pages((unsigned long)va[i], i % 4);
	}
}

GUEST_TEST(page_alloc, head_and_tails)
{
	struct page *page = alloc_pages(GFP_KERNEL, 3);

	ASSERT(page);
	EXPECT_EQ(page_count(page), 1);
	EXPECT_EQ(page->order, 3);
	EXPECT_EQ(page_flags(page), 0);
	EXPECT(page->owner >= (unsigned long)_text && page->owner < (unsigned long)_etext);
	for (unsigned int i = 1; i < 8; i++) {
		EXPECT_EQ(page_count(page + i), 0);
		EXPECT_EQ(page_flags(page + i), 0);
	}
	EXPECT_EQ(virt_to_page(page_address(page)), page);
	EXPECT_EQ(pfn_to_page(page_to_pfn(page)), page);
	__free_pages(page, 3);
}

GUEST_TEST(page_alloc, zeroed)
{
	unsigned long va = __get_free_pages(GFP_KERNEL, 0), *p;

	ASSERT(va);
	memset((void *)va, 0x5a, PAGE_SIZE);
	free_page(va);
	p = (unsigned long *)get_zeroed_page(GFP_KERNEL); /* most likely the same page */
	ASSERT(p);
	for (unsigned int i = 0; i < PAGE_SIZE / sizeof(*p); i++)
		EXPECT_EQ(p[i], 0);
	free_page((unsigned long)p);
}

GUEST_TEST(page_alloc, zones_bound_addresses)
{
	struct page *dma = alloc_pages(GFP_DMA, 2), *dma32 = alloc_pages(GFP_DMA32, 2);

	ASSERT(dma && dma32);
	EXPECT(page_to_phys(dma) + 4 * PAGE_SIZE <= 1UL << 24);
	EXPECT(page_to_phys(dma32) + 4 * PAGE_SIZE <= 1UL << 32);
	__free_pages(dma, 2);
	__free_pages(dma32, 2);
}

GUEST_TEST(page_alloc, references)
{
	unsigned long free = nr_free_pages();
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(page);
	get_page(page);
	EXPECT_EQ(page_count(page), 2);
	put_page(page);
	EXPECT_EQ(nr_free_pages(), free - 1);
	put_page(page);
	EXPECT_EQ(page_count(page), 0);
	EXPECT_EQ(nr_free_pages(), free);
}

/* The struct pages' own memory is reserved; some of its blocks may not be thawed yet. */
GUEST_TEST(page_alloc, references_of_reserved_pages)
{
	struct page_counts before, after;
	phys_addr_t pa;
	struct page *page;

	get_page_counts(&before);
	ASSERT(virt_to_phys_walk((unsigned long)virt_to_page(_text), &pa) == 0);
	page = pfn_to_page(PFN_DOWN(pa));
	EXPECT(page_flags(page) & PG_RESERVED);
	EXPECT_EQ(page_count(page), 1);
	get_page(page);
	EXPECT_EQ(page_count(page), 2);
	put_page(page);
	EXPECT_EQ(page_count(page), 1);
	EXPECT(page_flags(page) & PG_RESERVED);
	get_page_counts(&after);
	EXPECT_EQ(before.reserved, after.reserved);
	EXPECT(counts_add_up());
}

GUEST_TEST_WARNS(page_alloc, broken_promises_warn_and_change_nothing)
{
	unsigned long before = nr_free_pages(), free;
	unsigned int warns = warn_count();
	struct page *page = alloc_pages(GFP_KERNEL, 1);
	struct page *image = virt_to_page(_text);
	int image_count = page_count(image);

	ASSERT(page);
	free = nr_free_pages();
	put_page(page + 1); /* a tail has no reference */
	EXPECT_EQ(warn_count(), ++warns);
	get_page(page + 1);
	EXPECT_EQ(warn_count(), ++warns);
	__free_pages(page, 0); /* as of another order */
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(nr_free_pages(), free);
	EXPECT_EQ(page_count(page), 1);
	put_page(page);
	EXPECT_EQ(nr_free_pages(), before);

	page = alloc_page(GFP_KERNEL);
	ASSERT(page);
	put_page(page);
	put_page(page); /* a free page */
	EXPECT_EQ(warn_count(), ++warns);
	get_page(page);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(nr_free_pages(), before);

	EXPECT(page_flags(image) & PG_RESERVED);
	EXPECT(image_count > 0);
	for (int i = 0; i < image_count; i++)
		put_page(image); /* the last is refused */
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(page_count(image), 1);
	EXPECT(counts_add_up());
	free_pages((unsigned long)_text, 0); /* the image's address, no page's */
	EXPECT_EQ(warn_count(), ++warns);
}

/* A pin holds the block when its owner has given it back. */
GUEST_TEST_WARNS(page_alloc, pins)
{
	unsigned long before = nr_free_pages();
	unsigned int warns = warn_count();
	struct page *block = alloc_pages(GFP_KERNEL, 1);

	ASSERT(block);
	EXPECT_EQ(pin_page(block), 0);
	EXPECT_EQ(pin_page(block), 0);
	EXPECT_EQ(page_count(block), 1);
	EXPECT_EQ(page_pincount(block), 2);
	__free_pages(block, 1);
	EXPECT_EQ(page_count(block), 0);
	EXPECT_EQ(nr_free_pages(), before - 2);
	put_page(block); /* what is left are pins, not references */
	EXPECT_EQ(warn_count(), ++warns);
	unpin_page(block);
	EXPECT_EQ(page_pincount(block), 1);
	EXPECT_EQ(nr_free_pages(), before - 2);
	unpin_page(block);
	EXPECT_EQ(nr_free_pages(), before);
	unpin_page(block); /* free */
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(pin_page(block), -ENOMEM);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(nr_free_pages(), before);
}

/* Neither count runs into the other, nor over. */
GUEST_TEST_WARNS(page_alloc, counts_have_ends)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned int warns = warn_count();
	int pins = 0;

	ASSERT(page);
	unpin_page(page); /* never pinned: the owner's reference is none */
	EXPECT_EQ(warn_count(), ++warns);
	for (unsigned int i = 1; i < REF_MASK; i++)
		get_page(page);
	EXPECT_EQ(warn_count(), warns);
	get_page(page);
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(page_count(page), REF_MASK);
	EXPECT_EQ(page_pincount(page), 0);
	while (pin_page(page) == 0)
		pins++;
	EXPECT_EQ(warn_count(), ++warns);
	EXPECT_EQ(pins, 0x7fff);
	EXPECT_EQ(page_count(page), REF_MASK);
	while (pins--)
		unpin_page(page);
	for (unsigned int i = 0; i < REF_MASK; i++)
		put_page(page);
	EXPECT_EQ(page_count(page), 0);
	EXPECT_EQ(warn_count(), warns);
}

GUEST_TEST(page_alloc, ram_is_known)
{
	unsigned long pfn = page_to_pfn(virt_to_page(_text)), end, hole;

	EXPECT(pfn_valid(pfn));
	hole = pfn_first_hole(pfn, ~0UL);
	EXPECT(pfn_valid(hole - 1));
	EXPECT(!pfn_valid(hole));
	EXPECT(!pfn_valid(~0UL));
	EXPECT_EQ(pfn_first_ram(pfn, hole), pfn);
	end = pfn_first_ram(hole, hole + 1);
	EXPECT_EQ(end, hole + 1);
}

/* Take up to `limit` blocks of the order, of any zone; how many there were. */
static unsigned long take(struct list_head *taken, unsigned int order, unsigned long limit)
{
	unsigned long n = 0;
	struct page *page;

	while (n < limit && (page = alloc_pages(__GFP_HIGHMEM, order))) {
		list_add(&page->lru, taken);
		n++;
	}
	return n;
}

/* Free every second block until none is left. */
static void free_taken(struct list_head *taken)
{
	struct page *page, *next;
	bool skip = false;

	while (!list_empty(taken)) {
		list_for_each_entry_safe(page, next, taken, lru) {
			skip = !skip;
			if (skip)
				continue;
			list_del_init(&page->lru);
			__free_pages(page, page->order);
		}
	}
}

static unsigned long count_largest(void)
{
	LIST_HEAD(taken_blocks);
	unsigned long n = take(&taken_blocks, MAX_ORDER - 1, ~0UL);

	free_taken(&taken_blocks);
	return n;
}

GUEST_TEST(page_alloc, all_of_it_and_back)
{
	unsigned long before = nr_free_pages(), taken = 0;
	LIST_HEAD(taken_blocks);

	for (int order = MAX_ORDER - 1; order >= 0; order--)
		taken += take(&taken_blocks, (unsigned int)order, ~0UL) << order;
	EXPECT_EQ(taken, before);
	EXPECT_EQ(nr_free_pages(), 0);
	EXPECT(!alloc_page(GFP_KERNEL));
	EXPECT(counts_add_up());
	free_taken(&taken_blocks);
	EXPECT_EQ(nr_free_pages(), before);
}

GUEST_TEST(page_alloc, single_pages_grow_together_again)
{
	unsigned long before = nr_free_pages(), largest = count_largest();
	LIST_HEAD(taken_blocks);

	NEED_MEMORY(24UL << 20);
	EXPECT_EQ(take(&taken_blocks, 0, before / 2), before / 2);
	EXPECT(count_largest() < largest);
	free_taken(&taken_blocks);
	EXPECT_EQ(count_largest(), largest);
	EXPECT_EQ(nr_free_pages(), before);
}

GUEST_TEST(page_alloc, random_sequence)
{
	enum { N = 128, STEPS = 20000 };
	static struct page *held[N];
	unsigned long before = nr_free_pages(), expected = before;
	u32 random = 1;

	NEED_MEMORY(24UL << 20);
	for (unsigned int step = 0; step < STEPS; step++) {
		unsigned int i, order;

		random = random * 1664525 + 1013904223;
		i = random >> 8 & (N - 1);
		order = random >> 20 & 7;
		if (held[i]) {
			expected += 1UL << held[i]->order;
			__free_pages(held[i], held[i]->order);
			held[i] = NULL;
		} else {
			held[i] = alloc_pages(GFP_KERNEL, order);
			ASSERT(held[i]);
			expected -= 1UL << order;
		}
		if (step % 1000 == 0)
			EXPECT(nr_free_pages() == expected && counts_add_up());
	}
	for (unsigned int i = 0; i < N; i++) {
		if (held[i])
			__free_pages(held[i], held[i]->order);
		held[i] = NULL;
	}
	EXPECT_EQ(nr_free_pages(), before);
}
