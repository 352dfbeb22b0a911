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
 * one level-1 table that exists, the usual ioremap(), skips the descent.
 * Unmapping takes tables that became empty out, flushes, and only then frees
 * them: until the flush the CPU may still walk them.  Tables from memblock stay.
 *
 * Nothing here knows what a range is for: mm/vmalloc.c gives out the addresses.
 */
#include "kernel/cpu.h"
#include "kernel/errno.h"
#include "kernel/panic.h"
#include "mm/fixmap.h"
#include "mm/memblock.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"

u64 swapper_pg_dir[PTRS_PER_TABLE] __aligned(PAGE_SIZE);
DEFINE_SPINLOCK(pgtable_lock);

static bool direct_map_ready;

/* Before the direct map: the image's own tables, and one foreign table a level. */
static u64 *early_table_at(phys_addr_t phys, int level)
{
	enum fixed_addresses slot = FIX_PTE + (level - PG_LEVEL_4K);

	if (phys - __pa(_text) < (phys_addr_t)(_end - _text))
		return (u64 *)(phys + KERNEL_MAP);
	BUG_ON(level >= TOP_LEVEL);
	set_fixmap(slot, phys);
	return (u64 *)__fix_to_virt(slot);
}

u64 *table_at(phys_addr_t phys, int level)
{
	return likely(direct_map_ready) ? __va(phys) : early_table_at(phys, level);
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

	if (memblock_is_closed()) {
		page = alloc_page(GFP_KERNEL);
		if (!page)
			return 0;
		page->flags |= PG_TABLE;
		phys = page_to_phys(page);
	} else {
		phys = memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, ~0ULL);
		if (!phys)
			return 0;
	}
	clear_table(table_at(phys, level));
	return phys;
}

/* ---- mapping ---- */

struct mapping {
	u64 offset;	/* physical minus virtual address */
	u64 prot;	/* 4 KiB form */
	int max_level;
	unsigned long failed; /* where it stopped */
};

static u64 leaf_entry(const struct mapping *m, unsigned long va, int level)
{
	return (va + m->offset) | (level == PG_LEVEL_4K ? m->prot : pgprot_large(m->prot));
}

