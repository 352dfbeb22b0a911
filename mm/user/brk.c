// SPDX-License-Identifier: MIT
/* The heap: brk(), and what exec puts behind a program's data. */
#include <linux/mman.h>
#include <linux/personality.h>

#include "kernel/core/syscall.h"
#include "kernel/signal/signal.h"
#include "mm/user/account.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"
#include "mm/user/munmap.h"
#include "mm/user/vma.h"

/* Data and heap of a program that would end at `brk` are more than RLIMIT_DATA allows. */
static bool beyond_data_limit(const struct mm_struct *mm, unsigned long brk)
{
	unsigned long limit = rlimit(RLIMIT_DATA);

	return limit != RLIM_INFINITY &&
	       brk - mm->start_brk + mm->end_data - mm->start_data > limit;
}

/* The heap, which ends at addr, grows, or there is one now.  0, -ENOMEM or -EAGAIN. */
static int do_brk_flags(struct mm_struct *mm, unsigned long addr, unsigned long len,
			unsigned long flags)
{
	struct vma_kind kind = { .pgoff = addr >> PAGE_SHIFT };
	struct vm_area_struct *vma, *prev;

	kind.vm_flags = flags | vm_data_default_flags() | VM_ACCOUNT | mm->def_flags;
	if (!may_lock(mm, kind.vm_flags, len >> PAGE_SHIFT))
		return -EAGAIN;
	if (!may_expand_vm(mm, kind.vm_flags, len >> PAGE_SHIFT) || mm->map_count > MAX_MAP_COUNT ||
	    vm_enough_memory(len >> PAGE_SHIFT))
		return -ENOMEM;
	find_vma_prev(mm, addr, &prev);
	if (prev && prev->vm_end == addr && can_vma_merge_after(prev, &kind)) {
		vma = prev;
		vma_grow(vma, vma->vm_start, addr + len);
	} else {
		vma = vm_area_alloc(mm);
		if (!vma) {
			vm_unacct_memory(len >> PAGE_SHIFT);
			return -ENOMEM;
		}
		vma->vm_start = addr;
		vma->vm_end = addr + len;
		vma->vm_pgoff = kind.pgoff;
		vma->vm_flags = kind.vm_flags;
		vma->vm_page_prot = vm_get_page_prot(kind.vm_flags);
		vma_link(mm, vma, prev);
	}
	vma->vm_flags |= VM_SOFTDIRTY;
	mm->total_vm += len >> PAGE_SHIFT;
	mm->data_vm += len >> PAGE_SHIFT;
	if (kind.vm_flags & VM_LOCKED)
		mm->locked_vm += len >> PAGE_SHIFT;
	return 0;
}

/* 0, or -errno: not within the user half. */
static int check_brk_place(unsigned long addr, unsigned long len)
{
	addr = get_unmapped_area(NULL, addr, len, 0, MAP_FIXED);
	return IS_ERR_VALUE(addr) ? (int)(long)addr : 0;
}

/* The end of the heap's pages goes from old to new.  False: it stays. */
static bool move_brk(struct mm_struct *mm, unsigned long old, unsigned long new)
{
	struct vm_area_struct *vma;

	if (new < old) {
		vma = find_vma_intersection(mm, new, old);
		return vma && !do_vma_munmap(mm, vma, new, old);
	}
	if (check_brk_place(old, new - old))
		return false;
	vma = find_vma(mm, old);
	if (vma && new + PAGE_SIZE > vm_start_gap(vma))
		return false;
	return !do_brk_flags(mm, old, new - old, 0);
}

/* The address in force is the answer, be it the one that was asked for or not. */
SYSCALL_DEFINE1(brk, unsigned long, brk)
{
	struct mm_struct *mm = current->mm;
	unsigned long old, new = PAGE_ALIGN(brk), locked_from = 0;

	mmap_write_lock(mm);
	old = PAGE_ALIGN(mm->brk);
	if (brk >= mm->start_brk && !beyond_data_limit(mm, brk) &&
	    (old == new || move_brk(mm, old, new))) {
		mm->brk = brk;
		if (new > old && mm->def_flags &VM_LOCKED)
			locked_from = old;
	}
	brk = mm->brk;
	mmap_write_unlock(mm);
	if (locked_from)
		__mm_populate(locked_from, new - locked_from, 1);
	return (long)brk;
}

int vm_brk_flags(unsigned long addr, unsigned long request, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long len = PAGE_ALIGN(request);
	bool populate;
	int error;

	if (len < request)
		return -ENOMEM;
	if (!len)
		return 0;
	if (flags & ~VM_EXEC)
		return -EINVAL;
	mmap_write_lock(mm);
	error = check_brk_place(addr, len);
	if (!error)
		error = do_munmap(mm, addr, len);
	if (!error)
		error = do_brk_flags(mm, addr, len, flags);
	populate = !error && mm->def_flags & VM_LOCKED;
	mmap_write_unlock(mm);
	if (populate)
		__mm_populate(addr, len, 1);
	return error;
}
