/* SPDX-License-Identifier: MIT */
/*
 * Page tables: types of their own for entries and protections, and the verbs
 * that map, unmap, walk and change ranges of an address space (mm/mm.h).
 *
 * A cache mode stays symbolic (enum page_cache_mode) until an entry is built;
 * only cachemode2protval() knows the PAT, and only pgprot_large() that its
 * high bit sits elsewhere in a large page's entry (SDM 3A, 4.9.2).
 *
 * Locks: pgtable_lock guards all tables of all roots; the page allocator's (zone) lock is taken
 * under it, and it is taken under cpa_lock alone: vmap_lock (mm/vmalloc.h) is a leaf.
 * Interrupt handlers may look addresses up, but neither map nor unmap: it is taken with
 * interrupts as they are, and given back before other CPUs are told of a change (mm/tlb.h).
 *
 * cpa_lock keeps large pages split from the step that splits them to the one that joins
 * them: see prepare_page_attr().  It is the outermost: mm/set_memory.c takes pgtable_lock,
 * vmap_lock, memtype_lock and the allocators' under it.  Nothing is printed under it.
 */
#ifndef MM_PGTABLE_H
#define MM_PGTABLE_H

#include "kernel/core/spinlock.h"
#include "mm/layout.h"
#include "mm/mm.h"
#include "mm/tlb.h"

typedef struct {
	u64 pte;
} pte_t;

typedef struct {
	u64 pgprot;
} pgprot_t;

#define __pte(x)      ((pte_t){ (x) })
#define pte_val(x)    ((x).pte)
#define __pgprot(x)   ((pgprot_t){ (x) })
#define pgprot_val(x) ((x).pgprot)

/* SDM 3A, tables 4-15 to 4-20. */
#define _PAGE_PRESENT	BIT_ULL(0)
#define _PAGE_RW	BIT_ULL(1)
#define _PAGE_USER	BIT_ULL(2)
#define _PAGE_PWT	BIT_ULL(3)
#define _PAGE_PCD	BIT_ULL(4)
#define _PAGE_ACCESSED	BIT_ULL(5)
#define _PAGE_DIRTY	BIT_ULL(6)
#define _PAGE_PSE	BIT_ULL(7) /* in a PMD or PUD entry: maps a large page */
#define _PAGE_PAT	BIT_ULL(7) /* in a PTE */
#define _PAGE_GLOBAL	BIT_ULL(8)
#define _PAGE_PAT_LARGE BIT_ULL(12) /* in a large page's entry */
#define _PAGE_NX	BIT_ULL(63)
#define PTE_PFN_MASK	0x000ffffffffff000ULL

/* Caching as Linux names it; the numbers are PAT indexes as Linux programs it. */
enum page_cache_mode {
	_PAGE_CACHE_MODE_WB = 0,
	_PAGE_CACHE_MODE_WC = 1,
	_PAGE_CACHE_MODE_UC_MINUS = 2,
	_PAGE_CACHE_MODE_UC = 3,
	_PAGE_CACHE_MODE_WT = 4,
	_PAGE_CACHE_MODE_WP = 5,
};

#define _KERNPG_TABLE (_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY)
#define _PAGE_TABLE   (_KERNPG_TABLE | _PAGE_USER)
#define _PAGE_KERNEL_BITS \
	(_PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED | _PAGE_DIRTY | _PAGE_GLOBAL | _PAGE_NX)
#define PAGE_KERNEL	 __pgprot(_PAGE_KERNEL_BITS)
/* For what comes and goes: the CPU notes the first use, and without that nothing is flushed. */
#define PAGE_KERNEL_AREA __pgprot(_PAGE_KERNEL_BITS & ~_PAGE_ACCESSED)
#define PAGE_KERNEL_RO	 __pgprot(_PAGE_KERNEL_BITS & ~(_PAGE_RW | _PAGE_DIRTY))
#define PAGE_KERNEL_ROX	 __pgprot(_PAGE_KERNEL_BITS & ~(_PAGE_RW | _PAGE_DIRTY | _PAGE_NX))

