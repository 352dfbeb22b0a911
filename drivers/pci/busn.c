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
 * its windows count.  Where a second bridge leads to a bus it is no child of that
 * bridge, but is looked at again, for more may answer that way.
 *
 * A bus that is known stays where it is: a bridge whose numbers read otherwise later on
 * (it was reset, or it lies) gets them again.
 *
 * pci=assign-busses clears all numbers, bus by bus.
 *
 * Numbers of a CardBus bridge are given anew in any case.  Nobody looks behind it; a few
 * numbers are kept for a card that has bridges.
 *
 * A bridge with a slot for cards to come keeps a share of the numbers that its bus
 * has to spare (`spare`), so that a card with a bridge would find some.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/options.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"

#define PCI_BUS_NUMBERS	    0x00ffffffU /* primary, secondary, subordinate; then a latency */
#define PCI_SUBORDINATE_BUS 0x1a

/* PC Card 8.0, 4.5.2.13: in that dword; and numbers for a card with bridges.  Linux's figures. */
#define CARDBUS_LATENCY 176U
#define CARDBUS_SPARE	3U

/* Buses that lead to each other by several ways would be looked at for ever. */
#define MAX_VISITS 1024

/* A bus whose bridges are looked behind now. */
struct visit {
	struct pci_bus *bus;
	struct pci_dev *bridge;	  /* whose turn it is; NULL: nobody's yet */
	bool second;		  /* of the two times */
	unsigned int subordinate; /* the highest number behind it, by its own word */
	unsigned int max;	  /* the highest number beneath the bus, so far */
	unsigned int spare;	  /* how many more than it needs it may have */
	unsigned int used;	  /* how many are in use beneath, or will be */
	unsigned int nr_hotplug, nr_normal;
};

/* Numbers grow on the way down, so there are no more levels than numbers. */
static struct visit visits[256];
static unsigned int nr_visits;

static struct pci_dev *next_bridge(struct pci_bus *bus, struct pci_dev *dev)
{
	struct list_head *pos = dev ? &dev->bus_list : &bus->devices;

	while ((pos = pos->next) != &bus->devices) {
		dev = list_entry(pos, struct pci_dev, bus_list);
		if (pci_is_bridge(dev))
			return dev;
	}
	return NULL;
}

static void enter(struct visit *visit, struct pci_bus *bus, unsigned int spare)
{
	bool first = !bus->settled && list_empty(&bus->devices);
	struct pci_dev *bridge = NULL;

	nr_visits++;
	pci_scan_slots(bus);
	if (first && bus->self)
		pci_read_bridge_bases(bus);
	*visit = (struct visit){ .bus = bus, .spare = spare };
	visit->used = pci_iov_bus_range(bus);
	visit->max = min(bus->number + visit->used, 0xffU);
	while ((bridge = next_bridge(bus, bridge)) != NULL) {
		if (bridge->hotplug_bridge)
			visit->nr_hotplug++;
		else
			visit->nr_normal++;
	}
}

/* The next bridge's turn: false when all had both. */
static bool next_turn(struct visit *visit)
{
	visit->bridge = next_bridge(visit->bus, visit->bridge);
	if (!visit->bridge && !visit->second) {
		visit->second = true;
		visit->bridge = next_bridge(visit->bus, NULL);
	}
	return visit->bridge;
}

/* The highest number is `max` now, after a bridge's turn; each bridge counts for one at least. */
static void reached(struct visit *visit, unsigned int max)
{
	if (!visit->second)
		visit->used++;
	if (max > visit->max + 1)
		visit->used += max - visit->max - 1;
	visit->max = max;
}

/* The highest number beneath this bus, with what is kept for later, as far as this bus's own go. */
static unsigned int leave(const struct visit *visit)
{
	const struct pci_bus *bus = visit->bus;
	unsigned int used;

	if (!bus->self || !bus->self->hotplug_bridge)
		return visit->max;
	used = max(visit->spare, max(pci_options.hotplug_buses, 1U) - 1);
	if (visit->max - bus->number >= used)
		return visit->max;
	return max(visit->max, min(bus->number + used, (unsigned int)bus->busn_end));
}

