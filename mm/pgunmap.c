// SPDX-License-Identifier: MIT
/*
 * Page tables: unmapping.
 *
 * Entries are cleared and tables that became empty taken out under pgtable_lock; when that is
 * given back, what was used is forgotten by all CPUs that may know it, and only then are the
 * tables freed (mm/tlb.h).  Tables from memblock stay.
 *
 * An entry that goes without the accessed flag was never used and is in no TLB;
 * PAGE_KERNEL_AREA is without it for that reason.  Pages that were used are forgotten one
 * by one; when they are many, forgetting everything is cheaper, and can wait where the
 * addresses can.
 */
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "mm/pgtable_internal.h"

struct gather {
	struct mmu_gather *tlb;
	unsigned long stuck; /* an address whose entry was left alone, or 0, and why */
	const char *why;
	bool keep_edges; /* a table that the range covers in part stays, even when empty */
	bool cleared;	 /* no page is mapped any more: only tables are looked for */
};

static noinline void gather_used(struct mmu_gather *tlb, unsigned long va)
{
	tlb_add_page(tlb, va);
}

/* Empty the entry that maps va: what it was.  In one step, since the CPU may set flags. */
static __always_inline u64 clear_leaf(u64 *entry, unsigned long va, struct mmu_gather *tlb)
{
	u64 old = __atomic_exchange_n(entry, 0, __ATOMIC_RELAXED);

	if (unlikely(old & _PAGE_ACCESSED))
		gather_used(tlb, va);
	return old;
}

/* Clear entries from `entry` on as long as they map pages, `n` at most; how many. */
static unsigned long clear_leaves(u64 *entry, unsigned long n, int level, unsigned long va,
				  struct mmu_gather *tlb)
{
	const u64 leaf = level == PG_LEVEL_4K ? _PAGE_PRESENT : _PAGE_PRESENT | _PAGE_PSE;
	unsigned long size = page_level_size(level);
	u64 *e = entry, *stop = entry + n;

	for (; e < stop && (*e & leaf) == leaf; e++, va += size)
		clear_leaf(e, va, tlb);
	return e - entry;
}

static void unmap_table(u64 *ref, int level, unsigned long va, unsigned long end, struct gather *g);

/* Unhook the empty table that `entry`, for va, refers to: false where it cannot be freed. */
static bool gather_table(u64 *entry, unsigned long va, struct gather *g)
{
	phys_addr_t phys = entry_phys(*entry);

	if (!table_can_be_freed(phys))
		return false;
	WRITE_ONCE(*entry, 0);
	tlb_remove_table(g->tlb, phys, va);
	return true;
}

/* What is no run of whole pages: a hole, a table, or a page that sticks out. Entries cleared. */
static unsigned int unmap_beneath(u64 *entry, int level, unsigned long va, unsigned long end,
				  struct gather *g)
{
	if (!*entry)
		return 0;
	if (level == PG_LEVEL_4K) { /* written over; nothing hangs on it */
		WRITE_ONCE(*entry, 0);
		return 1;
	}
	if (unlikely(bad_entry(*entry, level))) {
		g->stuck = va;
		g->why = "its entry is broken";
		return 0;
	}
	if (entry_maps(*entry, level)) {
		g->stuck = va;
		g->why = "its large page sticks out";
		return 0;
	}
	if (level - 1 > PG_LEVEL_4K || !g->cleared)
		unmap_table(entry, level - 1, va, end, g);
	if (*entry & REF_COUNT_MASK || (g->keep_edges && end - va != page_level_size(level)))
		return 0;
	return gather_table(entry, va, g);
}

/* [va, end) lies inside the one table that ref refers to. */
static void unmap_table(u64 *ref, int level, unsigned long va, unsigned long end, struct gather *g)
{
	unsigned long size = page_level_size(level), n, cleared = 0;
	u64 *entry = entry_of(*ref, level, va);

	while (va != end) {
		n = va & (size - 1) ? 0 : (end - va) >> level_shift(level);
		if (n)
			n = clear_leaves(entry, n, level, va, g->tlb);
		if (n) {
			cleared += n;
			entry += n;
			va += n * size;
			continue;
		}
		n = entry_end(va, end, size);
		cleared += unmap_beneath(entry, level, va, n, g);
		entry++;
		va = n;
	}
	*ref -= cleared * REF_ONE;
}

