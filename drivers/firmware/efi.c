// SPDX-License-Identifier: MIT
/*
 * EFI's system table and the configuration tables that it lists.
 *
 * The loader has left the boot services, so nothing may be called.  The list is read once
 * and early: what it names may lie in memory that would be given out.
 */
#define pr_fmt(fmt) "efi: " fmt
#include "drivers/firmware/efi.h"

#include "boot/boot_info.h"
#include "kernel/core/printk.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"

#define SYSTEM_TABLE_SIGNATURE 0x5453595320494249ULL /* "IBI SYST" */
#define MAX_CONFIG_TABLES      256U

/* UEFI 2.10, 4.2.1: the system table begins with one. */
struct efi_table_header {
	u64 signature;
	u32 revision, size, crc32, reserved;
};

/*
 * Where in the system table (4.3.1) the list stands.  Firmware may be of 32 bits below a kernel of
 * 64: the sizes of the two tables tell which.
 */
static const struct layout {
	u32 size, nr_tables, tables; /* bytes; the list's length and its address */
	u32 pointer;		     /* bytes of an address and of a number */
} layouts[] __initconst = { { 120, 104, 112, 8 }, { 72, 64, 68, 4 } };

struct efi_config_table_entry {
	struct efi_guid guid;
	u64 table; /* in memory it may have the lower half alone */
};

_Static_assert(sizeof(struct efi_table_header) == 24, "UEFI 4.2.1");
_Static_assert(sizeof(struct efi_config_table_entry) == 24, "UEFI 4.6.1");

struct efi_tables efi_tables __initdata;

/* UEFI 2.10, 4.6 and 23.4; the last is shim's, who passes owners' keys in it. */
static const struct {
	struct efi_guid guid;
	phys_addr_t *table;
} known[] __initconst = {
	/* eb9d2d31-2d88-11d3-9a16-0090273fc14d */
	{ { { 0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f,
	      0xc1, 0x4d } },
	  &efi_tables.smbios },
	/* f2fd1544-9794-4a2c-992e-e5bbcf20e394 */
	{ { { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20,
	      0xe3, 0x94 } },
	  &efi_tables.smbios3 },
	/* b122a263-3661-4f68-9929-78f8b0d62180 */
	{ { { 0x63, 0xa2, 0x22, 0xb1, 0x61, 0x36, 0x68, 0x4f, 0x99, 0x29, 0x78, 0xf8, 0xb0, 0xd6,
	      0x21, 0x80 } },
	  &efi_tables.esrt },
	/* c451ed2b-9694-45d3-baba-ed9f8988a389 */
	{ { { 0x2b, 0xed, 0x51, 0xc4, 0x94, 0x96, 0xd3, 0x45, 0xba, 0xba, 0xed, 0x9f, 0x89, 0x88,
	      0xa3, 0x89 } },
	  &efi_tables.mokvar },
};

static void __init note_table(const struct efi_config_table_entry *e)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(known); i++)
		if (!memcmp(&known[i].guid, &e->guid, sizeof(e->guid)))
			*known[i].table = e->table;
}

/* NULL after a line: this is no system table. */
static const struct layout *__init find_layout(phys_addr_t system_table)
{
	struct efi_table_header head;

	if (copy_from_early_mem(&head, system_table, sizeof(head)))
		return NULL;
	for (unsigned int i = 0; i < ARRAY_SIZE(layouts); i++)
		if (head.signature == SYSTEM_TABLE_SIGNATURE && head.size >= layouts[i].size)
			return &layouts[i];
	pr_warn("system table at %pa: signature 0x%lx, %u bytes: it is none\n", &system_table,
		head.signature, head.size);
	return NULL;
}

void __init efi_init(void)
{
	phys_addr_t system_table = boot_info.efi_system_table;
	const struct layout *l = system_table ? find_layout(system_table) : NULL;
	struct efi_config_table_entry entry = { 0 };
	u64 nr = 0, tables = 0;
	u32 size;

	if (!l || copy_from_early_mem(&nr, system_table + l->nr_tables, l->pointer) ||
	    copy_from_early_mem(&tables, system_table + l->tables, l->pointer) || !tables)
		return;
	size = sizeof(entry.guid) + l->pointer;
	for (u64 i = 0; i < min(nr, (u64)MAX_CONFIG_TABLES); i++) {
		if (copy_from_early_mem(&entry, tables + i * size, size))
			return;
		efi_tables.known = true;
		note_table(&entry);
	}
}
