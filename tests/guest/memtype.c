// SPDX-License-Identifier: MIT
/*
 * Memory types: two mappings of one page never disagree.  What is asked for is
 * compared with what the page tables have, and at last every mapping there is with
 * what was reserved for it.
 */
#include "mm/memtype.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "mm/highmem.h"
#include "mm/ioremap.h"
#include "mm/mtrr.h"
#include "mm/set_memory.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"
#include "tests/guest/mapped_mode.h"
#include "tests/vm_areas.h"

#define WB	 _PAGE_CACHE_MODE_WB
#define WC	 _PAGE_CACHE_MODE_WC
#define UC_MINUS _PAGE_CACHE_MODE_UC_MINUS
#define UC	 _PAGE_CACHE_MODE_UC
#define WT	 _PAGE_CACHE_MODE_WT

/* The mode that the page tables have for an address. */
static enum page_cache_mode mode_at(const volatile void __iomem *p)
{
	enum pg_level level;
	pte_t entry = lookup_address((unsigned long)(__force const volatile void *)p, &level);

	EXPECT(level != PG_LEVEL_NONE);
	return entry_mode(pte_val(entry), level);
}

static void __iomem *map_as(phys_addr_t phys, unsigned long size, enum page_cache_mode mode)
{
	return __ioremap_caller(phys, size, mode, _RET_IP_);
}

/* Each test leaves as many reservations and areas as it found. */
struct counts {
	unsigned int types, ram_types, areas, warns;
};

static struct counts count(void)
{
	return (struct counts){ nr_memtypes(), nr_ram_memtypes(), nr_vm_areas(), warn_count() };
}

static void expect_counts(struct counts before)
{
	EXPECT_EQ(nr_memtypes(), before.types);
	EXPECT_EQ(nr_ram_memtypes(), before.ram_types);
	EXPECT_EQ(nr_vm_areas(), before.areas);
	EXPECT_EQ(warn_count(), before.warns);
}

GUEST_TEST(memtype, first_mapping_gets_what_it_asks_for)
{
	static const enum page_cache_mode modes[] = { WC, UC_MINUS, UC, WT };
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct counts before = count();

	ASSERT(hole);
	NEED_PAT();
	for (unsigned int i = 0; i < ARRAY_SIZE(modes); i++) {
		void __iomem *p = map_as(hole, PAGE_SIZE, modes[i]);

		ASSERT(p);
		EXPECT_EQ(mode_at(p), modes[i]);
		EXPECT_EQ(nr_memtypes(), before.types + 1);
		iounmap(p);
	}
	expect_counts(before);
}

/* As Linux: who comes second has the type that is there, if he can live with it. */
GUEST_TEST(memtype, second_mapping_gets_what_is_there)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct counts before = count();
	void __iomem *first, *second;

	ASSERT(hole);
	NEED_PAT();
	first = ioremap(hole, 4 * PAGE_SIZE);
	ASSERT(first);
	second = ioremap_wc(hole, 4 * PAGE_SIZE); /* the same range */
	ASSERT(second);
	EXPECT_EQ(mode_at(second), UC_MINUS);
	iounmap(first);				 /* the second one keeps the type alive */
	first = ioremap_wc(hole + PAGE_SIZE, 1); /* a part of it */
	ASSERT(first);
	EXPECT_EQ(mode_at(first), UC_MINUS);
	iounmap(second);
	second = ioremap_wt(hole, 8 * PAGE_SIZE); /* around it */
	ASSERT(second);
	EXPECT_EQ(mode_at(second), UC_MINUS);
	iounmap(second);
	iounmap(first);
	first = ioremap_wc(hole, PAGE_SIZE); /* nobody is left who minds */
	ASSERT(first);
	EXPECT_EQ(mode_at(first), WC);
	iounmap(first);
	expect_counts(before);
}

