// SPDX-License-Identifier: MIT
// sources: drivers/firmware/dmi_ident.c kernel/core/cmdline.c drivers/pci/access.c drivers/pci/assign.c drivers/pci/bridge.c drivers/pci/busn.c drivers/pci/cap.c drivers/pci/cardbus.c drivers/pci/distribute.c drivers/pci/driver.c drivers/pci/hotplug.c drivers/pci/iov.c drivers/pci/managed.c drivers/pci/options.c drivers/pci/pcie.c drivers/pci/probe.c drivers/pci/quirks.c drivers/pci/realign.c drivers/pci/realloc.c drivers/pci/resource.c drivers/pci/room.c drivers/pci/root.c drivers/pci/setup.c drivers/pci/size.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
/*
 * Enumeration, claims and assignment over a machine made of bytes: trees as
 * firmware should leave them, trees that loop or overlap, functions that come and go, and
 * noise.
 */
#include "drivers/firmware/dmi.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/options.h"
#include "drivers/pci/pcie.h"
#include "kernel/sched/workqueue.h"

#include "mm/e820.h"
#include "tests/host/fake_pci.h"

struct e820_table e820_table;

static void add_bar(struct fake_fn *fn, int nr, u32 value, u32 size)
{
	put(fn, PCI_BASE_ADDRESS_0 + 4 * nr, 4, value, -size);
}

static struct fake_fn *add_bridge(u8 bus, u8 slot, u8 secondary, u8 subordinate)
{
	struct fake_fn *fn = add(bus, slot, 0, 0x060400);

	fn->config[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	put(fn, PCI_PRIMARY_BUS, 4, bus | secondary << 8 | subordinate << 16, 0);
	put(fn, PCI_IO_BASE, 2, 0x00f0, 0); /* closed: base above limit */
	put(fn, PCI_MEMORY_BASE, 4, 0x0000fff0, 0);
	put(fn, PCI_PREF_MEMORY_BASE, 4, 0x0001fff1, 0);
	return fn;
}

/* A PCI Express capability with these flags; 0x142: version 2, a root port with a slot. */
static void add_express(struct fake_fn *fn, u16 flags)
{
	put(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	put(fn, PCI_CAPABILITY_LIST, 1, 0x40, 0);
	put(fn, 0x40, 4, PCI_CAP_ID_EXP | (u32)flags << 16, 0);
}

/* Read the machine, as the boot does, but for what is not PCI. */
static void probe(void)
{
	pci_access_setup();
	pci_init();
	pci_assign_unassigned_resources();
}

/* The same, bus 0 having these windows: three at the most. */
static void probe_behind(struct resource *windows, unsigned int nr)
{
	struct resource *list[3];

	for (unsigned int i = 0; i < nr; i++) {
		list[i] = &windows[i];
		EXPECT_EQ(insert_resource(windows[i].flags & IORESOURCE_IO ? &ioport_resource :
									     &iomem_resource,
					  list[i]),
			  0);
	}
	pci_access_setup();
	pci_scan_root_bus(0, 0, 0xff, list, nr, NULL);
	pci_init();
	pci_assign_unassigned_resources();
}

static unsigned int nr_devices(void)
{
	struct pci_dev *dev;
	unsigned int n = 0;

	for_each_pci_dev(dev)
		n++;
	return n;
}

/* Each bus is behind the bridge that it names, and every function is found from the roots. */
static void check_tree(void)
{
	const struct pci_bus *bus = NULL;
	struct pci_bus *root;
	struct pci_dev *dev;
	unsigned int n = 0;

	while ((bus = pci_next_numbered_bus(bus)) != NULL)
		EXPECT(!bus->self || bus->self->subordinate == bus);
	for_each_pci_dev(dev)
		EXPECT(!dev->subordinate || dev->subordinate->self == dev);
	list_for_each_entry(root, &pci_root_buses, node)
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL;)
			n++;
	EXPECT_EQ(n, nr_devices());
}

static void add_ram(u64 addr, u64 size)
{
	e820_table.entries[e820_table.nr_entries++] =
		(struct e820_entry){ addr, size, E820_TYPE_RAM };
}

TEST(functions_and_slots)
{
	add(0, 0, 0, 0x060000);
	add(0, 3, 0, 0x020000)->config[PCI_HEADER_TYPE] = 0x80;
	add(0, 3, 5, 0x020000);
	add(0, 4, 0, 0x020000);
	add(0, 4, 1, 0x020000); /* function 0 does not say that there are others */
	add(0, 5, 1, 0x020000); /* no function 0 */
	probe();
	EXPECT_EQ(nr_devices(), 4);
	EXPECT(pci_get_slot(pci_find_bus(0, 0), PCI_DEVFN(3, 5))->multifunction);
	EXPECT(!pci_get_slot(pci_find_bus(0, 0), PCI_DEVFN(4, 1)));
	forget();
}

static void add_ari_function(u8 func, u8 next)
{
	struct fake_fn *fn = add(1, func >> 3, func & 7, 0x020000);

	add_express(fn, 0x0002);
	put(fn, 0x100, 4, 0x0001000e, 0);
	put(fn, 0x105, 1, next, 0);
}

/* PCI Express 5.0, 6.13: function 0, 3, 33; not 1, which no list names; 3 is not met again. */
TEST(functions_in_a_list)
{
	struct fake_fn *port = add_bridge(0, 1, 1, 1);

	add_express(port, 0x0142);
	put(port, 0x40 + 0x24, 4, BIT(5), 0); /* it can forward them */
	put(port, 0x40 + 0x28, 2, 0, 0xffff);
	add_ari_function(0, 3);
	add_ari_function(3, 33);
	add_ari_function(33, 3);
	add(1, 0, 1, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 4);
	EXPECT(pci_get_slot(pci_find_bus(0, 1), 33));
	EXPECT(!pci_get_slot(pci_find_bus(0, 1), 1));
	EXPECT_EQ(port->config[0x40 + 0x28], BIT(5));
	forget();
}

/* Behind a root port lies device 0 alone; a downstream port right behind it is none, as in Linux. */
TEST(ports_in_impossible_places)
{
	struct fake_fn *port = add_bridge(0, 1, 1, 2), *odd = add_bridge(1, 0, 2, 2);

	add_express(port, 0x0142);
	add_express(odd, 0x0162);
	put(odd, 0x54, 4, BIT(6), 0);
	add(1, 3, 0, 0x020000);
	add(2, 5, 0, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 3);
	EXPECT(!pci_get_slot(pci_find_bus(0, 1), PCI_DEVFN(3, 0)));
	EXPECT(pci_get_slot(pci_find_bus(0, 2), PCI_DEVFN(5, 0)));
	EXPECT(!pci_get_slot(pci_find_bus(0, 1), 0)->hotplug_bridge);
	EXPECT(test_log_has("0000:01:00.0: a port of type 6 cannot be behind 0000:00:01.0"));
	forget();
}

/* A switch: upstream behind a root port, downstream behind that.  Another upstream port there is none. */
TEST(ports_of_a_switch)
{
	struct fake_fn *port = add_bridge(0, 1, 1, 4), *up = add_bridge(1, 0, 2, 4);
	struct fake_fn *down = add_bridge(2, 1, 3, 3), *odd = add_bridge(2, 2, 4, 4), *fn;

	add_express(port, 0x0142);
	add_express(up, 0x0152);
	add_express(down, 0x0162);
	put(down, 0x54, 4, BIT(6), 0);
	add_express(odd, 0x0152);
	fn = add(3, 0, 0, 0x020000);
	add_express(fn, 0x0002);
	fn = add(4, 0, 0, 0x020000);
	add_express(fn, 0x0002);
	test_log_clear();
	probe();
	EXPECT(pci_get_by_name("02:01.0")->hotplug_bridge);
	EXPECT_EQ(pci_cfg_space_size(pci_get_by_name("03:00.0")), 4096);
	EXPECT_EQ(pci_cfg_space_size(pci_get_by_name("04:00.0")),
		  256); /* through what is no port */
	EXPECT(test_log_has("0000:02:02.0: a port of type 5 cannot be behind 0000:01:00.0"));
	EXPECT(!test_log_has("0000:01:00.0: a port") && !test_log_has("0000:02:01.0: a port"));
	forget();
}

/* A port passes lists on from version 2 of its registers, if it says so, and if its device has one. */
TEST(functions_without_a_list)
{
	static const struct {
		u16 flags;
		u32 can;
		bool list;
		u8 control; /* afterwards */
	} cases[] = { { 0x0141, BIT(5), true, 0xff },
		      { 0x0142, ~(u32)BIT(5), true, 0xff },
		      { 0x0142, BIT(5), false, 0xff & ~BIT(5) } };

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_fn *port = add_bridge(0, 1, 1, 1), *fn = add(1, 0, 0, 0x020000);

		add_express(port, cases[i].flags);
		put(port, 0x40 + 0x24, 4, cases[i].can, 0);
		put(port, 0x40 + 0x28, 2, 0xffff, 0xffff);
		fn->config[PCI_HEADER_TYPE] = 0x80;
		add_express(fn, 0x0002);
		put(fn, 0x100, 4, cases[i].list ? 0x0001000e : 0x00010001, 0);
		add(1, 0, 7, 0x020000);
		probe();
		EXPECT_EQ(nr_devices(), 3);
		EXPECT_EQ(port->config[0x40 + 0x28], cases[i].control);
		forget();
	}
}

TEST(bridges_and_peers)
{
	static const char *const order[] = {
		"0000:00:00.0", "0000:00:01.0", "0000:01:00.0", "0000:02:07.0",
		"0000:00:02.0", "0000:03:00.0", "0000:80:00.0",
	};
	struct pci_bus *root;
	struct pci_dev *dev = NULL;
	unsigned int i = 0;

	add(0, 0, 0, 0x060000);
	add_bridge(0, 1, 1, 2);
	add_bridge(1, 0, 2, 2);
	add(2, 7, 0, 0x020000);
	add_bridge(0, 2, 3, 3);
	add(3, 0, 0, 0x020000);
	add(0x80, 0, 0, 0x020000);
	probe();
	list_for_each_entry(root, &pci_root_buses, node)
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL; i++)
			EXPECT_STR(dev->name, order[i]);
	EXPECT_EQ(i, ARRAY_SIZE(order));
	EXPECT_EQ(pci_find_bus(0, 0)->busn_end, 3);
	EXPECT(pci_find_bus(0, 2)->parent == pci_find_bus(0, 1));
	EXPECT(!pci_find_bus(0, 0x80)->self);
	EXPECT(test_log_has("discovered peer bus 80"));
	forget();
}

/* Each segment has a bus 0: functions of the one are not found in the other. */
TEST(segments)
{
	struct fake_fn *bridge;
	struct pci_bus *bus;

	add(0, 3, 0, 0x020000);
	bridge = add(0, 4, 0, 0x060400);
	put(bridge, PCI_DEVICE_ID, 2, 0x5678, 0);
	others[PCI_DEVFN(4, 0)] = bridge;
	functions[0][PCI_DEVFN(4, 0)] = NULL;
	bridge->config[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	put(bridge, PCI_PRIMARY_BUS, 4, 0, 0xffffff);
	pci_access_setup();
	EXPECT_EQ(pci_scan_root_bus(1, 0, 0x10, NULL, 0, NULL), 1);
	EXPECT_EQ(pci_scan_root_bus(0, 0, 0xff, NULL, 0, NULL), 0);
	pci_init();
	EXPECT_EQ(nr_devices(), 2);
	EXPECT(!pci_get_by_name("00:04.0"));
	EXPECT_EQ(pci_get_by_name("0001:00:04.0")->device, 0x5678);
	EXPECT_STR(pci_short_name(pci_get_by_name("1:0:4.0")), "0001:00:04.0");
	EXPECT_STR(pci_short_name(pci_get_by_name("0000:00:03.0")), "00:03.0");
	EXPECT(!pci_get_by_name("10001:00:04.0"));
	EXPECT(!pci_get_by_name("2:00:04.0"));
	bus = pci_next_numbered_bus(NULL);
	EXPECT(bus == pci_find_bus(0, 0));
	bus = pci_next_numbered_bus(bus);
	EXPECT(bus == pci_find_bus(1, 0) && bus->segment == 1);
	bus = pci_next_numbered_bus(bus);
	EXPECT_STR(bus->name, "PCI Bus 0001:01");
	EXPECT(!pci_next_numbered_bus(bus));
	forget();
}

/* Without an MMCONFIG window nobody knows how far to look, as in Linux. */
TEST(no_peers_without_mmconfig)
{
	add(0, 0, 0, 0x060000);
	add(0x10, 0, 0, 0x020000);
	last_bus = -1;
	probe();
	EXPECT_EQ(nr_devices(), 1);
	forget();
	last_bus = 0x10;
	add(0, 0, 0, 0x060000);
	add(0x10, 0, 0, 0x020000);
	add(0x11, 0, 0, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 2);
	EXPECT(pci_find_bus(0, 0x10) && !pci_find_bus(0, 0x11));
	forget();
	last_bus = 0xff;
}

/* What is no register of its own width is not asked for: PCI 3.0, 3.2.2.3.4. */
TEST(registers_that_are_none)
{
	static const int bad[][2] = { { -4, 4 }, { 4096, 1 }, { 4095, 2 }, { 2, 4 },
				      { 1, 2 },	 { 0, 3 },    { 0, 0 },	   { 0, 8 } };
	u32 v;

	add(0, 0, 0, 0x060000);
	probe();
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		v = 0;
		EXPECT_EQ(pci_raw_read(0, 0, 0, bad[i][0], bad[i][1], &v), -EINVAL);
		EXPECT_EQ(v, ~0U);
		EXPECT_EQ(pci_raw_write(0, 0, 0, bad[i][0], bad[i][1], 0), -EINVAL);
	}
	EXPECT_EQ(pci_raw_read(0, 0, 0, 4095, 1, &v), 0);
	EXPECT_EQ(pci_raw_read(2, 0, 0, 0, 4, &v), -EINVAL); /* a segment that no window reaches */
	forget();
}

