// SPDX-License-Identifier: MIT
/*
 * Faults: what an access finds missing is put there.
 *
 * handle_mm_fault() makes the tables, and looks at the entry under page_table_lock.  What it needs
 * for it, a page, a file's content, is got without the lock, and when the lock is held again the
 * entry must be what it was: else somebody else was here, the fault is over, and the access is tried again.
 * An entry stays at its address meanwhile, since mmap_lock is held.
 */
#include "mm/user/fault.h"

#include "kernel/fs/pagemap.h"
#include "kernel/lib/string.h"
#include "kernel/sched/task.h"
#include "mm/highmem.h"
#include "mm/user/pte.h"

u8 empty_zero_page[PAGE_SIZE] __aligned(PAGE_SIZE);

static inline spinlock_t *lock_of(const struct vm_fault *vmf)
{
	return &vmf->vma->vm_mm->page_table_lock;
}

static inline bool is_write(const struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_WRITE;
}

/* Still what it was, whatever the CPU has noted meanwhile. */
static bool is_same(const u64 *pte, u64 old)
{
	return !((*pte ^ old) & ~(u64)(_PAGE_ACCESSED | _PAGE_DIRTY));
}

/* The entry of a private page for this fault. */
static u64 private_entry(const struct vm_fault *vmf, const struct page *page)
{
	u64 bits = vma_private_bits(vmf->vma) | _PAGE_ACCESSED;

	return page_to_phys(page) | (is_write(vmf) ? bits | PAGE_WRITTEN : bits & ~(u64)_PAGE_RW);
}

/* ---------------------------------------------------------------- anonymous memory */

static struct page *new_zeroed_page(void)
{
	struct page *page = alloc_page(GFP_HIGHUSER);

	if (likely(page))
		clear_highpage(page);
	return page;
}

static vm_fault_t map_zero_page(struct vm_fault *vmf, u64 *pte)
{
	u64 bits = vma_entry_bits(vmf->vma) & ~(u64)_PAGE_RW;

	spin_lock(lock_of(vmf));
	if (!*pte)
		WRITE_ONCE(*pte, __pa(empty_zero_page) | bits | _PAGE_ACCESSED | _PAGE_SPECIAL);
	spin_unlock(lock_of(vmf));
	return 0;
}

static vm_fault_t do_anonymous_page(struct vm_fault *vmf, u64 *pte)
{
	struct vm_area_struct *vma = vmf->vma;
	struct page *page;

	if (!is_write(vmf))
		return map_zero_page(vmf, pte);
	page = new_zeroed_page();
	if (unlikely(!page))
		return VM_FAULT_OOM;
	anon_vma_prepare(vma);
	spin_lock(lock_of(vmf));
	if (likely(!*pte)) {
		set_anon_exclusive(page);
		inc_mm_counter(vma->vm_mm, MM_ANONPAGES);
		WRITE_ONCE(*pte, private_entry(vmf, page));
		page = NULL;
	}
	spin_unlock(lock_of(vmf));
	if (unlikely(page))
		put_mapped_page(page);
	return 0;
}

/* ---------------------------------------------------------------- copy on write */

/* What a bare pfn shows, which need not be RAM: by an address that is cached as the program's. */
static void copy_from_pfn(struct page *to, u64 entry)
{
	u64 cache = entry & (_PAGE_PWT | _PAGE_PCD | _PAGE_PAT);
	void *dst = kmap_local_page(to);
	void *src =
		__kmap_local_pfn_prot(entry_pfn(entry), __pgprot(pgprot_val(PAGE_KERNEL) | cache));

	memcpy(dst, src, PAGE_SIZE);
	kunmap_local(src);
	kunmap_local(dst);
}

/* A page with what `old` maps, `from` unless that is special. */
static struct page *copy_of(u64 old, struct page *from)
{
	struct page *copy;

