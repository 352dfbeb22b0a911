// SPDX-License-Identifier: MIT
/*
 * Page tables: the final map has no more rights than it needs, the direct map
 * is RAM and nothing else, and mapping, splitting and unmapping do what they say,
 * proved by accesses that work or fault.
 */
#include "mm/pgtable.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/desc.h"
#include "kernel/trap/nofault.h"
#include "mm/init.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "mm/vmstat.h"
#include "tests/guest/guest_test.h"

#define PF_PROT	 BIT(0) /* error code of #PF: SDM 3A, 4.7 */
#define PF_WRITE BIT(1)
#define PF_INSTR BIT(4)

#define X86_RET 0xc3

#define EXPECT_WARN(statement)                        \
	do {                                          \
		unsigned int _before = warn_count();  \
		statement;                            \
		EXPECT_EQ(warn_count(), _before + 1); \
	} while (0)

static u64 seen; /* what a read gave: of no interest */

static bool readable(unsigned long va)
{
	return nofault_read(va, 1, &seen, NULL) == 0;
}

/* An access faults at `va` with that error code. */
#define EXPECT_FAULT(access, va, code)             \
	do {                                       \
		struct fault_info fault = { 0 };   \
		EXPECT_EQ(access, -EFAULT);        \
		EXPECT_EQ(fault.vector, 14);       \
		EXPECT_EQ(fault.error_code, code); \
		EXPECT_EQ(fault.address, va);      \
	} while (0)
#define EXPECT_NO_WRITE(va) EXPECT_FAULT(nofault_write(va, 1, 0, &fault), va, PF_PROT | PF_WRITE)
#define EXPECT_NO_EXEC(va)  EXPECT_FAULT(nofault_exec(va, &fault), va, PF_PROT | PF_INSTR)
#define EXPECT_UNMAPPED(va) EXPECT_FAULT(nofault_read(va, 1, &seen, &fault), va, 0)

/* ---- the final map ---- */

GUEST_TEST(pgtable, nothing_writable_and_executable)
{
	EXPECT_EQ(check_wx_pages(), 0);
}

static u8 data_code[16] = { X86_RET };
static u8 bss_code[16];

GUEST_TEST(pgtable, image_rights)
{
	unsigned long text = (unsigned long)_text, rodata = (unsigned long)__start_rodata;
	u8 stack_code[16] = { X86_RET };

	EXPECT(readable(text));
	EXPECT_NO_WRITE(text);
	EXPECT_NO_WRITE((unsigned long)_etext - 1);
	EXPECT(readable(rodata));
	EXPECT_NO_WRITE(rodata);
	EXPECT_NO_WRITE((unsigned long)__end_rodata - 1);
	EXPECT_NO_EXEC(rodata);

	bss_code[0] = X86_RET;
	EXPECT_NO_EXEC((unsigned long)data_code);
	EXPECT_NO_EXEC((unsigned long)bss_code);
	EXPECT_NO_EXEC((unsigned long)stack_code);
}

/* The same memory by its other address. */
GUEST_TEST(pgtable, image_alias_rights)
{
	EXPECT_NO_WRITE((unsigned long)__va(__pa(_text)));
	EXPECT_NO_WRITE((unsigned long)__va(__pa(__start_rodata)));
	EXPECT_NO_EXEC((unsigned long)__va(__pa(_text)));
	EXPECT_NO_EXEC((unsigned long)__va(__pa(data_code)));

	*(volatile u8 *)__va(__pa(&data_code[1])) = 0x5a;
	EXPECT_EQ(READ_ONCE(data_code[1]), 0x5a);
}

static void check_image_part(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long text_bytes = _etext - _text, ro_end = (unsigned long)__end_rodata;
	unsigned int *pages = arg;

	if (va - KERNEL_MAP >= KERNEL_MAP_SIZE)
		return;
	EXPECT_EQ(level, PG_LEVEL_4K);
	EXPECT_EQ(!(pte_val(entry) & _PAGE_NX), va - (unsigned long)_text < text_bytes);
	EXPECT_EQ(!(pte_val(entry) & _PAGE_RW), va < ro_end);
	EXPECT_EQ(pte_val(entry) & PTE_PFN_MASK, va - KERNEL_MAP);
	++*pages;
}

