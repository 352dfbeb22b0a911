/* SPDX-License-Identifier: MIT */
/*
 * The fixmap: virtual addresses that are known when the kernel is compiled, for
 * physical addresses that are not.
 *
 * One index, one page; indexes grow upwards while their addresses grow downwards
 * from FIXADDR_TOP.  The page tables beneath are static (boot/entry.asm), so a
 * slot can be set from the first C line on, before anything can be allocated.
 * A slot belongs to whoever its name says; there is no lock.
 */
#ifndef MM_FIXMAP_H
#define MM_FIXMAP_H

#include "kernel/core/panic.h"
#include "kernel/cpu/cpu.h"
#include "mm/early_ioremap.h"
#include "mm/pgtable.h"

#define FIX_TABLE_SLOTS 512 /* what one page table (2 MiB) holds */
#define KM_MAX_IDX	8   /* nested kmap_local_page() on one CPU, interrupts included */
#define LAST_PKMAP	128 /* pages that kmap() maps at a time */

enum fixed_addresses {
	/* The last page of all addresses stays empty: pointers to errors, ends that wrap. */
	FIX_HOLE,

	/*
	 * A table of each level, while the direct map does not exist: see
	 * mm/pgtable.c.  The top level is static, so it needs none.  Free to
	 * use once init_mem_mapping() has run; the selftest does.
	 */
	FIX_PTE,
	FIX_PMD,
	FIX_PUD,

	/* The debugger's: a page that is read-only where it is, or another root's, for a moment. */
	FIX_TEXT_POKE,

	__end_of_permanent_fixed_addresses,

	/* early_ioremap()'s, in one page table of their own: no slot straddles two. */
	FIX_BTMAP_END = FIX_TABLE_SLOTS,
	FIX_BTMAP_BEGIN = FIX_BTMAP_END + TOTAL_FIX_BTMAPS - 1,

	/* kmap_local_page()'s stacks, one for each CPU, and kmap()'s: see mm/highmem.h. */
	FIX_KMAP_BEGIN,
	FIX_KMAP_END = FIX_KMAP_BEGIN + KM_MAX_IDX * NR_CPUS - 1,
	FIX_PKMAP_BEGIN,
	FIX_PKMAP_END = FIX_PKMAP_BEGIN + LAST_PKMAP - 1,

	__end_of_fixed_addresses,
};

_Static_assert(__end_of_permanent_fixed_addresses <= FIX_BTMAP_END,
	       "permanent slots run into the early ones");
_Static_assert(TOTAL_FIX_BTMAPS == FIX_TABLE_SLOTS, "the early slots are not one page table");
_Static_assert(FIXADDR_TOP - __end_of_fixed_addresses * PAGE_SIZE >= FIXADDR_START_LIMIT,
	       "the fixmap is larger than its page tables");

#define __fix_to_virt(idx)  (FIXADDR_TOP - ((unsigned long)(idx) << PAGE_SHIFT))
#define __virt_to_fix(addr) ((FIXADDR_TOP - ((addr)&PAGE_MASK)) >> PAGE_SHIFT)

/* A slot's address, for an index that the compiler can check. */
#define fix_to_virt(idx)                                                                 \
	({                                                                               \
		_Static_assert((idx) < __end_of_fixed_addresses, "no such fixmap slot"); \
		__fix_to_virt(idx);                                                      \
	})

/*
 * Map the page of `phys` at the slot; what it held before is replaced, and forgotten by this
 * CPU: who lets others read his slot has it forgotten by them, too.  Any context that owns
 * the slot.  set_fixmap() maps memory: write-back, no execute.  What the processor cannot
 * address is a WARN and leaves the slot empty.
 */
void __set_fixmap(enum fixed_addresses idx, phys_addr_t phys, pgprot_t prot);
#define set_fixmap(idx, phys) __set_fixmap(idx, phys, PAGE_KERNEL)

/* Unmap it; harmless on an empty slot. */
void clear_fixmap(enum fixed_addresses idx);

/* Prove that the CPU's tables lead to ours.  set_fixmap() works after it. */
void early_fixmap_init(void);

#endif
