// SPDX-License-Identifier: MIT
/* efimap: EFI's memory map as the loader passed it on, with what e820 calls each range. */
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/efi_memmap.h"
#include "mm/memremap.h"

/* UEFI 2.10, table 7.10 */
static const char *type_name(u32 type, char *number, size_t size)
{
	static const char *const names[] = {
		"Reserved",
		"LoaderCode",
		"LoaderData",
		"BootServicesCode",
		"BootServicesData",
		"RuntimeServicesCode",
		"RuntimeServicesData",
		"Conventional",
		"Unusable",
		"ACPIReclaim",
		"ACPINVS",
		"MMIO",
		"MMIOPorts",
		"PalCode",
		"Persistent",
		"Unaccepted",
	};

	if (type < ARRAY_SIZE(names))
		return names[type];
	snprintf(number, size, "type %x", type);
	return number;
}

/* 7.2.3: what the memory can, and what it is protected from. */
static void show_attributes(struct sink *out, u64 attribute)
{
	static const struct {
		u64 bit;
		const char *name;
	} names[] = {
		{ BIT_ULL(0), "UC" },	 { BIT_ULL(1), "WC" },	  { BIT_ULL(2), "WT" },
		{ EFI_MEMORY_WB, "WB" }, { BIT_ULL(4), "UCE" },	  { BIT_ULL(12), "WP" },
		{ BIT_ULL(13), "RP" },	 { BIT_ULL(14), "XP" },	  { BIT_ULL(15), "NV" },
		{ BIT_ULL(17), "RO" },	 { EFI_MEMORY_SP, "SP" }, { EFI_MEMORY_RT, "RUNTIME" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		if (attribute & names[i].bit)
			sink_printf(out, " %s", names[i].name);
}

static void show_map(struct sink *out, const void *map, u32 size, u32 desc_size)
{
	char number[16], word[E820_TYPE_WORD];
	struct efi_memory_desc desc;

	for (u32 at = 0; efi_get_desc(map, size, desc_size, at, &desc); at += desc_size) {
		sink_printf(out, "%010lx-%010lx %-19s", desc.phys_addr,
			    desc.phys_addr + (desc.num_pages << EFI_PAGE_SHIFT) - 1,
			    type_name(desc.type, number, sizeof(number)));
		show_attributes(out, desc.attribute);
		sink_printf(out, " (%s)\n", e820_type_word(efi_e820_type(&desc), word));
	}
}

static int cmd_efimap(struct sink *out, int argc, char **argv)
{
	u32 size, desc_size;
	phys_addr_t phys;
	void *map;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	if (!efi_memmap_place(&phys, &size, &desc_size)) {
		sink_printf(out, "the loader passed no map of EFI's\n");
		return 0;
	}
	map = memremap(phys, size, MEMREMAP_WB);
	if (!map)
		return -ENOMEM;
	show_map(out, map, size, desc_size);
	memunmap(map);
	return 0;
}
MONITOR_COMMAND(efimap, "", "EFI's memory map, where the loader passed one on", cmd_efimap);
