// SPDX-License-Identifier: MIT
/*
 * The memory map of this boot: the loader's, EFI's, a person's word, and what is known
 * better than by any of them.
 *
 * The loader's ranges are not trusted and not complete: firmware calls page 0
 * usable (it holds the BIOS data area) and some call the video hole usable; a
 * person may deny the very memory we run in.  After e820__memory_setup() the
 * table stands still for the rest of the boot.
 */
#include "boot/boot_info.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/e820.h"
#include "mm/efi_memmap.h"
#include "mm/layout.h"

#define BIOS_BEGIN 0x000a0000ULL /* video memory and ROMs: no RAM, whatever firmware says */
#define BIOS_END   0x00100000ULL

static void __init take_loader_map(const struct boot_info *bi)
{
	for (unsigned int i = 0; i < bi->nr_ranges; i++) {
		const struct boot_range *r = &bi->ranges[i];

		e820__range_add(&e820_table, r->start, r->size, r->type);
	}
	e820__update_table(&e820_table);
	e820_table_firmware = e820_table;
	pr_info("BIOS-provided physical RAM map:\n");
	e820__print_table(&e820_table, "BIOS-e820");
}

/*
 * EFI's own map on top, where a person asks for it, the loader made no e820 of it, or
 * the loader could not say all.
 */
static void __init take_efi_map(const struct boot_info *bi)
{
	bool wanted = !e820_table.nr_entries || cmdline_has("add_efi_memmap");
	u32 size = bi->efi_memmap_size, desc_size = bi->efi_desc_size;
	unsigned int added = 0;
	const void *map;

	efi_memmap_init(bi);
	map = efi_map_memmap();
	if (!map)
		return;
	if (wanted || efi_has_soft_reserved(map, size, desc_size))
		added = efi_add_memmap(&e820_table, map, size, desc_size);
	efi_unmap_memmap(map);
	if (!added)
		return;
	e820__update_table(&e820_table);
	pr_info("extended physical RAM map:\n");
	e820__print_table(&e820_table, "EFI");
}

/* We run from here, so it is RAM: a map that says otherwise is wrong. */
static void __init add_kernel_range(void)
{
	u64 start = __pa(_text), end = __pa(_end);

	if (e820__mapped_all(start, end, E820_TYPE_RAM))
		return;
	pr_warn("e820: the kernel's [mem 0x%08lx-0x%08lx] is not all RAM in the map: corrected\n",
		start, end - 1);
	e820__range_remove(&e820_table, start, end - start, 0, false);
	e820__range_add(&e820_table, start, end - start, E820_TYPE_RAM);
}

static void __init trim_bios_range(void)
{
	/* The BIOS data area and the real-mode vectors: firmware still uses them. */
	e820__range_update(&e820_table, 0, PAGE_SIZE, E820_TYPE_RAM, E820_TYPE_RESERVED);
	e820__range_remove(&e820_table, BIOS_BEGIN, BIOS_END - BIOS_BEGIN, E820_TYPE_RAM, true);
	e820__update_table(&e820_table);
}

void __init e820__say_end_of_ram(void)
{
	pr_info("last_pfn = %#lx max_arch_pfn = %#lx\n", e820__end_of_ram_pfn(),
		(unsigned long)PFN_DOWN(PAGE_OFFSET_SIZE));
}

void __init e820__memory_setup(const struct boot_info *bi)
{
	take_loader_map(bi);
	take_efi_map(bi);
	e820_take_user_map();
	add_kernel_range();
	trim_bios_range();
	if (!e820__end_of_ram_pfn())
		panic("the memory map holds no RAM");
	e820__say_end_of_ram();
}

static void print_line(struct sink *out, const struct e820_entry *e)
{
	char word[E820_TYPE_WORD];

	sink_printf(out, "[mem 0x%016lx-0x%016lx] %s\n", e->addr, e->addr + (e->size - 1),
		    e820_type_word(e->type, word));
}

static int cmd_e820(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	for (unsigned int i = 0; i < e820_table.nr_entries; i++)
		print_line(out, &e820_table.entries[i]);
	return 0;
}
MONITOR_COMMAND(e820, "", "print the firmware's memory map as it is used", cmd_e820);
