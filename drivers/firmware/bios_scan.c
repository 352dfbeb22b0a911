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

const u8 *__init bios_scan(const u8 *area, size_t size, const char *anchor,
			   bool (*match)(const u8 *p, size_t size, void *arg), void *arg)
{
	u32 wanted;

	memcpy(&wanted, anchor, sizeof(wanted));
	for (const u8 *p = area, *end = area + ALIGN_DOWN(size, 16); p < end; p += 16)
		if (*(const u32 *)p == wanted && match(p, area + size - p, arg))
			return p;
	return NULL;
}

struct search {
	int (*check)(const void *p, size_t size);
	void *copy;
	size_t size;
};

static bool __init holds(const u8 *p, size_t size, void *arg)
{
	const struct search *s = arg;

	if (s->check(p, size) < 0)
		return false;
	memcpy(s->copy, p, min(s->size, size));
	return true;
}

static phys_addr_t __init scan_area(phys_addr_t start, size_t bytes, const char *signature,
				    struct search *s)
{
	const u8 *area = early_memremap_ro(start, bytes), *found;
	phys_addr_t phys;

	if (!area)
		return 0;
	found = bios_scan(area, bytes, signature, holds, s);
	phys = found ? start + (size_t)(found - area) : 0;
	early_memunmap((void *)area, bytes);
	return phys;
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
	struct search s = { check, copy, size };
	phys_addr_t ebda = ebda_start();
	phys_addr_t found = 0;

	if (ebda)
		found = scan_area(ebda, 1024, signature, &s);
	if (!found && ebda != BASE_MEMORY_LAST)
		found = scan_area(BASE_MEMORY_LAST, 1024, signature, &s);
	if (!found)
		found = scan_area(BIOS_ROM_START, BIOS_ROM_SIZE, signature, &s);
	return found;
}