/* Nothing is left of what was refused. */
GUEST_TEST(memtype, conflicts_are_refused)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct counts before = count();
	void __iomem *first, *second;

	ASSERT(hole);
	NEED_PAT();
	first = ioremap_cache(hole, PAGE_SIZE);
	ASSERT(first);
	EXPECT_EQ(mode_at(first), WB);
	EXPECT(!ioremap(hole, PAGE_SIZE));
	EXPECT(!ioremap_uc(hole, 1));
	EXPECT(!ioremap_wc(hole, 2 * PAGE_SIZE));
	EXPECT(!ioremap_wt(hole, PMD_SIZE));
	EXPECT_EQ(nr_memtypes(), before.types + 1);
	EXPECT_EQ(nr_vm_areas(), before.areas + 1);
	second = ioremap_wc(hole + PAGE_SIZE, PAGE_SIZE); /* the neighbour is free */
	ASSERT(second);
	EXPECT(!ioremap_uc(hole, 2 * PAGE_SIZE)); /* over both */
	iounmap(first);
	EXPECT(!ioremap_wt(hole, 2 * PAGE_SIZE)); /* write-combining is too lazy for it */
	iounmap(second);
	expect_counts(before);
}

GUEST_TEST(memtype, other_ways_to_map)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct counts before = count();
	void __iomem *p;
	void *q;

	ASSERT(hole);
	NEED_PAT();
	EXPECT(!ioremap_np(hole, PAGE_SIZE)); /* x86 has no such thing */
	p = ioremap_prot(hole, PAGE_SIZE, cachemode2protval(WC) | _PAGE_RW | _PAGE_PRESENT);
	ASSERT(p);
	EXPECT_EQ(mode_at(p), WC);
	q = memremap(hole, PAGE_SIZE, MEMREMAP_WB); /* write-back can live with anything */
	ASSERT(q);
	EXPECT_EQ(mode_at((void __iomem *)q), WC);
	memunmap(q);
	EXPECT(!memremap(hole, PAGE_SIZE, MEMREMAP_WT));
	q = memremap(hole, PAGE_SIZE, MEMREMAP_WT | MEMREMAP_WC); /* one after the other is tried */
	ASSERT(q);
	EXPECT_EQ(mode_at((void __iomem *)q), WC);
	memunmap(q);
	iounmap(p);
	EXPECT(!memremap(hole, PAGE_SIZE, 0));
	expect_counts(before);
}

/* Mappings of all shapes come and go in no order; while one has a page, its type stays. */
GUEST_TEST(memtype, many_shapes)
{
	enum { N = 64 };
	static void __iomem *p[N];
	static phys_addr_t at[N];
	static unsigned long pages[N];
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct counts before = count();
	unsigned int state = 12345;

	ASSERT(hole);
	NEED_PAT();
	for (unsigned int step = 0; step < 2000; step++) {
		unsigned int i = step % N;
		enum page_cache_mode type;
		unsigned long holder;

		state = state * 1103515245 + 12345;
		if (p[i])
			iounmap(p[i]);
		at[i] = hole + (state >> 16) % 32 * PAGE_SIZE;
		pages[i] = 1 + (state >> 24) % 8;
		p[i] = map_as(at[i], pages[i] * PAGE_SIZE, state % 2 ? UC_MINUS : WC);
		for (unsigned long n = 0; p[i] && n < pages[i]; n++) {
			EXPECT(memtype_lookup(at[i] + n * PAGE_SIZE, &type, &holder));
			EXPECT_EQ(mode_at(p[i] + n * PAGE_SIZE), type);
		}
	}
	for (unsigned int i = 0; i < N; i++) {
		iounmap(p[i]);
		p[i] = NULL;
	}
	expect_counts(before);
}

