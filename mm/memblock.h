/* SPDX-License-Identifier: MIT */
/*
 * Physical memory before the page allocator: what is RAM, what of it is taken.
 *
 * Allocating is for the boot, on one CPU.  memblock_for_each_free() hands the
 * rest to the page allocator, and from then on nothing more is given out; what
 * is RAM can still be asked, without a lock, as it does not change any more.
 */
#ifndef MM_MEMBLOCK_H
#define MM_MEMBLOCK_H

#include "kernel/lib/compiler.h"

struct memblock_region {
	phys_addr_t base, size; /* bytes */
};

/*
 * Say that [base, base + size) is RAM; overlaps and neighbours are merged.  0,
 * -EINVAL (wraps), -ENOSPC when the table is full (both said).
 */
int memblock_add(phys_addr_t base, phys_addr_t size);

/* Take [base, base + size) out of use, RAM or not; as memblock_add. */
int memblock_reserve(phys_addr_t base, phys_addr_t size);

/*
 * `size` bytes of free RAM in [min, max), highest address first, aligned to
 * `align` (a power of two), reserved.  Not zeroed.  0 when there is none: the
 * caller says so.
 */
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t min,
				      phys_addr_t max);
/* Where that would be; it stays free. */
phys_addr_t memblock_find_in_range(phys_addr_t size, phys_addr_t align, phys_addr_t min,
				   phys_addr_t max);

/* The n-th RAM region, the n-th reserved one, by address: false past the last. */
bool memblock_ram_range(unsigned int n, phys_addr_t *start, phys_addr_t *end);
bool memblock_reserved_range(unsigned int n, phys_addr_t *start, phys_addr_t *end);

#define for_each_mem_range(i, start, end) for (i = 0; memblock_ram_range(i, start, end); i++)

bool memblock_is_ram(phys_addr_t addr);
phys_addr_t memblock_ram_bytes(void);
phys_addr_t memblock_end_of_ram(void);

/*
 * The hand-over: call fn(start, end) for each free piece of RAM, in address
 * order.  Closes memblock before the first call.
 */
void memblock_for_each_free(void (*fn)(phys_addr_t start, phys_addr_t end));

/* True once memblock_for_each_free() was called: RAM comes from alloc_pages(). */
bool memblock_is_closed(void);

#endif
