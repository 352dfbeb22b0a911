/* SPDX-License-Identifier: MIT */
/*
 * Raw configuration access by bus number: which mechanism serves which bus.
 *
 * Drivers use pci_read_config_*() of pci.h; this header is for the files of
 * drivers/pci that look at buses before there is a struct pci_dev.
 */
#ifndef DRIVERS_PCI_ACCESS_H
#define DRIVERS_PCI_ACCESS_H

#include "drivers/pci/pci.h"

/* PCI 3.0, chapter 6.1; the registers that more than one file reads. */
#define PCI_VENDOR_ID	     0x00
#define PCI_DEVICE_ID	     0x02
#define PCI_COMMAND	     0x04
#define PCI_COMMAND_IO	     BIT(0)
#define PCI_COMMAND_MEMORY   BIT(1)
#define PCI_COMMAND_MASTER   BIT(2)
#define PCI_COMMAND_INTX_OFF BIT(10)
#define PCI_STATUS	     0x06
#define PCI_STATUS_CAP_LIST  BIT(4)
#define PCI_CLASS_REVISION   0x08
#define PCI_REVISION_ID	     0x08
#define PCI_HEADER_TYPE	     0x0e
#define PCI_BASE_ADDRESS_0   0x10
#define PCI_SUBSYSTEM_VENDOR 0x2c
#define PCI_ROM_ADDRESS	     0x30
#define PCI_CAPABILITY_LIST  0x34
#define PCI_INTERRUPT_LINE   0x3c
#define PCI_INTERRUPT_PIN    0x3d

/* PCI-to-PCI Bridge 1.2, chapter 3.2: header type 1. */
#define PCI_PRIMARY_BUS	     0x18
#define PCI_IO_BASE	     0x1c
#define PCI_MEMORY_BASE	     0x20
#define PCI_PREF_MEMORY_BASE 0x24
#define PCI_PREF_BASE_UPPER  0x28
#define PCI_PREF_LIMIT_UPPER 0x2c
#define PCI_IO_BASE_UPPER    0x30
#define PCI_ROM_ADDRESS1     0x38
#define PCI_BRIDGE_CONTROL   0x3e
#define PCI_BRIDGE_CTL_VGA   BIT(3)

/* PCI Express 5.0, 9.3.3: in the capability of virtual functions. */
#define PCI_SRIOV_CTRL	     0x08
#define PCI_SRIOV_CTRL_VFE   BIT(0)
#define PCI_SRIOV_TOTAL_VFS  0x0e
#define PCI_SRIOV_NUM_VFS    0x10
#define PCI_SRIOV_VF_OFFSET  0x14
#define PCI_SRIOV_VF_STRIDE  0x16
#define PCI_SRIOV_PAGE_SIZES 0x1c
#define PCI_SRIOV_PAGE_SIZE  0x20
#define PCI_SRIOV_BAR	     0x24

#define PCI_HEADER_MULTI   0x80
#define PCI_HEADER_NORMAL  0
#define PCI_HEADER_BRIDGE  1
#define PCI_HEADER_CARDBUS 2

/* Base class and subclass: PCI Code and ID Assignment 1.11, chapter 1. */
#define PCI_CLASS_STORAGE_IDE	 0x0101
#define PCI_BASE_CLASS_DISPLAY	 0x03
#define PCI_CLASS_DISPLAY_VGA	 0x0300
#define PCI_CLASS_BRIDGE_HOST	 0x0600
#define PCI_CLASS_BRIDGE_PCI	 0x0604
#define PCI_CLASS_BRIDGE_CARDBUS 0x0607
#define PCI_CLASS_SYSTEM_PIC	 0x0800

#define PCI_CFG_SPACE_SIZE     256  /* bytes */
#define PCI_CFG_SPACE_EXP_SIZE 4096 /* PCI Express 5.0, 7.2.2 */

/*
 * Read or write one bus's configuration space through ECAM where its window
 * covers the bus, else, in segment 0, through ports 0cf8-0cff.  As struct pci_ops; a failed
 * read gives all ones, as an absent device does.
 */
int pci_raw_read(u16 segment, u8 bus, u8 devfn, int where, int size, u32 *value);
int pci_raw_write(u16 segment, u8 bus, u8 devfn, int where, int size, u32 value);

/* An empty slot's id reads all ones; some boards give zeroes, or one of them in half of it. */
static inline bool pci_is_vendor(u32 id)
{
	return (u16)id != 0 && (u16)id != 0xffff;
}

/* Claim the ports and prove the mechanism: NULL, after a line, where it does not work. */
const struct pci_ops *pci_conf1_probe(void);
/* Function 0 of any slot of the bus answers through it.  Boot. */
bool pci_conf1_bus_answers(u8 bus);

/*
 * ECAM from the MCFG table: NULL where there is none that can be trusted.  `late`:
 * the namespace can be asked, too; only after a first call gave NULL.
 */
const struct pci_ops *pci_mmcfg_probe(bool late);
/* Buses of the window that the chipset's own register tells, and where it is; 0: it tells none.  Boot. */
unsigned int pci_mmcfg_of_chipset(u64 *base);
/*
 * One more window, of a host bridge whose first bus has none; it ends before the first bus that has one, after a
 * line.  `address` is bus 0's, or 0.  NULL: it is not used, after a line where there was one to use.
 */
const struct pci_ops *pci_mmcfg_insert(u16 segment, u8 start_bus, u8 end_bus, u64 address);
/* An ECAM window covers this bus and could be mapped. */
bool pci_mmcfg_covers(u16 segment, u8 bus);
/* The highest bus of segment 0 that one is for, mapped or not; -1: there is none. */
int pci_mmcfg_last_bus(void);

/* Function 0 of any slot of the bus answers; configuration space is reachable. */
bool pci_bus_answers(u8 bus);

/* pci_access_setup() found a mechanism. */
bool pci_is_reachable(void);

#endif
