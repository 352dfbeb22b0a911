/* SPDX-License-Identifier: MIT */
/* What firmware leaves in the first MiB for whoever looks: RSDP, MP pointer, SMBIOS entry. */
#ifndef DRIVERS_FIRMWARE_BIOS_SCAN_H
#define DRIVERS_FIRMWARE_BIOS_SCAN_H

#include "kernel/lib/compiler.h"

/*
 * The first 16-byte step of an area, as it lies in memory, that begins with the 4 characters
 * of `anchor` and at which match(p, readable bytes, arg) says yes; NULL: none.  `area` is on
 * such a boundary itself.
 */
const u8 *bios_scan(const u8 *area, size_t size, const char *anchor,
		    bool (*match)(const u8 *p, size_t size, void *arg), void *arg);

/*
 * Early, before memremap(): look at each 16-byte boundary of the places that ACPI 6.5,
 * 5.2.5.1 and MP 1.4, chapter 4 name for `signature` (its first 4 characters), then ask
 * check(p, readable bytes) whether it holds: it returns its length or a negative errno.
 * Copies at most `size` bytes to `copy`; returns the physical address, 0: none.
 */
phys_addr_t scan_bios_memory(const char *signature, int (*check)(const void *p, size_t size),
			     void *copy, size_t size);

#endif
