// SPDX-License-Identifier: MIT
/*
 * What of the memory map is ours to use: RAM, in whole pages, as far as the direct map
 * reaches, for memblock.
 */
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "mm/e820.h"
#include "mm/layout.h"
#include "mm/memblock.h"

/* The final tables, struct pages and the first allocations take less than this. */
#define LEAST_FREE (1UL << 20)

unsigned long e820__end_of_ram_pfn(void)
{
	u64 end = 0;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 last = e->addr + (e->size - 1);

		if (e->type == E820_TYPE_RAM && e->addr < PAGE_OFFSET_SIZE)
			end = max(end, min(PAGE_OFFSET_SIZE - 1, last) + 1);
	}
	return PFN_DOWN(end);
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
		      e820_user_map ? "mem= or memmap= leaves" : "the firmware's map has",
		      free_ram() >> 10);
}
