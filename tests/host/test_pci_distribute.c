// SPDX-License-Identifier: MIT
// sources: drivers/pci/distribute.c kernel/lib/tree.c kernel/core/resource.c
/*
 * Room that a hot-plug bridge shares with the bridges behind it.  The figures are what
 * Linux's arithmetic gives for the same windows.
 */
#include "drivers/pci/assign.h"
#include "tests/host/test.h"

#define MiB 0x100000ULL

/* Bus n is behind bridge n; they are numbered as a walk meets them.  Bus 0 is the root. */
static struct pci_bus buses[6];
static struct pci_dev bridges[6], card;
static unsigned int nr_buses;

static struct pci_wish extra;
static bool extra_dropped;

struct pci_bus *pci_next_bus(struct pci_bus *root, struct pci_bus *bus)
{
	if (!bus)
		return root;
	return bus + 1 < buses + nr_buses ? bus + 1 : NULL;
}

resource_size_t pci_resource_alignment(const struct pci_dev *dev, int nr)
{
	const struct resource *res = &dev->resource[nr];

	if (res->flags & IORESOURCE_STARTALIGN)
		return res->start;
	return res->flags & IORESOURCE_SIZEALIGN ? resource_size(res) : 0;
}

struct pci_wish *pci_find_wish(const struct list_head *list, const struct resource *res)
{
	(void)list;
	return extra.dev && res == &extra.dev->resource[extra.nr] ? &extra : NULL;
}

void pci_drop_wish(struct pci_wish *wish)
{
	EXPECT(wish == &extra);
	extra_dropped = true;
}

static void reset(void)
{
	memset(bridges, 0, sizeof(bridges));
	memset(&card, 0, sizeof(card));
	memset(&extra, 0, sizeof(extra));
	extra_dropped = false;
	nr_buses = 1;
	INIT_LIST_HEAD(&buses[0].devices);
	INIT_LIST_HEAD(&buses[0].children);
}

/* A bridge on a bus, with a memory window of that size, aligned to 1 MiB, without a place. */
static struct pci_dev *add(unsigned int on, bool hotplug, resource_size_t size)
{
	unsigned int n = nr_buses++;
	struct pci_dev *bridge = &bridges[n];
	struct resource *res = &bridge->resource[PCI_BRIDGE_MEM_WINDOW];

	bridge->bus = &buses[on];
	bridge->subordinate = &buses[n];
	bridge->hotplug_bridge = hotplug;
	res->start = MiB;
	res->end = MiB + size - 1;
	res->flags = IORESOURCE_MEM | IORESOURCE_STARTALIGN;
	list_add_tail(&bridge->bus_list, &buses[on].devices);
	buses[n].self = bridge;
	buses[n].parent = &buses[on];
	buses[n].number = (u8)n;
	INIT_LIST_HEAD(&buses[n].devices);
	INIT_LIST_HEAD(&buses[n].children);
	list_add_tail(&buses[n].node, &buses[on].children);
	return bridge;
}

static void add_card(unsigned int on, resource_size_t size)
{
	card.resource[0].end = size - 1;
	card.resource[0].flags = IORESOURCE_MEM | IORESOURCE_SIZEALIGN;
	list_add_tail(&card.bus_list, &buses[on].devices);
}

static resource_size_t mem_of(const struct pci_dev *bridge)
{
	return resource_size(&bridge->resource[PCI_BRIDGE_MEM_WINDOW]);
}

static void distribute(void)
{
	LIST_HEAD(extras);

	pci_distribute_windows(&buses[0], &extras);
}

TEST(hotplug_bridges_share_what_is_left)
{
	struct pci_dev *top, *b, *c, *plain;

	reset();
	add(0, false, 16 * MiB);
	top = add(1, true, 8 * MiB);
	b = add(2, true, 2 * MiB);
	c = add(2, true, MiB);
	plain = add(2, false, MiB);
	add_card(2, MiB);
	extra.dev = b;
	extra.nr = PCI_BRIDGE_MEM_WINDOW;
	distribute();
	/* 3 of 8 MiB are left; whole ones are given out. */
	EXPECT_EQ(mem_of(top), 8 * MiB);
	EXPECT_EQ(mem_of(b), 3 * MiB);
	EXPECT_EQ(mem_of(c), 2 * MiB);
	EXPECT_EQ(mem_of(plain), MiB);
	EXPECT(extra_dropped);
	EXPECT_EQ(b->resource[PCI_BRIDGE_IO_WINDOW].end, 0); /* a closed window stays closed */
}

TEST(without_hotplug_bridges_all_get_a_part_and_pass_it_on)
{
	struct pci_dev *b, *deep, *c;

	reset();
	add(0, false, 16 * MiB);
	add(1, true, 9 * MiB);
	b = add(2, false, 2 * MiB);
	deep = add(3, true, MiB);
	c = add(2, false, MiB);
	distribute();
	EXPECT_EQ(mem_of(b), 5 * MiB);
	EXPECT_EQ(mem_of(deep), 5 * MiB);
	EXPECT_EQ(mem_of(c), 4 * MiB);
}

TEST(what_firmware_placed_is_not_shared)
{
	struct pci_dev *top, *b;

	reset();
	add(0, false, 16 * MiB);
	top = add(1, true, 8 * MiB);
	b = add(2, true, 2 * MiB);
	top->resource[PCI_BRIDGE_IO_WINDOW] =
		(struct resource){ .start = 0x1000, .end = 0x1fff, .flags = IORESOURCE_IO };
	distribute();
	EXPECT_EQ(mem_of(b), 2 * MiB);
	/* The bridge behind it is looked at for itself. */
	reset();
	add(0, false, 16 * MiB);
	top = add(1, true, 8 * MiB);
	top->resource[PCI_BRIDGE_MEM_WINDOW].flags = IORESOURCE_MEM;
	add(2, true, 4 * MiB);
	b = add(3, true, MiB);
	distribute();
	EXPECT_EQ(mem_of(b), 4 * MiB);
}

TEST(a_bridge_on_a_root_bus_shares_nothing)
{
	struct pci_dev *b;

	reset();
	add(0, true, 8 * MiB);
	b = add(1, false, 2 * MiB);
	add(2, true, MiB);
	distribute();
	EXPECT_EQ(mem_of(b), 2 * MiB);
}

TEST(prefetchable_memory_is_counted_where_it_will_lie)
{
	struct pci_dev *top, *b;
	struct resource *pref;

	reset();
	add(0, false, 16 * MiB);
	top = add(1, true, 8 * MiB);
	b = add(2, true, MiB);
	pref = &top->resource[PCI_BRIDGE_PREF_WINDOW];
	pref->start = MiB;
	pref->end = 5 * MiB - 1;
	pref->flags =
		IORESOURCE_MEM | IORESOURCE_PREFETCH | IORESOURCE_MEM_64 | IORESOURCE_STARTALIGN;
	b->resource[PCI_BRIDGE_PREF_WINDOW] = *pref;
	b->resource[PCI_BRIDGE_PREF_WINDOW].end = 2 * MiB - 1;
	add_card(2, 2 * MiB);
	card.resource[0].flags |= IORESOURCE_PREFETCH; /* of 32 bits: among memory */
	distribute();
	EXPECT_EQ(mem_of(b), 6 * MiB);
	EXPECT_EQ(resource_size(&b->resource[PCI_BRIDGE_PREF_WINDOW]), 4 * MiB);
}
