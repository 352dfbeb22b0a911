/* SPDX-License-Identifier: MIT */
/*
 * Memory of a program, by addresses that it gave.
 *
 * Such an address is a number that somebody outside chose: it may be the kernel's, may be mapped
 * or not, or not any more a moment later, and the first bytes of a range may be good and the next
 * ones bad.  So it is used here only, by a few instructions (mm/copy_user.asm) which
 * may fault.  A fault there first asks for the page, as the program's own would; where that is
 * refused the routine ends early and says so.  Those instructions alone run with
 * SMAP open.
 *
 * A routine may wait for a page and so is for a thread that may sleep.  In atomic context, which
 * pagefault_disable() makes, pages that are not there are bad ones.  A kernel thread has no
 * program: whatever address is a bad one, while no other's pages are borrowed.
 *
 * Names, arguments and results are Linux's.
 */
#ifndef MM_UACCESS_H
#define MM_UACCESS_H

#include "kernel/core/preempt.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/layout.h"

/* [addr, addr + size) lies in the user half; nothing is known of what is there. */
static __always_inline bool __access_ok(unsigned long addr, unsigned long size)
{
	return size <= TASK_SIZE_MAX && addr <= TASK_SIZE_MAX - size;
}
#define access_ok(addr, size) likely(__access_ok((__force unsigned long)(addr), (size)))

/* From here to there no page is waited for; nests. */
static __always_inline void pagefault_disable(void)
{
	preempt_disable();
}

static __always_inline void pagefault_enable(void)
{
	preempt_enable();
}

#ifdef __KERNEL__
/* mm/copy_user.asm: either side may be the program's, in its half.  How many bytes were NOT copied or cleared. */
unsigned long __copy_user(void *to, const void *from, unsigned long n);
unsigned long __clear_user_asm(void *to, unsigned long n);
/* The length without its end; `count` where no end is among so many; -EFAULT. */
long __strncpy_from_user(char *dst, const char *src, long count);
/* The size with its end; more than n where none is among so many; 0: a fault. */
long __strnlen_user(const char *s, long n);

long __cmpxchg_user_4(u32 *addr, u32 *old, u32 new);

/*
 * The caller's vector registers (`features` of them) to a program's area, or from there: 0, or -EFAULT,
 * also where the processor refuses what is there, and then some have come.  The area is
 * aligned to 64 and, for XSAVE, its header clear.  Any thread that may sleep: where it waits for a
 * page the registers are kept, and the instruction begins again.
 */
int __xsave_user(void *area, u64 features);
int __xrstor_user(const void *area, u64 features);
int __fxsave_user(void *area, u64 features);
int __fxrstor_user(const void *area, u64 features);

/* From the trap handler: where the routine at `ip` goes on after a fault; 0: it is none. */
unsigned long uaccess_fixup(unsigned long ip);

/*
 * *ptr into x / x into *ptr, of 1, 2, 4 or 8 bytes: 0 or -EFAULT, and then x is 0.  The routines
 * take and leave no register but those that are named here.
 */
#define get_user(x, ptr)                                                    \
	({                                                                  \
		unsigned long _value, _error;                               \
		__asm__ __volatile__("call __get_user_%c[size]"             \
				     : "=a"(_error), "=d"(_value)           \
				     : "a"(ptr), [size] "i"(sizeof(*(ptr))) \
				     : "cc", "memory");                     \
		(x) = (__force __typeof__(*(ptr)))_value;                   \
		(int)_error;                                                \
	})
#define put_user(x, ptr)                                                                         \
	({                                                                                       \
		__typeof__(*(ptr)) _put = (x);                                                   \
		unsigned long _error;                                                            \
		__asm__ __volatile__(                                                            \
			"call __put_user_%c[size]"                                               \
			: "=c"(_error)                                                           \
			: "c"(ptr), "a"((__force unsigned long)_put), [size] "i"(sizeof(*(ptr))) \
			: "cc", "memory");                                                       \
		(int)_error;                                                                     \
	})
