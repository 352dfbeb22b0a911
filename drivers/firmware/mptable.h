/* SPDX-License-Identifier: MIT */
/*
 * The MP table (Intel MultiProcessor Specification 1.4, chapter 4): interrupt
 * routing of machines without ACPI.  Pure, but for the two functions at the end.
 */
#ifndef DRIVERS_FIRMWARE_MPTABLE_H
#define DRIVERS_FIRMWARE_MPTABLE_H

#include "kernel/irq/routing.h"

#define MP_FLOAT_SIZE 16U
#define MP_TABLE_MIN  44U
#define MP_MAX_PCI    256

/* 4.1: lies on a 16-byte boundary and points at the table. */
struct mp_float {
	char signature[4]; /* "_MP_" */
	u32 table;	   /* physical address; 0: a default configuration */
	u8 length;	   /* in units of 16 bytes: 1 */
	u8 revision;	   /* 1 or 4 */
	u8 checksum;
	u8 default_config; /* 0: there is a table, else 1 .. 7, chapter 5 */
	u8 features;	   /* bit 7: IMCR present */
	u8 reserved[3];
} __packed;

/* 4.2 */
struct mp_table {
	char signature[4]; /* "PCMP" */
	u16 length;	   /* bytes, this header included */
	u8 revision, checksum;
	char oem_id[8], product_id[12];
	u32 oem_table;
	u16 oem_table_size, entry_count;
	u32 lapic_addr;
	u16 extended_length;
	u8 extended_checksum, reserved;
} __packed;

_Static_assert(sizeof(struct mp_float) == MP_FLOAT_SIZE, "MP 4.1");
_Static_assert(sizeof(struct mp_table) == MP_TABLE_MIN, "MP 4.2");

/* Where INTx of one device goes. */
struct mp_pci_route {
	u8 bus, slot, pin; /* pin 0 is INTA */
	bool level, active_low;
	u32 gsi;
};

struct mp_pci_routes {
	unsigned int count;
	struct mp_pci_route route[MP_MAX_PCI];
};

/* A pointer structure that holds in `size` bytes. */
bool mp_float_check(const void *p, size_t size);

/* A whole table in `size` bytes: 0, -EINVAL, -EILSEQ. */
int mp_table_check(const void *p, size_t size);

/*
 * Fill `r` and `pci` from a checked table.  `pins` tells how many inputs the
 * IOAPIC at an address has: the second one's GSIs follow the first one's.  An
 * entry of unknown type has an unknown length, so it ends the walk: -EINVAL,
 * with what came before kept.
 */
int mp_table_decode(const void *p, struct irq_routing *r, struct mp_pci_routes *pci,
		    unsigned int (*pins)(phys_addr_t addr));

/* Chapter 5's fixed configurations: 0, or -EINVAL for a number that it lacks. */
int mp_default_config(u8 number, struct irq_routing *r);

/* Early: find the pointer, keep the table out of the allocator's hands. */
void mp_find_table(void);

/* Once memremap works: decode what was found.  0, or -ENOENT with `r` untouched. */
int mp_boot_init(struct irq_routing *r);

/*
 * Where the MP table says that a PCI device's INTx goes: pin 0 is INTA.  0, or
 * -ENOENT where there is no MP table in use or it is silent.
 */
int mp_pci_irq(u8 bus, u8 slot, u8 pin, u32 *gsi, bool *level, bool *active_low);

#endif
