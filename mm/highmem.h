/* SPDX-License-Identifier: MIT */
/*
 * Pages without an address of their own, and how to reach them.
 *
 * With highmem=SIZE on the command line the direct map ends at SIZE, and RAM above
 * it is zone HighMem: given out only to who asks with __GFP_HIGHMEM, and read and
 * written through one of the fixmap's kmap slots.  For any other page all that
 * stands here is the direct map's address and costs a comparison.
 *
 *   kmap_local_page  a slot of this CPU, for a few lines; nests, undone in reverse
 *   kmap             a slot for all CPUs, until kunmap; page_address() tells it
 *
 * kmap(), kmap_local_*() and the two copies are promised to drivers, as in Linux, whether
 * or not one of ours calls them yet.
 *
 * Lock: kmap_lock, a leaf, taken with interrupts off, for kmap().  A CPU's kmap_local slots
 * are a stack without one: an interrupt puts its own on top and takes them off before it
 * returns.  They are a thread's own: a switch to another takes them along with the thread, and
 * gives them back, at the same addresses, when it goes on.  So a thread that has some stays on its
 * CPU; it may sleep.
 */
#ifndef MM_HIGHMEM_H
#define MM_HIGHMEM_H

#include "kernel/lib/string.h"
#include "mm/fixmap.h"
#include "mm/page_alloc.h"

/* Read highmem= and set direct_map_end.  Before memblock gives anything out. */
void highmem_init(void);

/*
 * An address of the page for the caller's context alone, until kunmap_local() of
 * it (or of any address in the page).  Nested mappings are undone in reverse order.
 * Any context.  KM_MAX_IDX at a time, interrupts included: one more is a WARN and NULL.
 */
void *__kmap_local_pfn_prot(unsigned long pfn, pgprot_t prot);

/*
 * A slot is given back, and faults from then on.  WARN where it is not mapped, and
 * where a younger one still is: then it is given back together with that one.  An
 * address of the direct map is no slot, and left alone.
 */
void kunmap_local(const void *addr);

static __always_inline void *kmap_local_page_prot(struct page *page, pgprot_t prot)
{
	if (likely(!PageHighMem(page)))
		return lowmem_page_address(page);
	return __kmap_local_pfn_prot(page_to_pfn(page), prot);
}

#define kmap_local_page(page) kmap_local_page_prot(page, PAGE_KERNEL)

/* Always through a slot, whether or not the direct map has the page. */
#define kmap_local_pfn(pfn) __kmap_local_pfn_prot(pfn, PAGE_KERNEL)

/*
 * The page's address for everybody, until as many kunmap() as there were kmap().
 * NULL, after one line, when all LAST_PKMAP slots are in use: Linux would sleep.
 */
void *kmap(struct page *page);
/* WARN where the page was not mapped so.  The last one waits until all CPUs have forgotten it (mm/tlb.h). */
void kunmap(struct page *page);

/* A CPU's slots, or those of a thread that does not run. */
struct kmap_ctrl {
	u32 mapped; /* a bit each; below the highest one unmapped out of turn goes with those above it */
	unsigned long caller[KM_MAX_IDX];
	phys_addr_t phys[KM_MAX_IDX];
	pgprot_t prot[KM_MAX_IDX];
};
DECLARE_PER_CPU(struct kmap_ctrl, kmap_ctrl);

/* The thread that runs here has some.  Preemption is off. */
static inline bool kmap_local_in_use(void)
{
	return this_cpu(kmap_ctrl.mapped);
}

/*
 * What this CPU has mapped is taken down and noted in `saved` / put up again from there, on the
 * same CPU.  The switch from a thread and to it; with interrupts off.
 */
void kmap_local_sched_out(struct kmap_ctrl *saved);
void kmap_local_sched_in(struct kmap_ctrl *saved);

/* What kmap() slots are in use: tests see that it comes back. */
unsigned int nr_kmaps(void);

/* Say of one of the fixmap's kmap slots whose it is: "kmap_local slot 0 of CPU 0, for f+0x1/0x2". */
void describe_kmap_slot(unsigned long slot, char *buf, size_t size);

static inline void clear_highpage(struct page *page)
{
	void *va = kmap_local_page(page);

	memset(va, 0, PAGE_SIZE);
	kunmap_local(va);
}

static inline void copy_highpage(struct page *to, struct page *from)
{
	void *vfrom = kmap_local_page(from), *vto = kmap_local_page(to);

	memcpy(vto, vfrom, PAGE_SIZE);
	kunmap_local(vto);
	kunmap_local(vfrom);
}

#endif
