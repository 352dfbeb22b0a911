/* SPDX-License-Identifier: MIT */
/*
 * Process-context identifiers: what a CPU remembers of several user halves at once.
 *
 * Where the CPU has them (boot_cpu.pcid; the word `nopcid` says no), each translation outside of
 * the global pages carries the identifier that was in CR3's low bits when it was cached, and
 * is used with that alone.  So a root that comes back to a CPU soon finds its translations
 * there, if nothing was changed meanwhile.
 *
 *   slot      each CPU has a few identifiers, and knows whose each is: the root's number, which
 *             no later root has.  Identifier 0 is init_mm's, of which nothing is but global
 *   counts    each root counts the flushes of its user half, as they begin and as they are over.
 *             A CPU that leaves a root keeps how many had begun, if they were all over: it has
 *             taken part in them, or had nothing to forget.  One that comes back to that
 *             number finds what it left; to another, it forgets all of the identifier's
 *
 * Such a CPU does not stand in mm->cpus, so that nobody waits for it (mm/tlb.h).
 */
#ifndef MM_PCID_H
#define MM_PCID_H

#include "kernel/lib/compiler.h"

struct mm;

/* A number for a root that begins.  Any context. */
u64 pcid_new_owner(void);

/*
 * This CPU is about to load that root, and stands in its `cpus` by now: the value for CR3.
 * It is about to load another.  Interrupts are off from here until that is done: a flush that is
 * asked for comes after it, when it finds the root that it is for.
 */
u64 pcid_enter(const struct mm *mm);
void pcid_leave(const struct mm *mm);

/* A flush of the user half: its entries have changed / each CPU that had to has forgotten them. */
void pcid_flush_begins(struct mm *mm);
void pcid_flush_is_over(struct mm *mm);

#endif
