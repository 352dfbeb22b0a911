// SPDX-License-Identifier: MIT
/*
 * Addresses for what has none: BARs, ROMs and windows that firmware left out, or
 * that were lost in a conflict.
 *
 * One bus at a time, those above it having theirs (realloc.c goes through a tree).  The
 * most aligned are placed first, since the small ones fill the gaps (room.c).  A bus is
 * tried with all extras of hot-plug slots (size.c); if something does not fit, what
 * could have been in its way is taken back, the rest is placed at its least size, and
 * the extras get what is left.
 *
 * The order is Linux's in everything, since the result is to be the same.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/assign.h"
#include "drivers/pci/access.h"
#include "kernel/core/printk.h"
#include "mm/slab.h"

struct pci_wish *pci_add_wish(struct list_head *list, struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];
	struct pci_wish *wish = kzalloc(sizeof(*wish), GFP_KERNEL);

	if (!wish) {
		pci_warn(dev, "no memory to assign %s\n", pci_resource_name(dev, nr));
		return NULL;
	}
	wish->dev = dev;
	wish->nr = nr;
	wish->start = res->start;
	wish->end = res->end;
	wish->flags = res->flags;
	list_add(&wish->node, list);
	return wish;
}

struct pci_wish *pci_find_wish(const struct list_head *list, const struct resource *res)
{
	struct pci_wish *wish;

	list_for_each_entry(wish, list, node)
		if (pci_wished(wish) == res)
			return wish;
	return NULL;
}

void pci_drop_wish(struct pci_wish *wish)
{
	list_del_init(&wish->node);
	kfree(wish);
}

void pci_drop_wishes(struct list_head *list)
{
	while (!list_empty(list))
		pci_drop_wish(list_first_entry(list, struct pci_wish, node));
}

/* Host bridges, and interrupt controllers that are in use, stay as firmware left them. */
static bool may_move(const struct pci_dev *dev)
{
	u16 command;

	switch (dev->class >> 8) {
	case 0:
	case PCI_CLASS_BRIDGE_HOST:
		return false;
	case PCI_CLASS_SYSTEM_PIC:
		pci_read_config_word(dev, PCI_COMMAND, &command);
		return !(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
	default:
		return true;
	}
}

/* Move the wish before the first that is aligned less. */
static void sort_in(struct list_head *wishes, struct pci_wish *wish, resource_size_t align)
{
	struct list_head *before = wishes;
	struct pci_wish *other;

	list_del(&wish->node);
	list_for_each_entry(other, wishes, node) {
		if (align > pci_resource_alignment(other->dev, other->nr)) {
			before = &other->node;
			break;
		}
	}
	list_add_tail(&wish->node, before);
}

static void collect_wishes(const struct pci_bus *bus, struct list_head *wishes)
{
	struct pci_wish *wish;
	struct pci_dev *dev;
	int nr;

	for_each_pci_resource(dev, nr, bus) {
		const struct resource *res = &dev->resource[nr];
		resource_size_t align = pci_resource_alignment(dev, nr);

		if (!res->flags || res->parent || res->flags & IORESOURCE_PCI_FIXED || !align ||
		    !may_move(dev))
			continue;
		wish = pci_add_wish(wishes, dev, nr);
		if (wish)
			sort_in(wishes, wish, align);
	}
}

/*
 * A window without a place is closed.  A BAR without one is no resource of the device
 * any longer: its driver may do without, as with an MSI-X table, and is told when not.
 */
static void give_up(const struct pci_wish *wish)
{
	struct resource *res = pci_wished(wish);

	res->start = res->end = 0;
	res->flags = 0;
}

/* Flags of all that found no place; they are also added to `failed`, where that is not NULL. */
static unsigned long place_all(struct list_head *wishes, struct list_head *failed)
{
	unsigned long kinds = 0;
	struct pci_wish *wish;

	list_for_each_entry(wish, wishes, node) {
		struct resource *res = pci_wished(wish);
		unsigned long flags = res->flags;

		if (!resource_size(res) || pci_assign_resource(wish->dev, wish->nr))
			continue;
		/* A ROM that is switched off can do without an address. */
		if (wish->nr != PCI_ROM_RESOURCE || flags & IORESOURCE_ROM_ENABLE) {
			kinds |= flags;
			if (failed)
				pci_add_wish(failed, wish->dev, wish->nr);
		}
		give_up(wish);
	}
	return kinds & (IORESOURCE_IO | IORESOURCE_MEM | IORESOURCE_PREFETCH);
}

/* Each wish as big as with its extra; a higher alignment moves it up in the order. */
static void add_extras(struct list_head *wishes, const struct list_head *extras)
{
	struct pci_wish *wish, *next;

	list_for_each_entry_safe(wish, next, wishes, node) {
		const struct pci_wish *extra = pci_find_wish(extras, pci_wished(wish));
		struct resource *res = pci_wished(wish);
		resource_size_t size;

		if (!extra)
			continue;
		res->end += extra->add_size;
		if (!(res->flags & IORESOURCE_STARTALIGN) || extra->add_align <= res->start)
			continue;
		size = resource_size(res);
		res->start = extra->add_align;
		res->end = res->start + size - 1;
		sort_in(wishes, wish, extra->add_align);
	}
}

/* Could this one, where it lies now, be in the way of one that failed? */
static bool is_in_the_way(unsigned long failed, const struct resource *res)
{
	if (res->flags & IORESOURCE_IO)
		return failed & IORESOURCE_IO;
	if (failed & IORESOURCE_PREFETCH)
		return true;
	return failed & IORESOURCE_MEM && !(res->parent->flags & IORESOURCE_PREFETCH);
}

/* All with their extras, or as many as do not stand in the way of others: true when done. */
static bool place_with_extras(struct list_head *wishes, const struct list_head *extras)
{
	struct pci_wish *wish, *next;
	unsigned long failed;

	add_extras(wishes, extras);
	failed = place_all(wishes, NULL);
	list_for_each_entry_safe(wish, next, wishes, node) {
		struct resource *res = pci_wished(wish);
		struct pci_wish *extra = pci_find_wish(extras, res);

		if (failed && (!res->parent || is_in_the_way(failed, res)))
			continue;
		if (extra)
			pci_drop_wish(extra);
		pci_drop_wish(wish);
	}
	list_for_each_entry(wish, wishes, node) {
		struct resource *res = pci_wished(wish);

		if (res->parent)
			release_resource(res);
		res->start = wish->start;
		res->end = wish->end;
		res->flags = wish->flags;
	}
	return !failed;
}

/* What is left is given to those who would like more. */
static void grant_extras(const struct list_head *wishes, struct list_head *extras)
{
	struct pci_wish *extra, *next;

	list_for_each_entry_safe(extra, next, extras, node) {
		struct resource *res = pci_wished(extra);

		if (res->flags && !pci_find_wish(wishes, res))
			continue; /* on another bus */
		if (res->parent) {
			pci_grow_resource(extra->dev, extra->nr, extra->add_size, extra->add_align);
		} else if (res->flags) {
			res->start = extra->add_align;
			res->end = res->start + extra->add_size - 1;
			if (!pci_assign_resource(extra->dev, extra->nr))
				give_up(extra);
		}
		pci_drop_wish(extra);
	}
}

/* Into the nearest window of just its kind, unless something else is there. */
static void claim_fixed(const struct pci_bus *bus, struct resource *res)
{
	const unsigned long kind = IORESOURCE_IO | IORESOURCE_MEM | IORESOURCE_PREFETCH;
	struct resource *window;

	for (; bus && !res->parent; bus = bus->parent)
		for_each_pci_window(window, bus)
			if (!((window->flags ^ res->flags) & kind) &&
			    resource_contains(window, res) && !request_resource(window, res))
				break;
}

void pci_assign_bus_resources(const struct pci_bus *bus, struct list_head *extras,
			      struct list_head *failed)
{
	struct pci_dev *dev;
	LIST_HEAD(wishes);
	int nr;

	collect_wishes(bus, &wishes);
	if (!extras || list_empty(extras) || !place_with_extras(&wishes, extras)) {
		place_all(&wishes, failed);
		if (extras)
			grant_extras(&wishes, extras);
	}
	pci_drop_wishes(&wishes);
	/* What cannot move and was not tried before: the copy of a ROM in RAM. */
	for_each_pci_resource(dev, nr, bus)
		if ((dev->resource[nr].flags & (IORESOURCE_PCI_FIXED | IORESOURCE_UNSET)) ==
		    IORESOURCE_PCI_FIXED)
			claim_fixed(bus, &dev->resource[nr]);
}
