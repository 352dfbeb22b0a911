// SPDX-License-Identifier: MIT
/*
 * Bus numbers: which bus lies behind a bridge, and what number it gets.
 *
 * Firmware writes three numbers into each PCI-to-PCI bridge (PCI-to-PCI Bridge 1.2,
 * 3.2.5.2 to 3.2.5.4): the bus it is on, the bus right behind it, and the highest
 * one further on.  Configuration cycles find their way by these numbers, so what is
 * right stays.  The bridges of a bus are gone through twice, as in Linux:
 *
 *   - first those whose numbers make sense: they are looked behind.  Numbers that
 *     make none (a bus not above the bridge's own, an end below its start) are
 *     cleared, so that the bridge forwards nothing that is another's;
 *   - then those without numbers: each takes the next one that is free on this bus,
 *     forwards all that its parent does while it is looked behind, and at the end
 *     only what was found there.
 *
 * Each bridge is followed to the end before the next one's turn, for a number is
 * free once all that is behind the earlier bridges is known.  A number beyond what
 * the parent forwards is taken nevertheless, and said: its devices do not answer, but
 * its windows count.  A number that a bus has already stays that bus's.
 *
 * A bridge with a slot for cards to come keeps a share of the numbers that its bus
 * has to spare (`spare`), so that a card with a bridge would find some.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/printk.h"

#define PCI_BUS_NUMBERS	    0x00ffffffU /* primary, secondary, subordinate; then a latency */
#define PCI_SUBORDINATE_BUS 0x1a

/* A bus whose bridges are looked behind now. */
struct visit {
	struct pci_bus *bus;
	struct pci_dev *bridge; /* whose turn it is; NULL: nobody's yet */
	bool second;		/* of the two times */
	unsigned int max;	/* the highest number beneath, so far */
	unsigned int spare;	/* how many more than it needs it may have */
	unsigned int used;	/* how many are in use beneath, or will be */
	unsigned int nr_hotplug, nr_normal;
};

/* Numbers grow on the way down, so there are no more levels than numbers. */
static struct visit visits[256] __initdata;

static struct pci_dev *__init next_bridge(struct pci_bus *bus, struct pci_dev *dev)
{
	struct list_head *pos = dev ? &dev->bus_list : &bus->devices;

	while ((pos = pos->next) != &bus->devices) {
		dev = list_entry(pos, struct pci_dev, bus_list);
		if (dev->hdr_type == PCI_HEADER_BRIDGE)
			return dev;
	}
	return NULL;
}

static void __init enter(struct visit *visit, struct pci_bus *bus, unsigned int spare)
{
	struct pci_dev *bridge = NULL;

	pci_scan_slots(bus);
	*visit = (struct visit){ .bus = bus, .spare = spare };
	visit->used = pci_iov_bus_range(bus);
	visit->max = bus->number + visit->used;
	while ((bridge = next_bridge(bus, bridge)) != NULL) {
		if (bridge->hotplug_bridge)
			visit->nr_hotplug++;
		else
			visit->nr_normal++;
	}
}

/* The next bridge's turn: false when all had both. */
static bool __init next_turn(struct visit *visit)
{
	visit->bridge = next_bridge(visit->bus, visit->bridge);
	if (!visit->bridge && !visit->second) {
		visit->second = true;
		visit->bridge = next_bridge(visit->bus, NULL);
	}
	return visit->bridge;
}

/* The highest number is `max` now, after a bridge's turn; each bridge counts for one at least. */
static void __init reached(struct visit *visit, unsigned int max)
{
	if (!visit->second)
		visit->used++;
	if (max > visit->max + 1)
		visit->used += max - visit->max - 1;
	visit->max = max;
}

/* The highest number beneath this bus, with what is kept for later. */
static unsigned int __init leave(const struct visit *visit)
{
	const struct pci_bus *bus = visit->bus;

	if (!bus->self || !bus->self->hotplug_bridge)
		return visit->max;
	return max(visit->max, min(bus->number + visit->spare, (unsigned int)bus->busn_end));
}

/* The bridge's share of what its bus has to spare. */
static unsigned int __init share(const struct visit *visit)
{
	if (!visit->nr_hotplug && visit->nr_normal == 1)
		return visit->spare;
	if (!visit->bridge->hotplug_bridge)
		return 0;
	return min(visit->spare / visit->nr_hotplug, visit->spare - visit->used + 1);
}

