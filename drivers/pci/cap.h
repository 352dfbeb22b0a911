/* SPDX-License-Identifier: MIT */
/*
 * Walks over what a device says of itself: capability lists and BAR masks.
 * Pure logic over a read callback: also runs on the host.
 */
#ifndef DRIVERS_PCI_CAP_H
#define DRIVERS_PCI_CAP_H

#include "kernel/lib/compiler.h"

struct resource;

#define PCI_CAP_ID_PM	 0x01
#define PCI_CAP_ID_MSI	 0x05
#define PCI_CAP_ID_VNDR	 0x09
#define PCI_CAP_ID_SSVID 0x0d
#define PCI_CAP_ID_EXP	 0x10
#define PCI_CAP_ID_MSIX	 0x11
#define PCI_CAP_ID_ANY	 0xff /* matches every entry; no capability has this number */

/*
 * PCI 3.0, 6.7: the list lies in bytes 40h..ffh at multiples of four, so 48
 * entries fit; a longer walk goes round in circles.
 */
#define PCI_CAP_MAX_STEPS 48
#define PCI_CAP_FIRST	  0x40

/* One byte of configuration space, 0xff where it cannot be read. */
typedef u8 (*pci_cap_read_t)(const void *dev, int where);

/*
 * The first capability of `id` at or behind the list pointer that is stored at
 * `where` (34h for the whole list, an entry's offset + 1 for the rest): its
 * offset, or 0 at the end of the list, at an absent entry and at a list that is
 * longer than it can be.
 */
u8 pci_cap_walk(pci_cap_read_t read, const void *dev, u8 where, u8 id);

/* What a BAR holds (`value`) and what it held after all ones were written (`mask`). */
struct pci_bar_probe {
	u64 value, mask; /* 64 bits of a 64-bit BAR, else the low 32 */
};

/* What a register's low bits say it is: IORESOURCE_ flags, low bits included. */
unsigned long pci_bar_flags(u32 low);

enum pci_bar_kind { PCI_BAR_ABSENT, PCI_BAR_OK, PCI_BAR_BROKEN };

/*
 * Decode a BAR into res->start, end and flags (`rom`: an expansion ROM's).
 * PCI_BAR_BROKEN is a mask that is no power of two's, or a range that wraps:
 * res is not to be used.  res->flags is 0 unless PCI_BAR_OK.
 */
enum pci_bar_kind pci_bar_decode(const struct pci_bar_probe *probe, bool rom, struct resource *res);

/* "MSI-X", of a capability and of an extended one; NULL: no name is known. */
const char *pci_cap_name(u8 id);
const char *pci_ext_cap_name(u16 id);

#endif
