// SPDX-License-Identifier: MIT
/*
 * Finding what is on a bus: up to 32 slots with up to 8 functions each, or one device
 * with a list of functions.
 *
 * A function answers with its vendor; an empty place reads all ones (PCI 3.0, 6.1).
 * What lies behind a bridge is busn.c's, where a bus begins root.c's.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/printk.h"
#include "mm/slab.h"

DECLARE_RWSEM(pci_bus_sem);

/* On its bus in the order of addresses, whenever it came. */
static void add_to_tree(struct pci_dev *dev)
{
	struct list_head *before = &dev->bus->devices;
	struct pci_dev *other;

	down_write(&pci_bus_sem);
	list_for_each_entry(other, &dev->bus->devices, bus_list) {
		if (other->devfn > dev->devfn) {
			before = &other->bus_list;
			break;
		}
	}
	list_add_tail(&dev->bus_list, before);
	list_add_tail(&dev->global_list, &pci_devices);
	up_write(&pci_bus_sem);
}

static struct pci_dev *scan_function(struct pci_bus *bus, u8 devfn)
{
	struct pci_dev *dev = pci_get_slot(bus, devfn);
	u32 id;

	if (dev) /* found before, by another way to this bus */
		return dev;
	if (pci_raw_read(bus->segment, bus->number, devfn, PCI_VENDOR_ID, 4, &id) ||
	    !pci_is_vendor(id))
		return NULL;
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev) {
		pr_err("no memory for device %04x:%02x:%02x.%x\n", bus->segment, bus->number,
		       PCI_SLOT(devfn), PCI_FUNC(devfn));
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
	pci_ari_init(dev);
	pci_iov_init(dev);
	add_to_tree(dev);
	pci_fixup_header(dev);
	pci_realign_device(dev);
	return dev;
}

/* What is to be looked for after that function, which may be absent; -1: nothing. */
static int next_function(const struct pci_bus *bus, const struct pci_dev *dev, int func)
{
	if (bus->self && bus->self->ari) {
		int next = dev ? pci_next_ari_function(dev) : 0;

		return next > func ? next : -1; /* a list that runs back has no end */
	}
	return func < 7 && (!dev || dev->multifunction) ? func + 1 : -1;
}

/* Function 0 must be there; it says whether there are more. */
static void scan_slot(struct pci_bus *bus, u8 slot)
{
	int first = PCI_DEVFN(slot, 0), func = 0;

	do {
		struct pci_dev *dev = scan_function(bus, (u8)(first + func));

		if (!dev && !func)
			return;
		if (dev && func)
			dev->multifunction = true;
		func = next_function(bus, dev, func);
	} while (func >= 0 && first + func <= 0xff);
}

void pci_scan_slots(struct pci_bus *bus)
{
	unsigned int slot, slots = bus->self && pcie_leads_to_one_slot(bus->self) ? 1 : 32;

	for (slot = 0; slot < slots; slot++)
		scan_slot(bus, (u8)slot);
}
