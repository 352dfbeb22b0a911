// SPDX-License-Identifier: MIT
/*
 * lspci -t: the buses as a tree, as pciutils draws it.
 *
 *	-[0000:00]-+-00.0
 *	           +-01.0-[01]----00.0
 *	           \-1f.3
 *
 * A line is written once nothing follows in it: behind a function that leads to no bus, or to an empty
 * one.  The next one is on a bus that is known already, and begins under that bus's first.
 */
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"

#define LINE_BYTES 512
#define MAX_DEPTH  256 /* buses there are */

struct drawing {
	struct sink *out;
	char line[LINE_BYTES];
	int length;
	u16 column[MAX_DEPTH]; /* where the branches of a bus stand, by its depth */
};

static void __printf(2, 3) draw(struct drawing *d, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	d->length += vscnprintf(d->line + d->length, LINE_BYTES - (size_t)d->length, fmt, args);
	va_end(args);
}

/* Of the line before, what goes on is a bar, and all else a blank. */
static void begin_line(struct drawing *d, int column)
{
	for (int i = 0; i < column; i++)
		d->line[i] = i < d->length && (d->line[i] == '+' || d->line[i] == '|') ? '|' : ' ';
	d->length = column;
}

static unsigned int depth_of(const struct pci_bus *bus)
{
	unsigned int depth = 0;

	for (; bus->parent; bus = bus->parent)
		depth++;
	return min(depth, (unsigned int)MAX_DEPTH - 1);
}

static void draw_function(struct drawing *d, const struct pci_dev *dev)
{
	const struct pci_bus *bus = dev->bus, *child = dev->subordinate;
	u16 *column = &d->column[depth_of(bus)];
	bool first = bus->devices.next == &dev->bus_list,
	     last = bus->devices.prev == &dev->bus_list;

	if (first)
		*column = (u16)d->length;
	else
		begin_line(d, *column);
	draw(d, "%s%02x.%x",
	     first && last ? "--" :
	     last	   ? "\\-" :
			     "+-",
	     PCI_SLOT(dev->devfn), PCI_FUNC(dev->devfn));
	if (child && child->busn_end != child->number)
		draw(d, "-[%02x-%02x]--", child->number, child->busn_end);
	else if (child)
		draw(d, "-[%02x]--", child->number);
	if (!child || list_empty(&child->devices))
		sink_printf(d->out, "%.*s\n", d->length, d->line);
}

void lspci_tree(struct sink *out)
{
	static struct drawing d; /* guarded by PCI's mutex, which the caller has */
	struct pci_bus *root;
	struct pci_dev *dev;

	list_for_each_entry(root, &pci_root_buses, node) {
		d.out = out;
		d.length = 0;
		draw(&d, "-[%04x:%02x]-", root->segment, root->number);
		if (list_empty(&root->devices))
			sink_printf(out, "%.*s\n", d.length, d.line);
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL;)
			draw_function(&d, dev);
	}
}
