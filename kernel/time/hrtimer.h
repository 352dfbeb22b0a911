/* SPDX-License-Identifier: MIT */
/*
 * Timers: a function that is called once a time has come, to the nanosecond that the clock
 * event device can keep.
 *
 *   expires   the time (ns of ktime_get()) before which the function is never called
 *   slack     how much later than that it may be: an interrupt that comes for another timer
 *             within the slack serves this one too, and none comes for it alone before
 *             expires + slack
 *   queued    waits for its time, in the tree of the CPU that started it
 *   running   the function is being called, on that CPU
 *
 * Each CPU has a tree of timers and a clock event device, which is programmed for the first of
 * them, so an idle CPU sleeps until then and there is no tick.  Starting and cancelling is
 * O(log n) of that CPU's timers.  A timer that is cancelled leaves the device as it is: at
 * worst one interrupt comes for nothing.
 *
 * The function runs in interrupt context with interrupts off, without a lock held.  It may start
 * any timer, its own too, and cancel others that cannot wait for what it does.
 *
 * Locks: one for each CPU's tree, taken one at a time with interrupts off; below it stand
 * only the devices' own and printk's.  hrtimer_cancel() waits for the function where that is
 * running on another CPU, so its caller holds no lock that the function takes.
 */
#ifndef KERNEL_TIME_HRTIMER_H
#define KERNEL_TIME_HRTIMER_H

#include "kernel/lib/tree.h"

struct clock_event_device;
struct hrtimer_cpu_base;

enum hrtimer_restart { HRTIMER_NORESTART, HRTIMER_RESTART };
enum hrtimer_mode { HRTIMER_MODE_ABS, HRTIMER_MODE_REL };

struct hrtimer {
	enum hrtimer_restart (*function)(struct hrtimer *timer);

	/* The rest is hrtimer.c's; the function may read `expires`. */
	u64 expires, latest; /* latest: with the slack, the tree's order */
	struct tree_node node;
	struct hrtimer_cpu_base *base; /* whose tree; NULL while it changes hands */
	bool queued;
};

/*
 * A timer that is neither queued nor running.  Its memory is its owner's again once
 * hrtimer_cancel() has returned.  Any context but NMI, as all of these.
 */
void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer));

/*
 * Call the function at `expires` or up to `slack` ns later: a time of ktime_get(), or with
 * HRTIMER_MODE_REL as many ns from now.  What lies beyond KTIME_MAX never comes.  A time that
 * has passed is at once, by an interrupt.  A timer that is queued is moved; one whose function
 * is running on another CPU is queued there, any other on this CPU.
 */
void hrtimer_start_range_ns(struct hrtimer *timer, u64 expires, u64 slack, enum hrtimer_mode mode);
static inline void hrtimer_start(struct hrtimer *timer, u64 expires, enum hrtimer_mode mode)
{
	hrtimer_start_range_ns(timer, expires, 0, mode);
}

/* 1: it was queued and is not any more; 0: it was not; -1: its function is running just now. */
int hrtimer_try_to_cancel(struct hrtimer *timer);

/*
 * As above, and wait until the function has returned, on whatever CPU: then the timer is neither
 * queued nor running.  1 where it was queued.  Not for the function itself: a panic.
 */
int hrtimer_cancel(struct hrtimer *timer);

/* Queued or running: a look, which may be wrong a moment later. */
bool hrtimer_active(const struct hrtimer *timer);

/*
 * Move `expires` on by as many `interval`s (ns, not 0) as are needed to be after `now`, and
 * return how many.  Of a timer that is not queued: in its function, before HRTIMER_RESTART.
 */
u64 hrtimer_forward(struct hrtimer *timer, u64 now, u64 interval);

/* From here on timers of this CPU strike, once it has a clock event device: boot CPU. */
void hrtimers_init(void);

/*
 * This CPU has no clock event device, and the timers whose time has come were served: true.
 * Then its idle loop asks again and again, and as long as a thread runs there, none strikes.
 * Interrupts are off.
 */
bool hrtimer_poll(void);

/* What /proc/timer_list tells of a CPU, below nr_cpu_ids. */
struct hrtimer_stats {
	u64 next_event; /* what the device was asked for, or KTIME_MAX */
	u64 events;	/* interrupts */
	u64 retries;	/* the next time had come before it was set */
	u64 hangs;	/* ... again and again: timers come faster than they can be served */
	u64 max_hang_ns;
};
void hrtimer_get_stats(unsigned int cpu, struct hrtimer_stats *stats);

/* Copy the n-th timer of a CPU's in the order of time: false where there are not so many.  O(n). */
bool hrtimer_nth(unsigned int cpu, unsigned int n, struct hrtimer *copy);

#endif
