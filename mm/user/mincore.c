// SPDX-License-Identifier: MIT
/* mincore(): which pages would not have to be read from somewhere; msync(): what is to be written. */
#include <linux/mman.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/fs.h"
#include "mm/page_alloc.h"
#include "mm/uaccess.h"
#include "mm/user/tables.h"

struct residency {
	u8 *vec;
	unsigned long start, end;
};

static int note_page(const struct user_page *p, void *arg)
{
	struct residency *r = arg;
	unsigned long end = min(p->va + p->size, r->end);

	for (unsigned long va = max(p->va, r->start); va < end; va += PAGE_SIZE)
		r->vec[(va - r->start) >> PAGE_SHIFT] = 1;
	return 0;
}

static bool in_cache(const struct vm_area_struct *vma, unsigned long va)
{
	struct page *page = find_get_page(vma->vm_file->f_mapping, linear_page_index(vma, va));
	bool there = page && PageUptodate(page);

	if (page)
		put_page(page);
	return there;
}

/* From addr on to the end of its VMA, or so many pages: how many; -ENOMEM: nothing is there. */
static long do_mincore(struct mm_struct *mm, unsigned long addr, unsigned long pages, u8 *vec)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);
	struct residency r = { .vec = vec, .start = addr };

	if (!vma)
		return -ENOMEM;
	r.end = min(vma->vm_end, addr + (pages << PAGE_SHIFT));
	pages = (r.end - addr) >> PAGE_SHIFT;
	/* A driver's own, without a file that one could ask, is all there. */
	memset(vec, !vma_is_anonymous(vma) && !vma->vm_file, pages);
	walk_page_vma(vma, addr, r.end, note_page, &r);
	for (unsigned long i = 0; vma->vm_file && vma->vm_file->f_mapping && i < pages; i++)
		if (!vec[i])
			vec[i] = in_cache(vma, addr + (i << PAGE_SHIFT));
	return (long)pages;
}

SYSCALL_DEFINE3(mincore, unsigned long, start, size_t, len, u8 __user *, vec)
{
	unsigned long pages = DIV_ROUND_UP(len, PAGE_SIZE);
	struct mm_struct *mm = current->mm;
	long got = 0;
	u8 *some;

	if (!IS_ALIGNED(start, PAGE_SIZE))
		return -EINVAL;
	if (!access_ok((void __user *)start, len))
		return -ENOMEM;
	if (!access_ok(vec, pages))
		return -EFAULT;
	some = (u8 *)__get_free_pages(GFP_KERNEL, 0);
	if (!some)
		return -EAGAIN;
	while (pages) {
		mmap_read_lock(mm);
		got = do_mincore(mm, start, min(pages, PAGE_SIZE), some);
		mmap_read_unlock(mm);
		if (got > 0 && copy_to_user(vec, some, (unsigned long)got))
			got = -EFAULT;
		if (got < 0)
			break;
		pages -= (unsigned long)got;
		vec += got;
		start += (unsigned long)got << PAGE_SHIFT;
	}
	free_page((unsigned long)some);
	return got < 0 ? got : 0;
}

/* What of [start, end) is vma's goes to its file's device, for MS_SYNC.  mmap_lock is given back meanwhile. */
static int sync_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	loff_t from = (loff_t)(linear_page_index(vma, start) << PAGE_SHIFT);
	struct file *file = get_file(vma->vm_file);
	struct mm_struct *mm = vma->vm_mm;
	int error;

	mmap_read_unlock(mm);
	error = vfs_fsync_range(file, from, from + (loff_t)(end - start) - 1, 1);
	fput(file);
	mmap_read_lock(mm);
	return error;
}

static int msync_range(struct mm_struct *mm, unsigned long start, unsigned long end, int flags)
{
	int error, unmapped = 0;

	while (start < end) {
		struct vm_area_struct *vma = find_vma(mm, start);
		unsigned long stop;

		if (!vma)
			return -ENOMEM;
		if (start < vma->vm_start) {
			if (flags == MS_ASYNC || vma->vm_start >= end)
				return -ENOMEM;
			start = vma->vm_start;
			unmapped = -ENOMEM;
		}
		if (flags & MS_INVALIDATE && vma->vm_flags & VM_LOCKED)
			return -EBUSY;
		stop = min(vma->vm_end, end);
		error = flags & MS_SYNC && vma->vm_file && vma->vm_flags & VM_SHARED ?
				sync_vma(vma, start, stop) :
				0;
		if (error)
			return error;
		start = stop;
	}
	return unmapped;
}

SYSCALL_DEFINE3(msync, unsigned long, start, size_t, len, int, flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long end = start + PAGE_ALIGN(len);
	int error;

	if (flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC) || !IS_ALIGNED(start, PAGE_SIZE) ||
	    (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	if (end < start)
		return -ENOMEM;
	if (end == start)
		return 0;
	mmap_read_lock(mm);
	error = msync_range(mm, start, end, flags);
	mmap_read_unlock(mm);
	return error;
}