/* By mode, the bits of a PTE (PWT, PCD, PAT) that select it.  Only pat_init() writes it. */
extern u64 cache_mode_bits[];

static inline u64 cachemode2protval(enum page_cache_mode mode)
{
	return cache_mode_bits[mode];
}

enum page_cache_mode protval2cachemode(u64 pteval);

/* What a PTE that asks for `mode` gets: without a PAT there is neither WC, WT nor WP (mm/pat.h). */
static inline enum page_cache_mode available_cache_mode(enum page_cache_mode mode)
{
	return cachemode2protval(mode) == cachemode2protval(_PAGE_CACHE_MODE_UC_MINUS) ?
		       _PAGE_CACHE_MODE_UC_MINUS :
		       mode;
}

static inline pgprot_t pgprot_cached(pgprot_t prot, enum page_cache_mode mode)
{
	return __pgprot(pgprot_val(prot) | cachemode2protval(mode));
}

/* The CPU may read what is mapped so before anybody asks for it. */
static inline bool is_cached_mode(enum page_cache_mode mode)
{
	return BIT(mode) &
	       (BIT(_PAGE_CACHE_MODE_WB) | BIT(_PAGE_CACHE_MODE_WT) | BIT(_PAGE_CACHE_MODE_WP));
}

enum pg_level { PG_LEVEL_NONE, PG_LEVEL_4K, PG_LEVEL_2M, PG_LEVEL_1G };

/* Bytes one entry maps at a level. */
static inline unsigned long page_level_size(enum pg_level level)
{
	return PAGE_SIZE << (9 * (level - PG_LEVEL_4K));
}

/* What an entry of that level that maps a page asks for; in a large one the PAT bit lies elsewhere. */
static inline enum page_cache_mode entry_cachemode(u64 entry, enum pg_level level)
{
	u64 pat = level == PG_LEVEL_4K ? _PAGE_PAT : _PAGE_PAT_LARGE;

	return protval2cachemode((entry & (_PAGE_PWT | _PAGE_PCD)) | (entry & pat ? _PAGE_PAT : 0));
}

/*
 * Map [va, va + size), of mm's own half, to pa with `prot` (4 KiB form, no _PAGE_GLOBAL
 * in the user half; its PAT bit is moved where a large page is used).  va, pa and size are
 * multiples of PAGE_SIZE.  Pages as large as both sides' alignment, `max_level` and the
 * processor allow (not all have pages of 1 GiB).  The range must be unmapped: an entry in
 * the way is a WARN and -EEXIST, one that leads nowhere a WARN and -EFAULT.  -ENOMEM when
 * a table page cannot be had; the part that was mapped is unmapped again.  No TLB flush
 * is needed: not-present entries are not cached (SDM 3A, 4.10.2.3).  Where it needs a table
 * while others are being taken out it waits until all CPUs have forgotten those, as who takes them out.
 */
int map_page_range(struct mm *mm, unsigned long va, phys_addr_t pa, unsigned long size,
		   pgprot_t prot, enum pg_level max_level) __must_check;

/*
 * The same for `n` pages of RAM, wherever each lies, at va and behind it in the kernel's
 * half.  Where it fails the caller unmaps the range.
 */
struct page;
int map_pages(unsigned long va, struct page *const *pages, unsigned int n,
	      pgprot_t prot) __must_check;

/*
 * Unmap [va, va + size) of mm's own half, which large pages must not straddle, have it
 * forgotten (mm/tlb.h), and free tables that became empty.  Holes are passed over; so is,
 * with a WARN, a table's entry that leads nowhere.  A page's that somebody wrote over is
 * emptied as any.
 */
void unmap_page_range(struct mm *mm, unsigned long va, unsigned long size);

/*
 * The two halves of that for mm/vm_area.c, of init_mm, which gives addresses out again some
 * time later.  unmap_area_range() leaves tables in place that the range covers in part
 * only, for the next mapping there; take_area_tables() takes them out, where they are
 * empty, and tlb_flush_mmu() frees them.  False: many pages were in use and may still be in
 * TLBs, so that the addresses have to wait for the flush that is due (mm/tlb.h).
 */
