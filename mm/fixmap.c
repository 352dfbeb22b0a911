// SPDX-License-Identifier: MIT
/*
 * The fixmap's entries.
 *
 * boot/entry.asm hangs FIXMAP_TABLES static tables, one after the other, below the last
 * 16 MiB of the address space; the final tables go on using them.  So the entry
 * of a slot is an element of one array, and setting it is a store and an invlpg:
 * no walk, no allocation, no lock.
 */
#include "mm/fixmap.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"

#define FIXMAP_ENTRIES ((FIXADDR_TOP - FIXADDR_START_LIMIT) / PAGE_SIZE + 1)

extern u64 level1_fixmap_pgt[FIXMAP_ENTRIES];

static u64 *fixmap_entry(enum fixed_addresses idx)
{
	BUG_ON(idx == FIX_HOLE || idx >= __end_of_fixed_addresses);
	return &level1_fixmap_pgt[FIXMAP_ENTRIES - 1 - idx];
}

static void write_entry(enum fixed_addresses idx, u64 entry)
{
	u64 *e = fixmap_entry(idx), old = *e;

	if (old == entry)
		return;
	WRITE_ONCE(*e, entry);
	if (old & _PAGE_PRESENT) /* an absent entry is in no TLB (SDM 3A, 4.10.2.3) */
		invlpg(__fix_to_virt(idx));
}

void __set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot)
{
	if (WARN(!phys_range_valid(phys, 1), "fixmap: slot %u: the processor cannot address %#lx\n",
		 idx, phys))
		clear_fixmap(idx);
	else
		write_entry(idx, pte_val(phys_pte(phys, prot)));
}

void clear_fixmap(enum fixed_addresses idx)
{
	write_entry(idx, 0);
}

void __init early_fixmap_init(void)
{
	phys_addr_t want = __pa(level1_fixmap_pgt), got = 0;

	set_fixmap(FIX_PTE, want);
	if (virt_to_phys_walk(fix_to_virt(FIX_PTE), &got) || got != want)
		panic("fixmap: a slot set to %#lx leads to %#lx in the CPU's tables", want, got);
	clear_fixmap(FIX_PTE);
}
