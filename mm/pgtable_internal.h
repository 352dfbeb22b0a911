/* SPDX-License-Identifier: MIT */
/*
 * What the files that edit page tables share: mm/mm.c, mm/pgtable.c, mm/pgmap.c,
 * mm/pgunmap.c, mm/pgattr.c, mm/pgwalk.c and mm/tlb.c; and mm/user/, which has tables of its
 * own without counts, but the same levels and sound entries; and mm/kasan.c, which looks up by itself.
 * Nobody else includes this.
 *
 * Levels are numbered by enum pg_level: the entries of a level-1 table map 4 KiB
 * each, those of the level-4 table, which is the root, 512 GiB.  A table is named by
 * the entry that refers to it, `ref`.  An entry is 0 or present, nothing between, and
 * what it refers to is a table: whoever goes down asks bad_entry() before he follows one, so
 * that a stray write into a table costs what that entry maps, and not the kernel.
 *
 * How many entries of a table are in use is counted in bits 52-61 of its ref,
 * which the CPU ignores (SDM 3A, tables 4-16 to 4-18).  So the last unmap in a
 * table knows that it was the last without looking at the other 511 entries.
 */
#ifndef MM_PGTABLE_INTERNAL_H
#define MM_PGTABLE_INTERNAL_H

#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "mm/pgtable.h"

#define PTRS_PER_TABLE 512
#define TOP_LEVEL      4

#define REF_COUNT_SHIFT 52
#define REF_ONE		(1ULL << REF_COUNT_SHIFT)
#define REF_COUNT_MASK	(1023 * REF_ONE)

extern spinlock_t pgtable_lock; /* all tables but the fixmap's level 1; not for interrupts */

static inline phys_addr_t entry_phys(u64 entry)
{
	return entry & PTE_PFN_MASK;
}

/* The entry, which is not empty, maps a page, rather than refer to a table. */
static inline bool entry_maps(u64 entry, int level)
{
	return level == PG_LEVEL_4K || (entry & _PAGE_PSE);
}

/* Why an entry of that level is none that we made, or that the CPU takes; NULL: it is sound, or 0. */
const char *bad_entry(u64 entry, int level);

/* The entry, of level 1, maps a page: it is no less than bad_entry() asks for. */
static inline bool is_sound_page(u64 entry)
{
	return entry & _PAGE_PRESENT && !((entry & PTE_PFN_MASK) >> boot_cpu.phys_bits);
}

/* The entry, of a level above 1, refers to a table that is there. */
static inline bool entry_refers(u64 entry, int level)
{
	return entry && !entry_maps(entry, level) && !bad_entry(entry, level);
}

/* log2 of what one entry maps at a level. */
static inline unsigned int level_shift(int level)
{
	return PAGE_SHIFT + 9 * (level - PG_LEVEL_4K);
}

static inline unsigned int entry_index(unsigned long va, int level)
{
	return va >> level_shift(level) & (PTRS_PER_TABLE - 1);
}

/* Where the entry that holds va ends, or `end` if that comes first (0 is 2^64). */
static inline unsigned long entry_end(unsigned long va, unsigned long end, unsigned long size)
{
	unsigned long next = (va & ~(size - 1)) + size;

	return next - 1 < end - 1 ? next : end;
}

/* Rights between a PTE and a large page's entry: the PAT bit moves (SDM 3A, 4.9.2). */
static inline u64 pgprot_large(u64 prot)
{
	return (prot & ~_PAGE_PAT) | _PAGE_PSE | (prot & _PAGE_PAT) << 5;
}

static inline u64 pgprot_small(u64 prot)
{
	return (prot & ~(_PAGE_PSE | _PAGE_PAT_LARGE)) | (prot & _PAGE_PAT_LARGE) >> 5;
}

extern bool direct_map_ready; /* set once, by pgtable_activate() */
u64 *early_table_at(phys_addr_t phys, int level);

/*
 * A table's entries, to read and write.  Until the direct map exists the address
 * lasts until another table of the same level is asked for.
 */
static inline u64 *table_at(phys_addr_t phys, int level)
{
	return likely(direct_map_ready) ? __va(phys) : early_table_at(phys, level);
}

/* The entry for va in the table that ref refers to. */
static inline u64 *entry_of(u64 ref, int level, unsigned long va)
{
	return table_at(entry_phys(ref), level) + entry_index(va, level);
}

