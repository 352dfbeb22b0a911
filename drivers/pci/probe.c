// SPDX-License-Identifier: MIT
/*
 * Finding what is on a bus: up to 32 slots with up to 8 functions each.
 *
 * A function answers with its vendor; an empty place reads all ones (PCI 3.0, 6.1).
 * What lies behind a bridge is busn.c's, where a bus begins root.c's.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "kernel/printk.h"
#include "mm/slab.h"

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
	pci_iov_init(dev);
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
