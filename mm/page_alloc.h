/* SPDX-License-Identifier: MIT */
/*
 * struct page and the buddy allocator.
 *
 * Each page of RAM has a struct page in the vmemmap, which is backed only where
 * RAM is.  A block of 2^order pages is named by its first page, which carries
 * the counts of who holds it: references and pins (mm/page_ref.c).  alloc_pages gives
 * it with one reference, and it is free again with the last of both.  Lock: zone
 * lock, a leaf, taken with interrupts off.
 */
#ifndef MM_PAGE_ALLOC_H
#define MM_PAGE_ALLOC_H

#include "kernel/lib/list.h"
#include "mm/layout.h"
#include "mm/slab.h"

struct sink;

#define MAX_ORDER	11			 /* orders 0 .. 10, as in Linux 6.1: up to 4 MiB */
#define MAX_BLOCK_PAGES (1UL << (MAX_ORDER - 1)) /* pages of the largest block */

#define PG_RESERVED BIT(0) /* never given to the allocator: image, boot data */
#define PG_BUDDY    BIT(1) /* free, head of a block in a free list */
#define PG_SLAB	    BIT(2)
#define PG_TABLE    BIT(3) /* a page table */
#define PG_KMALLOC  BIT(4) /* head of a block that kmalloc gave whole */
#define PG_FRESH    BIT(5) /* largest block since boot: its head speaks for all its pages */

#define PG_SINGLE BIT(6) /* free, in a CPU's list of single pages */

/* Of the page cache (kernel/fs/pagemap.h), which changes them, atomically. */
#define PG_LOCKED   BIT(7)
#define PG_UPTODATE BIT(8)
#define PG_DIRTY    BIT(9)

/* Of memory of programs that is no file's: who maps it. */
#define PG_ANON	     BIT(10)
#define PG_EXCLUSIVE BIT(11) /* one mm alone maps it, and may write */

#define PG_COMPOUND BIT(12) /* first of a block of __GFP_COMP */
#define PG_TAIL	    BIT(13) /* another page of one: compound_head() */
#define PG_USER_BITS \
	(PG_UPTODATE | PG_DIRTY | PG_ANON | PG_EXCLUSIVE) /* may be on when it is freed */

struct address_space;

struct page {
	union {
		struct {
			u16 flags;
			u8 order; /* of the block, in its first page */
			u8 zone;
		};
		u32 head; /* the three at one glance: PAGE_HEAD() */
	};
	s32 refcount; /* references, and PIN_BIAS for each pin; 0 while free or in a tail */
	union {
		struct list_head lru; /* in a free list, while PG_BUDDY */
		struct page *next;    /* while PG_SINGLE, and while PG_TABLE but out of use */
		void *slab;	      /* while PG_SLAB: its struct slab, in each of its pages */
		struct {	      /* in the page cache, PG_ANON or PG_TAIL */
			union {
				struct address_space *mapping; /* NULL: truncated meanwhile */
				struct page *head_page;	       /* PG_TAIL: the block's first */
			};
			s32 mapcount; /* how many entries of page tables map it; atomic */
			u32 private;  /* the page cache's */
		};
	};
	union {
		unsigned long owner; /* who allocated it: a return address */
		unsigned long index; /* page cache: its place in the file */
	};
};

#define PIN_BIAS 0x10000
#define REF_MASK (PIN_BIAS - 1)

#define PAGE_HEAD(zone) ((u32)(zone) << 24) /* of a single page that nobody marked */

_Static_assert(sizeof(struct page) == 32, "struct page is counted on to be 32 bytes");

#define vmemmap		 ((struct page *)VMEMMAP_START)
#define pfn_to_page(pfn) (vmemmap + (pfn))
#define virt_to_page(va) pfn_to_page(PFN_DOWN(__pa(va)))

static inline unsigned long page_to_pfn(const struct page *page)
{
	return page - vmemmap;
}