/*
 * The tables of each level below the top that were used last: the address's bits above
 * those that select an entry, the ref, and the entries.  As most calls are for the
 * neighbourhood of the one before, the walk is mostly saved.  The ref must still be what
 * it was; half of it is looked at, without the count.  Only init_mm's are
 * remembered, and by their addresses alone: a user address is in none of them, and no
 * other root has the kernel's half to map in (bad_range()).  Guarded by pgtable_lock.
 */
struct last_table {
	unsigned long region;
	u64 *ref;
	u64 *entries;
	u32 was; /* the low half of *ref when it was checked */
};
extern struct last_table last_table[TOP_LEVEL];

/* init_mm's table of that level for va, which is the last one from now on, or NULL. */
const struct last_table *walk_to_table(int level, unsigned long va);

/* The last table of that level is va's, and all of the `size` bytes lie in it. */
static __always_inline bool is_last_table(int level, unsigned long va, unsigned long size)
{
	unsigned long region = va >> level_shift(level + 1);
	const struct last_table *t = &last_table[level];

	return region == t->region && region == (va + size - 1) >> level_shift(level + 1) &&
	       (u32)*t->ref == t->was;
}

/*
 * The short way: the table of that level for va, where that exists and all of the
 * `size` bytes lie in it; else NULL.  A user half has no short ways.
 */
static __always_inline const struct last_table *find_table(int level, unsigned long va,
							   unsigned long size)
{
	if (likely(is_last_table(level, va, size)))
		return &last_table[level];
	if (va >> level_shift(level + 1) != (va + size - 1) >> level_shift(level + 1))
		return NULL;
	return direct_map_ready ? walk_to_table(level, va) : NULL;
}

/* The largest level whose pages `bits`, addresses and sizes, are all multiples of. */
static __always_inline int common_level(unsigned long bits)
{
	return bits & (PMD_SIZE - 1) ? PG_LEVEL_4K :
	       bits & (PUD_SIZE - 1) ? PG_LEVEL_2M :
				       PG_LEVEL_1G;
}

/* A range that is no range of pages; to end at 2^64 is too far, too. */
static inline bool misshapen(unsigned long va, unsigned long size)
{
	return ((va | size) & ~PAGE_MASK) || size - 1 >= ~va;
}

/* The range is not one of pages of the half that is mm's own. */
static inline bool bad_range(const struct mm *mm, unsigned long va, unsigned long size)
{
	return misshapen(va, size) ||
	       (mm == &init_mm ? va < KERNEL_HALF : va < PAGE_SIZE || va + size > TASK_SIZE_MAX);
}

/* The root's ref.  Its count is of no use: a root is there also when it is empty. */
static inline u64 root_of(const struct mm *mm)
{
	return __pa(mm->pgd);
}

/* A top-level entry of init_mm is new: all other roots get it.  pgtable_lock is held. */
void share_top_entry(unsigned int index);

/* The first top-level entry of the kernel's half. */
#define FIRST_SHARED (KERNEL_HALF >> PGDIR_SHIFT & (PTRS_PER_TABLE - 1))

/*
 * An empty table of that level; 0 without memory.  Its ref is phys | table_bits().  Of a root's the
 * kernel's half is for the caller to fill.
 */
phys_addr_t alloc_table(int level);

/* It came from alloc_table() since the page allocator is there: static ones and memblock's stay. */
bool table_can_be_freed(phys_addr_t table);

/*
 * A table that was just taken out, be it empty or not: tlb->tables has it until the flush,
 * and the CPUs are told whatever else there is to forget.  pgtable_lock is held.
 */
void tlb_remove_table(struct mmu_gather *tlb, phys_addr_t table, unsigned long va);

/* Give back tables that no CPU walks any more, linked by their pages' `next`. */
void free_tables(struct page *tables);

/*
 * How many gathers have tables that some CPU may still walk.  None is put in the place of
 * such a one, since that CPU would find nothing in what it remembers: it faults, and where
 * that is a stack, for good.  It grows under pgtable_lock only.  Who has such tables keeps his CPU
 * until they are free, so that he is not waited for in vain.
 */
extern unsigned int tables_leaving;

/* How often that was done: counted before, see lookup_address(). */
extern unsigned long table_frees;

#endif
