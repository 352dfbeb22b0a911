// SPDX-License-Identifier: MIT
/*
 * The page attribute table (SDM 3A, 11.12).
 *
 * Three bits of an entry, PAT PCD PWT, pick one of eight modes in an MSR.  We
 * program the table that Linux uses: the first four keep the meaning that PCD
 * and PWT have without a PAT but for WC in the place of WT, so that most modes
 * need no PAT bit.  Until pat_init() has run, and on a CPU without PAT, modes
 * that do not exist become UC-, which is slow but never wrong.
 *
 * Who maps which range with which mode is kept in mm/memtype.c.
 */
#include "mm/pat.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "mm/pgtable.h"

/* Encodings of the MSR's fields: SDM 3A, table 11-10. */
enum pat_type { PAT_UC = 0, PAT_WC = 1, PAT_WT = 4, PAT_WP = 5, PAT_WB = 6, PAT_UC_MINUS = 7 };

#define NR_PAT_ENTRIES 8

static const u8 pat_entries[NR_PAT_ENTRIES] = {
	PAT_WB, PAT_WC, PAT_UC_MINUS, PAT_UC, PAT_WB, PAT_WP, PAT_UC_MINUS, PAT_WT,
};

/* Index in the table -> bits of a PTE (SDM 3A, table 11-11). */
#define PAT_BITS(i) (((i)&1 ? _PAGE_PWT : 0) | ((i)&2 ? _PAGE_PCD : 0) | ((i)&4 ? _PAGE_PAT : 0))

/* What the table at reset can do: WB at 0, UC- at 2, UC at 3. */
u64 cache_mode_bits[] = {
	[_PAGE_CACHE_MODE_WB] = PAT_BITS(0),	   [_PAGE_CACHE_MODE_WC] = PAT_BITS(2),
	[_PAGE_CACHE_MODE_UC_MINUS] = PAT_BITS(2), [_PAGE_CACHE_MODE_UC] = PAT_BITS(3),
	[_PAGE_CACHE_MODE_WT] = PAT_BITS(2),	   [_PAGE_CACHE_MODE_WP] = PAT_BITS(2),
};

static const u8 index_mode[NR_PAT_ENTRIES] = {
	_PAGE_CACHE_MODE_WB, _PAGE_CACHE_MODE_WC, _PAGE_CACHE_MODE_UC_MINUS, _PAGE_CACHE_MODE_UC,
	_PAGE_CACHE_MODE_WB, _PAGE_CACHE_MODE_WP, _PAGE_CACHE_MODE_UC_MINUS, _PAGE_CACHE_MODE_WT,
};

enum page_cache_mode protval2cachemode(u64 pteval)
{
	unsigned int index = (pteval & _PAGE_PWT ? 1 : 0) | (pteval & _PAGE_PCD ? 2 : 0) |
			     (pteval & _PAGE_PAT ? 4 : 0);

	return index_mode[index];
}

/*
 * A change of memory types must not leave lines of the old type in the caches nor
 * old types in the TLB: caching off, both emptied, the registers, both emptied again
 * (SDM 3A, 11.11.8, and 11.12.4 for the PAT).
 */
static void empty_caches(void)
{
	wbinvd();
	flush_tlb_this_cpu();
}

u64 begin_memory_types(void)
{
	u64 cr0 = read_cr0();

	write_cr0((cr0 | X86_CR0_CD) & ~X86_CR0_NW);
	empty_caches();
	return cr0;
}

void end_memory_types(u64 cr0)
{
	empty_caches();
	write_cr0(cr0);
}

static void write_pat(u64 value)
{
	unsigned long flags = local_irq_save();
	u64 cr0 = begin_memory_types();

	wrmsr(MSR_IA32_CR_PAT, value);
	end_memory_types(cr0);
	local_irq_restore(flags);
}

static const char *__init pat_type_name(u8 type)
{
	switch (type) {
	case PAT_UC:
		return "UC";
	case PAT_WC:
		return "WC";
	case PAT_WT:
		return "WT";
	case PAT_WP:
		return "WP";
	case PAT_WB:
		return "WB";
	default:
		return "UC-";
	}
}

static void __init print_pat(void)
{
	char line[NR_PAT_ENTRIES * 4 + 1];
	int n = 0;

	for (unsigned int i = 0; i < NR_PAT_ENTRIES; i++)
		n += scnprintf(line + n, sizeof(line) - n, i + 1 < NR_PAT_ENTRIES ? "%-4s" : "%s",
			       pat_type_name(pat_entries[i]));
	pr_info("x86/PAT: Configuration [0-7]: %s\n", line);
}

void pat_setup_this_cpu(void)
{
	u64 value = 0;

	if (!boot_cpu.pat)
		return;
	for (unsigned int i = 0; i < NR_PAT_ENTRIES; i++)
		value |= (u64)pat_entries[i] << (8 * i);
	write_pat(value);
}

void __init pat_init(void)
{
	pat_setup_this_cpu();
	if (!boot_cpu.pat) {
		pr_info("x86/PAT: not supported by this CPU: WC, WT and WP mappings become UC-\n");
		return;
	}
	cache_mode_bits[_PAGE_CACHE_MODE_WC] = PAT_BITS(1);
	cache_mode_bits[_PAGE_CACHE_MODE_WP] = PAT_BITS(5);
	cache_mode_bits[_PAGE_CACHE_MODE_WT] = PAT_BITS(7);
	print_pat();
}
