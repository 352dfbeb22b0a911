/* SPDX-License-Identifier: MIT */
/*
 * What an mm has mapped, as /proc/PID/maps, smaps, smaps_rollup and pagemap show it, and clear_refs: Linux 6.1's
 * formats.  The caller holds a user of the mm.  All take its mmap_lock, and may sleep.
 */
#ifndef MM_USER_PROCMAP_H
#define MM_USER_PROCMAP_H

#include "mm/user/mm_struct.h"

struct sink;

/* 0, or -ENOMEM and nothing is written. */
int show_maps(struct sink *out, struct mm_struct *mm);
int show_smaps(struct sink *out, struct mm_struct *mm);
int show_smaps_rollup(struct sink *out, struct mm_struct *mm);

/*
 * The words of pages from byte `pos` of the file on, 8 for each: both multiples of 8 (-EINVAL).  How
 * many bytes; 0 beyond the user half.
 */
ssize_t pagemap_read(struct mm_struct *mm, char *buf, loff_t pos, size_t n);

/*
 * What is written to clear_refs, 1 to 5: pages are not referenced any more (all, anonymous ones, files'),
 * or not soft-dirty, or the most that was resident is what is now.  mm may be NULL.  0 or -EINVAL.
 */
int clear_refs(struct mm_struct *mm, int type) __must_check;

/* show() of each VMA, with mmap_lock held and PATH_MAX bytes of room: 0, or -ENOMEM. */
typedef void (*show_vma_fn)(struct sink *out, struct vm_area_struct *vma, char *path);
int show_each_vma(struct sink *out, struct mm_struct *mm, show_vma_fn show);

/* The line of one VMA / of a range of those rights; `path` has PATH_MAX bytes.  mmap_lock held. */
void show_map_vma(struct sink *out, struct vm_area_struct *vma, char *path);
void show_map_range(struct sink *out, unsigned long start, unsigned long end, const char *name);

#endif
