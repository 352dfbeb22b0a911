// SPDX-License-Identifier: MIT
/* See resource_list.h. */
#include "kernel/monitor/resource_list.h"

#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/vmalloc.h"

#define FIRST_ROOM 64
#define MAX_INDENT 5 /* levels, as in the dump */

struct filling {
	const struct resource *root;
	struct resource_list *list;
	unsigned int room;
};

/* True, which ends the walk, where there is no room for it. */
static bool add_row(const struct resource *res, void *arg)
{
	struct filling *f = arg;
	struct resource_row *row = &f->list->row[f->list->nr];

	if (f->list->nr == f->room)
		return true;
	f->list->nr++;
	row->start = res->start;
	row->end = res->end;
	row->flags = res->flags;
	row->caller = res->caller;
	row->since = res->since;
	row->depth = 0;
	for (const struct resource *r = res; r != f->root; r = r->parent)
		row->depth++;
	strscpy(row->name, res->name ? res->name : "<BAD>", sizeof(row->name));
	return false;
}

int resource_list_take(struct resource_list *list, const struct resource *root)
{
	struct filling f = { .root = root, .list = list, .room = FIRST_ROOM };

	list->width = root->end < 0x10000 ? 4 : 8;
	for (;; f.room *= 2) {
		list->row = vmalloc(f.room * sizeof(*list->row));
		if (!list->row)
			return -ENOMEM;
		list->nr = 0;
		add_row(root, &f);
		if (!resource_walk((struct resource *)root, root->start, root->end, add_row, &f))
			return 0;
		vfree(list->row);
	}
}

void resource_list_free(struct resource_list *list)
{
	vfree(list->row);
}

const struct resource_row *resource_row_child(const struct resource_list *list,
					      const struct resource_row *row)
{
	const struct resource_row *next = row + 1;

	return next < list->row + list->nr && next->depth > row->depth ? next : NULL;
}

const struct resource_row *resource_row_sibling(const struct resource_list *list,
						const struct resource_row *row)
{
	const struct resource_row *next = row + 1;

	while (next < list->row + list->nr && next->depth > row->depth)
		next++;
	return next < list->row + list->nr && next->depth == row->depth ? next : NULL;
}

const char *resource_flag(unsigned long flags, unsigned int n)
{
	static const struct {
		unsigned long flag;
		const char *word;
	} words[] = {
		{ IORESOURCE_IO, "io" },
		{ IORESOURCE_MEM, "mem" },
		{ IORESOURCE_MEM_64, "64bit" },
		{ IORESOURCE_PREFETCH, "prefetch" },
		{ IORESOURCE_READONLY, "readonly" },
		{ IORESOURCE_WINDOW, "window" },
		{ IORESOURCE_SIZEALIGN, "sizealign" },
		{ IORESOURCE_STARTALIGN, "startalign" },
		{ IORESOURCE_SYSRAM, "sysram" },
		{ IORESOURCE_DISABLED, "disabled" },
		{ IORESOURCE_UNSET, "unset" },
		{ IORESOURCE_BUSY, "busy" },
		{ IORESOURCE_AUTO, "claim" },
		{ IORESOURCE_EXCLUSIVE, "exclusive" },
		{ IORESOURCE_MAPPABLE, "mappable" },
		{ IORESOURCE_UNDRIVEN, "undriven" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (flags & words[i].flag && n-- == 0)
			return words[i].word;
	return NULL;
}

void resource_row_print(struct sink *out, const struct resource_list *list,
			const struct resource_row *row)
{
	int level = row->depth ? min((int)row->depth - 1, MAX_INDENT) : 0;

	sink_printf(out, "%*s%0*lx-%0*lx : %s\n", 2 * level, "", list->width, row->start,
		    list->width, row->end, row->name);
}
