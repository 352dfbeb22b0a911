/* SPDX-License-Identifier: MIT */
/*
 * System calls: each is written where its subject is,
 *
 *	SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
 *	{
 *		... return what the program gets: a value, or a negative errno
 *	}
 *
 * and is found by its number, <asm/unistd.h>'s __NR_read.  It runs in the thread that called, with
 * interrupts on, and may sleep.  Pointers from the program are __user: mm/uaccess.h.
 */
#ifndef KERNEL_CORE_SYSCALL_H
#define KERNEL_CORE_SYSCALL_H

#include <asm/unistd.h>

#include "kernel/lib/compiler.h"
#include "kernel/lib/errno.h"

#define NR_SYSCALLS 512 /* numbers are below it: x86-64's end at some 450 */

/* The six registers of arguments, in their order; what a call does not have it does not look at. */
typedef long (*syscall_fn)(unsigned long, unsigned long, unsigned long, unsigned long,
			   unsigned long, unsigned long);

struct syscall {
	unsigned long nr;
	const char *name;
	syscall_fn fn;
};

/* All that there are, in no order; from linker.ld. */
extern const struct syscall __syscalls_start[], __syscalls_end[];

#define __SC_DECL0()	      void
#define __SC_DECL1(t, a)      t a
#define __SC_DECL2(t, a, ...) t a, __SC_DECL1(__VA_ARGS__)
#define __SC_DECL3(t, a, ...) t a, __SC_DECL2(__VA_ARGS__)
#define __SC_DECL4(t, a, ...) t a, __SC_DECL3(__VA_ARGS__)
#define __SC_DECL5(t, a, ...) t a, __SC_DECL4(__VA_ARGS__)
#define __SC_DECL6(t, a, ...) t a, __SC_DECL5(__VA_ARGS__)
#define __SC_CAST0(...)
#define __SC_CAST1(r, t, a)			    (t) r##1
#define __SC_CAST2(r, t, a, u, b)		    (t) r##1, (u)r##2
#define __SC_CAST3(r, t, a, u, b, v, c)		    (t) r##1, (u)r##2, (v)r##3
#define __SC_CAST4(r, t, a, u, b, v, c, w, d)	    (t) r##1, (u)r##2, (v)r##3, (w)r##4
#define __SC_CAST5(r, t, a, u, b, v, c, w, d, x, e) (t) r##1, (u)r##2, (v)r##3, (w)r##4, (x)r##5
#define __SC_CAST6(r, t, a, u, b, v, c, w, d, x, e, y, f) \
	(t) r##1, (u)r##2, (v)r##3, (w)r##4, (x)r##5, (y)r##6

/* The body is inlined into what the table has, which takes each argument out of its register. */
#define __SYSCALL_DEFINE(n, id, ...)                                                            \
	static __always_inline long __do_sys_##id(__SC_DECL##n(__VA_ARGS__));                   \
	static long sys_##id(unsigned long r1 __maybe_unused, unsigned long r2 __maybe_unused,  \
			     unsigned long r3 __maybe_unused, unsigned long r4 __maybe_unused,  \
			     unsigned long r5 __maybe_unused, unsigned long r6 __maybe_unused)  \
	{                                                                                       \
		return __do_sys_##id(__SC_CAST##n(r, ##__VA_ARGS__));                           \
	}                                                                                       \
	static const struct syscall __used __section(".syscalls") __aligned(8) syscall_##id = { \
		.nr = __NR_##id,                                                                \
		.name = #id,                                                                    \
		.fn = sys_##id,                                                                 \
	};                                                                                      \
	static __always_inline long __do_sys_##id(__SC_DECL##n(__VA_ARGS__))

#define SYSCALL_DEFINE0(id)	 __SYSCALL_DEFINE(0, id)
#define SYSCALL_DEFINE1(id, ...) __SYSCALL_DEFINE(1, id, __VA_ARGS__)
#define SYSCALL_DEFINE2(id, ...) __SYSCALL_DEFINE(2, id, __VA_ARGS__)
#define SYSCALL_DEFINE3(id, ...) __SYSCALL_DEFINE(3, id, __VA_ARGS__)
#define SYSCALL_DEFINE4(id, ...) __SYSCALL_DEFINE(4, id, __VA_ARGS__)
#define SYSCALL_DEFINE5(id, ...) __SYSCALL_DEFINE(5, id, __VA_ARGS__)
#define SYSCALL_DEFINE6(id, ...) __SYSCALL_DEFINE(6, id, __VA_ARGS__)

#endif
