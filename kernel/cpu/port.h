/* SPDX-License-Identifier: MIT */
/*
 * Ports.  in and out wait until done (SDM 1, 19.6), so they are never posted.
 * Any context.
 */
#ifndef KERNEL_CPU_PORT_H
#define KERNEL_CPU_PORT_H

#include "kernel/lib/compiler.h"

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
