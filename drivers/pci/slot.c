// SPDX-License-Identifier: MIT
/*
 * Slots: power for a card that was plugged in, and letting one go.
 *
 * Where the namespace has _EJ0 for a place, firmware does all of it: a card has power
 * as soon as it is there, and the method takes it away (ACPI 6.5, 6.3.3).  Else the port
 * above may have the registers of PCI Express 5.0, 6.7: an empty slot is off, and a card
 * in it is silent until we switch it on.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/firmware.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/pcie.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"

/* 7.5.3, offsets in the capability, and their bits. */
#define PCI_EXP_LNKCAP	       0x0c
#define PCI_EXP_LNKCAP_DLLLARC BIT(20) /* it tells when the link is up */
#define PCI_EXP_LNKSTA	       0x12
#define PCI_EXP_LNKSTA_DLLLA   BIT(13) /* the link is up */
#define PCI_EXP_SLTCAP_PCP     BIT(1)  /* power can be switched */
#define PCI_EXP_SLTCAP_NCCS    BIT(18) /* commands are done at once, and not reported */
#define PCI_EXP_SLTCTL	       0x18
#define PCI_EXP_SLTCTL_AIC     0x00c0U /* attention indicator */
#define PCI_EXP_SLTCTL_AIC_OFF 0x00c0U
#define PCI_EXP_SLTCTL_PIC     0x0300U /* power indicator */
#define PCI_EXP_SLTCTL_PIC_ON  0x0100U
#define PCI_EXP_SLTCTL_PIC_OFF 0x0300U
#define PCI_EXP_SLTCTL_PCC     BIT(10) /* power is off */
#define PCI_EXP_SLTSTA	       0x1a
#define PCI_EXP_SLTSTA_CC      BIT(4) /* a command is done; write 1 to clear, as all events */
#define PCI_EXP_SLTSTA_PDS     BIT(6) /* a card is there */
#define PCI_EXP_SLTSTA_EVENTS  0x010fU

#define COMMAND_USEC   1000000 /* 6.7.3.2: in which a command is done */
#define LINK_USEC      1000000
#define POWER_OFF_USEC 1000000 /* 6.7.1.8: until it can be relied on */
#define SETTLE_USEC    100000  /* 6.6.1: from the link on until a function must answer */

static u16 read16(const struct pci_dev *port, int reg)
{
	u16 v;

	pci_read_config_word(port, port->pcie_cap + reg, &v);
	return v;
}

static u32 read32(const struct pci_dev *port, int reg)
{
	u32 v;

	pci_read_config_dword(port, port->pcie_cap + reg, &v);
	return v;
}

/* A port whose slot we switch: it can take cards, has a switch, and firmware has no method. */
static bool is_our_slot(const struct pci_dev *port)
{
	return port->hotplug_bridge && port->pcie_cap && port->subordinate &&
	       read32(port, PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_PCP &&
	       !pci_slots_are_firmware_s(port->subordinate);
}

/* 6.7.3.2: each write of the slot's control is a command; the next one waits for its end. */
static void set_power(const struct pci_dev *port, bool on)
{
	u16 control = read16(port, PCI_EXP_SLTCTL);

	control &= (u16) ~(PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_PCC);
	control |= PCI_EXP_SLTCTL_AIC_OFF |
		   (on ? PCI_EXP_SLTCTL_PIC_ON : PCI_EXP_SLTCTL_PIC_OFF | PCI_EXP_SLTCTL_PCC);
	pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
	pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTCTL, control);
	if (!(read32(port, PCI_EXP_SLTCAP) & PCI_EXP_SLTCAP_NCCS) &&
	    !poll_timeout(read16(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_CC, COMMAND_USEC))
		pci_warn(port, "its slot does not say that power is %s\n", on ? "on" : "off");
}

static void power_on(const struct pci_dev *port)
{
	pci_info(port, "a card in its slot: power on\n");
	set_power(port, true);
	if (read32(port, PCI_EXP_LNKCAP) & PCI_EXP_LNKCAP_DLLLARC &&
	    !poll_timeout(read16(port, PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA, LINK_USEC))
		pci_warn(port, "the link does not come up\n");
	udelay(SETTLE_USEC);
}

void pci_power_on_slots(void)
{
	struct pci_dev *port;

	for_each_pci_dev(port) {
		if (!is_our_slot(port) || !(read16(port, PCI_EXP_SLTCTL) & PCI_EXP_SLTCTL_PCC) ||
		    !(read16(port, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS))
			continue;
		/* What happened to the slot is known with this. */
		pci_write_config_word(port, port->pcie_cap + PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_EVENTS);
		power_on(port);
	}
}

/* ---------------------------------------------------------------- letting go */

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
	bool ours = bus->self && is_our_slot(bus->self);
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
	set_power(bus->self, false);
	udelay(POWER_OFF_USEC);
	return 0;
}
