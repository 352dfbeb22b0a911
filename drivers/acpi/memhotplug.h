/* SPDX-License-Identifier: MIT */
/* RAM that the namespace tells of and the memory map does not: see memhotplug.c. */
#ifndef DRIVERS_ACPI_MEMHOTPLUG_H
#define DRIVERS_ACPI_MEMHOTPLUG_H

#include "drivers/acpi/aml/aml.h"

#define MAX_MEMORY_RANGES 16

struct memory_range {
	u64 start, size; /* bytes */
	u8 caching;
	bool read_only;
};

struct memory_ranges {
	unsigned int nr;
	struct memory_range range[MAX_MEMORY_RANGES];
};

/*
 * Bytes in which memory goes online, a power of two: `ram_end` is where the RAM of
 * the boot ends, `hypervisor` says that this is a virtual machine.  Pure.
 */
u64 memory_block_size(u64 ram_end, bool hypervisor);

#endif
