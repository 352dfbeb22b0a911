// SPDX-License-Identifier: MIT
/*
 * The dump of the page tables: its ranges cover all addresses, say what the CPU's
 * tables say, and show what is writable and executable.
 */
#include "mm/ptdump.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/init.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/hole.h"

#define LOWER_HALF_END 0x0000800000000000UL
#define UPPER_HALF     0xffff800000000000UL

/* What lookup_address() says of va is what the range it lies in says. */
static void check_address(const struct pt_range *r, unsigned long va)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_address(va, &level));

	EXPECT_EQ(r->flags != 0, level != PG_LEVEL_NONE);
	if (level == PG_LEVEL_NONE)
		return;
	EXPECT_EQ(r->level, level);
	EXPECT_EQ(r->flags & _PAGE_NX, entry & _PAGE_NX);
	EXPECT_EQ(r->flags & _PAGE_RW, entry & _PAGE_RW);
	EXPECT_EQ(r->flags & (_PAGE_PWT | _PAGE_PCD), entry & (_PAGE_PWT | _PAGE_PCD));
	EXPECT_EQ(r->writable, !!(entry & _PAGE_RW));
	EXPECT_EQ(r->executable, !(entry & _PAGE_NX));
}

static unsigned long direct_map_bytes(void)
{
	unsigned long bytes = 0;
	phys_addr_t start, end;
	unsigned int i;

	for_each_mem_range(i, &start, &end)
		if (start < direct_map_end)
			bytes += min(end, direct_map_end) - start;
	return bytes;
}

GUEST_TEST(ptdump, ranges_cover_all_addresses)
{
	unsigned long addr = 0, mapped = 0, start, last;
	struct pt_range r, before = { .last = ~0UL };
	unsigned int n = 0;

	do {
		pt_next_range(&init_mm, addr, &r);
		EXPECT(r.start == addr || (addr == LOWER_HALF_END && r.start == UPPER_HALF));
		EXPECT(r.last > r.start);
		check_address(&r, r.start);
		check_address(&r, r.start + (r.last - r.start) / 2);
		check_address(&r, r.last);
		EXPECT(!(r.writable && r.executable));
		address_region(r.start, &start, &last);
		EXPECT(r.start >= start && r.last <= last);
		if (n && r.start == before.last + 1 && r.start != start) /* else they were one */
			EXPECT(r.level != before.level || r.flags != before.flags);
		if (r.flags && r.start - PAGE_OFFSET < PAGE_OFFSET_SIZE)
			mapped += r.last - r.start + 1;
		before = r;
		addr = r.last + 1;
		ASSERT(++n < 1000000);
	} while (addr);
	EXPECT_EQ(mapped, direct_map_bytes());
}

GUEST_TEST(ptdump, regions)
{
	static const struct {
		unsigned long addr;
		const char *name;
	} places[] = {
		{ 0, "User Space" },
		{ UPPER_HALF, "Kernel Space" },
		{ PAGE_OFFSET, "Low Kernel Mapping" },
		{ VMALLOC_START - 1, "Low Kernel Mapping" },
		{ VMALLOC_START, "vmalloc() Area" },
		{ VMEMMAP_START, "Vmemmap" },
		{ KERNEL_MAP + KERNEL_PHYS, "High Kernel Mapping" },
		{ FIXADDR_TOP, "Fixmap Area" },
		{ ~0UL, "Fixmap Area" },
	};
	unsigned long start, last;

	for (unsigned int i = 0; i < ARRAY_SIZE(places); i++) {
		EXPECT(strcmp(address_region(places[i].addr, &start, &last), places[i].name) == 0);
		EXPECT(start <= places[i].addr && places[i].addr <= last);
	}
}

/* Made on purpose: both who looks for it see it, and do not see it any more. */
GUEST_TEST(ptdump, writable_and_executable_is_seen)
{
	struct vm_struct *vm = get_vm_area(2 * PAGE_SIZE, VM_MAP);
	struct page *page = alloc_page(GFP_KERNEL);
	struct pt_range r;
	unsigned long va;

	ASSERT(vm && page);
	va = (unsigned long)vm->addr;
	EXPECT_EQ(map_page_range(&init_mm, va + PAGE_SIZE, page_to_phys(page), PAGE_SIZE,
				 __pgprot(pgprot_val(PAGE_KERNEL) & ~_PAGE_NX), PG_LEVEL_4K),
		  0);
	pt_next_range(&init_mm, va, &r);
	EXPECT_EQ(r.flags, 0);
	EXPECT_EQ(r.last, va + PAGE_SIZE - 1);
	pt_next_range(&init_mm, va + PAGE_SIZE, &r);
	EXPECT(r.writable && r.executable);
	EXPECT_EQ(r.last, va + 2 * PAGE_SIZE - 1);
	EXPECT_EQ(check_wx_pages(), 1);
	kfree(remove_vm_area(vm->addr));
	EXPECT_EQ(check_wx_pages(), 0);
	__free_page(page);
}