/* PCI Express 5.0, 7.6.3: a list that may run in circles, where configuration space reaches so far. */
TEST(extended_capabilities)
{
	struct fake_fn *fn = add(0, 3, 0, 0x020000), *far = add(1, 0, 0, 0x020000), *old;
	struct pci_dev *dev;

	add_bridge(0, 4, 1, 1); /* no port: it passes on 256 bytes */
	old = add(0, 5, 0, 0x020000);
	add_express(fn, 0x0002);
	add_express(far, 0x0002);
	put(fn, 0x100, 4, 0x20010001, 0);
	put(fn, 0x200, 4, 0x10010003, 0); /* and from the beginning */
	put(far, 0x100, 4, 0x00010003, 0);
	put(old, 0x100, 4, 0x00010003, 0);
	probe();
	dev = pci_get_by_name("00:03.0");
	EXPECT_EQ(pci_find_ext_capability(dev, 3), 0x200);
	EXPECT_EQ(pci_find_ext_capability(dev, 4), 0);
	put(fn, 0x100, 4, 0x04010001, 0); /* into the first 256 bytes */
	EXPECT_EQ(pci_find_ext_capability(dev, 0x10), 0);
	EXPECT_EQ(pci_find_ext_capability(pci_get_by_name("01:00.0"), 3), 0);
	EXPECT_EQ(pci_find_ext_capability(pci_get_by_name("00:05.0"), 3), 0);
	forget();
}

/* The list of capabilities is there if status says so; all ones are a device that has gone. */
TEST(capabilities_that_are_not_announced)
{
	struct fake_fn *fn = add(0, 3, 0, 0x020000);
	struct pci_dev *dev;

	add_express(fn, 0x0002);
	put(fn, PCI_STATUS, 2, (u16)~PCI_STATUS_CAP_LIST, 0);
	probe();
	dev = pci_get_by_name("00:03.0");
	EXPECT_EQ(dev->pcie_cap, 0);
	put(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
	EXPECT_EQ(pci_find_capability(dev, PCI_CAP_ID_EXP), 0x40);
	put(fn, PCI_STATUS, 2, 0xffff, 0);
	EXPECT_EQ(pci_find_capability(dev, PCI_CAP_ID_EXP), 0);
	forget();
}

/* A bridge whose three bus numbers can be written. */
static struct fake_fn *add_numbered_bridge(u8 bus, u8 slot, u8 secondary, u8 subordinate)
{
	struct fake_fn *fn = add_bridge(bus, slot, secondary, subordinate);

	put(fn, PCI_PRIMARY_BUS, 4, bus | secondary << 8 | subordinate << 16, 0xffffff);
	return fn;
}

/* "primary secondary-subordinate", as the bridge's registers hold them. */
static const char *numbers_of(const struct fake_fn *fn)
{
	static char text[16];

	snprintf(text, sizeof(text), "%02x %02x-%02x", fn->config[PCI_PRIMARY_BUS],
		 fn->config[PCI_PRIMARY_BUS + 1], fn->config[PCI_PRIMARY_BUS + 2]);
	return text;
}

/* Numbers that make no sense are given anew, after those that do; what is above the parent's too. */
TEST(bus_numbers_that_make_no_tree)
{
	struct fake_fn *own, *root, *above, *upside, *more, *taken, *unset, *primary;

	add_bridge(0, 1, 1, 3);
	own = add_numbered_bridge(1, 1, 1, 1);	  /* back to its own bus */
	root = add_numbered_bridge(1, 2, 0, 5);	  /* back to the root */
	above = add_numbered_bridge(1, 3, 4, 4);  /* not what the parent forwards */
	upside = add_numbered_bridge(1, 4, 3, 2); /* upside down */
	more = add_numbered_bridge(1, 5, 2, 9);	  /* more than the parent forwards */
	taken = add_numbered_bridge(1, 6, 2, 2);  /* somebody else's */
	unset = add_numbered_bridge(1, 7, 0, 0);  /* not set up */
	primary = add_numbered_bridge(1, 8, 2, 2);
	primary->config[PCI_PRIMARY_BUS] = 7; /* on another bus, it thinks */
	add(2, 0, 0, 0x020000);
	add(0xc, 0, 0, 0x020000); /* behind the one that is upside down, in the end */
	probe();
	EXPECT_EQ(nr_devices(), 11);
	EXPECT_STR(numbers_of(above), "01 04-04");
	EXPECT_STR(numbers_of(more), "01 02-09");
	EXPECT_STR(numbers_of(taken), "01 02-02");
	EXPECT_STR(numbers_of(own), "01 0a-0a");
	EXPECT_STR(numbers_of(root), "01 0b-0b");
	EXPECT_STR(numbers_of(upside), "01 0c-0c");
	EXPECT_STR(numbers_of(unset), "01 0d-0d");
	EXPECT_STR(numbers_of(primary), "01 0e-0e");
	EXPECT(pci_get_slot(pci_find_bus(0, 1), PCI_DEVFN(5, 0))->subordinate ==
	       pci_find_bus(0, 2));
	EXPECT(!pci_get_slot(pci_find_bus(0, 1), PCI_DEVFN(6, 0))->subordinate);
	EXPECT(!pci_find_bus(0, 3));
	EXPECT(test_log_has("0000:01:01.0: invalid [bus 01-01] behind it: numbered anew"));
	EXPECT(test_log_has("0000:01:03.0: bus 04 behind it does not fit into [bus 01-03]"));
	EXPECT(test_log_has("0000:01:06.0: bus 02 behind it is behind 0000:01:05.0 already"));
	EXPECT(test_log_has("0000:00:01.0: bus 0e behind it is above [bus 01-03]"));
	forget();
}

/* Each bridge is followed to its end before the next gets a number. */
TEST(bus_numbers_are_given_depth_first)
{
	static const u8 in_order[] = { 0x11, 0x13, 0x10 };
	struct fake_fn *first = add_numbered_bridge(0, 1, 0, 0);
	struct fake_fn *beneath = add_numbered_bridge(1, 0, 0, 0);
	struct fake_fn *second = add_numbered_bridge(0, 2, 0, 0);
	struct fake_fn *set = add_numbered_bridge(0, 3, 0x10, 0x10);
	struct pci_bus *bus;
	unsigned int i = 0;

	put(first, PCI_PRIMARY_BUS + 3, 1, 0x40, 0); /* the latency timer is no number */
	functions[0x11][0] = functions[1][0];	     /* where it will turn up */
	functions[1][0] = NULL;
	add(0x12, 3, 0, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 5);
	EXPECT_STR(numbers_of(set), "00 10-10");
	EXPECT_STR(numbers_of(first), "00 11-12");
	EXPECT_STR(numbers_of(beneath), "11 12-12");
	EXPECT_STR(numbers_of(second), "00 13-13");
	EXPECT_EQ(first->config[PCI_PRIMARY_BUS + 3], 0x40);
	EXPECT_EQ(pci_find_bus(0, 0x11)->busn_end, 0x12);
	EXPECT_EQ(pci_find_bus(0, 0)->busn_end, 0x13);
	/* Assignment goes by the bridges' places, whoever got a number first. */
	list_for_each_entry(bus, &pci_find_bus(0, 0)->children, node)
		EXPECT_EQ(bus->number, in_order[i++]);
	EXPECT_EQ(i, 3);
	forget();
}

/* The next number may have a bus that lies elsewhere: this bridge leads there, too. */
TEST(bus_number_of_another)
{
	struct fake_fn *unset;

	add_bridge(0, 1, 2, 2);
	add_bridge(0, 2, 1, 1);
	unset = add_numbered_bridge(1, 3, 0, 0);
	add(2, 0, 0, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 4);
	EXPECT_STR(numbers_of(unset), "00 02-02");
	EXPECT(pci_find_bus(0, 2)->parent == pci_find_bus(0, 0));
	EXPECT(!pci_get_slot(pci_find_bus(0, 1), PCI_DEVFN(3, 0))->subordinate);
	EXPECT(test_log_has("0000:01:03.0: bus 02 behind it is behind 0000:00:01.0 already"));
	forget();
}

/* Two ways from each bus to the next would be 2^40 to the last. */
TEST(bus_numbers_with_many_ways)
{
	unsigned int bus;

	for (bus = 0; bus < 40; bus++) {
		add_bridge((u8)bus, 0, (u8)(bus + 1), 255);
		add_bridge((u8)bus, 1, (u8)(bus + 1), 255);
	}
	probe();
	EXPECT_EQ(nr_devices(), 80);
	EXPECT(test_log_has("too many ways lead to buses"));
	forget();
}

TEST(bus_numbers_run_out)
{
	struct fake_fn *last = add_numbered_bridge(0, 1, 0, 0);

	add_numbered_bridge(0, 2, 0xff, 0xff);
	probe();
	EXPECT_EQ(nr_devices(), 2);
	EXPECT_STR(numbers_of(last), "00 00-00");
	EXPECT(test_log_has("0000:00:01.0: no bus number is left"));
	forget();
}

/* A bus stays where it was found: its bridge gets its numbers again when they are others. */
TEST(bus_numbers_that_change_later)
{
	static const u32 others[] = { 0, 0x050500, 0x010200, 0x040207, 0xffffff };
	struct fake_fn *bridge = add_numbered_bridge(0, 1, 2, 4);
	struct pci_bus *bus;

	add(2, 0, 0, 0x020000);
	probe();
	bus = pci_find_bus(0, 2);
	for (unsigned int i = 0; i < ARRAY_SIZE(others); i++) {
		put(bridge, PCI_PRIMARY_BUS, 4, others[i], 0xffffff);
		EXPECT_EQ(pci_rescan(NULL), 0);
		EXPECT(pci_find_bus(0, 2) == bus);
		EXPECT_STR(numbers_of(bridge), "00 02-04");
		EXPECT(test_log_has("[bus 02-04] behind it is"));
		EXPECT_EQ(nr_devices(), 2);
		check_tree();
		test_log_clear();
	}
	pci_rescan(NULL);
	EXPECT(!test_log_has("behind it is")); /* as it should be */
	forget();
}

static u32 other_numbers(const struct fake_fn *fn, int where, u32 value)
{
	u32 random = (u32)test_random(), secondary = 1 + random % 8;

	if (where != PCI_PRIMARY_BUS || fn->config[PCI_HEADER_TYPE] != PCI_HEADER_BRIDGE)
		return value;
	return random >> 31 ? 0 : (secondary + (random >> 8) % 4) << 16 | secondary << 8;
}

/* Each reading gives others, or none, and from one turn to the next, too. */
TEST(bus_numbers_that_differ_each_time)
{
	for (unsigned int round = 0; round < 40; round++) {
		add_numbered_bridge(0, 1, 1, 1);
		add_numbered_bridge(0, 2, 2, 2);
		for (unsigned int bus = 1; bus < 16; bus++)
			add((u8)bus, 0, 0, 0x020000);
		fake_answer = other_numbers;
		probe();
		check_tree();
		for (int n = 0; n < 3; n++) {
			pci_rescan(NULL);
			check_tree();
		}
		forget();
		test_log_clear();
	}
}

TEST(deepest_tree)
{
	unsigned int bus;

	for (bus = 0; bus < 255; bus++)
		add_bridge((u8)bus, 0, (u8)(bus + 1), 255);
	add(255, 31, 0, 0x020000);
	probe();
	EXPECT_EQ(nr_devices(), 256);
	EXPECT(pci_find_bus(0, 255)->parent == pci_find_bus(0, 254));
	forget();
}

/* The tree as iomem prints it. */
static char dump[4096];

static const char *dump_of(const struct resource *root)
{
	struct buffer_sink text;

	buffer_sink_init(&text, dump, sizeof(dump));
	resource_dump(&text.sink, root);
	return dump;
}

TEST(windows_and_bars_in_the_register)
{
	struct fake_fn *bridge = add_bridge(0, 1, 1, 1), *fn;

	put(bridge, PCI_IO_BASE, 2, 0xc0c0, 0);
	put(bridge, PCI_MEMORY_BASE, 4, 0xfe10fe00, 0);
	put(bridge, PCI_PREF_MEMORY_BASE, 4, 0x00010001, 0);
	put(bridge, PCI_PREF_BASE_UPPER, 4, 0x80, 0);
	put(bridge, PCI_PREF_LIMIT_UPPER, 4, 0x80, 0);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 0xfe000000, 0x1000);
	add_bar(fn, 1, 0xc001, 0x20);
	add_bar(fn, 2, 0x0000000c, 0x10000);
	put(fn, PCI_BASE_ADDRESS_0 + 12, 4, 0x80, ~0U);
	add_bar(fn, 4, 0xfd000000, 0x1000); /* outside of the bridge's window */
	fn->config[0x20 + 1] = 0;
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "fe000000-fe1fffff : PCI Bus 0000:01\n"
					     "  fe000000-fe000fff : 0000:01:00.0\n"
					     "  fe001000-fe001fff : 0000:01:00.0\n"
					     "8000000000-80000fffff : PCI Bus 0000:01\n"
					     "  8000000000-800000ffff : 0000:01:00.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "c000-cfff : PCI Bus 0000:01\n"
					      "  c000-c01f : 0000:01:00.0\n");
	EXPECT(test_log_has("can't claim; no compatible bridge window"));
	/* The register of the BAR that moved holds its new address. */
	EXPECT_EQ(fn->config[0x20 + 1] | fn->config[0x20 + 2] << 8 | fn->config[0x20 + 3] << 16,
		  0xfe0010);
	forget();
}