static inline phys_addr_t page_to_phys(const struct page *page)
{
	return PFN_PHYS(page_to_pfn(page));
}

/* First physical address that is not in the direct map: RAM from there on is high memory. */
extern phys_addr_t direct_map_end;

static inline bool PageHighMem(const struct page *page)
{
	return page_to_phys(page) >= direct_map_end;
}

/* Direct-map address of a page that is not high memory. */
static inline void *lowmem_page_address(const struct page *page)
{
	return __va(page_to_phys(page));
}

void *high_page_address(const struct page *page);

/* Address of a page; of high memory the one that kmap() gave, NULL while there is none. */
static inline void *page_address(const struct page *page)
{
	return likely(!PageHighMem(page)) ? lowmem_page_address(page) : high_page_address(page);
}

/* The pfn has a struct page: it is RAM. */
bool pfn_valid(unsigned long pfn);

/* A range of RAM.  mm/vmemmap.c */
struct ram_range {
	unsigned long start, end; /* pfns, end exclusive */
	unsigned long va, bytes;  /* in the direct map */
	struct page *page;	  /* the first */
};
extern const struct ram_range *ram_hint; /* that pfn_valid() found last */

/* The page of a direct-map address; NULL where that is none, or in another range than the last. */
static __always_inline struct page *virt_to_ram_page_fast(const void *va)
{
	const struct ram_range *r = READ_ONCE(ram_hint);
	unsigned long offset = (unsigned long)va - r->va;

	return likely(offset < r->bytes) ? r->page + PFN_DOWN(offset) : NULL;
}

/* The page of a direct-map address; NULL where that is none. */
static inline struct page *virt_to_ram_page(const void *va)
{
	unsigned long pfn = PFN_DOWN((unsigned long)va - PAGE_OFFSET);

	return pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;
}

unsigned long __pfn_first_ram(unsigned long start_pfn, unsigned long end_pfn);
extern unsigned long max_pfn; /* where the last range of RAM ends */

/* First pfn of RAM in [start_pfn, end_pfn), or end_pfn where there is none.  Logarithmic. */
static inline unsigned long pfn_first_ram(unsigned long start_pfn, unsigned long end_pfn)
{
	return start_pfn >= max_pfn ? end_pfn : __pfn_first_ram(start_pfn, end_pfn);
}

/* First pfn in [start_pfn, end_pfn) that is not RAM, or end_pfn. */
unsigned long pfn_first_hole(unsigned long start_pfn, unsigned long end_pfn);

enum ram_share { NO_RAM, SOME_RAM, ALL_RAM };

/* How much of the pages [start_pfn, end_pfn) is RAM. */
static inline enum ram_share ram_share(unsigned long start_pfn, unsigned long end_pfn)
{
	if (pfn_first_ram(start_pfn, end_pfn) == end_pfn)
		return NO_RAM;
	return pfn_first_hole(start_pfn, end_pfn) == end_pfn ? ALL_RAM : SOME_RAM;
}

/* What the allocator does besides: nothing, and that costs one test a call, unless asked for. */
#define PAGE_DEBUG_POISON BIT(0) /* mm/page_poison.h */
#define PAGE_DEBUG_FAIL	  BIT(1) /* kernel/core/fault_inject.h has a plan for pages */
extern u8 page_debug;

/*
 * From here to free_page(): promised to drivers under Linux's names, whether or not one of
 * ours calls it yet.
 */

/* 2^order pages, aligned to their size, one reference; NULL when there are none. Any context. */
struct page *alloc_pages(gfp_t flags, unsigned int order);
/* The same for another: `caller` is recorded as the owner. */
struct page *alloc_pages_caller(gfp_t flags, unsigned int order, unsigned long caller);
/* A reference less, as put_page; `order` must be the block's (WARN). */
void __free_pages(struct page *page, unsigned int order);
#define alloc_page(flags) alloc_pages(flags, 0)
#define __free_page(page) __free_pages(page, 0)