GUEST_TEST(pgtable, image_and_nothing_around_it)
{
	unsigned int pages = 0, want = 0;

	for_each_mapping(&init_mm, check_image_part, &pages);
	want += PFN_DOWN((unsigned long)(_etext - _text));
	want += PFN_DOWN((unsigned long)(__end_rodata - __start_rodata));
	want += PFN_DOWN((unsigned long)(_edata - _sdata));
	want += PFN_DOWN((unsigned long)(__bss_stop - __bss_start));
	EXPECT_EQ(pages, want - NR_CPU_STACKS); /* a guard page each; init is gone */
	EXPECT_UNMAPPED((unsigned long)__init_begin);
	EXPECT_UNMAPPED((unsigned long)_text - 1);
	EXPECT_UNMAPPED((unsigned long)_end);
}

GUEST_TEST(pgtable, stacks_have_guard_pages)
{
	ASSERT(NR_CPU_STACKS >= 5); /* the boot stack, #DF, NMI, #DB, #MC */
	for (unsigned int i = 0; i < NR_CPU_STACKS; i++) {
		const struct kernel_stack *s = &kernel_stacks[i];

		EXPECT_EQ(s->guard + PAGE_SIZE, s->bottom);
		EXPECT_UNMAPPED(s->guard);
		EXPECT_UNMAPPED(s->bottom - 1);
		EXPECT(readable(s->bottom));
		EXPECT(readable(s->top - 1));
	}
}

GUEST_TEST(pgtable, low_addresses_are_unmapped)
{
	EXPECT_UNMAPPED(0UL);
	EXPECT_UNMAPPED(0x7c00UL);
	EXPECT_UNMAPPED((unsigned long)KERNEL_PHYS); /* where the entry code ran */
}

static void count_direct(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	unsigned long bytes = page_level_size(level), *sum = arg;
	phys_addr_t pa = va - PAGE_OFFSET, start, end;

	if (pa >= PAGE_OFFSET_SIZE)
		return;
	EXPECT_EQ(pte_val(entry) & PTE_PFN_MASK & ~(bytes - 1), pa);
	EXPECT(pte_val(entry) & _PAGE_NX);
	*sum += bytes;
	for (unsigned int i = 0; memblock_ram_range(i, &start, &end); i++)
		if (pa >= start && pa + bytes <= end)
			return;
	EXPECT(!"a page of the direct map is not RAM");
}

/* The n-th range of RAM that the direct map should have: false past the last. */
static bool direct_range(unsigned int n, phys_addr_t *start, phys_addr_t *end)
{
	if (!memblock_ram_range(n, start, end) || *start >= direct_map_end)
		return false;
	*end = min(*end, direct_map_end);
	return true;
}

GUEST_TEST(pgtable, direct_map_is_ram_only)
{
	phys_addr_t start, end, before = 0;
	unsigned long sum = 0;
	unsigned int i;

	for_each_mapping(&init_mm, count_direct, &sum);
	for (i = 0; direct_range(i, &start, &end); i++)
		sum -= end - start;
	EXPECT_EQ(sum, 0);

	EXPECT_UNMAPPED((unsigned long)__va(0xa0000));	  /* the VGA window */
	EXPECT_UNMAPPED((unsigned long)__va(0xfee00000)); /* the local APIC */
	for (i = 0; direct_range(i, &start, &end); i++) {
		EXPECT(readable((unsigned long)__va(start)));
		EXPECT(readable((unsigned long)__va(end - 1)));
		if (start > before)
			EXPECT_UNMAPPED((unsigned long)__va(start - 1));
		EXPECT_UNMAPPED((unsigned long)__va(end));
		before = end;
	}
}

/* The level that maps a part of the direct map which nothing had a reason to split. */
static enum pg_level level_of_ram(unsigned long bytes)
{
	phys_addr_t start, end, pa;
	enum pg_level level;
	unsigned int i;

	for (i = 0; direct_range(i, &start, &end); i++) {
		pa = ALIGN(max(start, ALIGN(__pa(_end), PMD_SIZE)), bytes);
		if (pa + bytes > end || pa + bytes < pa)
			continue;
		lookup_address((unsigned long)__va(pa), &level);
		return level;
	}
	return PG_LEVEL_NONE;
}

