// SPDX-License-Identifier: MIT
/*
 * Getting and pinning pages of a program.
 *
 * What is mapped as it is wanted is taken under page_table_lock, entry after entry; the fast forms
 * begin with that and need no VMA.  What is not is faulted in first, by the VMA's rights.
 *
 * A page that is pinned without FOLL_WRITE must be the program's own too, or a later write of the
 * program would be copied away from it: one that is shared with another mm, and the page of
 * zeroes, is made one's own before (FAULT_FLAG_UNSHARE).
 */
#include "mm/user/gup.h"

#include "kernel/fs/pagemap.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/task.h"
#include "mm/uaccess.h"
#include "mm/user/pte.h"

#define MOST_PINS \
	(0x7fff - NR_CPUS) /* of a page, whoever asks; beyond mm/page_ref.c's end it is a WARN */

struct gup {
	struct mm_struct *mm;
	unsigned int flags;
	struct page **pages; /* NULL: only faulted in */
	struct vm_area_struct **vmas;
	unsigned long start; /* of the first page */
	unsigned long done;  /* pages that are had */
};

static inline unsigned long next_address(const struct gup *g)
{
	return g->start + (g->done << PAGE_SHIFT);
}

/* ---- what is mapped ---- */

/* A debugger's write to a copy that is there already. */
static bool may_force_write(const struct vm_area_struct *vma, u64 entry)
{
	return vma && is_cow_mapping(vma->vm_flags) && !(vma->vm_flags & VM_WRITE) &&
	       entry & _PAGE_SOFT_DIRTY && !(entry & _PAGE_SPECIAL) && is_anon(entry_page(entry)) &&
	       is_exclusive(entry_page(entry));
}

/* Whether the entry will do: 0; -EAGAIN: not yet; -EMLINK: it must become one's own; -EFAULT. */
static int look_at_entry(const struct vm_area_struct *vma, u64 entry, unsigned int flags)
{
	bool special = entry & _PAGE_SPECIAL, pin = flags & FOLL_PIN;

	if (!entry ||
	    (!vma && (entry & (_PAGE_PRESENT | _PAGE_USER)) != (_PAGE_PRESENT | _PAGE_USER)))
		return -EAGAIN;
	if (flags & FOLL_WRITE && !(entry & _PAGE_RW) &&
	    !(flags & FOLL_FORCE && may_force_write(vma, entry)))
		return -EAGAIN;
	if (special && (!is_zero_entry(entry) || flags & FOLL_DUMP))
		return -EFAULT;
	if (pin && !(flags & FOLL_WRITE) &&
	    (special || (is_anon(entry_page(entry)) && !is_exclusive(entry_page(entry)))))
		return -EMLINK;
	return 0;
}

/* What pin_page() does, of a page that is mapped, and of which a program may ask for too many. */
static int pin_mapped_page(struct page *page)
{
	struct page *head = compound_head(page);

	if (likely(__atomic_fetch_add(&head->refcount, PIN_BIAS, __ATOMIC_RELAXED) / PIN_BIAS <
		   MOST_PINS)) {
		count_vm_events(NR_FOLL_PIN_ACQUIRED, pages_pinned(head));
		return 0;
	}
	__atomic_fetch_sub(&head->refcount, PIN_BIAS, __ATOMIC_RELAXED);
	return -ENOMEM;
}

static int grab_page(struct page *page, unsigned int flags)
{
	if (flags & FOLL_PIN)
		return pin_mapped_page(page);
	return flags & FOLL_GET && !get_mapped_page(page) ? -ENOMEM : 0;
}

static int take_page(struct gup *g, struct vm_area_struct *vma, u64 entry, struct page *page)
{
	int err = look_at_entry(vma, entry, g->flags);

	if (!err && g->pages) {
		err = grab_page(page, g->flags);
		g->pages[g->done] = page;
	}
	if (err)
		return err;
	if (g->vmas)
		g->vmas[g->done] = vma;
	g->done++;
	return 0;
}

