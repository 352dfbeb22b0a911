/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables: found, checked, kept; what other drivers ask of them.
 *
 * Tables are byte aligned and untrusted: nothing is used before signature,
 * length and checksum hold, and each record walk is bounded by its table.
 */
#ifndef DRIVERS_ACPI_TABLE_ACPI_H
#define DRIVERS_ACPI_TABLE_ACPI_H

#include "kernel/lib/compiler.h"

/* ACPI 6.5, 5.2.6: the header of every table but RSDP and FACS. */
struct acpi_table_header {
	char signature[4];
	u32 length; /* bytes, header included */
	u8 revision;
	u8 checksum; /* all bytes add up to 0 */
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	char creator_id[4];
	u32 creator_revision;
} __packed;

#define ACPI_SPACE_MEMORY 0
#define ACPI_SPACE_IO	  1

/* ACPI 6.5, 5.2.3.2: Generic Address Structure. */
struct acpi_gas {
	u8 space_id; /* 0 memory, 1 I/O */
	u8 bit_width, bit_offset, access_size;
	u64 address;
} __packed;

/* One decoded FADT; zero where the table lacks it. */
struct fadt_info {
	u16 sci_irq;
	struct acpi_gas pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_tmr, gpe0, gpe1;
	u8 pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len, gpe0_len, gpe1_len; /* bytes */
	u32 smi_cmd;	/* port; 0: always in ACPI mode */
	u8 acpi_enable; /* what to write there */
	struct acpi_gas reset_reg, sleep_control;
	u8 reset_value;
	bool has_reset_reg, pm_tmr_32bit, hw_reduced;
	u8 century; /* the RTC's register; 0: none */
	u8 duty_offset,
		duty_width; /* of P_CNT: the bits that throttle a processor; no width: none */
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

/*
 * The n-th usable entry of the MCFG (PCI Firmware 3.3, 4.1.2): `base` is where
 * bus 0 of the segment would lie.  0, or -ENOENT past the last.
 */
int acpi_mcfg_entry(unsigned int n, u64 *base, u16 *segment, u8 *start_bus, u8 *end_bus);

#endif
