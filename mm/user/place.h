/* SPDX-License-Identifier: MIT */
/*
 * Where things are put in the user half: the same places as Linux 6.1 has for x86-64 programs.
 *
 *   0x7ffffffff000  STACK_TOP; below it up to 16 GiB at random, then the stack, growing down
 *                   room for the stack's limit, and a guard gap
 *   mmap_base       mappings, from here down; at random within 28 bits of pages
 *                   the heap (brk), behind the program or, of a PIE, at random behind it
 *   0x555555554000  a position-independent program (2/3 of the way up), at random
 *   0x400000        a program that says where it wants to be
 *   0x10000         nothing is below (MMAP_MIN_ADDR), whoever asks for it
 *
 * With `norandmaps` on the command line, or the personality ADDR_NO_RANDOMIZE, nothing is at random.
 */
#ifndef MM_USER_PLACE_H
#define MM_USER_PLACE_H

#include "kernel/lib/errno.h"
#include "mm/user/mm_struct.h"

#define MMAP_MIN_ADDR	   65536UL
#define STACK_TOP	   TASK_SIZE
#define TASK_UNMAPPED_BASE PAGE_ALIGN(TASK_SIZE / 3)
#define ELF_ET_DYN_BASE	   (TASK_SIZE / 3 * 2)

struct rlimit;

/* Programs that current begins get random addresses. */
bool mm_randomize(void);

/*
 * For exec: how far things are moved at random, 0 without: a position-independent program (bytes,
 * whole pages); the top of the stack, which is returned; `sp` within its first page; the heap,
 * which begins at mm->brk or within 32 MiB (of a program alone in the area of PIEs: 1 GiB) behind.
 */
unsigned long arch_mmap_rnd(void);
unsigned long randomize_stack_top(unsigned long stack_top);
unsigned long arch_align_stack(unsigned long sp);
unsigned long arch_randomize_brk(const struct mm_struct *mm);

/* mmap_base, by the limit of the stack.  For exec, before anything is mapped. */
void arch_pick_mmap_layout(struct mm_struct *mm, const struct rlimit *rlim_stack);

/*
 * Where a mapping of `len` bytes, whole pages and not 0, is to be in current->mm: at `addr` with
 * MAP_FIXED, there if it is free without, else where there is room.  -ENOMEM, -EINVAL, -EPERM: the return is
 * no multiple of PAGE_SIZE then.  mmap_lock held.
 */
struct file;
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags);

#define IS_ERR_VALUE(x) unlikely((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

#endif