/* RAM that the direct map has not got: mapped for itself, but as what it is. */
GUEST_TEST(memtype, memremap_of_high_memory)
{
	struct page *page = alloc_page(__GFP_HIGHMEM);
	struct counts before = count();
	phys_addr_t phys;
	u32 *p, *local;

	ASSERT(page);
	phys = page_to_phys(page);
	if (!PageHighMem(page)) {
		guest_skip("all RAM is in the direct map");
		__free_page(page);
		return;
	}
	p = memremap(phys + 64, 100, MEMREMAP_WB);
	ASSERT(p);
	EXPECT_EQ(mode_at((void __iomem *)p), WB);
	*p = 0xc0ffee;
	local = kmap_local_page(page);
	EXPECT_EQ(local[16], 0xc0ffee);
	kunmap_local(local);
	EXPECT(!memremap(phys, 4, MEMREMAP_WC));
	memunmap(p);
	expect_counts(before);
	__free_page(page);
}

/* No second mapping with another type: it gets the one that there is, or none at all. */
GUEST_TEST(memtype, memremap_of_high_memory_that_is_write_combining)
{
	char *v = vmalloc(2 * PAGE_SIZE);
	struct page *page = v ? vmalloc_to_page(v) : NULL;
	void *p;

	ASSERT(page);
	if (!PageHighMem(page)) {
		guest_skip("all RAM is in the direct map");
		vfree(v);
		return;
	}
	EXPECT_EQ(set_memory_wc((unsigned long)v, 1), 0);
	p = memremap(page_to_phys(page), PAGE_SIZE, MEMREMAP_WB);
	ASSERT(p);
	EXPECT_EQ(mode_at((void __iomem *)p), WC);
	memunmap(p);
	EXPECT_EQ(vmalloc_to_page(v + PAGE_SIZE), page + 1);
	EXPECT(!memremap(page_to_phys(page), 2 * PAGE_SIZE, MEMREMAP_WB));
	vfree(v);
}

/* ---- all that is mapped now ---- */

struct audit {
	unsigned int devices, wrong;
	unsigned long first_wrong;
};

static void audit_mapping(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long size = page_level_size(level);
	phys_addr_t phys = pte_val(entry) & PTE_PFN_MASK & ~(size - 1);
	enum page_cache_mode mode = entry_mode(pte_val(entry), level), type;
	struct audit *audit = arg;
	unsigned long holder;

	audit->devices += !pfn_valid(PFN_DOWN(phys));
	if (memtype_lookup(phys, &type, &holder) &&
	    cachemode2protval(type) == cachemode2protval(mode)) /* without PAT, as near as can be */
		return;
	if (!audit->wrong++)
		audit->first_wrong = va;
}

/* Every mapping in the tables the CPU uses is of the type that was reserved for the page. */
GUEST_TEST(memtype, every_mapping_agrees)
{
	struct audit audit = { 0 };

	for_each_mapping(&init_mm, audit_mapping, &audit);
	EXPECT(audit.devices >= 1); /* a local APIC at the least */
	EXPECT_EQ(audit.wrong, 0);
	EXPECT_EQ(audit.first_wrong, 0);
}

/* With the MTRRs' say no device's registers are cached, but what was asked for as write-back. */
GUEST_TEST(memtype, devices_are_not_cached)
{
	struct vm_struct vm;

	for (unsigned long va = VMALLOC_START; next_vm_area(va, &vm);
	     va = (unsigned long)vm.addr + vm.size) {
		enum page_cache_mode effective;
		enum mtrr_type mtrr;

		if (!(vm.flags & VM_IOREMAP) || vm.memtype.type == WB)
			continue;
		mtrr = mtrr_type_lookup(vm.memtype.start, vm.memtype.end, NULL);
		effective = effective_memory_type(vm.memtype.type, mtrr);
		EXPECT(effective == UC || effective == WC);
	}
}

/* RAM is write-back by firmware's word too, else the whole machine would crawl. */
GUEST_TEST(memtype, ram_is_write_back)
{
	struct page *page = alloc_page(GFP_KERNEL);
	enum page_cache_mode type;
	unsigned long holder;
	phys_addr_t phys;

	ASSERT(page);
	phys = page_to_phys(page);
	EXPECT(memtype_lookup(phys, &type, &holder));
	EXPECT_EQ(type, WB);
	EXPECT_EQ(effective_memory_type(type, mtrr_type_lookup(phys, phys + PAGE_SIZE, NULL)), WB);
	__free_page(page);
}
