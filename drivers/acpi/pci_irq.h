/* SPDX-License-Identifier: MIT */
/*
 * What the namespace says of PCI's slots: where their interrupt pins go, who plugs.
 *
 * All of these evaluate, with acpi_lock() of their own.  In threads that may sleep, with PCI's
 * mutex (drivers/pci/pci.h) or at boot: buses and functions stay.
 */
#ifndef DRIVERS_ACPI_PCI_IRQ_H
#define DRIVERS_ACPI_PCI_IRQ_H

#include "drivers/apic/ioapic.h"

struct pci_bus;
struct pci_dev;

/*
 * The GSI of pin 0 (INTA) to 3 of a function and what it takes; a link on the way is
 * set.  0; -ENOENT: the namespace is silent; another errno, after a line.
 */
int acpi_pci_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level, bool *active_low);

/* The same GSI, as it would be now, and nothing is set nor said: 0, or an errno where there would be none. */
int acpi_pci_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi);

/*
 * Each wire that a _PRT tells of and acpi_pci_irq_route() would give; by a link where that leads, or would if it
 * were set now: for ioapic_set_wires().  Takes PCI's mutex itself.
 */
int acpi_pci_walk_wires(ioapic_wire_fn fn, void *arg);

/* Firmware ejects cards of this bus by methods of its own (ACPI 6.5, 6.3.3, _EJ0). */
bool acpi_pci_slots_are_firmware_s(const struct pci_bus *bus);

struct aml_node;

/* The node whose _EJ0 lets the card go that has this function, or NULL. */
struct aml_node *acpi_pci_ejecting_node(const struct pci_bus *bus, u8 devfn);
bool acpi_pci_can_eject(const struct pci_bus *bus, u8 devfn);
/* Have firmware let that card go, with all its functions: 0, or an errno after a line. */
int acpi_pci_eject(const struct pci_bus *bus, u8 devfn);

#endif