/* A bridge whose windows can be set, closed as firmware leaves one with nothing behind. */
static struct fake_fn *add_open_bridge(u8 bus, u8 slot, u8 secondary, bool hotplug)
{
	struct fake_fn *fn = add_bridge(bus, slot, secondary, secondary);

	put(fn, PCI_IO_BASE, 2, 0x00f0, 0xf0f0);
	put(fn, PCI_MEMORY_BASE, 4, 0x0000fff0, 0xfff0fff0);
	put(fn, PCI_PREF_MEMORY_BASE, 4, 0x0001fff1, 0xfff0fff0);
	put(fn, PCI_PREF_BASE_UPPER, 4, 0, ~0U);
	put(fn, PCI_PREF_LIMIT_UPPER, 4, 0, ~0U);
	if (!hotplug)
		return fn;
	add_express(fn, 0x0142);
	put(fn, 0x54, 4, BIT(6), 0); /* its slot can take a card later */
	return fn;
}

/* Bridges with slots share the numbers that their bus can spare: 2 to 5 here, for two. */
TEST(hotplug_slots_get_bus_numbers)
{
	struct fake_fn *port[2], *plain;
	int n;

	add_bridge(0, 1, 1, 5);
	for (n = 0; n < 2; n++) {
		port[n] = add_open_bridge(1, (u8)(1 + n), 0, true);
		put(port[n], PCI_PRIMARY_BUS, 4, 0, 0xffffff);
	}
	plain = add_numbered_bridge(1, 3, 0, 0);
	probe();
	EXPECT_STR(numbers_of(port[0]), "01 02-03");
	EXPECT_STR(numbers_of(port[1]), "01 04-04");
	EXPECT_STR(numbers_of(plain), "01 05-05");
	forget();
}

/* Where there are none, what pci=hpbussize= asks for cannot be had either; the number that is taken stays. */
TEST(a_hotplug_slot_beyond_the_last_number)
{
	struct fake_fn *port;

	add_bridge(0, 1, 1, 1);
	port = add_open_bridge(1, 1, 0, true);
	put(port, PCI_PRIMARY_BUS, 4, 0, 0xffffff);
	pci_options.hotplug_buses = 8;
	probe();
	pci_options.hotplug_buses = 1;
	EXPECT_STR(numbers_of(port), "01 02-02");
	EXPECT_EQ(pci_find_bus(0, 2)->busn_end, 2);
	forget();
}

/* Up to `total` virtual functions, every `stride`-th from the next one on. */
static void add_sriov(struct fake_fn *fn, u16 total, u16 stride)
{
	add_express(fn, 0x0002);
	put(fn, 0x100, 4, 0x00010010, 0); /* SR-IOV, nothing behind it */
	put(fn, 0x100 + PCI_SRIOV_TOTAL_VFS, 2, total, 0);
	put(fn, 0x100 + PCI_SRIOV_VF_OFFSET, 4, 1 | (u32)stride << 16, 0);
	put(fn, 0x100 + PCI_SRIOV_PAGE_SIZES, 4, 1, 0);
}

/* Their first BAR; `size` is that of one. */
static void add_vf_bar(struct fake_fn *fn, u32 value, u32 size)
{
	put(fn, 0x100 + PCI_SRIOV_BAR, 4, value, -size);
}

/* Virtual functions reach beyond their device's bus: these numbers are no bridge's. */
TEST(virtual_functions_need_bus_numbers)
{
	struct fake_fn *fn = add(0, 20, 0, 0x010802), *bridge = add_numbered_bridge(0, 21, 0, 0);

	add_sriov(fn, 127, 4);
	probe();
	/* The last one: devfn 20 * 8 + 1 + 126 * 4 = 0x299, so on bus 2. */
	EXPECT_STR(numbers_of(bridge), "00 03-03");
	forget();
}

static bool vfs_are_off_and_pages_chosen;

/* Their place is told for the number that is set (9.3.3.7 ff.); their BARs are not to be touched while they are on. */
static u32 answer_of_vfs(const struct fake_fn *fn, int where, u32 value)
{
	if (where == 0x100 + PCI_SRIOV_VF_OFFSET && fn->config[0x100 + PCI_SRIOV_NUM_VFS] != 4)
		return 0;
	return value;
}

static void look_at_vf_bars(struct fake_fn *fn, int where, u32 value)
{
	(void)value;
	if (where >= 0x100 + PCI_SRIOV_BAR && where < 0x100 + PCI_SRIOV_BAR + 24)
		vfs_are_off_and_pages_chosen &=
			!(fn->config[0x100 + PCI_SRIOV_CTRL] & PCI_SRIOV_CTRL_VFE) &&
			fn->config[0x100 + PCI_SRIOV_PAGE_SIZE] == 2;
}

/* Firmware left them on.  A range for each BAR, as long as all of them need, of pages of the least size. */
TEST(virtual_functions_are_laid_out)
{
	struct fake_fn *fn = add(0, 3, 0, 0x010802);
	const struct resource *res;

	add_sriov(fn, 4, 1);
	put(fn, 0x100 + PCI_SRIOV_CTRL, 2, PCI_SRIOV_CTRL_VFE | BIT(4), 0xffff);
	put(fn, 0x100 + PCI_SRIOV_NUM_VFS, 2, 2, 0xffff);
	put(fn, 0x100 + PCI_SRIOV_PAGE_SIZES, 4, 0x552, 0);
	put(fn, 0x100 + PCI_SRIOV_PAGE_SIZE, 4, 1, ~0U);
	put(fn, 0x100 + PCI_SRIOV_BAR, 4, 0xc, 0xffffc000);
	put(fn, 0x104 + PCI_SRIOV_BAR, 4, 0, ~0U);
	put(fn, 0x10c + PCI_SRIOV_BAR, 4, 0, 0xffffe000);
	put(fn, 0x114 + PCI_SRIOV_BAR, 4, 0, 0xfff00000);
	add_ram(0, 0x80000000);
	vfs_are_off_and_pages_chosen = true;
	fake_answer = answer_of_vfs;
	fake_written = look_at_vf_bars;
	probe();
	EXPECT(vfs_are_off_and_pages_chosen);
	res = &pci_get_by_name("00:03.0")->resource[PCI_IOV_RESOURCES];
	EXPECT_EQ(resource_size(&res[0]), 4 * 0x4000);
	EXPECT(!res[1].flags && !res[2].flags && !res[4].flags);
	EXPECT_EQ(resource_size(&res[3]), 4 * 0x2000);
	EXPECT_EQ(resource_size(&res[5]), 4 * 0x100000);
	EXPECT_EQ(word_at(fn, 0x100 + PCI_SRIOV_BAR), (u32)res[0].start | 0xc);
	EXPECT_EQ(word_at(fn, 0x104 + PCI_SRIOV_BAR), res[0].start >> 32);
	EXPECT_EQ(word_at(fn, 0x10c + PCI_SRIOV_BAR), res[3].start);
	EXPECT_EQ(word_at(fn, 0x114 + PCI_SRIOV_BAR), res[5].start);
	EXPECT(res[0].start && res[3].start && res[5].start);
	EXPECT_EQ(fn->config[0x100 + PCI_SRIOV_NUM_VFS], 0);
	forget();
}

/* A VF BAR of less than a page, or no place for the functions: then there is room for none. */
TEST(virtual_functions_that_cannot_be)
{
	static const u32 places[] = { 0, 1, 1 | 1 << 16 }; /* offset, stride */
	unsigned int n;

	for (n = 0; n < ARRAY_SIZE(places); n++) {
		struct fake_fn *fn = add(0, 3, 0, 0x010802);
		const struct resource *res;

		add_sriov(fn, 4, 1);
		put(fn, 0x100 + PCI_SRIOV_VF_OFFSET, 4, places[n], 0);
		add_vf_bar(fn, 0, 0x1000);
		if (n == 2) /* this one alone could be, but for its second BAR */
			put(fn, 0x104 + PCI_SRIOV_BAR, 4, 0, 0xffffff00);
		probe();
		res = &pci_get_slot(pci_find_bus(0, 0), PCI_DEVFN(3, 0))
			       ->resource[PCI_IOV_RESOURCES];
		EXPECT(!res[0].flags && !res[1].flags);
		forget();
	}
}

/* Bridge and BARs without an address: windows are sized, opened and written. */
TEST(windows_are_made)
{
	struct fake_fn *bridge = add_open_bridge(0, 1, 1, false), *fn = add(1, 0, 0, 0x020000);

	add_bar(fn, 0, 0, 0x200000);
	add_bar(fn, 1, 0, 0x1000);
	add_bar(fn, 2, 1, 0x20);
	add_bar(fn, 4, 0xc, 0x40000000);
	put(fn, PCI_BASE_ADDRESS_0 + 20, 4, 0, ~0U);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-802fffff : PCI Bus 0000:01\n"
					     "  80000000-801fffff : 0000:01:00.0\n"
					     "  80200000-80200fff : 0000:01:00.0\n"
					     "100000000-13fffffff : PCI Bus 0000:01\n"
					     "  100000000-13fffffff : 0000:01:00.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-1fff : PCI Bus 0000:01\n"
					      "  1000-101f : 0000:01:00.0\n");
	EXPECT_EQ(word_at(bridge, PCI_MEMORY_BASE), 0x80208000);
	EXPECT_EQ(word_at(bridge, PCI_PREF_MEMORY_BASE), 0x3ff10001);
	EXPECT_EQ(word_at(bridge, PCI_PREF_BASE_UPPER), 1);
	EXPECT_EQ(word_at(bridge, PCI_IO_BASE) & 0xffff, 0x1010);
	forget();
}

/* As Linux sizes them: half the alignment of the largest BAR does where the smaller ones fit in front. */
TEST(windows_are_as_small_as_can_be)
{
	struct fake_fn *fn;

	add_open_bridge(0, 1, 1, false);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 0, 0x100000);
	add_bar(fn, 1, 0, 0x400000);
	add_bar(fn, 2, 1, 0x1000); /* more ports than a slot's reserve counts */
	add_bar(fn, 3, 1, 0x20);
	add_ram(0, 0x80200000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80200000-807fffff : PCI Bus 0000:01\n"
					     "  80200000-802fffff : 0000:01:00.0\n"
					     "  80400000-807fffff : 0000:01:00.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-2fff : PCI Bus 0000:01\n"
					      "  1000-1fff : 0000:01:00.0\n"
					      "  2000-201f : 0000:01:00.0\n");
	forget();
}

/* A window behind a window is as long as it is, not as its alignment: 1 MiB and 2 MiB are 3. */
TEST(window_of_windows)
{
	struct fake_fn *fn;

	add_open_bridge(0, 1, 1, false)->config[PCI_PRIMARY_BUS + 2] = 2;
	add_open_bridge(1, 0, 2, false);
	fn = add(2, 0, 0, 0x020000);
	add_bar(fn, 0, 0, 0x100000);
	add_bar(fn, 1, 0, 0x200000);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-802fffff : PCI Bus 0000:01\n"
					     "  80000000-802fffff : PCI Bus 0000:02\n"
					     "    80000000-801fffff : 0000:02:00.0\n"
					     "    80200000-802fffff : 0000:02:00.0\n");
	forget();
}

