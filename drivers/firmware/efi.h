/* SPDX-License-Identifier: MIT */
/* What EFI leaves behind for a kernel (UEFI 2.10, 4.3 and 4.6). */
#ifndef DRIVERS_FIRMWARE_EFI_H
#define DRIVERS_FIRMWARE_EFI_H

#include "kernel/lib/compiler.h"

struct efi_guid {
	u8 b[16]; /* as it lies in memory: the first three parts little endian */
};

extern const struct efi_guid efi_smbios_guid, efi_smbios3_guid;

/* The loader passed a system table of 64 bits that can be read, with its tables. */
bool efi_config_tables_known(void);
/* The table of that GUID, its physical address; 0: none. */
phys_addr_t efi_config_table(const struct efi_guid *guid);

#endif
