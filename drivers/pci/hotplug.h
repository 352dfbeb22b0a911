/* SPDX-License-Identifier: MIT */
/*
 * Functions that come and go after boot.
 *
 * All of it is called with PCI's mutex (drivers/pci/pci.h), in threads that may sleep: drivers are
 * bound and stopped, memory is allocated, AML may run.
 */
#ifndef DRIVERS_PCI_HOTPLUG_H
#define DRIVERS_PCI_HOTPLUG_H

#include "drivers/pci/pci.h"

/*
 * Look at all buses again: functions that went are taken out, new ones are found, given
 * addresses inside the windows that there are, and offered to the drivers.  How many came;
 * *gone (may be NULL) gets how many went.
 */
unsigned int pci_rescan(unsigned int *gone);

/* Take out the functions that answer no more, and say so: how many. */
unsigned int pci_remove_gone(void);

/*
 * Take a function out, those behind it first: its driver is stopped, what it decodes is
 * switched off and leaves the register, and `dev` is freed.  What somebody else claimed in it
 * stays in the register, after a line.
 */
void pci_stop_and_remove_bus_device(struct pci_dev *dev);

/*
 * A claim by somebody else than a driver in what the function, or one behind it, decodes
 * (ACPI's registers, a hot-plug controller's), or NULL: who removes it is asked to keep off.
 */
const struct resource *pci_claimed_by_others(struct pci_dev *dev);

/* From an event (in a thread): as pci_rescan(), and a line where something came or went. */
void pci_notice(void);

/* Of a port (pciehp.c): its slot is left to us, and power there can be switched. */
bool pciehp_has_switch(const struct pci_dev *port);
/* Returns when power is off for sure. */
void pciehp_power_off(const struct pci_dev *port);
/* Power for cards that sit in slots without: they answer when this returns. */
void pciehp_power_on_slots(void);

/*
 * Remove all functions of the slot and let the card go: power off, or firmware's _EJ0.  0;
 * -EOPNOTSUPP: neither is there; -EBUSY: somebody else holds a part of it; what the method
 * ended with.  All after a line.
 */
int pci_eject_slot(struct pci_dev *dev);

#endif
