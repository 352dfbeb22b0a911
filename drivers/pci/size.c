// SPDX-License-Identifier: MIT
/*
 * How big the windows of bridges must be.
 *
 * From the leaves up: a window needs what the BARs and windows behind it need
 * that have no place yet.  Windows that have one stay as they are.  Its least
 * alignment is found such that everything behind it packs without holes.
 *
 * Two sizes: what must fit, and what would be good to have, which is more where a
 * card may be plugged in later; the difference is an extra that is tried first
 * and given up before anything that is needed.  Without a list of extras all that
 * would be good to have is needed.  While a window has no place, `start` holds its
 * alignment.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/assign.h"
#include "kernel/core/printk.h"

/* PCI-to-PCI Bridge 1.2, 3.2.5: the steps in which windows are made. */
#define WINDOW_IO_ALIGN	 0x1000UL
#define WINDOW_MEM_SHIFT 20
#define WINDOW_MEM_ALIGN BIT(WINDOW_MEM_SHIFT)
#define ALIGN_ORDERS	 24 /* 1 MiB to 8 TiB */
#define BIG_IO_SIZE	 0x400UL

/* Kept for a card that is plugged in later; Linux's sizes. */
#define HOTPLUG_IO_SIZE	  256UL
#define HOTPLUG_MEM_SIZE  0x200000UL
#define HOTPLUG_PREF_SIZE 0x200000UL

#define PREF   (IORESOURCE_MEM | IORESOURCE_PREFETCH)
#define PREF64 (IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64)

/* What a window must hold, and what it would like to. */
struct need {
	resource_size_t size, align;
	resource_size_t big_io;		     /* ports in pieces that no slot's reserve counts */
	resource_size_t add_size, add_align; /* of the extras behind it */
};

/* The first window of that kind that has no place, else one that has, else NULL. */
static struct resource *__init find_window(const struct pci_bus *bus, unsigned long mask,
					   unsigned long kind)
{
	struct resource *window, *placed = NULL;

	for_each_pci_window(window, bus) {
		if ((window->flags & mask) != kind || window == &iomem_resource ||
		    window == &ioport_resource)
			continue;
		if (!window->parent)
			return window;
		if (!placed)
			placed = window;
	}
	return placed;
}

/* The bridge whose window it is: not that of this bus, where it lies behind a transparent one. */
static struct pci_dev *__init owner_of(const struct pci_bus *bus, const struct resource *window)
{
	while (window < bus->self->resource || window >= bus->self->resource + PCI_NUM_RESOURCES)
		bus = bus->parent;
	return bus->self;
}

static resource_size_t __init window_size(const struct resource *window)
{
	/* 0-0 is one that nobody sized. */
	return window->end == window->start ? 0 : resource_size(window);
}

/* Both sizes are known: into the window of `bus`, and the difference onto the list of extras. */
static void __init set_window(const struct pci_bus *bus, struct resource *window,
			      const struct need *need, resource_size_t hotplug,
			      struct list_head *extras)
{
	resource_size_t must = max(need->size, extras ? 0 : hotplug) + need->big_io;
	resource_size_t wanted = max(need->size + need->big_io, hotplug) + need->add_size;
	resource_size_t old = window_size(window);
	resource_size_t least = ALIGN(max(must, old), need->align);
	resource_size_t most = least;
	struct pci_dev *owner;
	struct pci_wish *extra;

	if (extras && (hotplug || need->add_size))
		most = ALIGN(max(wanted, old), need->add_align);
	if (!least && !most) {
		window->flags = 0; /* nothing behind it: closed */
		return;
	}
	window->start = need->align;
	window->end = window->start + least - 1;
	window->flags |= IORESOURCE_STARTALIGN;
	if (most <= least)
		return;
	owner = owner_of(bus, window);
	extra = pci_add_wish(extras, owner, (int)(window - owner->resource));
	if (!extra)
		return;
	extra->add_size = most - least;
	extra->add_align = need->add_align;
	pci_info(bus->self,
		 "bridge window for [bus %02x-%02x]: %#lx bytes, %#lx more if there is room\n",
		 bus->number, bus->busn_end, least, extra->add_size);
}

