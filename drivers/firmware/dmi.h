/* SPDX-License-Identifier: MIT */
/*
 * SMBIOS, which Linux calls DMI (DMTF DSP0134 3.6): what firmware tells of the
 * board in a list of structures.
 */
#ifndef DRIVERS_FIRMWARE_DMI_H
#define DRIVERS_FIRMWARE_DMI_H

#include "kernel/lib/compiler.h"

/* 6.1.2: every structure begins so; strings follow its `length` bytes. */
struct dmi_header {
	u8 type;
	u8 length; /* bytes of the formatted part, these four included */
	u16 handle;
} __packed;

/* What an entry point says of the list. */
struct dmi_table {
	phys_addr_t base;
	u32 length; /* bytes; of SMBIOS 3 the most that there can be */
	u16 nr;	    /* structures; 0: until the one that ends the table */
};

#define DMI_ENTRY_SIZE 32 /* bytes that an entry point has at most */

/*
 * An entry point of SMBIOS 3 (5.2.2), or the second half of an older one (5.2.1,
 * "_DMI_"), at `p`, of which `size` bytes may be read.  False: there is none, or
 * its sum is wrong.  Pure: also run on the host.
 */
bool dmi_smbios3_entry(const u8 *p, size_t size, struct dmi_table *table);
bool dmi_legacy_entry(const u8 *p, size_t size, struct dmi_table *table);

/*
 * fn for each structure that lies whole in the table's bytes, its strings too; ends
 * early, after a line, at one that cannot be.  Pure.
 */
void dmi_decode_table(const u8 *bytes, const struct dmi_table *table,
		      void (*fn)(const struct dmi_header *dm, void *arg), void *arg);

/* Strings that tell which board it is: of structures 0 (BIOS), 1 (system) and 2 (board). */
enum dmi_field {
	DMI_BIOS_VENDOR,
	DMI_BIOS_VERSION,
	DMI_BIOS_DATE,
	DMI_SYS_VENDOR,
	DMI_PRODUCT_NAME,
	DMI_PRODUCT_VERSION,
	DMI_BOARD_VENDOR,
	DMI_BOARD_NAME,
	DMI_NR_FIELDS,
};

#define DMI_MAX_MATCHES 3

/* A board of a list: each text, up to the first NULL, is somewhere in that field. */
struct dmi_board {
	const char *name; /* for a message */
	struct dmi_match {
		enum dmi_field field;
		const char *text;
	} match[DMI_MAX_MATCHES];
};

/* Keep what a structure tells of that, the first of its type; pure. */
void dmi_keep_ident(const struct dmi_header *dm);
/* This machine is that board: false, too, where there is no table. */
bool dmi_is_board(const struct dmi_board *board);
/* The year in the BIOS's date; -ENOENT: it has none, -ERANGE: it cannot be read. */
int dmi_bios_year(void);

/* Find the machine's table (none: a line says so).  Once vmalloc_init() has run. */
void dmi_scan_machine(void);

/* The entry point's bytes, which stay, and their number; 0: there is none. */
size_t dmi_entry_point(const u8 **bytes);
/* The table's bytes from `pos` on, at most n: how many.  And all that it has.  In a thread. */
ssize_t dmi_read_table(void *buf, u64 pos, size_t n);
size_t dmi_table_size(void);

/* fn for each structure of it, none where there is no table; they do not outlive the call. */
void dmi_walk(void (*fn)(const struct dmi_header *dm, void *arg), void *arg);

#endif
