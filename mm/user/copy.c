// SPDX-License-Identifier: MIT
/*
 * fork(): what a VMA maps, in the child as well.
 *
 * A private page becomes both's and read-only in both, and is nobody's own any more.  One that a
 * device may have the address of, and one that is a part of a 2 MiB block, is copied for the child at
 * once: the parent keeps the page that the device knows.  So is the one in which both go on with their
 * stack: the copy would be made by the first write, after two faults.  What a file has is left for the
 * child's faults to find.
 *
 * The parent's page_table_lock is held and the child's within it.  Both are of one class, and
 * nobody holds a child's while he waits for its parent's: it is tried until it is there.
 */
#include "kernel/cpu/barrier.h"
#include "kernel/lib/errno.h"
#include "mm/highmem.h"
#include "mm/user/pte.h"

struct copy {
	struct vm_area_struct *dst, *src;
	struct mmu_gather tlb; /* of the parent: what is read-only now */
};

static void lock_both(const struct copy *c)
{
	spin_lock(&c->src->vm_mm->page_table_lock);
	while (!spin_trylock(&c->dst->vm_mm->page_table_lock))
		cpu_relax();
}

static void unlock_both(const struct copy *c)
{
	spin_unlock(&c->dst->vm_mm->page_table_lock);
	spin_unlock(&c->src->vm_mm->page_table_lock);
}

/* The parent's entry allows no write any more: what the child's is to be. */
static u64 write_protect(struct copy *c, u64 *from, unsigned long va)
{
	u64 old = *from;

	if (old & _PAGE_RW) {
		old = __atomic_fetch_and(from, ~_PAGE_RW, __ATOMIC_SEQ_CST);
		if (may_be_cached(old))
			tlb_add_page(&c->tlb, va);
	}
	return old & ~(_PAGE_RW | _PAGE_ACCESSED);
}

/* A copy of its own for the child. */
static int copy_now(const struct copy *c, u64 *to, u64 entry, struct page *page)
{
	struct page *copy = alloc_page(GFP_HIGHUSER);

	if (!copy)
		return -ENOMEM;
	copy_highpage(copy, page);
	set_anon_exclusive(copy);
	inc_mm_counter(c->dst->vm_mm, MM_ANONPAGES);
	WRITE_ONCE(*to, (entry & ~(PTE_PFN_MASK | _PAGE_ACCESSED)) | page_to_phys(copy));
	return 0;
}

/* An anonymous page that the child is to have for itself at once; else nobody has it for himself. */
static bool is_copied_now(const struct copy *c, struct page *page, unsigned long va)
{
	if (page->flags & (PG_TAIL | PG_COMPOUND) || va == c->src->vm_mm->fork_stack)
		return true;
	if (!(page->flags & PG_EXCLUSIVE))
		return false;
	if (page_pincount(page))
		return true;
	__atomic_and_fetch(&page->flags, (u16)~PG_EXCLUSIVE, __ATOMIC_RELAXED);
	return false;
}

static int copy_page(struct copy *c, u64 *to, u64 *from, unsigned long va)
{
	struct page *page = entry_page(*from);
	u64 entry;

	if (is_anon(page) && is_copied_now(c, page, va))
		return copy_now(c, to, *from, page);
	if (!get_mapped_page(page))
		return -ENOMEM;
	entry = c->src->vm_flags & VM_SHARED ? *from & ~(_PAGE_DIRTY | _PAGE_ACCESSED) :
					       write_protect(c, from, va);
	count_mapped(page);
	inc_mm_counter(c->dst->vm_mm, page_counter(page));
	WRITE_ONCE(*to, entry);
	return 0;
}

static int copy_entry(struct copy *c, u64 *to, u64 *from, unsigned long va)
{
	if (likely(!(*from & _PAGE_SPECIAL)))
		return copy_page(c, to, from, va);
	WRITE_ONCE(*to, is_cow_mapping(c->src->vm_flags) ? write_protect(c, from, va) :
							   *from & ~_PAGE_ACCESSED);
	return 0;
}

/* [va, end) lies in one entry of level 2. */
static int copy_ptes(struct copy *c, u64 *pmd, unsigned long va, unsigned long end)
{
	struct mm_struct *child = c->dst->vm_mm;
	u64 *from, *last, *to = NULL, *below;
	int err = 0;

	if (is_huge(*pmd))
		split_huge_pmd(c->src->vm_mm, pmd, va);
	from = find_pte(pmd, va);
	if (!from)
		return 0;
	last = from + (end - va) / PAGE_SIZE;
	for (; !err && (from = skip_empty(from, last)) != last; from++) {
		va = end - (unsigned long)(last - from) * PAGE_SIZE;
		if (!to) {
			below = alloc_pmd(child, va);
			to = below ? alloc_pte(child, below, va & HPAGE_MASK) : NULL;
		}
		err = to ? copy_entry(c, to + entry_index(va, PG_LEVEL_4K), from, va) : -ENOMEM;
	}
	return err;
}

/* What no fault would find again: copies, and what a driver has put there. */
static bool needs_copy(const struct vm_area_struct *src)
{
	return src->anon_vma || src->vm_flags & VM_PFNMAP;
}

int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct copy c; /* not zeroed: the gather is large, and begun below */
	unsigned long va = src->vm_start, next;
	int err = 0;
	u64 *pmd;

	if (src->vm_flags & VM_PAT)
		err = track_pfn_copy(dst, src);
	if (err || !needs_copy(src))
		return err;
	c.dst = dst;
	c.src = src;
	tlb_gather_mmu(&c.tlb, &src->vm_mm->root);
	for (; va != src->vm_end && !err; va = next) {
		lock_both(&c);
		pmd = find_pmd(src->vm_mm, va);
		next = entry_end(va, src->vm_end, pmd ? PMD_SIZE : PUD_SIZE);
		if (pmd && *pmd)
			err = copy_ptes(&c, pmd, va, next);
		unlock_both(&c);
	}
	tlb_flush_mmu(&c.tlb);
	return err;
}
