// SPDX-License-Identifier: MIT
/*
 * What firmware has told, as it told it: /sys/firmware/acpi/tables, dmi/tables and memmap.
 *
 * acpidump and dmidecode read these where there are such files, and /dev/mem where there are not.
 */
#include "drivers/acpi/table/acpi.h"
#include "drivers/firmware/dmi.h"
#include "drivers/sysfs/sysfs.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "mm/e820.h"
#include "mm/slab.h"

#define PATH_LEN 64

/* ---------------------------------------------------------------- ACPI */

/* Of tables with one signature each has its number: "SSDT1", "SSDT2". */
static void __init create_table(unsigned int i, const struct acpi_table_header *h)
{
	struct sysfs_bytes *table = kmalloc(sizeof(*table), GFP_KERNEL);
	unsigned int same = 0, before = 0;
	const struct acpi_table_header *other;
	char path[PATH_LEN];
	int n;

	if (!table)
		return;
	for (unsigned int k = 0; (other = acpi_table_by_index(k, NULL)) != NULL; k++) {
		if (memcmp(h->signature, other->signature, sizeof(h->signature)))
			continue;
		same++;
		before += k < i;
	}
	*table = (struct sysfs_bytes){ (const u8 *)h, h->length };
	n = scnprintf(path, sizeof(path), "firmware/acpi/tables/%.4s", h->signature);
	if (same > 1)
		scnprintf(path + n, sizeof(path) - (size_t)n, "%u", before + 1);
	sysfs_create_bytes(path, 0400, table);
}

static void __init create_acpi(void)
{
	const struct acpi_table_header *h;

	if (!acpi_available())
		return;
	ktree_mkdir_path(sysfs_root, "firmware/acpi/tables/data", 0755);
	ktree_mkdir_path(sysfs_root, "firmware/acpi/tables/dynamic", 0755);
	for (unsigned int i = 0; (h = acpi_table_by_index(i, NULL)) != NULL; i++)
		if (memcmp(h->signature, "RSDT", 4) &&
		    memcmp(h->signature, "XSDT", 4)) /* the list itself */
			create_table(i, h);
}

/* ---------------------------------------------------------------- SMBIOS */

static ssize_t read_dmi(void *unused, char *buf, loff_t pos, size_t n)
{
	(void)unused;
	return dmi_read_table(buf, (u64)pos, n);
}

static const struct knode_ops dmi_ops = { .read = read_dmi };

static void __init create_dmi(void)
{
	static struct sysfs_bytes entry;

	entry.size = dmi_entry_point(&entry.bytes);
	if (!entry.size)
		return;
	sysfs_create_bytes("firmware/dmi/tables/smbios_entry_point", 0400, &entry);
	sysfs_create("firmware/dmi/tables/DMI", 0400, (loff_t)dmi_table_size(), &dmi_ops, NULL);
}

/* ---------------------------------------------------------------- the memory map */

static int show_start(struct sink *out, void *private)
{
	const struct e820_entry *e = private;

	sink_printf(out, "0x%lx\n", e->addr);
	return 0;
}

static int show_end(struct sink *out, void *private)
{
	const struct e820_entry *e = private;

	sink_printf(out, "0x%lx\n", e->addr + (e->size - 1));
	return 0;
}

static int show_type(struct sink *out, void *private)
{
	const struct e820_entry *e = private;

	sink_printf(out, "%s\n", e820_type_to_string(e->type));
	return 0;
}

static void __init create_memmap(void)
{
	static const struct {
		const char *name;
		struct knode_ops ops;
	} files[] = {
		{ "start", { .show = show_start } },
		{ "end", { .show = show_end } },
		{ "type", { .show = show_type } },
	};
	char path[PATH_LEN];

	for (unsigned int i = 0; i < e820_table_firmware.nr_entries; i++) {
		for (unsigned int k = 0; k < ARRAY_SIZE(files); k++) {
			scnprintf(path, sizeof(path), "firmware/memmap/%u/%s", i, files[k].name);
			sysfs_create(path, 0444, SYSFS_FILE_SIZE, &files[k].ops,
				     &e820_table_firmware.entries[i]);
		}
	}
}

void __init sysfs_firmware_init(void)
{
	create_acpi();
	create_dmi();
	create_memmap();
}
