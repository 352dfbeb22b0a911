/* SPDX-License-Identifier: MIT */
/*
 * A machine for the host's tests of mm/: RAM that is memory of this process, its
 * struct pages, and some CPUs, each with a TLB that is as stale as a real one may be, and a
 * cache of what RAM it accessed write-back: an access of another type to what is in it fails the test.
 *
 * RAM lies at PAGE_OFFSET as the direct map has it, so __va(), page tables and all
 * allocators work as they are.  Other kernel addresses are only numbers here: what
 * is mapped there can be looked up but not read.
 */
#ifndef TESTS_HOST_FAKE_RAM_H
#define TESTS_HOST_FAKE_RAM_H

#include "kernel/lib/compiler.h"

#define FAKE_CPUS 3 /* cpu_number says which one runs */

struct fake_range {
	phys_addr_t start, end; /* end exclusive */
};

/*
 * Once in a program: give it these ranges of RAM, and run the boot up to and with
 * kmem_cache_init() and vmalloc_init().
 */
void fake_ram_init(const struct fake_range *ranges, unsigned int n);

/*
 * What an access to va finds: the translation that the TLB remembers, else that of
 * the page tables, which it remembers from now on.  Physical address, and in *pte the
 * bits of the entry that was used, in their 4 KiB form; ~0 where nothing is mapped.
 */
phys_addr_t fake_access(unsigned long va, u64 *pte);

/* Some CPU's TLB has a translation to that page; *pte is as above. */
bool fake_remembers(phys_addr_t phys, u64 *pte);

/*
 * While set: caches that are emptied line by line of a page that is write-back still, in the direct map or
 * in a TLB, fail the test, since it may be in them again at once.
 */
extern bool fake_watch_flushes;

/* What rdmsr() reads; NULL: each MSR is 0. */
extern u64 (*fake_rdmsr)(u32 msr);

/* How often the TLB was emptied, single pages were taken out, all CPUs were called, tables were read. */
extern unsigned long fake_flushes, fake_invlpgs, fake_calls, fake_walks;

#endif
