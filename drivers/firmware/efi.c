// SPDX-License-Identifier: MIT
/*
 * EFI's system table and the configuration tables that it lists.
 *
 * The loader has left the boot services, so nothing may be called; the tables lie
 * in memory that stays EFI's own.  Each look maps them anew: there are few.
 */
#define pr_fmt(fmt) "efi: " fmt
#include "drivers/firmware/efi.h"

#include "boot/boot_info.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/ioremap.h"

#define SYSTEM_TABLE_SIGNATURE 0x5453595320494249ULL /* "IBI SYST" */
#define MAX_CONFIG_TABLES      256U

/* UEFI 2.10, 4.3.1, as processors of 64 bits have it. */
struct efi_system_table {
	u64 signature;
	u32 revision, header_size, crc32, reserved;
	u64 firmware_vendor;
	u32 firmware_revision, padding;
	u64 console[6]; /* handles and protocols */
	u64 runtime_services, boot_services;
	u64 nr_tables;
	u64 tables;
};

struct efi_config_table_entry {
	struct efi_guid guid;
	u64 table;
};

_Static_assert(sizeof(struct efi_system_table) == 120, "UEFI 4.3.1");
_Static_assert(sizeof(struct efi_config_table_entry) == 24, "UEFI 4.6.1");

/* eb9d2d31-2d88-11d3-9a16-0090273fc14d and f2fd1544-9794-4a2c-992e-e5bbcf20e394 */
const struct efi_guid efi_smbios_guid = { { 0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11, 0x9a,
					    0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d } };
const struct efi_guid efi_smbios3_guid = { { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a, 0x99,
					     0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94 } };

/* Where the list is and how long; 0 entries where there is none that can be believed. */
static u32 __init config_tables(phys_addr_t *list)
{
	const struct efi_system_table *t;
	u32 nr = 0;

	if (!boot_info.efi_system_table)
		return 0;
	t = memremap(boot_info.efi_system_table, sizeof(*t), MEMREMAP_WB);
	if (!t)
		return 0;
	if (t->signature != SYSTEM_TABLE_SIGNATURE || t->header_size < sizeof(*t))
		pr_warn("system table at %pa: signature 0x%lx, %u bytes: not of 64 bits\n",
			&boot_info.efi_system_table, t->signature, t->header_size);
	else if (t->tables)
		nr = (u32)min(t->nr_tables, (u64)MAX_CONFIG_TABLES);
	*list = t->tables;
	memunmap((void *)t);
	return nr;
}

bool __init efi_config_tables_known(void)
{
	phys_addr_t list;

	return config_tables(&list) != 0;
}

phys_addr_t __init efi_config_table(const struct efi_guid *guid)
{
	const struct efi_config_table_entry *entries;
	phys_addr_t list, found = 0;
	u32 nr = config_tables(&list);

	entries = nr ? memremap(list, nr * sizeof(*entries), MEMREMAP_WB) : NULL;
	if (!entries)
		return 0;
	for (u32 i = 0; i < nr && !found; i++)
		if (!memcmp(&entries[i].guid, guid, sizeof(*guid)))
			found = entries[i].table;
	memunmap((void *)entries);
	return found;
}
