/* SPDX-License-Identifier: MIT */
/* What PCI functions know of the memory map, before there is memory. */
#ifndef DRIVERS_PCI_EARLY_H
#define DRIVERS_PCI_EARLY_H

#include "kernel/lib/compiler.h"

/*
 * Configuration space through ports 0cf8-0cff, before anybody proved that they lead there
 * and before they can be claimed: all ones where nothing answers.  size as in struct pci_ops.
 */
u32 pci_early_read(u8 bus, u8 devfn, int where, int size);

/*
 * Memory that Intel's graphics took becomes Reserved in e820_table.  After
 * e820__memory_setup(), before e820__memblock_setup().  pci=noearly: nobody is asked.
 */
void pci_reserve_stolen(void);

#endif
