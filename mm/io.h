/* SPDX-License-Identifier: MIT */
/*
 * Accesses to memory mapped registers of devices.  Ports are the processor's own:
 * kernel/cpu/port.h.
 *
 * Each accessor is one instruction of exactly the width in its name: b 8, w 16,
 * l 32, q 64 bits, little endian.  The address must be a multiple of the width.
 *
 * Order.  A mapping that is UC or UC- does its accesses in program order (SDM
 * 3A, 8.2.2 and 11.3), so only the compiler has to be kept from moving them:
 *   readX, writeX          stay in order with each other and with every access
 *                          to ordinary memory ("memory" clobber): what was
 *                          stored before writel() rings a bell is there when
 *                          the device looks, what is loaded after readl() is
 *                          no older than the register
 *   readX_relaxed, ...     stay in order with each other only
 * A write may still be on its way when the next instruction runs; a read from
 * the same device waits for it.  In a write-combining mapping wmb() is needed.
 *
 * All widths and all of these are promised to drivers, as in Linux, whether or not one of
 * ours calls them yet; so are those of mm/iomap.h.
 */
#ifndef MM_IO_H
#define MM_IO_H

#include "kernel/cpu/barrier.h"

/* The accessors that are functions, all leaves: a trace asks who called them (kernel/iotrace). */
#define __io_text __section(".io.text")

#define DEFINE_READ(name, type, insn, reg, clobber...)                           \
	static __always_inline type name(const volatile void __iomem *addr)      \
	{                                                                        \
		type value;                                                      \
		__asm__ __volatile__(insn " %1, %0"                              \
				     : reg(value)                                \
				     : "m"(*(const volatile type __force *)addr) \
				     : clobber);                                 \
		return value;                                                    \
	}

#define DEFINE_WRITE(name, type, insn, reg, clobber...)                           \
	static __always_inline void name(type value, volatile void __iomem *addr) \
	{                                                                         \
		__asm__ __volatile__(insn " %1, %0"                               \
				     : "=m"(*(volatile type __force *)addr)       \
				     : reg(value)                                 \
				     : clobber);                                  \
	}

DEFINE_READ(readb, u8, "movb", "=q", "memory")
DEFINE_READ(readw, u16, "movw", "=r", "memory")
DEFINE_READ(readl, u32, "movl", "=r", "memory")
DEFINE_READ(readq, u64, "movq", "=r", "memory")
DEFINE_READ(readb_relaxed, u8, "movb", "=q")
DEFINE_READ(readw_relaxed, u16, "movw", "=r")
DEFINE_READ(readl_relaxed, u32, "movl", "=r")
DEFINE_READ(readq_relaxed, u64, "movq", "=r")

DEFINE_WRITE(writeb, u8, "movb", "q", "memory")
DEFINE_WRITE(writew, u16, "movw", "r", "memory")
DEFINE_WRITE(writel, u32, "movl", "r", "memory")
DEFINE_WRITE(writeq, u64, "movq", "r", "memory")
DEFINE_WRITE(writeb_relaxed, u8, "movb", "q")
DEFINE_WRITE(writew_relaxed, u16, "movw", "r")
DEFINE_WRITE(writel_relaxed, u32, "movl", "r")
DEFINE_WRITE(writeq_relaxed, u64, "movq", "r")

#undef DEFINE_READ
#undef DEFINE_WRITE

/*
 * Blocks of device memory without side effects (a framebuffer, a configuration
 * block).  Bytes up to the first multiple of 8 of the device's address, then 8
 * at a time, then the rest by bytes; each device byte is accessed once.
 */
void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n);
void memcpy_toio(volatile void __iomem *to, const void *from, size_t n);
void memset_io(volatile void __iomem *to, int c, size_t n);

#endif
