/* SPDX-License-Identifier: MIT */
/*
 * Translations that CPUs have cached, and when they are forgotten.
 *
 * Whoever takes a mapping away, or rights from it, first changes the entry, then has the
 * translation forgotten by each CPU that may have it, and only then lets go of what was
 * mapped and of the tables that led there.  A struct mmu_gather carries what an edit leaves
 * behind from the first step to the last, of several edits if need be: the other CPUs are
 * told once.
 *
 * Which CPUs may have it:
 *
 *   the kernel's half   all that are online.  A CPU that comes online calls
 *                       flush_tlb_this_cpu() once it stands in cpu_online_mask
 *   a user half         those that use the root, mm->cpus: see switch_mm().  Nothing there is
 *                       global, so that a CPU that has loaded another root has none of it,
 *                       or looks whether it has changed when it comes back (mm/pcid.h)
 *
 * A translation is cached only after the entry's accessed flag was set (SDM 3A, 4.10.2.3),
 * by whichever CPU: an entry without it is in no TLB, and nobody is told.
 *
 * All but flush_tlb_this_cpu() wait for other CPUs, if there are any online: thread context, interrupts
 * on, and for locks the rule of kernel/core/smp.h.  pgtable_lock is not held.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include "kernel/lib/compiler.h"

struct mm;
struct page;

/* As many pages are forgotten one by one, more by all there are (Linux's ceiling). */
#define TLB_SINGLE_PAGES 33
#define TLB_ALL_PAGES	 (TLB_SINGLE_PAGES + 1)

struct mmu_gather {
	struct mm *mm;
	struct page *tables;   /* out of use, linked by `next`; free after the flush */
	unsigned int nr_pages; /* to be forgotten; TLB_ALL_PAGES or more: everything is */
	unsigned int cpu;      /* who flushes: to the others it is a call */
	unsigned long page[TLB_SINGLE_PAGES]; /* an address in each */
};

/* Nothing as yet. */
static __always_inline void tlb_gather_mmu(struct mmu_gather *tlb, struct mm *mm)
{
	tlb->mm = mm;
	tlb->tables = NULL;
	tlb->nr_pages = 0;
}

/* The page, of any size, that holds va is to be forgotten, and which tables lead anywhere. */
static inline void tlb_add_page(struct mmu_gather *tlb, unsigned long va)
{
	if (tlb->nr_pages < TLB_SINGLE_PAGES)
		tlb->page[tlb->nr_pages] = va;
	if (tlb->nr_pages < TLB_ALL_PAGES)
		tlb->nr_pages++;
}

/* Everything is. */
static inline void tlb_add_all(struct mmu_gather *tlb)
{
	tlb->nr_pages = TLB_ALL_PAGES;
}

/* The pages of 4 KiB of a range that ends at `end`, exclusive. */
void tlb_add_range(struct mmu_gather *tlb, unsigned long start, unsigned long end);

/* Forget it, free the tables; there is nothing left to do then, and more may be gathered. */
void __tlb_flush_mmu(struct mmu_gather *tlb);
static __always_inline void tlb_flush_mmu(struct mmu_gather *tlb)
{
	if (unlikely(tlb->nr_pages))
		__tlb_flush_mmu(tlb);
}

void flush_tlb_kernel_range(unsigned long start, unsigned long end); /* end exclusive */
void flush_tlb_all(void);					     /* global entries too */

/* All that this CPU has cached.  Any context. */
void flush_tlb_this_cpu(void);

/* Set by a test: the other CPUs are not told, and it sees that its readers there notice. */
extern bool tlb_leave_others_out;

/*
 * The flushes of everything by every CPU are numbered as they begin.  For who can wait
 * until one comes by: that with number tlb_flush_due(), or a later one, begins after this moment,
 * and so forgets what has been unmapped; it is over when tlb_flushed_until() that number.
 * Numbers may wrap.
 */
extern unsigned long tlb_flushes_begun,
	tlb_flushes_done; /* done: the latest of those that are over */

static inline unsigned long tlb_flush_due(void)
{
	return __atomic_load_n(&tlb_flushes_begun, __ATOMIC_SEQ_CST) + 1;
}

static inline bool tlb_flushed_until(unsigned long due)
{
	return (long)(__atomic_load_n(&tlb_flushes_done, __ATOMIC_ACQUIRE) - due) >= 0;
}

#endif
