/* SPDX-License-Identifier: MIT */
/* What the page tables hold, range by range, and which region an address is in. */
#ifndef MM_PTDUMP_H
#define MM_PTDUMP_H

#include "mm/pgtable.h"

/*
 * Addresses of one kind side by side: mapped by entries of one level with the same
 * flags, or unmapped for want of an entry of that level.
 */
struct pt_range {
	unsigned long start, last; /* both inclusive */
	int level;		   /* 1: pte, 2: pmd, 3: pud, 4: pgd */
	u64 flags;		   /* the entries', without address bits; 0: nothing is mapped */
	bool writable, executable; /* by the whole path down to it */
	u64 broken; /* the first entry, where it leads nowhere: each is a range of its own */
};

/*
 * The range of mm's that begins at `addr` and ends with its region at the latest.  For an
 * address that is not canonical the first one of the upper half: range->start tells.
 */
void pt_next_range(struct mm *mm, unsigned long addr, struct pt_range *range);

/* The name that Linux's page_tables dump gives to the region, "vmalloc() Area"; its bounds. */
const char *address_region(unsigned long addr, unsigned long *start, unsigned long *last);

#endif
