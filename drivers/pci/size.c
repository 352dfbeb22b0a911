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
#include "drivers/pci/assign.h"
#include "drivers/pci/options.h"
#include "kernel/core/printk.h"

/* PCI-to-PCI Bridge 1.2, 3.2.5: the steps in which windows are made. */
#define WINDOW_IO_ALIGN	 0x1000UL
#define WINDOW_MEM_SHIFT 20
#define WINDOW_MEM_ALIGN BIT(WINDOW_MEM_SHIFT)
#define ALIGN_ORDERS	 24 /* 1 MiB to 8 TiB */
#define BIG_IO_SIZE	 0x400UL

#define PREF (IORESOURCE_MEM | IORESOURCE_PREFETCH)

/* What a window must hold, and what it would like to. */
struct need {
	resource_size_t size, align;
	resource_size_t big_io;		     /* ports in pieces that no slot's reserve counts */
	resource_size_t add_size, add_align; /* of the extras behind it */
	/* Of memory: bytes that are aligned to 1 MiB << n, and the highest n + 1. */
	resource_size_t aligned[ALIGN_ORDERS];
	unsigned int orders;
};

/* The first window of that kind that has no place, else one that has, else NULL. */
static struct resource *find_window(const struct pci_bus *bus, unsigned long kind)
{
	struct resource *window, *placed = NULL;

	for_each_pci_window(window, bus) {
		if ((window->flags & (kind | IORESOURCE_PREFETCH)) != kind ||
		    window == &iomem_resource || window == &ioport_resource)
			continue;
		if (!window->parent)
			return window;
		if (!placed)
			placed = window;
	}
	return placed;
}

/* The bridge whose window it is: not that of this bus, where it lies behind a transparent one. */
static struct pci_dev *owner_of(const struct pci_bus *bus, const struct resource *window)
{
	while (window < bus->self->resource || window >= bus->self->resource + PCI_NUM_RESOURCES)
		bus = bus->parent;
	return bus->self;
}

/* Both sizes are known: into the window of `bus`, and the difference onto the list of extras. */
static void set_window(const struct pci_bus *bus, struct resource *window, const struct need *need,
		       resource_size_t hotplug, struct list_head *extras)
{
	resource_size_t must = max(need->size, extras ? 0 : hotplug) + need->big_io;
	resource_size_t wanted = max(need->size + need->big_io, hotplug) + need->add_size;
	/* 0-0 is one that nobody sized. */
	resource_size_t old = window->end == window->start ? 0 : resource_size(window);
	resource_size_t least = ALIGN(max(must, old), need->align);
	resource_size_t most = ALIGN(max(wanted, old), max(need->align, need->add_align));
	struct pci_dev *owner;
	struct pci_wish *extra;

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
	extra->add_align = max(need->align, need->add_align);
	pci_info(bus->self,
		 "bridge window for [bus %02x-%02x]: %#lx bytes, %#lx more if there is room\n",
		 bus->number, bus->busn_end, least, extra->add_size);
}

/*
 * The least alignment of a memory window at which what is aligned to each order starts
 * where that of the orders below ends.
 */
static resource_size_t least_alignment(const struct need *need)
{
	resource_size_t sum = 0, least = 0;

	for (unsigned int n = 0; n < need->orders; n++) {
		resource_size_t step = WINDOW_MEM_ALIGN << n;

		if (!sum)
			least = step;
		else if (ALIGN(sum + least, least) < step)
			least = step >> 1;
		sum += need->aligned[n];
	}
	return max(least, WINDOW_MEM_ALIGN);
}

static void count_ports(struct need *need, resource_size_t size, resource_size_t align)
{
	if (size < BIG_IO_SIZE)
		need->size += size;
	else
		need->big_io += size;
	need->align = max(need->align, align);
}

/* False where its alignment is beyond reason. */
static bool count_memory(struct need *need, resource_size_t size, resource_size_t align)
{
	unsigned int order = 0;

	if (align > WINDOW_MEM_ALIGN)
		order = (unsigned int)(__builtin_ctzl(align) - WINDOW_MEM_SHIFT);
	if (!align || order >= ALIGN_ORDERS)
		return false;
	need->size += max(size, align);
	/* One that is longer than its alignment packs anyway. */
	if (size <= align)
		need->aligned[order] += align;
	need->orders = max(need->orders, order + 1);
	return true;
}

