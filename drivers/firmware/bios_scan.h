/* SPDX-License-Identifier: MIT */
/* What firmware leaves in the first MiB for whoever looks: RSDP and MP pointer. */
#ifndef DRIVERS_FIRMWARE_BIOS_SCAN_H
#define DRIVERS_FIRMWARE_BIOS_SCAN_H

#include "kernel/lib/compiler.h"

/*
 * Look at each 16-byte boundary of the places that ACPI 6.5, 5.2.5.1 and MP 1.4,
 * chapter 4 name for `signature` (its first 4 characters), then ask check(p,
 * readable bytes) whether it holds: it returns its length or a negative errno.
 * Copies at most `size` bytes to `copy`; returns the physical address, 0: none.
 */
phys_addr_t scan_bios_memory(const char *signature, int (*check)(const void *p, size_t size),
			     void *copy, size_t size);

#endif
