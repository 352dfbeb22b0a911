// SPDX-License-Identifier: MIT
/*
 * Pages of 2 MiB in anonymous memory, as Linux makes them where transparent_hugepage is `always`.
 *
 * Such a page is a block of __GFP_COMP that one entry of level 2 maps, in one mm: it is exclusive
 * all its life.  What would need a part of it alone, or to share it, splits it first: munmap and
 * mprotect of a part, mremap to an odd address, fork.  The table for that is there from the start, so that
 * a split cannot fail.  Where nobody else holds the block it becomes 512 pages; else its pages go
 * on as parts of it, mapped one by one, and the block is free when all of them have gone.
 */
#include "kernel/cpu/barrier.h"
#include "kernel/lib/string.h"
#include "mm/highmem.h"
#include "mm/user/pte.h"

/* The table for a split waits in a word of the block's second page. */
static inline struct page **spare_table(struct page *block)
{
	return (struct page **)&block[1].index;
}

bool huge_fits(const struct vm_area_struct *vma, unsigned long va)
{
	unsigned long start = va & HPAGE_MASK;

	return vma_is_anonymous(vma) && start >= vma->vm_start && start + PMD_SIZE <= vma->vm_end &&
	       !(vma->vm_flags & (VM_NOHUGEPAGE | VM_SPECIAL)) &&
	       (vma->vm_flags & VM_STACK_INCOMPLETE_SETUP) != VM_STACK_INCOMPLETE_SETUP;
}

static void clear_block(struct page *block)
{
	if (likely(!PageHighMem(block))) {
		memset(lowmem_page_address(block), 0, PMD_SIZE);
		return;
	}
	for (unsigned long i = 0; i < HPAGE_PAGES; i++)
		clear_highpage(block + i);
}

static u64 huge_entry(const struct vm_area_struct *vma, struct page *block)
{
	return page_to_phys(block) |
	       pgprot_large(vma_private_bits(vma) | _PAGE_ACCESSED | PAGE_WRITTEN);
}

vm_fault_t huge_fault(struct vm_fault *vmf, u64 *pmd)
{
	struct vm_area_struct *vma = vmf->vma;
	struct mm_struct *mm = vma->vm_mm;
	struct page *block = alloc_pages(GFP_HIGHUSER | __GFP_COMP, HPAGE_ORDER), *table;

	if (!block)
		return VM_FAULT_FALLBACK;
	clear_block(block);
	anon_vma_prepare(vma);
	spin_lock(&mm->page_table_lock);
	table = READ_ONCE(*pmd) ? NULL : new_user_table(mm);
	if (likely(table)) {
		set_anon_exclusive(block);
		mod_page_state(NR_ANON_MAPPED, HPAGE_PAGES - 1);
		*spare_table(block) = table;
		add_mm_counter(mm, MM_ANONPAGES, HPAGE_PAGES);
		WRITE_ONCE(*pmd, huge_entry(vma, block));
	}
	spin_unlock(&mm->page_table_lock);
	if (unlikely(!table)) {
		put_page(block);
		return VM_FAULT_FALLBACK;
	}
	mod_page_state(NR_ANON_THPS, 1);
	count_vm_event(THP_FAULT_ALLOC);
	return 0;
}

void huge_touch(struct vm_fault *vmf, u64 *pmd)
{
	struct vm_area_struct *vma = vmf->vma;
	u64 old = *pmd, want = old | _PAGE_ACCESSED;

	if (vmf->flags & FAULT_FLAG_WRITE)
		want |= PAGE_WRITTEN | (vma->vm_flags & VM_WRITE ? _PAGE_RW : 0);
	WRITE_ONCE(*pmd, want);
	if (may_be_cached(old)) /* with less than it allows now, or it was another CPU's doing */
		flush_user_page(vma->vm_mm, vmf->address);
}

/* The block's pages are mapped one by one from here on. */
static void break_up(struct page *block)
{
	bool alone = READ_ONCE(block->refcount) == 1;

	if (alone)
		split_page(block, HPAGE_ORDER);
	else
		__atomic_add_fetch(&block->refcount, (s32)HPAGE_PAGES - 1, __ATOMIC_RELAXED);
	for (unsigned long i = 1; i < HPAGE_PAGES; i++)
		block[i].mapcount = 1;
}

void split_huge_pmd(struct mm_struct *mm, u64 *pmd, unsigned long va)
{
	u64 old = take_entry(pmd), small;
	struct page *block = pfn_to_page(PFN_DOWN(old & PTE_PFN_MASK & HPAGE_MASK));
	struct page *table = *spare_table(block);
	u64 *pte = lowmem_page_address(table);

	/* A TLB must not have the page in two sizes (SDM 3A, 4.10.2.3). */
	if (may_be_cached(old))
		flush_user_page(mm, va);
	small = pgprot_small(old & ~(PTE_PFN_MASK & ~_PAGE_PAT_LARGE));
	for (unsigned long i = 0; i < HPAGE_PAGES; i++)
		pte[i] = page_to_phys(block + i) | small;
	break_up(block);
	mod_page_state(NR_ANON_THPS, -1);
	count_vm_event(THP_SPLIT_PMD);
	smp_wmb();
	WRITE_ONCE(*pmd, page_to_phys(table) | _PAGE_TABLE);
}

void zap_huge_pmd(struct user_gather *gather, u64 *pmd, unsigned long va)
{
	u64 old = take_entry(pmd);
	struct page *block = pfn_to_page(PFN_DOWN(old & PTE_PFN_MASK & HPAGE_MASK));
	struct page *table = *spare_table(block);

	if (may_be_cached(old))
		tlb_add_page(&gather->tlb, va);
	gather_user_table(gather, table, va);
	add_mm_counter(gather->mm, MM_ANONPAGES, -(long)HPAGE_PAGES);
	mod_page_state(NR_ANON_THPS, -1);
	mod_page_state(NR_ANON_MAPPED, -(long)HPAGE_PAGES);
	block->mapcount = 0;
	gather->pages[gather->nr++] = block;
}