	if (is_zero_entry(old))
		return new_zeroed_page();
	copy = alloc_page(GFP_HIGHUSER);
	if (unlikely(!copy))
		return NULL;
	if (from)
		copy_highpage(copy, from);
	else
		copy_from_pfn(copy, old);
	return copy;
}

/* The lock is held.  No CPU remembers the old entry when the new one is there. */
static void replace_by_copy(struct vm_fault *vmf, u64 *pte, struct page *from, struct page *copy)
{
	struct mm_struct *mm = vmf->vma->vm_mm;

	if (may_be_cached(take_entry(pte)))
		flush_user_page(mm, vmf->address);
	if (from) {
		dec_mm_counter(mm, page_counter(from));
		count_unmapped(from);
	}
	set_anon_exclusive(copy);
	inc_mm_counter(mm, MM_ANONPAGES);
	WRITE_ONCE(*pte, private_entry(vmf, copy));
}

/* The lock is held, and is not any more. */
static vm_fault_t copy_on_write(struct vm_fault *vmf, u64 *pte, u64 old)
{
	struct page *from = old & _PAGE_SPECIAL ? NULL : entry_page(old), *copy;
	bool same;

	if (from && !get_mapped_page(from)) {
		spin_unlock(lock_of(vmf));
		return VM_FAULT_OOM;
	}
	spin_unlock(lock_of(vmf));
	copy = copy_of(old, from);
	if (unlikely(!copy)) {
		if (from)
			put_page(from);
		return VM_FAULT_OOM;
	}
	anon_vma_prepare(vmf->vma);
	spin_lock(lock_of(vmf));
	same = is_same(pte, old);
	if (same)
		replace_by_copy(vmf, pte, from, copy);
	spin_unlock(lock_of(vmf));
	if (unlikely(!same))
		put_mapped_page(copy);
	if (from && same)
		put_mapped_page(from); /* the mapping's */
	if (from)
		put_mapped_page(from);
	return 0;
}

/* Nobody else has it: it is one's own from now on. */
static bool may_reuse(struct page *page)
{
	if (!is_anon(page))
		return false;
	if (is_exclusive(page))
		return true;
	if (READ_ONCE(page->refcount) != 1)
		return false;
	__atomic_or_fetch(&page->flags, PG_EXCLUSIVE, __ATOMIC_RELAXED);
	return true;
}

/* More rights, and flags that spare the CPU the work; the lock is held. */
static void add_to_entry(u64 *pte, u64 bits)
{
	__atomic_or_fetch(pte, bits, __ATOMIC_RELAXED);
}

/* The mapping's owner agrees to a write.  The lock is held, and is not while it is asked: it may sleep. */
static vm_fault_t ask_owner(struct vm_fault *vmf, struct page *page)
{
	const struct vm_operations_struct *ops = vmf->vma->vm_ops;
	vm_fault_t ret;

	vmf->page = page;
	vmf->flags |= FAULT_FLAG_MKWRITE;
	ret = page ? ops->page_mkwrite(vmf) : ops->pfn_mkwrite(vmf);
	if (ret & VM_FAULT_ERROR || !page)
		return ret;
	if (!(ret & VM_FAULT_LOCKED))
		lock_page(page);
	return ret | VM_FAULT_LOCKED;
}

static bool wants_to_be_asked(const struct vm_area_struct *vma, const struct page *page)
{
	return vma->vm_ops && (page ? !!vma->vm_ops->page_mkwrite : !!vma->vm_ops->pfn_mkwrite);
}

/* A shared page is written for the first time.  The lock is held, and is not any more. */
static vm_fault_t write_shared(struct vm_fault *vmf, u64 *pte, u64 old)
{
	struct page *page = old & _PAGE_SPECIAL ? NULL : entry_page(old);
	bool ask = wants_to_be_asked(vmf->vma, page);
	vm_fault_t ret = 0;

	if (ask) {
		if (page && !get_mapped_page(page)) {
			spin_unlock(lock_of(vmf));
			return VM_FAULT_OOM;
		}
		spin_unlock(lock_of(vmf));
		ret = ask_owner(vmf, page);
		spin_lock(lock_of(vmf));
	}
	if (!(ret & VM_FAULT_ERROR) && is_same(pte, old)) {
		add_to_entry(pte, _PAGE_RW | _PAGE_ACCESSED | PAGE_WRITTEN);
		if (page)
			set_page_dirty(page);
	}
	spin_unlock(lock_of(vmf));
	if (ret & VM_FAULT_LOCKED)
		unlock_page(page);
	if (ask && page)
		put_page(page);
	return ret & VM_FAULT_ERROR;
}

