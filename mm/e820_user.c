// SPDX-License-Identifier: MIT
/*
 * A person's word about memory, mem= and memmap= (mm/e820_param.c), laid over the map of
 * this boot.
 *
 * It is believed but for one thing: what it calls RAM has to keep a value.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "mm/e820.h"
#include "mm/early_ioremap.h"

static char param[COMMAND_LINE_SIZE] __initdata;
bool e820_user_map __initdata;

/* Give each value of `name`= to `parse`; how many there were. */
static unsigned int __init each_param(const char *name,
				      int (*parse)(struct e820_table *table, const char *value))
{
	unsigned int n;

	for (n = 0; __cmdline_get(name, n, param, sizeof(param)) >= 0; n++)
		parse(&e820_table, param);
	return n;
}

/* The word at `phys` keeps what is written; it has its old value again. */
static bool __init keeps_values(phys_addr_t phys)
{
	volatile u64 *word;
	bool good;
	u64 old;

	if (!phys_range_valid(phys, sizeof(*word)))
		return false;
	word = early_memremap(phys, sizeof(*word));
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

/* A typing error in memmap=nn@ss would put page tables where nothing answers.  What is out of reach is cut later. */
static void __init drop_false_ram(void)
{
	u64 reach = e820__end_of_reach();

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		struct e820_entry *e = &e820_table.entries[i];
		u64 first = ALIGN(e->addr, 8), last = ALIGN_DOWN(e->addr + (e->size - 1), 8);

		if (e->type != E820_TYPE_RAM || first > last || e->addr >= reach ||
		    (keeps_values(first) && (last >= reach || keeps_values(last))))
			continue;
		pr_err("e820: [mem 0x%016lx-0x%016lx] is no RAM, whatever mem= and memmap= say\n",
		       e->addr, e->addr + (e->size - 1));
		e->type = E820_TYPE_RESERVED;
	}
}

/* memmap= first, wherever they stand, so that mem= limits what both of them leave. */
void __init e820_take_user_map(void)
{
	unsigned int n = each_param(CMDLINE_WORD("memmap", true), e820_parse_memmap);

	n += each_param(CMDLINE_WORD("mem", true), e820_parse_mem);
	if (!n)
		return;
	e820_user_map = true;
	e820__update_table(&e820_table);
	drop_false_ram();
	pr_info("user-defined physical RAM map:\n");
	e820__print_table(&e820_table, "user");
}
