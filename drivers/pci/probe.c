// SPDX-License-Identifier: MIT
/*
 * Finding the buses and what is on them.
 *
 * A root bus is where a host bridge leads: bus 0, and others (pxb, a second
 * socket) that no bridge of the first leads to.  The ACPI namespace names them and
 * what they forward (drivers/acpi/pci_root.c); where there is none, bus 0 is a
 * root whose windows are the whole of both registers.  What lies behind the bridges
 * of a root bus, and under which number, is busn.c's.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "kernel/errno.h"
#include "kernel/printk.h"
#include "mm/slab.h"

static bool reachable __initdata; /* configuration space */

/* PCI Express 5.0, 7.5.3.2: device/port type, bits 7:4 of the capabilities register. */
#define PCI_EXP_FLAGS		 0x02
#define PCI_EXP_TYPE(flags)	 ((flags) >> 4 & 0xf)
#define PCI_EXP_TYPE_ROOT_PORT	 0x4
#define PCI_EXP_TYPE_DOWNSTREAM	 0x6
#define PCI_EXP_TYPE_PCIE_BRIDGE 0x8

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

void __init pci_scan_slots(struct pci_bus *bus)
{
	unsigned int slot, slots = nr_slots(bus);

	for (slot = 0; slot < slots; slot++)
		scan_slot(bus, (u8)slot);
}

unsigned int __init pci_scan_root_bus(u8 number, u8 last, struct resource **windows,
				      unsigned int nr_windows, struct aml_node *node)
{
	struct pci_bus *root;
	unsigned int i;

	if (!reachable)
		return 0;
	root = pci_add_bus(NULL, NULL, number, last);
	if (!root)
		return 0;
	root->acpi_node = node;
	for (i = 0; i < nr_windows && i < ARRAY_SIZE(root->resource); i++)
		root->resource[i] = windows[i];
	pr_info("host bridge to bus 0000:%02x\n", number);
	return pci_scan_tree(root);
}

/* A root that nobody describes: anything may be anywhere, and what lies above is another's. */
static void __init scan_unknown_root(u8 number)
{
	struct resource *everything[] = { &ioport_resource, &iomem_resource };
	unsigned int last =
		pci_scan_root_bus(number, 0xff, everything, ARRAY_SIZE(everything), NULL);
	struct pci_bus *root = pci_find_bus(number);

	if (root)
		root->busn_end = (u8)last;
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