/* It is there, for reading.  The lock is held, and is not any more. */
static vm_fault_t do_wp_page(struct vm_fault *vmf, u64 *pte, u64 old)
{
	struct vm_area_struct *vma = vmf->vma;

	if (vma->vm_flags & VM_SHARED) {
		if (is_write(vmf))
			return write_shared(vmf, pte, old);
	} else if (old & _PAGE_SPECIAL || !may_reuse(entry_page(old))) {
		return copy_on_write(vmf, pte, old);
	} else if (is_write(vmf)) {
		add_to_entry(pte, _PAGE_ACCESSED | PAGE_WRITTEN |
					  (vma->vm_flags & VM_WRITE ? _PAGE_RW : 0));
	}
	spin_unlock(lock_of(vmf));
	return 0;
}

/* Something is there.  The lock is held, and is not any more. */
static vm_fault_t do_present(struct vm_fault *vmf, u64 *pte, u64 old)
{
	u64 noted = _PAGE_ACCESSED | (is_write(vmf) ? _PAGE_DIRTY : 0);

	if ((is_write(vmf) && !(old & _PAGE_RW)) || vmf->flags & FAULT_FLAG_UNSHARE)
		return do_wp_page(vmf, pte, old);
	add_to_entry(pte, noted);
	/* Nothing was missing: this CPU has remembered less than there is now. */
	if (may_be_cached(old))
		flush_user_page(vmf->vma->vm_mm, vmf->address);
	spin_unlock(lock_of(vmf));
	return 0;
}

/* ---------------------------------------------------------------- files and drivers */

/* Ask for the page: 0, and vmf->page is held and locked; or how the fault ends. */
static vm_fault_t get_from_owner(struct vm_fault *vmf)
{
	vm_fault_t ret = vmf->vma->vm_ops->fault(vmf);

	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY | VM_FAULT_DONE_COW))
		return ret;
	if (!(ret & VM_FAULT_LOCKED))
		lock_page(vmf->page);
	return ret | VM_FAULT_LOCKED;
}

/* Map vmf->page, whose reference becomes the entry's: false where something is there by now. */
static bool map_file_page(struct vm_fault *vmf, u64 *pte)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	struct page *page = vmf->page;
	u64 bits = vma_entry_bits(vmf->vma) | _PAGE_ACCESSED;
	bool empty;

	if (is_write(vmf))
		bits |= _PAGE_RW | PAGE_WRITTEN;
	spin_lock(lock_of(vmf));
	empty = !*pte;
	if (likely(empty)) {
		count_mapped(page);
		inc_mm_counter(mm, page_counter(page));
		WRITE_ONCE(*pte, page_to_phys(page) | bits);
	}
	spin_unlock(lock_of(vmf));
	return empty;
}

static vm_fault_t do_shared_or_read(struct vm_fault *vmf, u64 *pte)
{
	vm_fault_t ret = get_from_owner(vmf), asked = 0;
	struct page *page = vmf->page;

	if (!(ret & VM_FAULT_LOCKED))
		return ret;
	if (is_write(vmf) && wants_to_be_asked(vmf->vma, page)) {
		unlock_page(page);
		asked = ask_owner(vmf, page);
		if (!(asked & VM_FAULT_LOCKED)) {
			put_page(page);
			return asked;
		}
	}
	if (is_write(vmf))
		set_page_dirty(page);
	if (map_file_page(vmf, pte))
		page = NULL;
	unlock_page(vmf->page);
	if (page)
		put_page(page);
	return ret & ~VM_FAULT_LOCKED;
}

