/* SPDX-License-Identifier: MIT */
/*
 * Mappings made, changed and taken away: what exec and system calls ask of an mm.
 *
 * Names, arguments and results are Linux's.  All may sleep.
 */
#ifndef MM_USER_MMAP_H
#define MM_USER_MMAP_H

#include "mm/user/mm_struct.h"
#include "mm/user/place.h"

/*
 * mmap() of current: `prot` PROT_*, `flags` MAP_*; `file` NULL: anonymous.  Takes mmap_lock.  The
 * address, or a negative errno (IS_ERR_VALUE).  vm_mmap()'s offset is in bytes.
 */
unsigned long vm_mmap_pgoff(struct file *file, unsigned long addr, unsigned long len,
			    unsigned long prot, unsigned long flags, unsigned long pgoff);
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset);
/* The same under mmap_lock, held as writer; *populate is how much of it is to be faulted in then. */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff, unsigned long *populate);

/* munmap(): 0; -EINVAL, -ENOMEM, or a driver's refusal.  vm_munmap() takes current's mmap_lock. */
int vm_munmap(unsigned long start, size_t len);
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);

/*
 * Anonymous memory of a program's end, current's; `flags` 0 or VM_EXEC.  What is there goes.
 * Takes mmap_lock.  0 or -errno.
 */
int vm_brk_flags(unsigned long addr, unsigned long request, unsigned long flags);

/* A VMA of one's own making into mm: 0; -ENOMEM: something is there, or too much was promised. */
int insert_vm_struct(struct mm_struct *mm, struct vm_area_struct *vma);

/*
 * For f_op->mmap: vma is of memory that is shared by who inherits it, and of no file: 0, -ENOMEM.
 * Of private memory: vma_set_anonymous().
 */
int shmem_zero_setup(struct vm_area_struct *vma);
static inline void vma_set_anonymous(struct vm_area_struct *vma)
{
	vma->vm_ops = NULL;
}

/* What data is for, where nothing else is said: to be read and written, and to be run for some. */
unsigned long vm_data_default_flags(void);

/* ---------------------------------------------------------------- stacks: mm/user/stack.c */

/*
 * For exec, of an mm that is nobody's yet: a stack of one page, at the top; *vma is its VMA, and vm_end
 * the top.  Arguments are written beneath that, and it grows for them by expand_stack_locked()
 * and get_user_pages_remote().  0 or -ENOMEM.
 */
int exec_stack_create(struct mm_struct *mm, struct vm_area_struct **vma);

/*
 * When they are there: its rights, and room below for what the program pushes at first, as far as
 * rlim_stack allows.  `p`, where it begins, is mm->start_stack.  0 or -errno.
 */
#define EXSTACK_DEFAULT	  0
#define EXSTACK_DISABLE_X 1
#define EXSTACK_ENABLE_X  2
int setup_arg_pages(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long p,
		    int executable_stack, const struct rlimit *rlim_stack);

/* vma, which grows down, holds addr from here on: 0, -ENOMEM, -EINVAL, -EPERM.  Writer of mmap_lock. */
int expand_stack_locked(struct vm_area_struct *vma, unsigned long addr);

#endif
