// SPDX-License-Identifier: MIT
/*
 * Rights of what is mapped, and its place: mprotect and mremap.
 *
 * A right that is given needs no flush: a CPU that remembers less faults, and the fault finds
 * nothing left to do.  A right that is taken is flushed before the caller goes on.
 */
#include "mm/user/pte.h"
#include "mm/user/vma.h"

struct protection {
	struct vm_area_struct *vma;
	u64 bits; /* vm_page_prot's, without flags of the CPU's */
	struct mmu_gather tlb;
};

/* A private page of one's own may be written where the VMA may; else the fault decides. */
static bool is_writable(const struct vm_area_struct *vma, u64 entry)
{
	return vma->vm_flags & VM_WRITE && !(vma->vm_flags & VM_SHARED) &&
	       entry & _PAGE_SOFT_DIRTY && !(entry & _PAGE_SPECIAL) && is_anon(entry_page(entry)) &&
	       is_exclusive(entry_page(entry));
}

/* What `old` becomes; `kept` of it stays. */
static u64 changed_entry(const struct protection *p, u64 old, u64 kept, u64 bits)
{
	u64 new = (old & kept) | (bits & ~(_PAGE_PWT | _PAGE_PCD));

	if (is_writable(p->vma, old))
		new |= _PAGE_RW;
	return new;
}

static bool takes_rights(u64 old, u64 new)
{
	return may_be_cached(old) &&
	       (old & ~new &(_PAGE_PRESENT | _PAGE_RW | _PAGE_USER) || new & ~old &_PAGE_NX);
}

/* In one step, for the CPU may set flags. */
static void change_entry(struct protection *p, u64 *entry, unsigned long va, u64 kept, u64 bits)
{
	u64 old = READ_ONCE(*entry), new;

	do {
		new = changed_entry(p, old, kept, bits);
	} while (!__atomic_compare_exchange_n(entry, &old, new, false, __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	if (takes_rights(old, new))
		tlb_add_page(&p->tlb, va);
}

static void change_huge(struct protection *p, u64 *pmd, unsigned long va)
{
	change_entry(p, pmd, va, PTE_KEPT | _PAGE_PAT_LARGE, pgprot_large(p->bits & ~_PAGE_PAT));
}

static void change_ptes(struct protection *p, u64 *pmd, unsigned long va, unsigned long end)
{
	u64 *pte = find_pte(pmd, va);

	for (; pte && va != end; va += PAGE_SIZE, pte++)
		if (*pte)
			change_entry(p, pte, va, PTE_KEPT, p->bits & ~_PAGE_PAT);
}

static unsigned long change_pmd(struct protection *p, unsigned long va, unsigned long end)
{
	struct mm_struct *mm = p->vma->vm_mm;
	unsigned long next = pmd_end(va, end);
	u64 *pmd = find_pmd(mm, va);

	if (!pmd)
		return entry_end(va, end, PUD_SIZE);
	if (!*pmd)
		return next;
	if (is_huge(*pmd) && next - va == PMD_SIZE) {
		change_huge(p, pmd, va);
		return next;
	}
	if (is_huge(*pmd))
		split_huge_pmd(mm, pmd, va);
	change_ptes(p, pmd, va, next);
	return next;
}

void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t newprot)
{
	struct mm_struct *mm = vma->vm_mm;
	struct protection p = { .vma = vma };
	unsigned long va = start;

	p.bits = pgprot_val(newprot) & ~(_PAGE_ACCESSED | _PAGE_DIRTY);
	tlb_gather_mmu(&p.tlb, &mm->root);
	while (va != end) {
		spin_lock(&mm->page_table_lock);
		va = change_pmd(&p, va, end);
		/* A truncation forgets what it takes away only where that is present still. */
		if (vma->vm_file && !(p.bits & _PAGE_PRESENT))
			tlb_flush_mmu(&p.tlb);
		spin_unlock(&mm->page_table_lock);
	}
	tlb_flush_mmu(&p.tlb);
}

/* ---- another place ---- */

struct move {
	struct mm_struct *mm;
	struct mmu_gather tlb;
};

/* All that one entry of level 2 leads to, be it a table or a page.  False: there is something already. */
static bool move_whole(struct move *m, u64 *from, unsigned long old_addr, unsigned long new_addr)
{
	u64 *to = alloc_pmd(m->mm, new_addr);

	if (!to || *to)
		return false;
	if (is_huge(*from)) {
		WRITE_ONCE(*to, take_entry(from) | _PAGE_SOFT_DIRTY);
		tlb_add_page(&m->tlb, old_addr);
	} else {
		WRITE_ONCE(*to, take_entry(from));
		tlb_add_all(&m->tlb);
	}
	return true;
}

/* Within one table each; where it came to. */
static unsigned long move_ptes(struct move *m, u64 *from, unsigned long old_addr, unsigned long end,
			       unsigned long new_addr)
{
	u64 *old = find_pte(from, old_addr), *table = NULL, *pmd;
	u64 entry;

	for (; old && old_addr != end; old_addr += PAGE_SIZE, new_addr += PAGE_SIZE, old++) {
		if (!*old)
			continue;
		if (!table) {
			pmd = alloc_pmd(m->mm, new_addr);
			table = pmd ? alloc_pte(m->mm, pmd, new_addr & HPAGE_MASK) : NULL;
		}
		if (!table)
			return old_addr;
		entry = take_entry(old);
		if (may_be_cached(entry))
			tlb_add_page(&m->tlb, old_addr);
		table[entry_index(new_addr, PG_LEVEL_4K)] = entry | _PAGE_SOFT_DIRTY;
	}
	return end;
}

static unsigned long move_pmd(struct move *m, unsigned long old_addr, unsigned long end,
			      unsigned long new_addr)
{
	unsigned long next = pmd_end(old_addr, end);
	u64 *from = find_pmd(m->mm, old_addr);

	if (!from)
		return entry_end(old_addr, end, PUD_SIZE);
	if (!*from)
		return next;
	if (next - old_addr == PMD_SIZE && !(new_addr & (PMD_SIZE - 1)) &&
	    move_whole(m, from, old_addr, new_addr))
		return next;
	if (is_huge(*from))
		split_huge_pmd(m->mm, from, old_addr);
	/* Where the new place reaches into a second table there, from there on in a second go. */
	next = min(next, old_addr + PMD_SIZE - (new_addr & (PMD_SIZE - 1)));
	return move_ptes(m, from, old_addr, next, new_addr);
}

unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long va = old_addr, end = old_addr + len, done;
	struct move m = { .mm = mm };
	struct address_space *mapping;

	(void)new_vma; /* its entries are what they were at the old place */
	/* A truncation that has looked at the new place already would miss what comes there. */
	mapping = vma_lock_mapping(vma);
	tlb_gather_mmu(&m.tlb, &mm->root);
	while (va != end) {
		spin_lock(&mm->page_table_lock);
		done = move_pmd(&m, va, end, new_addr + (va - old_addr));
		/* Before a truncation can take the page away at its new place. */
		tlb_flush_mmu(&m.tlb);
		spin_unlock(&mm->page_table_lock);
		if (done == va)
			break;
		va = done;
	}
	vma_unlock_mapping(mapping);
	return va - old_addr;
}
