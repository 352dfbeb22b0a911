// SPDX-License-Identifier: MIT
/*
 * The page tables of the kernel's one address space: mapping and unmapping.
 *
 * A table page comes from memblock until the page allocator took over, then from
 * alloc_page().  It is reached through the image's mapping when it lies in the
 * image, through a fixmap slot of its level while the direct map is still being
 * built, and through the direct map ever after.
 *
 * Mapping goes down from the top and fills whole runs of entries; a range inside
 * one level-1 table that exists, the usual ioremap(), takes a short way there.
 * Unmapping takes tables that became empty out, flushes, and only then frees
 * them: until the flush the CPU may still walk them.  Tables from memblock stay.
 *
 * What is flushed.  The CPU caches a translation only after it has set the
 * accessed flag of the entry (SDM 3A, 4.10.2.3), so an entry that goes without it
 * was never used and is in no TLB; PAGE_KERNEL_AREA is without it for that reason.
 * Pages that were used are flushed one by one; when they are many, forgetting the
 * whole TLB is cheaper, and can wait where the addresses can.
 *
 * Nothing here knows what a range is for: mm/vmalloc.c gives out the addresses.
 */
#include "kernel/cpu.h"
#include "kernel/errno.h"
#include "kernel/panic.h"
#include "mm/fault_inject.h"
#include "mm/fixmap.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"

