// SPDX-License-Identifier: MIT
/*
 * What of the memory map is ours to use: RAM, in whole pages, as far as the direct map and
 * the processor reach, for memblock.
 */
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/layout.h"
#include "mm/memblock.h"

/* The final tables, struct pages and the first allocations take less than this. */
#define LEAST_FREE (1UL << 20)

u64 e820__end_of_reach(void)
{
	return min((u64)PAGE_OFFSET_SIZE, 1ULL << boot_cpu.phys_bits);
}

unsigned long e820__end_of_ram_pfn(void)
{
	u64 reach = e820__end_of_reach(), end = 0;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 last = e->addr + (e->size - 1);

		if (e->type == E820_TYPE_RAM && e->addr < reach)
			end = max(end, min(reach - 1, last) + 1);
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
	u64 reach = e820__end_of_reach();

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		u64 last = e->addr + (e->size - 1), start, end;

		if (e->type != E820_TYPE_RAM)
			continue;
		if (last >= reach) {
			pr_warn("e820: RAM [mem 0x%016lx-0x%016lx] is beyond %s\n",
				max(e->addr, reach), last,
				reach == PAGE_OFFSET_SIZE ? "the direct map's end" :
							    "the processor's addresses");
			if (e->addr >= reach)
				continue;
			last = reach - 1;
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