#else /* the host's tests have no program: whatever is no kernel address is good */
static inline unsigned long __copy_user(void *to, const void *from, unsigned long n)
{
	memcpy(to, from, n);
	return 0;
}

static inline unsigned long __clear_user_asm(void *to, unsigned long n)
{
	memset(to, 0, n);
	return 0;
}

static inline long __cmpxchg_user_4(u32 *addr, u32 *old, u32 new)
{
	return __atomic_compare_exchange_n(addr, old, new, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_SEQ_CST),
	       0;
}

static inline long __strncpy_from_user(char *dst, const char *src, long count)
{
	long n = 0;

	while (n < count && (dst[n] = src[n]))
		n++;
	return n;
}

static inline long __strnlen_user(const char *s, long n)
{
	return (long)strnlen(s, n) + 1;
}

#define get_user(x, ptr) ((x) = *(__force __typeof__(ptr))(ptr), 0)
#define put_user(x, ptr) (*(__force __typeof__(ptr))(ptr) = (x), 0)
#endif

#define __get_user(x, ptr) get_user(x, ptr)
#define __put_user(x, ptr) put_user(x, ptr)

/* How many bytes were NOT copied; the first ones were.  What does not come from a program is zeroed. */
static inline unsigned long __must_check copy_to_user(void __user *to, const void *from,
						      unsigned long n)
{
	return access_ok(to, n) ? __copy_user((__force void *)to, from, n) : n;
}

/* The same, but what does not come stays what it was: for what has been somebody's before. */
static inline unsigned long __must_check raw_copy_from_user(void *to, const void __user *from,
							    unsigned long n)
{
	return access_ok(from, n) ? __copy_user(to, (__force const void *)from, n) : n;
}

static inline unsigned long __must_check copy_from_user(void *to, const void __user *from,
							unsigned long n)
{
	unsigned long left = raw_copy_from_user(to, from, n);

	if (unlikely(left))
		memset((u8 *)to + (n - left), 0, left);
	return left;
}

static inline unsigned long __must_check clear_user(void __user *to, unsigned long n)
{
	return access_ok(to, n) ? __clear_user_asm((__force void *)to, n) : n;
}

/*
 * *addr, aligned, becomes `new` if it is *old, which it is told to be otherwise: 0 or -EFAULT.
 * Also in atomic context.
 */
static inline int __must_check cmpxchg_user(u32 __user *addr, u32 *old, u32 new)
{
	return access_ok(addr, sizeof(*addr)) ?
		       (int)__cmpxchg_user_4((__force u32 *)addr, old, new) :
		       -EFAULT;
}

/* The same in atomic context: no page is waited for, and nothing is zeroed. */
static inline unsigned long __must_check __copy_to_user_inatomic(void __user *to, const void *from,
								 unsigned long n)
{
	return copy_to_user(to, from, n);
}

static inline unsigned long __must_check __copy_from_user_inatomic(void *to,
								   const void __user *from,
								   unsigned long n)
{
	return raw_copy_from_user(to, from, n);
}

/* In any context but NMI: 0 or -EFAULT. */
long copy_from_user_nofault(void *to, const void __user *from, size_t n);
long copy_to_user_nofault(void __user *to, const void *from, size_t n);

/* See above for what they return; a string that begins in the kernel's half: -EFAULT, 0. */
long strncpy_from_user(char *dst, const char __user *src, long count);
long strnlen_user(const char __user *s, long n);

/* 1: all of it is zero; 0: not; -EFAULT. */
int check_zeroed_user(const void __user *from, size_t n);

/*
 * A structure that grows at its end from version to version: `usize` bytes of the program's into
 * `ksize` of ours.  What it lacks is zero; what is beyond ours has to be: else -E2BIG.
 */
int copy_struct_from_user(void *dst, size_t ksize, const void __user *src, size_t usize);

/* A string of the program's, kmalloc()'s, n bytes at the most with its end: or ERR_PTR, -EINVAL
 * where it is longer; the same of n bytes. */
char *strndup_user(const char __user *s, long n);
void *memdup_user(const void __user *src, size_t n);

#endif
