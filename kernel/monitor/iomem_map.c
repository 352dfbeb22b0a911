// SPDX-License-Identifier: MIT
/*
 * iomem -m: the register as a picture in characters.
 *
 * Of memory the first megabyte, then all below 4 GiB, are drawn to a scale each; above, every row is
 * as long as all that lies below it, so that the largest space is a few rows.  A character stands for
 * the one of highest rank of what lies there, so that no small thing is hidden by a large one.
 */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/iomem.h"

#define COLUMNS 64
#define MiB	0x100000UL
#define GiB4	0x100000000UL

const struct iomem_kind_text iomem_kinds[IOMEM_KINDS] = {
	[IOMEM_NOBODY] = { '.', "nobody's" },
	[IOMEM_WINDOW] = { '-', "a bridge's window" },
	[IOMEM_ASIDE] = { 'r', "set aside by firmware" },
	[IOMEM_RAM] = { '#', "RAM" },
	[IOMEM_DEVICE] = { 'd', "a device's, without a driver" },
	[IOMEM_DRIVEN] = { 'D', "held by a driver" },
	[IOMEM_KERNEL] = { 'K', "the kernel's image" },
};

enum iomem_kind iomem_kind_of(const struct resource_row *row)
{
	if (row->flags & IORESOURCE_SYSRAM)
		return strncmp(row->name, "Kernel", 6) == 0 ? IOMEM_KERNEL : IOMEM_RAM;
	if (row->flags & (IORESOURCE_WINDOW | IORESOURCE_STARTALIGN))
		return IOMEM_WINDOW;
	if (strcmp(row->name, "Reserved") == 0)
		return IOMEM_ASIDE;
	if (!(row->flags & IORESOURCE_BUSY))
		return IOMEM_DEVICE;
	return row->flags & IORESOURCE_UNDRIVEN ? IOMEM_ASIDE : IOMEM_DRIVEN;
}

static enum iomem_kind kind_at(const struct resource_list *list, resource_size_t start,
			       resource_size_t end)
{
	enum iomem_kind kind = IOMEM_NOBODY;

	for (unsigned int i = 1; i < list->nr; i++)
		if (list->row[i].start <= end && list->row[i].end >= start)
			kind = max(kind, iomem_kind_of(&list->row[i]));
	return kind;
}

/* [start, start + size) in one row; nothing where it is nobody's. */
static void draw_row(struct sink *out, const struct resource_list *list, resource_size_t start,
		     resource_size_t size)
{
	resource_size_t step = size / COLUMNS;
	char text[COLUMNS + 1] = "";

	if (kind_at(list, start, start + (size - 1)) == IOMEM_NOBODY)
		return;
	for (unsigned int i = 0; i < COLUMNS; i++)
		text[i] =
			iomem_kinds[kind_at(list, start + i * step, start + i * step + (step - 1))]
				.c;
	sink_printf(out, "%0*lx %s\n", list->width, start, text);
}

static void draw_rows(struct sink *out, const struct resource_list *list, resource_size_t start,
		      resource_size_t end, resource_size_t row)
{
	sink_printf(out, "a character is 0x%lx bytes:\n", row / COLUMNS);
	for (; start < end; start += row)
		draw_row(out, list, start, row);
}

void iomem_map(struct sink *out, const struct resource_list *list)
{
	resource_size_t last = list->row->end;

	if (list->row->flags & IORESOURCE_IO) {
		draw_rows(out, list, 0, last + 1, (last + 1) / 16);
	} else {
		draw_rows(out, list, 0, MiB, MiB);
		draw_rows(out, list, 0, GiB4, GiB4 / 16);
		sink_printf(out, "a row is as long as its address is high:\n");
		for (resource_size_t at = GiB4; at && at < last; at <<= 1)
			draw_row(out, list, at, at);
	}
	for (unsigned int i = 0; i < IOMEM_KINDS; i++)
		sink_printf(out, "%c %s\n", iomem_kinds[i].c, iomem_kinds[i].text);
}
