// SPDX-License-Identifier: MIT
/*
 * Functions that come and go after boot.
 *
 * What came is found by the same scan as at boot, which leaves alone what it knows, and is
 * placed by the same rules; but windows that are in the register stay where they are, for
 * others live in them.  What is new stands behind what was there in pci_devices, so the
 * list's old end is all that has to be remembered.
 *
 * What goes leaves in the reverse order: driver, decoding, register, tree.  A card that
 * was pulled answers all ones to everything (PCI Express 5.0, 2.3.2), which a driver must
 * bear until somebody looks, or report.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/hotplug.h"
#include "drivers/pci/access.h"
#include "drivers/pci/assign.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/sched/workqueue.h"
#include "mm/slab.h"

bool pci_device_is_present(const struct pci_dev *dev)
{
	u32 id;

	return !pci_read_config_dword(dev, PCI_VENDOR_ID, &id) &&
	       id == ((u32)dev->device << 16 | dev->vendor);
}

/* ---------------------------------------------------------------- going */

/* The first function behind all the others, or `dev` itself where nothing is behind it. */
static struct pci_dev *deepest(struct pci_dev *dev)
{
	while (dev->subordinate && !list_empty(&dev->subordinate->devices))
		dev = list_first_entry(&dev->subordinate->devices, struct pci_dev, bus_list);
	return dev;
}

/* A function without a driver has nobody's claims in it but others'. */
static const struct resource *claim_in(const struct pci_dev *dev)
{
	const struct resource *claim = NULL;

	for (int nr = 0; nr < PCI_NUM_RESOURCES && !claim && !dev->driver; nr++)
		if (!dev->subordinate || nr < PCI_BRIDGE_RESOURCES)
			claim = resource_first_child(&dev->resource[nr]);
	return claim;
}

const struct resource *pci_claimed_by_others(struct pci_dev *dev)
{
	const struct resource *claim = claim_in(dev);
	struct pci_dev *below = NULL;

	if (!dev->subordinate)
		return claim;
	while (!claim && (below = pci_next_dev(dev->subordinate, below)) != NULL)
		claim = claim_in(below);
	return claim;
}

/* Its addresses are free from now on: it must not answer there, nor use memory. */
static void switch_off(const struct pci_dev *dev)
{
	if (pci_device_is_present(dev))
		pci_clear_and_set_word(dev, PCI_COMMAND,
				       PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
}

static void leave_register(struct pci_dev *dev)
{
	for (int nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
		struct resource *res = &dev->resource[nr];
		const struct resource *claim = resource_first_child(res);

		if (!res->parent)
			continue;
		if (claim)
			pci_warn(dev, "%s %pR: %s %pR in it stays claimed\n",
				 pci_resource_name(dev, nr), res, claim->name, claim);
		remove_resource(res); /* first: nobody maps it any more */
		if (res->flags & IORESOURCE_MEM && nr <= PCI_ROM_RESOURCE)
			resource_revoke(res->start, resource_size(res));
	}
}

static void remove_one(struct pci_dev *dev)
{
	if (dev->driver)
		pci_release_driver(dev);
	pci_irq_take_back(dev, "the function goes");
	switch_off(dev);
	leave_register(dev);
	if (dev->subordinate)
		pci_remove_bus(dev->subordinate);
	down_write(&pci_bus_sem);
	list_del(&dev->bus_list);
	list_del(&dev->global_list);
	up_write(&pci_bus_sem);
	pci_info(dev, "[%04x:%04x] removed\n", dev->vendor, dev->device);
	kfree(dev);
}

void pci_stop_and_remove_bus_device(struct pci_dev *dev)
{
	struct pci_dev *last;

	do {
		last = deepest(dev);
		remove_one(last);
	} while (last != dev);
}

static struct pci_dev *find_gone(void)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (!pci_device_is_present(dev))
			return dev;
	return NULL;
}

unsigned int pci_remove_gone(void)
{
	struct pci_dev *dev;
	unsigned int n = 0;

	for (; (dev = find_gone()) != NULL; n++) {
		pci_warn(dev, "answers no more\n");
		pci_stop_and_remove_bus_device(dev);
	}
	return n;
}

static void remove_reported(struct work_struct *work)
{
	(void)work;
	pci_lock_rescan_remove();
	pci_remove_gone();
	pci_unlock_rescan_remove();
}

void pci_report_gone(const struct pci_dev *dev)
{
	static DECLARE_WORK(work, remove_reported);

	(void)dev; /* perhaps there are more: a card has several functions */
	schedule_work(&work);
}

/* ---------------------------------------------------------------- coming */

static bool is_bridge(const struct pci_dev *dev)
{
	return pci_is_bridge(dev) && dev->subordinate;
}

/*
 * The windows that are in the register stay; all others are closed, whatever a new
 * bridge's registers say, until they have a place.  They are listed.
 */
static void close_windows(struct list_head *closed)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev) {
		for (int nr = PCI_BRIDGE_RESOURCES; is_bridge(dev) && nr <= PCI_BRIDGE_RESOURCE_END;
		     nr++) {
			struct resource *res = &dev->resource[nr];

			if (res->parent)
				continue;
			res->start = res->end = 0;
			res->flags = 0;
			pci_add_wish(closed, dev, nr);
		}
	}
}

/* What they are now into the bridges; nobody uses what lies behind them yet. */
static void write_windows(struct list_head *closed)
{
	const struct pci_wish *wish;

	list_for_each_entry(wish, closed, node)
		pci_write_bridge_window(wish->dev, wish->nr);
	pci_drop_wishes(closed);
}

/* One try: what is too big for the windows above it has no address, after a line. */
static void assign_tree(struct pci_bus *root)
{
	struct pci_bus *bus = NULL;
	const struct pci_wish *extra;
	LIST_HEAD(extras);

	pci_size_bridges(root, &extras);
	while ((bus = pci_next_bus(root, bus)) != NULL)
		pci_assign_bus_resources(bus, &extras, NULL);
	list_for_each_entry(extra, &extras, node)
		if (!pci_wished(extra)->parent)
			pci_wished(extra)->flags = 0;
	pci_drop_wishes(&extras);
}

unsigned int pci_rescan(unsigned int *gone)
{
	unsigned int n = pci_remove_gone();
	struct list_head *known = pci_devices.prev, *pos;
	struct pci_bus *root;
	LIST_HEAD(closed);

	if (gone)
		*gone = n;
	pciehp_power_on_slots();
	list_for_each_entry(root, &pci_root_buses, node) {
		pci_scan_tree(root);
		pci_settle_buses(root);
	}
	close_windows(&closed);
	list_for_each_entry(root, &pci_root_buses, node)
		assign_tree(root);
	write_windows(&closed);
	for (n = 0, pos = known->next; pos != &pci_devices; pos = pos->next, n++) {
		struct pci_dev *dev = list_entry(pos, struct pci_dev, global_list);

		if (is_bridge(dev))
			pci_enable_bridge(dev); /* firmware did not see it */
		pci_attach_driver(dev);
	}
	return n;
}

void pci_notice(void)
{
	unsigned int gone, found = pci_rescan(&gone);

	if (found || gone)
		pr_info("%u functions came, %u went\n", found, gone);
}
