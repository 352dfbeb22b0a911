/* SPDX-License-Identifier: MIT */
/* The fixed hardware that the FADT names: ACPI mode, reset, power off, its ports. */
#ifndef DRIVERS_ACPI_PM_H
#define DRIVERS_ACPI_PM_H

#include "kernel/lib/compiler.h"

/* Bring the machine into ACPI mode; reset and power off through the FADT work. */
void acpi_enable(void);
/* Claim the PM blocks, "ACPI PM1a_EVT_BLK" and so on; what \_S5 says is known. */
void acpi_reserve_resources(void);

#endif