GUEST_TEST(pgtable, direct_map_uses_large_pages)
{
	enum pg_level level = level_of_ram(PMD_SIZE);

	if (level == PG_LEVEL_NONE) {
		guest_skip("no RAM behind the image is large enough");
		return;
	}
	EXPECT(level == PG_LEVEL_2M || level == PG_LEVEL_1G);
	level = level_of_ram(PUD_SIZE);
	if (level != PG_LEVEL_NONE)
		EXPECT_EQ(level, boot_cpu.gbpages ? PG_LEVEL_1G : PG_LEVEL_2M);
}

GUEST_TEST(pgtable, lookups)
{
	phys_addr_t pa, start, range_end, end = 0;
	enum pg_level level;

	for (unsigned int i = 0; direct_range(i, &start, &range_end); i++)
		end = range_end;
	EXPECT_EQ(virt_to_phys_walk((unsigned long)_text + 5, &pa), 0);
	EXPECT_EQ(pa, __pa(_text) + 5);
	EXPECT_EQ(virt_to_phys_walk((unsigned long)__va(end - 5), &pa), 0);
	EXPECT_EQ(pa, end - 5);
	EXPECT_EQ(virt_to_phys_walk(0, &pa), -EFAULT);
	EXPECT_EQ(virt_to_phys_walk(0x800000000000, &pa), -EFAULT); /* not canonical */
	EXPECT_EQ(virt_to_phys_walk(PAGE_OFFSET & ~BIT_ULL(63), &pa), -EFAULT);
	EXPECT(!(pte_val(lookup_address(VMALLOC_END - PAGE_SIZE, &level)) & _PAGE_PRESENT));
	EXPECT_EQ(level, PG_LEVEL_NONE);
}

/* ---- mapping and unmapping, in an area that needs tables of its own ---- */

struct place {
	struct vm_struct *vm;
	struct page *block;
	unsigned long va;
	phys_addr_t pa;
	unsigned long free_pages; /* with the block and the area taken */
};

/* A GiB-aligned place of twice 2^order pages, and 2^order pages of memory. */
static bool get_place(struct place *p, unsigned int order)
{
	p->vm = get_vm_area_caller(2 * PAGE_SIZE << order, PUD_SIZE, VM_MAP, _RET_IP_);
	p->block = alloc_pages(GFP_KERNEL, order);
	if (!p->vm || !p->block) {
		guest_skip("no block of 2^%u pages is free", order);
		if (p->vm)
			kfree(remove_vm_area(p->vm->addr));
		if (p->block)
			__free_pages(p->block, order);
		return false;
	}
	p->va = (unsigned long)p->vm->addr;
	p->pa = page_to_phys(p->block);
	p->free_pages = nr_free_pages();
	return true;
}

static void put_place(struct place *p, unsigned int order)
{
	EXPECT_EQ(nr_free_pages(), p->free_pages); /* the tables came back */
	EXPECT(!readable(p->va));
	kfree(remove_vm_area(p->vm->addr));
	__free_pages(p->block, order);
}

GUEST_TEST(pgtable, map_write_unmap)
{
	struct place p;

	if (!get_place(&p, 2))
		return;
	EXPECT_EQ(map_page_range(&init_mm, p.va, p.pa, 4 * PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K), 0);
	EXPECT(nr_free_pages() < p.free_pages);
	for (unsigned long i = 0; i < 4; i++) {
		*(volatile unsigned long *)(p.va + i * PAGE_SIZE) = i + 77;
		EXPECT_EQ(*(volatile unsigned long *)__va(p.pa + i * PAGE_SIZE), i + 77);
	}
	EXPECT_UNMAPPED(p.va + 4 * PAGE_SIZE);
	EXPECT_NO_EXEC(p.va);
	unmap_page_range(&init_mm, p.va + PAGE_SIZE, 2 * PAGE_SIZE);
	EXPECT(readable(p.va));
	EXPECT_UNMAPPED(p.va + PAGE_SIZE);
	EXPECT_UNMAPPED(p.va + 3 * PAGE_SIZE - 1);
	EXPECT(readable(p.va + 3 * PAGE_SIZE));
	/* The same addresses again, and over holes. */
	EXPECT_EQ(map_page_range(&init_mm, p.va + PAGE_SIZE, p.pa, PAGE_SIZE, PAGE_KERNEL_RO,
				 PG_LEVEL_4K),
		  0);
	EXPECT_EQ(*(volatile unsigned long *)(p.va + PAGE_SIZE), 77);
	EXPECT_NO_WRITE(p.va + PAGE_SIZE);
	EXPECT_NO_EXEC(p.va + PAGE_SIZE);
	unmap_page_range(&init_mm, p.va, 4 * PAGE_SIZE);
	unmap_page_range(&init_mm, p.va, 4 * PAGE_SIZE);
	put_place(&p, 2);
}