/* The same by direct-map address; 0 on failure. */
unsigned long __get_free_pages(gfp_t flags, unsigned int order);
unsigned long get_zeroed_page(gfp_t flags);
void free_pages(unsigned long va, unsigned int order);
#define free_page(va) free_pages(va, 0)

/*
 * A reference more, or less: the last frees the block, unless it is pinned.  WARN, and
 * nothing changes, for a free page or a tail, where there is none to give back, for the
 * last of a reserved page, and for more than REF_MASK.  Any context.
 */
void get_page(struct page *page);
void put_page(struct page *page);

/*
 * Pin the block that begins with `page`, which the caller holds, for a device that is
 * about to be told its address; unpin it when the device has been stopped from using
 * that.  In between nobody else gets it, whoever frees it.  0; or -ENOMEM, as Linux's
 * try_grab_page(), after a WARN, for a free page or more than 32767 pins.  To unpin
 * what is not pinned is a WARN and changes nothing.  Any context.
 */
int pin_page(struct page *page) __must_check;
void unpin_page(struct page *page);

/*
 * Of a block of __GFP_COMP any page may be named: references and pins are those of its first.
 * One that is not of such a block is its own.
 */
static inline struct page *compound_head(struct page *page)
{
	return unlikely(page->flags & PG_TAIL) ? page->head_page : page;
}

/*
 * A block with one reference and no pin becomes 2^order single pages with one each, which keep
 * its PG_USER_BITS and, where it was of __GFP_COMP, the mapcounts.  The caller alone knows it.
 */
void split_page(struct page *page, unsigned int order);

/* Head of the largest block that the page lies in. */
static inline struct page *page_block_head(const struct page *page)
{
	return (struct page *)ALIGN_DOWN((unsigned long)page,
					 MAX_BLOCK_PAGES * sizeof(struct page));
}

/* The flags that hold for the page, also while its block is PG_FRESH. */
static inline unsigned int page_flags(const struct page *page)
{
	const struct page *head = page_block_head(page);

	if (head->flags & PG_FRESH)
		return page == head ? head->flags : head->flags & ~PG_BUDDY;
	return READ_ONCE(page->flags);
}

/* Both counts at once: 0 where the page is free, or in a tail. */
static inline s32 page_holders(const struct page *page)
{
	unsigned int flags = page_flags(page);

	return flags & PG_FRESH ? !!(flags & PG_RESERVED) : READ_ONCE(page->refcount);
}

/* References that were taken, the allocation's own among them. */
static inline int page_count(const struct page *page)
{
	return page_holders(page) & REF_MASK;
}

static inline int page_pincount(const struct page *page)
{
	return page_holders(page) / PIN_BIAS;
}

/* How many pages a pin of the block stands for: of a block of __GFP_COMP each page is pinned by itself. */
static inline unsigned long pages_pinned(const struct page *page)
{
	return page->flags & PG_COMPOUND ? 1 : 1UL << page->order;
}

/* All in pages, and each counted by itself: ram = free + used + reserved, at any time. */
struct page_counts {
	unsigned long ram, free, used, reserved;
	unsigned long pinned; /* of used and reserved; once for each pin */
};
void get_page_counts(struct page_counts *counts);

/*
 * The same, told by the struct pages instead of the counters; false where the two
 * do not agree or do not add up.  For tests: it walks all of RAM.  mm/vmstat.c
 */
bool page_census(struct page_counts *counts);

unsigned long nr_ram_pages(void); /* pages RAM has */

/* Pages free now, and of these high memory: tests see that they come back. */
unsigned long nr_free_pages(void);
unsigned long nr_free_highpages(void);

/* Build vmemmap and zones and take over all free RAM from memblock. */
void mem_init(void);

/* Give pages of the image back: [start, end) of image addresses. */
void free_reserved_area(void *start, void *end, const char *what);

/* Print /proc/buddyinfo. */
void show_buddyinfo(struct sink *out);

#endif
