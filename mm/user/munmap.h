/* SPDX-License-Identifier: MIT */
/* VMAs taken away: mm/user's own.  mmap_lock is held as the writer. */
#ifndef MM_USER_MUNMAP_H
#define MM_USER_MUNMAP_H

#include "mm/user/mm_struct.h"

/*
 * What VMAs from `first` on, linked by vm_next and in no tree, map goes, and with it the tables that are
 * theirs alone: prev and next lie on both sides, or are NULL.
 */
void unmap_region(struct mm_struct *mm, struct vm_area_struct *first, struct vm_area_struct *prev,
		  struct vm_area_struct *next);

/* [start, end), whole pages, in which vma is the first, is unmapped: as do_munmap(). */
int do_vma_munmap(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long start,
		  unsigned long end);

#endif
