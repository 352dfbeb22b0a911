/* SPDX-License-Identifier: MIT */
/* General purpose events, and what firmware's methods make of them. */
#ifndef DRIVERS_ACPI_GPE_H
#define DRIVERS_ACPI_GPE_H

/*
 * Events that have a method are enabled: the method runs, and its Notify of a PCI slot has
 * the bus looked at, or the card ejected.  After the buses are known; interrupts work.
 */
void acpi_gpe_init(void);
/* What listens to Notify for PCI's slots. */
void acpi_pci_plug_init(void);

#endif
