// SPDX-License-Identifier: MIT
/*
 * iomem -v: under each row what it is, who put it there and when, and where it is mapped.
 *
 *	fed00000-fed003ff : HPET 0
 *	    mem busy, MTRR uncachable
 *	    by hpet_insert_resource at 0.123456
 *	    at ffffc90000002000-ffffc900000023ff 4K RW NX uncached-minus,
 *	      in effect uncached, ioremap for hpet_init+0x5/0x9
 *
 * A mapping is told under the deepest row that holds all of it.
 */
#include "kernel/monitor/iomem.h"

#include "kernel/core/printk.h"
#include "kernel/monitor/whatis.h"
#include "kernel/time/time.h"
#include "mm/device_map.h"
#include "mm/memtype.h"
#include "mm/mtrr.h"
#include "mm/page_alloc.h"

bool iomem_time(char *buf, size_t size, u64 since)
{
	u64 ns;

	if (!tsc_to_boot_ns(since, &ns))
		return false;
	snprintf(buf, size, "%llu.%06llu", ns / NSEC_PER_SEC, ns % NSEC_PER_SEC / NSEC_PER_USEC);
	return true;
}

static void print_flags(struct sink *out, int indent, const struct resource_row *row)
{
	const char *word;
	bool uniform;

	sink_printf(out, "%*s", indent, "");
	for (unsigned int n = 0; (word = resource_flag(row->flags, n)); n++)
		sink_printf(out, "%s%s", n ? " " : "", word);
	if (row->flags & IORESOURCE_MEM) {
		enum mtrr_type type = mtrr_type_lookup(row->start, row->end + 1, &uniform);

		sink_printf(out, ", MTRR %s", uniform ? mtrr_type_name(type) : "of several types");
	}
	sink_printf(out, "\n");
}

static void print_origin(struct sink *out, int indent, const struct resource_row *row)
{
	char time[32];

	sink_printf(out, "%*sby %ps at %s\n", indent, "", (void *)row->caller,
		    iomem_time(time, sizeof(time), row->since) ? time : "an unknown time");
}

static bool holds(const struct resource_row *row, const struct device_run *run)
{
	return run->phys >= (row->start & PAGE_MASK) &&
	       run->phys + (run->size - 1) <= (row->end | ~PAGE_MASK);
}

static bool child_holds(const struct resource_list *list, const struct resource_row *row,
			const struct device_run *run)
{
	const struct resource_row *child = resource_row_child(list, row);

	for (; child; child = resource_row_sibling(list, child))
		if (holds(child, run))
			return true;
	return false;
}

static void print_run(struct sink *out, int indent, const struct device_run *run)
{
	static const char *const sizes[] = { "?", "4K", "2M", "1G" };
	enum mtrr_type mtrr = mtrr_type_lookup(run->phys, run->phys + run->size, NULL);
	char owner[100];

	whatis_owner(run->va, owner, sizeof(owner));
	sink_printf(out, "%*sat %016lx-%016lx %s %s %s\n", indent, "", run->va,
		    run->va + run->size - 1, sizes[run->level], run->writable ? "RW" : "ro",
		    run->executable ? "x" : "NX");
	sink_printf(out, "%*s  %s, in effect %s\n", indent, "", cattr_name(run->mode),
		    cattr_name(effective_memory_type(run->mode, mtrr)));
	sink_printf(out, "%*s  %s\n", indent, "", owner);
}

/* Of RAM only the direct map is told: vmalloc()'s views of it are nobody's in the register. */
static void print_mappings(struct sink *out, int indent, const struct resource_list *list,
			   const struct resource_row *row, const struct device_map *map)
{
	if (row->flags & IORESOURCE_SYSRAM && row->end < direct_map_end)
		sink_printf(out, "%*sat %016lx by the direct map\n", indent, "",
			    PAGE_OFFSET + row->start);
	for (unsigned int i = 0; i < map->nr; i++)
		if (holds(row, &map->run[i]) && !child_holds(list, row, &map->run[i]))
			print_run(out, indent, &map->run[i]);
}

int iomem_verbose(struct sink *out, const struct resource_list *list)
{
	bool memory = list->row->flags & IORESOURCE_MEM;
	struct device_map map = { .nr = 0 };
	int err = memory ? device_map_take(&map) : 0;

	if (err)
		return err;
	for (const struct resource_row *row = list->row + 1; row < list->row + list->nr; row++) {
		int indent = 2 * (int)min(row->depth - 1, 5U) + 4;

		resource_row_print(out, list, row);
		print_flags(out, indent, row);
		print_origin(out, indent, row);
		print_mappings(out, indent, list, row, &map);
	}
	if (memory)
		device_map_free(&map);
	return 0;
}