u64 swapper_pg_dir[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
DEFINE_SPINLOCK(pgtable_lock);

bool direct_map_ready;

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

static void clear_table(u64 *table)
{
	unsigned long n = PTRS_PER_TABLE;

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
	clear_table(table_at(phys, level));
	mod_page_state(NR_PAGETABLE, 1);
	return phys;
}

/* ---- mapping ---- */

struct mapping {
	u64 offset; /* physical minus virtual address */
	u64 prot;   /* 4 KiB form */
	int max_level;
	unsigned long failed; /* where it stopped */
};

static u64 leaf_entry(const struct mapping *m, unsigned long va, int level)
{
	return (va + m->offset) | (level == PG_LEVEL_4K ? m->prot : pgprot_large(m->prot));
}

/* Fill `n` entries from `entry` on; how many were empty and now are filled. */
static unsigned long fill_entries(u64 *entry, unsigned long n, u64 value, u64 step)
{
	u64 *e = entry, *stop = entry + n;

	for (; e < stop && !*e; e++, value += step)
		*e = value;
	return e - entry;
}

static int map_table(u64 *ref, int level, unsigned long va, unsigned long end, struct mapping *m);

/* Map [va, end), which lies inside one entry, in the table beneath it. */
static int map_beneath(u64 *ref, u64 *entry, int level, unsigned long va, unsigned long end,
		       struct mapping *m)
{
	phys_addr_t table;

	if (!*entry) {
		table = alloc_table(level - 1);
		if (!table) {
			m->failed = va;
			return -ENOMEM;
		}
		*entry = table | _KERNPG_TABLE;
		*ref += REF_ONE;
	} else if (!entry_refers(*entry)) {
		m->failed = va;
		return -EEXIST;
	}
	return map_table(entry, level - 1, va, end, m);
}

/* [va, end) lies inside the one table that ref refers to. */
static int map_table(u64 *ref, int level, unsigned long va, unsigned long end, struct mapping *m)
{
	unsigned long size = page_level_size(level), next;
	u64 *entry = entry_of(*ref, level, va);
	unsigned long n, filled;
	int err;

	while (va != end) {
		n = (end - va) >> level_shift(level);
		if (n && level <= m->max_level && !((va | (va + m->offset)) & (size - 1))) {
			filled = fill_entries(entry, n, leaf_entry(m, va, level), size);
			*ref += filled * REF_ONE;
			entry += filled;
			va += filled * size;
			if (filled < n) {
				m->failed = va;
				return -EEXIST;
			}
			continue;
		}
		next = entry_end(va, end, size);
		err = map_beneath(ref, entry, level, va, next, m);
		if (err)
			return err;
		entry++;
		va = next;
	}
	return 0;
}

/*
 * The tables of each level below the top that were used last: the address's bits above
 * those that select an entry, and the ref.  As most calls are for the neighbourhood of
 * the one before, the walk is mostly saved.  Guarded by pgtable_lock.
 */
static struct {
	unsigned long region;
	u64 *ref;
} last_table[TOP_LEVEL] = { [0 ... TOP_LEVEL - 1] = { .region = ~0UL } };

static void forget_last_table(void)
{
	for (int level = 0; level < TOP_LEVEL; level++)
		last_table[level].region = ~0UL;
}

static noinline u64 *walk_to_table(int level, unsigned long va)
{
	u64 *entry = &swapper_pg_dir[entry_index(va, TOP_LEVEL)];

	for (int l = TOP_LEVEL - 1; l > level && entry_refers(*entry); l--)
		entry = entry_of(*entry, l, va);
	if (!entry_refers(*entry))
		return NULL;
	last_table[level].region = va >> level_shift(level + 1);
	last_table[level].ref = entry;
	return entry;
}

/*
 * The short way: the ref of the table of that level for va, where that exists and all
 * of the `size` bytes lie in it; else NULL.
 */
static __always_inline u64 *find_table(int level, unsigned long va, unsigned long size)
{
	unsigned long region = va >> level_shift(level + 1);

	if (region != (va + size - 1) >> level_shift(level + 1))
		return NULL;
	if (likely(region == last_table[level].region))
		return last_table[level].ref;
	return direct_map_ready ? walk_to_table(level, va) : NULL;
}

/* The largest level whose pages `bits`, addresses and sizes, are all multiples of. */
static __always_inline int common_level(unsigned long bits)
{
	return bits & (PMD_SIZE - 1) ? PG_LEVEL_4K :
	       bits & (PUD_SIZE - 1) ? PG_LEVEL_2M :
				       PG_LEVEL_1G;
}

/* Map it with pages of one level, in the one table that ref refers to: how many bytes are done. */
static __always_inline unsigned long map_short(u64 *ref, int level, unsigned long va,
					       unsigned long size, u64 entry)
{
	unsigned int shift = level_shift(level);
	unsigned long filled =
		fill_entries(entry_of(*ref, level, va), size >> shift, entry, 1UL << shift);

	*ref += filled * REF_ONE;
	return filled << shift;
}

static int map_long(unsigned long va, unsigned long size, struct mapping *m)
{
	u64 root = __pa(swapper_pg_dir);

	return map_table(&root, TOP_LEVEL, va, va + size, m);
}

/* The short way with large pages, where they fit all of the range and no larger ones do a part. */
static int map_large(unsigned long va, unsigned long size, struct mapping *m)
{
	int level = common_level(va | size | m->offset);
	u64 *ref = NULL;

	if (m->max_level == PG_LEVEL_1G && !boot_cpu.gbpages)
		m->max_level = PG_LEVEL_2M;
	level = min(level, m->max_level);
	if (level > PG_LEVEL_4K && (level == m->max_level || size < page_level_size(level + 1)))
		ref = find_table(level, va, size);
	if (!ref)
		return map_long(va, size, m);
	m->failed = va + map_short(ref, level, va, size, leaf_entry(m, va, level));
	return m->failed == va + size ? 0 : -EEXIST;
}

static void unmap_locked(unsigned long va, unsigned long size);

/*
 * Take back what was mapped in front of the place that failed.  Without memory
 * nothing was there, but tables that were just made for it have to go as well.
 */
static void undo_map(unsigned long va, unsigned long failed, int err)
{
	if (err == -ENOMEM)
		failed += PAGE_SIZE;
	if (failed != va)
		unmap_locked(va, failed - va);
}

/* What the short way has left of [va, va + size), behind the first `done` bytes.  Unlocks. */
static noinline int map_rest(unsigned long va, unsigned long done, unsigned long size,
			     struct mapping m)
{
	int err = size < PMD_SIZE ? map_long(va + done, size - done, &m) : map_large(va, size, &m);

	if (unlikely(err))
		undo_map(va, m.failed, err);
	spin_unlock(&pgtable_lock);
	WARN(err == -EEXIST, "page tables: %#lx is mapped already, wanted for %#lx\n", m.failed,
	     (phys_addr_t)(m.failed + m.offset));
	return err;
}

/* A range that is no range of pages. */
static bool misshapen(unsigned long va, unsigned long size, phys_addr_t pa)
{
	return ((va | size | pa) & ~PAGE_MASK) || size - 1 >= ~va;
}

int map_kernel_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot,
		     enum pg_level max_level)
{
	unsigned long done = 0;
	u64 *ref;

	if (WARN(misshapen(va, size, pa), "page tables: cannot map %#lx to %#lx, %#lx bytes\n", va,
		 pa, size))
		return -EINVAL;
	spin_lock(&pgtable_lock);
	ref = size < PMD_SIZE ? find_table(PG_LEVEL_4K, va, size) : NULL;
	if (likely(ref))
		done = map_short(ref, PG_LEVEL_4K, va, size, pa | pgprot_val(prot));
	if (unlikely(done != size))
		return map_rest(va, done, size,
				(struct mapping){ .offset = pa - va,
						  .prot = pgprot_val(prot),
						  .max_level = max_level });
	spin_unlock(&pgtable_lock);
	return 0;
}

