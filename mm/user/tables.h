/* SPDX-License-Identifier: MIT */
/*
 * Page tables of user halves: what VMAs' code asks of them, a range at a time.
 *
 * Ranges are whole pages and lie in the VMA that is named.  mmap_lock is held: as the writer where
 * tables go or VMAs change, else as a reader or by whoever keeps the VMA from going.
 * All wait for other CPUs (mm/tlb.h): threads, no spinlock held.
 *
 *   user_gather   what was taken out of the page tables and is not free before all CPUs have
 *                 forgotten it: pages and tables, some at a time.  It holds no lock
 */
#ifndef MM_USER_TABLES_H
#define MM_USER_TABLES_H

#include "mm/tlb.h"
#include "mm/user/mm_struct.h"

#define GATHER_PAGES 62

struct user_gather {
	struct mmu_gather tlb;
	struct mm_struct *mm;
	struct page *tables; /* linked by `next` */
	unsigned int nr;
	struct page *pages[GATHER_PAGES]; /* each with the reference that its entry had */
};

void user_gather_begin(struct user_gather *gather, struct mm_struct *mm);
/* All is forgotten, and free.  Nothing is left to do then, and more may be gathered. */
void user_gather_flush(struct user_gather *gather);

/* Nothing is mapped in [start, end) any more, of vma and those that follow it. */
void unmap_vmas(struct user_gather *gather, struct vm_area_struct *vma, unsigned long start,
		unsigned long end);
/*
 * Tables that serve nothing but [floor, ceiling), in which vma and those linked behind it by
 * vm_next were alone, go: floor is where the mapping below ends (or 0), ceiling where the next one begins
 * (or 0: none).  Nothing is mapped there; the VMAs may be unlinked already.
 */
void free_pgtables(struct user_gather *gather, struct vm_area_struct *vma, unsigned long floor,
		   unsigned long ceiling);

/* Empty tables that are kept, and counted as tables, are free memory then: for who counts that. */
void free_spare_tables(void);

/* Nothing is mapped in [start, start + size) of vma any more: MADV_DONTNEED.  Flushed. */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size);
/*
 * fork(): what `src` maps is in `dst`, the same VMA of another mm, as well.  Pages that are to be
 * copied on write are read-only in both; what is not private is found again by faults and left out.
 * 0 or -ENOMEM.  src's mmap_lock is held as writer.
 */
int copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src) __must_check;

/*
 * vma's flags have changed: [start, end) gets `newprot`, but that of a page which is to be copied,
 * or told of, before a write is not writable.  PROT_NONE keeps what is mapped.
 */
void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       pgprot_t newprot);

/*
 * mremap(): what is mapped from old_addr on, in vma, is mapped from new_addr on, in new_vma, instead.
 * Returns how many bytes of `len` were moved: less means no memory, and the caller moves that back.
 */
unsigned long move_page_tables(struct vm_area_struct *vma, unsigned long old_addr,
			       struct vm_area_struct *new_vma, unsigned long new_addr,
			       unsigned long len);

/* ---------------------------------------------------------------- looking */

/* A mapped page, or 2 MiB of them, as a walk finds it. */
struct user_page {
	unsigned long va, size;
	unsigned long pfn;
	struct page *page; /* NULL: special, no page that is counted */
	bool present;	   /* else PROT_NONE has it */
	bool write, young, dirty, soft_dirty, exclusive;
	bool zero; /* the page of zeroes */
	bool file; /* of the page cache, or a driver's */
};

/*
 * Call fn for each page that is mapped in [start, end) of vma, by address; it ends where fn
 * returns other than 0, which is returned.  fn runs under page_table_lock: it does not sleep.
 */
int walk_page_vma(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		  int (*fn)(const struct user_page *p, void *arg), void *arg);

/* How many entries of page tables map it, of which a 2 MiB page's is one. */
int page_mapcount(const struct page *page);

/* ---------------------------------------------------------------- memory types: VM_PAT */

/*
 * What remap_pfn_range() reserved for the whole of a VMA stays reserved as long as a VMA maps it, and
 * each VMA has a reservation of its own: dup and split keep vm_flags and clear vm_memtype in the copy.
 *
 *   copy     fork: dst is to map what src does.  0 or -ENOMEM
 *   split    `new` was a part of vma, and each has its own bounds by now.  0 or -ENOMEM
 *   untrack  the VMA goes: unmap_vmas() has done that
 *   moved    mremap: new_vma has taken over what vma mapped, all of it
 */
int track_pfn_copy(struct vm_area_struct *dst, struct vm_area_struct *src) __must_check;
int track_pfn_split(struct vm_area_struct *vma, struct vm_area_struct *new) __must_check;
void untrack_pfn(struct vm_area_struct *vma);
void untrack_pfn_moved(struct vm_area_struct *vma, struct vm_area_struct *new_vma);

#endif
