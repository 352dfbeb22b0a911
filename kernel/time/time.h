/* SPDX-License-Identifier: MIT */
/*
 * Time since boot, and delays.
 *
 * A clock source supplies it (kernel/time/clocksource.h).  Before the first of them, time is
 * the TSC in the rate that CPUID tells, or else in a rate that no TSC exceeds, so that waits
 * are bounded and never too short.
 */
#ifndef KERNEL_TIME_TIME_H
#define KERNEL_TIME_TIME_H

#include "kernel/lib/compiler.h"

#define NSEC_PER_SEC  1000000000ULL
#define NSEC_PER_USEC 1000ULL
#define NSEC_PER_MSEC 1000000ULL

#define KTIME_MAX ((u64)__LONG_LONG_MAX__) /* never, as Linux shows it */

/* Time starts here, and messages are stamped: after cpu_init(), when boot_cpu.tsc_hz is known. */
void time_init(void);

/* Nanoseconds since boot, never going back.  Any context. */
u64 ktime_get(void);

/*
 * For printk's stamps: ktime_get() by the TSC wherever possible, since reading
 * a device's counter costs an exit to the hypervisor; 0 before a clock exists.
 * Any context, no lock; never going back.
 */
u64 local_clock(void);

/*
 * The time since boot when the TSC showed `tsc`, which is past, by what is known of its rate now; 0 for
 * what was before time began.  Where CPUs' counters differ it is out by as much: for people to look at.
 * false: the rate is unknown.  Any context.
 */
bool tsc_to_boot_ns(u64 tsc, u64 *ns);

/* What the TSC was measured (or told) to tick at, in Hz; 0 while unknown. */
u64 tsc_hz(void);

/* The TSC is no measure of time: neither stamps nor anything else goes by it from now on. */
void time_distrust_tsc(void);

/* How long the counter in use counts before somebody must have asked, ns; KTIME_MAX: for ever. */
u64 time_max_idle_ns(void);

/* Busy waits of at least that long.  Any context. */
void udelay(u64 usec);
void ndelay(u64 nsec);

/* Ticks of the time stamp counter, with later loads kept behind it (SDM 2B, RDTSC). */
static inline u64 rdtsc_ordered(void)
{
	u32 lo, hi;

	__asm__ __volatile__("lfence; rdtsc" : "=a"(lo), "=d"(hi)::"memory");
	return (u64)hi << 32 | lo;
}

/* The same, read somewhere near here. */
static inline u64 rdtsc(void)
{
	u32 lo, hi;

	__asm__ __volatile__("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

/*
 * A wait that ends: after `nsec` by the clock, or, should the clock stand still,
 * after as many ticks as the fastest TSC makes in that time.
 */
struct wait {
	u64 ns, tsc; /* when it began */
	u64 nsec;    /* how long it is to last; below 2^60 */
};

struct wait wait_start(u64 nsec);
bool wait_over(const struct wait *wait);

/*
 * Poll `cond` until it holds or `usec` have passed; true when it held.
 * Every wait for hardware goes through here, so none is unbounded.
 */
#define poll_timeout(cond, usec)                                           \
	({                                                                 \
		struct wait _wait = wait_start((u64)(usec)*NSEC_PER_USEC); \
		bool _ok;                                                  \
		while (!(_ok = !!(cond)) && !wait_over(&_wait))            \
			__asm__ __volatile__("pause" ::: "memory");        \
		_ok || (cond);                                             \
	})

#endif
