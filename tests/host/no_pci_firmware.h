/* SPDX-License-Identifier: MIT */
/* What PCI asks of ACPI, of a firmware that knows nothing: for programs that link drivers/acpi/claims.c alone. */
#ifndef TESTS_HOST_NO_PCI_FIRMWARE_H
#define TESTS_HOST_NO_PCI_FIRMWARE_H

#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/firmware.h"
#include "kernel/lib/errno.h"

int acpi_pci_irq_route(const struct pci_dev *dev, u8 pin, u32 *gsi, bool *level, bool *active_low)
{
	(void)dev, (void)pin, (void)gsi, (void)level, (void)active_low;
	return -ENOENT;
}

int acpi_pci_irq_look(const struct pci_dev *dev, u8 pin, u32 *gsi)
{
	(void)dev, (void)pin, (void)gsi;
	return -ENOENT;
}

int acpi_pci_walk_wires(ioapic_wire_fn fn, void *arg)
{
	(void)fn, (void)arg;
	return 0;
}

bool acpi_pci_slots_are_firmware_s(const struct pci_bus *bus)
{
	(void)bus;
	return false;
}

bool acpi_pci_can_eject(const struct pci_bus *bus, u8 devfn)
{
	(void)bus, (void)devfn;
	return false;
}

int acpi_pci_eject(const struct pci_bus *bus, u8 devfn)
{
	(void)bus, (void)devfn;
	return -ENOENT;
}

#endif
