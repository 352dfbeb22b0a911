// SPDX-License-Identifier: MIT
// sources: tests/host/fake_ram.c mm/user/tables.c mm/user/zap.c mm/user/huge.c mm/user/copy.c mm/user/pfnmap.c mm/user/track_pfn.c mm/memtype.c mm/memtype_tree.c mm/pat.c mm/page_alloc.c mm/page_ref.c mm/page_single.c mm/page_init.c mm/page_poison.c mm/highmem.c mm/fixmap.c kernel/core/fault_inject.c mm/vmstat.c mm/vmemmap.c mm/memblock.c mm/mm.c mm/pcid.c mm/pgtable.c mm/pgmap.c mm/pgunmap.c mm/tlb.c mm/pgattr.c mm/pgwalk.c mm/slab.c mm/kmalloc.c mm/kmem_cache.c mm/slab_util.c mm/vm_area.c mm/vm_place.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Drivers' mappings: which entries remap_pfn_range() makes, and that the tree of memory types has,
 * at any time, what VMAs show, through fork, split and partial munmap.
 */
#include "kernel/cpu/cpu.h"
#include "kernel/fs/pagemap.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"
#include "mm/pat.h"
#include "mm/user/pte.h"
#include "tests/host/fake_ram.h"
#include "tests/host/test.h"

#define MIB(n) ((n)*0x100000UL)
#define DEVICE MIB(3UL << 10) /* registers, and nobody's RAM */
#define START  0x40000000UL
#define PAGES  600 /* more than one table */
#define USER   (_PAGE_PRESENT | _PAGE_USER | _PAGE_NX | _PAGE_ACCESSED)

static const struct fake_range ram[] = { { 0, MIB(16) }, { MIB(16) + 4 * PAGE_SIZE, MIB(32) } };

bool set_page_dirty(struct page *page)
{
	(void)page;
	return false;
}

void __anon_vma_prepare(struct vm_area_struct *vma)
{
	vma->anon_vma = 1;
}

enum mtrr_type mtrr_type_lookup(phys_addr_t start, phys_addr_t end, bool *uniform)
{
	(void)start, (void)end, (void)uniform;
	return MTRR_TYPE_UNCACHABLE;
}

static struct mm_struct *new_mm(void)
{
	struct mm_struct *mm = test_alloc(sizeof(*mm));

	memset(mm, 0, sizeof(*mm));
	EXPECT_EQ(mm_root_init(&mm->root), 0);
	return mm;
}

static struct vm_area_struct shared_vma(struct mm_struct *mm, unsigned long start,
					unsigned long pages)
{
	return (struct vm_area_struct){
		.vm_mm = mm,
		.vm_start = start,
		.vm_end = start + pages * PAGE_SIZE,
		.vm_flags = VM_READ | VM_WRITE | VM_SHARED | VM_MAYREAD | VM_MAYWRITE,
		.vm_page_prot = __pgprot(USER | _PAGE_RW),
	};
}

static u64 entry_at(struct mm_struct *mm, unsigned long va)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_address_in_mm(&mm->root, va, &level));

	return level == PG_LEVEL_4K ? entry : 0;
}

/* What comes next begins at `ceiling`, or nothing does (0). */
static void unmap_below(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long ceiling)
{
	struct user_gather gather;

	vma->vm_next = NULL;
	user_gather_begin(&gather, mm);
	unmap_vmas(&gather, vma, vma->vm_start, vma->vm_end);
	free_pgtables(&gather, vma, 0, ceiling);
	user_gather_flush(&gather);
}

static void unmap(struct mm_struct *mm, struct vm_area_struct *vma)
{
	unmap_below(mm, vma, 0);
}

static void end_mm(struct mm_struct *mm)
{
	EXPECT_EQ(mm->pgtables_bytes, 0);
	free_spare_tables();
	mm_root_free(&mm->root);
	test_free(mm);
}

static enum page_cache_mode type_of(phys_addr_t phys, bool *known)
{
	enum page_cache_mode mode = 0;
	unsigned long holder;

	*known = memtype_lookup(phys, &mode, &holder);
	return mode;
}

static void expect_type(phys_addr_t phys, enum page_cache_mode want)
{
	bool known;

	EXPECT_EQ(type_of(phys, &known), want);
	EXPECT(known);
}

static void expect_free(phys_addr_t phys)
{
	bool known;

	type_of(phys, &known);
	EXPECT(!known);
}

