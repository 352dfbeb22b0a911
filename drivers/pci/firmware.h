/* SPDX-License-Identifier: MIT */
/*
 * What only the machine's firmware knows about PCI.  The namespace's room (drivers/acpi)
 * stands above this one: it answers through this table, which it gives before the buses
 * are looked at.  Without one each answer is the last one named below.
 */
#ifndef DRIVERS_PCI_FIRMWARE_H
#define DRIVERS_PCI_FIRMWARE_H

#include "kernel/lib/compiler.h"

struct pci_bus;
struct pci_dev;

struct pci_firmware_ops {
	/* One memory range of the board's own holds all of [start, end), or false.  Boot only. */
	bool (*board_reserves)(u64 start, u64 end);
	/*
	 * The GSI of pin 0 (INTA) to 3 of a function and what it takes; a link on the
	 * way is set.  0; -ENOENT: silent; another errno, after a line.
	 */
	int (*irq_route)(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level,
			 bool *active_low);
	/* The same GSI, as it would be now, and nothing is set nor said: 0, or an errno where there would be none. */
	int (*irq_look)(const struct pci_dev *dev, u8 pin, u32 *gsi);
	/* Firmware ejects cards of this bus by methods of its own, or false. */
	bool (*slots_are_firmware_s)(const struct pci_bus *bus);
	/* It has one for the slot that this function is in, or false. */
	bool (*can_eject)(const struct pci_bus *bus, u8 devfn);
	/* Let that card go, with all its functions: 0, or an errno after a line; -ENOENT. */
	int (*eject)(const struct pci_bus *bus, u8 devfn);
};

/* Boot, once; `ops` lives for ever, and all its functions are there. */
void pci_set_firmware_ops(const struct pci_firmware_ops *ops);

/* The same questions, with or without a table. */
bool pci_board_reserves(u64 start, u64 end);
int pci_firmware_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level,
			   bool *active_low);
int pci_firmware_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi);
bool pci_slots_are_firmware_s(const struct pci_bus *bus);
bool pci_firmware_can_eject(const struct pci_bus *bus, u8 devfn);
int pci_firmware_eject(const struct pci_bus *bus, u8 devfn);

#endif
