// SPDX-License-Identifier: MIT
/*
 * iomem -j: the register for programs, as kernel/monitor/iomem.schema.json says.
 */
#include "kernel/core/json.h"
#include "kernel/monitor/iomem.h"
#include "kernel/monitor/whatis.h"
#include "kernel/time/time.h"
#include "mm/device_map.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"

static void put_time(struct json *j, const char *name, u64 since)
{
	u64 ns;

	if (tsc_to_boot_ns(since, &ns))
		json_seconds(j, name, ns);
	else
		json_null(j, name);
}

static void put_flags(struct json *j, unsigned long flags)
{
	const char *word;

	json_open(j, "flags", '[');
	for (unsigned int n = 0; (word = resource_flag(flags, n)); n++)
		json_string(j, NULL, word);
	json_close(j, ']');
}

static void put_run(struct json *j, const struct device_run *run)
{
	enum mtrr_type mtrr = mtrr_type_lookup(run->phys, run->phys + run->size, NULL);
	char owner[100];

	whatis_owner(run->va, owner, sizeof(owner));
	json_open(j, NULL, '{');
	json_hex(j, "virtual", run->va);
	json_hex(j, "physical", run->phys);
	json_hex(j, "size", run->size);
	json_hex(j, "page", page_level_size(run->level));
	json_bool(j, "writable", run->writable);
	json_bool(j, "executable", run->executable);
	json_string(j, "asked", cattr_name(run->mode));
	json_string(j, "effect", cattr_name(effective_memory_type(run->mode, mtrr)));
	json_string(j, "owner", owner);
	json_close(j, '}');
}

/* All of a row but what closes it: its children come inside. */
static void open_row(struct json *j, const struct resource_list *list,
		     const struct resource_row *row)
{
	bool is_root = row == list->row;

	json_open(j, is_root ? "root" : NULL, '{');
	json_string(j, "name", row->name);
	json_hex(j, "start", row->start);
	json_hex(j, "end", row->end);
	put_flags(j, row->flags);
	if (!is_root) {
		json_function(j, "by", row->caller);
		put_time(j, "at", row->since);
	}
	json_open(j, "children", '[');
}

static void close_rows(struct json *j, unsigned int n)
{
	while (n--) {
		json_close(j, ']');
		json_close(j, '}');
	}
}

/* Where the depth does not grow, what is open ends. */
static void put_rows(struct json *j, const struct resource_list *list)
{
	const struct resource_row *row = list->row;

	for (unsigned int i = 0; i < list->nr; i++, row++) {
		if (i && row->depth <= row[-1].depth)
			close_rows(j, row[-1].depth - row->depth + 1);
		open_row(j, list, row);
	}
	close_rows(j, row[-1].depth + 1);
}

int iomem_json(struct sink *out, const char *which, const struct resource_list *list)
{
	bool memory = list->row->flags & IORESOURCE_MEM;
	struct device_map map = { .nr = 0 };
	int err = memory ? device_map_take(&map) : 0;
	struct json j = json_to(out);

	if (err)
		return err;
	json_open(&j, NULL, '{');
	json_string(&j, "register", which);
	put_time(&j, "now", rdtsc());
	put_rows(&j, list);
	json_open(&j, "mappings", '[');
	for (unsigned int i = 0; i < map.nr; i++)
		put_run(&j, &map.run[i]);
	json_close(&j, ']');
	json_end(&j, '}');
	if (memory)
		device_map_free(&map);
	return 0;
}
