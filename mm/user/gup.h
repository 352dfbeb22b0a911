/* SPDX-License-Identifier: MIT */
/*
 * Pages of a program for the kernel and for devices: got (a reference, the kernel looks at it) or
 * pinned (a device reads or writes it: mm/page_ref.c).
 *
 * A page that is pinned is the one that the program maps and stays so: fork() does not share it, and a
 * write by the program is not copied away from it.  It survives munmap, exec and exit; whoever
 * pinned it lets go, once, after the device has been stopped from using it.  What a device wrote is marked
 * dirty then.
 *
 * All are for threads that may sleep.  Counts: nr_foll_pin_acquired and _released in vmstat.
 */
#ifndef MM_USER_GUP_H
#define MM_USER_GUP_H

#include "mm/user/fault.h"

/* Linux 6.1's numbers. */
#define FOLL_WRITE    0x01U /* it will be written */
#define FOLL_GET      0x04U /* a reference for each page */
#define FOLL_DUMP     0x08U /* a hole, where nothing is mapped yet, is -EFAULT */
#define FOLL_FORCE    0x10U /* whatever the VMA's rights of now are: a debugger's access */
#define FOLL_NOWAIT   0x20U
#define FOLL_POPULATE 0x40U
#define FOLL_HWPOISON 0x100U
#define FOLL_REMOTE   0x2000U  /* of an mm that is not current's */
#define FOLL_ANON     0x8000U  /* anonymous memory alone */
#define FOLL_LONGTERM 0x10000U /* for as long as the program likes */
#define FOLL_PIN      0x40000U /* set by the pin_ forms */

/*
 * The pages of [start, start + nr_pages * PAGE_SIZE), of mm or current->mm, whose mmap_lock is held.
 * How many, which may be fewer; -EFAULT or -ENOMEM for the first.  `pages` NULL: they are only
 * faulted in.  `vmas`: which VMA each is in, or NULL.
 */
long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas);
long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas);
long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas);
long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas);

/* The same of current->mm, which take mmap_lock themselves; the fast one only where a page is not mapped. */
long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags);
int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages);

/* Let go of what a pin_ form gave, each once; with `make_dirty` a device has written it.  Any context. */
void unpin_user_page(struct page *page);
void unpin_user_pages(struct page **pages, unsigned long npages);
void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty);

/* The page's content has changed behind the page tables' back.  A reference or pin is held. */
void set_page_dirty_lock(struct page *page);

/* mmap_lock held: fault [start, end) of vma in, for what it allows: how many pages, or -errno for the first. */
long populate_vma_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/*
 * MAP_POPULATE and mlock(): the same of whatever is mapped in [start, start + len), and takes
 * mmap_lock itself.  0 or -errno: unless `ignore_errors`, for which it goes on as far as it can.
 */
int __mm_populate(unsigned long start, unsigned long len, int ignore_errors);

/*
 * Read or write `len` bytes of another address space, as a debugger does (FOLL_FORCE, FOLL_WRITE):
 * how many bytes.  The caller holds a user of it; takes its mmap_lock.
 */
int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		     unsigned int gup_flags);

#endif
