/* SPDX-License-Identifier: MIT */
/* The fixed hardware that the FADT names: ACPI mode, reset, power off, its ports. */
#ifndef DRIVERS_ACPI_PM_H
#define DRIVERS_ACPI_PM_H

#include "kernel/lib/compiler.h"

struct acpi_gas;

/* A register of the FADT that can be used: a port, or memory that is mapped; else neither. */
struct pm_reg {
	u16 port;
	void __iomem *mem;
};

/* `bytes` of them at `gas`; one that cannot be reached is said with its name. */
void pm_setup(struct pm_reg *r, const struct acpi_gas *gas, unsigned int bytes, const char *name);
bool pm_usable(const struct pm_reg *r);
/* The byte `at` bytes into it.  Any context. */
u8 pm_read8(const struct pm_reg *r, unsigned int at);
void pm_write8(const struct pm_reg *r, unsigned int at, u8 value);

/* Bring the machine into ACPI mode; reset and power off through the FADT work. */
void acpi_enable(void);
/* Buttons and timers raise no SCI from now on (4.8.3.1.2). */
void acpi_disable_fixed_events(void);

/* Claim the PM blocks, "ACPI PM1a_EVT_BLK" and so on; what \_S5 says is known. */
void acpi_reserve_resources(void);

#endif
