/* SPDX-License-Identifier: MIT */
/*
 * How long a program wants to wait: a deadline, ns of ktime_get(), or TIMEOUT_FOREVER; 0 is in the
 * past: it only looks.
 */
#ifndef KERNEL_EVENT_DEADLINE_H
#define KERNEL_EVENT_DEADLINE_H

#include <linux/time_types.h>

#include "kernel/sched/timeout.h"
#include "kernel/time/timespec.h"

/* In ns from now; what is beyond the clock's end is KTIME_MAX, which never comes. */
static inline u64 deadline_in(u64 ns)
{
	u64 now = ktime_get();

	if (!ns)
		return 0;
	return ns >= KTIME_MAX - now ? KTIME_MAX : now + ns;
}

/* What is left of it: 0: it has passed. */
static inline u64 deadline_left(u64 deadline)
{
	u64 now;

	if (deadline == TIMEOUT_FOREVER || !deadline)
		return deadline;
	now = ktime_get();
	return deadline > now ? deadline - now : 0;
}

/* ns of a valid timespec; what is beyond the clock's end is KTIME_MAX. */
u64 timespec_to_ns(s64 sec, s64 nsec);

/* A time that a program gave, or NULL: for ever.  0, -EFAULT, -EINVAL: it is none. */
int deadline_from_user(const struct __kernel_timespec __user *tsp, u64 *deadline);

/*
 * The end of a call that waited with a mask of signals: that is as before unless ret says it was
 * interrupted, and the time that the program gave, where it did, is what was left of it.  What the call
 * returns.
 */
long deadline_finish(struct __kernel_timespec __user *tsp, u64 deadline, long ret);
long deadline_finish_timeval(struct __kernel_old_timeval __user *tvp, u64 deadline, long ret);

#endif