/* ---- unmapping ---- */

/* As many pages are flushed one by one (Linux's tlb_single_page_flush_ceiling). */
#define FLUSH_ONE_BY_ONE 33

struct gather {
	unsigned long used;	 /* pages that the TLB may know; the first of them are flushed */
	phys_addr_t tables;	 /* unhooked, each with the next one's address in its first entry */
	unsigned long straddler; /* a large page that sticks out of the range: left alone */
	bool keep_edges;	 /* a table that the range covers in part stays, even when empty */
};

static inline bool must_flush_all(const struct gather *g)
{
	return g->used > FLUSH_ONE_BY_ONE;
}

static noinline void flush_used(struct gather *g, unsigned long va)
{
	if (++g->used <= FLUSH_ONE_BY_ONE)
		flush_tlb_one(va);
}

/* Empty the entry that maps va: what it was.  In one step, since the CPU may set flags. */
static __always_inline u64 clear_leaf(u64 *entry, unsigned long va, struct gather *g)
{
	u64 old = __atomic_exchange_n(entry, 0, __ATOMIC_RELAXED);

	if (unlikely(old & _PAGE_ACCESSED))
		flush_used(g, va);
	return old;
}

/* Clear entries from `entry` on as long as they map pages, `n` at most; how many. */
static unsigned long clear_leaves(u64 *entry, unsigned long n, int level, unsigned long va,
				  struct gather *g)
{
	const u64 leaf = level == PG_LEVEL_4K ? _PAGE_PRESENT : _PAGE_PRESENT | _PAGE_PSE;
	unsigned long size = page_level_size(level);
	u64 *e = entry, *stop = entry + n;

	for (; e < stop && (*e & leaf) == leaf; e++, va += size)
		clear_leaf(e, va, g);
	return e - entry;
}

static void unmap_table(u64 *ref, int level, unsigned long va, unsigned long end, struct gather *g);

bool table_can_be_freed(phys_addr_t table)
{
	return memblock_is_closed() && (page_flags(pfn_to_page(PFN_DOWN(table))) & PG_TABLE);
}

/* Unhook the empty table that `entry` refers to: false where it cannot be freed. */
static bool gather_table(u64 *entry, int level, struct gather *g)
{
	phys_addr_t phys = entry_phys(*entry);

	if (!table_can_be_freed(phys))
		return false;
	*table_at(phys, level) = g->tables;
	g->tables = phys;
	WRITE_ONCE(*entry, 0);
	return true;
}

/* What is no run of whole pages: a hole, a table, or a page that sticks out. Entries cleared. */
static unsigned int unmap_beneath(u64 *entry, int level, unsigned long va, unsigned long end,
				  struct gather *g)
{
	if (!*entry)
		return 0;
	if (entry_maps(*entry, level)) {
		g->straddler = va;
		return 0;
	}
	unmap_table(entry, level - 1, va, end, g);
	if (*entry & REF_COUNT_MASK || (g->keep_edges && end - va != page_level_size(level)))
		return 0;
	return gather_table(entry, level - 1, g);
}

