/* SPDX-License-Identifier: MIT */
/*
 * The clocks of programs, and the time of day being set.
 *
 * The time of day is ktime_get() and an offset.  Who waits for a time of day waits for ktime_get(), and
 * has to look again when the offset changes: sleepers are woken, timerfds started anew.
 */
#ifndef KERNEL_EVENT_CLOCK_H
#define KERNEL_EVENT_CLOCK_H

#include <linux/time_types.h>

#include "kernel/sched/wait.h"
#include "kernel/time/timespec.h"

/* The time of day less ktime_get(), ns. */
s64 wall_clock_offset(void);

/* It is `now`, ns since 1970: those who wait are told.  -EINVAL: that is before the boot.  In a thread. */
int set_wall_clock(s64 now);

/* How often it was set, and who sleeps until it is. */
extern u32 wall_clock_changes;
extern wait_queue_head_t wall_clock_wait;

/* The clock counts CPU time: what it says, ns; -EINVAL: it is none, or nobody's.  In a thread. */
bool is_cpu_clock(int clockid);
int cpu_clock_get(int clockid, u64 *ns);
/* It counts, by its thread's number, the time of the caller alone. */
bool is_own_cpu_clock(int clockid);

/* timerfd.c: the offset has grown by `step` ns. */
void timerfd_clock_was_set(s64 step);

static inline struct __kernel_timespec ns_to_kernel_timespec(u64 ns)
{
	return (struct __kernel_timespec){ .tv_sec = (s64)(ns / NSEC_PER_SEC),
					   .tv_nsec = (s64)(ns % NSEC_PER_SEC) };
}

#endif
