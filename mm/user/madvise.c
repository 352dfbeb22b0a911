// SPDX-License-Identifier: MIT
/*
 * madvise(): what a program says of how it will use a range.
 *
 * Some advice is a flag of the VMAs; some is an order.  What only speaks of reclaim (MADV_COLD,
 * MADV_PAGEOUT) does nothing, as there is none; for the same reason what MADV_FREE may give up at any
 * time goes at once.
 */
#include <linux/falloc.h>
#include <linux/mman.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/fs.h"
#include "mm/user/gup.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

/* ---------------------------------------------------------------- flags */

/* KSM, of which only the flag is here, wants private memory. */
static unsigned long mergeable(unsigned long flags)
{
	return flags & (VM_SHARED | VM_MAYSHARE | VM_SPECIAL) ? flags : flags | VM_MERGEABLE;
}

/* The flags of vma after the advice, or -EINVAL. */
static long advised_flags(const struct vm_area_struct *vma, int advice)
{
	unsigned long flags = vma->vm_flags;

	switch (advice) {
	case MADV_NORMAL:
		return (long)(flags & ~(VM_RAND_READ | VM_SEQ_READ));
	case MADV_SEQUENTIAL:
		return (long)((flags & ~VM_RAND_READ) | VM_SEQ_READ);
	case MADV_RANDOM:
		return (long)((flags & ~VM_SEQ_READ) | VM_RAND_READ);
	case MADV_DONTFORK:
		return (long)(flags | VM_DONTCOPY);
	case MADV_DOFORK:
		return flags & VM_IO ? -EINVAL : (long)(flags & ~VM_DONTCOPY);
	case MADV_WIPEONFORK:
		return vma->vm_file || flags & VM_SHARED ? -EINVAL : (long)(flags | VM_WIPEONFORK);
	case MADV_KEEPONFORK:
		return (long)(flags & ~VM_WIPEONFORK);
	case MADV_DONTDUMP:
		return (long)(flags | VM_DONTDUMP);
	case MADV_DODUMP:
		return flags & VM_SPECIAL ? -EINVAL : (long)(flags & ~VM_DONTDUMP);
	case MADV_HUGEPAGE:
		return (long)((flags & ~VM_NOHUGEPAGE) | VM_HUGEPAGE);
	case MADV_NOHUGEPAGE:
		return (long)((flags & ~VM_HUGEPAGE) | VM_NOHUGEPAGE);
	case MADV_MERGEABLE:
		return (long)mergeable(flags);
	case MADV_UNMERGEABLE:
		return (long)(flags & ~VM_MERGEABLE);
	default:
		return -EINVAL;
	}
}

/* [start, end) of *vma gets the flags: *vma is the one that it is in then. */
static int change_flags(struct vm_area_struct **vma, struct vm_area_struct *prev,
			unsigned long start, unsigned long end, int advice)
{
	long flags = advised_flags(*vma, advice);
	struct vm_area_struct *changed;

	if (flags < 0)
		return (int)flags;
	if ((unsigned long)flags == (*vma)->vm_flags)
		return 0;
	changed = vma_modify_flags(*vma, prev, start, end, (unsigned long)flags);
	if (IS_ERR(changed))
		return PTR_ERR(changed) == -ENOMEM ? -EAGAIN : (int)PTR_ERR(changed);
	changed->vm_flags = (unsigned long)flags;
	*vma = changed;
	return 0;
}

/* ---------------------------------------------------------------- orders */

static int dontneed(struct vm_area_struct *vma, unsigned long start, unsigned long end, int advice)
{
	unsigned long forbidden = VM_PFNMAP | (advice == MADV_DONTNEED_LOCKED ? 0 : VM_LOCKED);

	if (vma->vm_flags & forbidden || (advice == MADV_FREE && !vma_is_anonymous(vma)))
		return -EINVAL;
	zap_page_range(vma, start, end - start);
	return 0;
}

static int populate(struct vm_area_struct *vma, unsigned long start, unsigned long end, int advice)
{
	bool write = advice == MADV_POPULATE_WRITE;
	long got;

	if (vma->vm_flags & (VM_IO | VM_PFNMAP) || !(vma->vm_flags & (write ? VM_WRITE : VM_READ)))
		return -EINVAL;
	for (; start < end; start += (unsigned long)got << PAGE_SHIFT) {
		got = get_user_pages(start, (end - start) >> PAGE_SHIFT, write ? FOLL_WRITE : 0,
				     NULL, NULL);
		if (got <= 0)
			return got ? (int)got : -EFAULT;
	}
	return 0;
}

