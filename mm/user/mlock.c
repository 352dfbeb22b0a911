// SPDX-License-Identifier: MIT
/*
 * mlock() and kin: pages that stay in memory.  All do here; what is left to do is to have them there
 * at once, to count them, and to say so.
 */
#include <linux/capability.h>
#include <linux/mman.h>

#include "kernel/core/syscall.h"
#include "kernel/signal/signal.h"
#include "mm/user/account.h"
#include "mm/user/gup.h"
#include "mm/user/vma.h"

/* [start, end) of vma, with these flags: the VMA that it is in then, or ERR_PTR.  Special ones stay. */
static struct vm_area_struct *mlock_fixup(struct vm_area_struct *vma, struct vm_area_struct *prev,
					  unsigned long start, unsigned long end,
					  unsigned long newflags)
{
	unsigned long oldflags = vma->vm_flags;
	struct mm_struct *mm = vma->vm_mm;

	if (newflags == oldflags || oldflags & VM_SPECIAL)
		return vma;
	vma = vma_modify_flags(vma, prev, start, end, newflags);
	if (IS_ERR(vma))
		return vma;
	if (!(newflags & VM_LOCKED))
		mm->locked_vm -= (end - start) >> PAGE_SHIFT;
	else if (!(oldflags & VM_LOCKED))
		mm->locked_vm += (end - start) >> PAGE_SHIFT;
	vma->vm_flags = newflags;
	return vma;
}

static int apply_lock_flags(struct mm_struct *mm, unsigned long start, size_t len,
			    unsigned long flags)
{
	struct vm_area_struct *vma, *prev;
	unsigned long end = start + len;

	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	vma = vma_lookup(mm, start);
	if (!vma)
		return -ENOMEM;
	prev = start > vma->vm_start ? vma : vma->vm_prev;
	for (;;) {
		unsigned long stop = min(vma->vm_end, end);

		prev = mlock_fixup(vma, prev, start, stop,
				   (vma->vm_flags & ~VM_LOCKED_MASK) | flags);
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

/* Pages of the range that are locked already. */
static unsigned long locked_pages(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	unsigned long bytes = 0;

	for (; vma && vma->vm_start < end; vma = find_vma(mm, vma->vm_end))
		if (vma->vm_flags & VM_LOCKED)
			bytes += min(vma->vm_end, end) - max(vma->vm_start, start);
	return bytes >> PAGE_SHIFT;
}

/* The range in whole pages; locked ones are faulted in behind. */
static int change_locks(unsigned long start, size_t len, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long pages;
	int error = -ENOMEM;

	if (flags && !can_do_mlock())
		return -EPERM;
	len = PAGE_ALIGN(len + (start & ~PAGE_MASK));
	start &= PAGE_MASK;
	pages = len >> PAGE_SHIFT;
	mmap_write_lock(mm);
	if (!may_lock(mm, flags, pages))
		pages -= locked_pages(mm, start, start + len);
	if (may_lock(mm, flags, pages))
		error = apply_lock_flags(mm, start, len, flags);
	mmap_write_unlock(mm);
	if (error || !flags)
		return error;
	error = __mm_populate(start, len, 0);
	/* POSIX's words for it. */
	return error == -EFAULT ? -ENOMEM : error == -ENOMEM ? -EAGAIN : error;
}

SYSCALL_DEFINE2(mlock, unsigned long, start, size_t, len)
{
	return change_locks(start, len, VM_LOCKED);
}

SYSCALL_DEFINE3(mlock2, unsigned long, start, size_t, len, int, flags)
{
	if (flags & ~MLOCK_ONFAULT)
		return -EINVAL;
	return change_locks(start, len, VM_LOCKED | (flags ? VM_LOCKONFAULT : 0));
}

SYSCALL_DEFINE2(munlock, unsigned long, start, size_t, len)
{
	return change_locks(start, len, 0);
}

/* MCL_*; 0: munlockall().  A VMA that cannot be split or united stays as it is. */
static void apply_mlockall(struct mm_struct *mm, unsigned int flags)
{
	unsigned long locks = VM_LOCKED | (flags & MCL_ONFAULT ? VM_LOCKONFAULT : 0);
	struct vm_area_struct *vma;

	mm->def_flags &= ~VM_LOCKED_MASK;
	if (flags & MCL_FUTURE)
		mm->def_flags |= locks;
	if (flags && !(flags & MCL_CURRENT))
		return;
	for_each_vma(mm, vma) {
		unsigned long kept = vma->vm_flags & ~VM_LOCKED_MASK;

		vma = mlock_fixup(vma, vma->vm_prev, vma->vm_start, vma->vm_end,
				  flags ? kept | locks : kept);
	}
}

SYSCALL_DEFINE1(mlockall, int, flags)
{
	struct mm_struct *mm = current->mm;
	int error = -ENOMEM;

	if (!flags || flags & ~(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) || flags == MCL_ONFAULT)
		return -EINVAL;
	if (!can_do_mlock())
		return -EPERM;
	mmap_write_lock(mm);
	if (!(flags & MCL_CURRENT) || mm->total_vm <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT ||
	    capable(CAP_IPC_LOCK)) {
		apply_mlockall(mm, (unsigned int)flags);
		error = 0;
	}
	mmap_write_unlock(mm);
	if (!error && flags & MCL_CURRENT)
		__mm_populate(0, TASK_SIZE, 1);
	return error;
}

SYSCALL_DEFINE0(munlockall)
{
	struct mm_struct *mm = current->mm;

	mmap_write_lock(mm);
	apply_mlockall(mm, 0);
	mmap_write_unlock(mm);
	return 0;
}
