// SPDX-License-Identifier: MIT
/*
 * The tables of a user half: made by faults, taken out when VMAs go.
 *
 * They are not counted by their entries, as the kernel's are (mm/pgtable_internal.h): an
 * unmapped range keeps its tables until the VMAs around it leave them empty for sure, which the
 * VMAs' bounds tell.  What is taken out, tables and pages, is gathered, and free once no CPU can
 * reach it any more.
 */
#include "mm/user/tables.h"

#include "kernel/core/fault_inject.h"
#include "kernel/lib/string.h"
#include "mm/user/pte.h"

void clear_bad_entry(u64 *entry, int level, unsigned long va)
{
	WARN(true, "page tables: the entry of level %d for user address %#lx, %#llx, %s\n", level,
	     va, (unsigned long long)*entry, bad_entry(*entry, level) ?: "is no table's");
	WRITE_ONCE(*entry, 0);
}

/* ---- making ---- */

/*
 * A table that was taken out is empty, so that it need not be zeroed to be used again: as many are kept
 * as a few small processes have.
 */
#define MOST_SPARE 16

static DEFINE_SPINLOCK(spare_lock); /* what follows; a leaf, within page_table_lock */
static struct page *spare_tables;
static unsigned int nr_spare_tables;

static struct page *take_spare_table(void)
{
	struct page *table;

	spin_lock(&spare_lock);
	table = spare_tables;
	if (likely(table)) {
		spare_tables = table->next;
		nr_spare_tables--;
	}
	spin_unlock(&spare_lock);
	return table;
}

/* Not of the kernel's reserve: a program can ask for as many as it likes. */
static struct page *new_empty_table(void)
{
	struct page *page = should_fail(FAULT_TABLE, _RET_IP_) ? NULL : alloc_page(GFP_USER);

	if (!page)
		return NULL;
	page->flags |= PG_TABLE;
	memset(lowmem_page_address(page), 0, PAGE_SIZE);
	mod_page_state(NR_PAGETABLE, 1);
	return page;
}

struct page *new_user_table(struct mm_struct *mm)
{
	struct page *table = take_spare_table() ?: new_empty_table();

	if (likely(table))
		mm->pgtables_bytes += PAGE_SIZE;
	return table;
}

static noinline u64 *hook_new_table(struct mm_struct *mm, u64 *entry)
{
	struct page *table = new_user_table(mm);

	if (!table)
		return NULL;
	WRITE_ONCE(*entry, page_to_phys(table) | _PAGE_TABLE);
	return lowmem_page_address(table);
}

static inline u64 *alloc_below(struct mm_struct *mm, u64 *entry, int level, unsigned long va)
{
	u64 *table = table_below(entry, level, va);

	return likely(table) ? table : hook_new_table(mm, entry);
}

u64 *alloc_pmd(struct mm_struct *mm, unsigned long va)
{
	u64 *table = alloc_below(mm, &mm->root.pgd[entry_index(va, TOP_LEVEL)], TOP_LEVEL, va);

	if (table)
		table = alloc_below(mm, &table[entry_index(va, PG_LEVEL_1G)], PG_LEVEL_1G, va);
	return table ? &table[entry_index(va, PG_LEVEL_2M)] : NULL;
}

u64 *find_pmd(struct mm_struct *mm, unsigned long va)
{
	u64 *table = table_below(&mm->root.pgd[entry_index(va, TOP_LEVEL)], TOP_LEVEL, va);

	if (table)
		table = table_below(&table[entry_index(va, PG_LEVEL_1G)], PG_LEVEL_1G, va);
	return table ? &table[entry_index(va, PG_LEVEL_2M)] : NULL;
}

u64 *alloc_pte(struct mm_struct *mm, u64 *pmd, unsigned long va)
{
	u64 *table = alloc_below(mm, pmd, PG_LEVEL_2M, va);

	return table ? &table[entry_index(va, PG_LEVEL_4K)] : NULL;
}

/* ---- what is taken out ---- */

void user_gather_begin(struct user_gather *gather, struct mm_struct *mm)
{
	tlb_gather_mmu(&gather->tlb, &mm->root);
	gather->mm = mm;
	gather->tables = NULL;
	gather->nr = 0;
}

void gather_user_table(struct user_gather *gather, struct page *table, unsigned long va)
{
	gather->mm->pgtables_bytes -= PAGE_SIZE;
	table->next = gather->tables;
	gather->tables = table;
	if (!gather->tlb.nr_pages)
		tlb_add_page(&gather->tlb,
			     va); /* forgets which tables lead anywhere (SDM 3A, 4.10.4.1) */
}

/* They are out of reach of all CPUs: some are kept, the others are returned. */
static struct page *keep_some_tables(struct page *table)
{
	struct page *next;

