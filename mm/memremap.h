/* SPDX-License-Identifier: MIT */
/*
 * Memory by its physical address: what has no side effects when it is read,
 * such as a firmware's table or RAM itself.  For devices there is ioremap().
 */
#ifndef MM_MEMREMAP_H
#define MM_MEMREMAP_H

#include "kernel/lib/compiler.h"

#define MEMREMAP_WB BIT(0)
#define MEMREMAP_WT BIT(1)
#define MEMREMAP_WC BIT(2)

/*
 * For RAM with MEMREMAP_WB the direct map, else a mapping of the first of the
 * flags that works.  NULL as ioremap; WT and WC of RAM, and a range that is RAM
 * only in part, are refused.  Both from where ioremap() may be called (mm/ioremap.h).
 */
void *memremap(phys_addr_t phys, size_t size, unsigned long flags);

/* Give it back; NULL is harmless, what memremap did not give is a WARN. */
void memunmap(void *addr);

#endif
