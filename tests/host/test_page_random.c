// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * A million random steps on the page allocator beside a flat model: for each page
 * of RAM one byte says whether it is given out, and a list tells the blocks, their
 * references and what was written into them.  RAM has holes, one of them in the
 * middle of a largest block.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/fault_inject.h"
#include "mm/highmem.h"
#include "mm/memblock.h"
#include "mm/page_poison.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n) ((n)*0x100000UL)

static const struct fake_range ram[] = {
	{ 0, MIB(9) + 5 * PAGE_SIZE },
	{ MIB(10) + 3 * PAGE_SIZE, MIB(31) },
	{ MIB(4096) - MIB(6), MIB(4096) + MIB(13) }, /* on both sides of a zone's end */
};
#define LAST_PFN PFN_DOWN(MIB(4096) + MIB(13))

#define MAX_BLOCKS 2000

static struct block {
	struct page *page;
	unsigned int order;
	unsigned int refs, pins;
	u64 mark;
} blocks[MAX_BLOCKS];
static unsigned int nr_blocks;

static u8 taken[LAST_PFN]; /* given out, or never to be had */
static struct page_counts model;

/* Bytes that boot keeps, in the middle of a page, and at the end of one and the head of the next. */
static const phys_addr_t kept[] = { MIB(5) + 3 * PAGE_SIZE + 100, MIB(6) - 3 };

static void setup(void)
{
	static bool done;
	unsigned long pfn;

	if (done)
		return;
	done = true;
	memblock_reserve(kept[0], 50);
	memblock_reserve(kept[1], 10);
	fake_ram_init(ram, ARRAY_SIZE(ram));
	for (pfn = 0; pfn < LAST_PFN; pfn++)
		taken[pfn] = !pfn_valid(pfn) || page_flags(pfn_to_page(pfn)) & PG_RESERVED ||
			     page_count(pfn_to_page(pfn));
	EXPECT(taken[PFN_DOWN(kept[0])] && taken[PFN_DOWN(kept[1])] &&
	       taken[PFN_DOWN(kept[1]) + 1]);
	EXPECT(!taken[PFN_DOWN(kept[0]) - 1] && !taken[PFN_DOWN(kept[0]) + 1]);
	EXPECT(page_census(&model));
	EXPECT(model.free > 5000);
}

/* First and last word of each page of the block. */
static bool marks(const struct block *b, bool write)
{
	bool right = true;

	for (unsigned long i = 0; i < 1UL << b->order; i++) {
		u64 *p = page_address(b->page + i);

		if (write)
			p[0] = p[511] = b->mark + i;
		right &= p[0] == b->mark + i && p[511] == b->mark + i;
	}
	return right;
}

static unsigned long zone_end(gfp_t gfp)
{
	return gfp & GFP_DMA ? PFN_DOWN(MIB(16)) : gfp & GFP_DMA32 ? PFN_DOWN(MIB(4096)) : LAST_PFN;
}

/* Some aligned block of the order is free in the zones of gfp. */
static bool model_has(gfp_t gfp, unsigned int order)
{
	unsigned long n = 1UL << order, pfn, i;

	for (pfn = 0; pfn + n <= zone_end(gfp); pfn += n) {
		for (i = 0; i < n && !taken[pfn + i]; i++)
			;
		if (i == n)
			return true;
	}
	return false;
}

static void check_new(const struct block *b, gfp_t gfp)
{
	unsigned long pfn = page_to_pfn(b->page), n = 1UL << b->order, i;

	EXPECT(IS_ALIGNED(pfn, n) && pfn + n <= zone_end(gfp));
	for (i = 0; i < n; i++) {
		EXPECT(!taken[pfn + i]);
		taken[pfn + i] = 1;
		EXPECT_EQ(page_count(b->page + i), i == 0);
	}
	EXPECT_EQ(b->page->order, b->order);
	EXPECT_EQ(page_flags(b->page), 0);
	for (i = 0; gfp & __GFP_ZERO && i < n; i++)
		EXPECT(((u64 *)page_address(b->page + i))[test_random() % 512] == 0);
	model.free -= n;
	model.used += n;
}