static void count_extra(struct need *need, const struct pci_wish *extra)
{
	need->add_size += extra->add_size;
	need->add_align = max(need->add_align, extra->add_align);
}

/* Virtual functions are only good to have: no room is needed for them. */
static struct pci_wish *make_extra(struct pci_dev *dev, int nr, struct list_head *extras)
{
	struct resource *res = &dev->resource[nr];
	resource_size_t size = resource_size(res);
	struct pci_wish *extra;

	res->end = res->start - 1;
	extra = pci_add_wish(extras, dev, nr);
	if (extra) {
		extra->add_size = size;
		extra->add_align = pci_resource_alignment(dev, nr);
	}
	return extra;
}

/* One resource behind the window. */
static void count(struct need *need, struct pci_dev *dev, int nr, struct list_head *extras)
{
	resource_size_t align = pci_resource_alignment(dev, nr);
	struct resource *res = &dev->resource[nr];
	struct pci_wish *extra = extras ? pci_find_wish(extras, res) : NULL;

	if (res->flags & IORESOURCE_IO) {
		count_ports(need, resource_size(res), align);
	} else if (res->flags & IORESOURCE_PCI_FIXED) {
		return;
	} else if (extras && nr >= PCI_IOV_RESOURCES && nr <= PCI_IOV_RESOURCE_END) {
		extra = make_extra(dev, nr, extras);
	} else if (!count_memory(need, resource_size(res), align)) {
		pci_warn(dev, "%s %pR: bad alignment, left out\n", pci_resource_name(dev, nr), res);
		res->flags = 0;
	}
	if (extra)
		count_extra(need, extra);
}

/*
 * The window for what has all flags of `kind`, and not all of `other` (0: whatever).
 * False where the bus has none.
 */
static bool size_window(const struct pci_bus *bus, unsigned long kind, unsigned long other,
			resource_size_t hotplug, struct list_head *extras)
{
	struct resource *window = find_window(bus, kind);
	struct need need = { .align = WINDOW_IO_ALIGN };
	struct pci_dev *dev;
	int nr;

	if (!window || window->parent)
		return window;
	for_each_pci_resource(dev, nr, bus) {
		const struct resource *res = &dev->resource[nr];

		if (!res->parent && (res->flags & kind) == kind &&
		    (!other || (res->flags & other) != other))
			count(&need, dev, nr, extras);
	}
	if (kind != IORESOURCE_IO)
		need.align = least_alignment(&need);
	set_window(bus, window, &need, hotplug, extras);
	return true;
}

/*
 * The prefetchable window first: what does not go there goes into the other.  One
 * of 64 bits takes only what is both; one of 32 bits all that is prefetchable.
 */
static void size_bridge(const struct pci_bus *bus, struct list_head *extras)
{
	struct pci_dev *bridge = bus->self;
	bool hotplug = bridge->hotplug_bridge;
	resource_size_t pref_size = hotplug ? pci_options.hotplug_pref : 0;
	resource_size_t mem_size = hotplug ? pci_options.hotplug_mem : 0;
	unsigned long pref;

	if (pci_is_cardbus(bridge)) {
		pci_size_cardbus(bridge, extras);
		return;
	}
	/* A window that the bridge has is one again, open or not. */
	for (int i = 0; i < 3; i++)
		bridge->resource[PCI_BRIDGE_IO_WINDOW + i].flags |= bridge->window_flags[i];
	pref = PREF | (bridge->resource[PCI_BRIDGE_PREF_WINDOW].flags & IORESOURCE_MEM_64);
	size_window(bus, IORESOURCE_IO, 0, hotplug ? pci_options.hotplug_io : 0, extras);
	if (size_window(bus, pref, 0, pref_size, extras))
		size_window(bus, IORESOURCE_MEM, pref, mem_size, extras);
	else
		size_window(bus, IORESOURCE_MEM, 0, mem_size + pref_size, extras);
}

static struct pci_bus *leftmost_leaf(struct pci_bus *bus)
{
	while (!list_empty(&bus->children))
		bus = list_first_entry(&bus->children, struct pci_bus, node);
	return bus;
}

void pci_size_bridges(struct pci_bus *root, struct list_head *extras)
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
