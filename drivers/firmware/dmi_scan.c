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
#include "mm/ioremap.h"

#define BIOS_ROM_START 0xf0000UL
#define BIOS_ROM_SIZE  0x10000UL
#define TABLE_MAX      0x100000U /* bytes; SMBIOS 3 may claim 4 GiB and end after a few KiB */
#define LEGACY_OFFSET  16	 /* "_DMI_" within an entry point that begins with "_SM_" */

static struct dmi_table machine_table __initdata; /* length 0: none */

typedef bool (*entry_fn)(const u8 *p, size_t size, struct dmi_table *table);

static bool __init find_by_efi(const struct efi_guid *guid, size_t offset, entry_fn entry)
{
	phys_addr_t phys = efi_config_table(guid);
	const u8 *p = phys ? memremap(phys, DMI_ENTRY_SIZE, MEMREMAP_WB) : NULL;
	bool found = p && entry(p + offset, DMI_ENTRY_SIZE - offset, &machine_table);

	if (p)
		memunmap((void *)p);
	return found;
}

static bool __init holds_entry(const u8 *p, size_t size, void *arg)
{
	return ((entry_fn)arg)(p, size, &machine_table);
}

static bool __init find_in_rom(const char *anchor, entry_fn entry)
{
	const u8 *rom = memremap(BIOS_ROM_START, BIOS_ROM_SIZE, MEMREMAP_WB);
	bool found = rom && bios_scan(rom, BIOS_ROM_SIZE, anchor, holds_entry, entry);

	if (rom)
		memunmap((void *)rom);
	return found;
}

void __init dmi_scan_machine(void)
{
	bool found;

	if (efi_config_tables_known())
		found = find_by_efi(&efi_smbios3_guid, 0, dmi_smbios3_entry) ||
			find_by_efi(&efi_smbios_guid, LEGACY_OFFSET, dmi_legacy_entry);
	else
		found = find_in_rom("_SM3", dmi_smbios3_entry) ||
			find_in_rom("_DMI", dmi_legacy_entry);
	machine_table.length = min(machine_table.length, TABLE_MAX);
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
	dmi_decode_table(bytes, &machine_table, fn, arg);
	memunmap((void *)bytes);
}
