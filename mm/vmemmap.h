/* SPDX-License-Identifier: MIT */
/* Where RAM is, and the array of struct page over it: built once, at boot, and read without a lock. */
#ifndef MM_VMEMMAP_H
#define MM_VMEMMAP_H

#include "mm/page_alloc.h"

/*
 * Note memblock's RAM and back the vmemmap of every largest block that has RAM in
 * it.  Calls fn(start_pfn, end_pfn) for each run of such blocks once it may be
 * written; its content is undefined.  Panics when there is no memory for it.
 */
void vmemmap_init(void (*fn)(unsigned long start_pfn, unsigned long end_pfn));

/* The n-th range of RAM, in address order, end exclusive: false past the last. */
bool ram_pfn_range(unsigned int n, unsigned long *start_pfn, unsigned long *end_pfn);

#endif
