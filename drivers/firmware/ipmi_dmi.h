/* SPDX-License-Identifier: MIT */
/* The controllers of the board's management processor that SMBIOS tells of: see ipmi_dmi.c. */
#ifndef DRIVERS_FIRMWARE_IPMI_DMI_H
#define DRIVERS_FIRMWARE_IPMI_DMI_H

#include "drivers/firmware/dmi.h"
#include "kernel/core/resource.h"

#define IPMI_MAX_REGISTERS 3

/*
 * The registers of an IPMI structure (type 38), named "IPMI Address 1" and on: how
 * many, 0 where it describes none or cannot be understood, after a line.  Pure.
 */
unsigned int ipmi_dmi_registers(const struct dmi_header *dm, struct resource *res);

/* All of them into the register, after the namespace's devices and before PCI's claims. */
void ipmi_dmi_init(void);

#endif
