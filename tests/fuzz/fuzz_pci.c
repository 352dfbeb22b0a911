// SPDX-License-Identifier: MIT
// sources: drivers/firmware/dmi_ident.c kernel/core/cmdline.c drivers/pci/access.c drivers/pci/assign.c drivers/pci/bridge.c drivers/pci/busn.c drivers/pci/cap.c drivers/pci/cardbus.c drivers/pci/distribute.c drivers/pci/driver.c drivers/pci/hotplug.c drivers/pci/iov.c drivers/pci/options.c drivers/pci/pcie.c drivers/pci/probe.c drivers/pci/quirks.c drivers/pci/realign.c drivers/pci/realloc.c drivers/pci/resource.c drivers/pci/room.c drivers/pci/root.c drivers/pci/setup.c drivers/pci/size.c kernel/lib/tree.c kernel/core/region.c kernel/core/resource.c
// cflags: -Wno-unused-function
/*
 * PCI's configuration space as a hostile device answers it: any header, bridges that lead anywhere, BARs and
 * capabilities of any bytes, registers that read differently from one time to the next, functions that come
 * and go.  The buses are a tree and the register is one, all that is in there belongs to a function that is
 * known, and with the last function everything is gone.
 *
 * The input is a list of decisions: functions, then changes of their bytes, then those that are not steady.
 */
#include "drivers/pci/hotplug.h"
#include "drivers/pci/options.h"
#include "kernel/sched/workqueue.h"
#include "mm/e820.h"
#include "tests/host/fake_pci.h"
/* With its names behind it. */
#include "tests/fuzz/register.h"

#define MAX_FUNCTIONS 24
#define MAX_UNSTEADY  4

struct e820_table e820_table;

struct workqueue_struct {
	int none;
};
struct workqueue_struct system_wq;

/* There is no driver that had anything. */
void pcim_release_all(struct pci_dev *dev)
{
	(void)dev;
}

bool queue_work(struct workqueue_struct *wq, struct work_struct *work)
{
	(void)wq, (void)work;
	return true;
}

long work_on_cpu(unsigned int cpu, long (*fn)(void *arg), void *arg)
{
	(void)cpu;
	return fn(arg);
}

/* ---- the machine ---- */

static struct place {
	u8 bus, devfn;
} places[MAX_FUNCTIONS];
static unsigned int nr_places;

/* A register whose bits change each `period` reads of it. */
static struct unsteady {
	const struct fake_fn *fn;
	u8 where, period, reads;
	u32 bits;
} unsteady[MAX_UNSTEADY];
static unsigned int nr_unsteady;

static u32 answer(const struct fake_fn *fn, int where, u32 value)
{
	for (struct unsteady *u = unsteady; u < unsteady + nr_unsteady; u++)
		if (u->fn == fn && (where & ~3) == (u->where & ~3) && ++u->reads > u->period) {
			value ^= u->bits >> 8 * (where & 3);
			u->reads = 0;
		}
	return value;
}

/* Ids and classes that something is done about. */
static const u32 known_ids[] = { 0x12341af4, 0x71138086, 0x70108086, 0x29188086,
				 0x71108086, 0x24cd8086, 0x00011b36, 0x10ca8086,
				 0x00081b36, 0x0000ffff, 0xffffffff };
static const u32 known_classes[] = { 0x020000, 0x060000, 0x060100, 0x060400, 0x060401,
				     0x060700, 0x010180, 0x01018a, 0x030000, 0x068000 };
static const u8 known_headers[] = { 0x00, 0x80, 0x01, 0x81, 0x02, 0x82, 0x03, 0x7f };

static void add_bars(struct fake_fn *fn, struct choices *c, int nr)
{
	for (int i = 0; i < nr; i++) {
		u8 what = choose8(c), size = choose8(c);

		if (what & 0x80)
			put(fn, PCI_BASE_ADDRESS_0 + 4 * i, 4,
			    (u32)choose_bytes(c, 2) << 16 | (what & 0xf),
			    size % 33 == 32 ? 0 : ~0U << size % 33);
	}
}

static void add_bridge_registers(struct fake_fn *fn, struct choices *c)
{
	put(fn, PCI_PRIMARY_BUS, 4, choose32(c) & 0x1f1f1f, choose8(c) & 1 ? ~0U : 0);
	put(fn, PCI_IO_BASE, 2, (u32)choose_bytes(c, 2), ~0U);
	put(fn, PCI_MEMORY_BASE, 4, choose32(c), ~0U);
	put(fn, PCI_PREF_MEMORY_BASE, 4, choose32(c), ~0U);
}

