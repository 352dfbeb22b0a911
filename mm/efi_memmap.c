// SPDX-License-Identifier: MIT
/*
 * The arithmetic of EFI's memory map: see efi_memmap.h.  mm/efi_loader_map.c has the one of
 * this boot.
 *
 * The loader has made an e820 map of it already, which is what everything else
 * uses.  EFI's own is asked where that one has lost something: which memory the
 * boot services left data in, which is meant for one purpose, and, with
 * add_efi_memmap, what the loader left out.
 */
#include "mm/efi_memmap.h"

#include "kernel/core/cmdline.h"
#include "kernel/lib/string.h"

enum e820_type efi_e820_type(const struct efi_memory_desc *desc)
{
	switch (desc->type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL:
		if (desc->attribute & EFI_MEMORY_SP && !cmdline_value_is("efi", "nosoftreserve"))
			return E820_TYPE_SOFT_RESERVED;
		return desc->attribute & EFI_MEMORY_WB ? E820_TYPE_RAM : E820_TYPE_RESERVED;
	case EFI_ACPI_RECLAIM:
		return E820_TYPE_ACPI;
	case EFI_ACPI_NVS:
		return E820_TYPE_NVS;
	case EFI_UNUSABLE:
		return E820_TYPE_UNUSABLE;
	case EFI_PERSISTENT:
		return E820_TYPE_PMEM;
	default:
		return E820_TYPE_RESERVED;
	}
}

bool efi_get_desc(const void *map, u32 size, u32 desc_size, u32 offset, struct efi_memory_desc *out)
{
	if (desc_size < EFI_DESC_MIN || offset > size || size - offset < desc_size)
		return false;
	memcpy(out, (const u8 *)map + offset, sizeof(*out));
	return true;
}

u64 efi_desc_bytes(const struct efi_memory_desc *desc)
{
	u64 room = ~0ULL - desc->phys_addr;

	return desc->num_pages > room >> EFI_PAGE_SHIFT ? room : desc->num_pages << EFI_PAGE_SHIFT;
}

bool __init efi_has_soft_reserved(const void *map, u32 size, u32 desc_size)
{
	struct efi_memory_desc desc;

	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, &desc); at += desc_size)
		if (desc.type == EFI_CONVENTIONAL &&
		    efi_e820_type(&desc) == E820_TYPE_SOFT_RESERVED)
			return true;
	return false;
}

unsigned int __init efi_add_memmap(struct e820_table *table, const void *map, u32 size,
				   u32 desc_size)
{
	struct efi_memory_desc desc;
	unsigned int added = 0;

	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, &desc); at += desc_size) {
		if (!desc.num_pages)
			continue;
		if (e820__range_add(table, desc.phys_addr, efi_desc_bytes(&desc),
				    efi_e820_type(&desc)))
			break;
		added++;
	}
	return added;
}

bool efi_find_desc(const void *map, u32 size, u32 desc_size, phys_addr_t addr,
		   struct efi_memory_desc *out)
{
	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, out); at += desc_size)
		if (addr >= out->phys_addr && addr - out->phys_addr < efi_desc_bytes(out))
			return true;
	return false;
}
