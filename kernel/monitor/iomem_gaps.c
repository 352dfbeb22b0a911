// SPDX-License-Identifier: MIT
/*
 * iomem -g: the free ranges of the register, and what could go there.
 *
 * A BAR can be where a bridge forwards addresses to: in a window, at a multiple of its size, which is a
 * power of two (PCI 3.0, 6.2.5.1).  So the largest that fits is told.  Between the windows no
 * bridge forwards anything, and where there is none in the whole register, all of it is bus 0's.
 */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/monitor/iomem.h"

#define GiB4	     0x100000000UL
#define LEAST_BAR_IO 4UL  /* bytes (PCI 3.0, 6.2.5.1) */
#define LEAST_BAR    16UL /* of memory */

static bool is_window(const struct resource_row *row)
{
	return row->flags & (IORESOURCE_WINDOW | IORESOURCE_STARTALIGN);
}

static bool root_is_window(const struct resource_list *list)
{
	for (unsigned int i = 1; i < list->nr; i++)
		if (is_window(&list->row[i]))
			return false;
	return true;
}

/* The largest power of two that fits at a multiple of itself; 0 where `least` does not. */
static resource_size_t largest_bar(resource_size_t start, resource_size_t end,
				   resource_size_t least)
{
	for (resource_size_t size = 1UL << 63; size >= least; size >>= 1) {
		resource_size_t at = ALIGN(start, size);

		if (at >= start && at <= end && end - at >= size - 1)
			return size;
	}
	return 0;
}

/* "64", "16K", "3M": exact. */
static const char *size_text(char *buf, size_t n, resource_size_t size)
{
	const char *unit = "BKMGTPE";

	for (; size && !(size & 1023) && unit[1]; unit++)
		size >>= 10;
	snprintf(buf, n, "%lu%c", size, *unit);
	return buf;
}

static void print_gap(struct sink *out, const struct resource_list *list,
		      const struct resource_row *window, bool forwards, resource_size_t start,
		      resource_size_t end)
{
	bool io = list->row->flags & IORESOURCE_IO;
	resource_size_t bar = largest_bar(start, end, io ? LEAST_BAR_IO : LEAST_BAR);
	char size[24], most[24];

	sink_printf(out, "  %0*lx-%0*lx  %6s: ", list->width, start, list->width, end,
		    size_text(size, sizeof(size), end - start + 1));
	if (!forwards)
		sink_printf(out, "no bridge forwards it\n");
	else if (!bar)
		sink_printf(out, "too small for a BAR\n");
	else
		sink_printf(out, "a%s%s BAR of up to %s\n", start >= GiB4 ? " 64-bit" : "",
			    window->flags & IORESOURCE_PREFETCH ? " prefetchable" : "",
			    size_text(most, sizeof(most), bar));
}

static void print_gaps_of(struct sink *out, const struct resource_list *list,
			  const struct resource_row *window, bool forwards)
{
	const struct resource_row *child = resource_row_child(list, window);
	resource_size_t from = window->start;

	sink_printf(out, "%0*lx-%0*lx : %s\n", list->width, window->start, list->width, window->end,
		    window->name);
	for (; child; child = resource_row_sibling(list, child)) {
		if (child->start > from)
			print_gap(out, list, window, forwards, from, child->start - 1);
		from = child->end + 1;
		if (child->end == window->end)
			return;
	}
	print_gap(out, list, window, forwards, from, window->end);
}

void iomem_gaps(struct sink *out, const struct resource_list *list)
{
	print_gaps_of(out, list, list->row, root_is_window(list));
	for (unsigned int i = 1; i < list->nr; i++)
		if (is_window(&list->row[i]))
			print_gaps_of(out, list, &list->row[i], true);
}