	spin_lock(&spare_lock);
	for (; table && nr_spare_tables < MOST_SPARE; table = next) {
		next = table->next;
		table->next = spare_tables;
		spare_tables = table;
		nr_spare_tables++;
	}
	spin_unlock(&spare_lock);
	return table;
}

static void free_table_list(struct page *table)
{
	while (table) {
		struct page *next = table->next;

		table->flags &= ~PG_TABLE;
		mod_page_state(NR_PAGETABLE, -1);
		__free_page(table);
		table = next;
	}
}

/* A look at user addresses without a lock (mm/pgwalk.c) is done again where tables went under it. */
static noinline void free_gathered_tables(struct user_gather *gather)
{
	__atomic_add_fetch(&table_frees, 1, __ATOMIC_SEQ_CST);
	free_table_list(keep_some_tables(gather->tables));
	gather->tables = NULL;
}

void free_spare_tables(void)
{
	struct page *table;

	spin_lock(&spare_lock);
	table = spare_tables;
	spare_tables = NULL;
	nr_spare_tables = 0;
	spin_unlock(&spare_lock);
	free_table_list(table);
}

void user_gather_flush(struct user_gather *gather)
{
	tlb_flush_mmu(&gather->tlb);
	for (unsigned int i = 0; i < gather->nr; i++)
		put_mapped_page(gather->pages[i]);
	gather->nr = 0;
	if (gather->tables)
		free_gathered_tables(gather);
}

void flush_user_page(struct mm_struct *mm, unsigned long va)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &mm->root);
	tlb_add_page(&tlb, va);
	tlb_flush_mmu(&tlb);
}

/* ---- tables that nobody needs any more ---- */

/* The bytes between two mappings: ceiling 0 is 2^64. */
struct room {
	unsigned long floor, ceiling;
};

static bool lies_within(unsigned long start, unsigned long size, const struct room *room)
{
	return start >= room->floor && start + size - 1 <= room->ceiling - 1;
}

/* Tables below an entry that [va, end) is part of. */
typedef void take_t(struct user_gather *gather, u64 *entry, unsigned long va, unsigned long end,
		    const struct room *room);

/* That of `level` and, by `take`, those below it. */
static __always_inline void take_tables(struct user_gather *gather, u64 *entry, int level,
					unsigned long va, unsigned long end,
					const struct room *room, take_t *take)
{
	unsigned long size = page_level_size(level), next, at;
	u64 *table = table_below(entry, level, va), *below;

	if (!table)
		return;
	below = table + entry_index(va, level - 1);
	for (at = va; take && at != end; at = next, below++) {
		next = entry_end(at, end, page_level_size(level - 1));
		if (*below)
			take(gather, below, at, next, room);
	}
	if (!lies_within(va & ~(size - 1), size, room))
		return;
	WRITE_ONCE(*entry, 0);
	gather_user_table(gather, virt_to_page(table), va);
}

static void take_below_pmd(struct user_gather *gather, u64 *pmd, unsigned long va,
			   unsigned long end, const struct room *room)
{
	take_tables(gather, pmd, PG_LEVEL_2M, va, end, room, NULL);
}

static void take_below_pud(struct user_gather *gather, u64 *pud, unsigned long va,
			   unsigned long end, const struct room *room)
{
	take_tables(gather, pud, PG_LEVEL_1G, va, end, room, take_below_pmd);
}

static void take_below_pgd(struct user_gather *gather, u64 *pgd, unsigned long va,
			   unsigned long end, const struct room *room)
{
	take_tables(gather, pgd, TOP_LEVEL, va, end, room, take_below_pud);
}

static void free_tables_of(struct user_gather *gather, unsigned long va, unsigned long end,
			   const struct room *room)
{
	struct mm_struct *mm = gather->mm;
	unsigned long first = va & HPAGE_MASK, last = (end - 1) & HPAGE_MASK, next;

	/* Mostly the neighbours are near. */
	if (!lies_within(first, PMD_SIZE, room) && !lies_within(last, PMD_SIZE, room) &&
	    last - first <= PMD_SIZE)
		return;
	spin_lock(&mm->page_table_lock);
	for (; va != end; va = next) {
		next = entry_end(va, end, 1UL << PGDIR_SHIFT);
		take_below_pgd(gather, &mm->root.pgd[entry_index(va, TOP_LEVEL)], va, next, room);
	}
	spin_unlock(&mm->page_table_lock);
}

void free_pgtables(struct user_gather *gather, struct vm_area_struct *vma, unsigned long floor,
		   unsigned long ceiling)
{
	for (; vma; vma = vma->vm_next) {
		struct room room = { floor, vma->vm_next ? vma->vm_next->vm_start : ceiling };

		free_tables_of(gather, vma->vm_start, vma->vm_end, &room);
	}
}
