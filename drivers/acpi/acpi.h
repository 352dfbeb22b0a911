/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables: found, checked, kept; what other drivers ask of them.
 *
 * Tables are byte aligned and untrusted: nothing is used before signature,
 * length and checksum hold, and each record walk is bounded by its table.
 */
#ifndef DRIVERS_ACPI_ACPI_H
#define DRIVERS_ACPI_ACPI_H

#include "kernel/compiler.h"

/* ACPI 6.5, 5.2.6: the header of every table but RSDP and FACS. */
struct acpi_table_header {
	char signature[4];
	u32 length;		/* bytes, header included */
	u8 revision;
	u8 checksum;		/* all bytes add up to 0 */
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	char creator_id[4];
	u32 creator_revision;
} __packed;

/* ACPI 6.5, 5.2.3.2: Generic Address Structure. */
struct acpi_gas {
	u8 space_id;		/* 0 memory, 1 I/O */
	u8 bit_width, bit_offset, access_size;
	u64 address;
} __packed;

/* ISA irq -> GSI, MADT type 2 (ACPI 6.5, 5.2.12.5) or an MP table's entry. */
struct isa_irq_override {
	u32 gsi;
	bool level, active_low;
};

struct ioapic_entry {
	u8 id;
	phys_addr_t addr;
	u32 gsi_base;
};

#define ACPI_MAX_IOAPICS 16

/*
 * Interrupt routing as firmware tells it, from the MADT or else the MP table:
 * identity for every ISA irq that has no override.
 */
struct irq_routing {
	phys_addr_t lapic_addr;
	unsigned int nr_cpus;		/* enabled processors */
	unsigned int nr_ioapics;
	struct ioapic_entry ioapics[ACPI_MAX_IOAPICS];
	struct isa_irq_override isa[16];
	bool pcat_compat;		/* 8259s are there */
	const char *source;		/* "MADT", "MP table", NULL: neither */
};

extern struct irq_routing irq_routing;

/* One decoded FADT; zero where the table lacks it. */
struct fadt_info {
	u16 sci_irq;
	struct acpi_gas pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_tmr, gpe0, gpe1;
	struct acpi_gas reset_reg;
	u8 reset_value;
	bool has_reset_reg, pm_tmr_32bit, hw_reduced;
	u64 dsdt, facs;
};

extern struct fadt_info acpi_fadt;

/* Find the tables through early_memremap, check and list them, reserve their memory. */
void acpi_boot_table_init(void);

/* ACPI is usable: an RSDP and a root table were found and acpi=off was not given. */
bool acpi_available(void);

/*
 * After vmalloc_init: map all checked tables for good.  acpi_get_table then
 * gives the n-th (0 = first) of a signature, whole and checked, or NULL.
 */
void acpi_map_tables(void);
const struct acpi_table_header *acpi_get_table(const char *signature, unsigned int n);
/* The i-th table of any signature, with its physical address. */
const struct acpi_table_header *acpi_table_by_index(unsigned int i, phys_addr_t *phys);

/* Decode MADT (else MP table) and FADT. */
void acpi_boot_init(void);

/* Claim the PM blocks: "ACPI PM1a_EVT_BLK" and so on. */
void acpi_reserve_resources(void);

/* The PM timer as a clocksource. */
void acpi_pm_timer_init(void);

/* Reset through the FADT's register: false when there is none; else may return. */
bool acpi_reset(void);

/* Power off through \_S5's PM1 values; returns when it cannot, having said why. */
void acpi_power_off(void);

#endif
