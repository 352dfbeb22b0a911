/* SPDX-License-Identifier: MIT */
/* Between the files that find devices, mend them and claim what they decode. */
#ifndef DRIVERS_PCI_PROBE_H
#define DRIVERS_PCI_PROBE_H

#include "drivers/pci/pci.h"

/*
 * Read a function's header, BARs and windows into `dev` (bus, devfn, vendor and
 * device are set).  -EIO for a header type that is unknown: to be left alone.
 */
int pci_setup_device(struct pci_dev *dev);

/* The windows of a bridge into its resources and those of the bus behind it. */
void pci_read_bridge_bases(struct pci_bus *child);

/* What a device's header does not tell and Linux shows: ports at fixed places, shadowed ROMs. */
void pci_fixup_header(struct pci_dev *dev);

/*
 * Put a resource of the device beneath the window of its bus that contains it.
 * 0; -EINVAL (no address, no window) or -EBUSY after a line that names both,
 * and IORESOURCE_UNSET is set.
 */
int pci_claim_resource(struct pci_dev *dev, int nr);

/* The window of the device's bus that contains the resource, or NULL. */
struct resource *pci_find_parent_resource(const struct pci_dev *dev, const struct resource *res);

/* Claim windows, then the BARs that are decoded now, then the others. */
void pci_resource_survey(void);

/* The ROMs where firmware put them. */
void pci_claim_roms(void);

/* Write a BAR's or a ROM's address into its register, read back and checked. */
void pci_update_resource(struct pci_dev *dev, int nr);

/* "BAR 0", "ROM", "bridge window": what to call dev->resource[nr] in a message. */
const char *pci_resource_name(const struct pci_dev *dev, int nr);

#endif
