/* SPDX-License-Identifier: MIT */
/*
 * Short-lived mappings before ioremap exists: eight fixmap slots of 64 pages.
 *
 * Map, read, unmap at once, from boot code on the boot CPU only.  A slot that is
 * not given back is found by check_early_ioremap_leak() and named by its caller.
 *
 * The slots are open between early_ioremap_setup() and early_ioremap_shutdown().
 * Both may be called again: the selftest opens them a second time.
 */
#ifndef MM_EARLY_IOREMAP_H
#define MM_EARLY_IOREMAP_H

#include "kernel/lib/compiler.h"

#define NR_FIX_BTMAPS	 64 /* pages a slot */
#define FIX_BTMAPS_SLOTS 8
#define TOTAL_FIX_BTMAPS (NR_FIX_BTMAPS * FIX_BTMAPS_SLOTS)

/* Open the slots, all of them free; WARN for each that is still held. */
void early_ioremap_setup(void);

/*
 * Map [phys, phys + size), sub-page offset kept: uncached for devices,
 * write-back for memory, read-only with _ro.  NULL, after a WARN that names the
 * caller: size 0, wrap, beyond the CPU's physical addresses, more than 64 pages, no free
 * slot, or after early_ioremap_shutdown().  So an address that firmware or a person gives is
 * judged first (phys_range_valid()).  All are promised to boot code; of devices only tests
 * map any yet.
 */
void __iomem *early_ioremap(phys_addr_t phys, unsigned long size);
void *early_memremap(phys_addr_t phys, unsigned long size);
void *early_memremap_ro(phys_addr_t phys, unsigned long size);

/* Give back; address and size as they were mapped, else a WARN. */
void early_iounmap(void __iomem *addr, unsigned long size);
void early_memunmap(void *addr, unsigned long size);

/*
 * Copy memory that nobody vouches for, through a slot.  0; -EFAULT, without a word:
 * it wraps, or is beyond the CPU's physical addresses; -ENOMEM, after the WARN, as above.
 */
int copy_from_early_mem(void *dst, phys_addr_t phys, unsigned long size);

/* How many slots are held now. */
int early_ioremap_used(void);

/* ioremap works now: from here on mapping is a WARN.  What is held can be given back. */
void early_ioremap_shutdown(void);

/*
 * End of boot: WARN for each slot still held, with caller, address and size.  Their
 * number.
 */
int check_early_ioremap_leak(void);

#endif
