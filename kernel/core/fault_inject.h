/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail on purpose, so that the way back from each failure is
 * walked and not only written.
 *
 * A plan names kinds of allocation and, perhaps, a function that asks; of the
 * calls that match, the nth fails, or the nth and all after it.  There is one
 * plan at a time.  The command line makes one (failslab=3, fail_page_alloc=10+,
 * fail_table=1,ioremap ...), the monitor's `fault` another, and the tests theirs.
 *
 * While there is none, each place costs the test of one flag.
 */
#ifndef KERNEL_CORE_FAULT_INJECT_H
#define KERNEL_CORE_FAULT_INJECT_H

#include "kernel/lib/compiler.h"

enum fault_site {
	FAULT_PAGE,	/* alloc_pages() and all that is built on it */
	FAULT_SLAB,	/* kmalloc(), kmem_cache_alloc() */
	FAULT_TABLE,	/* a page table */
	FAULT_AREA,	/* addresses of the vmalloc region */
	FAULT_RESOURCE, /* a claim's entry in the register */
	FAULT_KMAP,	/* a slot of kmap() */
	NR_FAULT_SITES
};
#define FAULT_ALL (BIT(NR_FAULT_SITES) - 1)

struct fault_plan {
	u32 sites;	     /* BIT(enum fault_site) */
	unsigned long nth;   /* 1: the first call that matches */
	bool onwards;	     /* and all after it */
	unsigned long start; /* callers in [start, end) match; end 0: all */
	unsigned long end;
};

extern u32 fault_sites; /* what the plan names; 0: there is none */
extern void (*fault_observer)(
	unsigned long caller); /* the tests': is told of each that fails; may be NULL */

/* Start counting anew, by this plan. */
void fault_inject_arm(const struct fault_plan *plan);
/* End it; how many calls were made to fail. */
unsigned long fault_inject_disarm(void);

bool __should_fail(enum fault_site site, unsigned long caller);

/* This call, made for `caller` (a return address), has to fail.  Any context. */
static __always_inline bool should_fail(enum fault_site site, unsigned long caller)
{
	return unlikely(READ_ONCE(fault_sites)) && __should_fail(site, caller);
}

/* What mm is told: which sites may fail from here on (0: none), and of each call that did. */
struct fault_inject_ops {
	void (*planned)(u32 sites);
	void (*failed)(void);
};

/* Make the command line's plan, where it has one.  From mem_init(). */
void fault_inject_init(const struct fault_inject_ops *allocators);

#endif
