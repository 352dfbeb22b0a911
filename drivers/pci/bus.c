// SPDX-License-Identifier: MIT
/*
 * The tree of buses: root buses, where host bridges lead, and beneath them a bus for
 * each PCI-to-PCI bridge.
 *
 * A bus knows the bridge that leads to it, a bridge its bus; a number has one bus at
 * most.  Each segment has numbers of its own: 0 is there always, others where a host
 * bridge of theirs is (PCI Firmware 3.3, 4.1.2).  A bus's number is above its parent's, so the tree is 256 levels deep at
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

struct pci_segment {
	u16 number;
	struct pci_segment *next; /* they are in order */
	struct pci_bus *bus[256];
};

static struct pci_segment segment0;

static struct pci_segment *find_segment(u16 number)
{
	struct pci_segment *segment = &segment0;

	while (segment && segment->number != number)
		segment = segment->next;
	return segment;
}

/* The segment of that number, which is known from now on: NULL without memory. */
static struct pci_segment *add_segment(u16 number)
{
	struct pci_segment *segment = find_segment(number), *before = &segment0;

	if (segment)
		return segment;
	segment = kzalloc(sizeof(*segment), GFP_KERNEL);
	if (!segment)
		return NULL;
	segment->number = number;
	while (before->next && before->next->number < number)
		before = before->next;
	segment->next = before->next;
	before->next = segment;
	return segment;
}

struct pci_bus *pci_find_bus(u16 segment, u8 number)
{
	const struct pci_segment *found = find_segment(segment);

	return found ? found->bus[number] : NULL;
}

struct pci_bus *pci_next_numbered_bus(const struct pci_bus *bus)
{
	const struct pci_segment *segment = bus ? find_segment(bus->segment) : &segment0;
	unsigned int number = bus ? bus->number + 1U : 0;

	for (; segment; segment = segment->next, number = 0)
		for (; number <= 0xff; number++)
			if (segment->bus[number])
				return segment->bus[number];
	return NULL;
}

struct pci_dev *pci_get_slot(const struct pci_bus *bus, u8 devfn)
{
	struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list)
		if (dev->devfn == devfn)
			return dev;
	return NULL;
}

int pci_parse_slot(const char *s, u16 *segment, u8 *bus, u8 *devfn)
{
	char *end;
	u64 first = 0, number = simple_strtoull(s, &end, 16), slot, func;

	if (end == s || *end != ':')
		return -EINVAL;
	s = end + 1;
	slot = simple_strtoull(s, &end, 16);
	if (end != s && *end == ':') { /* there were two numbers before the slot's */
		first = number;
		number = slot;
		s = end + 1;
		slot = simple_strtoull(s, &end, 16);
	}
	if (end == s || *end != '.')
		return -EINVAL;
	if (kstrtoull(end + 1, 16, &func) || first > 0xffff || number > 0xff || slot > 0x1f ||
	    func > 7)
		return -EINVAL;
	*segment = (u16)first;
	*bus = (u8)number;
	*devfn = PCI_DEVFN(slot, func);
	return 0;
}

struct pci_dev *pci_get_by_name(const char *s)
{
	struct pci_bus *bus;
	u8 number, devfn;
	u16 segment;

	if (pci_parse_slot(s, &segment, &number, &devfn))
		return NULL;
	bus = pci_find_bus(segment, number);
	return bus ? pci_get_slot(bus, devfn) : NULL;
}

const char *pci_short_name(const struct pci_dev *dev)
{
	return dev->bus->segment ? dev->name : dev->name + strlen("0000:");
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

struct pci_bus *pci_add_bus(struct pci_bus *parent, struct pci_dev *self, u16 segment, u8 number,
			    u8 busn_end)
{
	struct pci_segment *numbers = add_segment(segment);
	struct pci_bus *bus = numbers ? kzalloc(sizeof(*bus), GFP_KERNEL) : NULL;
	int i;

	if (!bus) {
		pr_err("no memory for bus %04x:%02x\n", segment, number);
		return NULL;
	}
	bus->segment = segment;
	bus->parent = parent;
	bus->self = self;
	bus->number = number;
	bus->busn_end = busn_end;
	INIT_LIST_HEAD(&bus->devices);
	INIT_LIST_HEAD(&bus->children);
	snprintf(bus->name, sizeof(bus->name), "PCI %s %04x:%02x",
		 self && pci_is_cardbus(self) ? "CardBus" : "Bus", segment, number);
	for (i = PCI_BRIDGE_RESOURCES; self && i <= PCI_BRIDGE_RESOURCE_END; i++) {
		self->resource[i].name = bus->name;
		bus->resource[i - PCI_BRIDGE_RESOURCES] = &self->resource[i];
	}
	down_write(&pci_bus_sem);
	list_add_tail(&bus->node, parent ? &parent->children : &pci_root_buses);
	if (self)
		self->subordinate = bus;
	numbers->bus[number] = bus;
	up_write(&pci_bus_sem);
	return bus;
}

void pci_remove_bus(struct pci_bus *bus)
{
	down_write(&pci_bus_sem);
	list_del(&bus->node);
	bus->self->subordinate = NULL;
	find_segment(bus->segment)->bus[bus->number] = NULL;
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