static void __init count_extra(struct need *need, const struct list_head *extras,
			       const struct resource *res)
{
	const struct pci_wish *extra = extras ? pci_find_wish(extras, res) : NULL;

	if (!extra)
		return;
	need->add_size += extra->add_size;
	need->add_align = max(need->add_align, extra->add_align);
}

static void __init size_io(const struct pci_bus *bus, resource_size_t hotplug,
			   struct list_head *extras)
{
	struct resource *window = find_window(bus, IORESOURCE_IO, IORESOURCE_IO);
	struct need need = { .align = WINDOW_IO_ALIGN };
	struct pci_dev *dev;
	int nr;

	if (!window || window->parent)
		return;
	list_for_each_entry(dev, &bus->devices, bus_list) {
		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			const struct resource *res = &dev->resource[nr];

			if (res->parent || !(res->flags & IORESOURCE_IO))
				continue;
			if (resource_size(res) < BIG_IO_SIZE)
				need.size += resource_size(res);
			else
				need.big_io += resource_size(res);
			need.align = max(need.align, pci_resource_alignment(dev, nr));
			count_extra(&need, extras, res);
		}
	}
	need.add_align = need.align; /* ports of a bridge are never aligned higher */
	set_window(bus, window, &need, hotplug, extras);
}

/*
 * aligned[n]: bytes behind the window that are aligned to 1 MiB << n.  The least
 * alignment of the window at which those of each order start where those of the
 * orders below end.
 */
static resource_size_t __init least_alignment(const resource_size_t *aligned, unsigned int orders)
{
	resource_size_t sum = 0, least = 0;
	unsigned int n;

	for (n = 0; n < orders; n++) {
		resource_size_t step = 1UL << (n + WINDOW_MEM_SHIFT);

		if (!sum)
			least = step;
		else if (ALIGN(sum + least, least) < step)
			least = step >> 1;
		sum += aligned[n];
	}
	return max(least, WINDOW_MEM_ALIGN);
}

/* One resource behind a memory window; false where its alignment is beyond reason. */
static bool __init count_mem(struct need *need, const struct pci_dev *dev, int nr,
			     resource_size_t *aligned, unsigned int *orders)
{
	resource_size_t align = pci_resource_alignment(dev, nr);
	resource_size_t size = resource_size(&dev->resource[nr]);
	unsigned int order = 0;

	if (align > WINDOW_MEM_ALIGN)
		order = (unsigned int)(__builtin_ctzl(align) - WINDOW_MEM_SHIFT);
	if (!align || order >= ALIGN_ORDERS)
		return false;
	need->size += max(size, align);
	/* One that is longer than its alignment packs anyway. */
	if (size <= align)
		aligned[order] += align;
	*orders = max(*orders, order + 1);
	return true;
}

/* Virtual functions are only good to have: no room is needed for them. */
static void __init make_extra(struct need *need, struct pci_dev *dev, int nr,
			      struct list_head *extras)
{
	struct resource *res = &dev->resource[nr];
	resource_size_t size = resource_size(res);
	struct pci_wish *extra;

	res->end = res->start - 1;
	extra = pci_add_wish(extras, dev, nr);
	if (!extra)
		return;
	extra->add_size = size;
	need->add_size += size;
	need->add_align = max(need->add_align, pci_resource_alignment(dev, nr));
}

/* Kinds of resources that go into a window, under a mask. */
struct kinds {
	unsigned long mask, kind[3];
};

static bool __init is_one_of(const struct resource *res, const struct kinds *kinds)
{
	unsigned long kind = res->flags & kinds->mask;

	return kind == kinds->kind[0] || kind == kinds->kind[1] || kind == kinds->kind[2];
}

