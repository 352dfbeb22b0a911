// SPDX-License-Identifier: MIT
/*
 * /proc/PID/clear_refs: what is noted of pages' use begins anew.
 *
 * Which pages are written from a moment on is found so: no entry may be written any more, and none
 * is soft-dirty; the fault of the first write to each makes it so again.  What a VMA had not mapped yet is
 * soft-dirty with VM_SOFTDIRTY, which every new VMA has.
 */
#include "mm/user/procmap.h"
#include "mm/user/pte.h"
#include "mm/user/vma.h"

/* What is written to the file: Linux's numbers. */
enum clear_refs_type {
	CLEAR_REFS_ALL = 1,
	CLEAR_REFS_ANON,
	CLEAR_REFS_MAPPED,
	CLEAR_REFS_SOFT_DIRTY,
	CLEAR_REFS_MM_HIWATER_RSS,
};

struct clear {
	struct vm_area_struct *vma;
	u64 bits; /* that go */
	struct mmu_gather tlb;
};

/* A device may be writing to it: that is never seen by a fault. */
static bool is_pinned(const struct clear *c, u64 entry)
{
	struct page *page = entry & _PAGE_SPECIAL ? NULL : entry_page(entry);

	return page && is_cow_mapping(c->vma->vm_flags) && is_anon(page) &&
	       page_pincount(compound_head(page));
}

static void clear_entry(struct clear *c, u64 *entry, unsigned long va)
{
	u64 old = READ_ONCE(*entry);

	if (!(old & c->bits) || (c->bits & _PAGE_SOFT_DIRTY && is_pinned(c, old)))
		return;
	old = __atomic_fetch_and(entry, ~c->bits, __ATOMIC_SEQ_CST);
	if (may_be_cached(old))
		tlb_add_page(&c->tlb, va);
}

static unsigned long clear_pmd(struct clear *c, unsigned long va, unsigned long end)
{
	unsigned long next = pmd_end(va, end);
	u64 *pmd = find_pmd(c->vma->vm_mm, va), *pte;

	if (!pmd)
		return entry_end(va, end, PUD_SIZE);
	if (is_huge(*pmd)) {
		clear_entry(c, pmd, va);
		return next;
	}
	pte = *pmd ? find_pte(pmd, va) : NULL;
	for (; pte && va != next; va += PAGE_SIZE, pte++)
		if (*pte)
			clear_entry(c, pte, va);
	return next;
}

static void clear_vma(struct vm_area_struct *vma, u64 bits)
{
	struct clear c = { .vma = vma, .bits = bits };
	struct mm_struct *mm = vma->vm_mm;
	unsigned long va = vma->vm_start;

	tlb_gather_mmu(&c.tlb, &mm->root);
	while (va != vma->vm_end) {
		spin_lock(&mm->page_table_lock);
		va = clear_pmd(&c, va, vma->vm_end);
		spin_unlock(&mm->page_table_lock);
	}
	tlb_flush_mmu(&c.tlb);
}

static void clear_soft_dirty(struct vm_area_struct *vma)
{
	vma->vm_flags &= ~VM_SOFTDIRTY;
	vma_set_page_prot(vma);
	if (!(vma->vm_flags & VM_PFNMAP))
		clear_vma(vma, _PAGE_SOFT_DIRTY | _PAGE_RW);
}

static void clear_referenced(struct vm_area_struct *vma, int type)
{
	bool wanted = type == CLEAR_REFS_ALL || (type == CLEAR_REFS_MAPPED) == !!vma->vm_file;

	if (wanted && !(vma->vm_flags & VM_PFNMAP))
		clear_vma(vma, _PAGE_ACCESSED);
}

int clear_refs(struct mm_struct *mm, int type)
{
	struct vm_area_struct *vma;

	if (type < CLEAR_REFS_ALL || type > CLEAR_REFS_MM_HIWATER_RSS)
		return -EINVAL;
	if (!mm)
		return 0;
	mmap_write_lock(mm);
	if (type == CLEAR_REFS_MM_HIWATER_RSS) {
		mm->hiwater_rss = get_mm_rss(mm);
	} else {
		for_each_vma(mm, vma) {
			if (type == CLEAR_REFS_SOFT_DIRTY)
				clear_soft_dirty(vma);
			else
				clear_referenced(vma, type);
		}
	}
	mmap_write_unlock(mm);
	return 0;
}
