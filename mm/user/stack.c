// SPDX-License-Identifier: MIT
/*
 * Stacks: VMAs that grow down when what lies beneath them is touched, up to a limit, and not
 * into the guard gap of another mapping.
 */
#include "kernel/signal/signal.h"
#include "mm/user/account.h"
#include "mm/user/gup.h"
#include "mm/user/mmap.h"
#include "mm/user/tables.h"
#include "mm/user/vma.h"

#define STACK_EXPAND (128UL << 10) /* bytes below the arguments that are there from the start */

/* current's limits allow it: the stack would have `size` bytes, `grow` pages more than now. */
static bool may_grow(struct vm_area_struct *vma, unsigned long size, unsigned long grow)
{
	return may_expand_vm(vma->vm_mm, vma->vm_flags, grow) && size <= rlimit(RLIMIT_STACK) &&
	       may_lock(vma->vm_mm, vma->vm_flags, grow) && !vm_enough_memory(grow);
}

int expand_stack_locked(struct vm_area_struct *vma, unsigned long addr)
{
	struct mm_struct *mm = vma->vm_mm;
	const struct vm_area_struct *prev = vma->vm_prev;
	unsigned long grow;

	if (!(vma->vm_flags & VM_GROWSDOWN))
		return -EINVAL;
	addr &= PAGE_MASK;
	if (addr < MMAP_MIN_ADDR)
		return -EPERM;
	if (prev && !(prev->vm_flags & VM_GROWSDOWN) && prev->vm_flags & VM_ACCESS_FLAGS &&
	    addr - prev->vm_end < STACK_GUARD_GAP)
		return -ENOMEM;
	anon_vma_prepare(vma);
	if (addr >= vma->vm_start)
		return 0;
	grow = (vma->vm_start - addr) >> PAGE_SHIFT;
	if (grow > vma->vm_pgoff || !may_grow(vma, vma->vm_end - addr, grow))
		return -ENOMEM;
	if (vma->vm_flags & VM_LOCKED)
		mm->locked_vm += grow;
	vm_stat_account(mm, vma->vm_flags, (long)grow);
	vma_grow(vma, addr, vma->vm_end);
	return 0;
}

struct vm_area_struct *expand_stack(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_read_unlock(mm);
	mmap_write_lock(mm);
	vma = find_vma(mm, addr);
	if (vma && (vma->vm_start <= addr || !expand_stack_locked(vma, addr))) {
		mmap_write_downgrade(mm);
		return vma;
	}
	mmap_write_unlock(mm);
	return NULL;
}

/* ---------------------------------------------------------------- exec's */

int exec_stack_create(struct mm_struct *mm, struct vm_area_struct **stack)
{
	struct vm_area_struct *vma = vm_area_alloc(mm);
	int error = -ENOMEM;

	if (!vma)
		return -ENOMEM;
	vma->vm_end = PAGE_ALIGN(arch_align_stack(randomize_stack_top(STACK_TOP)));
	vma->vm_start = vma->vm_end - PAGE_SIZE;
	vma->vm_flags = VM_SOFTDIRTY | VM_STACK_FLAGS | VM_STACK_INCOMPLETE_SETUP;
	vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	mmap_write_lock(mm);
	error = insert_vm_struct(mm, vma);
	if (!error)
		mm->stack_vm = mm->total_vm = 1;
	mmap_write_unlock(mm);
	if (error)
		vm_area_free(vma);
	else
		*stack = vma;
	return error;
}

int setup_arg_pages(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long p,
		    int executable_stack, const struct rlimit *rlim_stack)
{
	unsigned long size = vma->vm_end - vma->vm_start;
	unsigned long limit = rlim_stack->rlim_cur & PAGE_MASK;
	unsigned long flags = VM_STACK_FLAGS | vm_data_default_flags() | mm->def_flags;
	int error;

	mmap_write_lock(mm);
	if (executable_stack == EXSTACK_ENABLE_X)
		flags |= VM_EXEC;
	else if (executable_stack == EXSTACK_DISABLE_X)
		flags &= ~VM_EXEC;
	vma->vm_flags = flags | VM_SOFTDIRTY;
	vma_set_page_prot(vma);
	change_protection(vma, vma->vm_start, vma->vm_end, vma->vm_page_prot);
	mm->start_stack = p;
	error = expand_stack_locked(vma, size + STACK_EXPAND > limit ?
						 vma->vm_end - limit :
						 vma->vm_start - STACK_EXPAND);
	mmap_write_unlock(mm);
	return error ? -EFAULT : 0;
}
