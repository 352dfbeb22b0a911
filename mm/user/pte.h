/* SPDX-License-Identifier: MIT */
/*
 * Entries of a user half's page tables, and the ways to them: for mm/user's own files.
 *
 * An entry is 0: nothing.  Present: it maps.  Not present with _PAGE_PROTNONE: it keeps what it
 * maps, for when the VMA's rights come back.  Tables hang below an entry with _PAGE_TABLE's bits.
 * All are read and written under page_table_lock; the CPU sets the accessed and dirty flags at any
 * time, so that one which is in use is taken out by one exchange.  A table under a VMA stays while
 * mmap_lock is held.
 *
 * A mapping is an entry with its reference to a page, counted in the page's mapcount and in the
 * mm's rss_stat.
 */
#ifndef MM_USER_PTE_H
#define MM_USER_PTE_H

#include "kernel/core/panic.h"
#include "kernel/fs/pagemap.h"
#include "mm/pgtable_internal.h"
#include "mm/user/fault.h"
#include "mm/user/tables.h"
#include "mm/vmstat.h"

#define _PAGE_SPECIAL BIT_ULL(9) /* ignored by the CPU: no page is counted for it */

/*
 * Written since clear_refs was asked last, as far as there was a fault to see it; no entry of a private
 * page can be written without it.  The CPU ignores it.
 */
#define _PAGE_SOFT_DIRTY BIT_ULL(11)
#define PAGE_WRITTEN	 (_PAGE_DIRTY | _PAGE_SOFT_DIRTY)

#define HPAGE_ORDER 9
#define HPAGE_PAGES (1UL << HPAGE_ORDER)
#define HPAGE_MASK  (~(PMD_SIZE - 1))

/* What an entry keeps when rights change: what it maps, how it is cached, and what the CPU noted. */
#define PTE_KEPT                                                                                \
	(PTE_PFN_MASK | _PAGE_ACCESSED | PAGE_WRITTEN | _PAGE_SPECIAL | _PAGE_PWT | _PAGE_PCD | \
	 _PAGE_PAT)

/* Of a level-2 entry, which is not 0: it maps 2 MiB. */
static inline bool is_huge(u64 entry)
{
	return entry & _PAGE_PSE;
}

static inline unsigned long entry_pfn(u64 entry)
{
	return PFN_DOWN(entry_phys(entry));
}

/* Of an entry that is not 0 and not special. */
static inline struct page *entry_page(u64 entry)
{
	return pfn_to_page(entry_pfn(entry));
}

/* Everybody's page of zeroes. */
extern u8 empty_zero_page[PAGE_SIZE];

static inline unsigned long zero_pfn(void)
{
	return PFN_DOWN(__pa(empty_zero_page));
}

static inline bool is_zero_entry(u64 entry)
{
	return entry & _PAGE_SPECIAL && entry_pfn(entry) == zero_pfn();
}

/* ---- tables: page_table_lock is held; mm/user/tables.c ---- */

/* Say of an entry that leads nowhere, and empty it. */
void clear_bad_entry(u64 *entry, int level, unsigned long va);

/* The table below an entry of that level; NULL: there is none, or a large page. */
static inline u64 *table_below(u64 *entry, int level, unsigned long va)
{
	u64 e = READ_ONCE(*entry);
	const struct page *page;

	if (likely((e & (_PAGE_PRESENT | _PAGE_PSE)) == _PAGE_PRESENT)) {
		page = virt_to_ram_page_fast(__va(entry_phys(e)));
		if (likely(page && page->flags & PG_TABLE))
			return __va(entry_phys(e));
	}
	if (e && entry_refers(e, level)) /* RAM in several ranges: a longer look */
		return __va(entry_phys(e));
	if (unlikely(e && !entry_maps(e, level)))
		clear_bad_entry(entry, level, va);
	return NULL;
}

/* The entry of level 2 for va, NULL where there is no table for it; alloc_: made, NULL without memory. */
u64 *find_pmd(struct mm_struct *mm, unsigned long va);
u64 *alloc_pmd(struct mm_struct *mm, unsigned long va);

/* The entry of level 1 below one of level 2, NULL where no table is there; alloc_: made where it is 0. */
static inline u64 *find_pte(u64 *pmd, unsigned long va)
{
	u64 *table = table_below(pmd, PG_LEVEL_2M, va);

	return table ? table + entry_index(va, PG_LEVEL_4K) : NULL;
}

u64 *alloc_pte(struct mm_struct *mm, u64 *pmd, unsigned long va);

/* The first entry from `pte` on that is not 0, or `end`; most of a table is, so eight are seen at once. */
static inline u64 *skip_empty(u64 *pte, u64 *end)
{
	if (pte != end && *pte)
		return pte;
	while (pte + 8 <= end &&
	       !(pte[0] | pte[1] | pte[2] | pte[3] | pte[4] | pte[5] | pte[6] | pte[7]))
		pte += 8;
	while (pte != end && !*pte)
		pte++;
	return pte;
}

/* A table page for mm, not yet in use / one that was taken out. */
struct page *new_user_table(struct mm_struct *mm);
void gather_user_table(struct user_gather *gather, struct page *table, unsigned long va);

/* Where 2 MiB that hold va end, or `end` if that comes first. */
static inline unsigned long pmd_end(unsigned long va, unsigned long end)
{
	return entry_end(va, end, PMD_SIZE);
}

/* ---- pages ---- */

/* A file whose content is in the page cache alone: for it no device has to be told, and none asked. */
static inline bool is_in_memory(const struct address_space *mapping)
{
	return !mapping->a_ops || !mapping->a_ops->read_page;
}

