/* SPDX-License-Identifier: MIT */
/*
 * A range of memory under all the addresses that the kernel keeps for it, as
 * mm/set_memory.c changes them.
 *
 *   range   what a caller named
 *   run     a piece of it whose physical addresses are in a row; the direct map has
 *           one, a vmalloc area perhaps one for each page
 *   view    the range itself, or a run of RAM under the direct map's or the image's
 *           address.  What is not mapped of a view (highmem, a stack's guard page) is
 *           passed over
 */
#ifndef MM_VIEWS_H
#define MM_VIEWS_H

#include "mm/pgtable.h"

struct range {
	unsigned long start, end; /* virtual, whole pages */
};

struct run {
	unsigned long va, size;
	phys_addr_t pa;
};

/* Bytes from va to the end of the page that maps it, `most` at most; 0: unmapped.  Its entry. */
unsigned long mapped_bytes(unsigned long va, unsigned long most, u64 *entry);

/* The run that begins at va.  False at the end. */
bool next_run(unsigned long va, unsigned long end, struct run *run);

#define for_each_run(run, range)                                                   \
	for (unsigned long _va = (range)->start; next_run(_va, (range)->end, run); \
	     _va += (run)->size)

bool run_is_ram(const struct run *run);

/*
 * Call fn for the range and, where `others` says so, for each other view of its RAM,
 * until it does not return 0: what it returned last.
 */
int walk_views(const struct range *r, bool others, int (*fn)(const struct range *view, void *arg),
	       void *arg);

/*
 * Change these views in the steps of mm/pgtable.h, cpa_lock held over all of them.
 * prepare_views() has nothing changed when it fails (-ENOMEM); commit_views() works after
 * it, several times, and leaves to `tlb` what is to be forgotten; join_views() comes last, and
 * has forgotten it.
 */
int prepare_views(const struct range *r, bool others) __must_check;
void commit_views(const struct range *r, bool others, u64 set, u64 clear, struct mmu_gather *tlb);
void join_views(const struct range *r, bool others, struct mmu_gather *tlb);

#endif