/* The bridge's share of what its bus has to spare. */
static unsigned int share(const struct visit *visit)
{
	if (!visit->nr_hotplug && visit->nr_normal == 1)
		return visit->spare;
	if (!visit->bridge->hotplug_bridge)
		return 0;
	return min(visit->spare / visit->nr_hotplug, visit->spare - visit->used + 1);
}

/* The bus of that number behind the bridge whose turn it is, or NULL after a line. */
static struct pci_bus *bus_behind(const struct visit *visit, u8 number, u8 busn_end)
{
	struct pci_bus *parent = visit->bus, *bus = pci_find_bus(visit->bus->segment, number);

	if (nr_visits >= MAX_VISITS) {
		pci_warn(visit->bridge,
			 "bus %02x: too many ways lead to buses, not looked behind\n", number);
		return NULL;
	}
	if (bus && bus->self == visit->bridge)
		return bus; /* known since the last scan */
	if (bus) {
		pci_warn(visit->bridge, "bus %02x behind it is behind %s already\n", number,
			 bus->self ? bus->self->name : "a host bridge");
		return bus;
	}
	if (number > parent->busn_end)
		pci_warn(visit->bridge, "bus %02x behind it does not fit into [bus %02x-%02x]\n",
			 number, parent->number, parent->busn_end);
	return pci_add_bus(parent, visit->bridge, parent->segment, number, busn_end);
}

/* Of a bridge whose bus is known the numbers count that led there, whatever it says now. */
static u32 known_numbers(const struct pci_dev *bridge, u32 numbers)
{
	const struct pci_bus *bus = bridge->subordinate;
	u8 primary = (u8)numbers, secondary = (u8)(numbers >> 8), subordinate = (u8)(numbers >> 16);

	if ((!primary || primary == bus->parent->number) && secondary == bus->number &&
	    subordinate >= secondary)
		return numbers;
	pci_warn(bridge, "[bus %02x-%02x] behind it is [bus %02x-%02x] now: set again\n",
		 bus->number, bus->busn_end, secondary, subordinate);
	numbers = (numbers & ~PCI_BUS_NUMBERS) | (u32)bus->busn_end << 16 | (u32)bus->number << 8 |
		  bus->parent->number;
	pci_write_config_dword(bridge, PCI_PRIMARY_BUS, numbers);
	return numbers;
}

/* The first turn: the bus that firmware's numbers lead to, and how many more they allow. */
static struct pci_bus *configured_bus(struct visit *visit, unsigned int *spare)
{
	struct pci_dev *bridge = visit->bridge;
	u8 primary, secondary, subordinate;
	struct pci_bus *bus;
	bool wrong;
	u32 numbers;

	if (pci_is_cardbus(bridge) && bridge->subordinate) { /* known since the last scan */
		reached(visit, max(visit->max, (unsigned int)bridge->subordinate->busn_end));
		return NULL;
	}
	pci_read_config_dword(bridge, PCI_PRIMARY_BUS, &numbers);
	if (bridge->subordinate)
		numbers = known_numbers(bridge, numbers);
	primary = (u8)numbers;
	secondary = (u8)(numbers >> 8);
	subordinate = (u8)(numbers >> 16);
	/* Some bridges have no register for the first number: it reads 0. */
	wrong = (primary && primary != visit->bus->number) || secondary <= visit->bus->number ||
		secondary > subordinate;
	if (wrong)
		pci_info(bridge, "invalid [bus %02x-%02x] behind it: numbered anew\n", secondary,
			 subordinate);
	if (wrong || pci_is_cardbus(bridge) ||
	    (pci_options.assign_busses && !bridge->subordinate)) {
		pci_write_config_dword(bridge, PCI_PRIMARY_BUS, numbers & ~PCI_BUS_NUMBERS);
		reached(visit, visit->max);
		return NULL;
	}
	bus = bus_behind(visit, secondary, subordinate);
	if (!bus)
		reached(visit, max(visit->max, (unsigned int)subordinate));
	visit->subordinate = subordinate;
	*spare = subordinate - secondary;
	return bus;
}