/*
 * A reference for one more entry, of a page that has one: false where the count is nearly at its end,
 * and a program has made it so.
 */
static inline bool get_mapped_page(struct page *page)
{
	struct page *head = compound_head(page);

	if (likely((__atomic_add_fetch(&head->refcount, 1, __ATOMIC_RELAXED) & REF_MASK) <
		   REF_MASK - NR_CPUS))
		return true;
	__atomic_sub_fetch(&head->refcount, 1, __ATOMIC_RELAXED);
	return false;
}

/* That reference, or one of alloc_page(), goes. */
static inline void put_mapped_page(struct page *page)
{
	s32 refs = READ_ONCE(page->refcount);

	if (refs == 1 && !(page->flags & (PG_COMPOUND | PG_TAIL)))
		__free_page(page);
	else if ((refs & REF_MASK) <= 1 ||
		 !__atomic_compare_exchange_n(&page->refcount, &refs, refs - 1, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
		put_page(page); /* the last, of a block, or others count as well */
}

/* For a page of 2 MiB its first one speaks: it is one mm's, ever. */
static inline bool is_anon(struct page *page)
{
	return compound_head(page)->flags & PG_ANON;
}

static inline bool is_exclusive(struct page *page)
{
	return compound_head(page)->flags & PG_EXCLUSIVE;
}

/*
 * As what a mapped page is counted, MM_ANONPAGES ...  As in Linux: memory that is no anonymous, and no
 * device's, is shared memory.
 */
static inline int page_counter(struct page *page)
{
	const struct address_space *mapping;

	if (is_anon(page))
		return MM_ANONPAGES;
	mapping = READ_ONCE(page->mapping);
	return mapping && is_in_memory(mapping) ? MM_SHMEMPAGES : MM_FILEPAGES;
}

/* A fresh page becomes one of one mm, mapped once. */
static inline void set_anon_exclusive(struct page *page)
{
	page->mapping = NULL;
	page->mapcount = 1;
	page->flags |= PG_ANON | PG_EXCLUSIVE;
	mod_page_state(NR_ANON_MAPPED, 1);
}

/* An entry more that maps the page, or less. */
static inline void count_mapped(struct page *page)
{
	if (__atomic_add_fetch(&page->mapcount, 1, __ATOMIC_RELAXED) == 1)
		mod_page_state(is_anon(page) ? NR_ANON_MAPPED : NR_FILE_MAPPED, 1);
}

static inline void count_unmapped(struct page *page)
{
	if (__atomic_sub_fetch(&page->mapcount, 1, __ATOMIC_RELAXED) == 0)
		mod_page_state(is_anon(page) ? NR_ANON_MAPPED : NR_FILE_MAPPED, -1);
}

/* ---- entries ---- */

/* The bits that every entry of the VMA has: no flags of the CPU's, writable by vm_page_prot alone. */
static inline u64 vma_entry_bits(const struct vm_area_struct *vma)
{
	return pgprot_val(vma->vm_page_prot) & ~(_PAGE_ACCESSED | _PAGE_DIRTY);
}

/* The same of a private page: as writable as the VMA. */
static inline u64 vma_private_bits(const struct vm_area_struct *vma)
{
	return vma_entry_bits(vma) | (vma->vm_flags & VM_WRITE ? _PAGE_RW : 0);
}

/* CPUs may have cached it. */
static inline bool may_be_cached(u64 entry)
{
	return (entry & (_PAGE_PRESENT | _PAGE_ACCESSED)) == (_PAGE_PRESENT | _PAGE_ACCESSED);
}

/* Empty it: what it was. */
static inline u64 take_entry(u64 *entry)
{
	return __atomic_exchange_n(entry, 0, __ATOMIC_SEQ_CST);
}

/* Nothing is mapped in [start, end) of vma; copies of a file's pages stay with `keep_cows`.  No lock. */
void zap_vma_range(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		   bool keep_cows);

/* One page's translation is forgotten by all CPUs that may have it.  page_table_lock is held. */
void flush_user_page(struct mm_struct *mm, unsigned long va);

/* ---- memory types: mm/user/track_pfn.c ---- */

/* All of vma is to show the pages from pfn on: VM_PAT from now on.  -EBUSY, said; -ENOMEM. */
int track_pfn_remap(struct vm_area_struct *vma, unsigned long pfn, enum page_cache_mode want,
		    unsigned long caller) __must_check;
/* All that vma shows was reserved for it in one piece, with that type. */
bool vma_has_one_mode(const struct vm_area_struct *vma, enum page_cache_mode *mode);
/* How a page is to be mapped: as it is mapped already; where nobody has, as registers are. */
enum page_cache_mode pfn_cache_mode(unsigned long pfn);

/* ---- 2 MiB pages: mm/user/huge.c; page_table_lock is held where nothing else is said ---- */

/* Whether a fault in vma may get one. */
bool huge_fits(const struct vm_area_struct *vma, unsigned long va);
/* Without the lock: 0, an error, or VM_FAULT_FALLBACK. */
vm_fault_t huge_fault(struct vm_fault *vmf, u64 *pmd);
/* A write, or a look, at one that is there. */
void huge_touch(struct vm_fault *vmf, u64 *pmd);
/* It becomes a table of 512 entries that map the same. */
void split_huge_pmd(struct mm_struct *mm, u64 *pmd, unsigned long va);
/* It is mapped no more. */
void zap_huge_pmd(struct user_gather *gather, u64 *pmd, unsigned long va);

#endif