TEST(registers)
{
	struct mm_struct *mm;
	struct vm_area_struct vma;
	unsigned long tables;

	fake_ram_init(ram, ARRAY_SIZE(ram));
	boot_cpu.pat = true;
	pat_init();
	mm = new_mm();
	tables = global_page_state(NR_PAGETABLE);
	vma = shared_vma(mm, START, PAGES);
	EXPECT_EQ(remap_pfn_range(&vma, START, PFN_DOWN(DEVICE), PAGES * PAGE_SIZE,
				  pgprot_noncached(vma.vm_page_prot)),
		  0);
	EXPECT_EQ(vma.vm_flags & (VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_PAT),
		  VM_IO | VM_PFNMAP | VM_DONTEXPAND | VM_DONTDUMP | VM_PAT);
	for (unsigned long i = 0; i < PAGES; i++) {
		u64 entry = entry_at(mm, START + i * PAGE_SIZE);

		EXPECT_EQ(entry_phys(entry), DEVICE + i * PAGE_SIZE);
		EXPECT_EQ(protval2cachemode(entry), _PAGE_CACHE_MODE_UC_MINUS);
		EXPECT(entry & _PAGE_RW && entry & _PAGE_USER && entry & _PAGE_NX);
	}
	EXPECT_EQ(nr_memtypes(), 1);
	expect_type(DEVICE + (PAGES - 1) * PAGE_SIZE, _PAGE_CACHE_MODE_UC_MINUS);
	expect_free(DEVICE + PAGES * PAGE_SIZE);
	EXPECT_EQ(get_mm_rss(mm), 0);
	unmap(mm, &vma);
	EXPECT_EQ(nr_memtypes(), 0);
	free_spare_tables();
	EXPECT_EQ(global_page_state(NR_PAGETABLE), tables);
	end_mm(mm);
}

/* Who comes second has the first one's type, or nothing. */
TEST(one_type_for_all)
{
	struct mm_struct *mm = new_mm(), *other = new_mm();
	struct vm_area_struct a = shared_vma(mm, START, 4), b = shared_vma(other, START, 4);

	EXPECT_EQ(remap_pfn_range(&a, START, PFN_DOWN(DEVICE), 4 * PAGE_SIZE,
				  pgprot_writecombine(a.vm_page_prot)),
		  0);
	EXPECT_EQ(remap_pfn_range(&b, START, PFN_DOWN(DEVICE) + 2, 4 * PAGE_SIZE,
				  pgprot_noncached(b.vm_page_prot)),
		  0);
	EXPECT_EQ(protval2cachemode(entry_at(other, START)), _PAGE_CACHE_MODE_WC);
	unmap(other, &b);
	b = shared_vma(other, START, 4);
	/* Write-through does not do with write-combining: said, and nothing is mapped. */
	EXPECT_EQ(remap_pfn_range(&b, START, PFN_DOWN(DEVICE), 4 * PAGE_SIZE,
				  pgprot_with_mode(b.vm_page_prot, _PAGE_CACHE_MODE_WT)),
		  -EINVAL);
	EXPECT(test_log_has("cannot be write-through"));
	EXPECT_EQ(entry_at(other, START), 0);
	EXPECT(!(b.vm_flags & VM_PAT));
	EXPECT_EQ(nr_memtypes(), 1);
	unmap(mm, &a);
	unmap(other, &b);
	EXPECT_EQ(nr_memtypes(), 0);
	end_mm(mm);
	end_mm(other);
}