GUEST_TEST_WARNS(pgtable, mapped_already)
{
	struct place p;
	int err = 0;

	if (!get_place(&p, 2))
		return;
	EXPECT_EQ(map_page_range(&init_mm, p.va + 2 * PAGE_SIZE, p.pa, PAGE_SIZE, PAGE_KERNEL,
				 PG_LEVEL_4K),
		  0);
	EXPECT_WARN(err = map_page_range(&init_mm, p.va, p.pa, 4 * PAGE_SIZE, PAGE_KERNEL,
					 PG_LEVEL_4K));
	EXPECT_EQ(err, -EEXIST);
	EXPECT_UNMAPPED(p.va);
	EXPECT_UNMAPPED(p.va + PAGE_SIZE);
	EXPECT(readable(p.va + 2 * PAGE_SIZE));
	EXPECT_UNMAPPED(p.va + 3 * PAGE_SIZE);
	/* A large page does not swallow it either. */
	EXPECT_WARN(err = map_page_range(&init_mm, p.va, 0, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M));
	EXPECT_EQ(err, -EEXIST);
	EXPECT(readable(p.va + 2 * PAGE_SIZE));
	EXPECT_WARN(err = map_page_range(&init_mm, p.va + 1, p.pa, PAGE_SIZE, PAGE_KERNEL,
					 PG_LEVEL_4K));
	EXPECT_EQ(err, -EINVAL);
	unmap_page_range(&init_mm, p.va, 4 * PAGE_SIZE);
	put_place(&p, 2);
}

#define PMD_ORDER 9

/* A bit of each mode sits elsewhere in a large page's entry. */
GUEST_TEST(pgtable, cache_modes_of_large_pages)
{
	struct place p;
	enum pg_level level;
	u64 entry, bits;

	if (!get_place(&p, PMD_ORDER))
		return;
	for (int mode = _PAGE_CACHE_MODE_WB; mode <= _PAGE_CACHE_MODE_WP; mode++) {
		pgprot_t prot = pgprot_cached(PAGE_KERNEL, mode);

		EXPECT_EQ(map_page_range(&init_mm, p.va, p.pa, PMD_SIZE, prot, PG_LEVEL_2M), 0);
		entry = pte_val(lookup_address(p.va + 0x12345, &level));
		EXPECT_EQ(level, PG_LEVEL_2M);
		bits = entry & (_PAGE_PWT | _PAGE_PCD);
		if (entry & _PAGE_PAT_LARGE)
			bits |= _PAGE_PAT;
		EXPECT_EQ(bits, cachemode2protval(mode));
		if (boot_cpu.pat)
			EXPECT_EQ(protval2cachemode(bits), mode);

		/* Split: each small page has the mode, in its own form. */
		EXPECT_EQ(change_page_attr(&init_mm, p.va + 7 * PAGE_SIZE, PAGE_SIZE, 0, _PAGE_RW),
			  0);
		for (unsigned int i = 0; i < 512; i++) {
			entry = pte_val(lookup_address(p.va + i * PAGE_SIZE, &level));
			EXPECT_EQ(level, PG_LEVEL_4K);
			EXPECT_EQ(entry & PTE_PFN_MASK, p.pa + i * PAGE_SIZE);
			EXPECT_EQ(entry & (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT),
				  cachemode2protval(mode));
			EXPECT_EQ(!(entry & _PAGE_RW), i == 7);
		}
		unmap_page_range(&init_mm, p.va, PMD_SIZE);
	}
	put_place(&p, PMD_ORDER);
}