/* The pages up to `end` of one entry of level 2, as far as they are there: 0, or why the next is not. */
static int take_pages(struct gup *g, struct vm_area_struct *vma, u64 *pmd, unsigned long end)
{
	unsigned long va = next_address(g), i;
	u64 entry = READ_ONCE(*pmd), *pte;
	struct page *block;
	int err = 0;

	end = pmd_end(va, end);
	if (is_huge(entry)) {
		block = pfn_to_page(PFN_DOWN(entry & PTE_PFN_MASK & HPAGE_MASK));
		i = entry_index(va, PG_LEVEL_4K);
		for (; va != end && !err; va += PAGE_SIZE, i++)
			err = take_page(g, vma, entry, block + i);
		return err;
	}
	pte = find_pte(pmd, va);
	if (!pte)
		return -EAGAIN;
	for (; va != end && !err; va += PAGE_SIZE, pte++)
		err = take_page(g, vma, *pte, entry_page(*pte));
	return err;
}

/* What is there up to `end`: 0, or why the next page is not had. */
static int take_present(struct gup *g, struct vm_area_struct *vma, unsigned long end)
{
	int err = 0;
	u64 *pmd;

	spin_lock(&g->mm->page_table_lock);
	while (next_address(g) != end && !err) {
		pmd = find_pmd(g->mm, next_address(g));
		err = pmd ? take_pages(g, vma, pmd, end) : -EAGAIN;
	}
	spin_unlock(&g->mm->page_table_lock);
	return err;
}

/* ---- what is not ---- */

/* Linux's check_vma_flags(). */
static int check_vma(const struct vm_area_struct *vma, unsigned int flags)
{
	unsigned long vm = vma->vm_flags;

	if (vm & (VM_IO | VM_PFNMAP) || (flags & FOLL_ANON && !vma_is_anonymous(vma)))
		return -EFAULT;
	if (flags & FOLL_WRITE) {
		if (!(vm & VM_WRITE) && (!(flags & FOLL_FORCE) || !is_cow_mapping(vm)))
			return -EFAULT;
	} else if (!(vm & VM_READ) && (!(flags & FOLL_FORCE) || !(vm & VM_MAYREAD))) {
		return -EFAULT;
	}
	return 0;
}

/* Have it there, or one's own (`why` -EMLINK): 0 or why not. */
static int fault_in(const struct gup *g, struct vm_area_struct *vma, unsigned long va, int why)
{
	unsigned int flags = g->mm == current->mm ? 0 : FAULT_FLAG_REMOTE;
	vm_fault_t ret;

	if (why != -EAGAIN && why != -EMLINK)
		return why;
	if (fatal_signal_pending(current))
		return -EINTR;
	if (g->flags & FOLL_DUMP && vma_is_anonymous(vma) && !(g->flags & FOLL_WRITE))
		return -EFAULT;
	if (g->flags & FOLL_WRITE)
		flags |= FAULT_FLAG_WRITE;
	else if (why == -EMLINK)
		flags |= FAULT_FLAG_UNSHARE;
	ret = handle_mm_fault(vma, va, flags, NULL);
	return ret & VM_FAULT_ERROR ? vm_fault_to_errno(ret) : 0;
}

/* The pages up to `end`, in vma: 0, or why the next is not had. */
static int gup_vma(struct gup *g, struct vm_area_struct *vma, unsigned long end)
{
	int err = check_vma(vma, g->flags), why;

	while (!err && (why = take_present(g, vma, end)))
		err = fault_in(g, vma, next_address(g), why);
	return err;
}

/* All that were asked for: how many, or why not the first. */
static long gup(struct gup *g, unsigned long nr_pages)
{
	unsigned long end = g->start + (nr_pages << PAGE_SHIFT);
	struct vm_area_struct *vma;
	int err = 0;

	while (g->done < nr_pages && !err) {
		vma = vma_lookup(g->mm, next_address(g));
		err = vma ? gup_vma(g, vma, min(end, vma->vm_end)) : -EFAULT;
	}
	return g->done ? (long)g->done : err;
}

/* ---- the names of Linux ---- */

long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas)
{
	struct gup g = {
		mm, gup_flags | (pages ? FOLL_GET : 0), pages, vmas, start & PAGE_MASK, 0
	};

	return gup(&g, nr_pages);
}