static void step_alloc(void)
{
	static const gfp_t zones[] = { GFP_KERNEL, GFP_KERNEL, GFP_DMA32, GFP_DMA, __GFP_HIGHMEM };
	gfp_t gfp = zones[test_random() % ARRAY_SIZE(zones)];
	struct block *b = &blocks[nr_blocks];

	if (test_random() % 16 == 0)
		gfp |= __GFP_ZERO;
	/* Mostly single pages; each order more is half as likely. */
	b->order = (unsigned int)__builtin_ctzl(test_random() | 1UL << (MAX_ORDER - 1));
	b->page = alloc_pages(gfp, b->order);
	if (!b->page) {
		EXPECT(!model_has(gfp, b->order));
		return;
	}
	b->refs = 1;
	b->pins = 0;
	b->mark = test_random();
	check_new(b, gfp);
	marks(b, true);
	nr_blocks++;
}

/* A reference or a pin goes, and with the last of both the block. */
static void step_put(struct block *b)
{
	unsigned long pfn = page_to_pfn(b->page), i;

	EXPECT(marks(b, false));
	EXPECT_EQ(page_count(b->page), b->refs);
	EXPECT_EQ(page_pincount(b->page), b->pins);
	if (b->pins && (!b->refs || test_random() % 2)) {
		unpin_page(b->page);
		b->pins--;
		model.pinned -= 1UL << b->order;
	} else {
		if (b->refs > 1 || test_random() % 2)
			put_page(b->page);
		else
			__free_pages(b->page, b->order);
		b->refs--;
	}
	if (b->refs || b->pins)
		return;
	for (i = 0; i < 1UL << b->order; i++)
		taken[pfn + i] = 0;
	model.free += 1UL << b->order;
	model.used -= 1UL << b->order;
	*b = blocks[--nr_blocks];
}

static void step_hold(struct block *b)
{
	if (test_random() % 4) {
		get_page(b->page);
		b->refs++;
		return;
	}
	EXPECT_EQ(pin_page(b->page), 0);
	b->pins++;
	model.pinned += 1UL << b->order;
}

/* What is refused with a WARN and changes nothing. */
static void step_wrong(struct block *b)
{
	switch (test_random() % 5) {
	case 0:
		if (b->order == 0)
			return;
		expect_warns(1);
		put_page(b->page + 1); /* a tail */
		break;
	case 1:
		expect_warns(1);
		__free_pages(b->page, b->order + 1);
		break;
	case 2:
		if (b->pins)
			return;
		expect_warns(1);
		unpin_page(b->page);
		break;
	case 3:
		if (b->refs)
			return;
		expect_warns(1);
		put_page(b->page); /* only pins are left */
		break;
	default:
		expect_warns(1);
		put_page(pfn_to_page(0)); /* reserved */
	}
	test_log_clear();
}

static void check_counts(void)
{
	struct page_counts told;

	get_page_counts(&told);
	EXPECT_EQ(told.free, model.free);
	EXPECT_EQ(told.used, model.used);
	EXPECT_EQ(told.reserved, model.reserved);
	EXPECT_EQ(told.pinned, model.pinned);
	EXPECT_EQ(told.ram, told.free + told.used + told.reserved);
}

static void random_steps(unsigned int steps)
{
	struct page_counts census;

	for (unsigned int step = 0; step < steps; step++) {
		/* Long stretches of growing and of shrinking, so that both ends are met. */
		bool grow = step / 4000 % 2 ? test_random() % 4 == 0 : test_random() % 4 != 0;
		struct block *b = nr_blocks ? &blocks[test_random() % nr_blocks] : NULL;

		if (b && test_random() % 8 == 0) {
			step_hold(b);
		} else if (b && test_random() % 4096 == 0) {
			step_wrong(b);
		} else if (grow && nr_blocks < MAX_BLOCKS) {
			step_alloc();
		} else if (b) {
			step_put(b);
		}
		check_counts();
		if (step % 5000 == 0)
			ASSERT(page_census(&census));
	}
	while (nr_blocks)
		step_put(&blocks[nr_blocks - 1]);
	check_counts();
	EXPECT(page_census(&census));
}

