// SPDX-License-Identifier: MIT
/*
 * The bytes of SMBIOS: entry points and the walk through the structures.  Pure;
 * dmi_scan.c finds them in the machine.
 *
 * A structure tells its own length but not that of its strings, which end with two
 * zero bytes, so each is looked through before the next is known.
 */
#define pr_fmt(fmt) "DMI: " fmt
#include "drivers/firmware/dmi.h"

#include "kernel/core/printk.h"
#include "kernel/lib/string.h"

#define END_OF_TABLE 127 /* 7.46 */

bool dmi_smbios3_entry(const u8 *p, size_t size, struct dmi_table *table)
{
	if (size < 24 || memcmp(p, "_SM3_", 5) != 0 || p[6] < 24 || p[6] > DMI_ENTRY_SIZE ||
	    p[6] > size || byte_sum(p, p[6]))
		return false;
	table->nr = 0;
	memcpy(&table->length, p + 12, sizeof(table->length));
	memcpy(&table->base, p + 16, sizeof(table->base));
	return true;
}

bool dmi_legacy_entry(const u8 *p, size_t size, struct dmi_table *table)
{
	u16 length;
	u32 base;

	if (size < 15 || memcmp(p, "_DMI_", 5) != 0 || byte_sum(p, 15))
		return false;
	memcpy(&length, p + 6, sizeof(length));
	memcpy(&base, p + 8, sizeof(base));
	memcpy(&table->nr, p + 12, sizeof(table->nr));
	table->length = length;
	table->base = base;
	return true;
}

/* Behind the two zeros that end the strings from `at` on; past the table where there are none. */
static u64 behind_strings(const u8 *bytes, u64 length, u64 at)
{
	while (at + 1 < length && (bytes[at] || bytes[at + 1]))
		at++;
	return at + 2;
}

void dmi_decode_table(const u8 *bytes, const struct dmi_table *table,
		      void (*fn)(const struct dmi_header *dm, void *arg), void *arg)
{
	u64 at = 0;

	for (u32 i = 0; !table->nr || i < table->nr; i++) {
		const struct dmi_header *dm = (const struct dmi_header *)(bytes + at);

		if (at + sizeof(*dm) > table->length)
			return;
		if (dm->length < sizeof(*dm)) {
			pr_warn("table of %u bytes: structure %u at %lu is %u bytes long\n",
				table->length, i, at, dm->length);
			return;
		}
		at = behind_strings(bytes, table->length, at + dm->length);
		if (at <= table->length)
			fn(dm, arg);
		/* Where structures are counted, some boards have more behind the end. */
		if (!table->nr && dm->type == END_OF_TABLE)
			return;
	}
}