GUEST_TEST(pgtable, split_keeps_the_rest)
{
	volatile unsigned long *mem;
	struct place p;
	unsigned long i;

	if (!get_place(&p, PMD_ORDER))
		return;
	EXPECT_EQ(map_page_range(&init_mm, p.va, p.pa, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M), 0);
	mem = (volatile unsigned long *)p.va;
	for (i = 0; i < 512; i++)
		mem[i * 512] = i;
	mem[100 * 512] = 100; /* now the TLB has this page for certain */
	EXPECT_EQ(change_page_attr(&init_mm, p.va + 100 * PAGE_SIZE, 2 * PAGE_SIZE, 0, _PAGE_RW),
		  0);
	EXPECT_NO_WRITE(p.va + 100 * PAGE_SIZE);
	EXPECT_NO_WRITE(p.va + 102 * PAGE_SIZE - 1);
	for (i = 0; i < 512; i++) {
		EXPECT_EQ(mem[i * 512], i);
		if (i < 100 || i > 101)
			mem[i * 512] = ~i;
	}
	EXPECT_EQ(change_page_attr(&init_mm, p.va + 100 * PAGE_SIZE, 2 * PAGE_SIZE, _PAGE_RW, 0),
		  0);
	mem[100 * 512] = 1; /* writable again, and the TLB knows */
	unmap_page_range(&init_mm, p.va, PMD_SIZE);
	EXPECT_EQ(change_page_attr(&init_mm, p.va, PAGE_SIZE, 0, _PAGE_RW), -EFAULT);
	put_place(&p, PMD_ORDER);
}

/* Changed as it is when all of it is meant; never cut by an unmap. */
GUEST_TEST_WARNS(pgtable, whole_large_page)
{
	enum pg_level level;
	struct place p;

	if (!get_place(&p, PMD_ORDER))
		return;
	EXPECT_EQ(map_page_range(&init_mm, p.va, p.pa, PMD_SIZE,
				 pgprot_cached(PAGE_KERNEL, _PAGE_CACHE_MODE_WT), PG_LEVEL_2M),
		  0);
	EXPECT_EQ(change_page_attr(&init_mm, p.va, PMD_SIZE, 0,
				   _PAGE_RW | cachemode2protval(_PAGE_CACHE_MODE_WT)),
		  0);
	EXPECT_EQ(pte_val(lookup_address(p.va, &level)) & (_PAGE_PAT_LARGE | _PAGE_PCD | _PAGE_PSE),
		  _PAGE_PSE);
	EXPECT_EQ(level, PG_LEVEL_2M);
	EXPECT_NO_WRITE(p.va + 0x1000);
	EXPECT_WARN(unmap_page_range(&init_mm, p.va, PAGE_SIZE));
	EXPECT(readable(p.va));
	unmap_page_range(&init_mm, p.va, PMD_SIZE);
	put_place(&p, PMD_ORDER);
}

/* Two views of one block: taking one away is seen at once and leaves the other. */
GUEST_TEST(pgtable, unmap_of_one_large_page)
{
	struct place p;

	if (!get_place(&p, PMD_ORDER))
		return;
	EXPECT_EQ(
		map_page_range(&init_mm, p.va + PMD_SIZE, p.pa, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M),
		0);
	EXPECT_EQ(map_page_range(&init_mm, p.va, p.pa, PMD_SIZE, PAGE_KERNEL, PG_LEVEL_2M), 0);
	*(volatile u32 *)(p.va + 0x5000) = 0x12345678;
	EXPECT_EQ(*(volatile u32 *)(p.va + PMD_SIZE + 0x5000), 0x12345678);
	EXPECT(readable(p.va + 0x5000));
	unmap_page_range(&init_mm, p.va, PMD_SIZE);
	EXPECT_UNMAPPED(p.va + 0x5000);
	EXPECT(readable(p.va + PMD_SIZE + 0x5000));
	unmap_page_range(&init_mm, p.va + PMD_SIZE, PMD_SIZE);
	EXPECT_UNMAPPED(p.va + PMD_SIZE + 0x5000);
	put_place(&p, PMD_ORDER);
}

