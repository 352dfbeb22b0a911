// SPDX-License-Identifier: MIT
/* page_poison=on: a write through a stale pointer is found, and an honest one is not. */
#include "mm/page_poison.h"
#include "kernel/core/panic.h"
#include "mm/highmem.h"
#include "tests/guest/guest_test.h"

/*
 * Write to a free page of a block of that order and take the block again; how many
 * WARNs that made.
 */
static unsigned int breach(unsigned int order, unsigned int at)
{
	struct page *page = alloc_pages(__GFP_HIGHMEM, order), *again;
	unsigned int warns;
	u8 *va;

	if (!page)
		return ~0U;
	__free_pages(page, order);
	va = kmap_local_page(page + (1U << order) - 1);
	va[at] ^= 1;
	kunmap_local(va);
	warns = warn_count();
	again = alloc_pages(__GFP_HIGHMEM, order); /* the youngest comes first */
	warns = warn_count() - warns;
	EXPECT_EQ(again, page);
	if (again)
		__free_pages(again, order);
	return warns;
}

GUEST_TEST_WARNS(page_poison, breach_is_found_once)
{
	unsigned int warns;

	if (!(page_debug & PAGE_DEBUG_POISON)) {
		guest_skip("boot with page_poison=on");
		return;
	}
	for (unsigned int order = 0; order < MAX_ORDER; order += 2) {
		EXPECT_EQ(breach(order, 0), 1);
		EXPECT_EQ(breach(order, 1234), 1);
		EXPECT_EQ(breach(order, PAGE_SIZE - 1), 1);
	}
	warns = warn_count();
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		__free_pages(alloc_pages(GFP_KERNEL, order), order);
	EXPECT_EQ(warn_count(), warns); /* it was poisoned anew */
}

GUEST_TEST(page_poison, free_pages_hold_the_pattern)
{
	struct page *page = alloc_page(GFP_KERNEL);
	u8 *p;

	ASSERT(page);
	p = page_address(page);
	p[17] = 1;
	__free_page(page);
	if (page_debug & PAGE_DEBUG_POISON)
		EXPECT(p[17] == PAGE_POISON && p[PAGE_SIZE - 1] == PAGE_POISON);
	else
		guest_skip("boot with page_poison=on");
}