/* All that is free hangs together again: as many of the largest blocks as the model has. */
static void check_merged(void)
{
	struct page *page;
	LIST_HEAD(held);
	unsigned long n = MAX_BLOCK_PAGES, pfn, i, want = 0, got = 0;

	for (pfn = 0; pfn + n <= LAST_PFN; pfn += n) {
		for (i = 0; i < n && !taken[pfn + i]; i++)
			;
		want += i == n;
	}
	while ((page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1))) {
		list_add(&page->lru, &held);
		got++;
	}
	EXPECT_EQ(got, want);
	while (!list_empty(&held)) {
		page = list_first_entry(&held, struct page, lru);
		list_del_init(&page->lru);
		__free_pages(page, MAX_ORDER - 1);
	}
}

/*
 * A block of pages lies in one zone, so high memory begins where a largest block may, whatever a person
 * says: of 66 MiB two are its own.
 */
TEST(high_memory_begins_with_a_block)
{
	static const struct {
		const char *words;
		phys_addr_t end;
	} cases[] = {
		{ "highmem=66M", MIB(64) },
		{ "highmem=64M", MIB(64) },
		{ "highmem=67108863", MIB(60) },
		{ "highmem=33M", MIB(32) },
		{ "highmem=1M", MIB(32) },
		{ "highmem=4099M", MIB(4096) },
		{ "highmem=0x7fffffffffffffff", PAGE_OFFSET_SIZE },
		{ "highmem=zebra", PAGE_OFFSET_SIZE },
		{ "highmem=64Mx", PAGE_OFFSET_SIZE },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		direct_map_end = PAGE_OFFSET_SIZE;
		boot_command_line[0] = '\0';
		cmdline_append(cases[i].words);
		highmem_init();
		EXPECT_EQ(direct_map_end, cases[i].end);
	}
	boot_command_line[0] = '\0';
	direct_map_end = PAGE_OFFSET_SIZE;
}

TEST(a_million_steps)
{
	setup();
	random_steps(1000000);
	check_merged();
}

TEST(with_poison)
{
	struct page *page;

	setup();
	/* What is free now has no pattern yet: give it one by taking and freeing it all. */
	page_debug |= PAGE_DEBUG_POISON;
	for (unsigned int order = MAX_ORDER; order-- > 0;) {
		LIST_HEAD(held);

		page_debug &= ~PAGE_DEBUG_POISON;
		while ((page = alloc_pages(GFP_KERNEL, order)))
			list_add(&page->lru, &held);
		page_debug |= PAGE_DEBUG_POISON;
		for (page = NULL; !list_empty(&held);) {
			page = list_first_entry(&held, struct page, lru);
			list_del_init(&page->lru);
			__free_pages(page, order);
		}
	}
	random_steps(20000);
	page = alloc_page(GFP_KERNEL);
	__free_page(page);
	((u8 *)lowmem_page_address(page))[100] = 7;
	expect_warns(1);
	EXPECT_EQ(alloc_page(GFP_KERNEL), page);
	EXPECT(test_log_has("was written at 0x64 after it was freed: 07 aa"));
	__free_page(page);
	page_debug = 0;
}

/* With one allocation in a few failing on purpose the rest goes on as if nothing was. */
TEST(with_failures)
{
	struct fault_plan plan = { .sites = BIT(FAULT_PAGE), .nth = 1 };
	struct page *page;

	setup();
	for (unsigned int i = 0; i < 1000; i++) {
		fault_inject_arm(&plan);
		EXPECT(!alloc_pages(GFP_KERNEL, i % MAX_ORDER));
		EXPECT_EQ(fault_inject_disarm(), 1);
		page = alloc_pages(GFP_KERNEL, i % MAX_ORDER);
		ASSERT(page);
		__free_pages(page, i % MAX_ORDER);
		check_counts();
		test_log_clear();
	}
}