/* Each of the small pages in a large one counts. */
GUEST_TEST(ptdump, large_writable_and_executable_is_seen)
{
	phys_addr_t hole = find_hole(PUD_SIZE);
	struct vm_struct *vm;
	struct pt_range r;

	if (!hole) {
		guest_skip("no hole of the bus that is large enough");
		return;
	}
	vm = get_vm_area_caller(PMD_SIZE, PMD_SIZE, VM_MAP, _RET_IP_);
	ASSERT(vm);
	EXPECT_EQ(map_page_range(&init_mm, (unsigned long)vm->addr, hole, PMD_SIZE,
				 __pgprot(pgprot_val(PAGE_KERNEL) & ~_PAGE_NX), PG_LEVEL_2M),
		  0);
	pt_next_range(&init_mm, (unsigned long)vm->addr, &r);
	EXPECT_EQ(r.level, PG_LEVEL_2M);
	EXPECT(r.writable && r.executable);
	EXPECT_EQ(check_wx_pages(), PMD_SIZE / PAGE_SIZE);
	kfree(remove_vm_area(vm->addr));
	EXPECT_EQ(check_wx_pages(), 0);
}

/* A split page is many, a joined one is one again. */
GUEST_TEST(ptdump, follows_a_split)
{
	struct page *block;
	unsigned long va;
	struct pt_range r;

	NEED_BLOCK(9);
	block = alloc_pages(GFP_KERNEL, 9);
	ASSERT(block);
	va = (unsigned long)page_address(block);
	EXPECT_EQ(change_page_attr(&init_mm, va + 3 * PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW), 0);
	pt_next_range(&init_mm, va, &r);
	EXPECT_EQ(r.level, PG_LEVEL_4K);
	EXPECT_EQ(r.last, va + 3 * PAGE_SIZE - 1);
	pt_next_range(&init_mm, r.last + 1, &r);
	EXPECT_EQ(r.last, va + 4 * PAGE_SIZE - 1);
	EXPECT(!r.writable);
	EXPECT_EQ(change_page_attr(&init_mm, va + 3 * PAGE_SIZE, PAGE_SIZE, _PAGE_RW, 0), 0);
	pt_next_range(&init_mm, va, &r);
	EXPECT(r.level >= PG_LEVEL_2M);
	EXPECT(r.last >= va + PMD_SIZE - 1);
	__free_pages(block, 9);
}

/* ---- entries that somebody wrote over ---- */

/* The entry of that level for va, which all tables above it lead to. */
static u64 *entry_at(unsigned long va, int level)
{
	u64 *entry = entry_of(read_cr3(), TOP_LEVEL, va);

	for (int l = TOP_LEVEL; l > level; l--)
		entry = entry_of(*entry, l - 1, va);
	return entry;
}

static void count_none(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	(void)va, (void)level, (void)entry, (void)arg;
}

/* Two pages are mapped at va; what maps them, at that level, is `broken` now. */
static void check_broken(unsigned long va, int level, u64 broken)
{
	unsigned long size = page_level_size(level);
	unsigned int warns = warn_count();
	enum pg_level found;
	struct pt_range r;
	phys_addr_t pa;

	pt_next_range(&init_mm, va, &r);
	EXPECT_EQ(r.broken, broken);
	EXPECT_EQ(r.level, level);
	EXPECT_EQ(r.start, va);
	EXPECT_EQ(r.last, va + size - 1);
	EXPECT(!r.flags && !r.writable && !r.executable);
	EXPECT_EQ(for_each_mapping(&init_mm, count_none, NULL), 1);

	lookup_address(va, &found);
	EXPECT_EQ(found, PG_LEVEL_NONE);
	EXPECT_EQ(virt_to_phys_walk(va, &pa), -EFAULT);
	EXPECT_EQ(change_page_attr(&init_mm, va, PAGE_SIZE, 0, _PAGE_RW), -EFAULT);
	EXPECT_EQ(warn_count(), warns);
	if (level == PG_LEVEL_4K) /* an entry that refers to nothing: it can be cleared */
		return;
	EXPECT_EQ(map_page_range(&init_mm, va + 4 * PAGE_SIZE, 0, PAGE_SIZE, PAGE_KERNEL,
				 PG_LEVEL_4K),
		  -EFAULT);
	EXPECT_EQ(warn_count(), warns + 1);
	unmap_page_range(&init_mm, va, 2 * PAGE_SIZE);
	EXPECT_EQ(warn_count(), warns + 2);
	EXPECT_EQ(*entry_at(va, level), broken);
}

