// SPDX-License-Identifier: MIT
/*
 * The tree of buses: root buses, where host bridges lead, and beneath them a bus for
 * each PCI-to-PCI bridge.
 *
 * A bus knows the bridge that leads to it, a bridge its bus; a number has one bus at
 * most.  A bus's number is above its parent's, so the tree is 256 levels deep at
 * most, and it is walked without recursion.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

LIST_HEAD(pci_devices);
LIST_HEAD(pci_root_buses);

static struct pci_bus *bus_by_number[256];

struct pci_bus *pci_find_bus(u8 number)
{
	return bus_by_number[number];
}

struct pci_dev *pci_get_slot(const struct pci_bus *bus, u8 devfn)
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list)
		if (dev->devfn == devfn)
			return dev;
	return NULL;
}

int pci_parse_slot(const char *s, u8 *bus, u8 *devfn)
{
	char *end;
	u64 number = simple_strtoull(s, &end, 16), slot, func;

	if (end == s || *end != ':')
		return -EINVAL;
	s = end + 1;
	slot = simple_strtoull(s, &end, 16);
	if (end == s || *end != '.')
		return -EINVAL;
	if (kstrtoull(end + 1, 16, &func) || number > 0xff || slot > 0x1f || func > 7)
		return -EINVAL;
	*bus = (u8)number;
	*devfn = PCI_DEVFN(slot, func);
	return 0;
}

struct pci_dev *pci_get_by_name(const char *s)
{
	struct pci_bus *bus;
	u8 number, devfn;

	if (pci_parse_slot(s, &number, &devfn))
		return NULL;
	bus = pci_find_bus(number);
	return bus ? pci_get_slot(bus, devfn) : NULL;
}

const struct pci_bus *pci_root_of(const struct pci_bus *bus)
{
	while (bus->self)
		bus = bus->parent;
	return bus;
}

struct pci_bus *pci_next_bus(struct pci_bus *root, struct pci_bus *bus)
{
	if (!bus)
		return root;
	if (!list_empty(&bus->children))
		return list_first_entry(&bus->children, struct pci_bus, node);
	while (bus != root) {
		if (bus->node.next != &bus->parent->children)
			return list_entry(bus->node.next, struct pci_bus, node);
		bus = bus->parent;
	}
	return NULL;
}

static struct pci_dev *first_dev(const struct pci_bus *bus)
{
	return list_empty(&bus->devices) ?
		       NULL :
		       list_first_entry(&bus->devices, struct pci_dev, bus_list);
}

struct pci_dev *pci_next_dev(struct pci_bus *root, struct pci_dev *dev)
{
	struct pci_dev *below;

	if (!dev)
		return first_dev(root);
	below = dev->subordinate ? first_dev(dev->subordinate) : NULL;
	if (below)
		return below;
	while (dev->bus_list.next == &dev->bus->devices) {
		if (dev->bus == root)
			return NULL;
		dev = dev->bus->self;
	}
	return list_entry(dev->bus_list.next, struct pci_dev, bus_list);
}

struct pci_bus *pci_add_bus(struct pci_bus *parent, struct pci_dev *self, u8 number, u8 busn_end)
{
	struct pci_bus *bus = kzalloc(sizeof(*bus), GFP_KERNEL);
	int i;

	if (!bus) {
		pr_err("no memory for bus %02x\n", number);
		return NULL;
	}
	bus->parent = parent;
	bus->self = self;
	bus->number = number;
	bus->busn_end = busn_end;
	INIT_LIST_HEAD(&bus->devices);
	INIT_LIST_HEAD(&bus->children);
	snprintf(bus->name, sizeof(bus->name), "PCI %s 0000:%02x",
		 self && pci_is_cardbus(self) ? "CardBus" : "Bus", number);
	for (i = PCI_BRIDGE_RESOURCES; self && i <= PCI_BRIDGE_RESOURCE_END; i++) {
		self->resource[i].name = bus->name;
		bus->resource[i - PCI_BRIDGE_RESOURCES] = &self->resource[i];
	}
	down_write(&pci_bus_sem);
	list_add_tail(&bus->node, parent ? &parent->children : &pci_root_buses);
	if (self)
		self->subordinate = bus;
	bus_by_number[number] = bus;
	up_write(&pci_bus_sem);
	return bus;
}

void pci_remove_bus(struct pci_bus *bus)
{
	down_write(&pci_bus_sem);
	list_del(&bus->node);
	bus->self->subordinate = NULL;
	bus_by_number[bus->number] = NULL;
	up_write(&pci_bus_sem);
	kfree(bus);
}

void pci_settle_buses(struct pci_bus *root)
{
	struct pci_bus *bus = NULL;
	struct pci_dev *dev;

	while ((bus = pci_next_bus(root, bus)) != NULL) {
		bus->settled = true;
		list_for_each_entry(dev, &bus->devices, bus_list) {
			if (!dev->subordinate)
				continue;
			down_write(&pci_bus_sem);
			list_del(&dev->subordinate->node);
			list_add_tail(&dev->subordinate->node, &bus->children);
			up_write(&pci_bus_sem);
		}
	}
}