/* All behind the bridge is known: `last` is the highest number on that bus and beneath. */
static void come_back(struct visit *visit, struct pci_bus *bus, unsigned int last)
{
	if (!visit->second) {
		if (last > visit->subordinate)
			pci_warn(visit->bridge, "bus %02x behind it is above [bus %02x-%02x]\n",
				 last, bus->number, visit->subordinate);
		reached(visit, max(visit->max, visit->subordinate));
		return;
	}
	pci_write_config_byte(visit->bridge, PCI_SUBORDINATE_BUS, (u8)last);
	/* Its register says so; but what the bus above does not have is not this one's either. */
	if (bus->number > visit->bus->busn_end || last <= visit->bus->busn_end)
		bus->busn_end = (u8)last;
	reached(visit, last);
}

/*
 * How many numbers after `number` a CardBus bridge keeps: up to one that has a bus, or half
 * of what is left where a bus above ends, so that a second such bridge finds some.
 */
static unsigned int cardbus_spare(const struct pci_bus *bus, unsigned int number)
{
	const struct pci_bus *above;
	unsigned int n;

	for (n = 0; n < CARDBUS_SPARE; n++) {
		if (number + n >= 0xff || pci_find_bus(bus->segment, (u8)(number + n + 1)))
			return n;
		for (above = bus; above->parent; above = above->parent)
			if (!pci_options.assign_busses && above->busn_end > number &&
			    above->busn_end <= number + n)
				return n / 2;
	}
	return n;
}

/* The second turn: the next number, for a bridge that has none, and how many more it may have. */
static struct pci_bus *numbered_bus(struct visit *visit, unsigned int *spare)
{
	struct pci_dev *bridge = visit->bridge;
	unsigned int number = visit->max + 1;
	struct pci_bus *bus = number <= 0xff ? pci_find_bus(visit->bus->segment, (u8)number) : NULL;
	u32 numbers;

	pci_read_config_dword(bridge, PCI_PRIMARY_BUS, &numbers);
	if (bridge->subordinate || numbers & PCI_BUS_NUMBERS & ~0xffU)
		return NULL; /* it had its turn */
	/* The bus that a bridge is plugged into may have none to spare. */
	if (number > 0xff || (bus && bus->settled)) {
		pci_warn(bridge, "no bus number is left: not looked behind\n");
		return NULL;
	}
	bus = bus_behind(visit, (u8)number, visit->bus->busn_end);
	if (!bus) {
		reached(visit, number);
		return NULL;
	}
	*spare = share(visit);
	*spare -= *spare > 0; /* its own number */
	numbers = (numbers & ~PCI_BUS_NUMBERS) | (u32)bus->busn_end << 16 | (u32)bus->number << 8 |
		  (bus->parent ? bus->parent->number : 0);
	if (!pci_is_cardbus(bridge)) {
		pci_write_config_dword(bridge, PCI_PRIMARY_BUS, numbers);
		return bus;
	}
	pci_write_config_dword(bridge, PCI_PRIMARY_BUS,
			       (numbers & PCI_BUS_NUMBERS) | CARDBUS_LATENCY << 24);
	come_back(visit, bus, number + cardbus_spare(visit->bus, number));
	pci_info(bridge, "CardBus bridge to [bus %02x-%02x]\n", bus->number, bus->busn_end);
	return NULL;
}

unsigned int pci_scan_tree(struct pci_bus *root)
{
	struct visit *visit = visits;
	struct pci_bus *bus;
	unsigned int spare;

	nr_visits = 0;
	enter(visit, root, 0);
	for (;;) {
		if (next_turn(visit)) {
			bus = visit->second ? numbered_bus(visit, &spare) :
					      configured_bus(visit, &spare);
			if (bus)
				enter(++visit, bus, spare);
		} else if (visit == visits) {
			return leave(visit);
		} else {
			visit--;
			come_back(visit, visit[1].bus, leave(&visit[1]));
		}
	}
}
