/* SPDX-License-Identifier: MIT */
#ifndef DRIVERS_ACPI_TABLE_ERST_H
#define DRIVERS_ACPI_TABLE_ERST_H

/* Claim the registers of the ERST and the range of its records, as "APEI ERST"; after PCI. */
void erst_init(void);

#endif
