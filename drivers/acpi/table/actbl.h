/* SPDX-License-Identifier: MIT */
/*
 * The layouts of ACPI's tables (ACPI 6.5, chapter 5) and the pure functions
 * that check, walk and decode them.
 *
 * Each takes a table that lies whole in memory, with the number of bytes that
 * may be read, keeps nothing of it, and runs on the host as well.  None of the
 * structures is aligned: all are packed.
 */
#ifndef DRIVERS_ACPI_TABLE_ACTBL_H
#define DRIVERS_ACPI_TABLE_ACTBL_H

#include "drivers/acpi/table/acpi.h"
#include "kernel/irq/routing.h"

#define ACPI_RSDP_V1_SIZE 20
#define ACPI_RSDP_V2_SIZE 36
#define ACPI_TABLE_MIN	  36U	    /* a header */
#define ACPI_TABLE_MAX	  0x100000U /* sane bound: the largest DSDTs are some 300 KiB */
#define ACPI_FACS_MIN	  64U

/* 5.2.5.3; before revision 2 the structure ends behind rsdt_address. */
struct acpi_rsdp {
	char signature[8]; /* "RSD PTR " */
	u8 checksum;	   /* of the first 20 bytes */
	char oem_id[6];
	u8 revision; /* 0: ACPI 1.0, 2: later */
	u32 rsdt_address;
	u32 length;
	u64 xsdt_address;
	u8 extended_checksum; /* of all `length` bytes */
	u8 reserved[3];
} __packed;

/* 5.2.12 and the interrupt controller structures of table 5.20 that are used. */
struct acpi_madt {
	struct acpi_table_header header;
	u32 lapic_addr;
	u32 flags; /* bit 0: PCAT_COMPAT */
} __packed;

struct acpi_subtable {
	u8 type;
	u8 length; /* bytes, these two included */
} __packed;

enum acpi_madt_type {
	ACPI_MADT_LOCAL_APIC = 0,
	ACPI_MADT_IO_APIC = 1,
	ACPI_MADT_INTERRUPT_OVERRIDE = 2,
	ACPI_MADT_LOCAL_APIC_NMI = 4,
	ACPI_MADT_LOCAL_APIC_OVERRIDE = 5,
	ACPI_MADT_LOCAL_X2APIC = 9,
	ACPI_MADT_LOCAL_X2APIC_NMI = 10,
};

#define ACPI_MADT_ENABLED BIT(0) /* 5.2.12.2, of a processor */

#define ACPI_MADT_NO_ID	  0xffU /* there is no such processor, whatever the flags say */
#define ACPI_MADT_NO_X2ID 0xffffffffU

struct acpi_madt_local_apic {
	struct acpi_subtable h;
	u8 uid, id;
	u32 flags;
} __packed;

struct acpi_madt_io_apic {
	struct acpi_subtable h;
	u8 id, reserved;
	u32 addr, gsi_base;
} __packed;

struct acpi_madt_override {
	struct acpi_subtable h;
	u8 bus;	   /* 0: ISA */
	u8 source; /* ISA irq */
	u32 gsi;
	u16 flags; /* MPS INTI flags, table 5.26 */
} __packed;

struct acpi_madt_lapic_nmi {
	struct acpi_subtable h;
	u8 uid; /* 0xff: every processor */
	u16 flags;
	u8 lint;
} __packed;

struct acpi_madt_lapic_override {
	struct acpi_subtable h;
	u16 reserved;
	u64 addr;
} __packed;

struct acpi_madt_x2apic {
	struct acpi_subtable h;
	u16 reserved;
	u32 id, flags, uid;
} __packed;

struct acpi_madt_x2apic_nmi {
	struct acpi_subtable h;
	u16 flags;
	u32 uid;
	u8 lint, reserved[3];
} __packed;

/* PCI Firmware 3.3, table 4-3. */
struct acpi_mcfg_allocation {
	u64 base;
	u16 segment;
	u8 start_bus, end_bus;
	u32 reserved;
} __packed;

/* IA-PC HPET 1.0a, 3.2.4. */
struct acpi_hpet {
	struct acpi_table_header header;
	u32 id; /* bits 31:16 vendor, 12:8 last timer, 15 legacy capable */
	struct acpi_gas address;
	u8 number;
	u16 min_tick;
	u8 flags;
} __packed;

