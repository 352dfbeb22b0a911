// SPDX-License-Identifier: MIT
/*
 * page_owner: all RAM by what it is used for and who asked for it, as Linux's debugfs file of that name tells page by
 * page: free, kept since boot under a name, or allocated by a function.
 *
 * The struct pages are asked, without a lock and while they change: the sums are a look, not an account (that is
 * vmstat's).  Blocks are counted into a table of so many rows, which is far more than a kernel has functions
 * that allocate pages; what finds no room shares the last.
 */
#include "kernel/core/command.h"
#include "kernel/core/json.h"
#include "kernel/core/ksyms.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"
#include "mm/reserved.h"
#include "mm/vmemmap.h"

#define MAX_ROWS 256

struct owner_row {
	const char *use, *whose; /* both live for ever; whose may be NULL */
	unsigned long pages;
};

struct owner_table {
	unsigned long ram;
	unsigned int nr;
	struct owner_row row[MAX_ROWS];
};

static void count(struct owner_table *table, const char *use, const char *whose,
		  unsigned long pages)
{
	struct owner_row *row = table->row, *end = row + table->nr;

	while (row < end && (row->use != use || row->whose != whose))
		row++;
	if (row == end && table->nr < MAX_ROWS) {
		*row = (struct owner_row){ .use = use, .whose = whose };
		table->nr++;
	} else if (row == end) {
		row = &table->row[MAX_ROWS - 1];
		row->use = "others";
		row->whose = NULL;
	}
	row->pages += pages;
}

static const char *use_of(unsigned int flags)
{
	static const struct {
		unsigned int flags;
		const char *use;
	} uses[] = {
		{ PG_SLAB, "slab" },
		{ PG_TABLE, "page table" },
		{ PG_ANON | PG_EXCLUSIVE, "program" },
		{ PG_LOCKED | PG_UPTODATE | PG_DIRTY, "file" },
		{ PG_KMALLOC, "kmalloc" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(uses); i++)
		if (flags & uses[i].flags)
			return uses[i].use;
	return "pages";
}

static const char boot_allocated[] = "what boot allocated"; /* the struct pages, mostly */

/* A run of what boot kept, at most to the end of what has the name. */
static unsigned long count_reserved(struct owner_table *table, unsigned long pfn, unsigned long n)
{
	const struct reserved_ram *r = reserved_ram_at(PFN_PHYS(pfn));

	if (r)
		n = min(n, PFN_UP(r->end) - pfn);
	count(table, "reserved", r ? r->name : boot_allocated, n);
	return n;
}

/* The block at pfn, of which n pages are of this range of RAM; how many pages it has. */
static unsigned long count_block(struct owner_table *table, unsigned long pfn, unsigned long n)
{
	const struct page *page = pfn_to_page(pfn);
	unsigned int flags = page_flags(page);
	unsigned long run = flags & PG_FRESH ? ALIGN(pfn + 1, MAX_BLOCK_PAGES) - pfn : 1;
	const char *use = use_of(flags);

	if (flags & PG_RESERVED)
		return count_reserved(table, pfn, min(run, n));
	if (!(flags & PG_FRESH) && (flags & PG_BUDDY || page_holders(page)))
		run = 1UL << min(page->order, (u8)(MAX_ORDER - 1));
	run = min(run, n);
	if (!page_holders(page))
		count(table, "free", NULL, run);
	else if (flags & (PG_LOCKED | PG_USER_BITS)) /* `index` may stand where the owner does */
		count(table, use, NULL, run);
	else
		count(table, use, ksym_lookup(page->owner, NULL, NULL), run);
	return run;
}

/* The largest first. */
static void sort(struct owner_table *table)
{
	for (unsigned int i = 1; i < table->nr; i++) {
		struct owner_row row = table->row[i];
		unsigned int at = i;

		for (; at && table->row[at - 1].pages < row.pages; at--)
			table->row[at] = table->row[at - 1];
		table->row[at] = row;
	}
}

static void take(struct owner_table *table)
{
	unsigned long start, end;

	for (unsigned int i = 0; ram_pfn_range(i, &start, &end); i++) {
		table->ram += end - start;
		while (start < end)
			start += count_block(table, start, end - start);
	}
	sort(table);
}

static void show_json(struct sink *out, const struct owner_table *table)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_number(&j, "page_size", PAGE_SIZE);
	json_number(&j, "pages", table->ram);
	json_open(&j, "owners", '[');
	for (const struct owner_row *row = table->row; row < table->row + table->nr; row++) {
		json_open(&j, NULL, '{');
		json_string(&j, "use", row->use);
		json_string(&j, "whose", row->whose);
		json_number(&j, "pages", row->pages);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_end(&j, '}');
}

static void show_text(struct sink *out, const struct owner_table *table)
{
	sink_printf(out, "   PAGES       KIB  USE         WHOSE\n");
	for (const struct owner_row *row = table->row; row < table->row + table->nr; row++)
		sink_printf(out, "%8lu %9lu  %-10s  %.40s\n", row->pages,
			    row->pages * (PAGE_SIZE / 1024), row->use,
			    row->whose ? row->whose : "");
	sink_printf(out, "%8lu %9lu  all of RAM\n", table->ram, table->ram * (PAGE_SIZE / 1024));
}

static int cmd_page_owner(struct sink *out, int argc, char **argv)
{
	struct owner_table *table;

	if (argc > 2 || (argc == 2 && strcmp(argv[1], "-j") != 0))
		return -EINVAL;
	table = kzalloc(sizeof(*table), GFP_KERNEL);
	if (!table)
		return -ENOMEM;
	take(table);
	if (argc == 2)
		show_json(out, table);
	else
		show_text(out, table);
	kfree(table);
	return 0;
}
MONITOR_COMMAND(page_owner, "[-j]", "RAM by its use and who asked for it; -j: as JSON",
		cmd_page_owner);
