// SPDX-License-Identifier: MIT
/*
 * The tables that page tables are made of.
 *
 * A table page comes from memblock until the page allocator took over, then from
 * alloc_page().  It is reached through the image's mapping when it lies in the
 * image, through a fixmap slot of its level while the direct map is still being
 * built, and through the direct map ever after.  The struct pages of all of them say
 * PG_TABLE: of boot's tables from the end of mem_init() on.
 *
 * What is done with them: mm/pgmap.c maps, mm/pgunmap.c unmaps, mm/pgattr.c changes
 * rights, mm/pgwalk.c looks up.  Nothing in these knows what a range is for:
 * mm/vm_area.c gives out the addresses.  Whose tables they are: mm/mm.h.
 */
#include "kernel/core/fault_inject.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "mm/fixmap.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"
#include "mm/zone.h"

DEFINE_SPINLOCK(pgtable_lock);

bool direct_map_ready;
unsigned long table_frees;
unsigned int tables_leaving;

/* Before the direct map: the image's own tables, and one foreign table a level. */
u64 *early_table_at(phys_addr_t phys, int level)
{
	enum fixed_addresses slot = FIX_PTE + (level - PG_LEVEL_4K);

	if (phys - __pa(_text) < (phys_addr_t)(_end - _text))
		return (u64 *)(phys + KERNEL_MAP);
	BUG_ON(level >= TOP_LEVEL);
	set_fixmap(slot, phys);
	return (u64 *)__fix_to_virt(slot);
}

static void clear_table(u64 *table, unsigned long n)
{
	__asm__ __volatile__("rep stosq" : "+D"(table), "+c"(n) : "a"(0UL) : "memory");
}

phys_addr_t alloc_table(int level)
{
	phys_addr_t phys;
	struct page *page;

	if (should_fail(FAULT_TABLE, _RET_IP_))
		return 0;
	if (memblock_is_closed()) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return 0;
		page->flags |= PG_TABLE;
		phys = page_to_phys(page);
	} else {
		phys = memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, direct_map_end);
		if (!phys)
			return 0;
	}
	clear_table(table_at(phys, level), level == TOP_LEVEL ? FIRST_SHARED : PTRS_PER_TABLE);
	mod_page_state(NR_PAGETABLE, 1);
	return phys;
}

bool table_can_be_freed(phys_addr_t table)
{
	const unsigned int both = PG_TABLE | PG_RESERVED; /* boot's tables stay */

	return memblock_is_closed() &&
	       (page_flags(pfn_to_page(PFN_DOWN(table))) & both) == PG_TABLE;
}

static void __init mark_tables_beneath(u64 ref, int level)
{
	const u64 *table = table_at(entry_phys(ref), level);
	struct page *page;

	for (unsigned int i = 0; level > PG_LEVEL_4K && i < PTRS_PER_TABLE; i++) {
		if (!table[i] || entry_maps(table[i], level))
			continue;
		page = pfn_to_page(PFN_DOWN(entry_phys(table[i])));
		thaw_reserved(page);
		page->flags |= PG_TABLE;
		mark_tables_beneath(table[i], level - 1);
	}
}

void __init mark_boot_tables(void)
{
	mark_tables_beneath(root_of(&init_mm), TOP_LEVEL);
}

/* SDM 3A, tables 4-14 to 4-20: the processor takes no entry with one of these set. */
static inline u64 reserved_bits(u64 entry, int level)
{
	u64 bits = PTE_PFN_MASK & ~((1ULL << boot_cpu.phys_bits) - 1);

	if (level == PG_LEVEL_4K || !(entry & _PAGE_PSE))
		return bits;
	if (level == TOP_LEVEL || (level == PG_LEVEL_1G && !boot_cpu.gbpages))
		return bits | _PAGE_PSE;
	return bits | (PTE_PFN_MASK & (page_level_size(level) - 1) & ~_PAGE_PAT_LARGE);
}

/* What nearly all entries are: a page, or a table that is known as one. */
static inline bool is_usual(u64 entry, int level)
{
	const struct page *page;

	if (!(entry & _PAGE_PRESENT) || entry & reserved_bits(entry, level))
		return false;
	if (entry_maps(entry, level))
		return true;
	page = virt_to_ram_page_fast(__va(entry_phys(entry)));
	return page && page->flags & PG_TABLE;
}

/* Until the page allocator is there, nobody has had a chance to write over a table. */
static noinline const char *why_bad(u64 entry, int level)
{
	phys_addr_t phys = entry_phys(entry);

	if (!memblock_is_closed())
		return NULL;
	if (!(entry & _PAGE_PRESENT))
		return "is neither empty nor present";
	if (entry & reserved_bits(entry, level))
		return "has reserved bits set";
	if (phys >= direct_map_end || !pfn_valid(PFN_DOWN(phys)))
		return "refers to a table outside of RAM";
	return page_flags(pfn_to_page(PFN_DOWN(phys))) & PG_TABLE ? NULL :
								    "refers to what is no table";
}

const char *bad_entry(u64 entry, int level)
{
	return likely(!entry || is_usual(entry, level)) ? NULL : why_bad(entry, level);
}

struct last_table last_table[TOP_LEVEL] = { [0 ... TOP_LEVEL - 1] = { .region = ~0UL } };

static void forget_last_tables(void)
{
	for (int level = 0; level < TOP_LEVEL; level++)
		last_table[level].region = ~0UL;
}

void tlb_remove_table(struct mmu_gather *tlb, phys_addr_t table, unsigned long va)
{
	struct page *page = pfn_to_page(PFN_DOWN(table));

	forget_last_tables();
	if (!tlb->tables) {
		preempt_disable();
		__atomic_add_fetch(&tables_leaving, 1, __ATOMIC_RELAXED);
	}
	page->next = tlb->tables;
	tlb->tables = page;
	if (!tlb->nr_pages)
		tlb_add_page(tlb, va); /* forgets which tables lead anywhere (SDM 3A, 4.10.4.1) */
}

void free_tables(struct page *tables)
{
	if (!tables)
		return;
	__atomic_add_fetch(&table_frees, 1, __ATOMIC_SEQ_CST);
	__atomic_sub_fetch(&tables_leaving, 1, __ATOMIC_RELEASE);
	while (tables) {
		struct page *page = tables;

		tables = page->next;
		page->flags &= ~PG_TABLE;
		mod_page_state(NR_PAGETABLE, -1);
		__free_page(page);
	}
	preempt_enable();
}

const struct last_table *walk_to_table(int level, unsigned long va)
{
	u64 *entry = &init_mm.pgd[entry_index(va, TOP_LEVEL)];

	for (int l = TOP_LEVEL; entry_refers(*entry, l); entry = entry_of(*entry, l, va)) {
		if (--l > level)
			continue;
		last_table[level].region = va >> level_shift(level + 1);
		last_table[level].ref = entry;
		last_table[level].was = (u32)*entry;
		last_table[level].entries = table_at(entry_phys(*entry), level);
		return &last_table[level];
	}
	return NULL;
}

void __init pgtable_hook_static(unsigned long va, phys_addr_t table)
{
	u64 *top = &init_mm.pgd[entry_index(va, TOP_LEVEL)];
	u64 *entry = entry_of(*top, PG_LEVEL_1G, va);

	BUG_ON(!*top || *entry);
	*entry = table | _KERNPG_TABLE | REF_ONE; /* a count that nothing takes back */
	*top += REF_ONE;
}

void __init pgtable_activate(void)
{
	write_cr3(root_of(&init_mm));
	flush_tlb_this_cpu();
	direct_map_ready = true;
}