/* More small pages than are flushed one by one, from `va` on; the last stays until the end. */
static void check_many_pages(unsigned long va, phys_addr_t pa)
{
	unsigned long i;

	EXPECT_EQ(map_page_range(&init_mm, va, pa, 128 * PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K), 0);
	for (i = 0; i < 128; i++)
		*(volatile unsigned long *)(va + i * PAGE_SIZE) = i;
	unmap_page_range(&init_mm, va, 127 * PAGE_SIZE);
	for (i = 0; i < 127; i++)
		EXPECT_UNMAPPED(va + i * PAGE_SIZE);
	EXPECT_EQ(*(volatile unsigned long *)(va + 127 * PAGE_SIZE), 127);
	unmap_page_range(&init_mm, va + 127 * PAGE_SIZE, PAGE_SIZE);
}

GUEST_TEST(pgtable, unmap_of_many_pages)
{
	struct place p;

	if (!get_place(&p, PMD_ORDER))
		return;
	check_many_pages(p.va, p.pa);
	check_many_pages(p.va + PMD_SIZE - 64 * PAGE_SIZE, p.pa); /* in two tables */
	put_place(&p, PMD_ORDER);
}

/* Take all free memory, in a list of its blocks: nothing of it is touched, which the machine beneath would have to find. */
static void take_all_memory(struct list_head *hoard)
{
	struct page *page;

	for (int order = MAX_ORDER - 1; order >= 0; order--)
		while ((page = alloc_pages(GFP_KERNEL, order)))
			list_add(&page->lru, hoard);
}

static void give_back_memory(struct list_head *hoard)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, hoard, lru)
		__free_pages(page, page->order);
}

/*
 * A range in two level-1 tables, and a GiB with no table yet, needs three pages:
 * with fewer it fails and leaves none behind.
 */
GUEST_TEST(pgtable, no_memory_for_tables)
{
	LIST_HEAD(hoard);
	struct page *spare[3];
	struct place p;
	int err[4];

	if (!get_place(&p, PMD_ORDER))
		return;
	for (unsigned int i = 0; i < 3; i++)
		ASSERT((spare[i] = alloc_page(GFP_KERNEL)));
	take_all_memory(&hoard);
	for (unsigned int have = 0; have <= 3; have++) {
		err[have] = map_page_range(&init_mm, p.va + PMD_SIZE - PAGE_SIZE, p.pa,
					   2 * PAGE_SIZE, PAGE_KERNEL, PG_LEVEL_4K);
		if (!err[have])
			unmap_page_range(&init_mm, p.va + PMD_SIZE - PAGE_SIZE, 2 * PAGE_SIZE);
		EXPECT_EQ(nr_free_pages() - nr_free_highpages(), have);
		if (have < 3)
			__free_page(spare[have]);
	}
	give_back_memory(&hoard);
	for (unsigned int have = 0; have < 3; have++)
		EXPECT_EQ(err[have], -ENOMEM);
	EXPECT_EQ(err[3], 0);
	put_place(&p, PMD_ORDER);
}

/* Level and address of each page in a range that no alignment fits at its ends. */
GUEST_TEST(pgtable, mixed_page_sizes)
{
	unsigned long size = 3 * PMD_SIZE, before, va;
	struct vm_struct *vm = get_vm_area_caller(size, PUD_SIZE, VM_MAP, _RET_IP_);
	phys_addr_t pa = (1ULL << (boot_cpu.phys_bits - 1)) + PMD_SIZE - 3 * PAGE_SIZE, got;
	enum pg_level level;

	ASSERT(vm);
	before = nr_free_pages();
	va = (unsigned long)vm->addr + PMD_SIZE - 3 * PAGE_SIZE;
	EXPECT_EQ(map_page_range(&init_mm, va, pa, PMD_SIZE + 8 * PAGE_SIZE, PAGE_KERNEL_RO,
				 PG_LEVEL_1G),
		  0);
	for (unsigned long off = 0; off < PMD_SIZE + 8 * PAGE_SIZE; off += PAGE_SIZE) {
		EXPECT_EQ(virt_to_phys_walk(va + off + 9, &got), 0);
		EXPECT_EQ(got, pa + off + 9);
		lookup_address(va + off, &level);
		EXPECT_EQ(level, off < 3 * PAGE_SIZE || off >= PMD_SIZE + 3 * PAGE_SIZE ?
					 PG_LEVEL_4K :
					 PG_LEVEL_2M);
	}
	unmap_page_range(&init_mm, va, PMD_SIZE + 8 * PAGE_SIZE);
	EXPECT_EQ(nr_free_pages(), before);
	kfree(remove_vm_area(vm->addr));
}

