// SPDX-License-Identifier: MIT
/*
 * Where the SMBIOS table is (DSP0134 3.6, 5.2): EFI names its entry point among its
 * configuration tables; a BIOS has it on a 16-byte boundary of its last 64 KiB.
 * One of SMBIOS 3 goes before an older one.
 */
#define pr_fmt(fmt) "DMI: " fmt
#include "drivers/firmware/bios_scan.h"
#include "drivers/firmware/dmi.h"

#include "drivers/firmware/efi.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/ioremap.h"

#define BIOS_ROM_START 0xf0000UL
#define BIOS_ROM_SIZE  0x10000UL
#define TABLE_MAX      0x100000U /* bytes; SMBIOS 3 may claim 4 GiB and end after a few KiB */
#define LEGACY_OFFSET  16	 /* "_DMI_" within an entry point that begins with "_SM_" */
#define LEGACY_HALF    15	 /* bytes from there on */
#define END_OF_TABLE   127

static struct dmi_table machine_table; /* length 0: none */
static u8 entry_point[DMI_ENTRY_SIZE];
static size_t entry_size;

typedef bool (*entry_fn)(const u8 *p, size_t size, struct dmi_table *table);

/*
 * Keep the entry point: its length stands in it (5.2.2), but in the half of an older one that says "_DMI_", which
 * is 15 bytes; `before` bytes in front of that belong to the other half, where it is there (5.2.1).
 */
static void __init keep_entry(const u8 *p, size_t before)
{
	if (before >= LEGACY_OFFSET && !memcmp(p - LEGACY_OFFSET, "_SM_", 4))
		p -= LEGACY_OFFSET;
	entry_size = LEGACY_HALF;
	if (!memcmp(p, "_SM3_", 5))
		entry_size = p[6];
	else if (!memcmp(p, "_SM_", 4))
		entry_size = p[5];
	entry_size = min(entry_size, (size_t)DMI_ENTRY_SIZE);
	memcpy(entry_point, p, entry_size);
}

static bool __init find_by_efi(phys_addr_t phys, size_t offset, entry_fn entry)
{
	const u8 *p = phys ? memremap(phys, DMI_ENTRY_SIZE, MEMREMAP_WB) : NULL;
	bool found = p && entry(p + offset, DMI_ENTRY_SIZE - offset, &machine_table);

	if (found)
		keep_entry(p + offset, offset);
	if (p)
		memunmap((void *)p);
	return found;
}

struct search {
	const u8 *rom;
	entry_fn entry;
};

static bool __init holds_entry(const u8 *p, size_t size, void *arg)
{
	const struct search *search = arg;

	if (!search->entry(p, size, &machine_table))
		return false;
	keep_entry(p, (size_t)(p - search->rom));
	return true;
}

static bool __init find_in_rom(const char *anchor, entry_fn entry)
{
	const u8 *rom = memremap(BIOS_ROM_START, BIOS_ROM_SIZE, MEMREMAP_WB);
	struct search search = { rom, entry };
	bool found = rom && bios_scan(rom, BIOS_ROM_SIZE, anchor, holds_entry, &search);

	if (rom)
		memunmap((void *)rom);
	return found;
}

static const u8 *walked; /* where the table is mapped during a walk */

/*
 * Keep what tells the board.  What SMBIOS 3 says is the most that there can be: behind the last structure (7.45)
 * nothing is.
 */
static void __init look_at(const struct dmi_header *dm, void *unused)
{
	const u8 *p = (const u8 *)dm;

	(void)unused;
	dmi_keep_ident(dm);
	if (dm->type == END_OF_TABLE && !machine_table.nr)
		machine_table.length =
			min(machine_table.length, (u32)(p + dm->length + 2 - walked));
}

void __init dmi_scan_machine(void)
{
	bool found;

	if (efi_tables.known)
		found = find_by_efi(efi_tables.smbios3, 0, dmi_smbios3_entry) ||
			find_by_efi(efi_tables.smbios, LEGACY_OFFSET, dmi_legacy_entry);
	else
		found = find_in_rom("_SM3", dmi_smbios3_entry) ||
			find_in_rom("_DMI", dmi_legacy_entry);
	machine_table.length = min(machine_table.length, TABLE_MAX);
	dmi_walk(look_at, NULL);
	if (found)
		pr_info("SMBIOS table of %u bytes at %pa\n", machine_table.length,
			&machine_table.base);
	else
		pr_info("not present or invalid\n");
}

void __init dmi_walk(void (*fn)(const struct dmi_header *dm, void *arg), void *arg)
{
	const u8 *bytes;

	if (!machine_table.length)
		return;
	bytes = memremap(machine_table.base, machine_table.length, MEMREMAP_WB);
	if (!bytes)
		return;
	walked = bytes;
	dmi_decode_table(bytes, &machine_table, fn, arg);
	memunmap((void *)bytes);
}

size_t dmi_entry_point(const u8 **bytes)
{
	*bytes = entry_point;
	return entry_size;
}

size_t dmi_table_size(void)
{
	return machine_table.length;
}

ssize_t dmi_read_table(void *buf, u64 pos, size_t n)
{
	const u8 *bytes;

	if (pos >= machine_table.length)
		return 0;
	n = min(n, machine_table.length - (size_t)pos);
	bytes = memremap(machine_table.base, machine_table.length, MEMREMAP_WB);
	if (!bytes)
		return -ENOMEM;
	memcpy(buf, bytes + pos, n);
	memunmap((void *)bytes);
	return (ssize_t)n;
}