/* 2 MiB and 8 MiB that is aligned: wherever the window begins, both fit, with 2 MiB to spare. */
TEST(window_is_aligned_for_all_behind_it)
{
	struct fake_fn *fn;

	add_open_bridge(0, 1, 1, false);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 0, 0x200000);
	add_bar(fn, 1, 0, 0x800000);
	add_ram(0, 0x80100000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80400000-80ffffff : PCI Bus 0000:01\n"
					     "  80400000-805fffff : 0000:01:00.0\n"
					     "  80800000-80ffffff : 0000:01:00.0\n");
	forget();
}

/* Ports are needed, not good to have, in pieces however large: also where something finds no room. */
TEST(ports_in_large_pieces_are_needed)
{
	struct fake_fn *fn;

	add_open_bridge(0, 1, 1, false);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 1, 0x2000);
	add_bar(fn, 1, 1, 0x20);
	fn = add(0, 2, 0, 0x020000);
	add_bar(fn, 0, 1, 0x8000);
	add_bar(fn, 1, 1, 0x8000); /* of which there is room for one */
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&ioport_resource), "2000-5fff : PCI Bus 0000:01\n"
					      "  2000-3fff : 0000:01:00.0\n"
					      "  4000-401f : 0000:01:00.0\n"
					      "8000-ffff : 0000:00:02.0\n");
	EXPECT(!test_log_has("more if there is room"));
	forget();
}

/* PCI 3.0, 6.2.5: what a BAR or a ROM must not hold while the function decodes. */
static void watch_bars(struct fake_fn *fn, int where, u32 value)
{
	u32 command = word_at(fn, PCI_COMMAND);
	bool bar = where >= PCI_BASE_ADDRESS_0 && where < PCI_BASE_ADDRESS_0 + 24;
	bool upper = bar && where > PCI_BASE_ADDRESS_0 && (fn->config[where - 4] & 7) == 4;

	if (bar && value == ~0U) /* it would answer at the top of memory, or of the ports */
		EXPECT(!(command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY)));
	if (upper) /* half of one address and half of another */
		EXPECT(!(command & PCI_COMMAND_MEMORY));
	if (where == PCI_ROM_ADDRESS && !fn->config[PCI_HEADER_TYPE]) /* nobody asked for it */
		EXPECT(!(value & 1));
}

static void watch_host_bridge(struct fake_fn *fn, int where, u32 value)
{
	(void)where;
	(void)value;
	EXPECT(word_at(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY);
}

/* It decodes again once it was looked at, with what its BARs held; a ROM stays off. */
TEST(bars_are_sized_while_nothing_is_decoded)
{
	struct fake_fn *fn = add(0, 1, 0, 0x020000), *bridge = add_bridge(0, 2, 1, 1);

	add_bar(fn, 0, 0xfe000000, 0x1000);
	add_bar(fn, 1, 0xc001, 0x20);
	add_bar(fn, 2, 0x0000000c, 0x10000);
	put(fn, PCI_BASE_ADDRESS_0 + 12, 4, 0x80, ~0U);
	put(fn, PCI_ROM_ADDRESS, 4, 0xfeb00000, 0xfffff801);
	add_bar(bridge, 0, 0xfe100000, 0x1000);
	fake_written = watch_bars;
	add_ram(0, 0x80000000);
	probe();
	EXPECT_EQ(word_at(fn, PCI_COMMAND), PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	EXPECT_EQ(word_at(bridge, PCI_COMMAND) & 3, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0), 0xfe000000);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0 + 4), 0xc001);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0 + 8), 0xc);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0 + 12), 0x80);
	EXPECT_EQ(word_at(fn, PCI_ROM_ADDRESS), 0xfeb00000);
	EXPECT_EQ(word_at(bridge, PCI_BASE_ADDRESS_0), 0xfe100000);
	forget();

	/* A host bridge answers all the while: the rest of the machine may be behind it. */
	fn = add(0, 0, 0, 0x060000);
	add_bar(fn, 0, 0xfe000000, 0x1000);
	put(fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY, 0xffff);
	fake_written = watch_host_bridge;
	probe();
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0), 0xfe000000);
	forget();

	/* One that is moved, decoding: both halves are written before it decodes again. */
	add_bar(add(0, 1, 0, 0x020000), 0, 0xfe000000, 0x10000);
	fn = add(0, 2, 0, 0x020000);
	add_bar(fn, 0, 0xfe000004, 0x10000);
	put(fn, PCI_BASE_ADDRESS_0 + 4, 4, 0, ~0U);
	fake_written = watch_bars;
	add_ram(0, 0x100000000);
	probe();
	EXPECT_EQ(word_at(fn, PCI_COMMAND), PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0), 4);
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0 + 4), 1);
	forget();
}

/* It shares the decoder with the BARs (PCI 3.0, 6.2.5.2): as long as it is on, they may be deaf. */
TEST(a_rom_that_firmware_left_on_is_off)
{
	struct fake_fn *fn = add(0, 1, 0, 0x020000);

	add_bar(fn, 0, 0xfe000000, 0x1000);
	put(fn, PCI_ROM_ADDRESS, 4, 0xfeb00001, 0xfffff801);
	put(fn, PCI_COMMAND, 2, PCI_COMMAND_MEMORY, 0xffff);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_EQ(word_at(fn, PCI_ROM_ADDRESS), 0xfeb00000);
	EXPECT_STR(dump_of(&iomem_resource), "fe000000-fe000fff : 0000:00:01.0\n"
					     "feb00000-feb007ff : 0000:00:01.0\n");
	forget();
}

/* Of the bridge in the next test: a window is closed, or what it is to be in the end. */
static void watch_windows(struct fake_fn *fn, int where, u32 value)
{
	u32 io = word_at(fn, PCI_IO_BASE), io_upper = word_at(fn, PCI_IO_BASE_UPPER);
	u32 pref = word_at(fn, PCI_PREF_MEMORY_BASE);
	u32 io_base = io_upper << 16 | (io & 0xf0) << 8;
	u32 io_limit = (io_upper & 0xffff0000) | (io & 0xf000) | 0xfff;
	u64 base = (u64)word_at(fn, PCI_PREF_BASE_UPPER) << 32 | (pref & 0xfff0) << 16;
	u64 limit = (u64)word_at(fn, PCI_PREF_LIMIT_UPPER) << 32 | (pref & 0xfff00000) | 0xfffff;

	(void)where;
	(void)value;
	if (fn->config[PCI_HEADER_TYPE] != PCI_HEADER_BRIDGE)
		return;
	EXPECT(io_base > io_limit || (io_base == 0x1000 && io_limit == 0x1fff));
	EXPECT(base > limit || (base == 0x100000000 && limit == 0x13fffffff));
}

/* PCI-to-PCI Bridge 1.2, 3.2.5: registers that are written one by one, with old halves in them. */
static void open_windows(u32 old)
{
	struct fake_fn *bridge = add_open_bridge(0, 1, 1, false), *fn = add(1, 0, 0, 0x020000);

	put(bridge, PCI_IO_BASE, 2, 0x01f1, 0xf0f0);
	put(bridge, PCI_IO_BASE_UPPER, 4, old << 16 | old, ~0U);
	put(bridge, PCI_PREF_BASE_UPPER, 4, old, ~0U);
	put(bridge, PCI_PREF_LIMIT_UPPER, 4, old, ~0U);
	add_bar(fn, 2, 1, 0x20);
	add_bar(fn, 4, 0xc, 0x40000000);
	put(fn, PCI_BASE_ADDRESS_0 + 20, 4, 0, ~0U);
	add_ram(0, 0x80000000);
	pci_access_setup();
	pci_init(); /* it tries what can be written: nothing uses the windows yet */
	fake_written = watch_windows;
	pci_assign_unassigned_resources();
	EXPECT_EQ(word_at(bridge, PCI_IO_BASE) & 0xffff, 0x1111);
	EXPECT_EQ(word_at(bridge, PCI_PREF_BASE_UPPER), 1);
	EXPECT_EQ(word_at(bridge, PCI_PREF_LIMIT_UPPER), 1);
	forget();
}

TEST(windows_open_when_they_are_whole)
{
	open_windows(0);
	open_windows(5);
}

/*
 * PCI-to-PCI Bridge 1.2, 3.2.5.9: reads in a prefetchable window may be made for nothing, so a BAR
 * whose reads do something must not lie there, whoever put it there: it moves.
 */
TEST(bar_in_a_prefetchable_window)
{
	struct fake_fn *bridge = add_open_bridge(0, 1, 1, false), *fn = add(1, 0, 0, 0x020000);

	put(bridge, PCI_MEMORY_BASE, 4, 0xfe00fe00, 0xfff0fff0);
	put(bridge, PCI_PREF_MEMORY_BASE, 4, 0xf011f001, 0xfff0fff0);
	add_bar(fn, 0, 0xf0000000, 0x1000);
	add_bar(fn, 1, 0xf0001008, 0x1000); /* it may be prefetched */
	add_bar(fn, 2, 0xfe000008, 0x1000); /* and so may this one, but need not */
	add_ram(0, 0x80000000);
	probe();
	EXPECT(test_log_has("BAR 0 [mem 0xf0000000-0xf0000fff]: can't claim; no compatible"));
	EXPECT_STR(dump_of(&iomem_resource), "f0000000-f01fffff : PCI Bus 0000:01\n"
					     "  f0001000-f0001fff : 0000:01:00.0\n"
					     "fe000000-fe0fffff : PCI Bus 0000:01\n"
					     "  fe000000-fe000fff : 0000:01:00.0\n"
					     "  fe001000-fe001fff : 0000:01:00.0\n");
	EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0), 0xfe001000);
	forget();

	/* Without room elsewhere it has no address, rather than one there. */
	bridge = add_open_bridge(0, 1, 1, false);
	put(bridge, PCI_MEMORY_BASE, 4, 0x0000fff0, 0);
	put(bridge, PCI_PREF_MEMORY_BASE, 4, 0xf011f001, 0);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 0, 0x1000);
	add_ram(0, 0x80000000);
	probe();
	EXPECT(!pci_get_by_name("01:00.0")->resource[0].parent ||
	       !(pci_get_by_name("01:00.0")->resource[0].parent->flags & IORESOURCE_PREFETCH));
	forget();
}

/* A slot that is empty now gets room for a card; one that is no slot gets none. */
TEST(hotplug_slots_get_room)
{
	struct fake_fn *plain;

	add_open_bridge(0, 1, 1, true);
	plain = add_open_bridge(0, 2, 2, false);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-801fffff : PCI Bus 0000:01\n"
					     "100000000-1001fffff : PCI Bus 0000:01\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-1fff : PCI Bus 0000:01\n");
	EXPECT_EQ(word_at(plain, PCI_MEMORY_BASE), 0x0000fff0);
	EXPECT_EQ(word_at(plain, PCI_PREF_MEMORY_BASE), 0x0001fff1);
	EXPECT(!test_log_has("are not granted"));
	forget();
}

/* As Linux counts: a slot's reserve is what its devices use of it, and not as much again. */
TEST(what_lies_in_a_slot_is_of_its_reserve)
{
	struct fake_fn *fn;

	add_open_bridge(0, 1, 1, true);
	fn = add(1, 0, 0, 0x020000);
	add_bar(fn, 0, 0, 0x100000);
	add_bar(fn, 1, 1, 0x20);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-801fffff : PCI Bus 0000:01\n"
					     "  80000000-800fffff : 0000:01:00.0\n"
					     "100000000-1001fffff : PCI Bus 0000:01\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-1fff : PCI Bus 0000:01\n"
					      "  1000-101f : 0000:01:00.0\n");
	forget();
}

/* Linux's: less than 4 MiB below 4 GiB is no hole, and 1 MiB above what is there the next best. */
TEST(a_hole_for_devices_has_a_least_size)
{
	static const u64 holes[] = { 0x400000, 0x3ff000 };

	for (unsigned int i = 0; i < ARRAY_SIZE(holes); i++) {
		add(0, 1, 0, 0x020000);
		add_ram(0, 0xfe000000 - holes[i]);
		add_ram(0xfe000000, 0x2000000);
		test_log_clear();
		probe();
		EXPECT_EQ(test_log_has("[mem 0xfdc00000-0xfdffffff] available for PCI devices"),
			  !i);
		EXPECT_EQ(test_log_has("no hole in the memory map below 4 GiB"), i);
		forget();
	}
}

/* A BAR that no try finds room for: where there are virtual functions the last one is reached. */
static void add_what_never_fits(u8 bus)
{
	add_bar(add(bus, 2, 0, 0x020000), 0, 8, 0x80000000);
	add_ram(0, 0x80000000);
}

