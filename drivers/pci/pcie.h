/* SPDX-License-Identifier: MIT */
/* What follows from the PCI Express capability: kinds of ports, extended space, ARI. */
#ifndef DRIVERS_PCI_PCIE_H
#define DRIVERS_PCI_PCIE_H

#include "drivers/pci/access.h"
#include "drivers/pci/pci.h"

/* PCI Express 5.0, 7.5.3: in the capability. */
#define PCI_EXP_FLAGS		0x02 /* 7.5.3.2 */
#define PCI_EXP_FLAGS_IRQ_SHIFT 9    /* bits 13:9: which message its interrupts are */
#define PCI_EXP_SLTCAP		0x14 /* 7.5.3.9 */
#define PCI_EXP_SLTCAP_HPC	BIT(6)

#define PCI_EXT_CAP_FIRST PCI_CFG_SPACE_SIZE
/* 7.6: an extended capability has 8 bytes at least, so a longer list goes round in circles. */
#define PCI_EXT_CAP_STEPS ((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8)

/* Bytes of configuration space that the device answers to: 256 or 4096. */
int pci_cfg_space_size(const struct pci_dev *dev);

/* pcie_cap, pcie_type and hotplug_bridge; the bridge that leads to the device has its own. */
void pci_express_init(struct pci_dev *dev);

/* A root or downstream port, or a bridge to PCI Express: device 0 alone lies behind it (7.3.1). */
bool pcie_leads_to_one_slot(const struct pci_dev *dev);

/* Offset of the first extended capability of that id, 0 where there is none. */
u16 pci_find_ext_capability(const struct pci_dev *dev, u16 id);

/* Function 0 is there: the port that leads to it forwards ARI from now on, if both can. */
void pci_ari_init(struct pci_dev *dev);

/* The function that comes after this one in the device's list, 0: none. */
u8 pci_next_ari_function(const struct pci_dev *dev);

#endif
