/* SPDX-License-Identifier: MIT */
/*
 * Who maps a file: the VMAs of mapping->i_mmap, by the pages of the file that they show.
 *
 * A tree ordered by first page, whose nodes know the last page of their subtree; so those that show
 * one of a range of pages are found without a look at the others.  `root` is
 * &mapping->i_mmap, and its i_mmap_rwsem is held, as the writer for what changes something.
 */
#ifndef MM_USER_I_MMAP_H
#define MM_USER_I_MMAP_H

#include "mm/user/mm_struct.h"

/* In, out.  While it is in, its range and vm_pgoff stay. */
void i_mmap_insert(struct tree_root *root, struct vm_area_struct *vma);
void i_mmap_remove(struct tree_root *root, struct vm_area_struct *vma);

/* The first that shows a page of [first, last], last inclusive, and the next such behind vma; NULL. */
struct vm_area_struct *i_mmap_first(const struct tree_root *root, unsigned long first,
				    unsigned long last);
struct vm_area_struct *i_mmap_next(const struct vm_area_struct *vma, unsigned long first,
				   unsigned long last);

#define for_each_i_mmap(vma, root, first, last)                    \
	for ((vma) = i_mmap_first((root), (first), (last)); (vma); \
	     (vma) = i_mmap_next((vma), (first), (last)))

#endif
