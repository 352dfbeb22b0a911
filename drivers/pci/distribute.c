// SPDX-License-Identifier: MIT
/*
 * Room for cards that bring bridges: what a hot-plug bridge's windows have to spare
 * goes to the hot-plug bridges behind it, each an equal part, or, where there are
 * none, to the other bridges, behind which there may be some.
 *
 * It concerns bridges that we set up ourselves: none of their windows lies where
 * firmware put it, since it put them nowhere, or where something else is already.
 * Those on a root bus are left out; it has no window to share.  Ports, memory and
 * prefetchable memory are shared each for itself.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/assign.h"
#include "kernel/lib/string.h"

#define NR_WINDOWS 3

/* What a bridge's windows may take; `end` is inclusive, one below `start` where it is nothing. */
struct share {
	enum { LEAVE_ALONE, LOOK_BEHIND, TAKE } what;
	unsigned long pref_flags; /* of the window that is shared out */
	struct {
		resource_size_t start, end;
	} room[NR_WINDOWS];
};

static struct share shares[256] __initdata; /* by bus number */

static struct resource *window_of(struct pci_dev *bridge, int i)
{
	return &bridge->resource[PCI_BRIDGE_IO_WINDOW + i];
}

static resource_size_t window_alignment(struct pci_dev *bridge, int i)
{
	return pci_resource_alignment(bridge, PCI_BRIDGE_IO_WINDOW + i);
}

/* None of its windows has a place that firmware gave. */
static bool __init is_ours_to_size(struct pci_dev *bridge)
{
	for (int i = 0; i < NR_WINDOWS; i++) {
		const struct resource *res = window_of(bridge, i);

		if (res->flags && !(res->flags & IORESOURCE_STARTALIGN))
			return false;
	}
	return true;
}

/*
 * Its windows become as big as their share from their alignment on, for what lies before
 * cannot be used, and are no longer among those that would like more.
 */
static void __init fill_share(struct pci_dev *bridge, struct share *share, struct list_head *extras)
{
	for (int i = 0; i < NR_WINDOWS; i++) {
		resource_size_t align = window_alignment(bridge, i), size;
		struct resource *res = window_of(bridge, i);
		struct pci_wish *extra = extras ? pci_find_wish(extras, res) : NULL;

		if (res->parent)
			continue;
		if (align)
			share->room[i].start =
				min(ALIGN(share->room[i].start, align), share->room[i].end + 1);
		size = share->room[i].end - share->room[i].start + 1;
		if (!size || size == resource_size(res))
			continue;
		res->end = res->start + size - 1;
		if (extra)
			pci_drop_wish(extra);
	}
}

/* Which window a resource behind the bridge is counted in; negative: none. */
static int __init window_index(const struct resource *res, unsigned long pref_flags)
{
	if (resource_type(res) == IORESOURCE_IO)
		return 0;
	if (resource_type(res) != IORESOURCE_MEM)
		return -1;
	if (res->flags & IORESOURCE_PREFETCH && !((res->flags ^ pref_flags) & IORESOURCE_MEM_64))
		return 2;
	return 1;
}

/* What the devices of the bus need themselves is not there to share. */
static void __init take_needs(const struct pci_bus *bus, struct share *share)
{
	struct pci_dev *dev;
	int nr;

	for_each_pci_resource(dev, nr, bus) {
		const struct resource *res = &dev->resource[nr];
		int i = window_index(res, share->pref_flags);
		resource_size_t align = pci_resource_alignment(dev, nr), start;

		if (i < 0 || !resource_size(res))
			continue;
		start = share->room[i].start;
		if (align)
			start = ALIGN(start, align);
		share->room[i].start = min(start + resource_size(res), share->room[i].end + 1);
	}
}

/*
 * One bridge gets `each` and, since the room that is left was counted without it,
 * its windows' own sizes.  How big a share is counts and how its start is aligned;
 * that starts run away from one bridge to the next is Linux's arithmetic.
 */
static void __init give(struct share *from, const resource_size_t *each, struct pci_dev *bridge,
			struct share *to)
{
	to->what = TAKE;
	to->pref_flags = from->pref_flags;
	for (int i = 0; i < NR_WINDOWS; i++) {
		resource_size_t align = window_alignment(bridge, i);
		resource_size_t start = from->room[i].start;

		to->room[i].start = start - resource_size(window_of(bridge, i));
		to->room[i].end = start + (align ? ALIGN_DOWN(each[i], align) : each[i]) - 1;
		from->room[i].start = to->room[i].start + to->room[i].end + 1;
		from->room[i].end = to->room[i].end;
	}
}

/* What is left once the bus has what it needs: to its hot-plug bridges, or to all. */
static void __init divide(const struct pci_bus *bus, struct share *share)
{
	resource_size_t each[NR_WINDOWS];
	unsigned int hotplug = 0, all = 0;
	struct pci_bus *child;

	list_for_each_entry(child, &bus->children, node) {
		hotplug += child->self->hotplug_bridge;
		all++;
	}
	if (!all)
		return;
	take_needs(bus, share);
	for (int i = 0; i < NR_WINDOWS; i++)
		each[i] =
			(share->room[i].end - share->room[i].start + 1) / (hotplug ? hotplug : all);
	list_for_each_entry(child, &bus->children, node)
		if (!hotplug || child->self->hotplug_bridge)
			give(share, each, child->self, &shares[child->number]);
}

/* Bridges on this bus: whose windows are to be shared out behind them? */
static void __init choose(const struct pci_bus *bus)
{
	struct pci_bus *child;

	list_for_each_entry(child, &bus->children, node) {
		struct share *share = &shares[child->number];
		struct pci_dev *bridge = child->self;

		share->what = LOOK_BEHIND;
		if (!bus->self || !is_ours_to_size(bridge))
			continue;
		share->what = bridge->hotplug_bridge ? TAKE : LEAVE_ALONE;
		share->pref_flags = window_of(bridge, 2)->flags;
		for (int i = 0; i < NR_WINDOWS; i++) {
			share->room[i].start = window_of(bridge, i)->start;
			share->room[i].end = window_of(bridge, i)->end;
		}
	}
}

void __init pci_distribute_windows(struct pci_bus *root, struct list_head *extras)
{
	struct pci_bus *bus = NULL;

	memset(shares, 0, sizeof(shares));
	shares[root->number].what = LOOK_BEHIND;
	while ((bus = pci_next_bus(root, bus)) != NULL) {
		struct share *share = &shares[bus->number];

		if (share->what == LOOK_BEHIND) {
			choose(bus);
		} else if (share->what == TAKE) {
			fill_share(bus->self, share, extras);
			divide(bus, share);
		}
	}
}