static noinline void unmap_long(const struct mm *mm, unsigned long va, unsigned long size,
				struct gather *g)
{
	u64 root = root_of(mm);

	unmap_table(&root, TOP_LEVEL, va, va + size, g);
	WARN(g->stuck, "page tables: %#lx of [%#lx, %#lx) stays mapped: %s\n", g->stuck, va,
	     va + size, g->why);
}

/* Clear the `size` bytes' entries, sound or not, in one level-1 table. */
static __always_inline void unmap_short(const struct last_table *t, unsigned long va,
					unsigned long size, struct mmu_gather *tlb)
{
	u64 *first = t->entries + entry_index(va, PG_LEVEL_4K);
	u64 cleared = size >> PAGE_SHIFT;

	for (u64 *e = first, *stop = e + cleared; e < stop; e++)
		if (unlikely(!clear_leaf(e, va + (e - first) * PAGE_SIZE, tlb)))
			cleared--;
	*t->ref -= cleared * REF_ONE;
}

void unmap_page_range(struct mm *mm, unsigned long va, unsigned long size)
{
	const struct last_table *t;
	struct mmu_gather tlb;
	struct gather g = { .tlb = &tlb };

	if (WARN(bad_range(mm, va, size), "page tables: cannot unmap %#lx, %#lx bytes\n", va, size))
		return;
	tlb_gather_mmu(&tlb, mm);
	spin_lock(&pgtable_lock);
	t = find_table(PG_LEVEL_4K, va, size);
	if (t)
		unmap_short(t, va, size, &tlb);
	/* The long way, also to take out a table that the short one has emptied. */
	if (!t || !(*t->ref & REF_COUNT_MASK))
		unmap_long(mm, va, size, &g);
	spin_unlock(&pgtable_lock);
	tlb_flush_mmu(&tlb);
}

/* The short way where large pages of one level make up all of the range; else false. */
static bool unmap_large(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	int level = common_level(va | size);
	unsigned long n = size >> level_shift(level), cleared;
	const struct last_table *t = level > PG_LEVEL_4K ? find_table(level, va, size) : NULL;

	if (!t)
		return false;
	cleared = clear_leaves(t->entries + entry_index(va, level), n, level, va, tlb);
	*t->ref -= cleared * REF_ONE;
	return cleared == n;
}

/* An area's range that is not of the table that was used last. */
static noinline void unmap_other_table(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	struct gather g = { .tlb = tlb, .keep_edges = true };
	const struct last_table *t = size < PMD_SIZE ? find_table(PG_LEVEL_4K, va, size) : NULL;

	if (t)
		unmap_short(t, va, size, tlb);
	else if (size < PMD_SIZE || !unmap_large(va, size, tlb))
		unmap_long(&init_mm, va, size, &g);
}

bool unmap_area_range(unsigned long va, unsigned long size)
{
	struct mmu_gather tlb;

	tlb_gather_mmu(&tlb, &init_mm);
	spin_lock(&pgtable_lock);
	if (likely(is_last_table(PG_LEVEL_4K, va, size) && size < PMD_SIZE))
		unmap_short(&last_table[PG_LEVEL_4K], va, size, &tlb);
	else
		unmap_other_table(va, size, &tlb);
	spin_unlock(&pgtable_lock);
	if (tlb.nr_pages > TLB_SINGLE_PAGES && !tlb.tables)
		return false;
	tlb_flush_mmu(&tlb);
	return true;
}

void take_area_tables(unsigned long va, unsigned long size, struct mmu_gather *tlb)
{
	struct gather g = { .tlb = tlb, .cleared = true };
	const struct last_table *t;

	spin_lock(&pgtable_lock);
	t = find_table(PG_LEVEL_4K, va, size);
	if (!t || !(*t->ref & REF_COUNT_MASK))
		unmap_long(&init_mm, va, size, &g);
	spin_unlock(&pgtable_lock);
}
