// SPDX-License-Identifier: MIT
/*
 * Changing the rights of what is mapped already.
 *
 * A large page that lies inside the range wholly is changed as it is.  One that
 * sticks out is split first: a table of smaller pages with the same rights takes
 * its place, so that no access can tell the difference, and only then some of
 * them are changed.  Split pages are not joined again.
 */
#include "kernel/errno.h"
#include "mm/pgtable_internal.h"

struct attr_change {
	u64 set, clear; /* 4 KiB form */
};

static u64 change_small(u64 entry, const struct attr_change *c)
{
	return (entry & ~c->clear) | c->set;
}

static u64 change_large(u64 entry, int level, const struct attr_change *c)
{
	u64 phys_mask = PTE_PFN_MASK & ~(page_level_size(level) - 1);
	u64 prot = change_small(pgprot_small(entry & ~phys_mask), c);

	return (entry & phys_mask) | pgprot_large(prot);
}

/* Put a table of the next level in the place of a large page. */
static int split_large(u64 *entry, int level)
{
	unsigned long step = page_level_size(level - 1);
	u64 value = *entry;
	phys_addr_t phys = alloc_table(level - 1);
	u64 *table;

	if (!phys)
		return -ENOMEM;
	if (level - 1 == PG_LEVEL_4K) {
		u64 phys_mask = PTE_PFN_MASK & ~(page_level_size(level) - 1);

		value = (value & phys_mask) | pgprot_small(value & ~phys_mask);
	}
	table = table_at(phys, level - 1);
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++, value += step)
		table[i] = value;
	WRITE_ONCE(*entry, phys | _KERNPG_TABLE | PTRS_PER_TABLE * REF_ONE);
	return 0;
}

/* [va, end) lies inside the one table that ref refers to. */
static int change_table(u64 ref, int level, unsigned long va, unsigned long end,
			const struct attr_change *c)
{
	unsigned long size = page_level_size(level), next;
	u64 *entry = entry_of(ref, level, va);
	int err;

	for (; va != end; va = next, entry++) {
		next = entry_end(va, end, size);
		if (!*entry)
			return -EFAULT;
		if (level == PG_LEVEL_4K) {
			WRITE_ONCE(*entry, change_small(*entry, c));
			continue;
		}
		if (entry_maps(*entry, level)) {
			if (next - va == size) {
				WRITE_ONCE(*entry, change_large(*entry, level, c));
				continue;
			}
			err = split_large(entry, level);
			if (err)
				return err;
		}
		err = change_table(*entry, level - 1, va, next, c);
		if (err)
			return err;
	}
	return 0;
}

int change_page_attr(unsigned long va, unsigned long size, u64 set, u64 clear)
{
	struct attr_change c = { set, clear };
	int err;

	if (!size || ((va | size) & ~PAGE_MASK) || va + size < va || ((set | clear) & _PAGE_PRESENT))
		return -EINVAL;
	spin_lock(&pgtable_lock);
	err = change_table(__pa(swapper_pg_dir), TOP_LEVEL, va, va + size, &c);
	flush_tlb_kernel_range(va, va + size);
	spin_unlock(&pgtable_lock);
	return err;
}