long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas)
{
	return get_user_pages_remote(current->mm, start, nr_pages, gup_flags, pages, vmas);
}

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas)
{
	struct gup g = { mm, gup_flags | FOLL_PIN, pages, vmas, start & PAGE_MASK, 0 };

	return gup(&g, nr_pages);
}

long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas)
{
	return pin_user_pages_remote(current->mm, start, nr_pages, gup_flags, pages, vmas);
}

static long gup_unlocked(struct gup *g, unsigned long nr_pages)
{
	long n;

	mmap_read_lock(g->mm);
	n = gup(g, nr_pages);
	mmap_read_unlock(g->mm);
	return n;
}

long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags)
{
	struct gup g = { current->mm, gup_flags | FOLL_PIN, pages, NULL, start & PAGE_MASK, 0 };

	return gup_unlocked(&g, nr_pages);
}

int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages)
{
	struct gup g = { current->mm, gup_flags | FOLL_PIN, pages, NULL, start & PAGE_MASK, 0 };
	unsigned long size = (unsigned long)nr_pages << PAGE_SHIFT;

	if (nr_pages <= 0)
		return 0;
	if (!__access_ok(g.start, size))
		return -EFAULT;
	if (!take_present(&g, NULL, g.start + size))
		return (int)g.done;
	return (int)gup_unlocked(&g, (unsigned long)nr_pages);
}

/* ---- letting go ---- */

void unpin_user_page(struct page *page)
{
	struct page *head = compound_head(page);
	s32 old = READ_ONCE(head->refcount);

	/* Mostly it is still mapped: others hold it. */
	if (likely(old > PIN_BIAS &&
		   __atomic_compare_exchange_n(&head->refcount, &old, old - PIN_BIAS, false,
					       __ATOMIC_RELEASE, __ATOMIC_RELAXED)))
		count_vm_events(NR_FOLL_PIN_RELEASED, pages_pinned(head));
	else
		unpin_page(page);
}

void unpin_user_pages(struct page **pages, unsigned long npages)
{
	for (unsigned long i = 0; i < npages; i++)
		unpin_user_page(pages[i]);
}

/* Memory that is no file's is nowhere else, and so never clean. */
void set_page_dirty_lock(struct page *page)
{
	if (!is_anon(page) && !PageDirty(page))
		set_page_dirty(page);
}

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty)
{
	for (unsigned long i = 0; i < npages; i++) {
		if (make_dirty)
			set_page_dirty_lock(pages[i]);
		unpin_user_page(pages[i]);
	}
}

/* ---- faulting in ---- */

long populate_vma_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	struct gup g = { .mm = vma->vm_mm, .start = start };
	int err;

	if (vma->vm_flags & VM_LOCKONFAULT)
		return (long)((end - start) >> PAGE_SHIFT);
	/* A private page that may be written is to be one's own; a shared one is not to be dirtied. */
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) == VM_WRITE)
		g.flags |= FOLL_WRITE;
	if (vma->vm_flags & VM_ACCESS_FLAGS)
		g.flags |= FOLL_FORCE;
	err = gup_vma(&g, vma, end);
	return g.done ? (long)g.done : err;
}

/* A VMA's part of it, with mmap_lock for that alone: *start is where to go on.  0 or -errno. */
static int populate_next(struct mm_struct *mm, unsigned long *start, unsigned long end,
			 bool ignore_errors)
{
	struct vm_area_struct *vma;
	unsigned long from, to;
	long n = 0;

	mmap_read_lock(mm);
	vma = find_vma_intersection(mm, *start, end);
	from = vma ? max(*start, vma->vm_start) : end;
	to = vma ? min(end, vma->vm_end) : end;
	if (vma && !(vma->vm_flags & (VM_IO | VM_PFNMAP)))
		n = populate_vma_page_range(vma, from, to);
	mmap_read_unlock(mm);
	*start = n > 0 && !ignore_errors ? from + (unsigned long)n * PAGE_SIZE : to;
	return n < 0 && !ignore_errors ? (int)n : 0;
}

int __mm_populate(unsigned long start, unsigned long len, int ignore_errors)
{
	unsigned long end = start + len;
	int err = 0;

	while (start < end && !err && !fatal_signal_pending(current))
		err = populate_next(current->mm, &start, end, ignore_errors);
	return err;
}
