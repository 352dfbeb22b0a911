/* SPDX-License-Identifier: MIT */
/* A place on the bus for suites that map what nobody has. */
#ifndef TESTS_GUEST_HOLE_H
#define TESTS_GUEST_HOLE_H

#include "kernel/core/resource.h"
#include "kernel/cpu/cpu.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"

static inline bool is_somebody(const struct resource *res, void *arg)
{
	(void)res;
	(void)arg;
	return true;
}

static inline bool nobody_has(phys_addr_t at, unsigned long size)
{
	return !resource_walk(&iomem_resource, at, at + size - 1, is_somebody, NULL) &&
	       ram_share(PFN_DOWN(at), PFN_DOWN(at + size)) == NO_RAM;
}

/*
 * `size` bytes of the bus, aligned to 1 GiB, where nobody is and firmware did not
 * forbid caching; 0 when there is no such place.
 */
static inline phys_addr_t find_hole(unsigned long size)
{
	phys_addr_t top = 1ULL << boot_cpu.phys_bits;

	for (unsigned int i = 1; i <= 1024 && i * PUD_SIZE < top; i++) {
		phys_addr_t at = top - i * PUD_SIZE;

		if (size <= i * PUD_SIZE && nobody_has(at, size) &&
		    mtrr_type_lookup(at, at + size, NULL) == MTRR_TYPE_WRBACK)
			return at;
	}
	return 0;
}

#endif
