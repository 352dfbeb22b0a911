// SPDX-License-Identifier: MIT
/*
 * What firmware set up, into the register.
 *
 * The order is Linux's and decides who wins where two claim one address.  First
 * the windows of bridges, from the root down, since they bound everything
 * behind them.  Then the BARs of functions that decode now: they are in use,
 * right or wrong.  Then the BARs that are switched off, which may hold anything.
 * ROMs come last of all (pci_assign_unassigned_resources): many share their
 * decoder with a BAR and hold an address that nobody meant.
 *
 * A BAR that finds no place loses its address: IORESOURCE_UNSET, starting at 0,
 * until a new one is assigned.  A window that finds none is closed.
 *
 * A resource's parent is the window of the bus it is on.  A root bus has those
 * of its host bridge in struct pci_bus.resource; as long as these are the whole
 * register, a BAR's parent is the register itself.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

struct resource *pci_find_parent_resource(const struct pci_dev *dev, const struct resource *res)
{
	struct resource *window;

	for_each_pci_window(window, dev->bus)
		if (resource_type(window) == resource_type(res) &&
		    !(window->flags & IORESOURCE_UNSET) && resource_contains(window, res))
			/* Reads that have side effects must not be prefetched. */
			return window->flags & ~res->flags & IORESOURCE_PREFETCH ? NULL : window;
	return NULL;
}

int pci_claim_resource(struct pci_dev *dev, int nr)
{
	struct resource *res = &dev->resource[nr], *parent, *conflict;
	const char *what = pci_resource_name(dev, nr);

	if (res->flags & IORESOURCE_UNSET)
		return -EINVAL;
	if (nr == PCI_ROM_RESOURCE && res->flags & IORESOURCE_ROM_SHADOW)
		return 0; /* RAM answers there, not the device */
	parent = pci_find_parent_resource(dev, res);
	if (!parent) {
		pci_info(dev, "%s %pR: can't claim; no compatible bridge window\n", what, res);
		res->flags |= IORESOURCE_UNSET;
		return -EINVAL;
	}
	conflict = request_resource_conflict(parent, res);
	if (conflict) {
		pci_info(dev, "%s %pR: can't claim; address conflict with %s %pR\n", what, res,
			 conflict->name, conflict);
		res->flags |= IORESOURCE_UNSET;
		return -EBUSY;
	}
	return 0;
}

static const struct resource *__init first_overlap(const struct pci_bus *bus,
						   const struct resource *res)
{
	const struct resource *window;

	for_each_pci_window(window, bus)
		if (resource_type(window) == resource_type(res) && resource_overlaps(window, res))
			return window;
	return NULL;
}

/* Cut a window down to what the bus above lets through; false where that is all of it, or nothing. */
static bool __init clip_window(struct pci_dev *bridge, struct resource *res)
{
	const struct resource *window = first_overlap(bridge->bus, res);
	struct resource old = *res;

	if (!window || resource_contains(window, res))
		return false;
	res->start = max(res->start, window->start);
	res->end = min(res->end, window->end);
	res->flags &= ~(unsigned long)IORESOURCE_UNSET;
	pci_info(bridge, "%pR clipped to %pR\n", &old, res);
	pci_write_bridge_window(bridge, (int)(res - bridge->resource));
	return true;
}

static void __init claim_bridge_windows(struct pci_dev *bridge)
{
	int nr;

	for (nr = PCI_BRIDGE_RESOURCES; nr <= PCI_BRIDGE_RESOURCE_END; nr++) {
		struct resource *res = &bridge->resource[nr];

		if (!res->flags || res->parent)
			continue;
		/* A window at 0 is one that nobody set. */
		if (res->start && (!pci_claim_resource(bridge, nr) ||
				   (clip_window(bridge, res) && !pci_claim_resource(bridge, nr))))
			continue;
		/* What is behind it must not believe in it. */
		res->start = res->end = 0;
		res->flags = 0;
	}
}

/* What cannot be claimed forgets its address; the size stays.  The address it had, or 0. */
static resource_size_t __init claim_or_forget(struct pci_dev *dev, int nr)
{
	struct resource *res = &dev->resource[nr];
	resource_size_t start = res->start;

	if (!pci_claim_resource(dev, nr) || res->flags & IORESOURCE_PCI_FIXED)
		return 0;
	res->end -= start;
	res->start = 0;
	return start;
}

static void __init claim_bars(struct pci_dev *dev, bool decoded)
{
	u16 command;
	int nr;

	pci_read_config_word(dev, PCI_COMMAND, &command);
	for (nr = PCI_STD_RESOURCES; nr <= PCI_IOV_RESOURCE_END; nr++) {
		const struct resource *res = &dev->resource[nr];
		u16 decode = res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;

		if (nr != PCI_ROM_RESOURCE && res->flags && !res->parent && res->start &&
		    !(res->flags & IORESOURCE_UNSET) && decoded == !!(command & decode))
			dev->fw_addr[nr] = claim_or_forget(dev, nr);
	}
}

/* Once its BARs are known to be in place a ROM is switched off: nobody reads it. */
static void __init claim_decoded_bars(struct pci_dev *dev)
{
	claim_bars(dev, true);
	if (dev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_ENABLE)
		pci_disable_rom(dev);
}

static void __init claim_other_bars(struct pci_dev *dev)
{
	claim_bars(dev, false);
}

static void __init claim_rom(struct pci_dev *dev)
{
	const struct resource *res = &dev->resource[PCI_ROM_RESOURCE];

	if (res->flags && res->start && !res->parent)
		claim_or_forget(dev, PCI_ROM_RESOURCE);
}

/* From each root down. */
static void __init for_all(void (*claim)(struct pci_dev *dev))
{
	struct pci_bus *root;
	struct pci_dev *dev;

	list_for_each_entry(root, &pci_root_buses, node)
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL;)
			claim(dev);
}

void __init pci_resource_survey(void)
{
	struct pci_bus *root, *bus;

	list_for_each_entry(root, &pci_root_buses, node)
		for (bus = root; bus; bus = pci_next_bus(root, bus))
			if (bus->self)
				claim_bridge_windows(bus->self);
	for_all(claim_decoded_bars);
	for_all(claim_other_bars);
}

void __init pci_claim_roms(void)
{
	for_all(claim_rom);
}
