/* SPDX-License-Identifier: MIT */
/*
 * Address spaces, each the root of page tables: the kernel's, init_mm, and one for each
 * process.
 *
 *   the kernel's half   from KERNEL_HALF up: the same in all.  It is init_mm's alone to
 *                       change, and every root has init_mm's entries of the top level,
 *                       those also that come later.  So an address there has one answer,
 *                       whichever root the processor uses, and may be remembered
 *                       without one
 *   the user half       [PAGE_SIZE, TASK_SIZE_MAX): a root's own.  Nothing in it is
 *                       global, so that the load of another root into CR3 forgets it,
 *                       or puts it aside (mm/pcid.h)
 *
 * A top-level entry of the kernel's half is never taken back: a root need not be told.
 *
 * What is mapped where, and why, is not known here; mm/pgtable.h maps.  Lock:
 * pgtable_lock, one for all roots.
 */
#ifndef MM_MM_H
#define MM_MM_H

#include "kernel/core/cpumask.h"
#include "kernel/lib/list.h"

struct mm {
	u64 *pgd;	       /* its table of the top level, by an address that __pa() knows */
	struct list_head list; /* of all of them, from init_mm on: pgtable_lock */
	struct cpumask cpus;   /* that use it, and may know its user half (mm/tlb.h) */
	u64 pcid_owner;	       /* its number for mm/pcid.h, and how many flushes of its user half */
	u64 flushes_begun, flushes_over; /* have begun, and are over: atomic */
};

/* The kernel's: no user half, there from the start and for ever. */
extern struct mm init_mm;

/*
 * A root with nothing in its user half; NULL: no memory.  mm_free() unmaps what is there
 * and frees the tables; no processor uses it any more.  For processes; thread context.
 */
struct mm *mm_alloc(void);
void mm_free(struct mm *mm);

/*
 * The same for a root that is part of something else (mm/user/mm_struct.h), whose user half has
 * other tables than mm/pgtable.h's and is empty in the end.  0 or -ENOMEM.
 */
int mm_root_init(struct mm *mm) __must_check;
void mm_root_free(struct mm *mm);

/* This CPU uses `next` from now on, in the place of `prev`.  Preemption is off. */
void switch_mm(struct mm *prev, struct mm *next);

/*
 * The same, in the place of whatever this CPU uses: the last root that was given here, or init_mm.
 * A thread without a root of its own leaves it loaded, so it may be used by a CPU after its
 * last thread is gone: leave_mm() has each such CPU use init_mm.  No thread uses it any more
 * then.  Waits for other CPUs (kernel/core/smp.h).
 */
void use_mm_root(struct mm *next);
void leave_mm(struct mm *mm);

#endif