TEST(fork_and_split)
{
	struct mm_struct *mm = new_mm(), *child = new_mm();
	struct vm_area_struct vma = shared_vma(mm, START, 10), copy, high;

	EXPECT_EQ(remap_pfn_range(&vma, START, PFN_DOWN(DEVICE), 10 * PAGE_SIZE,
				  pgprot_writecombine(vma.vm_page_prot)),
		  0);
	copy = vma;
	copy.vm_mm = child;
	copy.vm_memtype = NULL;
	EXPECT_EQ(copy_page_range(&copy, &vma), 0);
	EXPECT_EQ(nr_memtypes(), 2);
	EXPECT_EQ(entry_phys(entry_at(child, START + 3 * PAGE_SIZE)), DEVICE + 3 * PAGE_SIZE);
	EXPECT_EQ(protval2cachemode(entry_at(child, START)), _PAGE_CACHE_MODE_WC);
	unmap(mm, &vma);
	expect_type(DEVICE + 9 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	/* The child unmaps the lower part of it. */
	high = copy;
	high.vm_memtype = NULL;
	copy.vm_end = high.vm_start = START + 4 * PAGE_SIZE;
	EXPECT_EQ(track_pfn_split(&copy, &high), 0);
	EXPECT_EQ(nr_memtypes(), 2);
	unmap_below(child, &copy, high.vm_start);
	expect_free(DEVICE + 3 * PAGE_SIZE);
	expect_type(DEVICE + 4 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(entry_phys(entry_at(child, START + 4 * PAGE_SIZE)), DEVICE + 4 * PAGE_SIZE);
	/* And moves the upper one. */
	copy = high;
	copy.vm_memtype = NULL;
	untrack_pfn_moved(&high, &copy);
	unmap_below(child, &high, high.vm_start);
	expect_type(DEVICE + 4 * PAGE_SIZE, _PAGE_CACHE_MODE_WC);
	unmap(child, &copy);
	EXPECT_EQ(nr_memtypes(), 0);
	end_mm(mm);
	end_mm(child);
}

/* RAM has one type for all its mappings, which is not the driver's to choose. */
TEST(ram_has_its_own)
{
	struct mm_struct *mm = new_mm();
	unsigned long last = PFN_DOWN(MIB(32)) - 3;
	struct vm_area_struct vma = shared_vma(mm, START, 6); /* three of RAM, three behind it */
	int count = page_count(pfn_to_page(last));

	EXPECT_EQ(memtype_reserve_ram(PFN_PHYS(last), PFN_PHYS(last + 1), _PAGE_CACHE_MODE_WC, 0),
		  0);
	EXPECT_EQ(remap_pfn_range(&vma, START, last, 6 * PAGE_SIZE,
				  pgprot_noncached(vma.vm_page_prot)),
		  0);
	EXPECT_EQ(protval2cachemode(entry_at(mm, START)), _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(protval2cachemode(entry_at(mm, START + PAGE_SIZE)), _PAGE_CACHE_MODE_WB);
	EXPECT_EQ(protval2cachemode(entry_at(mm, START + 3 * PAGE_SIZE)),
		  _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(nr_memtypes(), 1);
	expect_type(MIB(32), _PAGE_CACHE_MODE_UC_MINUS);
	EXPECT_EQ(page_count(pfn_to_page(last)), count);
	unmap(mm, &vma);
	EXPECT_EQ(memtype_free_ram(PFN_PHYS(last), PFN_PHYS(last + 1)), 0);
	EXPECT_EQ(nr_memtypes() + nr_ram_memtypes(), 0);
	end_mm(mm);
}

/* Devices on both sides of RAM: where the second cannot be had, the first is not kept. */
TEST(all_types_or_none)
{
	struct mm_struct *mm = new_mm();
	unsigned long pages = (MIB(16) >> PAGE_SHIFT) + 1, second = 2 * START;
	struct vm_area_struct vma = shared_vma(mm, START, pages), held = shared_vma(mm, second, 1);

	EXPECT_EQ(remap_pfn_range(&held, second, PFN_DOWN(MIB(32)), PAGE_SIZE,
				  pgprot_writecombine(held.vm_page_prot)),
		  0);
	EXPECT_EQ(nr_memtypes(), 1);
	EXPECT_EQ(remap_pfn_range(&vma, START, PFN_DOWN(MIB(16)), pages * PAGE_SIZE,
				  pgprot_cached(vma.vm_page_prot, _PAGE_CACHE_MODE_WT)),
		  -EINVAL);
	EXPECT_EQ(nr_memtypes(), 1);
	unmap(mm, &held);
	EXPECT_EQ(nr_memtypes(), 0);
	end_mm(mm);
}

TEST(what_is_refused)
{
	struct mm_struct *mm = new_mm();
	struct vm_area_struct vma = shared_vma(mm, START, 4);
	unsigned long pfn = PFN_DOWN(DEVICE), far = 1UL << (46 - PAGE_SHIFT);

	EXPECT_EQ(remap_pfn_range(&vma, START, pfn, 0, vma.vm_page_prot), -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START + 8, pfn, PAGE_SIZE, vma.vm_page_prot), -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START, pfn, 5 * PAGE_SIZE, vma.vm_page_prot), -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START - PAGE_SIZE, pfn, PAGE_SIZE, vma.vm_page_prot),
		  -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START, far - 1, 2 * PAGE_SIZE, vma.vm_page_prot), -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START, ~0UL, 2 * PAGE_SIZE, vma.vm_page_prot), -EINVAL);
	/* A private mapping that may be written is mapped whole, and knows its pfn. */
	vma.vm_flags &= ~VM_SHARED;
	EXPECT_EQ(remap_pfn_range(&vma, START, pfn, 2 * PAGE_SIZE, vma.vm_page_prot), -EINVAL);
	EXPECT_EQ(remap_pfn_range(&vma, START, pfn, 4 * PAGE_SIZE, vma.vm_page_prot), 0);
	EXPECT_EQ(vma.vm_pgoff, pfn);
	unmap(mm, &vma);
	/* Of a device's four pages, from the second on. */
	vma = shared_vma(mm, START, 4);
	vma.vm_pgoff = 1;
	EXPECT_EQ(vm_iomap_memory(&vma, DEVICE, 4 * PAGE_SIZE), -EINVAL);
	EXPECT_EQ(vm_iomap_memory(&vma, DEVICE + 0x10, ~0UL), -EINVAL);
	EXPECT_EQ(vm_iomap_memory(&vma, DEVICE, 5 * PAGE_SIZE), 0);
	EXPECT_EQ(entry_phys(entry_at(mm, START)), DEVICE + PAGE_SIZE);
	unmap(mm, &vma);
	EXPECT_EQ(nr_memtypes(), 0);
	end_mm(mm);
}

