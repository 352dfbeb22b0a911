// SPDX-License-Identifier: MIT
/*
 * All addresses beneath the root buses, and another try where they do not fit.
 *
 * First the windows of bridges get their sizes, from the leaves up (size.c).  Then places
 * are given from the root down, bus by bus (assign.c), and at last the bridges'
 * registers are written.
 *
 * Firmware gives windows to what it knows; it knows nothing of virtual functions
 * (iov.c).  Where their BARs were left out, a failure is not final: the window that
 * was too small is taken back with everything in it, and all is sized and placed
 * anew.  First only windows of the buses that have no bridges behind them go, from
 * the third try on all beneath the bus on which something failed.  Each try but
 * the last counts what is only good to have as needed.
 *
 * Without virtual functions that lack an address there is one try, the last:
 * Linux's rule, since moving what firmware placed is never without risk.  pci=realloc
 * tries in any case, pci=realloc=off in none.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/assign.h"
#include "drivers/pci/options.h"
#include "kernel/core/printk.h"

#define KIND (IORESOURCE_IO | IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64)

/* Virtual functions of a device somewhere beneath have no address. */
static bool __init lacks_vf_addresses(struct pci_bus *root)
{
	struct pci_dev *dev = NULL;
	int nr;

	while ((dev = pci_next_dev(root, dev)) != NULL)
		for (nr = PCI_IOV_RESOURCES; nr <= PCI_IOV_RESOURCE_END; nr++)
			if (dev->resource[nr].flags && !dev->resource[nr].start)
				return true;
	return false;
}

static bool __init wants_realloc(struct pci_bus *root)
{
	if (pci_options.realloc == PCI_REALLOC_AUTO)
		return lacks_vf_addresses(root);
	return pci_options.realloc == PCI_REALLOC_ON;
}

/* Levels of buses beneath the root. */
static int __init bus_depth(struct pci_bus *root)
{
	struct pci_bus *bus = NULL;
	const struct pci_bus *above;
	int depth = 0;

	while ((bus = pci_next_bus(root, bus)) != NULL) {
		int d = 0;

		for (above = bus; above != root; above = above->parent)
			d++;
		depth = max(depth, d);
	}
	return depth;
}

/* All that lies in the window, then itself: each keeps its size, and its place no longer. */
static void __init unplace(struct resource *window)
{
	struct resource *res;

	do {
		for (res = window; res->children.node;)
			res = resource_first_child(res);
		release_resource(res);
		res->end -= res->start;
		res->start = 0;
	} while (res != window);
}

/* The window in which something of that kind would have to lie. */
static int __init window_for(const struct pci_dev *bridge, unsigned long kind)
{
	unsigned long pref = bridge->resource[PCI_BRIDGE_PREF_WINDOW].flags;

	if (kind & IORESOURCE_IO)
		return PCI_BRIDGE_IO_WINDOW;
	if (!(kind & IORESOURCE_PREFETCH))
		return PCI_BRIDGE_MEM_WINDOW;
	if (pref & IORESOURCE_MEM_64 ? kind & IORESOURCE_MEM_64 : pref & IORESOURCE_PREFETCH)
		return PCI_BRIDGE_PREF_WINDOW;
	return PCI_BRIDGE_MEM_WINDOW;
}

/* Take back the window of a bridge for that kind, with all that lies in it, and close it. */
static void __init release_window(struct pci_dev *bridge, unsigned long kind)
{
	int nr = window_for(bridge, kind);
	struct resource *res = &bridge->resource[nr];
	unsigned long flags = res->flags & KIND;

	if (!res->parent)
		return;
	pci_info(bridge, "bridge window %pR released\n", res);
	unplace(res);
	res->flags = 0;
	pci_write_bridge_window(bridge, nr);
	res->flags = flags;
}

/* So that what failed on that bus finds bigger windows next time. */
static void __init release_windows(struct pci_bus *top, unsigned long kind, bool leaf_only)
{
	struct pci_bus *bus = NULL;

	if (leaf_only && !list_empty(&top->children))
		return;
	while ((bus = pci_next_bus(top, bus)) != NULL)
		if (bus->self && bus->self->class >> 8 == PCI_CLASS_BRIDGE_PCI)
			release_window(bus->self, kind);
}

/* Smaller windows go; all is as it was asked for, and a window is sized anew. */
static void __init prepare_next_try(struct list_head *failed, bool leaf_only)
{
	struct pci_wish *wish;

	list_for_each_entry(wish, failed, node)
		release_windows(wish->dev->bus, wish->flags & KIND, leaf_only);
	list_for_each_entry(wish, failed, node) {
		struct resource *res = pci_wished(wish);

		res->start = wish->start;
		res->end = wish->end;
		res->flags = wish->nr >= PCI_BRIDGE_RESOURCES ? 0 : wish->flags;
	}
	pci_drop_wishes(failed);
}

static void __init try_once(struct pci_bus *root, struct list_head *extras,
			    struct list_head *failed)
{
	struct pci_bus *bus = NULL;

	pci_size_bridges(root, extras);
	pci_distribute_windows(root, extras);
	while ((bus = pci_next_bus(root, bus)) != NULL)
		pci_assign_bus_resources(bus, extras, failed);
	while ((bus = pci_next_bus(root, bus)) != NULL)
		if (bus->self)
			pci_setup_bridge(bus->self);
}

/*
 * What no bus granted: virtual functions of a device that may not be touched, or a
 * second extra for one window.
 */
static void __init drop_extras(struct list_head *extras)
{
	const struct pci_wish *extra;

	list_for_each_entry(extra, extras, node) {
		struct resource *res = pci_wished(extra);

		pci_info(extra->dev, "%s: %#lx bytes more are not granted\n",
			 pci_resource_name(extra->dev, extra->nr), extra->add_size);
		if (!res->parent)
			res->flags = 0;
	}
	pci_drop_wishes(extras);
}

static void __init assign_root_bus(struct pci_bus *root)
{
	int tries = wants_realloc(root) ? bus_depth(root) + 1 : 1, n;
	LIST_HEAD(extras);
	LIST_HEAD(failed);

	for (n = 1; n <= tries; n++) {
		try_once(root, n == tries ? &extras : NULL, &failed);
		if (n == tries || list_empty(&failed))
			break;
		pr_info("%s: try %d of %d to assign what found no place\n", root->name, n + 1,
			tries);
		prepare_next_try(&failed, n == 1);
	}
	drop_extras(&extras);
	pci_drop_wishes(&failed);
}

void __init pci_assign_unassigned_resources(void)
{
	struct pci_bus *root;

	if (list_empty(&pci_root_buses))
		return;
	pci_claim_roms();
	pci_find_gap();
	list_for_each_entry(root, &pci_root_buses, node)
		assign_root_bus(root);
}