static void add_function(struct choices *c)
{
	u8 bus = choose8(c) % 16, devfn = choose8(c), id = choose8(c), header = choose8(c);
	u8 capabilities = choose8(c);
	struct fake_fn *fn;

	if (functions[bus][devfn])
		return;
	places[nr_places++] = (struct place){ bus, devfn };
	fn = add(bus, devfn >> 3, devfn & 7, known_classes[choose8(c) % ARRAY_SIZE(known_classes)]);
	put(fn, PCI_VENDOR_ID, 4, known_ids[id % ARRAY_SIZE(known_ids)], 0);
	fn->config[PCI_HEADER_TYPE] = known_headers[header % ARRAY_SIZE(known_headers)];
	if ((fn->config[PCI_HEADER_TYPE] & 0x7f) == 0) {
		add_bars(fn, c, 6);
	} else {
		add_bars(fn, c, 2);
		add_bridge_registers(fn, c);
	}
	if (capabilities & 1) {
		put(fn, PCI_STATUS, 2, PCI_STATUS_CAP_LIST, 0);
		put(fn, PCI_CAPABILITY_LIST, 1, 0x40, 0);
		for (unsigned int i = 0; i < capabilities >> 1 && c->left; i++)
			fn->config[0x40 + i] = choose8(c);
	}
	if (capabilities & 0x40)
		for (unsigned int i = 0; i < 64 && c->left; i++)
			put(fn, 0x100 + (int)i, 1, choose8(c), i & 1 ? 0xff : 0);
}

static struct fake_fn *some_function(struct choices *c)
{
	const struct place *p = &places[choose8(c) % nr_places];

	return functions[p->bus][p->devfn];
}

static u64 choose_size(struct choices *c)
{
	u8 kind = choose8(c);

	return kind < 64 ? 1ULL << kind : kind < 80 ? choose64(c) : (u64)choose8(c) << kind % 40;
}

/* What a person may have asked for: words of pci=. */
static void choose_options(struct choices *c)
{
	static const char *const alignments[] = { "", "12@pci:0:0", "62@pci:0:0",
						  "20@pci:1af4:0;00:01.0" };
	static struct pci_options defaults;
	static bool begun;
	u8 what = choose8(c);

	if (!begun)
		defaults = pci_options;
	begun = true;
	pci_options = defaults;
	if (what & 1)
		pci_options.hotplug_mem = choose_size(c);
	if (what & 2)
		pci_options.hotplug_pref = choose_size(c);
	if (what & 4)
		pci_options.hotplug_io = choose_size(c);
	if (what & 8)
		pci_options.cardbus_io = choose_size(c), pci_options.cardbus_mem = choose_size(c);
	if (what & 16)
		pci_options.hotplug_buses = choose8(c);
	pci_options.assign_busses = what & 32;
	pci_options.realloc = (what >> 6) % 3;
	strscpy(pci_options.resource_alignment, alignments[choose8(c) % ARRAY_SIZE(alignments)],
		PCI_ALIGNMENTS_MAX);
}

static void build(struct choices *c)
{
	static const int lasts[] = { 15, 0, -1, 0xff };

	last_bus = lasts[choose8(c) % 4];
	e820_table.entries[0] =
		(struct e820_entry){ 0, (u64)choose_bytes(c, 2) << 20 | 0x100000, E820_TYPE_RAM };
	e820_table.nr_entries = 1;
	for (unsigned int n = 1 + choose8(c) % MAX_FUNCTIONS; n; n--)
		add_function(c);
	for (unsigned int n = choose8(c) % 16; n; n--) {
		struct fake_fn *fn = some_function(c);
		u8 where = choose8(c);

		fn->config[where] = choose8(c);
		fn->writable[where] = choose8(c);
	}
	for (nr_unsteady = choose8(c) % (MAX_UNSTEADY + 1); c->left && nr_unsteady < MAX_UNSTEADY;
	     nr_unsteady++)
		unsteady[nr_unsteady] = (struct unsteady){ .fn = some_function(c),
							   .where = choose8(c),
							   .period = choose8(c) % 8,
							   .bits = choose32(c) };
	fake_answer = answer;
	choose_options(c);
}

/* ---- what must hold ---- */

