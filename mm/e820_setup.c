// SPDX-License-Identifier: MIT
/*
 * The memory map of this boot: taken from the loader, corrected, handed on.
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
#include "mm/early_ioremap.h"
#include "mm/efi_memmap.h"
#include "mm/layout.h"
#include "mm/memblock.h"

#define BIOS_BEGIN 0x000a0000ULL /* video memory and ROMs: no RAM, whatever firmware says */
#define BIOS_END   0x00100000ULL

/* The final tables, struct pages and the first allocations take less than this. */
#define LEAST_FREE (1UL << 20)

static char param[COMMAND_LINE_SIZE] __initdata;
static bool user_map __initdata;

static void __init take_loader_map(const struct boot_info *bi)
{
	for (unsigned int i = 0; i < bi->nr_ranges; i++) {
		const struct boot_range *r = &bi->ranges[i];

		e820__range_add(&e820_table, r->start, r->size, r->type);
	}
	e820__update_table(&e820_table);
	pr_info("BIOS-provided physical RAM map:\n");
	e820__print_table(&e820_table, "BIOS-e820");
}

/*
 * EFI's own map on top: all of it where a person asks for it or the loader made no e820
 * of it, else what the loader could not say.
 */
static void __init take_efi_map(const struct boot_info *bi)
{
	bool all = !e820_table.nr_entries || cmdline_has("add_efi_memmap");
	unsigned int added;
	const void *map;

	efi_memmap_init(bi);
	map = efi_map_memmap();
	if (!map)
		return;
	added = efi_add_memmap(&e820_table, map, bi->efi_memmap_size, bi->efi_desc_size, all);
	efi_unmap_memmap(map);
	if (!added)
		return;
	e820__update_table(&e820_table);
	pr_info("extended physical RAM map:\n");
	e820__print_table(&e820_table, "EFI");
}

/* Give each value of `name`= to `parse`; how many there were. */
static unsigned int __init each_param(const char *name,
				      int (*parse)(struct e820_table *table, const char *value))
{
	unsigned int n;

	for (n = 0; cmdline_get(name, n, param, sizeof(param)) >= 0; n++)
		parse(&e820_table, param);
	return n;
}

/* The word at `phys` keeps what is written; it has its old value again. */
static bool __init keeps_values(phys_addr_t phys)
{
	volatile u64 *word = early_memremap(phys, sizeof(*word));
	bool good;
	u64 old;

	if (!word)
		return false;
	old = *word;
	*word = ~old;
	good = *word == ~old;
	*word = old;
	good &= *word == old;
	early_memunmap((void *)word, sizeof(*word));
	return good;
}

/* A typing error in memmap=nn@ss would put page tables where nothing answers. */
static void __init drop_false_ram(void)
{
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		struct e820_entry *e = &e820_table.entries[i];
		u64 first = ALIGN(e->addr, 8), last = ALIGN_DOWN(e->addr + (e->size - 1), 8);

		if (e->type != E820_TYPE_RAM || first > last || first >= PAGE_OFFSET_SIZE ||
		    (keeps_values(first) && (last >= PAGE_OFFSET_SIZE || keeps_values(last))))
			continue;
		pr_err("e820: [mem 0x%016lx-0x%016lx] is no RAM, whatever mem= and memmap= say\n",
		       e->addr, e->addr + (e->size - 1));
		e->type = E820_TYPE_RESERVED;
	}
}

/* memmap= first, wherever they stand, so that mem= limits what both of them leave. */
static void __init take_user_map(void)
{
	if (each_param("memmap", e820_parse_memmap) + each_param("mem", e820_parse_mem) == 0)
		return;
	user_map = true;
	e820__update_table(&e820_table);
	drop_false_ram();
	pr_info("user-defined physical RAM map:\n");
	e820__print_table(&e820_table, "user");
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

/* End of the highest RAM that starts below `limit`, cut there, in pages. */
static unsigned long end_pfn(u64 limit)
{
	u64 end = 0;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		if (e->type == E820_TYPE_RAM && e->addr < limit)
			end = max(end, min(limit - 1, e->addr + (e->size - 1)) + 1);
	}
	return PFN_DOWN(end);
}

unsigned long e820__end_of_ram_pfn(void)
{
	return end_pfn(PAGE_OFFSET_SIZE);
}

void __init e820__memory_setup(const struct boot_info *bi)
{
	take_loader_map(bi);
	take_efi_map(bi);
	take_user_map();
	add_kernel_range();
	trim_bios_range();
	if (!e820__end_of_ram_pfn())
		panic("the memory map holds no RAM");
	pr_info("last_pfn = %#lx max_arch_pfn = %#lx\n", e820__end_of_ram_pfn(),
		(unsigned long)PFN_DOWN(PAGE_OFFSET_SIZE));
}

/* RAM that nothing has reserved. */
static u64 __init free_ram(void)
{
	u64 sum = memblock_ram_bytes();
	phys_addr_t start, end, from, to;
	unsigned int i, n;

	for_each_mem_range(i, &start, &end)
		for (n = 0; memblock_reserved_range(n, &from, &to); n++)
			if (max(start, from) < min(end, to))
				sum -= min(end, to) - max(start, from);
	return sum;
}

void __init e820__memblock_setup(void)
{
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 last = e->addr + (e->size - 1), start, end;

		if (e->type != E820_TYPE_RAM)
			continue;
		if (last >= PAGE_OFFSET_SIZE) {
			pr_warn("e820: RAM [mem 0x%016lx-0x%016lx] is beyond the direct map's end\n",
				max(e->addr, (u64)PAGE_OFFSET_SIZE), last);
			if (e->addr >= PAGE_OFFSET_SIZE)
				continue;
			last = PAGE_OFFSET_SIZE - 1;
		}
		start = PAGE_ALIGN(e->addr);
		end = ALIGN_DOWN(last + 1, PAGE_SIZE);
		if (start < end)
			memblock_add(start, end - start);
	}
	if (free_ram() < LEAST_FREE)
		panic("%s %lu KiB of free RAM: too little",
		      user_map ? "mem= or memmap= leaves" : "the firmware's map has",
		      free_ram() >> 10);
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
