// SPDX-License-Identifier: MIT
/*
 * Changing the rights of what is mapped already.
 *
 *   split   a large page that sticks out of the range is replaced by a table of
 *           smaller pages with the same rights, so that no access can tell the
 *           difference.  Only the two ends of a range can ask for that, and only
 *           that needs memory: it is done first, and afterwards nothing can fail
 *   change  each entry of the range
 *   join    a table whose 512 entries agree, in rights and with addresses in a row,
 *           is replaced by one large page again.  Tables from memblock stay, as
 *           they cannot be given back
 *
 * To see in vain that a table cannot be joined would cost 512 looks at every
 * change; so the two borders between what was changed and the rest are looked at
 * first, which nearly always settles it.
 *
 * The steps of several ranges may be taken together, so no one step can tell what is
 * split for a change that is still to come: cpa_lock, which Linux has for the same, is
 * held over all of them.
 */
#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/pgtable_internal.h"
#include "mm/vmstat.h"

DEFINE_SPINLOCK(cpa_lock);

struct attr_change {
	u64 set, clear; /* 4 KiB form */
};

static u64 change_small(u64 entry, const struct attr_change *c)
{
	return (entry & ~c->clear) | c->set;
}

/* The address bits of a large page's entry: below them is its PAT bit. */
static u64 large_phys_mask(int level)
{
	return PTE_PFN_MASK & ~(page_level_size(level) - 1);
}

static u64 change_large(u64 entry, int level, const struct attr_change *c)
{
	u64 phys_mask = large_phys_mask(level);
	u64 prot = change_small(pgprot_small(entry & ~phys_mask), c);

	return (entry & phys_mask) | pgprot_large(prot);
}

/* ---------------------------------------------------------------- splitting */

/* Put a table of the next level in the place of a large page. */
static int split_large(u64 *entry, int level)
{
	unsigned long step = page_level_size(level - 1);
	/* The TLB may know the large page for each of them. */
	u64 value = *entry | _PAGE_ACCESSED, phys_mask = large_phys_mask(level);
	phys_addr_t phys = alloc_table(level - 1);
	u64 *table;

	if (!phys)
		return -ENOMEM;
	if (level - 1 == PG_LEVEL_4K)
		value = (value & phys_mask) | pgprot_small(value & ~phys_mask);
	table = table_at(phys, level - 1);
	for (unsigned int i = 0; i < PTRS_PER_TABLE; i++, value += step)
		table[i] = value;
	WRITE_ONCE(*entry, phys | _KERNPG_TABLE | (value & _PAGE_USER) | PTRS_PER_TABLE * REF_ONE);
	return 0;
}

/* See to it that no page reaches across va. */
static int split_at(const struct mm *mm, unsigned long va)
{
	u64 ref = root_of(mm), *entry;
	int err;

	for (int level = TOP_LEVEL; level > PG_LEVEL_4K; level--, ref = *entry) {
		entry = entry_of(ref, level, va);
		if (!*entry || bad_entry(*entry, level) || !(va & (page_level_size(level) - 1)))
			break; /* nothing there, or it begins here */
		if (!entry_maps(*entry, level))
			continue;
		err = split_large(entry, level);
		if (err)
			return err;
		if (va - PAGE_OFFSET < PAGE_OFFSET_SIZE)
			count_vm_event(level == PG_LEVEL_2M ? DIRECT_MAP_LEVEL2_SPLIT :
							      DIRECT_MAP_LEVEL3_SPLIT);
	}
	return 0;
}

static noinline int split_both_ends(const struct mm *mm, unsigned long va, unsigned long end)
{
	int err = split_at(mm, va);

	return err ? err : split_at(mm, end);
}

/* ---------------------------------------------------------------- each entry */