bool unmap_area_range(unsigned long va, unsigned long size) __must_check;
void take_area_tables(unsigned long va, unsigned long size, struct mmu_gather *tlb);

/*
 * The entry that maps va, and its level in *level; PG_LEVEL_NONE where nothing does:
 * the entry is then 0, or one that somebody wrote over and that was not followed.
 * lookup_address_in_mm() is for processes, whose root need not be the CPU's.
 * lookup_address() walks the tables the CPU uses (CR3): of the kernel's half all roots
 * answer the same, of the user half it is the running process's answer.  Neither takes a
 * lock: for any context, also where pgtable_lock is held.  What is changed meanwhile is
 * answered as before or as after.  A walk that tables were freed under is done again: they are
 * counted before they go (table_frees), which is after they were taken out and flushed.
 */
pte_t lookup_address_in_mm(const struct mm *mm, unsigned long va, enum pg_level *level);
pte_t lookup_address(unsigned long va, enum pg_level *level);

/* The same of the kernel's half under pgtable_lock, which is much shorter.  Not from interrupts. */
pte_t lookup_kernel_address(unsigned long va, enum pg_level *level);

/* Physical address that va maps to, in *pa; -EFAULT where it maps nothing.  By CR3, as above. */
int virt_to_phys_walk(unsigned long va, phys_addr_t *pa);

/*
 * Change protection of mapped pages of mm's own half: bits of `set` on, of `clear` off, both in
 * their 4 KiB form and without _PAGE_PRESENT (-EINVAL).  A large page that sticks
 * out of the range is split; pages that come to agree again are joined.
 * 0; -EFAULT where something is not mapped and -ENOMEM, with nothing changed.
 * Waits for other CPUs, as all that unmaps (mm/tlb.h).  Takes cpa_lock.
 */
int change_page_attr(struct mm *mm, unsigned long va, unsigned long size, u64 set,
		     u64 clear) __must_check;

/*
 * The same in steps, for who changes several ranges or none: what can fail (-EINVAL,
 * -ENOMEM), the change, which only prepared ranges may see, and the joining, which
 * also undoes a prepare that was not needed.  What is not mapped is passed over.
 *
 * cpa_lock is held from the first step to the last (WARN where it is not).  Between them
 * the pages of what was a large page agree as before, so that a join next door would
 * put it together again, and the change would then be one of all of it.
 *
 * change_small_attr() is the first two of whole pages where nothing can be split: they lie in the
 * table that was used last.  False, and nothing happened, where they do not.
 *
 * The change and the joining leave to `tlb` what is to be forgotten: tlb_flush_mmu() before the
 * lock is given back, and where something has to come after the change.
 */
extern spinlock_t cpa_lock; /* what is prepared and not joined yet */
int prepare_page_attr(struct mm *mm, unsigned long va, unsigned long size) __must_check;
void change_prepared_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size, u64 set,
			  u64 clear);
bool change_small_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size, u64 set,
		       u64 clear) __must_check;
void join_page_attr(struct mmu_gather *tlb, unsigned long va, unsigned long size);

/*
 * Call fn for each entry of mm's tables, both halves, that maps a page, in address order.
 * `entry` is the entry with the rights that the whole path grants (writable only
 * where all levels are, no-execute where any is).  fn runs under pgtable_lock.
 * Returned: how many entries lead nowhere and were passed over; `pagetables` shows them.
 */
unsigned long for_each_mapping(struct mm *mm,
			       void (*fn)(unsigned long va, enum pg_level level, pte_t entry,
					  void *arg),
			       void *arg);

/*
 * For init_mem_mapping() only.  Hang a static table of level-2 entries in at va
 * (1 GiB), never to be freed; make the tables the CPU's, from where on table
 * pages are reached through the direct map.
 */
void pgtable_hook_static(unsigned long va, phys_addr_t table);
void pgtable_activate(void);

/* For mem_init(): init_mm's tables of boot are marked as such, as all later ones are. */
void mark_boot_tables(void);

#define phys_pte(pa, prot) __pte(((pa)&PTE_PFN_MASK) | pgprot_val(prot))

#endif
