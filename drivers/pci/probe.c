// SPDX-License-Identifier: MIT
/*
 * Finding the buses and what is on them.
 *
 * A root bus is where a host bridge leads: bus 0, and others (pxb, a second
 * socket) that no bridge of the first leads to.  The ACPI namespace names them and
 * what they forward (drivers/acpi/pci_root.c); where there is none, bus 0 is a
 * root whose windows are the whole of both registers.  Behind a PCI-to-PCI bridge lies
 * the bus whose number firmware wrote into its secondary register.  These
 * numbers are only believed as far as they make a tree: a bus is beneath a
 * bridge only if its number is higher than the bridge's own bus, within what the
 * parent forwards, and nobody else's; so a walk always ends.
 *
 * Bus numbers are not assigned here: firmware does that on every PC.  A bridge
 * that it left without is named and what is behind it stays unseen.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "mm/slab.h"

LIST_HEAD(pci_devices);
LIST_HEAD(pci_root_buses);

static struct pci_bus *bus_by_number[256];
static bool reachable __initdata; /* configuration space */

/* PCI Express 5.0, 7.5.3.2: device/port type, bits 7:4 of the capabilities register. */
#define PCI_EXP_FLAGS		 0x02
#define PCI_EXP_TYPE(flags)	 ((flags) >> 4 & 0xf)
#define PCI_EXP_TYPE_ROOT_PORT	 0x4
#define PCI_EXP_TYPE_DOWNSTREAM	 0x6
#define PCI_EXP_TYPE_PCIE_BRIDGE 0x8

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

static struct pci_bus *__init alloc_bus(struct pci_bus *parent, struct pci_dev *self, u8 number,
					u8 busn_end)
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
	snprintf(bus->name, sizeof(bus->name), "PCI Bus 0000:%02x", number);
	for (i = PCI_BRIDGE_RESOURCES; self && i <= PCI_BRIDGE_RESOURCE_END; i++) {
		self->resource[i].name = bus->name;
		bus->resource[i - PCI_BRIDGE_RESOURCES] = &self->resource[i];
	}
	list_add_tail(&bus->node, parent ? &parent->children : &pci_root_buses);
	bus_by_number[number] = bus;
	return bus;
}

static struct pci_dev *__init scan_function(struct pci_bus *bus, u8 devfn)
{
	struct pci_dev *dev;
	u32 id;

	if (pci_raw_read(bus->number, devfn, PCI_VENDOR_ID, 4, &id) || !pci_is_vendor(id))
		return NULL;
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev) {
		pr_err("no memory for device %02x:%02x.%x\n", bus->number, PCI_SLOT(devfn),
		       PCI_FUNC(devfn));
		return NULL;
	}
	dev->bus = bus;
	dev->devfn = devfn;
	dev->vendor = (u16)id;
	dev->device = (u16)(id >> 16);
	if (pci_setup_device(dev)) {
		kfree(dev);
		return NULL;
	}
	list_add_tail(&dev->bus_list, &bus->devices);
	list_add_tail(&dev->global_list, &pci_devices);
	pci_fixup_header(dev);
	return dev;
}

/* Function 0 must be there; functions 1 to 7 are looked for where it says that it has more. */
static void __init scan_slot(struct pci_bus *bus, u8 slot)
{
	struct pci_dev *dev = scan_function(bus, PCI_DEVFN(slot, 0));
	u8 func;

	if (!dev || !dev->multifunction)
		return;
	for (func = 1; func < 8; func++) {
		dev = scan_function(bus, PCI_DEVFN(slot, func));
		if (dev)
			dev->multifunction = true;
	}
}

/* PCI Express 5.0, 7.3.1: the link beneath a downstream port has device 0 alone. */
static unsigned int __init nr_slots(const struct pci_bus *bus)
{
	u16 flags;

	if (!bus->self || !bus->self->pcie_cap)
		return 32;
	pci_read_config_word(bus->self, bus->self->pcie_cap + PCI_EXP_FLAGS, &flags);
	switch (PCI_EXP_TYPE(flags)) {
	case PCI_EXP_TYPE_ROOT_PORT:
	case PCI_EXP_TYPE_DOWNSTREAM:
	case PCI_EXP_TYPE_PCIE_BRIDGE:
		return 1;
	default:
		return 32;
	}
}