/* VT-d 4.0, 8.1 and 8.3. */
struct acpi_dmar_drhd {
	u16 type; /* 0 */
	u16 length;
	u8 flags, size;
	u16 segment;
	u64 address;
} __packed;

#define ACPI_DMAR_HEADER_SIZE 48
#define ACPI_MCFG_HEADER_SIZE 44

_Static_assert(sizeof(struct acpi_table_header) == ACPI_TABLE_MIN, "5.2.6");
_Static_assert(sizeof(struct acpi_gas) == 12, "5.2.3.2");
_Static_assert(sizeof(struct acpi_rsdp) == ACPI_RSDP_V2_SIZE, "5.2.5.3");
_Static_assert(sizeof(struct acpi_madt) == 44, "5.2.12");
_Static_assert(sizeof(struct acpi_madt_local_apic) == 8, "5.2.12.2");
_Static_assert(sizeof(struct acpi_madt_io_apic) == 12, "5.2.12.3");
_Static_assert(sizeof(struct acpi_madt_override) == 10, "5.2.12.5");
_Static_assert(sizeof(struct acpi_madt_lapic_nmi) == 6, "5.2.12.7");
_Static_assert(sizeof(struct acpi_madt_lapic_override) == 12, "5.2.12.8");
_Static_assert(sizeof(struct acpi_madt_x2apic) == 16, "5.2.12.12");
_Static_assert(sizeof(struct acpi_madt_x2apic_nmi) == 12, "5.2.12.13");
_Static_assert(sizeof(struct acpi_mcfg_allocation) == 16, "PCI Firmware table 4-3");
_Static_assert(sizeof(struct acpi_hpet) == 56, "HPET 3.2.4");
_Static_assert(sizeof(struct acpi_dmar_drhd) == 16, "VT-d 8.3");

/*
 * An RSDP in `size` readable bytes: its length (20 or more) when signature and
 * the sums of its revision hold.  A revision 2 whose second sum is wrong, or
 * that is cut off, still counts as revision 0 with 20 bytes.  Else -EINVAL.
 */
int acpi_rsdp_check(const void *p, size_t size);

/* The length field is sane for its signature: 0, or -EINVAL. */
int acpi_header_check(const struct acpi_table_header *h);

/* A whole table: header, length within `size`, checksum (a FACS has none).  0, -EINVAL, -EILSEQ. */
int acpi_table_check(const struct acpi_table_header *h, size_t size);

/* As Linux lists a table, without line end: "FACP 0x... 000074 (v01 BOCHS ...)". */
void acpi_table_describe(char *buf, size_t size, const struct acpi_table_header *h,
			 phys_addr_t phys);
void acpi_rsdp_describe(char *buf, size_t size, const struct acpi_rsdp *rsdp, int length,
			phys_addr_t phys);

/* All of a checked table, field by field where its layout is known (layout.h): describe.c. */
struct sink;
void acpi_table_show(struct sink *out, const struct acpi_table_header *h);

/*
 * Fill `r` from a checked MADT.  `sci` is the FADT's SCI, whose default is level
 * and low.  Records that are too short for their type are passed over with a
 * line; one of length 0 or 1, or that leaves the table, ends the walk: -EINVAL,
 * with what came before kept.
 */
int madt_decode(const struct acpi_table_header *h, u16 sci, struct irq_routing *r);

/* From a checked FADT of any revision; fields behind its length stay zero. */
void fadt_decode(const struct acpi_table_header *h, struct fadt_info *f);

/* The n-th usable allocation of a checked MCFG: false past the last. */
bool mcfg_entry(const struct acpi_table_header *h, unsigned int n,
		struct acpi_mcfg_allocation *out);

/* The n-th usable DRHD of a checked DMAR: false past the last. */
bool dmar_drhd(const struct acpi_table_header *h, unsigned int n, struct acpi_dmar_drhd *out);

/* A checked HPET table names a usable block: its address (in memory, not 0), else 0. */
phys_addr_t hpet_table_address(const struct acpi_table_header *h);

#endif
