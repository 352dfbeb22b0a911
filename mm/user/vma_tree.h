/* SPDX-License-Identifier: MIT */
/*
 * The VMAs of an mm in the order of their addresses, and the gaps between them: mm/user's own.
 *
 * Every VMA is a node of one tree and one of a row (vm_prev, vm_next).  A gap belongs to the
 * VMA above it, and is what may be given out there: the guard gap beneath a stack is left
 * out.  Each node knows the largest gap of its subtree, so that to find room is a walk down the
 * tree.  What is above the highest VMA is a gap without an owner.
 *
 * mmap_lock is held, as the writer for what changes something.  Nothing here sleeps or allocates.
 */
#ifndef MM_USER_VMA_TREE_H
#define MM_USER_VMA_TREE_H

#include "mm/user/mm_struct.h"

#define STACK_GUARD_GAP (256UL << PAGE_SHIFT) /* Linux's: between a stack and what lies below */

/* Where what may be given out ends beneath vma. */
static inline unsigned long vm_start_gap(const struct vm_area_struct *vma)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return vma->vm_start;
	return vma->vm_start > STACK_GUARD_GAP ? vma->vm_start - STACK_GUARD_GAP : 0;
}

/* The one before which vma, whose range is set and free, has its place: vma_insert()'s prev. */
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **prev);

/* vma, whose range is free, comes behind `prev`; NULL: it is the lowest.  map_count goes up. */
void vma_insert(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev);

/* vma is none of mm's from here on; its own vm_prev and vm_next stay.  map_count goes down. */
void vma_remove(struct mm_struct *mm, struct vm_area_struct *vma);

/* vm_start or vm_end of vma has changed, and with it the gaps on both sides. */
void vma_range_changed(struct vm_area_struct *vma);

/*
 * The highest / lowest place for `length` > 0 bytes in [low, high); 0: there is none.
 * low <= high, all of them whole pages.
 */
unsigned long vma_gap_topdown(struct mm_struct *mm, unsigned long low, unsigned long high,
			      unsigned long length);
unsigned long vma_gap_bottomup(struct mm_struct *mm, unsigned long low, unsigned long high,
			       unsigned long length);

#endif
