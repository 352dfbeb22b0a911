/* SPDX-License-Identifier: MIT */
/*
 * Accesses to devices: memory mapped registers and ports.
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
 * Ports: in and out wait until done (SDM 1, 19.6), so they are never posted.
 */
#ifndef MM_IO_H
#define MM_IO_H

#include "mm/barrier.h"

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

/* One port (SDM 2A, IN and OUT), and `n` items between one port and memory. */
#define DEFINE_PORT(suffix, type, reg)                                                 \
	static __always_inline type in##suffix(u16 port)                               \
	{                                                                              \
		type value;                                                            \
		__asm__ __volatile__("in" #suffix " %w1, %" reg "0"                    \
				     : "=a"(value)                                     \
				     : "Nd"(port)                                      \
				     : "memory");                                      \
		return value;                                                          \
	}                                                                              \
	static __always_inline void out##suffix(type value, u16 port)                  \
	{                                                                              \
		__asm__ __volatile__("out" #suffix " %" reg "0, %w1"                   \
				     :                                                 \
				     : "a"(value), "Nd"(port)                          \
				     : "memory");                                      \
	}                                                                              \
	static __always_inline void ins##suffix(u16 port, void *to, size_t n)          \
	{                                                                              \
		__asm__ __volatile__("rep ins" #suffix                                 \
				     : "+D"(to), "+c"(n)                               \
				     : "d"(port)                                       \
				     : "memory");                                      \
	}                                                                              \
	static __always_inline void outs##suffix(u16 port, const void *from, size_t n) \
	{                                                                              \
		__asm__ __volatile__("rep outs" #suffix                                \
				     : "+S"(from), "+c"(n)                             \
				     : "d"(port)                                       \
				     : "memory");                                      \
	}

DEFINE_PORT(b, u8, "b")
DEFINE_PORT(w, u16, "w")
DEFINE_PORT(l, u32, "k")

#undef DEFINE_PORT

#endif
