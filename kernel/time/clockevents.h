/* SPDX-License-Identifier: MIT */
/*
 * Clock event devices: what strikes at a time that was asked for.
 *
 *   device   a comparator or a counter with an interrupt of its own: local APIC timer, HPET
 *            comparator, PIT.  It belongs to one CPU, which its interrupt goes to
 *   chosen   each CPU uses one, the best of its own; the others are shut down
 *   event    the next time at which this CPU's handler is to be called
 *
 * A device is asked for one event at a time (one-shot).  Where it can do no more than strike
 * at equal distances, or highres=off is on the command line, it does that (periodic), and
 * events are late by as much as a period.
 *
 * What is not here: devices that stop while a CPU sleeps, and others that wake it then
 * ("broadcast").  CPUs sleep by HLT or MWAIT C1 here, in which every local APIC timer runs.
 */
#ifndef KERNEL_TIME_CLOCKEVENTS_H
#define KERNEL_TIME_CLOCKEVENTS_H

#include "kernel/time/time.h"

#define TICK_PERIOD_NS 4000000ULL /* 250 Hz, as Debian's kernel is built */

#define CLOCK_EVT_FEAT_PERIODIC BIT(0)
#define CLOCK_EVT_FEAT_ONESHOT	BIT(1)
#define CLOCK_EVT_FEAT_TSC	BIT(2) /* its ticks are the TSC's */

/* Numbers as Linux's /proc/timer_list shows them ("mode"). */
enum clock_event_state {
	CLOCK_EVT_STATE_DETACHED, /* nobody uses it */
	CLOCK_EVT_STATE_SHUTDOWN,
	CLOCK_EVT_STATE_PERIODIC,
	CLOCK_EVT_STATE_ONESHOT,
};

/*
 * The verbs run on the device's CPU with interrupts off, and take no lock but a leaf of the
 * device's own.  Its interrupt calls clockevents_handle().
 */
struct clock_event_device {
	const char *name;
	unsigned int features;
	int rating; /* more is better: Linux's numbers */
	void *data; /* the driver's */

	/* Strike `ticks` from now; -ETIME where that time had passed before it was set. */
	int (*set_next_event)(u64 ticks, struct clock_event_device *dev);
	/* Each may be NULL where there is nothing to do, or no such feature. */
	void (*set_state_periodic)(struct clock_event_device *dev);
	void (*set_state_oneshot)(struct clock_event_device *dev);
	void (*set_state_shutdown)(struct clock_event_device *dev);

	/* The rest is clockevents.c's, set by clockevents_config_and_register(). */
	void (*event_handler)(struct clock_event_device *dev); /* NULL until it is used */
	unsigned int cpu;				       /* whose it is */
	u64 mult;					       /* ticks a ns, times 2^30 */
	u64 min_delta_ns, max_delta_ns;
	u64 next_event; /* what it was programmed for, or KTIME_MAX */
	u64 retries;	/* how often an event had passed already */
	enum clock_event_state state;
	struct clock_event_device *next;
};

/*
 * The device, shut down, ticks at `hz` (1 to 17 * 10^9) and takes from `min_ticks` to
 * `max_ticks`; it lives for ever, and is this CPU's.  Used from now on where it is better
 * than what the CPU has.  Any context but NMI, on a CPU that the caller keeps.
 */
void clockevents_config_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				     u64 max_ticks);

/*
 * The same, but first it has to strike: false, and it is not used, where its interrupt does not
 * come within a moment.  Boot CPU, interrupts on.
 */
bool clockevents_try_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				  u64 max_ticks);

/* A better measurement of the TSC's rate: what is programmed from now on is right by it. */
void clockevents_update_tsc_freq(u64 hz);

/* Ticks in TICK_PERIOD_NS, for a device's periodic mode. */
u64 clockevents_period_ticks(const struct clock_event_device *dev);

/*
 * Have this CPU's handler called at `expires` (ns of ktime_get()).  That is the next event,
 * in the place of any that was; the interrupt may come earlier.  -ETIME where the time has
 * passed, unless `force`: then as soon as the device can.  0 as well where the CPU has no
 * device yet: the first one is told.  Interrupts are off.
 */
int clockevents_program_event(u64 expires, bool force);

/* For the device's interrupt: on its CPU, interrupts off.  One that nobody uses is ignored. */
static inline void clockevents_handle(struct clock_event_device *dev)
{
	void (*handler)(struct clock_event_device *) = READ_ONCE(dev->event_handler);

	if (handler)
		handler(dev);
}

/* `handler` is called when an event has come, on its CPU, in interrupt context.  Boot, once. */
void clockevents_set_handler(void (*handler)(struct clock_event_device *dev));

/*
 * A driver has a device for each CPU: `setup` registers this CPU's, with interrupts off.  It
 * runs now on the CPUs that are online, and on each that comes later.  At most
 * CLOCK_EVT_DRIVERS of them; at boot, in a thread.
 */
#define CLOCK_EVT_DRIVERS 2
void clockevents_add_driver(void (*setup)(void));

/* This CPU, which has just started, gets the devices of its own: interrupts are off. */
void clockevents_setup_this_cpu(void);

/* What that CPU uses, or NULL; all that there are, chained by `next`.  A look, without a lock. */
const struct clock_event_device *clockevents_device(unsigned int cpu);
const struct clock_event_device *clockevents_first(void);

/* The parts of the above, for tests: would who uses `used` (NULL: none) rather have `new`? */
bool clockevents_is_better(const struct clock_event_device *new,
			   const struct clock_event_device *used);
void clockevents_switch_state(struct clock_event_device *dev, enum clock_event_state state);
int clockevents_program(struct clock_event_device *dev, u64 expires, bool force);

#endif
