// SPDX-License-Identifier: MIT
/*
 * Blocks between RAM and device memory.
 *
 * The string instructions do one access of their width a step, in address
 * order: on UC memory fast-string operation is off (SDM 1, 7.3.9.3).  The
 * device's side decides the alignment, since it is the one that may refuse an
 * access across a boundary; RAM does not mind.
 */
#include "mm/io.h"

#define IO_STEP 8 /* bytes a step: the widest access that is one instruction */

/* How a block of n bytes falls into bytes, steps and bytes again. */
struct io_split {
	size_t head, steps, tail;
};

static __always_inline struct io_split split(const volatile void __iomem *device, size_t n)
{
	struct io_split s;

	s.head = -(unsigned long)(__force const volatile void *)device % IO_STEP;
	s.head = min(s.head, n);
	s.steps = (n - s.head) / IO_STEP;
	s.tail = (n - s.head) % IO_STEP;
	return s;
}

static __always_inline void move(void *to, const void *from, struct io_split s)
{
	__asm__ __volatile__(
		"rep movsb; mov %[steps], %%rcx; rep movsq; mov %[tail], %%rcx; rep movsb"
		: "+D"(to), "+S"(from), "+c"(s.head)
		: [steps] "r"(s.steps), [tail] "r"(s.tail)
		: "memory");
}

__io_text void memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	move(to, (__force const void *)from, split(from, n));
}

__io_text void memcpy_toio(volatile void __iomem *to, const void *from, size_t n)
{
	move((__force void *)to, from, split(to, n));
}

__io_text void memset_io(volatile void __iomem *to, int c, size_t n)
{
	struct io_split s = split(to, n);
	u64 pattern = (u8)c * 0x0101010101010101ULL;

	__asm__ __volatile__(
		"rep stosb; mov %[steps], %%rcx; rep stosq; mov %[tail], %%rcx; rep stosb"
		: "+D"(to), "+c"(s.head)
		: "a"(pattern), [steps] "r"(s.steps), [tail] "r"(s.tail)
		: "memory");
}
