/* SPDX-License-Identifier: MIT */
/* What EFI leaves behind for a kernel (UEFI 2.10, 4.3 and 4.6). */
#ifndef DRIVERS_FIRMWARE_EFI_H
#define DRIVERS_FIRMWARE_EFI_H

#include "kernel/lib/compiler.h"

struct efi_guid {
	u8 b[16]; /* as it lies in memory: the first three parts little endian */
};

/* The configuration tables that somebody here looks at: physical addresses; 0: none. */
struct efi_tables {
	bool known; /* EFI has a list of them that can be read: what is not in it is not there */
	phys_addr_t smbios, smbios3, esrt, mokvar;
};

extern struct efi_tables efi_tables; /* __initdata, written by efi_init() */

/* Read the list, where the loader passed a system table, of 32 bits or of 64.  With early_ioremap. */
void efi_init(void);

/*
 * Keep the tables that EFI left among what is free after boot: ESRT, which firmware has an
 * update by, and MOKvar.  Between e820__memblock_setup() and mem_init().
 */
void efi_reserve_tables(void);

#endif
