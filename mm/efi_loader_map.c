// SPDX-License-Identifier: MIT
/*
 * The loader's copy of EFI's memory map: where it is, and what of RAM it has us keep.
 *
 * It lies in the loader's data, which is reserved, and is mapped anew for each look.
 */
#define pr_fmt(fmt) "efi: " fmt
#include "boot/boot_info.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"
#include "mm/layout.h"
#include "mm/reserved.h"

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

bool __init efi_mem_desc_lookup(phys_addr_t addr, struct efi_memory_desc *out)
{
	const void *map = efi_map_memmap();
	bool found;

	if (!map)
		return false;
	found = efi_find_desc(map, loader_map.size, loader_map.desc_size, addr, out);
	efi_unmap_memmap(map);
	return found;
}

static bool __init is_boot_data(phys_addr_t addr, u64 size)
{
	struct efi_memory_desc desc;

	return efi_mem_desc_lookup(addr, &desc) && desc.type == EFI_BOOT_SERVICES_DATA &&
	       size <= efi_desc_bytes(&desc) - (addr - desc.phys_addr);
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
