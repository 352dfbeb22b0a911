// SPDX-License-Identifier: MIT
/*
 * The search through the first MiB.  The extended BIOS data area's segment
 * stands in the BIOS data area at 0x40e; base memory ends where it begins.
 */
#include "drivers/firmware/bios_scan.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"

#define BDA_EBDA_SEGMENT 0x40e
#define BIOS_ROM_START	 0xe0000
#define BIOS_ROM_SIZE	 0x20000
#define BASE_MEMORY_LAST 0x9fc00 /* the last KiB below 640 KiB */

static phys_addr_t __init scan_area(phys_addr_t start, size_t bytes, const char *signature,
				    int (*check)(const void *p, size_t size), void *copy,
				    size_t size)
{
	const u8 *area = early_memremap_ro(start, bytes);
	phys_addr_t found = 0;
	u32 want, have;

	if (!area)
		return 0;
	memcpy(&want, signature, sizeof(want));
	for (size_t i = 0; i + 16 <= bytes; i += 16) {
		memcpy(&have, area + i, sizeof(have));
		if (have != want || check(area + i, bytes - i) < 0)
			continue;
		memcpy(copy, area + i, min(size, bytes - i));
		found = start + i;
		break;
	}
	early_memunmap((void *)area, bytes);
	return found;
}

/* Start of the extended BIOS data area, 0 where the BIOS data area names no sane one. */
static phys_addr_t __init ebda_start(void)
{
	const u8 *bda = early_memremap_ro(BDA_EBDA_SEGMENT, 2);
	phys_addr_t start;

	if (!bda)
		return 0;
	start = (phys_addr_t)(bda[0] | bda[1] << 8) << 4;
	early_memunmap((void *)bda, 2);
	return start >= 0x400 && start <= BASE_MEMORY_LAST ? start : 0;
}

phys_addr_t __init scan_bios_memory(const char *signature, int (*check)(const void *p, size_t size),
				    void *copy, size_t size)
{
	phys_addr_t ebda = ebda_start();
	phys_addr_t found = 0;

	if (ebda)
		found = scan_area(ebda, 1024, signature, check, copy, size);
	if (!found && ebda != BASE_MEMORY_LAST)
		found = scan_area(BASE_MEMORY_LAST, 1024, signature, check, copy, size);
	if (!found)
		found = scan_area(BIOS_ROM_START, BIOS_ROM_SIZE, signature, check, copy, size);
	return found;
}
