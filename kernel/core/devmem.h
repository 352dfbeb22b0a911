/* SPDX-License-Identifier: MIT */
/*
 * What of the machine's memory programs may reach through /dev/mem and kin: as a Linux that is
 * built with STRICT_DEVMEM and IO_STRICT_DEVMEM, Debian's, answers.
 *
 *	RAM		     never; below 1 MiB it reads as zeroes, and writes are lost
 *	BUSY		     no, but below 1 MiB, where X and old tools look for firmware
 *	nobody's	     yes
 *
 * iomem=relaxed allows what is BUSY.  A page that holds a byte of both is RAM.
 */
#ifndef KERNEL_CORE_DEVMEM_H
#define KERNEL_CORE_DEVMEM_H

#include "kernel/core/resource.h"

#define DEVMEM_LOW_END 0x100000UL /* exclusive */

enum devmem_access { DEVMEM_REFUSED, DEVMEM_ALLOWED, DEVMEM_ZEROES };

/* Read iomem=.  Boot, before the others are asked. */
void devmem_init(void);

/* One page.  Contexts as of resource_walk(). */
enum devmem_access devmem_is_allowed(unsigned long pfn);

/*
 * No page of [start, start + size) is refused: it may be mapped, RAM below 1 MiB too.  `size` is
 * not 0, and nothing wraps.
 */
bool devmem_range_is_allowed(resource_size_t start, resource_size_t size);

/* Something BUSY lies in the page at addr, which a driver may be at work with; never with iomem=relaxed. */
bool iomem_is_exclusive(resource_size_t addr);

#endif
