/* SPDX-License-Identifier: MIT */
/*
 * Time since boot, delays, and who supplies them.
 *
 * Drivers register free-running counters; the best rating wins, as in Linux,
 * and clocksource=NAME on the command line overrules the ratings.  Before the
 * first of them, time is the TSC in the rate that CPUID tells, or else in a
 * rate that no TSC exceeds, so that waits are bounded and never too short.
 */
#ifndef KERNEL_TIME_TIME_H
#define KERNEL_TIME_TIME_H

#include "kernel/lib/compiler.h"

#define NSEC_PER_SEC  1000000000ULL
#define NSEC_PER_USEC 1000ULL
#define NSEC_PER_MSEC 1000000ULL

/*
 * A free-running counter.  read() may be called from any context.  `mask` holds
 * the bits that count.  A wrap between two calls of ktime_get() is seen by the
 * TSC, as long as there are not so many that its error adds up to half of one.
 */
struct clocksource {
	const char *name;
	int rating; /* HPET 250, ACPI PM timer 200, PIT 110, as in Linux */
	u64 mask;
	u64 hz;
	u64 (*read)(struct clocksource *cs);
	struct clocksource *next; /* owned by time.c */
};

/* Time starts here, and messages are stamped: after cpu_init(), when boot_cpu.tsc_hz is known. */
void time_init(void);

/* The struct lives for ever; time goes on without a step.  -EINVAL: no rate or no read(). */
int clocksource_register(struct clocksource *cs);

/* The one in use, or NULL; the first of all, chained by `next`, best rating first. */
const struct clocksource *clocksource_current(void);
struct clocksource *clocksource_first(void);

/* Use this one from now on: 0, -ENOENT. Time goes on without a step. */
int clocksource_select(const char *name);

/* Nanoseconds since boot, never going back.  Any context. */
u64 ktime_get(void);

/*
 * For printk's stamps: ktime_get() by the TSC wherever possible, since reading
 * a device's counter costs an exit to the hypervisor; 0 before a clock exists.
 * Any context, no lock; never going back.
 */
u64 local_clock(void);

/* What the TSC was measured (or told) to tick at, in Hz; 0 while unknown. */
u64 tsc_hz(void);

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