/* Something of [va, end), inside the one table that ref refers to, is not mapped, or unsoundly. */
static bool has_hole(u64 ref, int level, unsigned long va, unsigned long end)
{
	unsigned long size = page_level_size(level), next;
	const u64 *entry = entry_of(ref, level, va);

	for (; va != end; va = next, entry++) {
		next = entry_end(va, end, size);
		if (!*entry || bad_entry(*entry, level))
			return true;
		if (!entry_maps(*entry, level) && has_hole(*entry, level - 1, va, next))
			return true;
	}
	return false;
}

/* `size` bytes of pages in one table. */
static inline void change_small_pages(u64 *entry, unsigned long size, const struct attr_change *c)
{
	for (u64 *end = entry + (size >> PAGE_SHIFT); entry < end; entry++)
		if (likely(is_sound_page(*entry)))
			WRITE_ONCE(*entry, change_small(*entry, c));
}

/* What is mapped of [va, end), of whole pages, which lies inside one table: that of ref. */
static void change_table(u64 ref, int level, unsigned long va, unsigned long end,
			 const struct attr_change *c)
{
	unsigned long size = page_level_size(level), next;
	u64 *entry = entry_of(ref, level, va);

	for (; va != end; va = next, entry++) {
		next = entry_end(va, end, size);
		if (!*entry || bad_entry(*entry, level))
			continue;
		if (level == PG_LEVEL_4K)
			WRITE_ONCE(*entry, change_small(*entry, c));
		else if (entry_maps(*entry, level))
			WRITE_ONCE(*entry, change_large(*entry, level, c));
		else
			change_table(*entry, level - 1, va, next, c);
	}
}

/* ---------------------------------------------------------------- joining */

/* Whether and when the CPU used a page says nothing about its rights. */
#define NO_MATTER (_PAGE_ACCESSED | _PAGE_DIRTY)

/* `b` maps what comes right after `a`, in the same way. */
static bool agree(u64 a, u64 b, unsigned long step)
{
	return (a & ~NO_MATTER) + step == (b & ~NO_MATTER);
}

/* The entries of a table of that level, of which [from, to] were changed, can be one page. */
static bool can_join(const u64 *table, int level, unsigned int from, unsigned int to)
{
	unsigned long step = page_level_size(level);
	u64 phys_mask = level == PG_LEVEL_4K ? PTE_PFN_MASK : large_phys_mask(level);

	if (from > 0 && !agree(table[from - 1], table[from], step))
		return false;
	if (to < PTRS_PER_TABLE - 1 && !agree(table[to], table[to + 1], step))
		return false;
	if (!(table[0] & _PAGE_PRESENT) || !entry_maps(table[0], level) ||
	    (table[0] & phys_mask & (page_level_size(level + 1) - 1)))
		return false;
	for (unsigned int i = 1; i < PTRS_PER_TABLE; i++)
		if (!agree(table[i - 1], table[i], step))
			return false;
	return true;
}

/*
 * The table that `entry`, for va, refers to gives way to one page.  To forget that page later
 * would not forget those that it is made of: they all go now.
 */
static void join(u64 *entry, int level, unsigned long va, struct mmu_gather *tlb)
{
	phys_addr_t phys = entry_phys(*entry);
	u64 *table = table_at(phys, level - 1);
	u64 value = table[0] | _PAGE_ACCESSED | (table[0] & _PAGE_RW ? _PAGE_DIRTY : 0);

	if (level - 1 == PG_LEVEL_4K)
		value = (value & PTE_PFN_MASK) | pgprot_large(value & ~PTE_PFN_MASK);
	WRITE_ONCE(*entry, value);
	tlb_remove_table(tlb, phys, va);
	tlb_add_all(tlb);
}

/* Join what can be joined beneath ref around [va, end). */
static void join_table(u64 ref, int level, unsigned long va, unsigned long end,
		       struct mmu_gather *tlb)
{
	unsigned long size = page_level_size(level), next;
	u64 *entry = entry_of(ref, level, va);

