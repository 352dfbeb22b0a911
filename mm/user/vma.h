/* SPDX-License-Identifier: MIT */
/*
 * VMAs made, cut and united: mm/user's own.
 *
 * mmap_lock is held as the writer, but for what says another thing.  What changes a file's VMA
 * takes that file's i_mmap lock.
 */
#ifndef MM_USER_VMA_H
#define MM_USER_VMA_H

#include "mm/user/vma_tree.h"

#define MAX_MAP_COUNT 65530U /* Linux's sysctl_max_map_count */

/* One for mm with nothing set but that / a copy, with a reference to its file.  NULL: no memory. */
struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);
struct vm_area_struct *vm_area_dup(const struct vm_area_struct *vma);
/* Of one that is in no mm: its reference and memory go.  remove_vma() tells vm_ops->close before. */
void vm_area_free(struct vm_area_struct *vma);
void remove_vma(struct vm_area_struct *vma);

/* Into mm behind prev, and into its file's i_mmap; out of the latter. */
void vma_link(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev);
void unlink_file_vma(struct vm_area_struct *vma);

/* vm_page_prot by vm_flags, and by whether somebody is to be told of a first write. */
void vma_set_page_prot(struct vm_area_struct *vma);

/*
 * vma becomes two at addr, which is inside; the new one is the lower, or the upper.  -ENOMEM, or
 * vm_ops' refusal.  split_vma() minds MAX_MAP_COUNT.
 */
int __split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr,
		bool new_below) __must_check;
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr,
	      bool new_below) __must_check;

/*
 * vma grows to [start, end).  Neighbours that this covers whole are gone, one that it covers in
 * part is cut.  They are of the same file, at offsets that go on, and have no close().
 */
void vma_grow(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/* What decides whether two VMAs may be one. */
struct vma_kind {
	unsigned long vm_flags;
	struct file *file;
	unsigned long pgoff; /* where it starts */
	unsigned long anon_vma;
};

/* Such a range may go on what vma ends with / end where vma starts, `pages` of it. */
bool can_vma_merge_after(const struct vm_area_struct *vma, const struct vma_kind *kind);
bool can_vma_merge_before(const struct vm_area_struct *vma, const struct vma_kind *kind,
			  unsigned long pages);

/*
 * The i_mmap_rwsem of the file whose pages vma shows, as the writer; its mapping, for the other one.
 * NULL, and nothing is locked, without a file.  May sleep; with mmap_lock, before page_table_lock.
 */
struct address_space *vma_lock_mapping(const struct vm_area_struct *vma);
void vma_unlock_mapping(struct address_space *mapping);

/*
 * [addr, end) is to be of that kind: an empty range behind prev, or part of one VMA, which is prev
 * itself or begins at addr.  Where prev or what lies at `end` is of the same kind, that one grows over the
 * range and is returned; else NULL and nothing has changed.
 */
struct vm_area_struct *vma_merge(struct mm_struct *mm, struct vm_area_struct *prev,
				 unsigned long addr, unsigned long end,
				 const struct vma_kind *kind);

/*
 * [start, end) of vma gets new flags: what mprotect, mlock and madvise do.  *prev is the VMA before,
 * or vma itself where start is inside; afterwards the one that holds the range, which is
 * returned, and whose flags are the new ones but for what the caller sets.  ERR_PTR: -ENOMEM ...
 */
struct vm_area_struct *vma_modify_flags(struct vm_area_struct *vma, struct vm_area_struct *prev,
					unsigned long start, unsigned long end,
					unsigned long newflags);

/* vma is the copy that fork made of a parent's. */
void inherit_anon_vma(struct vm_area_struct *vma);

void vma_cache_init(void); /* once, at boot */

#endif
