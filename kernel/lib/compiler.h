/* SPDX-License-Identifier: MIT */
/*
 * What the compiler and sparse are told: sections, attributes, ordering, and
 * the small arithmetic that every file needs.
 */
#ifndef KERNEL_LIB_COMPILER_H
#define KERNEL_LIB_COMPILER_H

#include "kernel/lib/types.h"

/* Address spaces, proved by sparse in `make check`; the compiler sees nothing. */
#ifdef __CHECKER__
#define __iomem __attribute__((noderef, address_space(__iomem)))
#define __user	__attribute__((noderef, address_space(__user)))
#define __force __attribute__((force))
#else
#define __iomem
#define __user
#define __force
#endif

#define __packed       __attribute__((packed))
#define __aligned(n)   __attribute__((aligned(n)))
#define __printf(f, a) __attribute__((format(printf, f, a)))
#define __noreturn     __attribute__((noreturn))
#define __used	       __attribute__((used))
#define __maybe_unused __attribute__((unused))
#define __must_check   __attribute__((warn_unused_result))
#define noinline       __attribute__((noinline))
#undef __always_inline /* <linux/stddef.h>'s is a mere inline */
#define __always_inline inline __attribute__((always_inline))
#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#define unreachable()	__builtin_unreachable()

/*
 * Boot-only code and data: gone once free_initmem() has run, so nothing that
 * lives on may point here.  On the host, where the pure-logic files are tested,
 * they are ordinary sections.
 */
#ifdef __KERNEL__
#define __section(s) __attribute__((section(s)))
#define __init	     __section(".init.text") noinline
#define __initdata   __section(".init.data")
#define __initconst  __section(".init.rodata")
#else
#define __section(s)
#define __init
#define __initdata
#define __initconst
#endif

#define ARRAY_SIZE(a)			(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - __builtin_offsetof(type, member)))

#define min(a, b)                       \
	({                              \
		__typeof__(a) _a = (a); \
		__typeof__(b) _b = (b); \
		_a < _b ? _a : _b;      \
	})
#define max(a, b)                       \
	({                              \
		__typeof__(a) _a = (a); \
		__typeof__(b) _b = (b); \
		_a > _b ? _a : _b;      \
	})

/* `a` is a power of two throughout. */
#define ALIGN(x, a)	   (((x) + ((__typeof__(x))(a)-1)) & ~((__typeof__(x))(a)-1))
#define ALIGN_DOWN(x, a)   ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)   (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))

#define BIT(n)	   (1U << (n))
#define BIT_ULL(n) (1ULL << (n))

static inline bool is_power_of_2(u64 n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

/* Index of the highest set bit; `n` is not 0. */
static inline unsigned int ilog2(u64 n)
{
	return 63 - (unsigned int)__builtin_clzll(n);
}

/* Smallest power of two >= n; n is 1 .. 2^63. */
static inline u64 roundup_pow_of_two(u64 n)
{
	return n <= 1 ? 1 : 1ULL << (ilog2(n - 1) + 1);
}

static inline u32 lower_32_bits(u64 v)
{
	return (u32)v;
}

static inline u32 upper_32_bits(u64 v)
{
	return (u32)(v >> 32);
}

/* One access, neither torn, repeated nor invented by the compiler. */
#define READ_ONCE(x)	 (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile __typeof__(x) *)&(x) = (v))

/* The compiler forgets how `var` came about, and works with the value instead. */
#define OPTIMIZER_HIDE_VAR(var) __asm__("" : "+r"(var))

/* The compiler may not move memory accesses across this. */
#define barrier() __asm__ __volatile__("" ::: "memory")

/* Address of the instruction after the caller's call: who to name in a record. */
#define _RET_IP_ ((unsigned long)__builtin_return_address(0))

/* Address of this line's code. */
#define _THIS_IP_                      \
	({                             \
		__label__ here;        \
	here:                          \
		(unsigned long)&&here; \
	})

#endif