/* To change something twice in a table makes it the one that is remembered. */
static void remember_table(unsigned long va)
{
	EXPECT_EQ(map_page_range(&init_mm, va, 0, PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K), 0);
	unmap_page_range(&init_mm, va, PAGE_SIZE);
}

/* Each level, and all that can be wrong; then the entry is as it was, and so is all else. */
GUEST_TEST_WARNS(ptdump, broken_entries_are_not_followed)
{
	struct vm_struct *vm = get_vm_area_caller(PUD_SIZE, PUD_SIZE, VM_MAP, _RET_IP_);
	phys_addr_t hole = find_hole(PAGE_SIZE);
	struct page *page = alloc_page(GFP_KERNEL);
	const u64 broken[] = {
		_PAGE_PRESENT,					  /* page 0, which is no RAM */
		hole | _KERNPG_TABLE,				  /* nor is that */
		page_to_phys(page) | _KERNPG_TABLE | BIT_ULL(51), /* SDM 3A, 4.4.1 */
		page_to_phys(page) | _PAGE_RW,			  /* not present */
		__pa(_text) | _KERNPG_TABLE,	    /* reserved since boot, no table */
		page_to_phys(page) | _KERNPG_TABLE, /* RAM, but no table */
	};
	unsigned long va, n;

	ASSERT(vm && page);
	va = (unsigned long)vm->addr;
	for (int level = PG_LEVEL_4K; level < TOP_LEVEL; level++) {
		/* Two levels' tables are the area's own. */
		for (n = level == PG_LEVEL_4K ? 2 : 0;
		     n < ARRAY_SIZE(broken) - (level == PG_LEVEL_4K ? 2 : 0); n++) {
			u64 *entry, sound;

			if (broken[n] & BIT_ULL(51) && boot_cpu.phys_bits > 51)
				continue; /* an address like any other, there */
			EXPECT_EQ(map_page_range(&init_mm, va, page_to_phys(page), PAGE_SIZE,
						 PAGE_KERNEL, PG_LEVEL_4K),
				  0);
			if (level == PG_LEVEL_2M)
				remember_table(va + PAGE_SIZE);
			entry = entry_at(va, level);
			sound = *entry;
			*entry = broken[n];
			check_broken(va, level, broken[n]);
			*entry = sound;
			unmap_page_range(&init_mm, va, PAGE_SIZE);
		}
	}
	EXPECT_EQ(for_each_mapping(&init_mm, count_none, NULL), 0);
	kfree(remove_vm_area(vm->addr));
	__free_page(page);
}

/* What was written over a page's entry goes with the page, and so does its table. */
GUEST_TEST(ptdump, broken_pages_are_unmapped)
{
	struct vm_struct *vm = get_vm_area_caller(PUD_SIZE, PUD_SIZE, VM_MAP, _RET_IP_);
	static const unsigned long starts[] = { 0,
						PMD_SIZE - PAGE_SIZE }; /* in one table, in two */
	unsigned long tables = global_page_state(NR_PAGETABLE), va;
	unsigned int warns = warn_count();

	ASSERT(vm);
	for (unsigned int i = 0; i < ARRAY_SIZE(starts); i++) {
		va = (unsigned long)vm->addr + starts[i];
		EXPECT_EQ(map_page_range(&init_mm, va, 0, 2 * PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K),
			  0);
		*entry_at(va, PG_LEVEL_4K) = _PAGE_RW;
		unmap_page_range(&init_mm, va, 2 * PAGE_SIZE);
		EXPECT_EQ(for_each_mapping(&init_mm, count_none, NULL), 0);
		EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
	}
	EXPECT_EQ(warn_count(), warns);
	kfree(remove_vm_area(vm->addr));
}
