// SPDX-License-Identifier: MIT
/*
 * The arithmetic of the firmware's memory map.
 *
 * Firmware tells what lies where in a table of ranges, named after the BIOS call
 * that first gave it (INT 15h, AX=E820h; ACPI 6.5, 15.1).  Real tables are
 * unsorted, overlap, hold empty ranges, ranges that wrap and types nobody knows.
 * e820__update_table() turns any table into the one that the rest of the kernel
 * relies on: sorted, disjoint, nothing empty.  Everything that changes the table
 * afterwards (mem=, memmap=, trimming) may break that order and calls it again.
 *
 * Ranges are (start, size) as in the firmware's table; inside, the last byte is
 * used instead of the end, since an entry may reach 2^64, whose number does not
 * fit.  A type of 0 means "no entry".
 *
 * This file knows neither boot_info nor the register: it runs on the host too.
 * mm/e820_setup.c takes the map from the loader, mm/e820_resource.c enters it
 * into the register.
 */
#include "mm/e820.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

struct e820_table e820_table, e820_table_firmware;

/* Last byte of a range that is not empty; what would wrap ends at 2^64. */
static u64 range_last(u64 start, u64 size)
{
	u64 last = start + (size - 1);

	return last < start ? ~0ULL : last;
}

const char *e820_type_to_string(u32 type)
{
	switch (type) {
	case E820_TYPE_RAM:
		return "System RAM";
	case E820_TYPE_RESERVED:
		return "Reserved";
	case E820_TYPE_ACPI:
		return "ACPI Tables";
	case E820_TYPE_NVS:
		return "ACPI Non-volatile Storage";
	case E820_TYPE_UNUSABLE:
		return "Unusable memory";
	case E820_TYPE_PMEM:
		return "Persistent Memory";
	case E820_TYPE_PRAM:
		return "Persistent Memory (legacy)";
	case E820_TYPE_SOFT_RESERVED:
		return "Soft Reserved";
	default:
		return "Unknown E820 type";
	}
}

const char *e820_type_word(u32 type, char buf[E820_TYPE_WORD])
{
	switch (type) {
	case E820_TYPE_RAM:
		return "usable";
	case E820_TYPE_RESERVED:
		return "reserved";
	case E820_TYPE_ACPI:
		return "ACPI data";
	case E820_TYPE_NVS:
		return "ACPI NVS";
	case E820_TYPE_UNUSABLE:
		return "unusable";
	case E820_TYPE_SOFT_RESERVED:
		return "soft reserved";
	case E820_TYPE_PMEM:
	case E820_TYPE_PRAM:
		snprintf(buf, E820_TYPE_WORD, "persistent (type %u)", type);
		return buf;
	default:
		snprintf(buf, E820_TYPE_WORD, "type %u", type);
		return buf;
	}
}

void e820__print_table(const struct e820_table *table, const char *who)
{
	char word[E820_TYPE_WORD];

	for (unsigned int i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *e = &table->entries[i];

		pr_info("%s: [mem 0x%016lx-0x%016lx] %s\n", who, e->addr, e->addr + (e->size - 1),
			e820_type_word(e->type, word));
	}
}

/*
 * Sanitising is a sweep from low to high over the points where some entry starts
 * or ends.  Between two neighbouring points the set of entries does not change,
 * so neither does the winner, the highest type of the set:
 *
 *	entries    11111111111111        points   |   |     |      |     |
 *	               222222222222      winner     1   2       2     -
 *	                     3333333                         ^ and here 3 wins
 */
struct change_point {
	u64 addr;
	u16 entry;  /* index in the table */
	bool start; /* begins here, else: has ended before this byte */
};

static struct change_point points[2 * E820_MAX_ENTRIES] __initdata;
static u16 active[E820_MAX_ENTRIES] __initdata; /* entries that hold the swept byte */
static struct e820_table swept __initdata;

/* All points, sorted by address.  Firmware's tables are nearly sorted: insertion is quick. */
static unsigned int __init collect_points(const struct e820_table *table)
{
	unsigned int nr = 0, i, j;

	for (i = 0; i < table->nr_entries; i++) {
		const struct e820_entry *e = &table->entries[i];
		u64 last;

		if (!e->size || !e->type)
			continue;
		last = range_last(e->addr, e->size);
		points[nr++] = (struct change_point){ e->addr, i, true };
		if (last != ~0ULL) /* what reaches 2^64 never ends */
			points[nr++] = (struct change_point){ last + 1, i, false };
	}
	for (i = 1; i < nr; i++) {
		struct change_point p = points[i];

		for (j = i; j > 0 && points[j - 1].addr > p.addr; j--)
			points[j] = points[j - 1];
		points[j] = p;
	}
	return nr;
}

/* Let the entry of a point join or leave the active set of `nr`; the set's new size. */
static unsigned int __init pass_point(const struct change_point *p, unsigned int nr)
{
	if (p->start) {
		active[nr] = p->entry;
		return nr + 1;
	}
	for (unsigned int i = 0; i < nr; i++)
		if (active[i] == p->entry) {
			active[i] = active[nr - 1];
			return nr - 1;
		}
	panic("e820: entry %u ends and never began", p->entry);
}

static u32 __init highest_active_type(const struct e820_table *table, unsigned int nr)
{
	u32 type = 0;

	for (unsigned int i = 0; i < nr; i++)
		type = max(type, table->entries[active[i]].type);
	return type;
}