/* False where the bus has no window of the first kind. */
static bool __init size_mem(const struct pci_bus *bus, const struct kinds *kinds,
			    resource_size_t hotplug, struct list_head *extras)
{
	struct resource *window =
		find_window(bus, kinds->mask | IORESOURCE_PREFETCH, kinds->kind[0]);
	resource_size_t aligned[ALIGN_ORDERS] = { 0 };
	struct need need = { 0 };
	unsigned int orders = 1;
	struct pci_dev *dev;
	int nr;

	if (!window)
		return false;
	if (window->parent)
		return true;
	list_for_each_entry(dev, &bus->devices, bus_list) {
		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			struct resource *res = &dev->resource[nr];

			if (res->parent || res->flags & IORESOURCE_PCI_FIXED ||
			    !is_one_of(res, kinds))
				continue;
			if (extras && nr >= PCI_IOV_RESOURCES && nr <= PCI_IOV_RESOURCE_END) {
				make_extra(&need, dev, nr, extras);
				continue;
			}
			if (count_mem(&need, dev, nr, aligned, &orders)) {
				count_extra(&need, extras, res);
				continue;
			}
			pci_warn(dev, "%s %pR: bad alignment, left out\n",
				 pci_resource_name(dev, nr), res);
			res->flags = 0;
		}
	}
	need.align = least_alignment(aligned, orders);
	need.add_align = max(need.add_align, need.align);
	set_window(bus, window, &need, hotplug, extras);
	return true;
}

/* A window that the bridge has is one again, open or not. */
static void __init mark_windows(struct pci_dev *bridge)
{
	bridge->resource[PCI_BRIDGE_MEM_WINDOW].flags |= IORESOURCE_MEM;
	if (bridge->io_window)
		bridge->resource[PCI_BRIDGE_IO_WINDOW].flags |= IORESOURCE_IO;
	if (bridge->pref_window)
		bridge->resource[PCI_BRIDGE_PREF_WINDOW].flags |= PREF;
	if (bridge->pref_64_window)
		bridge->resource[PCI_BRIDGE_PREF_WINDOW].flags |= IORESOURCE_MEM_64 | 1;
}

/*
 * The prefetchable window first: what does not go there goes into the other.  One
 * of 64 bits takes only what is both; one of 32 bits all that is prefetchable.
 */
static void __init size_bridge(const struct pci_bus *bus, struct list_head *extras)
{
	const struct kinds wide = { PREF64, { PREF64, PREF64, PREF64 } };
	const struct kinds pref = { PREF, { PREF, PREF, PREF } };
	struct kinds rest = { IORESOURCE_MEM, { IORESOURCE_MEM, IORESOURCE_MEM, IORESOURCE_MEM } };
	bool hotplug = bus->self->hotplug_bridge;
	resource_size_t pref_size = hotplug ? HOTPLUG_PREF_SIZE : 0;
	resource_size_t mem_size = hotplug ? HOTPLUG_MEM_SIZE : 0;

	mark_windows(bus->self);
	size_io(bus, hotplug ? HOTPLUG_IO_SIZE : 0, extras);
	if (bus->self->resource[PCI_BRIDGE_PREF_WINDOW].flags & IORESOURCE_MEM_64 &&
	    size_mem(bus, &wide, pref_size, extras)) {
		rest.mask = PREF64;
		rest.kind[1] = PREF;
		rest.kind[2] = IORESOURCE_MEM | IORESOURCE_MEM_64;
	} else if (size_mem(bus, &pref, pref_size, extras)) {
		rest.mask = PREF;
	} else {
		mem_size += pref_size;
	}
	size_mem(bus, &rest, mem_size, extras);
}

static struct pci_bus *__init leftmost_leaf(struct pci_bus *bus)
{
	while (!list_empty(&bus->children))
		bus = list_first_entry(&bus->children, struct pci_bus, node);
	return bus;
}

void __init pci_size_bridges(struct pci_bus *root, struct list_head *extras)
{
	struct pci_bus *bus = leftmost_leaf(root);

	while (bus != root) {
		size_bridge(bus, extras);
		if (bus->node.next != &bus->parent->children)
			bus = leftmost_leaf(list_entry(bus->node.next, struct pci_bus, node));
		else
			bus = bus->parent;
	}
}