/* ---- a second root ---- */

static void count_not_global(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	(void)level;
	*(unsigned long *)arg += va >= KERNEL_HALF && !(pte_val(entry) & _PAGE_GLOBAL);
}

/* INVLPG is for all identifiers where the page is global, else for one (mm/pcid.h). */
GUEST_TEST(pgtable, kernel_half_is_global)
{
	unsigned long not_global = 0;

	if (!boot_cpu.pge) {
		guest_skip("no global pages");
		return;
	}
	EXPECT_EQ(for_each_mapping(&init_mm, count_not_global, &not_global), 0);
	EXPECT_EQ(not_global, 0);
}

static void count_user(unsigned long va, enum pg_level level, pte_t entry, void *arg)
{
	(void)level;
	(void)entry;
	*(unsigned long *)arg += va < KERNEL_HALF;
}

#define USER_VA 0x400000UL

/* What a read there finds while the processor uses that root: ~0 for a fault. */
static u64 read_in(const struct mm *mm, unsigned long va)
{
	unsigned long flags = local_irq_save();
	u64 before = read_cr3(), value;

	write_cr3(__pa(mm->pgd));
	if (nofault_read(va, 8, &value, NULL))
		value = ~0ULL;
	write_cr3(before);
	local_irq_restore(flags);
	return value;
}

/* Its user half is its own, to the processor as to all who look; the kernel's is there, too. */
GUEST_TEST(pgtable, second_root)
{
	pgprot_t prot = __pgprot(_PAGE_KERNEL_BITS & ~_PAGE_GLOBAL);
	unsigned long tables = global_page_state(NR_PAGETABLE), users = 0;
	struct mm *a = mm_alloc(), *b = mm_alloc();
	u64 *later = vmalloc(PAGE_SIZE), *memory = (u64 *)get_zeroed_page(GFP_KERNEL);
	enum pg_level level;

	ASSERT(a && b && later && memory);
	*memory = 0x1122334455667788;
	*later = 0x99aabbccddeeff00;
	EXPECT_EQ(map_page_range(a, USER_VA, __pa(memory), PAGE_SIZE, prot, PG_LEVEL_4K), 0);

	EXPECT_EQ(read_in(a, USER_VA), *memory);
	EXPECT_EQ(read_in(b, USER_VA), ~0ULL);
	EXPECT_EQ(read_in(&init_mm, USER_VA), ~0ULL);
	EXPECT_UNMAPPED(USER_VA);
	EXPECT_EQ(read_in(a, (unsigned long)later), *later);
	EXPECT_EQ(read_in(b, (unsigned long)later), *later);

	EXPECT_EQ(pte_val(lookup_address_in_mm(a, USER_VA, &level)) & PTE_PFN_MASK, __pa(memory));
	EXPECT_EQ(level, PG_LEVEL_4K);
	lookup_address_in_mm(b, USER_VA, &level);
	EXPECT_EQ(level, PG_LEVEL_NONE);
	lookup_address(USER_VA, &level);
	EXPECT_EQ(level, PG_LEVEL_NONE);
	for_each_mapping(&init_mm, count_user, &users);
	EXPECT_EQ(users, 0);
	for_each_mapping(a, count_user, &users);
	EXPECT_EQ(users, 1);

	mm_free(a);
	mm_free(b);
	vfree(later);
	free_page((unsigned long)memory);
	vm_unmap_aliases();
	EXPECT(global_page_state(NR_PAGETABLE) <= tables);
}
