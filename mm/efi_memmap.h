/* SPDX-License-Identifier: MIT */
/*
 * EFI's own memory map, where the loader passed it on: finer than e820, it tells
 * what EFI uses memory for (UEFI 2.10, 7.2.3).
 */
#ifndef MM_EFI_MEMMAP_H
#define MM_EFI_MEMMAP_H

#include "mm/e820.h"

/* Table 7.10. */
enum efi_memory_type {
	EFI_RESERVED = 0,
	EFI_LOADER_CODE = 1,
	EFI_LOADER_DATA = 2,
	EFI_BOOT_SERVICES_CODE = 3, /* free once EFI's boot services are left: they are */
	EFI_BOOT_SERVICES_DATA = 4,
	EFI_RUNTIME_SERVICES_CODE = 5,
	EFI_RUNTIME_SERVICES_DATA = 6,
	EFI_CONVENTIONAL = 7,
	EFI_UNUSABLE = 8,
	EFI_ACPI_RECLAIM = 9,
	EFI_ACPI_NVS = 10,
	EFI_PERSISTENT = 14,
};

#define EFI_MEMORY_WB  BIT_ULL(3)  /* of `attribute`: can be cached */
#define EFI_MEMORY_SP  BIT_ULL(18) /* is meant for a device or a driver, not for everybody */
#define EFI_MEMORY_RT  BIT_ULL(63) /* the runtime services use it */
#define EFI_PAGE_SHIFT 12
#define EFI_DESC_MIN   40U /* bytes of a descriptor of version 1; a later one may be longer */

struct efi_memory_desc {
	u32 type, reserved;
	u64 phys_addr, virt_addr;
	u64 num_pages; /* of 4 KiB */
	u64 attribute;
};

/* Its bytes, cut where they would wrap. */
u64 efi_desc_bytes(const struct efi_memory_desc *desc);

/* What e820 calls it; with "efi=nosoftreserve" memory of specific purpose is RAM as any. */
enum e820_type efi_e820_type(const struct efi_memory_desc *desc);

/* Some memory is of specific purpose, for which a loader's e820 has no word. */
bool efi_has_soft_reserved(const void *map, u32 size, u32 desc_size);

/*
 * Add the descriptors of a map in memory to `table`, which wants e820__update_table()
 * then.  How many it were.
 */
unsigned int efi_add_memmap(struct e820_table *table, const void *map, u32 size, u32 desc_size);

/* The descriptor at `offset` of a map: false past the last, and where the map makes no sense. */
bool efi_get_desc(const void *map, u32 size, u32 desc_size, u32 offset,
		  struct efi_memory_desc *out);

/* The descriptor that covers `addr` in it: false where there is none. */
bool efi_find_desc(const void *map, u32 size, u32 desc_size, phys_addr_t addr,
		   struct efi_memory_desc *out);

/* Where the loader says that the map is: before the next ones, which find none without it. */
void efi_memmap_init(const struct boot_info *bi);

/* Where it is, in the loader's data, which stays; false: there is none.  At any time. */
bool efi_memmap_place(phys_addr_t *phys, u32 *size, u32 *desc_size);

/* The loader's map, mapped for a moment: NULL where it passed none.  Unmap before boot ends. */
const void *efi_map_memmap(void);
void efi_unmap_memmap(const void *map);

/* As efi_find_desc(), in the loader's map. */
bool efi_mem_desc_lookup(phys_addr_t addr, struct efi_memory_desc *out);

/*
 * Keep [addr, addr + size), which EFI's boot services left for us: whole pages of it
 * become reserved, in e820 and for memblock.  -EINVAL, after a line, where it is not in
 * one descriptor of that kind.  Between e820__memblock_setup() and mem_init().
 */
int efi_mem_reserve(phys_addr_t addr, u64 size);

#endif
