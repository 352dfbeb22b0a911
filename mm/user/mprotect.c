// SPDX-License-Identifier: MIT
/* mprotect(): other rights for a range, VMA by VMA; what comes before an error stays changed. */
#include <linux/mman.h>
#include <linux/personality.h>

#include "kernel/core/syscall.h"
#include "mm/user/account.h"
#include "mm/user/gup.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

/* What becomes writable and is private is promised from here on: the flags then, or -errno. */
static long promise_writable(const struct vm_area_struct *vma, unsigned long pages,
			     unsigned long newflags)
{
	const struct mm_struct *mm = vma->vm_mm;
	unsigned long oldflags = vma->vm_flags;

	if (!(newflags & VM_WRITE))
		return (long)newflags;
	if (!may_expand_vm(mm, newflags, pages) && may_expand_vm(mm, oldflags, pages))
		return -ENOMEM;
	if (oldflags & (VM_ACCOUNT | VM_WRITE | VM_SHARED | VM_NORESERVE))
		return (long)newflags;
	return vm_enough_memory(pages) ? -ENOMEM : (long)(newflags | VM_ACCOUNT);
}

/* [start, end) of vma gets these flags: the VMA that it is in then, or ERR_PTR. */
static struct vm_area_struct *mprotect_fixup(struct vm_area_struct *vma,
					     struct vm_area_struct *prev, unsigned long start,
					     unsigned long end, unsigned long newflags)
{
	struct mm_struct *mm = vma->vm_mm;
	unsigned long oldflags = vma->vm_flags, pages = (end - start) >> PAGE_SHIFT;
	long flags;

	if (newflags == oldflags)
		return vma;
	flags = promise_writable(vma, pages, newflags);
	if (flags < 0)
		return ERR_PTR(flags);
	vma = vma_modify_flags(vma, prev, start, end, (unsigned long)flags);
	if (IS_ERR(vma)) {
		if ((unsigned long)flags != newflags)
			vm_unacct_memory(pages);
		return vma;
	}
	vma->vm_flags = (unsigned long)flags;
	vma_set_page_prot(vma);
	change_protection(vma, start, end, vma->vm_page_prot);
	if ((oldflags & (VM_WRITE | VM_SHARED | VM_LOCKED)) == VM_LOCKED && newflags & VM_WRITE)
		populate_vma_page_range(vma, start, end);
	vm_stat_account(mm, oldflags, -(long)pages);
	vm_stat_account(mm, newflags, (long)pages);
	return vma;
}

/* A VMA's flags with these rights in the place of its own; -EACCES: it may not have them. */
static long flags_with(const struct vm_area_struct *vma, unsigned long prot)
{
	unsigned long flags = vma->vm_flags & ~VM_ACCESS_FLAGS;

	if (prot & PROT_READ && current->personality & READ_IMPLIES_EXEC &&
	    vma->vm_flags & VM_MAYEXEC)
		prot |= PROT_EXEC;
	flags |= (prot & PROT_READ ? VM_READ : 0) | (prot & PROT_WRITE ? VM_WRITE : 0) |
		 (prot & PROT_EXEC ? VM_EXEC : 0);
	/* VM_MAYREAD and so on lie four bits above. */
	return flags & ~(flags >> 4) & VM_ACCESS_FLAGS ? -EACCES : (long)flags;
}

/* From `start` on, which vma holds, all up to `end`. */
static int protect_range(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
			 unsigned long end, unsigned long prot)
{
	struct vm_area_struct *prev = start > vma->vm_start ? vma : vma->vm_prev;

	for (;;) {
		unsigned long stop = min(vma->vm_end, end);
		long flags = flags_with(vma, prot);
		int error = flags < 0 ? (int)flags : 0;

		if (!error && vma->vm_ops && vma->vm_ops->mprotect)
			error = vma->vm_ops->mprotect(vma, start, stop, (unsigned long)flags);
		if (error)
			return error;
		prev = mprotect_fixup(vma, prev, start, stop, (unsigned long)flags);
		if (IS_ERR(prev))
			return (int)PTR_ERR(prev);
		start = max(stop, prev->vm_end);
		if (start >= end)
			return 0;
		vma = find_vma(mm, start);
		if (!vma || vma->vm_start != start)
			return -ENOMEM;
	}
}

/* No processor has keys here: -1 is no key, and no other one was given out. */
static int do_mprotect(unsigned long start, size_t len, unsigned long prot, int pkey)
{
	unsigned long grows = prot & (PROT_GROWSDOWN | PROT_GROWSUP), end = start + PAGE_ALIGN(len);
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int error = -ENOMEM;

	prot &= ~(unsigned long)(PROT_GROWSDOWN | PROT_GROWSUP);
	if (grows == (PROT_GROWSDOWN | PROT_GROWSUP) || !IS_ALIGNED(start, PAGE_SIZE))
		return -EINVAL;
	if (!len)
		return 0;
	if (end <= start)
		return -ENOMEM;
	if (prot & ~(unsigned long)(PROT_READ | PROT_WRITE | PROT_EXEC | PROT_SEM) || pkey != -1)
		return -EINVAL;

	mmap_write_lock(mm);
	vma = find_vma(mm, start);
	if (!vma || vma->vm_start >= end || (vma->vm_start > start && grows != PROT_GROWSDOWN)) {
		error = -ENOMEM;
	} else if (grows == PROT_GROWSUP ||
		   (grows == PROT_GROWSDOWN && !(vma->vm_flags & VM_GROWSDOWN))) {
		error = -EINVAL;
	} else {
		if (grows)
			start = vma->vm_start;
		error = protect_range(mm, vma, start, end, prot);
	}
	mmap_write_unlock(mm);
	return error;
}

SYSCALL_DEFINE3(mprotect, unsigned long, start, size_t, len, unsigned long, prot)
{
	return do_mprotect(start, len, prot, -1);
}

SYSCALL_DEFINE4(pkey_mprotect, unsigned long, start, size_t, len, unsigned long, prot, int, pkey)
{
	return do_mprotect(start, len, prot, pkey);
}

SYSCALL_DEFINE2(pkey_alloc, unsigned long, flags, unsigned long, rights)
{
	return flags || rights & ~(PKEY_DISABLE_ACCESS | PKEY_DISABLE_WRITE) ? -EINVAL : -ENOSPC;
}

SYSCALL_DEFINE1(pkey_free, int, pkey)
{
	(void)pkey;
	return -EINVAL;
}
