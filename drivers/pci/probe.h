/* SPDX-License-Identifier: MIT */
/* Between the files that find devices, mend them and claim what they decode. */
#ifndef DRIVERS_PCI_PROBE_H
#define DRIVERS_PCI_PROBE_H

#include "drivers/pci/access.h"
#include "drivers/pci/pci.h"

/*
 * A new bus: behind the bridge `self` of `parent`, or a root where both are NULL.  The
 * number has no bus yet.  NULL after a line.
 */
struct pci_bus *pci_add_bus(struct pci_bus *parent, struct pci_dev *self, u16 segment, u8 number,
			    u8 busn_end);

/* "BB:DD.F" or "SSSS:BB:DD.F" in hexadecimal, as a person types it: 0 or -EINVAL. */
int pci_parse_slot(const char *s, u16 *segment, u8 *bus, u8 *devfn);
/* How a function is called for short: its name, without segment 0. */
const char *pci_short_name(const struct pci_dev *dev);
/* The function that is named so, or NULL. */
struct pci_dev *pci_get_by_name(const char *s);

/* Nothing is on it or behind it any more: the bridge leads nowhere, its number is free. */
void pci_remove_bus(struct pci_bus *bus);

/*
 * A scan is over.  Buses beneath a bus, which come in the order in which they got numbers,
 * are put into that of the bridges which lead to them; and a later scan takes no number of
 * theirs for another.
 */
void pci_settle_buses(struct pci_bus *root);

/* Find the devices of one bus that are not known yet. */
void pci_scan_slots(struct pci_bus *bus);

/*
 * The devices of a root bus and of all buses beneath, which get numbers.  The highest
 * number that is taken, by a bus, for virtual functions, or for cards to come.  Once
 * more: what is known stays, what is new is found.
 */
unsigned int pci_scan_tree(struct pci_bus *root);

/*
 * Read a function's header, BARs and windows into `dev` (bus, devfn, vendor and
 * device are set).  -EIO for a header type that is unknown: to be left alone.
 */
int pci_setup_device(struct pci_dev *dev);

/*
 * Read the BAR (or ROM) at `reg` into resource nr; has_next: the next register is one,
 * too.  True when it is 64 bits wide and took that one.
 */
bool pci_read_base(struct pci_dev *dev, int nr, int reg, bool has_next);

/* The ranges that a device's virtual functions would decode, where it can have any. */
void pci_iov_init(struct pci_dev *dev);

/* How many bus numbers after the bus's own the virtual functions of its devices reach. */
unsigned int pci_iov_bus_range(const struct pci_bus *bus);

static inline bool pci_is_cardbus(const struct pci_dev *dev)
{
	return dev->hdr_type == PCI_HEADER_CARDBUS;
}

/* To PCI or to CardBus: a bus lies behind it, or will. */
static inline bool pci_is_bridge(const struct pci_dev *dev)
{
	return dev->hdr_type == PCI_HEADER_BRIDGE || pci_is_cardbus(dev);
}

/* Which windows a bridge has: ports and prefetchable memory are optional. */
void pci_probe_bridge_windows(struct pci_dev *bridge);

/* The windows of a bridge into its resources and those of the bus behind it. */
void pci_read_bridge_bases(struct pci_bus *child);

/* The other way: a window's resource (one of them, or all) into its registers. */
void pci_write_bridge_window(const struct pci_dev *bridge, int nr);
void pci_write_cardbus_window(const struct pci_dev *bridge, int nr);
void pci_setup_bridge(const struct pci_dev *bridge);

/* Its header has other things where BARs and ROM would be. */
bool pci_has_no_bars(const struct pci_dev *dev);

/* What a device's header does not tell and Linux shows: ports at fixed places, shadowed ROMs. */
void pci_fixup_header(struct pci_dev *dev);

/* pci=resource_alignment=: its memory BARs lose their places, and get some that are aligned so. */
void pci_realign_device(struct pci_dev *dev);

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

/* Write the address of a BAR, ROM or VF BAR into its register, read back and checked. */
void pci_update_resource(struct pci_dev *dev, int nr);

/* Switch off the ROM of a device that has one. */
void pci_disable_rom(struct pci_dev *dev);

/* "BAR 0", "ROM", "bridge window": what to call dev->resource[nr] in a message. */
const char *pci_resource_name(const struct pci_dev *dev, int nr);

/* Draw all buses: lspci -t.  With PCI's mutex. */
struct sink;
void lspci_tree(struct sink *out);
/* The same, and more of each, as drivers/pci/lspci.schema.json says; with the mutex. */
void lspci_json(struct sink *out);

/* irq_monitor.c: somebody wants the function, whose irq the monitor may have: no longer.  With PCI's mutex. */
void pci_irq_take_back(struct pci_dev *dev, const char *why);

/* managed.c: what its driver had by pcim_*() is taken back.  With PCI's mutex. */
void pcim_release_all(struct pci_dev *dev);

/* msix.c: the number of a message as /proc/interrupts shows it. */
u32 pci_msi_hwirq(const struct pci_dev *dev, u32 nr);

#endif
