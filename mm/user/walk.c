// SPDX-License-Identifier: MIT
/*
 * What a VMA has mapped, for who shows it: smaps, pagemap, mincore.
 */
#include "mm/user/pte.h"

int page_mapcount(const struct page *page)
{
	const struct page *head = page->flags & PG_TAIL ? page->head_page : page;
	int n = READ_ONCE(page->mapcount);

	/* As long as one entry maps all of 2 MiB, it is the first page's count. */
	return n || head == page ? n : READ_ONCE(head->mapcount);
}

struct walk {
	int (*fn)(const struct user_page *p, void *arg);
	void *arg;
};

static int show_entry(const struct walk *w, unsigned long va, u64 entry, unsigned long size,
		      unsigned long pfn)
{
	struct page *page = entry & _PAGE_SPECIAL ? NULL : pfn_to_page(pfn);
	struct user_page p = {
		.va = va,
		.size = size,
		.pfn = pfn,
		.page = page,
		.present = entry & _PAGE_PRESENT,
		.write = entry & _PAGE_RW,
		.young = entry & _PAGE_ACCESSED,
		.dirty = entry & _PAGE_DIRTY,
		.soft_dirty = entry & _PAGE_SOFT_DIRTY,
		.zero = is_zero_entry(entry),
		.exclusive = page && is_anon(page) && is_exclusive(page),
		.file = page && !is_anon(page),
	};

	return w->fn(&p, w->arg);
}

static int walk_pmd(const struct walk *w, u64 *pmd, unsigned long va, unsigned long end)
{
	u64 entry = READ_ONCE(*pmd), *pte;
	int ret = 0;

	if (is_huge(entry))
		return show_entry(w, va, entry, end - va,
				  PFN_DOWN(entry & PTE_PFN_MASK & HPAGE_MASK) +
					  entry_index(va, PG_LEVEL_4K));
	pte = find_pte(pmd, va);
	for (; pte && va != end && !ret; va += PAGE_SIZE, pte++)
		if (*pte)
			ret = show_entry(w, va, *pte, PAGE_SIZE, entry_pfn(*pte));
	return ret;
}

int walk_page_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		  int (*fn)(const struct user_page *p, void *arg), void *arg)
{
	struct mm_struct *mm = vma->vm_mm;
	struct walk w = { fn, arg };
	unsigned long next;
	int ret = 0;
	u64 *pmd;

	for (; start != end && !ret; start = next) {
		spin_lock(&mm->page_table_lock);
		pmd = find_pmd(mm, start);
		next = entry_end(start, end, pmd ? PMD_SIZE : PUD_SIZE);
		if (pmd && *pmd)
			ret = walk_pmd(&w, pmd, start, next);
		spin_unlock(&mm->page_table_lock);
	}
	return ret;
}