/* A hole in the file.  mmap_lock is given back meanwhile. */
static int remove_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	loff_t offset = (loff_t)(linear_page_index(vma, start) << PAGE_SHIFT);
	struct mm_struct *mm = vma->vm_mm;
	struct file *file = vma->vm_file;
	long error;

	if (vma->vm_flags & VM_LOCKED || !file || !file->f_mapping)
		return -EINVAL;
	if ((vma->vm_flags & (VM_SHARED | VM_MAYWRITE)) != (VM_SHARED | VM_MAYWRITE))
		return -EACCES;
	if (!file->f_op->fallocate)
		return -EOPNOTSUPP;
	get_file(file);
	mmap_read_unlock(mm);
	error = file->f_op->fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
				      (loff_t)(end - start));
	fput(file);
	mmap_read_lock(mm);
	return (int)error;
}

/* Of [start, end) of vma; mmap_lock is read. */
static int obey(struct vm_area_struct *vma, unsigned long start, unsigned long end, int advice)
{
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
		return dontneed(vma, start, end, advice);
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
		return populate(vma, start, end, advice);
	case MADV_REMOVE:
		return remove_pages(vma, start, end);
	case MADV_COLD:
	case MADV_PAGEOUT:
		return vma->vm_flags & (VM_LOCKED | VM_PFNMAP) ? -EINVAL : 0;
	default: /* MADV_WILLNEED: a read-ahead, which nobody has to do */
		return 0;
	}
}

static bool is_order(int advice)
{
	switch (advice) {
	case MADV_DONTNEED:
	case MADV_DONTNEED_LOCKED:
	case MADV_FREE:
	case MADV_POPULATE_READ:
	case MADV_POPULATE_WRITE:
	case MADV_REMOVE:
	case MADV_COLD:
	case MADV_PAGEOUT:
	case MADV_WILLNEED:
		return true;
	default:
		return false;
	}
}

static bool is_flag(int advice)
{
	switch (advice) {
	case MADV_NORMAL:
	case MADV_SEQUENTIAL:
	case MADV_RANDOM:
	case MADV_DONTFORK:
	case MADV_DOFORK:
	case MADV_WIPEONFORK:
	case MADV_KEEPONFORK:
	case MADV_DONTDUMP:
	case MADV_DODUMP:
	case MADV_HUGEPAGE:
	case MADV_NOHUGEPAGE:
	case MADV_MERGEABLE:
	case MADV_UNMERGEABLE:
		return true;
	default:
		return false;
	}
}

/* ---------------------------------------------------------------- the range */

/* What is not mapped is passed over, and said in the end: -ENOMEM. */
static int advise_range(struct mm_struct *mm, unsigned long start, unsigned long end, int advice)
{
	int error, unmapped = 0;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(mm, start), *prev;
		unsigned long stop;

		if (!vma)
			return -ENOMEM;
		if (start < vma->vm_start) {
			unmapped = -ENOMEM;
			start = vma->vm_start;
			if (start >= end)
				break;
		}
		stop = min(vma->vm_end, end);
		prev = start > vma->vm_start ? vma : vma->vm_prev;
		if (is_order(advice)) {
			error = obey(vma, start, stop, advice);
			start = stop;
		} else {
			error = change_flags(&vma, prev, start, stop, advice);
			start = max(stop, vma->vm_end);
		}
		if (error)
			return error;
	}
	return unmapped;
}

SYSCALL_DEFINE3(madvise, unsigned long, start, size_t, len, int, advice)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int error;

	if ((!is_order(advice) && !is_flag(advice)) || !IS_ALIGNED(start, PAGE_SIZE) ||
	    (len && !PAGE_ALIGN(len)) || end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (is_order(advice)) {
		mmap_read_lock(mm);
		error = advise_range(mm, start, end, advice);
		mmap_read_unlock(mm);
	} else {
		mmap_write_lock(mm);
		error = advise_range(mm, start, end, advice);
		mmap_write_unlock(mm);
	}
	return error;
}
