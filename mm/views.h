/* SPDX-License-Identifier: MIT */
/*
 * A range of memory under all the addresses that the kernel keeps for it, as
 * mm/set_memory.c changes them.
 *
 *   range   what a caller named
 *   run     a piece of it whose physical addresses are in a row; the direct map has
 *           one, a vmalloc area perhaps one for each page
 *   view    a run under one of its addresses: the range itself, the direct map, the
 *           image.  What is not mapped of a view (highmem, a stack's guard page) is
 *           passed over
 */
#ifndef MM_VIEWS_H
#define MM_VIEWS_H

#include "mm/pgtable.h"

struct range {
	unsigned long start, end; /* virtual, whole pages, all mapped */
	const char *verb;	  /* for messages */
	unsigned long caller;
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

/* [*va, *va + *size) is the n-th view of a run of RAM but the range itself; false past the last. */
bool other_view(const struct run *run, unsigned int n, unsigned long *va, unsigned long *size);

/*
 * Change the range and, where `others` says so, its RAM's other views, in the steps
 * of mm/pgtable.h, cpa_lock held over all of them.  prepare_views() has nothing changed
 * when it fails (-EFAULT, -ENOMEM); commit_views() works after it, several times;
 * join_views() comes last.
 */
int prepare_views(const struct range *r, bool others) __must_check;
void commit_views(const struct range *r, bool others, u64 set, u64 clear);
void join_views(const struct range *r, bool others);

#endif
