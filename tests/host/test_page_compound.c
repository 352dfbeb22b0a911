// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Blocks whose pages know their first one, and what is kept for the kernel when programs take
 * all they get.
 */
#include "mm/page_alloc.h"
#include "mm/vmstat.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n) ((n)*0x100000UL)
#define ORDER  9

static const struct fake_range ram[] = { { 0, MIB(64) } };

static void check_census(void)
{
	struct page_counts c;

	EXPECT(page_census(&c));
}

TEST(counts_are_the_first_pages)
{
	unsigned long pinned, free;
	struct page *block;

	fake_ram_init(ram, ARRAY_SIZE(ram));
	free = nr_free_pages();
	pinned = global_page_state(NR_FOLL_PIN_ACQUIRED);
	block = alloc_pages(GFP_HIGHUSER | __GFP_COMP, ORDER);
	ASSERT(block);
	for (unsigned int i = 0; i < 1 << ORDER; i++)
		EXPECT(compound_head(block + i) == block);
	get_page(block + 17);
	EXPECT_EQ(page_count(block), 2);
	EXPECT_EQ(pin_page(block + 511), 0);
	EXPECT_EQ(pin_page(block + 3), 0);
	EXPECT_EQ(page_pincount(block), 2);
	/* A page of such a block is pinned by itself, as Linux counts. */
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_ACQUIRED), pinned + 2);
	check_census();
	__free_pages(block, ORDER);
	unpin_page(block + 511);
	put_page(block + 400);
	EXPECT_EQ(nr_free_pages(), free - (1 << ORDER));
	check_census();
	unpin_page(block + 1);
	EXPECT_EQ(nr_free_pages(), free);
	for (unsigned int i = 0; i < 1 << ORDER; i++)
		EXPECT(!(block[i].flags & PG_TAIL));
	check_census();
}

/* Of a block that is not compound a pin is one of each page, and is given back so. */
TEST(pins_of_a_plain_block)
{
	unsigned long pinned =
		global_page_state(NR_FOLL_PIN_ACQUIRED) - global_page_state(NR_FOLL_PIN_RELEASED);
	struct page *block = alloc_pages(GFP_KERNEL, 3);

	ASSERT(block);
	EXPECT_EQ(pin_page(block), 0);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_ACQUIRED) - global_page_state(NR_FOLL_PIN_RELEASED),
		  pinned + 8);
	check_census();
	unpin_page(block);
	EXPECT_EQ(global_page_state(NR_FOLL_PIN_ACQUIRED) - global_page_state(NR_FOLL_PIN_RELEASED),
		  pinned);
	check_census();
	__free_pages(block, 3);
}

/* One more reference than fit is none: it does not become a pin. */
TEST(references_do_not_become_pins)
{
	struct page *page = alloc_page(GFP_KERNEL);

	ASSERT(page);
	page->refcount = REF_MASK;
	expect_warns(1);
	get_page(page);
	EXPECT_EQ(page->refcount, REF_MASK);
	EXPECT_EQ(page_pincount(page), 0);
	page->refcount = 1;
	__free_page(page);
	check_census();
}

TEST(split_into_single_pages)
{
	unsigned long free = nr_free_pages();
	struct page *block = alloc_pages(GFP_HIGHUSER | __GFP_COMP, ORDER);

	ASSERT(block);
	block->flags |= PG_ANON;
	block[7].mapcount = 1;
	get_page(block);
	expect_warns(1); /* another has it, too */
	split_page(block, ORDER);
	put_page(block);
	split_page(block, ORDER);
	check_census();
	EXPECT_EQ(block[7].mapcount, 1);
	EXPECT(block[7].flags & PG_ANON);
	EXPECT(compound_head(block + 7) == block + 7);
	for (unsigned int i = 0; i < 1 << ORDER; i++) {
		EXPECT_EQ(page_count(block + i), 1);
		put_page(block + i);
	}
	EXPECT_EQ(nr_free_pages(), free);
	check_census();
}

/* Programs get all but a 64th of RAM, the kernel the rest. */
TEST(a_reserve_for_the_kernel)
{
	unsigned long reserve = nr_ram_pages() / 64, n = 0, kernel = 0;
	struct page *page, *user = NULL, *mine = NULL;

	while ((page = alloc_page(GFP_HIGHUSER))) {
		page->next = user;
		user = page;
		n++;
	}
	EXPECT(n > nr_ram_pages() / 2);
	EXPECT(nr_free_pages() >= reserve && nr_free_pages() < reserve + 64);
	EXPECT(!alloc_pages(GFP_USER, 3));
	while ((page = alloc_page(GFP_KERNEL))) {
		page->next = mine;
		mine = page;
		kernel++;
	}
	EXPECT(kernel >= reserve);
	for (; mine; mine = page) {
		page = mine->next;
		put_page(mine);
	}
	for (; user; user = page) {
		page = user->next;
		put_page(user);
	}
	check_census();
}