/* Virtual functions of that size, behind a transparent bridge that is behind one with a window. */
static void add_behind_transparent(u32 vf_bar)
{
	struct fake_fn *bridge = add_open_bridge(0, 1, 1, false), *fn;

	add_express(bridge, 0x0052); /* ports of a switch: extended space lies behind them */
	put(bridge, PCI_PRIMARY_BUS + 2, 1, 2, 0);
	put(bridge, PCI_PREF_MEMORY_BASE, 4, 0xfe00fe00, 0xfff0fff0);
	bridge = add_bridge(1, 0, 2, 2);
	add_express(bridge, 0x0062);
	put(bridge, PCI_CLASS_REVISION, 4, 0x06040100, 0);
	put(bridge, PCI_IO_BASE, 2, 0, 0);
	put(bridge, PCI_PREF_MEMORY_BASE, 4, 0, 0);
	fn = add(2, 0, 0, 0x010802);
	add_sriov(fn, 4, 1);
	add_vf_bar(fn, 8, vf_bar);
	add_what_never_fits(0);
}

/* They would like more of the window above. */
TEST(extra_of_a_window_above)
{
	add_behind_transparent(0x100000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-803fffff : PCI Bus 0000:01\n"
					     "  80000000-803fffff : 0000:02:00.0\n");
	EXPECT(test_log_has("[mem 0x80000000-0x803fffff pref]: expanded by 0x300000"));
	forget();
}

/* There is no more, and the window stays what it was. */
TEST(a_window_that_cannot_grow)
{
	add_behind_transparent(0x400000);
	add_ram(0x80800000, 0x7f800000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-800fffff : PCI Bus 0000:01\n");
	EXPECT(test_log_has("[mem 0x80000000-0x800fffff pref]: failed to expand by 0xf00000"));
	forget();
}

/* While something behind it moves, the bridge forwards nothing there. */
static void watch_moving_bars(struct fake_fn *fn, int where, u32 value)
{
	const struct fake_fn *bridge = functions[0][PCI_DEVFN(1, 0)];

	(void)value;
	if (fn != bridge && where == PCI_BASE_ADDRESS_0)
		EXPECT_EQ(word_at(bridge, PCI_MEMORY_BASE), 0x0000fff0);
}

/* pci=realloc: a window that firmware made too small goes, and all behind it finds a place anew. */
TEST(windows_of_firmware_are_made_again)
{
	for (unsigned int asked = 0; asked < 2; asked++) {
		struct fake_fn *bridge = add_open_bridge(0, 1, 1, false),
			       *fn = add(1, 0, 0, 0x020000);

		put(bridge, PCI_MEMORY_BASE, 4, 0xfe00fe00, 0xfff0fff0);
		add_bar(fn, 0, 0xfe000000, 0x1000);
		add_bar(fn, 1, 0, 0x200000);
		add_ram(0, 0x80000000);
		pci_access_setup();
		pci_init();
		pci_options.realloc = asked ? PCI_REALLOC_ON : PCI_REALLOC_OFF;
		fake_written = asked ? watch_moving_bars : NULL;
		pci_assign_unassigned_resources();
		EXPECT_STR(dump_of(&iomem_resource),
			   asked ? "80000000-802fffff : PCI Bus 0000:01\n"
				   "  80000000-801fffff : 0000:01:00.0\n"
				   "  80200000-80200fff : 0000:01:00.0\n" :
				   "fe000000-fe0fffff : PCI Bus 0000:01\n"
				   "  fe000000-fe000fff : 0000:01:00.0\n");
		EXPECT_EQ(word_at(bridge, PCI_MEMORY_BASE), asked ? 0x80208000 : 0xfe00fe00);
		EXPECT_EQ(word_at(fn, PCI_BASE_ADDRESS_0), asked ? 0x80200000 : 0xfe000000);
		pci_options.realloc = PCI_REALLOC_AUTO;
		forget();
	}
}

/* A device without a class is left alone, and its virtual functions with it. */
TEST(virtual_functions_of_no_class)
{
	struct fake_fn *fn = add(1, 0, 0, 0);
	const struct resource *res;

	add_express(add_open_bridge(0, 1, 1, false), 0x0052);
	add_sriov(fn, 4, 1);
	add_vf_bar(fn, 8, 0x100000);
	add_what_never_fits(1);
	probe();
	res = &pci_get_slot(pci_find_bus(0, 1), 0)->resource[PCI_IOV_RESOURCES];
	EXPECT(!res->flags);
	EXPECT(test_log_has("0000:01:00.0: VF BAR: 0x400000 bytes more are not granted"));
	forget();
}

/* pci=resource_alignment=: which devices an item means, and what it does to them. */
TEST(realigned_devices)
{
	static const struct {
		const char *list;
		resource_size_t first, second; /* where the devices of bus 1 get their BARs */
		const char *says;
	} cases[] = {
		{ "", 0xfe000000, 0xfe000400, NULL },
		{ "01:00.0;01:01.0", 0xfe000000, 0xfe001000, NULL },
		{ "0000:01:00.0", 0xfe001000, 0xfe000400, NULL },
		{ "16@00:01.0/00.0", 0xfe010000, 0xfe000400, NULL },
		{ "16@00:01.0/02.0;00:02.0/00.0;01:01.0/00.0", 0xfe000000, 0xfe000400, NULL },
		{ "0001:01:00.0", 0xfe000000, 0xfe000400, NULL },
		{ "14@pci:1af4:1234", 0xfe000000, 0xfe004000, NULL },
		{ "14@pci:0:0:0:7", 0xfe000000, 0xfe004000, NULL },
		{ "pci:1af4:1235;14@pci:1af4:0", 0xfe000000, 0xfe004000, NULL },
		{ "99@01:00.0", 0xfe001000, 0xfe000400, "no alignment of order 99" },
		{ "pci:1af4", 0xfe000000, 0xfe000400, "cannot understand pci:1af4" },
		{ "pci:1af4:1:2", 0xfe000000, 0xfe000400, "cannot understand" },
		{ "01:00;01:00.0", 0xfe000000, 0xfe000400, "cannot understand" },
		{ "00:01.0/0;01:00.0", 0xfe000000, 0xfe000400, "cannot understand" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_fn *bridge = add_bridge(0, 1, 1, 1), *fn;

		put(bridge, PCI_MEMORY_BASE, 4, 0xfe10fe00, 0);
		add_bar(add(1, 0, 0, 0x020000), 0, 0xfe000000, 0x100);
		fn = add(1, 1, 0, 0x020000);
		add_bar(fn, 0, 0xfe000400, 0x100);
		put(fn, PCI_SUBSYSTEM_VENDOR, 4, 0x00070000, 0);
		add_ram(0, 0x80000000);
		test_log_clear();
		strscpy(pci_options.resource_alignment, cases[i].list, PCI_ALIGNMENTS_MAX);
		probe();
		EXPECT_EQ(pci_get_by_name("01:00.0")->resource[0].start, cases[i].first);
		EXPECT_EQ(pci_get_by_name("01:01.0")->resource[0].start, cases[i].second);
		EXPECT(cases[i].says ? test_log_has(cases[i].says) : !test_log_has("resource_al"));
		forget();
	}
	pci_options.resource_alignment[0] = '\0';
}

/* A CardBus bridge: its numbers, windows and bridge control can be written. */
static struct fake_fn *add_cardbus(u8 bus, u8 slot, u16 control)
{
	struct fake_fn *fn = add(bus, slot, 0, 0x060700);

	fn->config[PCI_HEADER_TYPE] = PCI_HEADER_CARDBUS;
	put(fn, PCI_PRIMARY_BUS, 4, 0x20050400 | bus, ~0U);
	for (int where = 0x1c; where < 0x3c; where += 4)
		put(fn, where, 4, 0, where < 0x2c ? 0xfffff000 : 0xfffffffc);
	put(fn, 0x3e, 2, control, control);
	return fn;
}

/* PC Card 8.0, 4.5.2.20: where no memory can be prefetched, one window takes all. */
TEST(cardbus_windows)
{
	struct fake_fn *both = add_cardbus(0, 1, 0x0740), *plain = add_cardbus(0, 2, 0x0040);

	add_bar(both, 0, 0, 0x1000);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-80000fff : 0000:00:01.0\n"
					     "84000000-87ffffff : PCI CardBus 0000:01\n"
					     "88000000-8bffffff : PCI CardBus 0000:01\n"
					     "8c000000-93ffffff : PCI CardBus 0000:05\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-10ff : PCI CardBus 0000:01\n"
					      "1400-14ff : PCI CardBus 0000:01\n"
					      "1800-18ff : PCI CardBus 0000:05\n"
					      "1c00-1cff : PCI CardBus 0000:05\n");
	EXPECT_EQ(word_at(both, 0x3c) >> 16, 0x0540); /* the second window's must not be */
	EXPECT_EQ(word_at(plain, 0x24), 0x8c000000);
	EXPECT_EQ(word_at(plain, 0x28), 0x93fff000);
	EXPECT_EQ(word_at(plain, 0x1c) | word_at(plain, 0x20), 0);
	/* Again and again it is what it was. */
	EXPECT_EQ(pci_rescan(NULL), 0);
	EXPECT_EQ(word_at(both, PCI_PRIMARY_BUS), 0xb0040100);
	EXPECT_EQ(pci_find_bus(0, 5)->busn_end, 8);
	forget();
}

/* Three numbers more for a card with bridges, less where others are or a bus above ends. */
TEST(cardbus_numbers)
{
	struct fake_fn *bridge, *first, *second, *last;

	bridge = add_bridge(0, 1, 1, 4);
	first = add_cardbus(1, 0, 0x0740);
	second = add_cardbus(1, 1, 0x0740);
	last = add_cardbus(0, 2, 0x0740);
	add_bridge(0, 3, 8, 8);
	probe();
	EXPECT_EQ(word_at(bridge, PCI_PRIMARY_BUS) & 0xffffff, 0x040100);
	EXPECT_EQ(word_at(first, PCI_PRIMARY_BUS), 0xb0030201);
	EXPECT_EQ(word_at(second, PCI_PRIMARY_BUS), 0xb0070401);
	EXPECT_EQ(pci_find_bus(0, 4)->busn_end, 4); /* the bus above ends there: as in Linux */
	EXPECT_EQ(word_at(last, PCI_PRIMARY_BUS), 0xb00c0900);
	forget();
}

/* No room for a card is no harm to others: the windows stay closed and unwritten. */
TEST(cardbus_without_room)
{
	struct fake_fn *bridge = add_cardbus(0, 1, 0x0740);

	add_ram(0, 0xff000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "");
	EXPECT_EQ(word_at(bridge, 0x1c) | word_at(bridge, 0x20) | word_at(bridge, 0x28), 0);
	EXPECT(word_at(bridge, 0x2c));
	forget();
}

/* Where room is short, what is needed goes before what would be good to have. */
TEST(need_goes_before_extras)
{
	struct fake_fn *fn = add(0, 2, 0, 0x020000);

	add_open_bridge(0, 1, 1, true);
	add_bar(fn, 0, 0, 0x1000000);
	add_ram(0, 0xff000000); /* 16 MiB are left, the last two of them are the ROM's */
	add_ram(0x100000000, 0xff00000000); /* and nothing that one could want above */
	e820_table.nr_entries = 1;
	add_ram(0xff800000, 0x100000);
	probe();
	EXPECT(test_log_has("can't assign; no space for 0x1000000 bytes"));
	EXPECT(!pci_get_slot(pci_find_bus(0, 0), PCI_DEVFN(2, 0))->resource[0].flags);
	forget();
}

/*
 * Room for slots takes none from a device: what may be in its way is taken back, of its kind alone,
 * and the last slot is the first to get of what is left.  Linux's rules.
 */
struct short_room {
	resource_size_t last_port, last_mem,
		last_pref; /* of the root's windows; 0: none of that kind */
	unsigned int slots;
	u32 bar, size; /* of a device behind them */
};

static void probe_short(const struct short_room *r)
{
	static struct resource windows[3]; /* in the register until the test forgets */
	struct fake_fn *fn = add(0, 3, 0, 0x020000);

	windows[0] = (struct resource){
		.name = "ports", .start = 0x1000, .end = r->last_port, .flags = IORESOURCE_IO
	};
	windows[1] = (struct resource){
		.name = "mem", .start = 0x80000000, .end = r->last_mem, .flags = IORESOURCE_MEM
	};
	windows[2] = (struct resource){
		.name = "pref",
		.start = 0x100000000,
		.end = r->last_pref,
		.flags = IORESOURCE_MEM | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH,
	};
	add_bar(fn, 0, r->bar, r->size);
	if (r->bar & 4)
		put(fn, PCI_BASE_ADDRESS_0 + 4, 4, 0, ~0U);
	for (u8 slot = 1; slot <= r->slots; slot++)
		add_open_bridge(0, slot, slot, true);
	probe_behind(windows, r->last_pref ? 3 : 2);
	EXPECT(!test_log_has("are not granted")); /* each was granted or refused */
}

TEST(where_ports_are_short_memory_stays)
{
	probe_short(&(struct short_room){ 0x1fff, 0x8fffffff, 0, 2, 1, 0x20 });
	EXPECT_STR(dump_of(&iomem_resource), "80000000-8fffffff : mem\n"
					     "  80000000-801fffff : PCI Bus 0000:01\n"
					     "  80200000-803fffff : PCI Bus 0000:01\n"
					     "  80400000-805fffff : PCI Bus 0000:02\n"
					     "  80600000-807fffff : PCI Bus 0000:02\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-1fff : ports\n"
					      "  1000-101f : 0000:00:03.0\n");
	forget();
}

/* There is one kind of it: both windows of the slot are in the way. */
TEST(where_memory_is_short_both_windows_give_way)
{
	probe_short(&(struct short_room){ 0xffff, 0x803fffff, 0, 1, 0, 0x80000 });
	EXPECT_STR(dump_of(&iomem_resource), "80000000-803fffff : mem\n"
					     "  80000000-8007ffff : 0000:00:03.0\n"
					     "  80100000-802fffff : PCI Bus 0000:01\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-ffff : ports\n"
					      "  1000-1fff : PCI Bus 0000:01\n");
	forget();
}

TEST(where_memory_is_short_what_has_its_own_stays)
{
	probe_short(&(struct short_room){ 0xffff, 0x803fffff, 0x10fffffff, 2, 0, 0x80000 });
	EXPECT_STR(dump_of(&iomem_resource), "80000000-803fffff : mem\n"
					     "  80000000-8007ffff : 0000:00:03.0\n"
					     "  80100000-802fffff : PCI Bus 0000:02\n"
					     "100000000-10fffffff : pref\n"
					     "  100000000-1001fffff : PCI Bus 0000:01\n"
					     "  100200000-1003fffff : PCI Bus 0000:02\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-ffff : ports\n"
					      "  1000-1fff : PCI Bus 0000:01\n"
					      "  2000-2fff : PCI Bus 0000:02\n");
	forget();
}

/* What may be prefetched would have done with the other kind. */
TEST(where_memory_to_prefetch_is_short_the_other_stays)
{
	probe_short(&(struct short_room){ 0xffff, 0x801fffff, 0x1001fffff, 1, 0xc, 0x10000 });
	EXPECT_STR(dump_of(&iomem_resource), "80000000-801fffff : mem\n"
					     "  80000000-801fffff : PCI Bus 0000:01\n"
					     "100000000-1001fffff : pref\n"
					     "  100000000-10000ffff : 0000:00:03.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-ffff : ports\n"
					      "  1000-1fff : PCI Bus 0000:01\n");
	forget();
}

/*
 * Firmware's windows are too small, so they are made again: the one with room for virtual functions
 * is aligned for these, and goes before what is aligned less.
 */
TEST(an_extra_may_be_aligned_more)
{
	struct resource mem = {
		.name = "mem", .start = 0x80900000, .end = 0x8fffffff, .flags = IORESOURCE_MEM
	};
	struct fake_fn *first = add_open_bridge(0, 1, 1, false), *fn = add(1, 0, 0, 0x010802);

	add_express(first, 0x0052);
	put(first, PCI_MEMORY_BASE, 4, 0x80908090, 0xfff0fff0);
	add_bar(fn, 0, 0x80900000, 0x100000);
	add_sriov(fn, 4, 1);
	add_vf_bar(fn, 0, 0x1000000);
	put(add_open_bridge(0, 2, 2, false), PCI_MEMORY_BASE, 4, 0x80a080a0, 0xfff0fff0);
	add_bar(add(2, 0, 0, 0x020000), 0, 0, 0x800000);
	probe_behind(&mem, 1);
	EXPECT_STR(dump_of(&iomem_resource), "80900000-8fffffff : mem\n"
					     "  81000000-85ffffff : PCI Bus 0000:01\n"
					     "    81000000-84ffffff : 0000:01:00.0\n"
					     "    85000000-850fffff : 0000:01:00.0\n"
					     "  86000000-867fffff : PCI Bus 0000:02\n"
					     "    86000000-867fffff : 0000:02:00.0\n");
	forget();
}

/* One that reaches beyond the window above, which a transparent bridge lets through. */
TEST(window_is_clipped)
{
	struct fake_fn *bridge = add_bridge(0, 1, 1, 3);

	put(bridge, PCI_MEMORY_BASE, 4, 0xfe10fe00, 0);
	bridge = add_bridge(1, 0, 2, 3);
	put(bridge, PCI_CLASS_REVISION, 4, 0x06040100, 0);
	bridge = add_open_bridge(2, 0, 3, false);
	put(bridge, PCI_MEMORY_BASE, 4, 0xfe20fe10, 0xfff0fff0);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "fe000000-fe1fffff : PCI Bus 0000:01\n"
					     "  fe100000-fe1fffff : PCI Bus 0000:03\n");
	EXPECT_EQ(word_at(bridge, PCI_MEMORY_BASE), 0xfe10fe10);
	forget();
}