/* Fill `n` entries from `entry` on; how many were empty and now are filled. */
static unsigned int fill_entries(u64 *entry, unsigned int n, u64 value, u64 step)
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
	} else if (entry_maps(*entry, level)) {
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
	unsigned int n, filled;
	int err;

	while (va != end) {
		n = level > m->max_level || ((va | (va + m->offset)) & (size - 1)) ?
			    0 : (end - va) / size;
		if (n) {
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

/* The ref of the level-1 table for va where that exists, or NULL. */
static u64 *find_pte_table(unsigned long va)
{
	u64 *entry = &swapper_pg_dir[entry_index(va, TOP_LEVEL)];

	for (int level = TOP_LEVEL; level > PG_LEVEL_2M;) {
		if (!*entry || entry_maps(*entry, level))
			return NULL;
		level--;
		entry = entry_of(*entry, level, va);
	}
	return *entry && !entry_maps(*entry, PG_LEVEL_2M) ? entry : NULL;
}

/* [va, va + size) is a part of what one level-1 table maps. */
static bool in_one_pte_table(unsigned long va, unsigned long size)
{
	return size < PMD_SIZE && ((va ^ (va + size - 1)) & ~(PMD_SIZE - 1)) == 0;
}

static void unmap_locked(unsigned long va, unsigned long end);

static int map_locked(unsigned long va, unsigned long end, struct mapping *m)
{
	u64 root = __pa(swapper_pg_dir);
	u64 *ref = in_one_pte_table(va, end - va) ? find_pte_table(va) : NULL;
	int err = ref ? map_table(ref, PG_LEVEL_4K, va, end, m) :
			map_table(&root, TOP_LEVEL, va, end, m);

	/*
	 * Undo what is in front of the entry in the way.  Without memory there is
	 * none, but tables that were just made for `failed` have to go as well.
	 */
	if (err == -ENOMEM)
		unmap_locked(va, m->failed + PAGE_SIZE);
	else if (err && m->failed != va)
		unmap_locked(va, m->failed);
	return err;
}

int map_kernel_range(unsigned long va, phys_addr_t pa, unsigned long size, pgprot_t prot,
		     enum pg_level max_level)
{
	struct mapping m = { .offset = pa - va, .prot = pgprot_val(prot), .max_level = max_level };
	unsigned long flags;
	int err;

	if (WARN(!size || ((va | pa | size) & ~PAGE_MASK) || va + size < va,
		 "page tables: cannot map %#lx to %#lx, %#lx bytes\n", va, pa, size))
		return -EINVAL;
	if (m.max_level == PG_LEVEL_1G && !boot_cpu.gbpages)
		m.max_level = PG_LEVEL_2M;

	spin_lock_irqsave(&pgtable_lock, flags);
	err = map_locked(va, va + size, &m);
	spin_unlock_irqrestore(&pgtable_lock, flags);

	WARN(err == -EEXIST, "page tables: %#lx is mapped already, wanted for %#lx\n", m.failed,
	     (phys_addr_t)(m.failed + m.offset));
	return err;
}

/* ---- unmapping ---- */

/*
 * As many pages are flushed one by one; for more, forgetting the whole TLB is
 * cheaper (Linux's tlb_single_page_flush_ceiling).
 */
#define FLUSH_ONE_BY_ONE 33

struct gather {
	unsigned int nr_pages;	/* unmapped so far: the first few are flushed already */
	phys_addr_t tables;	/* unhooked, each with the next one's address in its first entry */
	unsigned long straddler; /* a large page that sticks out of the range: left alone */
};

static void unmap_leaf(u64 *entry, unsigned long va, struct gather *g)
{
	WRITE_ONCE(*entry, 0);
	if (g->nr_pages++ < FLUSH_ONE_BY_ONE)
		invlpg(va);
}

/* Unhook the empty table that `entry` refers to: false where it cannot be freed. */
static bool gather_table(u64 *entry, int level, struct gather *g)
{
	phys_addr_t phys = entry_phys(*entry);

	if (!memblock_is_closed() || !(page_flags(pfn_to_page(PFN_DOWN(phys))) & PG_TABLE))
		return false;
	*table_at(phys, level) = g->tables;
	g->tables = phys;
	WRITE_ONCE(*entry, 0);
	return true;
}

/* [va, end) lies inside the one table that ref refers to. */
static void unmap_table(u64 *ref, int level, unsigned long va, unsigned long end, struct gather *g)
{
	unsigned long size = page_level_size(level), next;
	u64 *entry = entry_of(*ref, level, va);
	u64 cleared = 0;

	for (; va != end; va = next, entry++) {
		next = entry_end(va, end, size);
		if (!*entry)
			continue;
		if (!entry_maps(*entry, level)) {
			unmap_table(entry, level - 1, va, next, g);
			if (!(*entry & REF_COUNT_MASK) && gather_table(entry, level - 1, g))
				cleared++;
		} else if (next - va == size) {
			unmap_leaf(entry, va, g);
			cleared++;
		} else {
			g->straddler = va;
		}
	}
	*ref -= cleared * REF_ONE;
}

static void free_gathered(struct gather *g)
{
	while (g->tables) {
		phys_addr_t phys = g->tables;
		struct page *page = pfn_to_page(PFN_DOWN(phys));

		g->tables = *(u64 *)__va(phys);
		page->flags &= ~PG_TABLE;
		__free_page(page);
	}
}

static void unmap_locked(unsigned long va, unsigned long end)
{
	u64 root = __pa(swapper_pg_dir);
	u64 *ref = in_one_pte_table(va, end - va) ? find_pte_table(va) : NULL;
	struct gather g = { 0 };

	if (ref)
		unmap_table(ref, PG_LEVEL_4K, va, end, &g);
	/* The long way, also to take out the table that the short one has emptied. */
	if (!ref || !(*ref & REF_COUNT_MASK))
		unmap_table(&root, TOP_LEVEL, va, end, &g);

	if (g.nr_pages > FLUSH_ONE_BY_ONE)
		flush_tlb_all();
	else if (g.tables)
		invlpg(va); /* forgets cached upper entries of any address (SDM 3A, 4.10.4.1) */
	free_gathered(&g);
	WARN(g.straddler, "page tables: the large page at %#lx sticks out of [%#lx, %#lx)\n",
	     g.straddler, va, end);
}

void unmap_kernel_range(unsigned long va, unsigned long size)
{
	unsigned long flags;

	if (WARN(!size || ((va | size) & ~PAGE_MASK) || va + size < va,
		 "page tables: cannot unmap %#lx, %#lx bytes\n", va, size))
		return;
	spin_lock_irqsave(&pgtable_lock, flags);
	unmap_locked(va, va + size);
	spin_unlock_irqrestore(&pgtable_lock, flags);
}

/* ---- the TLB ---- */

void flush_tlb_one(unsigned long va)
{
	invlpg(va);
}

void flush_tlb_all(void)
{
	u64 cr4 = read_cr4();

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
		invlpg(start);
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
