// SPDX-License-Identifier: MIT
/*
 * Page tables: mapping.
 *
 * It goes down from the top and fills whole runs of entries; a range inside one table
 * that exists, the usual ioremap(), takes a short way there.  What was mapped before
 * it failed is taken back.
 */
#include "kernel/core/panic.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "mm/pgtable_internal.h"

struct mapping {
	struct mm *mm;
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

/* The bits of an entry that refers to a table: what it leads to says who may use it. */
static inline u64 table_bits(const struct mapping *m)
{
	return m->mm == &init_mm ? _KERNPG_TABLE : _PAGE_TABLE;
}

/* A new table beneath `entry`; one right beneath init_mm's root is all roots', and stays. */
static void hook_table(u64 *entry, int level, phys_addr_t table, const struct mapping *m)
{
	*entry = table | table_bits(m);
	if (level == TOP_LEVEL && m->mm == &init_mm) {
		*entry += REF_ONE; /* a count that nothing takes back */
		share_top_entry(entry - init_mm.pgd);
	}
}

/* Map [va, end), which lies inside one entry, in the table beneath it. */
static int map_beneath(u64 *ref, u64 *entry, int level, unsigned long va, unsigned long end,
		       struct mapping *m)
{
	phys_addr_t table;

	if (!*entry) {
		m->failed = va;
		if (unlikely(READ_ONCE(tables_leaving)))
			return -EAGAIN;
		table = alloc_table(level - 1);
		if (!table)
			return -ENOMEM;
		hook_table(entry, level, table, m);
		*ref += REF_ONE;
	} else if (!entry_refers(*entry, level)) {
		m->failed = va;
		return bad_entry(*entry, level) ? -EFAULT : -EEXIST;
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

/* Map it with pages of one level, in that one table: how many bytes are done. */
static __always_inline unsigned long map_short(const struct last_table *t, int level,
					       unsigned long va, unsigned long size, u64 entry)
{
	unsigned int shift = level_shift(level);
	unsigned long filled = fill_entries(t->entries + entry_index(va, level), size >> shift,
					    entry, 1UL << shift);

	*t->ref += filled * REF_ONE;
	return filled << shift;
}

static int map_long(unsigned long va, unsigned long size, struct mapping *m)
{
	u64 root = root_of(m->mm);

	return map_table(&root, TOP_LEVEL, va, va + size, m);
}

/* Where the table is there, it is the last one from now on: the next one finds a short way. */
static int map_small(unsigned long va, unsigned long size, struct mapping *m)
{
	find_table(PG_LEVEL_4K, va, size);
	return map_long(va, size, m);
}

/* The short way with large pages, where they fit all of the range and no larger ones do a part. */
static int map_large(unsigned long va, unsigned long size, struct mapping *m)
{
	int level = common_level(va | size | m->offset);
	const struct last_table *t = NULL;

	if (m->max_level == PG_LEVEL_1G && !boot_cpu.gbpages)
		m->max_level = PG_LEVEL_2M;
	level = min(level, m->max_level);
	if (level > PG_LEVEL_4K && (level == m->max_level || size < page_level_size(level + 1)))
		t = find_table(level, va, size);
	if (!t)
		return map_long(va, size, m);
	m->failed = va + map_short(t, level, va, size, leaf_entry(m, va, level));
	return m->failed == va + size ? 0 : -EEXIST;
}

/*
 * Take back what was mapped in front of the place that failed.  Without memory
 * nothing was there, but tables that were just made for it have to go as well.
 */
static void undo_map(struct mm *mm, unsigned long va, unsigned long failed, int err)
{
	if (err == -ENOMEM)
		failed += PAGE_SIZE;
	if (failed != va)
		unmap_page_range(mm, va, failed - va);
}

/* No range of pages of mm's own half, or what is global in a user's. */
static bool bad_mapping(const struct mapping *m, unsigned long va, unsigned long size)
{
	return bad_range(m->mm, va | (m->offset & ~PAGE_MASK), size) ||
	       (m->mm != &init_mm && m->prot & _PAGE_GLOBAL);
}

/* A table is wanted, perhaps where there was another one: on from there once all CPUs know.  Unlocks, and locks. */
static noinline int map_on(unsigned long end, struct mapping *m)
{
	spin_unlock(&pgtable_lock);
	lockdep_wait_for_cpus();
	while (smp_load_acquire(&tables_leaving))
		cpu_relax();
	spin_lock(&pgtable_lock);
	return map_long(m->failed, end - m->failed, m);
}

/* What the short way has left of [va, va + size), behind the first `done` bytes.  Unlocks. */
static noinline int map_rest(unsigned long va, unsigned long done, unsigned long size,
			     struct mapping m)
{
	int err = -EINVAL;

	if (!bad_mapping(&m, va, size))
		err = size < PMD_SIZE ? map_small(va + done, size - done, &m) :
					map_large(va, size, &m);
	while (unlikely(err == -EAGAIN))
		err = map_on(va + size, &m);
	spin_unlock(&pgtable_lock);
	if (unlikely(err && err != -EINVAL))
		undo_map(m.mm, va, m.failed, err);
	WARN(err == -EINVAL, "page tables: cannot map %#lx to %#lx, %#lx bytes\n", va,
	     va + m.offset, size);
	WARN(err == -EEXIST, "page tables: %#lx is mapped already, wanted for %#lx\n", m.failed,
	     (phys_addr_t)(m.failed + m.offset));
	WARN(err == -EFAULT, "page tables: a broken entry for %#lx, wanted for %#lx\n", m.failed,
	     (phys_addr_t)(m.failed + m.offset));
	return err;
}

int map_page_range(struct mm *mm, unsigned long va, phys_addr_t pa, unsigned long size,
		   pgprot_t prot, enum pg_level max_level)
{
	/* What is not so is looked at closely in map_rest(); the table is of the kernel's half. */
	bool usual = mm == &init_mm && size - 1 < PMD_SIZE - 1 && !((va | pa | size) & ~PAGE_MASK);
	unsigned long done = 0;

	spin_lock(&pgtable_lock);
	if (likely(usual && is_last_table(PG_LEVEL_4K, va, size)))
		done = map_short(&last_table[PG_LEVEL_4K], PG_LEVEL_4K, va, size,
				 pa | pgprot_val(prot));
	if (unlikely(done != size || !size))
		return map_rest(va, done, size,
				(struct mapping){ .mm = mm,
						  .offset = pa - va,
						  .prot = pgprot_val(prot),
						  .max_level = max_level });
	spin_unlock(&pgtable_lock);
	return 0;
}

/* Those that fit into the one table that is there: how many are mapped. */
static unsigned int map_pages_short(unsigned long va, struct page *const *pages, unsigned int n,
				    pgprot_t prot)
{
	const struct last_table *t;
	unsigned int i = 0;
	u64 *e;

	spin_lock(&pgtable_lock);
	t = find_table(PG_LEVEL_4K, va, n * PAGE_SIZE);
	if (likely(t)) {
		e = t->entries + entry_index(va, PG_LEVEL_4K);
		for (; i < n && !e[i]; i++)
			e[i] = page_to_phys(pages[i]) | pgprot_val(prot);
		*t->ref += i * REF_ONE;
	}
	spin_unlock(&pgtable_lock);
	return i;
}

/* How many of the pages lie in a row. */
static unsigned int run_length(struct page *const *pages, unsigned int n)
{
	unsigned int i = 1;

	while (i < n && pages[i] == pages[0] + i)
		i++;
	return i;
}

int map_pages(unsigned long va, struct page *const *pages, unsigned int n, pgprot_t prot)
{
	unsigned int i = map_pages_short(va, pages, n, prot), run;
	int err = 0;

	for (; unlikely(i < n) && !err; i += run) {
		run = run_length(pages + i, n - i);
		err = map_page_range(&init_mm, va + i * PAGE_SIZE, page_to_phys(pages[i]),
				     run * PAGE_SIZE, prot, PG_LEVEL_4K);
	}
	return err;
}