/* Neighbours of these may be two devices, or two nodes' memory: never merged. */
static bool __init keeps_its_bounds(u32 type)
{
	return type == E820_TYPE_PRAM || type == E820_TYPE_SOFT_RESERVED;
}

/* Close the range that runs since `start`.  An `end` of 0 is 2^64. */
static int __init emit_swept(u64 start, u64 end, u32 type)
{
	u64 size = end - start;

	if (!type)
		return 0;
	if (swept.nr_entries == E820_MAX_ENTRIES)
		return -E2BIG;
	if (!size) /* all of 2^64: its last byte is given up, for the size must fit */
		size = ~0ULL;
	swept.entries[swept.nr_entries++] = (struct e820_entry){ start, size, type };
	return 0;
}

int __init e820__update_table(struct e820_table *table)
{
	unsigned int nr_points = collect_points(table), nr_active = 0, i = 0;
	u32 type = 0, next_type;
	u64 start = 0, addr;
	int err = 0;

	swept.nr_entries = 0;
	while (i < nr_points && !err) {
		addr = points[i].addr;
		/* Starts first: an entry that ends here may have been put in front of them. */
		for (unsigned int k = i; k < nr_points && points[k].addr == addr; k++)
			if (points[k].start)
				nr_active = pass_point(&points[k], nr_active);
		for (; i < nr_points && points[i].addr == addr; i++)
			if (!points[i].start)
				nr_active = pass_point(&points[i], nr_active);

		next_type = highest_active_type(table, nr_active);
		if (next_type == type && !keeps_its_bounds(type))
			continue;
		err = emit_swept(start, addr, type);
		start = addr;
		type = next_type;
	}
	if (!err)
		err = emit_swept(start, 0, type);
	if (err)
		pr_err("e820: map cut off at 0x%016lx: raise E820_MAX_ENTRIES (%d)\n", start,
		       E820_MAX_ENTRIES);

	memcpy(table->entries, swept.entries, swept.nr_entries * sizeof(swept.entries[0]));
	table->nr_entries = swept.nr_entries;
	return err;
}

int __init e820__range_add(struct e820_table *table, u64 start, u64 size, u32 type)
{
	if (table->nr_entries >= E820_MAX_ENTRIES) {
		pr_err("e820: no room for [mem 0x%08lx-0x%08lx]: raise E820_MAX_ENTRIES (%d)\n",
		       start, start + (size - 1), E820_MAX_ENTRIES);
		return -E2BIG;
	}
	table->entries[table->nr_entries++] = (struct e820_entry){ start, size, type };
	return 0;
}

/*
 * Cut [start, last] out of one entry, which keeps its head; what is left of it
 * behind `last` is appended.  Bytes cut out.
 *
 *	entry   |-------|      |-------|      |-------|      |-------|
 *	cut   |----|               |-------|     |---|      |---------|
 *	left       |----|      |---|          |--|   |-|    (size 0)
 */
static u64 __init cut_entry(struct e820_table *table, unsigned int i, u64 start, u64 last)
{
	struct e820_entry *e = &table->entries[i];
	u64 entry_last;

	if (!e->size)
		return 0;
	entry_last = range_last(e->addr, e->size);
	if (e->addr > last || entry_last < start)
		return 0;
	if (entry_last > last)
		e820__range_add(table, last + 1, entry_last - last, e->type);
	start = max(start, e->addr);
	e->size = start - e->addr;
	return min(last, entry_last) - start + 1;
}

u64 __init e820__range_update(struct e820_table *table, u64 start, u64 size, u32 old_type,
			      u32 new_type)
{
	unsigned int nr = table->nr_entries; /* not those that are appended below */
	char old_word[E820_TYPE_WORD], new_word[E820_TYPE_WORD];
	u64 last, bytes, sum = 0;

	if (!size)
		return 0;
	last = range_last(start, size);
	pr_info("e820: update [mem 0x%08lx-0x%08lx] %s ==> %s\n", start, last,
		e820_type_word(old_type, old_word), e820_type_word(new_type, new_word));

	for (unsigned int i = 0; i < nr; i++) {
		u64 addr = table->entries[i].addr;

		if (table->entries[i].type != old_type)
			continue;
		bytes = cut_entry(table, i, start, last);
		sum += bytes;
		if (bytes && !table->entries[i].size) /* no head is left: its place is free */
			table->entries[i] =
				(struct e820_entry){ max(addr, start), bytes, new_type };
		else if (bytes)
			e820__range_add(table, max(addr, start), bytes, new_type);
	}
	return sum;
}

u64 __init e820__range_remove(struct e820_table *table, u64 start, u64 size, u32 old_type,
			      bool check_type)
{
	unsigned int nr = table->nr_entries;
	char word[E820_TYPE_WORD];
	u64 last, sum = 0;

	if (!size)
		return 0;
	last = range_last(start, size);
	pr_info("e820: remove [mem 0x%08lx-0x%08lx] %s\n", start, last,
		check_type ? e820_type_word(old_type, word) : "");

	for (unsigned int i = 0; i < nr; i++)
		if (!check_type || table->entries[i].type == old_type)
			sum += cut_entry(table, i, start, last);
	return sum;
}

bool e820__mapped_all(u64 start, u64 end, u32 type)
{
	/* The table is sorted: what is covered so far grows from `start` on. */
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 last = range_last(e->addr, e->size);

		if ((type && e->type != type) || e->addr > start || last < start)
			continue;
		if (last >= end - 1)
			return true;
		start = last + 1;
	}
	return false;
}