/* Page by page, as they are touched: what is there by then stays, and is cached as it is elsewhere. */
TEST(one_page_at_a_fault)
{
	struct mm_struct *mm = new_mm();
	unsigned long pfn = PFN_DOWN(DEVICE), far = 1UL << (46 - PAGE_SHIFT), second = 2 * START;
	struct vm_area_struct vma = shared_vma(mm, START, 4), held = shared_vma(mm, second, 1);

	EXPECT_EQ(remap_pfn_range(&held, second, pfn + 1, PAGE_SIZE,
				  pgprot_writecombine(held.vm_page_prot)),
		  0);
	expect_warns(1);
	EXPECT_EQ(vmf_insert_pfn(&vma, START, pfn), VM_FAULT_SIGBUS); /* it is no such area */
	EXPECT(test_log_has("vmf_insert_pfn: no VM_PFNMAP area"));
	vma.vm_flags |= VM_PFNMAP;
	EXPECT_EQ(vmf_insert_pfn(&vma, START + 8, pfn), VM_FAULT_NOPAGE);
	EXPECT_EQ(entry_at(mm, START), DEVICE | (USER & ~_PAGE_ACCESSED) | _PAGE_RW |
					       _PAGE_SPECIAL |
					       cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS));
	EXPECT_EQ(vmf_insert_pfn(&vma, START, pfn + 7), VM_FAULT_NOPAGE);
	EXPECT_EQ(entry_phys(entry_at(mm, START)), DEVICE);
	EXPECT_EQ(vmf_insert_pfn(&vma, START + 2 * PAGE_SIZE, pfn + 1), VM_FAULT_NOPAGE);
	EXPECT_EQ(protval2cachemode(entry_at(mm, START + 2 * PAGE_SIZE)), _PAGE_CACHE_MODE_WC);
	EXPECT_EQ(entry_at(mm, START + PAGE_SIZE), 0);
	EXPECT_EQ(vmf_insert_pfn(&vma, START - PAGE_SIZE, pfn), VM_FAULT_SIGBUS);
	EXPECT_EQ(vmf_insert_pfn(&vma, START + 4 * PAGE_SIZE, pfn), VM_FAULT_SIGBUS);
	EXPECT_EQ(vmf_insert_pfn(&vma, START + 3 * PAGE_SIZE, far), VM_FAULT_SIGBUS);
	EXPECT_EQ(vmf_insert_pfn(&vma, START + 3 * PAGE_SIZE, far - 1), VM_FAULT_NOPAGE);
	unmap_below(mm, &vma, second);
	EXPECT_EQ(entry_at(mm, START), 0);
	unmap(mm, &held);
	EXPECT_EQ(nr_memtypes(), 0);
	end_mm(mm);
}
