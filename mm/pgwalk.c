// SPDX-License-Identifier: MIT
/*
 * Reading page tables: what does an address map to, and all that is mapped.
 *
 * lookup_address() walks the tables that the CPU uses, from CR3 down, so that it tells
 * the truth also when something is wrong with ours.  It takes no lock: exception
 * handlers call it.  Where tables were freed under it, it looks again; what it follows
 * is RAM at each step, so that it cannot fault.
 */
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/pgtable_internal.h"

/* Bits 63-47 are equal (SDM 1, 3.3.7.1): others name no address at all. */
static bool is_canonical(unsigned long va)
{
	return (long)(va << 16) >> 16 == (long)va;
}

static u64 walk_to_page(u64 entry, unsigned long va, enum pg_level *level)
{
	*level = PG_LEVEL_NONE;
	for (int l = TOP_LEVEL; l >= PG_LEVEL_4K; l--) {
		entry = READ_ONCE(*entry_of(entry, l, va));
		if (!(entry & _PAGE_PRESENT) || bad_entry(entry, l))
			break;
		if (entry_maps(entry, l)) {
			*level = l;
			break;
		}
	}
	return entry;
}

static pte_t lookup(u64 root, unsigned long va, enum pg_level *level)
{
	unsigned long frees;
	u64 entry;

	if (!is_canonical(va)) {
		*level = PG_LEVEL_NONE;
		return __pte(0);
	}
	do {
		frees = smp_load_acquire(&table_frees);
		entry = walk_to_page(root, va, level);
		smp_rmb();
	} while (unlikely(READ_ONCE(table_frees) != frees));
	return __pte(entry);
}

pte_t lookup_address_in_mm(const struct mm *mm, unsigned long va, enum pg_level *level)
{
	return lookup(root_of(mm), va, level);
}

pte_t lookup_address(unsigned long va, enum pg_level *level)
{
	return lookup(read_cr3(), va, level);
}

pte_t lookup_kernel_address(unsigned long va, enum pg_level *level)
{
	u64 entry = 0;

	spin_lock(&pgtable_lock);
	if (likely(is_last_table(PG_LEVEL_4K, va, PAGE_SIZE)))
		entry = last_table[PG_LEVEL_4K].entries[entry_index(va, PG_LEVEL_4K)];
	spin_unlock(&pgtable_lock);
	if (unlikely(!is_sound_page(entry)))
		return lookup_address_in_mm(&init_mm, va, level);
	*level = PG_LEVEL_4K;
	return __pte(entry);
}

int virt_to_phys_walk(unsigned long va, phys_addr_t *pa)
{
	enum pg_level level;
	u64 entry = pte_val(lookup_address(va, &level));
	unsigned long offset;

	if (level == PG_LEVEL_NONE)
		return -EFAULT;
	/* A large page's entry has its PAT bit where a PTE has an address bit. */
	offset = page_level_size(level) - 1;
	*pa = (entry_phys(entry) & ~offset) | (va & offset);
	return 0;
}

struct walk {
	void (*fn)(unsigned long va, enum pg_level level, pte_t entry, void *arg);
	void *arg;
	unsigned long broken; /* entries that were not followed */
};

/* Visit the table that ref refers to, for the addresses from va on. */
static void walk_table(u64 ref, int level, unsigned long va, struct walk *w)
{
	const u64 *table = table_at(entry_phys(ref), level);
	unsigned long size = page_level_size(level);

	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++, va += size) {
		u64 entry = table[i];

		if (!entry)
			continue;
		if (!(level == PG_LEVEL_4K && is_sound_page(entry)) && bad_entry(entry, level)) {
			w->broken++;
			continue;
		}
		/* What the levels above forbid stays forbidden. */
		entry &= ref | ~(_PAGE_RW | _PAGE_USER);
		entry |= ref & _PAGE_NX;
		if (level == TOP_LEVEL && i >= PTRS_PER_TABLE / 2)
			va |= ~0UL << 48; /* the upper half: sign-extended */
		if (entry_maps(entry, level))
			w->fn(va, level, __pte(entry), w->arg);
		else
			walk_table(entry, level - 1, va, w);
	}
}

unsigned long for_each_mapping(struct mm *mm,
			       void (*fn)(unsigned long va, enum pg_level level, pte_t entry,
					  void *arg),
			       void *arg)
{
	u64 root = root_of(mm) | _PAGE_RW | _PAGE_USER;
	struct walk w = { fn, arg, 0 };

	spin_lock(&pgtable_lock);
	walk_table(root, TOP_LEVEL, 0, &w);
	spin_unlock(&pgtable_lock);
	return w.broken;
}