/* [va, end) lies inside the one table that ref refers to. */
static void unmap_table(u64 *ref, int level, unsigned long va, unsigned long end, struct gather *g)
{
	unsigned long size = page_level_size(level), n, cleared = 0;
	u64 *entry = entry_of(*ref, level, va);

	while (va != end) {
		n = va & (size - 1) ? 0 : (end - va) >> level_shift(level);
		if (n)
			n = clear_leaves(entry, n, level, va, g);
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

void free_tables(phys_addr_t tables)
{
	if (tables)
		forget_last_table();
	while (tables) {
		phys_addr_t phys = tables;
		struct page *page = pfn_to_page(PFN_DOWN(phys));

		tables = *(u64 *)__va(phys);
		page->flags &= ~PG_TABLE;
		mod_page_state(NR_PAGETABLE, -1);
		__free_page(page);
	}
}

static noinline void unmap_long(unsigned long va, unsigned long size, struct gather *g)
{
	u64 root = __pa(swapper_pg_dir);

	unmap_table(&root, TOP_LEVEL, va, va + size, g);
	if (g->tables)
		invlpg(va); /* forgets cached upper entries of any address (SDM 3A, 4.10.4.1) */
	free_tables(g->tables);
	WARN(g->straddler, "page tables: the large page at %#lx sticks out of [%#lx, %#lx)\n",
	     g->straddler, va, va + size);
}

/* Clear the `size` bytes' entries, present or not, in one level-1 table. */
static __always_inline void unmap_short(u64 *ref, unsigned long va, unsigned long size,
					struct gather *g)
{
	u64 *e = entry_of(*ref, PG_LEVEL_4K, va), *stop = e + (size >> PAGE_SHIFT);
	u64 cleared = 0;

	for (; e < stop; e++, va += PAGE_SIZE)
		cleared += clear_leaf(e, va, g) & _PAGE_PRESENT;
	*ref -= cleared * REF_ONE;
}

static void unmap_locked(unsigned long va, unsigned long size)
{
	u64 *ref = find_table(PG_LEVEL_4K, va, size);
	struct gather g = { 0 };

	if (ref)
		unmap_short(ref, va, size, &g);
	/* The long way, also to take out a table that the short one has emptied. */
	if (!ref || !(*ref & REF_COUNT_MASK))
		unmap_long(va, size, &g);
	if (must_flush_all(&g))
		flush_tlb_all();
}

void unmap_kernel_range(unsigned long va, unsigned long size)
{
	if (WARN(misshapen(va, size, 0), "page tables: cannot unmap %#lx, %#lx bytes\n", va, size))
		return;
	spin_lock(&pgtable_lock);
	unmap_locked(va, size);
	spin_unlock(&pgtable_lock);
}

/* The short way where large pages of one level make up all of the range; else false. */
static noinline bool unmap_large(unsigned long va, unsigned long size, struct gather *g)
{
	int level = common_level(va | size);
	unsigned long n = size >> level_shift(level), cleared;
	u64 *ref = level > PG_LEVEL_4K ? find_table(level, va, size) : NULL;

	if (!ref)
		return false;
	cleared = clear_leaves(entry_of(*ref, level, va), n, level, va, g);
	*ref -= cleared * REF_ONE;
	return cleared == n;
}

bool unmap_area_range(unsigned long va, unsigned long size)
{
	struct gather g = { .keep_edges = true };
	u64 *ref;

	spin_lock(&pgtable_lock);
	if (size < PMD_SIZE && (ref = find_table(PG_LEVEL_4K, va, size)))
		unmap_short(ref, va, size, &g);
	else if (size < PMD_SIZE || !unmap_large(va, size, &g))
		unmap_long(va, size, &g);
	spin_unlock(&pgtable_lock);
	return !must_flush_all(&g);
}

void free_area_tables(unsigned long va, unsigned long size)
{
	struct gather g = { 0 };
	u64 *ref;

	spin_lock(&pgtable_lock);
	ref = find_table(PG_LEVEL_4K, va, size);
	if (!ref || !(*ref & REF_COUNT_MASK))
		unmap_long(va, size, &g);
	spin_unlock(&pgtable_lock);
}

/* ---- the TLB ---- */

void flush_tlb_one(unsigned long va)
{
	count_vm_event(NR_TLB_LOCAL_FLUSH_ONE);
	invlpg(va);
}

unsigned long tlb_flushes;

void flush_tlb_all(void)
{
	u64 cr4 = read_cr4();

	tlb_flushes++;
	count_vm_event(NR_TLB_LOCAL_FLUSH_ALL);
	/* Only a change of CR4.PGE forgets global entries too (SDM 3A, 4.10.4.1). */
	if (cr4 & X86_CR4_PGE) {
		write_cr4(cr4 & ~X86_CR4_PGE);
		write_cr4(cr4);
	} else {
		write_cr3(read_cr3());
	}
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end)
{
	if (end - start > FLUSH_ONE_BY_ONE * PAGE_SIZE) {
		flush_tlb_all();
		return;
	}
	for (; start < end; start += PAGE_SIZE)
		flush_tlb_one(start);
}

/* ---- the change to the final tables ---- */

void __init pgtable_hook_static(unsigned long va, phys_addr_t table)
{
	u64 *top = &swapper_pg_dir[entry_index(va, TOP_LEVEL)];
	u64 *entry = entry_of(*top, PG_LEVEL_1G, va);

	BUG_ON(!*top || *entry);
	*entry = table | _KERNPG_TABLE | REF_ONE; /* a count that nothing takes back */
	*top += REF_ONE;
}

void __init pgtable_activate(void)
{
	write_cr3(__pa(swapper_pg_dir));
	flush_tlb_all();
	direct_map_ready = true;
}