TEST(enabled_wins_over_disabled)
{
	struct fake_fn *off = add(0, 1, 0, 0x020000), *on = add(0, 2, 0, 0x020000);

	put(off, PCI_COMMAND, 2, 0, 0xffff);
	add_bar(off, 0, 0xf0000000, 0x1000);
	add_bar(on, 0, 0xf0000000, 0x2000);
	add_ram(0, 0x80000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-80000fff : 0000:00:01.0\n"
					     "f0000000-f0001fff : 0000:00:02.0\n");
	EXPECT(test_log_has("conflict with 0000:00:02.0"));
	forget();
}

TEST(assignment_biggest_first_and_off_isa_ports)
{
	struct fake_fn *a = add(0, 1, 0, 0x020000), *b = add(0, 2, 0, 0x020000);

	add_bar(a, 0, 0, 0x1000);
	add_bar(b, 0, 0, 0x100000);
	add_bar(b, 1, 1, 0x80);
	add_bar(a, 1, 1, 0x100);
	add_bar(a, 2, 1, 0x80);
	put(b, PCI_ROM_ADDRESS, 4, 0xfffc0000, 0xfffc0001); /* as OVMF leaves it: claimed */
	add_ram(0x100000, 0x20000000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "20100000-201fffff : 0000:00:02.0\n"
					     "20200000-20200fff : 0000:00:01.0\n"
					     "fffc0000-ffffffff : 0000:00:02.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-10ff : 0000:00:01.0\n"
					      "1400-147f : 0000:00:01.0\n"
					      "1480-14ff : 0000:00:02.0\n");
	forget();
}

/* Behind a transparent bridge the windows above are the bus's own: 64 bits prefer the high one. */
TEST(windows_above_a_transparent_bridge)
{
	struct resource windows[] = {
		{ .name = "low", .start = 0x80000000, .end = 0x8fffffff, .flags = IORESOURCE_MEM },
		{ .name = "high",
		  .start = 0x100000000,
		  .end = 0x1ffffffff,
		  .flags = IORESOURCE_MEM | IORESOURCE_MEM_64 },
	};
	struct fake_fn *bridge = add_bridge(0, 1, 1, 1), *fn = add(1, 2, 0, 0x0c0330);

	put(bridge, PCI_CLASS_REVISION, 4, 0x06040100, 0);
	put(bridge, PCI_MEMORY_BASE, 4, 0x80008000, 0);
	add_bar(fn, 0, 4, 0x4000);
	put(fn, PCI_BASE_ADDRESS_0 + 4, 4, 0, ~0U);
	add_bar(fn, 2, 0, 0x1000);
	probe_behind(windows, 2);
	EXPECT_STR(dump_of(&iomem_resource), "80000000-8fffffff : low\n"
					     "  80000000-800fffff : PCI Bus 0000:01\n"
					     "    80000000-80000fff : 0000:01:02.0\n"
					     "100000000-1ffffffff : high\n"
					     "  100000000-100003fff : 0000:01:02.0\n");
	forget();
}

TEST(back_to_where_firmware_had_it)
{
	struct resource window = {
		.name = "window", .start = 0x80000000, .end = 0x800fffff, .flags = IORESOURCE_MEM
	};
	struct resource *windows[] = { &window };
	struct fake_fn *fn = add(0, 1, 0, 0x010802);

	EXPECT_EQ(insert_resource(&iomem_resource, &window), 0);
	add_bar(fn, 0, 0xfd000000, 0x200000);
	add_sriov(fn, 4, 1);
	add_vf_bar(fn, 0xfe000000, 0x100000);
	add_ram(0, 0x80000000);
	pci_access_setup();
	pci_scan_root_bus(0, 0, 0xff, windows, 1, NULL);
	pci_init();
	pci_assign_unassigned_resources();
	EXPECT_STR(dump_of(&iomem_resource), "80000000-800fffff : window\n"
					     "fd000000-fd1fffff : 0000:00:01.0\n"
					     "fe000000-fe3fffff : 0000:00:01.0\n");
	forget();
}

TEST(legacy_ide_and_piix4_regions)
{
	struct fake_fn *ide = add(0, 1, 0, 0x010180), *pm;

	ide->config[PCI_HEADER_TYPE] = 0x80;
	add_bar(ide, 4, 0xc001, 0x10);
	pm = add(0, 1, 3, 0x068000);
	put(pm, PCI_VENDOR_ID, 4, 0x71138086, 0);
	put(pm, 0x40, 4, 0x601, 0);
	put(pm, 0x90, 4, 0x701, 0);
	probe();
	EXPECT_STR(dump_of(&ioport_resource), "0170-0177 : 0000:00:01.0\n"
					      "01f0-01f7 : 0000:00:01.0\n"
					      "0376-0376 : 0000:00:01.0\n"
					      "03f6-03f6 : 0000:00:01.0\n"
					      "0600-063f : 0000:00:01.3\n"
					      "0700-070f : 0000:00:01.3\n"
					      "c000-c00f : 0000:00:01.0\n");
	forget();
}

/* As hardware does: the bit lets function 1 answer. */
static void unhide_sound(struct fake_fn *fn, int where, u32 value)
{
	(void)value;
	if (where == 0x488 && fn->config[0x48b] & 2)
		fn->config[PCI_HEADER_TYPE] |= 0x80;
}

/* quirk_nvidia_hda() of Linux: a display has a function more once it was asked. */
TEST(sound_of_a_display_is_shown)
{
	struct fake_fn *old = add(0, 2, 0, 0x030200), *new = add(0, 3, 0, 0x030200);

	put(old, PCI_VENDOR_ID, 4, 0x089f10de, 0);
	put(old, 0x488, 4, 0, ~0U);
	put(new, PCI_VENDOR_ID, 4, 0x08a010de, 0);
	put(new, 0x488, 4, 0x100, ~0U);
	add_bar(add(0, 2, 1, 0x040300), 0, 0, 0x4000);
	add_bar(add(0, 3, 1, 0x040300), 0, 0xfe000000, 0x4000);
	fake_written = unhide_sound;
	probe();
	fake_written = NULL;
	EXPECT_EQ(new->config[0x489] << 8 | new->config[0x48b], 0x102);
	EXPECT_EQ(nr_devices(), 3);
	EXPECT_STR(dump_of(&iomem_resource), "fe000000-fe003fff : 0000:00:03.1\n");
	forget();
}

/* Intel's BDF2: what reads as a BAR is none, and must not be placed. */
TEST(registers_that_are_no_bars)
{
	struct fake_fn *agent = add(0, 18, 0, 0x088000);

	put(agent, PCI_VENDOR_ID, 4, 0x6fa08086, 0);
	add_bar(agent, 0, 0xfe000000, 0x4000);
	add_bar(agent, 5, 0x00000008, 0x100000);
	put(agent, PCI_ROM_ADDRESS, 4, 0, 0xfffff801);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "");
	EXPECT_EQ(agent->config[PCI_COMMAND], 0);
	forget();
}

/* quirk_apple_mbp_poweroff(), twinhead_reserve_killing_zone(): nothing is placed there. */
TEST(memory_where_boards_break)
{
	static const u8 macbook[] = "\1\10\0\0\0\1\0\0MacBookPro11,5\0";
	struct fake_fn *port = add(0, 0x1c, 0, 0x060400), *lpc = add(0, 0x1f, 0, 0x060100);

	port->config[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	put(port, PCI_VENDOR_ID, 4, 0x8c108086, 0);
	put(lpc, PCI_VENDOR_ID, 4, 0x27b98086, 0);
	put(lpc, PCI_SUBSYSTEM_VENDOR, 4, 0xa00314fe, 0);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "");
	forget();

	dmi_keep_ident((const struct dmi_header *)macbook);
	add(0, 0x1c, 0, 0x060400)->config[PCI_HEADER_TYPE] = PCI_HEADER_BRIDGE;
	put(functions[0][0x1c << 3], PCI_VENDOR_ID, 4, 0x8c108086, 0);
	lpc = add(0, 0x1f, 0, 0x060100);
	put(lpc, PCI_VENDOR_ID, 4, 0x27b98086, 0);
	put(lpc, PCI_SUBSYSTEM_VENDOR, 4, 0xa00314ff, 0);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "7fa00000-7fbfffff : MacBook Pro poweroff workaround\n"
					     "ffb00000-ffbfffff : twinhead\n");
	release_mem_region(0x7fa00000, 0x200000);
	release_mem_region(0xffb00000, 0x100000);
	forget();
}

