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

struct run {
	unsigned long va, size; /* size 0: there is none */
	phys_addr_t pa;
	bool ram;	       /* all of it */
	unsigned int nr_other; /* views of it but this one */
};

struct range {
	unsigned long start, end; /* virtual, whole pages */
	struct run first;	  /* the run that it begins with */
	bool alone;		  /* that run is all of it, and has no other view */
};

/* What maps va: bytes from there to the end of its page, `most` at most; 0: nothing does. */
struct mapped {
	unsigned long bytes;
	phys_addr_t pa;
	u64 entry;
};
struct mapped mapped_at(unsigned long va, unsigned long most);

/* The run that begins at va, in front of `end`. */
void get_run(struct run *run, unsigned long va, unsigned long end);

/* On to the run behind this one, in front of `end`.  False: there is none. */
static inline bool next_run(struct run *run, unsigned long end)
{
	unsigned long va = run->va + run->size;

	if (likely(va == end))
		return false;
	get_run(run, va, end);
	return run->size;
}

#define for_each_run(run, range)                                         \
	for (bool _more = (*(run) = (range)->first, (run)->size); _more; \
	     _more = next_run(run, (range)->end))

/*
 * Call fn for the range and, where `others` says so, for each other view of its RAM,
 * until it does not return 0: what it returned last.
 */
int walk_views(const struct range *r, bool others,
	       int (*fn)(unsigned long va, unsigned long size, void *arg), void *arg);

/*
 * Change these views in the steps of mm/pgtable.h, cpa_lock held over all of them.
 * prepare_views() has nothing changed when it fails (-ENOMEM); commit_views() works after
 * it, several times, and leaves to `tlb` what is to be forgotten; change_views() is both, where
 * nothing comes between; join_views() comes last, and has forgotten it.  Joining waits until eight other blocks of 2 MiB have been changed, as
 * what was changed is often changed back, and again.
 */
int prepare_views(const struct range *r, bool others) __must_check;
void commit_views(const struct range *r, bool others, u64 set, u64 clear, struct mmu_gather *tlb);
int change_views(const struct range *r, bool others, u64 set, u64 clear,
		 struct mmu_gather *tlb) __must_check;
void join_views(const struct range *r, bool others, struct mmu_gather *tlb);

/* What waits is joined now, where it agrees.  Takes cpa_lock, and waits for other CPUs. */
void join_waiting_views(void);

#endif
