// SPDX-License-Identifier: MIT
/*
 * Taking mappings out of a user half.
 *
 * Entries of up to 2 MiB are emptied under page_table_lock, and what they mapped is gathered;
 * when that is full, or the caller has no more, all CPUs forget it, and then the pages lose the
 * references of the mappings.  One that somebody else holds, or has pinned, lives on.
 */
#include "mm/user/pte.h"

struct zap {
	struct user_gather *gather;
	bool keep_cows; /* private copies stay */
	u64 *pmds; /* the table of level 2 found last, or NULL; it stays as long as the VMAs do */
	unsigned long pmd_va; /* an address in its GiB: mostly the next one's too */
};

/* An entry that was taken out, and is no special one: its page. */
static void drop_mapping(struct user_gather *gather, u64 old)
{
	struct page *page = entry_page(old);

	add_mm_counter(gather->mm, page_counter(page), -1);
	if (unlikely(old & _PAGE_DIRTY) && !is_anon(page))
		set_page_dirty(page);
	count_unmapped(page);
	gather->pages[gather->nr++] = page;
}

static void zap_pte(const struct zap *zap, u64 *pte, unsigned long va)
{
	struct user_gather *gather = zap->gather;
	u64 old = *pte;

	if (unlikely(zap->keep_cows) && !(old & _PAGE_SPECIAL) && is_anon(entry_page(old)))
		return;
	old = take_entry(pte);
	if (may_be_cached(old))
		tlb_add_page(&gather->tlb, va);
	if (!(old & _PAGE_SPECIAL))
		drop_mapping(gather, old);
}

/* [va, end) lies in one entry of level 2; where it came to, when the gather is full. */
static unsigned long zap_ptes(const struct zap *zap, u64 *pmd, unsigned long va, unsigned long end)
{
	u64 *pte = find_pte(pmd, va), *last;

	if (!pte)
		return end;
	last = pte + (end - va) / PAGE_SIZE;
	while ((pte = skip_empty(pte, last)) != last && zap->gather->nr < GATHER_PAGES) {
		zap_pte(zap, pte, end - (unsigned long)(last - pte) * PAGE_SIZE);
		pte++;
	}
	return end - (unsigned long)(last - pte) * PAGE_SIZE;
}

static u64 *zap_find_pmd(struct zap *zap, unsigned long va)
{
	u64 *pmd;

	if (likely(zap->pmds && (va ^ zap->pmd_va) < PUD_SIZE))
		return &zap->pmds[entry_index(va, PG_LEVEL_2M)];
	pmd = find_pmd(zap->gather->mm, va);
	if (pmd) {
		zap->pmds = pmd - entry_index(va, PG_LEVEL_2M);
		zap->pmd_va = va & ~(PUD_SIZE - 1);
	}
	return pmd;
}

static unsigned long zap_pmd(struct zap *zap, unsigned long va, unsigned long end)
{
	unsigned long next = pmd_end(va, end);
	u64 *pmd = zap_find_pmd(zap, va);

	if (!pmd)
		return entry_end(va, end, PUD_SIZE);
	if (!*pmd)
		return next;
	update_hiwater_rss(zap->gather->mm);
	if (unlikely(is_huge(*pmd))) {
		if (next - va == PMD_SIZE) {
			zap_huge_pmd(zap->gather, pmd, va);
			return next;
		}
		split_huge_pmd(zap->gather->mm, pmd, va);
	}
	return zap_ptes(zap, pmd, va, next);
}

static void zap_range(struct zap *zap, unsigned long va, unsigned long end)
{
	struct mm_struct *mm = zap->gather->mm;

	while (va != end) {
		if (unlikely(zap->gather->nr == GATHER_PAGES))
			user_gather_flush(zap->gather);
		spin_lock(&mm->page_table_lock);
		va = zap_pmd(zap, va, end);
		spin_unlock(&mm->page_table_lock);
	}
}

void unmap_vmas(struct user_gather *gather, struct vm_area_struct *vma, unsigned long start,
		unsigned long end)
{
	struct zap zap = { .gather = gather };

	for (; vma && vma->vm_start < end; vma = vma->vm_next) {
		if (vma->vm_end <= start)
			continue;
		zap_range(&zap, max(start, vma->vm_start), min(end, vma->vm_end));
		if (unlikely(vma->vm_flags & VM_PAT)) {
			user_gather_flush(
				gather); /* the type is given back when nobody maps it any more */
			untrack_pfn(vma);
		}
	}
}

void zap_vma_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		   bool keep_cows)
{
	struct user_gather gather;
	struct zap zap = { .gather = &gather, .keep_cows = keep_cows };

	user_gather_begin(&gather, vma->vm_mm);
	zap_range(&zap, start, end);
	user_gather_flush(&gather);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size)
{
	zap_vma_range(vma, start, start + size, false);
}