static void check_bus(const struct pci_bus *bus)
{
	const struct pci_dev *dev;

	MUST(pci_find_bus(bus->segment, bus->number) == bus);
	MUST(bus->busn_end >= bus->number);
	if (bus->parent) {
		MUST(bus->self && bus->self->subordinate == bus && bus->self->bus == bus->parent);
		MUST(bus->number > bus->parent->number);
	}
	list_for_each_entry(dev, &bus->devices, bus_list)
		MUST(dev->bus == bus && pci_get_slot(bus, dev->devfn) == dev);
}

static bool is_assigned; /* all that can have a place has one */

/* As in Linux it gets no places, and what it asked for stays; an interrupt controller where it is in use. */
static bool is_passed_over(const struct pci_dev *dev)
{
	u32 class = dev->class >> 8;

	return !class || class == PCI_CLASS_BRIDGE_HOST || class == PCI_CLASS_SYSTEM_PIC;
}

/* What is behind a transparent bridge may be in a window of the bus above. */
static const struct pci_bus *next_that_forwards(const struct pci_bus *bus)
{
	return bus->self && bus->self->transparent ? bus->parent : NULL;
}

static void check_resources(struct pci_dev *dev)
{
	for (int nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
		struct resource *res = &dev->resource[nr], *window;
		bool found = false;

		if (!res->parent) { /* it has no address, then */
			MUST(!is_assigned || is_passed_over(dev) || !res->flags || !res->start ||
			     !resource_size(res) ||
			     res->flags & (IORESOURCE_UNSET | IORESOURCE_PCI_FIXED |
					   IORESOURCE_ROM_SHADOW));
			continue;
		}
		MUST(res->flags & (IORESOURCE_IO | IORESOURCE_MEM) &&
		     !(res->flags & IORESOURCE_UNSET));
		for (const struct pci_bus *bus = dev->bus; bus; bus = next_that_forwards(bus))
			for_each_pci_window(window, bus)
				found |= res->parent == window;
		MUST(found || res->flags & IORESOURCE_PCI_FIXED ||
		     res->parent == &ioport_resource || res->parent == &iomem_resource);
	}
}

/* Each entry is a resource of a function that is known. */
static void check_owners(void)
{
	for (unsigned int i = 0; i < nr_registered; i++) {
		struct pci_dev *dev;
		bool found = false;

		for_each_pci_dev(dev)
			found |= registered[i] >= dev->resource &&
				 registered[i] < dev->resource + PCI_NUM_RESOURCES;
		MUST(found);
	}
}

static void check(void)
{
	unsigned int devices = 0, on_buses = 0, buses = 0;
	struct pci_bus *root, *bus;
	struct pci_dev *dev;

	for_each_pci_dev(dev) {
		MUST(++devices <= nr_places);
		check_resources(dev);
	}
	list_for_each_entry(root, &pci_root_buses, node) {
		MUST(!root->parent && !root->self);
		for (bus = root; bus; bus = pci_next_bus(root, bus)) {
			MUST(++buses <= 256);
			check_bus(bus);
		}
		for (dev = NULL; (dev = pci_next_dev(root, dev)) != NULL;)
			MUST(++on_buses <= devices);
	}
	MUST(on_buses == devices);
	register_look(&ioport_resource);
	check_owners();
	register_look(&iomem_resource);
	check_owners();
}

static void come_and_go(struct choices *c)
{
	unsigned int gone;

	for (unsigned int n = choose8(c) % 4; n; n--) {
		const struct place *p = &places[choose8(c) % nr_places];
		struct fake_fn *fn = functions[p->bus][p->devfn];

		functions[p->bus][p->devfn] = NULL;
		pci_rescan(&gone);
		check();
		functions[p->bus][p->devfn] = fn;
		pci_rescan(&gone);
		check();
	}
}

static void end(void)
{
	while (!list_empty(&pci_devices))
		pci_stop_and_remove_bus_device(
			list_first_entry(&pci_devices, struct pci_dev, global_list));
	MUST(!resource_first_child(&ioport_resource) && !resource_first_child(&iomem_resource));
	for (; nr_places; nr_places--) {
		const struct place *p = &places[nr_places - 1];

		test_free(functions[p->bus][p->devfn]);
		functions[p->bus][p->devfn] = NULL;
	}
	INIT_LIST_HEAD(&pci_root_buses);
	forget_buses(&segment0);
	tree_seen = 0;
	nr_unsteady = 0;
}

void fuzz(const u8 *data, size_t size)
{
	struct choices c = { data, size };

	iomem_resource.end = (1ULL << 46) - 1;
	build(&c);
	pci_access_setup();
	is_assigned = false;
	pci_init();
	check();
	pci_assign_unassigned_resources();
	is_assigned = true;
	check();
	come_and_go(&c);
	end();
}