/* The ids of a south bridge, and a bridge's header: its windows are no fixed regions. */
TEST(south_bridge_with_a_bridge_s_header)
{
	struct fake_fn *bridge = add_bridge(0, 1, 1, 1);
	struct pci_dev *dev;

	put(bridge, PCI_VENDOR_ID, 4, 0x71138086, 0);
	put(bridge, PCI_MEMORY_BASE, 4, 0xfe90fe80, 0);
	put(bridge, 0x40, 4, 0x601, 0);
	put(bridge, 0x90, 4, 0x701, 0);
	add_bar(add(1, 0, 0, 0x020000), 0, 0xfe800000, 0x1000);
	probe();
	EXPECT(test_log_has("0000:00:01.0: a south bridge's ids with header type 01"));
	dev = pci_get_by_name("00:01.0");
	for (int nr = PCI_BRIDGE_RESOURCES; nr <= PCI_BRIDGE_RESOURCE_END; nr++)
		EXPECT(!(dev->resource[nr].flags & IORESOURCE_PCI_FIXED));
	EXPECT_STR(dump_of(&iomem_resource), "fe800000-fe9fffff : PCI Bus 0000:01\n"
					     "  fe800000-fe800fff : 0000:01:00.0\n");
	forget();
}

/* A ROM's copy in RAM is entered once, from behind bridges too; what failed to be claimed is not. */
TEST(fixed_ranges_are_claimed_last)
{
	struct fake_fn *bridge = add_bridge(0, 1, 1, 1);

	put(bridge, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_VGA, 0);
	add(1, 0, 0, 0x030000);
	add(1, 1, 0, 0x010180); /* at ports that the bridge does not forward */
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "000c0000-000dffff : 0000:01:00.0\n");
	EXPECT_STR(dump_of(&ioport_resource), "1000-1fff : PCI Bus 0000:01\n");
	forget();

	add(0, 2, 0, 0x030000);
	add(0, 3, 0, 0x030000);
	add_bar(add(0, 4, 0, 0x020000), 0, 0xe0000, 0x1000);
	probe();
	EXPECT_STR(dump_of(&iomem_resource), "000c0000-000dffff : 0000:00:02.0\n"
					     "000e0000-000e0fff : 0000:00:04.0\n");
	forget();
}

TEST(no_room_and_no_memory)
{
	struct fake_fn *fn = add(0, 1, 0, 0x020000);
	const struct resource *res;

	add_bar(fn, 0, 0, 0x80000000U);
	add_ram(0, 0xc0000000);
	probe();
	res = &pci_get_slot(pci_find_bus(0, 0), PCI_DEVFN(1, 0))->resource[0];
	EXPECT(test_log_has("can't assign; no space"));
	EXPECT(!res->flags); /* a driver that can do without it may try */
	EXPECT(!res->parent);
	forget();

	add(0, 1, 0, 0x020000);
	test_fail_kmalloc_after(0);
	probe();
	test_fail_kmalloc_after(-1);
	EXPECT_EQ(nr_devices(), 0);
	EXPECT(list_empty(&pci_root_buses));
	forget();

	add_bridge(0, 1, 1, 1);
	add(1, 0, 0, 0x020000);
	test_fail_kmalloc_after(2); /* the root and the bridge */
	probe();
	test_fail_kmalloc_after(-1);
	EXPECT_EQ(nr_devices(), 1);
	EXPECT(!pci_find_bus(0, 1));
	forget();
}

/* ---------------------------------------------------------------- after boot */

static unsigned int nr_bound;

static int take(struct pci_dev *dev, const struct pci_device_id *id)
{
	EXPECT_EQ(id->device, 0x5678);
	nr_bound++;
	return pci_request_selected_regions(dev, 1, "taker");
}

static void give_back(struct pci_dev *dev)
{
	nr_bound--;
	pci_release_selected_regions(dev, 1);
}

static const struct pci_device_id taker_ids[] = { { 0x1af4, 0x5678 }, { 0, 0 } };
static struct pci_driver taker = {
	.name = "taker", .id_table = taker_ids, .probe = take, .remove = give_back
};

/* What a driver has by pcim_*(), by a letter each; capitals are taken back. */
static char steps[32];
static int step_budget; /* so many succeed; -1: all */

static bool step(char c)
{
	if (step_budget == 0)
		return false;
	if (step_budget > 0)
		step_budget--;
	steps[strlen(steps)] = c;
	return true;
}

static void step_back(char c)
{
	step_budget = -1;
	step(c);
}

void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long maxlen)
{
	(void)maxlen;
	EXPECT(dev->resource[bar].children.node); /* claimed before */
	return step('m') ? (void __iomem *)steps : NULL;
}

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	EXPECT(addr == (void __iomem *)steps && dev->resource[0].children.node);
	step_back('M');
}

int pci_enable_msi(struct pci_dev *dev)
{
	(void)dev;
	return step('e') ? 0 : -ENOSPC;
}

void pci_disable_msi(struct pci_dev *dev)
{
	(void)dev;
	step_back('E');
}

int pci_irq_vector(const struct pci_dev *dev, unsigned int nr)
{
	(void)dev;
	return 30 + (int)nr;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	(void)flags;
	EXPECT(irq == 30 && !handler && !strcmp(name, "keeper") && dev_id == steps);
	return step('r') ? 0 : -ENOSPC;
}

void free_irq(int irq, void *dev_id)
{
	EXPECT(irq == 30 && dev_id == steps);
	step_back('R');
}

static void say(struct pci_dev *dev, void *data)
{
	(void)dev;
	step_back(*(char *)data);
}

static int keep(struct pci_dev *dev, const struct pci_device_id *id)
{
	int err = pcim_enable_device(dev);
	void __iomem *addr;

	(void)id;
	if (err)
		return err;
	if (!pcim_kzalloc(dev, 8, GFP_KERNEL))
		return -ENOMEM;
	addr = pcim_iomap_region(dev, 0, "keeper");
	if (IS_ERR(addr))
		return (int)PTR_ERR(addr);
	err = pcim_request_msi(dev, NULL, "keeper", steps);
	if (err < 0)
		return err;
	EXPECT_EQ(err, 30);
	return pcim_add_action(dev, say, "S");
}

static void stop_keeper(struct pci_dev *dev)
{
	(void)dev;
	step_back('x');
}

static struct pci_driver keeper = {
	.name = "keeper", .id_table = taker_ids, .probe = keep, .remove = stop_keeper
};

/* A port with the windows that firmware opened for cards to come, and buses up to `last`. */
static struct fake_fn *add_port(u8 slot, u8 secondary, u8 last, u16 memory)
{
	struct fake_fn *port = add_bridge(0, slot, secondary, last);

	put(port, PCI_MEMORY_BASE, 4, memory | (u32)(memory + 0x10) << 16, ~0U);
	add_express(port, 0x0142);
	return port;
}

static void add_card(u8 bus, u8 slot)
{
	struct fake_fn *fn = add(bus, slot, 0, 0x020000);

	put(fn, PCI_DEVICE_ID, 2, 0x5678, 0);
	put(fn, PCI_COMMAND, 2, 0, 0xffff);
	add_bar(fn, 0, 0, 0x1000);
}

/* Workers: what is queued is kept for the test to run, a call on a CPU is one. */
struct workqueue_struct {
	struct work_struct *queued;
};
struct workqueue_struct system_wq;

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	wq->queued = work;
	return true;
}

static void run_reported(void)
{
	system_wq.queued->func(system_wq.queued);
}

long work_on_cpu(unsigned int cpu, long (*fn)(void *arg), void *arg)
{
	(void)cpu;
	return fn(arg);
}

static void pull(u8 bus, u8 devfn)
{
	test_free(functions[bus][devfn]);
	functions[bus][devfn] = NULL;
}

TEST(cards_come_and_go)
{
	static const char empty[] = "fe800000-fe9fffff : PCI Bus 0000:01\n";
	unsigned int gone;

	add_ram(0, 0xc0000000);
	add_port(1, 1, 1, 0xfe80);
	probe();
	EXPECT_EQ(pci_register_driver(&taker), 0);
	EXPECT_STR(dump_of(&iomem_resource), empty);
	for (int n = 0; n < 3; n++) {
		add_card(1, 0);
		EXPECT_EQ(pci_rescan(&gone), 1);
		EXPECT_EQ(gone, 0);
		EXPECT_EQ(pci_rescan(&gone), 0); /* it is known */
		EXPECT_EQ(nr_bound, 1);
		EXPECT_STR(dump_of(&iomem_resource), "fe800000-fe9fffff : PCI Bus 0000:01\n"
						     "  fe800000-fe800fff : 0000:01:00.0\n"
						     "    fe800000-fe800fff : taker\n");
		EXPECT_EQ(functions[1][0]->config[PCI_BASE_ADDRESS_0 + 2], 0x80);
		pull(1, 0);
		if (n == 1) { /* its driver noticed */
			pci_report_gone(pci_get_by_name("01:00.0"));
			EXPECT_EQ(nr_bound, 1);
			run_reported();
		}
		EXPECT_EQ(pci_rescan(&gone), 0);
		EXPECT_EQ(gone, n != 1);
		EXPECT_EQ(nr_bound, 0);
		EXPECT_STR(dump_of(&iomem_resource), empty);
		EXPECT_EQ(nr_devices(), 1);
	}
	EXPECT(test_log_has("0000:01:00.0: answers no more"));
	test_log_clear();
	pci_notice();
	EXPECT_STR(test_log(), "");
	add_card(1, 0);
	pci_notice();
	EXPECT(test_log_has("1 functions came, 0 went"));
	pull(1, 0);
	pci_notice();
	EXPECT(test_log_has("0 functions came, 1 went"));
	forget();
}

static int take_any(struct pci_dev *dev, const struct pci_device_id *id)
{
	EXPECT(id->vendor == 0x1af4 && id->device == PCI_ANY_ID);
	return dev->device == 0x1000 ? -ENODEV : dev->device == 0x1001 ? -EIO : 0;
}

static void give_any(struct pci_dev *dev)
{
	(void)dev;
}

/* By vendor and device, either of which may be any; in the order in which drivers came. */
TEST(drivers_and_their_devices)
{
	static const u32 ids[] = { 0x56788086, 0x10001af4, 0x10011af4, 0x10021af4, 0x56781af4 };
	static const struct pci_device_id any_ids[] = { { 0x1af4, PCI_ANY_ID }, { 0, 0 } };
	static struct pci_driver any = {
		.name = "any", .id_table = any_ids, .probe = take_any, .remove = give_any
	};
	struct pci_dev *dev;

	add_ram(0, 0xc0000000);
	for (u8 i = 0; i < ARRAY_SIZE(ids); i++) {
		add_card(0, i);
		put(functions[0][PCI_DEVFN(i, 0)], PCI_VENDOR_ID, 4, ids[i], 0);
	}
	probe();
	test_log_clear();
	EXPECT_EQ(pci_register_driver(&taker), 1);
	EXPECT_EQ(pci_register_driver(&any), 1);
	EXPECT(!pci_get_by_name("00:00.0")->driver && !pci_get_by_name("00:01.0")->driver);
	EXPECT(!pci_get_by_name("00:02.0")->driver && !pci_get_by_name("00:02.0")->driver_data);
	EXPECT(pci_get_by_name("00:03.0")->driver == &any);
	EXPECT(pci_get_by_name("00:04.0")->driver == &taker);
	EXPECT(test_log_has("0000:00:02.0: any does not drive it: EIO"));
	EXPECT(!test_log_has("0000:00:01.0"));
	EXPECT(pci_nth_driver(0) == &taker && !pci_nth_driver(1000));
	for (unsigned int n = 0; pci_nth_driver(n); n++)
		EXPECT((pci_nth_driver(n) == &any) == !pci_nth_driver(n + 1));
	dev = pci_get_by_name("00:04.0");
	EXPECT_EQ(pci_bind_driver(dev, &any), -EBUSY);
	pci_release_driver(dev);
	EXPECT_EQ(pci_bind_driver(pci_get_by_name("00:00.0"), &any), -ENODEV);
	EXPECT_EQ(pci_bind_driver(dev, &any), 0);
	EXPECT(dev->driver == &any);
	pci_release_driver(dev);
	pci_release_driver(pci_get_by_name("00:03.0"));
	forget();
}

