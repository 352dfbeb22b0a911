/* SPDX-License-Identifier: MIT */
/*
 * One kind of pointer for both kinds of register: what ioport_map() gives for
 * ports and ioremap() for memory goes through the same ioread and iowrite.
 *
 * A port's pointer is a cookie, never an address: PIO_OFFSET + port.  No mapping
 * lies that low (mm/layout.h), so the two cannot be confused.
 */
#ifndef MM_IOMAP_H
#define MM_IOMAP_H

#include "kernel/lib/compiler.h"

#define PIO_OFFSET 0x10000UL
#define PIO_MASK   0x0ffffUL

/* The cookie of ports [port, port + n); NULL (said) when n is 0 or the last is above 0xffff. */
void __iomem *ioport_map(unsigned long port, unsigned int n);
/* Nothing is held, so nothing is given back; WARN when it is no cookie. */
void ioport_unmap(void __iomem *addr);

/* The pointer came from ioport_map(). */
static inline bool is_pio_cookie(const volatile void __iomem *addr)
{
	return (unsigned long)(__force const volatile void *)addr - PIO_OFFSET <= PIO_MASK;
}

/*
 * One access of that many bits, ordered as readl() and inl() are.  An address
 * that is neither cookie nor mapping, and 64 bits of a port (no such
 * instruction), is a WARN; reading then gives all ones.
 */
u8 ioread8(const volatile void __iomem *addr);
u16 ioread16(const volatile void __iomem *addr);
u32 ioread32(const volatile void __iomem *addr);
u64 ioread64(const volatile void __iomem *addr);
void iowrite8(u8 value, volatile void __iomem *addr);
void iowrite16(u16 value, volatile void __iomem *addr);
void iowrite32(u32 value, volatile void __iomem *addr);
void iowrite64(u64 value, volatile void __iomem *addr);

#endif
