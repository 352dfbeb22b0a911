// SPDX-License-Identifier: MIT
/*
 * Letting a card go.
 *
 * Where firmware left the slots of PCI Express ports to us, the port takes the power away
 * (pciehp.c).  Else the namespace may have _EJ0 for the place: then the method does it
 * (ACPI 6.5, 6.3.3).
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/firmware.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"

static bool is_in_slot(const struct pci_dev *dev, u8 slot)
{
	const struct pci_dev *port = dev->bus->self;

	return PCI_SLOT(dev->devfn) == slot || (port && pcie_leads_to_one_slot(port));
}

/* False, after a line, where somebody else holds a part of a function in the slot. */
static bool slot_is_free(const struct pci_bus *bus, u8 slot)
{
	const struct resource *claim;
	struct pci_dev *dev;

	list_for_each_entry(dev, &bus->devices, bus_list) {
		claim = is_in_slot(dev, slot) ? pci_claimed_by_others(dev) : NULL;
		if (!claim)
			continue;
		pci_warn(dev, "%s holds %pR: stays\n", claim->name, claim);
		return false;
	}
	return true;
}

static void remove_slot(const struct pci_bus *bus, u8 slot)
{
	struct pci_dev *dev, *next;

	/* Nothing that goes with a function stands on its own bus. */
	list_for_each_entry_safe(dev, next, &bus->devices, bus_list)
		if (is_in_slot(dev, slot))
			pci_stop_and_remove_bus_device(dev);
}

int pci_eject_slot(struct pci_dev *dev)
{
	const struct pci_bus *bus = dev->bus;
	bool ours = bus->self && pciehp_has_switch(bus->self);
	const u8 devfn = dev->devfn, slot = PCI_SLOT(devfn);

	if (!ours && !pci_firmware_can_eject(bus, devfn)) {
		pci_warn(dev, "neither its port nor firmware can let it go\n");
		return -EOPNOTSUPP;
	}
	if (!slot_is_free(bus, slot))
		return -EBUSY;
	remove_slot(bus, slot);
	if (!ours)
		return pci_firmware_eject(bus, devfn);
	pciehp_power_off(bus->self);
	return 0;
}