/* Those that are asked for and there are; where one is taken, none is kept. */
TEST(regions_of_a_device)
{
	struct fake_fn *fn = add(0, 1, 0, 0x020000);
	struct pci_dev *dev;

	add_bar(fn, 0, 0xfe000000, 0x1000);
	add_bar(fn, 2, 0xc001, 0x20);
	add_bar(fn, 3, 0xfe004000, 0x1000);
	put(fn, PCI_ROM_ADDRESS, 4, 0xfe800000, 0xfffff801);
	add_ram(0, 0xc0000000);
	probe();
	dev = pci_get_by_name("00:01.0");
	EXPECT_EQ(pci_select_bars(dev, IORESOURCE_MEM), BIT(0) | BIT(3) | BIT(6));
	EXPECT_EQ(pci_select_bars(dev, IORESOURCE_IO), BIT(2));
	EXPECT_EQ(pci_request_selected_regions(dev, BIT(1) | BIT(3), "one"), 0);
	EXPECT(!resource_first_child(&dev->resource[0]) &&
	       !resource_first_child(&dev->resource[2]));
	EXPECT_EQ(pci_request_selected_regions(dev, BIT(0) | BIT(2) | BIT(3), "two"), -EBUSY);
	EXPECT(test_log_has("two: can't reserve BAR 3 [mem 0xfe004000-0xfe004fff]"));
	EXPECT(!resource_first_child(&dev->resource[0]) &&
	       !resource_first_child(&dev->resource[2]));
	EXPECT_STR(resource_first_child(&dev->resource[3])->name, "one");
	pci_release_selected_regions(dev, BIT(1) | BIT(3));
	EXPECT(!resource_first_child(&dev->resource[3]));
	EXPECT_EQ(pci_request_selected_regions(dev, BIT(2), "three"), 0);
	EXPECT_STR(resource_first_child(&dev->resource[2])->name, "three");
	pci_release_selected_regions(dev, BIT(2));
	forget();
}

/* Firmware may have switched it off (PCI 3.0, 6.2.2): on for who has a pin and no messages. */
TEST(pins_of_enabled_devices)
{
	static const struct {
		u8 pin;
		bool msi, msix, off;
	} cases[] = { { 1, false, false, false },
		      { 0, false, false, true },
		      { 1, true, false, true },
		      { 1, false, true, true } };

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fake_fn *fn = add(0, 1, 0, 0x020000);
		struct pci_dev *dev;

		put(fn, PCI_COMMAND, 2, PCI_COMMAND_INTX_OFF, 0xffff);
		fn->config[PCI_INTERRUPT_PIN] = cases[i].pin;
		add_bar(fn, 5, 0xfe000000, 0x1000);
		add_ram(0, 0x80000000);
		probe();
		dev = pci_get_by_name("00:01.0");
		dev->msi_irq = cases[i].msi ? 30 : 0;
		dev->msix = cases[i].msix ? (void *)steps : NULL;
		EXPECT_EQ(pci_enable_device(dev), 0);
		EXPECT_EQ(word_at(fn, PCI_COMMAND) & 0xffff,
			  PCI_COMMAND_MEMORY | (cases[i].off ? PCI_COMMAND_INTX_OFF : 0));
		EXPECT_EQ(pci_request_selected_regions(dev, BIT(5), "five"), 0);
		EXPECT_STR(resource_first_child(&dev->resource[5])->name, "five");
		pci_release_selected_regions(dev, BIT(5));
		pci_disable_device(dev);
		EXPECT(!(word_at(fn, PCI_COMMAND) & PCI_COMMAND_MEMORY));
		forget();
	}
}

/* What a driver has by pcim_*() goes in reverse: wherever its probe() fails, and behind remove(). */
TEST(managed_things_go_in_reverse)
{
	static const struct {
		int steps;
		const char *done;
	} cases[] = { { 0, "" }, { 1, "mM" }, { 2, "meEM" }, { -1, "mer" } };
	struct pci_dev *dev;

	add_ram(0, 0xc0000000);
	add_port(1, 1, 1, 0xfe80);
	add_card(1, 0);
	probe();
	dev = pci_get_by_name("01:00.0");
	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		memset(steps, 0, sizeof(steps));
		step_budget = cases[i].steps;
		EXPECT_EQ(pci_register_driver(&keeper), cases[i].steps < 0);
		EXPECT_STR(steps, cases[i].done);
		EXPECT(!dev->managed == (cases[i].steps >= 0));
		EXPECT(!dev->resource[0].children.node == (cases[i].steps >= 0));
		EXPECT(!(functions[1][0]->config[PCI_COMMAND] & PCI_COMMAND_MEMORY) ==
		       (cases[i].steps >= 0));
	}
	pci_release_driver(dev);
	EXPECT_STR(steps, "merxSREM");
	EXPECT(!dev->managed && !dev->resource[0].children.node);
	EXPECT(!(functions[1][0]->config[PCI_COMMAND] & PCI_COMMAND_MEMORY));
	for (int n = 0, taken = 0; !taken; n++) { /* the nth that it allocates is not to be had */
		ASSERT(n < 20);
		memset(steps, 0, sizeof(steps));
		step_budget = -1;
		test_fail_kmalloc_after(n);
		taken = pci_register_driver(&keeper);
		test_fail_kmalloc_after(-1);
		EXPECT(!taken == !dev->managed && !taken == !dev->resource[0].children.node);
		EXPECT(!taken == !(functions[1][0]->config[PCI_COMMAND] & PCI_COMMAND_MEMORY));
		if (strchr(steps, 'S')) /* what could not be noted is undone at once */
			EXPECT_STR(steps, "merSREM");
	}
	EXPECT_STR(steps, "mer");
	pci_release_driver(dev);
	forget();
}

/* What is removed by hand decodes nothing, and is found again; another in its place is another. */
TEST(removed_and_found_again)
{
	struct pci_dev *dev;
	unsigned int gone;

	add_ram(0, 0xc0000000);
	add_port(1, 1, 1, 0xfe80);
	add_card(1, 0);
	probe();
	EXPECT_EQ(pci_register_driver(&taker), 1);
	dev = pci_get_by_name("01:00.0");
	EXPECT_EQ(pci_enable_device(dev), 0);
	EXPECT(functions[1][0]->config[PCI_COMMAND] & PCI_COMMAND_MEMORY);
	pci_stop_and_remove_bus_device(dev);
	EXPECT(!(functions[1][0]->config[PCI_COMMAND] & PCI_COMMAND_MEMORY));
	EXPECT(!pci_get_by_name("01:00.0"));
	EXPECT_EQ(nr_bound, 0);
	EXPECT_EQ(pci_rescan(NULL), 1);
	EXPECT_EQ(nr_bound, 1);
	functions[1][0]->config[PCI_DEVICE_ID] = 0x79;
	EXPECT_EQ(pci_rescan(&gone), 1);
	EXPECT_EQ(gone, 1);
	EXPECT_EQ(nr_bound, 0);
	EXPECT_EQ(pci_get_by_name("01:00.0")->device, 0x5679);
	forget();
}

static char revoked[128];

/* Nobody can map it any more. */
static void note_revoked(resource_size_t start, resource_size_t size, bool claimed)
{
	size_t n = strlen(revoked);

	EXPECT(!claimed);
	EXPECT_STR(lookup_resource_deepest(&iomem_resource, start, start)->name, "PCI Bus 0000:01");
	scnprintf(revoked + n, sizeof(revoked) - n, "%lx+%lx ", start, size);
}

/* What programs have mapped of a card goes with it: BARs and the ROM, but no ports. */
TEST(mappings_go_with_the_card)
{
	add_ram(0, 0xc0000000);
	add_port(1, 1, 1, 0xfe80);
	add_card(1, 0);
	add_bar(functions[1][0], 1, 1, 0x20);
	add_bar(functions[1][0], 2, 0, 0x2000);
	put(functions[1][0], PCI_ROM_ADDRESS, 4, 0, 0xfffff801);
	probe();
	revoked[0] = '\0';
	resource_set_revoke(note_revoked);
	pci_stop_and_remove_bus_device(pci_get_by_name("01:00.0"));
	resource_set_revoke(NULL);
	EXPECT_STR(revoked, "fe802000+1000 fe800000+2000 c0000000+800 ");
	forget();
}

/* A card that is a bridge: a number and windows out of its port's; and all goes with the port. */
TEST(a_bridge_is_plugged_in)
{
	struct fake_fn *bridge;

	add_ram(0, 0xc0000000);
	add_port(1, 1, 3, 0xfe80);
	add_port(2, 4, 4, 0xfea0);
	probe();
	pci_register_driver(&taker);
	bridge = add_numbered_bridge(1, 0, 0, 0);
	put(bridge, PCI_COMMAND, 2, 0x140, 0xffff); /* it tells of errors */
	put(bridge, PCI_PRIMARY_BUS, 1, 0, 0xff);
	put(bridge, PCI_MEMORY_BASE, 4, 0, 0xfff0fff0); /* as after a reset: not closed */
	add_card(2, 5);
	EXPECT_EQ(pci_rescan(NULL), 2);
	EXPECT_STR(numbers_of(bridge), "01 02-02");
	EXPECT_EQ(word_at(bridge, PCI_COMMAND) & 0xffff, 0x147);
	EXPECT(test_log_has("0000:01:00.0: enabling bridge (0140 -> 0147)"));
	EXPECT_EQ(bridge->config[PCI_MEMORY_BASE] | bridge->config[PCI_MEMORY_BASE + 1] << 8,
		  0xfe80);
	EXPECT_STR(dump_of(&iomem_resource), "fe800000-fe9fffff : PCI Bus 0000:01\n"
					     "  fe800000-fe8fffff : PCI Bus 0000:02\n"
					     "    fe800000-fe800fff : 0000:02:05.0\n"
					     "      fe800000-fe800fff : taker\n"
					     "fea00000-febfffff : PCI Bus 0000:04\n");
	EXPECT_EQ(pci_rescan(NULL), 0);
	pci_stop_and_remove_bus_device(pci_get_by_name("00:01.0"));
	EXPECT_STR(dump_of(&iomem_resource), "fea00000-febfffff : PCI Bus 0000:04\n");
	EXPECT(!pci_find_bus(0, 1) && !pci_find_bus(0, 2));
	EXPECT_EQ(nr_bound, 0);
	EXPECT_EQ(nr_devices(), 1);
	EXPECT_EQ(pci_rescan(NULL), 3);
	EXPECT(pci_get_by_name("02:05.0")->driver == &taker);
	pci_stop_and_remove_bus_device(pci_get_by_name("00:01.0"));
	forget();
}

/* The next number is its neighbour's: a card with a bridge is known, and what is behind it not. */
TEST(no_number_for_a_bridge)
{
	struct fake_fn *bridge;

	add_port(1, 1, 1, 0xfe80);
	add_port(2, 2, 2, 0xfea0);
	add_card(2, 0);
	probe();
	bridge = add_numbered_bridge(1, 0, 0, 0);
	EXPECT_EQ(pci_rescan(NULL), 1);
	EXPECT_STR(numbers_of(bridge), "00 00-00");
	EXPECT(!pci_get_by_name("01:00.0")->subordinate);
	EXPECT(pci_find_bus(0, 2)->self == pci_get_by_name("00:02.0"));
	EXPECT(test_log_has("0000:01:00.0: no bus number is left: not looked behind"));
	forget();
}

/* ACPI's registers in a function without a driver, say: nobody stops their user. */
TEST(claims_of_others_are_seen_and_stay)
{
	struct resource *claim;

	add_ram(0, 0xc0000000);
	add_port(1, 1, 1, 0xfe80);
	add_card(1, 0);
	probe();
	EXPECT(!pci_claimed_by_others(pci_get_by_name("00:01.0")));
	claim = request_mem_region(0xfe800010, 4, "somebody");
	EXPECT(pci_claimed_by_others(pci_get_by_name("01:00.0")) == claim);
	EXPECT(pci_claimed_by_others(pci_get_by_name("00:01.0")) == claim);
	pull(1, 0);
	EXPECT_EQ(pci_remove_gone(), 1);
	EXPECT(test_log_has("somebody [mem 0xfe800010-0xfe800013] in it stays claimed"));
	EXPECT_STR(dump_of(&iomem_resource), "fe800000-fe9fffff : PCI Bus 0000:01\n"
					     "  fe800010-fe800013 : somebody\n");
	release_mem_region(0xfe800010, 4);
	forget();
}

TEST(noise_ends)
{
	unsigned int round, found = 0;

	for (round = 0; round < 50; round++) {
		noise = true;
		add_ram(0, 0x80000000);
		probe();
		found += nr_devices();
		check_tree();
		pci_rescan(NULL);
		found += nr_devices();
		check_tree();
		while (!list_empty(&pci_devices))
			pci_stop_and_remove_bus_device(
				list_first_entry(&pci_devices, struct pci_dev, global_list));
		forget();
		test_log_clear();
	}
	EXPECT(found > 50);
}
