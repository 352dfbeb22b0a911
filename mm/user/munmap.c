// SPDX-License-Identifier: MIT
/*
 * munmap(): the VMAs at both ends of the range are cut, those in it leave the tree, what they
 * map is taken out of the page tables, and only when all CPUs have forgotten it do they end.
 */
#include "mm/user/munmap.h"
#include "kernel/core/syscall.h"
#include "mm/user/account.h"
#include "mm/user/mmap.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

void unmap_region(struct mm_struct *mm, struct vm_area_struct *first, struct vm_area_struct *prev,
		  struct vm_area_struct *next)
{
	struct user_gather gather;
	struct vm_area_struct *last = first;

	while (last->vm_next)
		last = last->vm_next;
	user_gather_begin(&gather, mm);
	unmap_vmas(&gather, first, first->vm_start, last->vm_end);
	free_pgtables(&gather, first, prev ? prev->vm_end : 0, next ? next->vm_start : 0);
	user_gather_flush(&gather);
}

/* From first to last they leave the tree; the row that they are stays. */
static void detach_vmas(struct mm_struct *mm, struct vm_area_struct *first,
			struct vm_area_struct *last)
{
	for (struct vm_area_struct *vma = first;; vma = vma->vm_next) {
		if (vma->vm_flags & VM_LOCKED)
			mm->locked_vm -= vma_pages(vma);
		vma_remove(mm, vma);
		if (vma == last)
			break;
	}
	last->vm_next = NULL;
}

static void remove_vmas(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next;

	update_hiwater_vm(mm);
	for (; vma; vma = next) {
		next = vma->vm_next;
		if (vma->vm_flags & VM_ACCOUNT)
			vm_unacct_memory(vma_pages(vma));
		vm_stat_account(mm, vma->vm_flags, -(long)vma_pages(vma));
		unlink_file_vma(vma);
		remove_vma(vma);
	}
}

int do_vma_munmap(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		  unsigned long end)
{
	struct vm_area_struct *last, *prev, *next;
	int error;

	if (start > vma->vm_start) {
		if (end < vma->vm_end && mm->map_count >= MAX_MAP_COUNT)
			return -ENOMEM;
		error = __split_vma(mm, vma, start, false);
		if (error)
			return error;
		vma = vma->vm_next;
	}
	for (last = vma; last->vm_next && last->vm_next->vm_start < end;)
		last = last->vm_next;
	if (last->vm_end > end) {
		error = __split_vma(mm, last, end, true);
		if (error)
			return error;
		if (last == vma)
			vma = last->vm_prev;
		last = last->vm_prev;
	}
	prev = vma->vm_prev;
	next = last->vm_next;
	detach_vmas(mm, vma, last);
	unmap_region(mm, vma, prev, next);
	remove_vmas(mm, vma);
	return 0;
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	unsigned long end = start + PAGE_ALIGN(len);
	struct vm_area_struct *vma;

	if (!IS_ALIGNED(start, PAGE_SIZE) || start > TASK_SIZE || len > TASK_SIZE - start ||
	    end == start)
		return -EINVAL;
	vma = find_vma_intersection(mm, start, end);
	return vma ? do_vma_munmap(mm, vma, start, end) : 0;
}

int vm_munmap(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	int error;

	mmap_write_lock(mm);
	error = do_munmap(mm, start, len);
	mmap_write_unlock(mm);
	return error;
}

SYSCALL_DEFINE2(munmap, unsigned long, addr, size_t, len)
{
	return vm_munmap(addr, len);
}
