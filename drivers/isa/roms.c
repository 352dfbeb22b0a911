// SPDX-License-Identifier: MIT
/*
 * ROMs below 1 MiB: found by what they begin with.
 *
 * An option ROM starts on a 2 KiB boundary with 55 AA, a length in units of 512
 * bytes, and adds up to 0 (PC/AT Technical Reference, "ROM scan"; PCI 3.0, 6.3).
 * The video ROM is believed to be there on its signature alone, in its
 * traditional 32 KiB where its length does not hold.  The system ROM is always
 * there: the processor started in it.
 *
 * 000c0000-000fffff is mapped once, as memory: firmware runs its ROMs from
 * copies in RAM, and reading a real one has no side effects.
 */
#define pr_fmt(fmt) "isa: " fmt
#include "drivers/isa/isa.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/lib/string.h"
#include "mm/ioremap.h"

#define ROM_FIRST    0xc0000UL
#define ROM_LAST     0xfffffUL
#define ROM_STEP     2048UL
#define ROM_UNIT     512UL
#define ROM_FLAGS    (IORESOURCE_BUSY | IORESOURCE_UNDRIVEN | IORESOURCE_READONLY | IORESOURCE_MEM)
#define MAX_ADAPTERS 6

static struct resource video_rom = {
	.name = "Video ROM",
	.start = 0xc0000,
	.end = 0xc7fff,
	.flags = ROM_FLAGS,
};
static struct resource adapter_roms[MAX_ADAPTERS];
static struct resource extension_rom = {
	.name = "Extension ROM",
	.start = 0xe0000,
	.end = 0xeffff,
	.flags = ROM_FLAGS,
};
static struct resource system_rom = {
	.name = "System ROM",
	.start = 0xf0000,
	.end = 0xfffff,
	.flags = ROM_FLAGS,
};

static bool __init has_signature(const u8 *rom)
{
	return rom[0] == 0x55 && rom[1] == 0xaa;
}

/* Bytes that the ROM says it has, 0 to 130560. */
static unsigned long __init rom_length(const u8 *rom)
{
	return rom[2] * ROM_UNIT;
}

/* Into the register: beneath what firmware reserved there, where that was entered before. */
static void __init enter_rom(struct resource *res)
{
	struct resource *parent = lookup_resource_deepest(&iomem_resource, res->start, res->end);
	struct resource *conflict = request_resource_conflict(parent, res);

	if (conflict)
		pr_warn("%s %pR meets %s %pR\n", res->name, res, conflict->name, conflict);
}

/* The first signature below 000c8000; where the ROM behind it may go on from is returned. */
static unsigned long __init probe_video_rom(const u8 *map)
{
	unsigned long start, length;

	for (start = video_rom.start; start < 0xc8000; start += ROM_STEP) {
		const u8 *rom = map + (start - ROM_FIRST);

		if (!has_signature(rom))
			continue;
		video_rom.start = start;
		length = rom_length(rom);
		if (length && byte_sum(rom, length) == 0)
			video_rom.end = start + length - 1;
		enter_rom(&video_rom);
		break;
	}
	return max(ALIGN(video_rom.end + 1, ROM_STEP), 0xc8000UL);
}

/* All of 000e0000-000effff as one ROM; its length byte is not looked at. */
static bool __init probe_extension_rom(const u8 *map)
{
	const u8 *rom = map + (extension_rom.start - ROM_FIRST);

	if (!has_signature(rom) || byte_sum(rom, resource_size(&extension_rom)))
		return false;
	enter_rom(&extension_rom);
	return true;
}

static void __init probe_adapter_roms(const u8 *map, unsigned long start, unsigned long limit)
{
	unsigned int found = 0;
	unsigned long length;

	for (; start < limit && found < MAX_ADAPTERS; start += ROM_STEP) {
		const u8 *rom = map + (start - ROM_FIRST);
		struct resource *res = &adapter_roms[found];

		if (!has_signature(rom))
			continue;
		length = rom_length(rom);
		if (!length || length > limit - start || byte_sum(rom, length))
			continue;
		res->name = "Adapter ROM";
		res->start = start;
		res->end = start + length - 1;
		res->flags = ROM_FLAGS;
		enter_rom(res);
		found++;
		start = ALIGN_DOWN(res->end, ROM_STEP);
	}
}

void __init probe_roms(void)
{
	const u8 *map = memremap(ROM_FIRST, ROM_LAST + 1 - ROM_FIRST, MEMREMAP_WB);
	unsigned long start, limit = system_rom.start;

	if (!map) {
		enter_rom(&system_rom);
		return;
	}
	start = probe_video_rom(map);
	enter_rom(&system_rom);
	if (probe_extension_rom(map))
		limit = extension_rom.start;
	probe_adapter_roms(map, start, limit);
	memunmap((void *)map);
}
