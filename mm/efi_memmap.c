// SPDX-License-Identifier: MIT
/*
 * EFI's memory map: see efi_memmap.h.
 *
 * The loader has made an e820 map of it already, which is what everything else
 * uses.  EFI's own is asked where that one has lost something: which memory the
 * boot services left data in, which is meant for one purpose, and, with
 * add_efi_memmap, what the loader left out.
 */
#define pr_fmt(fmt) "efi: " fmt
#include "mm/efi_memmap.h"

#include "boot/boot_info.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/early_ioremap.h"
#include "mm/layout.h"
#include "mm/reserved.h"

enum e820_type efi_e820_type(const struct efi_memory_desc *desc)
{
	switch (desc->type) {
	case EFI_LOADER_CODE:
	case EFI_LOADER_DATA:
	case EFI_BOOT_SERVICES_CODE:
	case EFI_BOOT_SERVICES_DATA:
	case EFI_CONVENTIONAL:
		if (desc->attribute & EFI_MEMORY_SP)
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

/* Bytes, cut where they would wrap. */
static u64 desc_bytes(const struct efi_memory_desc *desc)
{
	u64 room = ~0ULL - desc->phys_addr;

	return desc->num_pages > room >> EFI_PAGE_SHIFT ? room : desc->num_pages << EFI_PAGE_SHIFT;
}

bool __init efi_has_soft_reserved(const void *map, u32 size, u32 desc_size)
{
	struct efi_memory_desc desc;

	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, &desc); at += desc_size)
		if (desc.type == EFI_CONVENTIONAL && desc.attribute & EFI_MEMORY_SP)
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
		if (e820__range_add(table, desc.phys_addr, desc_bytes(&desc), efi_e820_type(&desc)))
			break;
		added++;
	}
	return added;
}

bool efi_find_desc(const void *map, u32 size, u32 desc_size, phys_addr_t addr,
		   struct efi_memory_desc *out)
{
	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, out); at += desc_size)
		if (addr >= out->phys_addr && addr - out->phys_addr < desc_bytes(out))
			return true;
	return false;
}

#ifdef __KERNEL__

static struct {
	phys_addr_t phys; /* 0: the loader passed none */
	u32 size, desc_size;
} loader_map;

void __init efi_memmap_init(const struct boot_info *bi)
{
	loader_map.phys = bi->efi_memmap;
	loader_map.size = bi->efi_memmap_size;
	loader_map.desc_size = bi->efi_desc_size;
}

bool efi_memmap_place(phys_addr_t *phys, u32 *size, u32 *desc_size)
{
	*phys = loader_map.phys;
	*size = loader_map.size;
	*desc_size = loader_map.desc_size;
	return loader_map.phys && loader_map.size;
}

const void *__init efi_map_memmap(void)
{
	if (!loader_map.phys || !loader_map.size)
		return NULL;
	return early_memremap_ro(loader_map.phys, loader_map.size);
}

void __init efi_unmap_memmap(const void *map)
{
	early_memunmap((void *)map, loader_map.size);
}

static bool __init is_boot_data(phys_addr_t addr, u64 size)
{
	const void *map = efi_map_memmap();
	struct efi_memory_desc desc;
	bool found;

	if (!map)
		return false;
	found = efi_find_desc(map, loader_map.size, loader_map.desc_size, addr, &desc);
	efi_unmap_memmap(map);
	return found && desc.type == EFI_BOOT_SERVICES_DATA &&
	       size <= desc_bytes(&desc) - (addr - desc.phys_addr);
}

int __init efi_mem_reserve(phys_addr_t addr, u64 size)
{
	phys_addr_t start = ALIGN_DOWN(addr, PAGE_SIZE);

	if (!size || !is_boot_data(addr, size)) {
		pr_warn("[mem %pa, 0x%lx bytes] is not what the boot services left\n", &addr, size);
		return -EINVAL;
	}
	size = PAGE_ALIGN(size + (addr - start));
	e820__range_update(&e820_table, start, size, E820_TYPE_RAM, E820_TYPE_RESERVED);
	e820__update_table(&e820_table);
	reserve_ram(start, size, "EFI boot services' data");
	return 0;
}

#endif