/* A bus behind the bridge whose turn it is, or NULL after a line. */
static struct pci_bus *__init add_bus(const struct visit *visit, u8 number, u8 busn_end)
{
	struct pci_bus *parent = visit->bus, *child, *other = pci_find_bus(number);

	if (other) {
		pci_warn(visit->bridge, "bus %02x is behind %s already: not looked behind\n",
			 number, other->self ? other->self->name : "a host bridge");
		return NULL;
	}
	if (number > parent->busn_end)
		pci_warn(visit->bridge,
			 "[bus %02x-%02x] behind it does not fit into [bus %02x-%02x]\n", number,
			 busn_end, parent->number, parent->busn_end);
	child = pci_add_bus(parent, visit->bridge, number, busn_end);
	if (child)
		pci_read_bridge_bases(child);
	return child;
}

/* The first turn: the bus that firmware's numbers lead to. */
static struct pci_bus *__init configured_bus(struct visit *visit)
{
	struct pci_dev *bridge = visit->bridge;
	struct pci_bus *child;
	u8 primary, secondary, subordinate;
	u32 numbers;

	pci_read_config_dword(bridge, PCI_PRIMARY_BUS, &numbers);
	primary = (u8)numbers;
	secondary = (u8)(numbers >> 8);
	subordinate = (u8)(numbers >> 16);
	/* Some bridges have no register for the first number: it reads 0. */
	if ((primary && primary != visit->bus->number) || secondary <= visit->bus->number ||
	    secondary > subordinate) {
		pci_info(bridge, "invalid [bus %02x-%02x] behind it: numbered anew\n", secondary,
			 subordinate);
		pci_write_config_dword(bridge, PCI_PRIMARY_BUS, numbers & ~PCI_BUS_NUMBERS);
		reached(visit, visit->max);
		return NULL;
	}
	child = add_bus(visit, secondary, subordinate);
	if (!child)
		reached(visit, max(visit->max, (unsigned int)subordinate));
	return child;
}

/* The second turn: the next number, for a bridge that has none. */
static struct pci_bus *__init numbered_bus(struct visit *visit)
{
	struct pci_dev *bridge = visit->bridge;
	unsigned int number = visit->max + 1;
	struct pci_bus *child;
	u32 numbers;

	pci_read_config_dword(bridge, PCI_PRIMARY_BUS, &numbers);
	if (numbers & PCI_BUS_NUMBERS & ~0xffU)
		return NULL; /* it had its turn */
	if (number > 0xff) {
		pci_warn(bridge, "no bus number is left: not looked behind\n");
		return NULL;
	}
	child = add_bus(visit, (u8)number, visit->bus->busn_end);
	if (!child) {
		reached(visit, number);
		return NULL;
	}
	numbers = (numbers & ~PCI_BUS_NUMBERS) | (u32)child->busn_end << 16 |
		  (u32)child->number << 8 | visit->bus->number;
	pci_write_config_dword(bridge, PCI_PRIMARY_BUS, numbers);
	return child;
}

/* All behind the bridge is known: `last` is the highest number there. */
static void __init come_back(struct visit *visit, struct pci_bus *child, unsigned int last)
{
	if (!visit->second) {
		if (last > child->busn_end)
			pci_warn(visit->bridge, "bus %02x behind it is above [bus %02x-%02x]\n",
				 last, child->number, child->busn_end);
		reached(visit, max(visit->max, (unsigned int)child->busn_end));
		return;
	}
	pci_write_config_byte(visit->bridge, PCI_SUBORDINATE_BUS, (u8)last);
	child->busn_end = (u8)last;
	reached(visit, last);
}

/* The bus behind the bridge whose turn it is, if it has one now, and what it may have to spare. */
static struct pci_bus *__init look_behind(struct visit *visit, unsigned int *spare)
{
	struct pci_bus *child;

	if (!visit->second) {
		child = configured_bus(visit);
		*spare = child ? child->busn_end - child->number : 0;
		return child;
	}
	*spare = share(visit);
	*spare -= *spare > 0; /* its own number */
	return numbered_bus(visit);
}

unsigned int __init pci_scan_tree(struct pci_bus *root)
{
	struct visit *visit = visits;
	struct pci_bus *child;
	unsigned int spare;

	enter(visit, root, 0);
	for (;;) {
		if (next_turn(visit)) {
			child = look_behind(visit, &spare);
			if (child)
				enter(++visit, child, spare);
		} else if (visit == visits) {
			return leave(visit);
		} else {
			visit--;
			come_back(visit, visit[1].bus, leave(&visit[1]));
		}
	}
}