/* A private file's page is written before it was read: its copy is mapped at once. */
static vm_fault_t do_cow_fault(struct vm_fault *vmf, u64 *pte)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	struct page *copy = alloc_page(GFP_HIGHUSER);
	vm_fault_t ret;

	if (!copy)
		return VM_FAULT_OOM;
	vmf->cow_page = copy;
	ret = get_from_owner(vmf);
	if (ret & VM_FAULT_LOCKED) {
		copy_highpage(copy, vmf->page);
		unlock_page(vmf->page);
		put_page(vmf->page);
	}
	if (ret & (VM_FAULT_LOCKED | VM_FAULT_DONE_COW)) {
		anon_vma_prepare(vmf->vma);
		spin_lock(lock_of(vmf));
		if (!*pte) {
			set_anon_exclusive(copy);
			inc_mm_counter(mm, MM_ANONPAGES);
			WRITE_ONCE(*pte, private_entry(vmf, copy));
			copy = NULL;
		}
		spin_unlock(lock_of(vmf));
	}
	if (copy)
		put_page(copy);
	return ret & ~(VM_FAULT_LOCKED | VM_FAULT_DONE_COW);
}

static vm_fault_t do_missing(struct vm_fault *vmf, u64 *pte)
{
	struct vm_area_struct *vma = vmf->vma;

	if (vma_is_anonymous(vma))
		return do_anonymous_page(vmf, pte);
	if (!vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	if (is_write(vmf) && !(vma->vm_flags & VM_SHARED))
		return do_cow_fault(vmf, pte);
	return do_shared_or_read(vmf, pte);
}

/* ---------------------------------------------------------------- the way in */

/* With page_table_lock, which is given back. */
static vm_fault_t fault_in_table(struct vm_fault *vmf, u64 *pmd)
{
	u64 *pte, old;

	if (unlikely(is_huge(*pmd))) {
		huge_touch(vmf, pmd);
		spin_unlock(lock_of(vmf));
		return 0;
	}
	pte = alloc_pte(vmf->vma->vm_mm, pmd, vmf->address);
	old = pte ? *pte : 0;
	if (old)
		return do_present(vmf, pte, old);
	spin_unlock(lock_of(vmf));
	return likely(pte) ? do_missing(vmf, pte) : VM_FAULT_OOM;
}

static vm_fault_t do_fault(struct vm_fault *vmf)
{
	vm_fault_t ret;
	u64 *pmd;

	spin_lock(lock_of(vmf));
	pmd = alloc_pmd(vmf->vma->vm_mm, vmf->address);
	if (unlikely(!pmd)) {
		spin_unlock(lock_of(vmf));
		return VM_FAULT_OOM;
	}
	if (unlikely(!*pmd && is_write(vmf) && huge_fits(vmf->vma, vmf->address))) {
		spin_unlock(lock_of(vmf));
		ret = huge_fault(vmf, pmd);
		if (!(ret & VM_FAULT_FALLBACK))
			return ret;
		spin_lock(lock_of(vmf));
	}
	return fault_in_table(vmf, pmd);
}

vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs)
{
	struct vm_fault vmf = {
		.vma = vma,
		.pgoff = linear_page_index(vma, address),
		.address = address & PAGE_MASK,
		.flags = flags,
	};
	vm_fault_t ret = do_fault(&vmf);

	if (unlikely(ret & VM_FAULT_OOM))
		pagefault_out_of_memory();
	if (unlikely(ret & VM_FAULT_MAJOR)) {
		count_vm_event(PGMAJFAULT);
		if (regs)
			current->maj_flt++;
	} else if (regs) {
		current->min_flt++;
	}
	/* It has inserted the page itself, or would like to be asked again: the access is tried again. */
	return ret & (VM_FAULT_ERROR | VM_FAULT_MAJOR);
}