	for (; va != end; va = next, entry++) {
		next = entry_end(va, end, size);
		if (!entry_refers(*entry, level))
			continue;
		if (level - 1 > PG_LEVEL_4K)
			join_table(*entry, level - 1, va, next, tlb);
		if (level == TOP_LEVEL || (level == PG_LEVEL_1G && !boot_cpu.gbpages))
			continue;
		if (table_can_be_freed(entry_phys(*entry)) &&
		    can_join(table_at(entry_phys(*entry), level - 1), level - 1,
			     entry_index(va, level - 1), entry_index(next - 1, level - 1)))
			join(entry, level, va, tlb);
	}
}

/* ---------------------------------------------------------------- the verbs */

static void expect_cpa_lock(void)
{
	WARN(!spin_is_mine(&cpa_lock), "page tables: rights are changed without cpa_lock\n");
}

static noinline int prepare_slow(struct mm *mm, unsigned long va, unsigned long size)
{
	int err;

	if (bad_range(mm, va, size))
		return -EINVAL;
	spin_lock(&pgtable_lock);
	err = find_table(PG_LEVEL_4K, va, size) ? 0 : split_both_ends(mm, va, va + size);
	spin_unlock(&pgtable_lock);
	return err;
}

/* What lies in the table that was used last is of small pages. */
int prepare_page_attr(struct mm *mm, unsigned long va, unsigned long size)
{
	bool small;

	expect_cpa_lock();
	spin_lock(&pgtable_lock);
	small = is_last_table(PG_LEVEL_4K, va, size);
	spin_unlock(&pgtable_lock);
	return likely(small && !((va | size) & ~PAGE_MASK)) ? 0 : prepare_slow(mm, va, size);
}

bool change_small_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size, u64 set,
		       u64 clear)
{
	struct attr_change c = { set, clear };
	const struct last_table *t = &last_table[PG_LEVEL_4K];
	bool small;

	expect_cpa_lock();
	spin_lock(&pgtable_lock);
	small = is_last_table(PG_LEVEL_4K, va, size);
	if (likely(small))
		change_small_pages(t->entries + entry_index(va, PG_LEVEL_4K), size, &c);
	spin_unlock(&pgtable_lock);
	if (likely(small))
		tlb_add_range(tlb, va, va + size);
	return small;
}

void change_prepared_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size, u64 set,
			  u64 clear)
{
	struct attr_change c = { set, clear };

	if (likely(change_small_attr(tlb, va, size, set, clear)))
		return;
	spin_lock(&pgtable_lock);
	change_table(root_of(tlb->mm), TOP_LEVEL, va, va + size, &c);
	spin_unlock(&pgtable_lock);
	tlb_add_range(tlb, va, va + size);
}

void join_page_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size)
{
	expect_cpa_lock();
	spin_lock(&pgtable_lock);
	join_table(root_of(tlb->mm), TOP_LEVEL, va, va + size, tlb);
	spin_unlock(&pgtable_lock);
}

static bool all_is_mapped(const struct mm *mm, unsigned long va, unsigned long size)
{
	bool hole;

	spin_lock(&pgtable_lock);
	hole = has_hole(root_of(mm), TOP_LEVEL, va, va + size);
	spin_unlock(&pgtable_lock);
	return !hole;
}

int change_page_attr(struct mm *mm, unsigned long va, unsigned long size, u64 set, u64 clear)
{
	struct mmu_gather tlb;
	int err = -EFAULT;

	if ((set | clear) & _PAGE_PRESENT || bad_range(mm, va, size))
		return -EINVAL;
	tlb_gather_mmu(&tlb, mm);
	spin_lock(&cpa_lock);
	if (all_is_mapped(mm, va, size)) {
		err = prepare_page_attr(mm, va, size);
		if (!err)
			change_prepared_attr(&tlb, va, size, set, clear);
		join_page_attr(&tlb, va, size);
		tlb_flush_mmu(&tlb);
	}
	spin_unlock(&cpa_lock);
	return err;
}
