// SPDX-License-Identifier: MIT
/*
 * iomem -j: the register for programs, as kernel/monitor/iomem.schema.json says.
 *
 * Addresses are strings, since a number of JSON's loses bits above 2^53.  One value a line, so that no line
 * is long.
 */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/monitor/iomem.h"
#include "kernel/monitor/whatis.h"
#include "kernel/time/time.h"
#include "mm/device_map.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"

/* In quotes, with what JSON has escaped (RFC 8259, 7). */
static void put_string(struct sink *out, const char *s)
{
	sink_write(out, "\"", 1);
	for (; *s; s++) {
		if (*s == '"' || *s == '\\' || (u8)*s < ' ' || (u8)*s > '~')
			sink_printf(out, "\\u%04x", (u8)*s);
		else
			sink_write(out, s, 1);
	}
	sink_write(out, "\"", 1);
}

static void put_field(struct sink *out, const char *name, const char *value)
{
	sink_printf(out, "\"%s\": ", name);
	put_string(out, value);
}

static void put_time(struct sink *out, u64 since)
{
	char time[32];

	sink_printf(out, "%s", iomem_time(time, sizeof(time), since) ? time : "null");
}

static void put_flags(struct sink *out, unsigned long flags)
{
	const char *word;

	sink_printf(out, "\"flags\": [");
	for (unsigned int n = 0; (word = resource_flag(flags, n)); n++)
		sink_printf(out, "%s\"%s\"", n ? ", " : "", word);
	sink_printf(out, "]");
}

static void put_run(struct sink *out, const struct device_run *run)
{
	enum mtrr_type mtrr = mtrr_type_lookup(run->phys, run->phys + run->size, NULL);
	char owner[100];

	whatis_owner(run->va, owner, sizeof(owner));
	sink_printf(out, "{\"virtual\": \"0x%lx\", \"physical\": \"0x%lx\",\n", run->va, run->phys);
	sink_printf(out, "\"size\": \"0x%lx\", \"page\": \"0x%lx\",\n", run->size,
		    page_level_size(run->level));
	sink_printf(out, "\"writable\": %s, \"executable\": %s,\n",
		    run->writable ? "true" : "false", run->executable ? "true" : "false");
	put_field(out, "asked", cattr_name(run->mode));
	sink_printf(out, ",\n");
	put_field(out, "effect", cattr_name(effective_memory_type(run->mode, mtrr)));
	sink_printf(out, ",\n");
	put_field(out, "owner", owner);
	sink_printf(out, "}");
}

static void put_row(struct sink *out, const struct resource_list *list,
		    const struct resource_row *row)
{
	char caller[80];

	snprintf(caller, sizeof(caller), "%ps", (void *)row->caller);
	sink_printf(out, "{");
	put_field(out, "name", row->name);
	sink_printf(out, ",\n\"start\": \"0x%lx\", \"end\": \"0x%lx\",\n", row->start, row->end);
	put_flags(out, row->flags);
	if (row != list->row) {
		sink_printf(out, ",\n");
		put_field(out, "by", caller);
		sink_printf(out, ",\n\"at\": ");
		put_time(out, row->since);
	}
	sink_printf(out, ",\n\"children\": [");
}

/* The depth falls: what is open ends. */
static void close_rows(struct sink *out, unsigned int n)
{
	while (n--)
		sink_printf(out, "]}");
}

static void put_rows(struct sink *out, const struct resource_list *list)
{
	const struct resource_row *row = list->row;

	for (unsigned int i = 0; i < list->nr; i++, row++) {
		if (i && row->depth > row[-1].depth)
			sink_printf(out, "\n");
		else if (i) {
			close_rows(out, row[-1].depth - row->depth + 1);
			sink_printf(out, ",\n");
		}
		put_row(out, list, row);
	}
	close_rows(out, row[-1].depth + 1);
}

int iomem_json(struct sink *out, const char *which, const struct resource_list *list)
{
	bool memory = list->row->flags & IORESOURCE_MEM;
	struct device_map map = { .nr = 0 };
	int err = memory ? device_map_take(&map) : 0;

	if (err)
		return err;
	sink_printf(out, "{\"register\": \"%s\",\n\"now\": ", which);
	put_time(out, rdtsc());
	sink_printf(out, ",\n\"root\": ");
	put_rows(out, list);
	sink_printf(out, ",\n\"mappings\": [");
	for (unsigned int i = 0; i < map.nr; i++) {
		sink_printf(out, "%s\n", i ? "," : "");
		put_run(out, &map.run[i]);
	}
	sink_printf(out, "]}\n");
	if (memory)
		device_map_free(&map);
	return 0;
}
