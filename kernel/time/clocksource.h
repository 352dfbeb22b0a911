/* SPDX-License-Identifier: MIT */
/*
 * Clock sources: free-running counters by which time is told.
 *
 * Drivers register them, and the best rating wins, as in Linux; clocksource=NAME on the
 * command line overrules the ratings.  One that has to be verified is held against another
 * that has not (the watchdog, kernel/time/watchdog.c), and where it drifts it is marked
 * unstable: its rating is 0 from then on, and the next best takes its place.
 */
#ifndef KERNEL_TIME_CLOCKSOURCE_H
#define KERNEL_TIME_CLOCKSOURCE_H

#include "kernel/lib/compiler.h"

#define CLOCK_SOURCE_IS_TSC	 BIT(0) /* read() is rdtsc_ordered() */
#define CLOCK_SOURCE_MUST_VERIFY BIT(1)
#define CLOCK_SOURCE_UNSTABLE	 BIT(2) /* it was found to drift */

/*
 * A free-running counter.  read() may be called from any context.  `mask` holds the bits
 * that count.
 */
struct clocksource {
	const char *name;
	int rating; /* TSC 300, HPET 250, ACPI PM timer 200, PIT 110, as in Linux; 0: unstable */
	unsigned int flags;
	u64 mask;
	u64 hz;
	u64 margin_ns; /* how far two readings may be wrong; 0: what Linux assumes */
	u64 (*read)(struct clocksource *cs);
	void (*mark_unstable)(struct clocksource *cs); /* may be NULL; base_lock is not held */

	/* clocksource.c's and watchdog.c's. */
	struct clocksource *next;
	u64 mult; /* ns a tick, times 2^32 */
	u64 wd_last, cs_last;
	bool watched;		 /* those two are from the watchdog's last look */
	unsigned int slow_looks; /* of the watchdog, in a row until now */
};

/* The struct lives for ever; time goes on without a step.  -EINVAL: no rate or no read(). */
int clocksource_register(struct clocksource *cs);

/* It is not chosen any more; where it is in use the next best is.  Any context. */
void clocksource_unregister(struct clocksource *cs);

/* It drifts: as clocksource_unregister(), but that it stays in the list, rated 0. */
void clocksource_mark_unstable(struct clocksource *cs);

/* The one in use, or NULL; the first of all, chained by `next`, best rating first. */
struct clocksource *clocksource_current(void);
struct clocksource *clocksource_first(void);

/* Use this one from now on: 0, -ENOENT. Time goes on without a step. */
int clocksource_select(const char *name);

/* ns in so many ticks, up to the whole mask. */
u64 clocksource_ns(const struct clocksource *cs, u64 ticks);

/* How long the whole mask lasts, KTIME_MAX at the most; not 0. */
u64 clocksource_period_ns(const struct clocksource *cs);

/*
 * The best that may serve as a measure for others: not to be verified itself, and without a
 * wrap in some seconds; or NULL.
 */
struct clocksource *clocksource_watchdog(void);

/* Reading it took so long at the last look that it looks away for some minutes. */
bool clocksource_watchdog_is_busy(void);

/* watchdog.c: the sources that must be verified are, from now on.  Boot, once there are timers. */
void clocksource_watchdog_init(void);

/* For clocksource.c: one has come that may have to be verified.  Any context. */
void clocksource_start_watchdog(void);

/* time.c, for clocksource.c: `cs` supplies the time. */
void timekeeping_use(struct clocksource *cs);

/* Once timers may be started: the counter in use is asked before it wraps.  Boot. */
void clocksource_init(void);

#endif