/* The numbers that firmware gave the bus behind a bridge, where they fit into the tree. */
static bool __init bridge_bus_numbers(struct pci_dev *bridge, u8 *secondary, u8 *subordinate)
{
	const struct pci_bus *bus = bridge->bus;
	u32 numbers;

	pci_read_config_dword(bridge, PCI_PRIMARY_BUS, &numbers);
	*secondary = (u8)(numbers >> 8);
	*subordinate = (u8)(numbers >> 16);
	if (!*secondary && !*subordinate) {
		pci_warn(bridge, "firmware gave it no bus numbers: not looked behind\n");
		return false;
	}
	if (*secondary <= bus->number || *secondary > *subordinate || *secondary > bus->busn_end ||
	    bus_by_number[*secondary]) {
		pci_warn(bridge,
			 "[bus %02x-%02x] behind it does not fit into [bus %02x-%02x]: "
			 "not looked behind\n",
			 *secondary, *subordinate, bus->number, bus->busn_end);
		return false;
	}
	if (*subordinate > bus->busn_end) {
		pci_warn(bridge, "[bus %02x-%02x] behind it is cut to [bus %02x-%02x]\n",
			 *secondary, *subordinate, *secondary, bus->busn_end);
		*subordinate = bus->busn_end;
	}
	return true;
}

static void __init add_bridge_bus(struct pci_dev *bridge)
{
	struct pci_bus *child;
	u8 secondary, subordinate;

	if (!bridge_bus_numbers(bridge, &secondary, &subordinate))
		return;
	child = alloc_bus(bridge->bus, bridge, secondary, subordinate);
	if (!child)
		return;
	bridge->subordinate = child;
	pci_read_bridge_bases(child);
}

/* What is on one bus, and the buses right beneath it, which the caller comes to later. */
static void __init scan_bus(struct pci_bus *bus)
{
	unsigned int slot, slots = nr_slots(bus);
	struct pci_dev *dev;

	for (slot = 0; slot < slots; slot++)
		scan_slot(bus, (u8)slot);
	list_for_each_entry(dev, &bus->devices, bus_list)
		if (dev->hdr_type == PCI_HEADER_BRIDGE)
			add_bridge_bus(dev);
}

void __init pci_scan_root_bus(u8 number, u8 last, struct resource **windows,
			      unsigned int nr_windows, struct aml_node *node)
{
	struct pci_bus *root, *bus = NULL;
	unsigned int i;

	if (!reachable)
		return;
	root = alloc_bus(NULL, NULL, number, last);
	if (!root)
		return;
	root->acpi_node = node;
	for (i = 0; i < nr_windows && i < ARRAY_SIZE(root->resource); i++)
		root->resource[i] = windows[i];
	pr_info("host bridge to bus 0000:%02x\n", number);
	while ((bus = pci_next_bus(root, bus)) != NULL)
		scan_bus(bus);
}

/* A root that nobody describes: anything may be anywhere, and what lies above is another's. */
static void __init scan_unknown_root(u8 number)
{
	struct resource *everything[] = { &ioport_resource, &iomem_resource };
	struct pci_bus *root, *bus = NULL;

	pci_scan_root_bus(number, 0xff, everything, ARRAY_SIZE(everything), NULL);
	root = pci_find_bus(number);
	if (!root)
		return;
	root->busn_end = number;
	while ((bus = pci_next_bus(root, bus)) != NULL)
		root->busn_end = max(root->busn_end, bus->busn_end);
}

/*
 * Root buses that the namespace left out: any number that answers and that no bus has.
 * As in Linux it takes an MMCONFIG window to know how far to look.
 */
static void __init scan_peer_buses(void)
{
	int number, last = pci_mmcfg_last_bus();

	for (number = 0; number <= last; number++) {
		if (pci_find_bus((u8)number) || !pci_bus_answers((u8)number))
			continue;
		pr_info("discovered peer bus %02x\n", number);
		scan_unknown_root((u8)number);
	}
}

void __init pci_access_setup(void)
{
	reachable = pci_access_init();
	if (!reachable)
		pr_info("this machine has none that can be reached\n");
}

void __init pci_init(void)
{
	if (!reachable)
		return;
	if (list_empty(&pci_root_buses))
		scan_unknown_root(0);
	if (list_empty(&pci_root_buses))
		return;
	scan_peer_buses();
	pci_resource_survey();
}
