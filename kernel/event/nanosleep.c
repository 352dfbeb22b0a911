// SPDX-License-Identifier: MIT
/*
 * Sleeping for a time, or until one.
 *
 * A sleep that a signal interrupts goes on until the time it was to end at, by current's
 * restart_block, unless a handler runs; then the program is told how much was left.
 */
#include <linux/time.h>

#include "kernel/core/cpumask.h"
#include "kernel/core/syscall.h"
#include "kernel/event/clock.h"
#include "kernel/event/deadline.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

/* Until ktime_get() is `end`: 0, or -ERESTART_RESTARTBLOCK. */
static int sleep_until(u64 end)
{
	u64 now;

	while ((now = ktime_get()) < end) {
		if (signal_pending(current))
			return -ERESTART_RESTARTBLOCK;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(end - now);
	}
	return 0;
}

/* A sleep was interrupted: the program is told how many ns were left, where it wants to know. */
static long tell_left(u64 ns, struct __kernel_timespec __user *rmtp)
{
	struct __kernel_timespec left = ns_to_kernel_timespec(ns);

	return rmtp && copy_to_user(rmtp, &left, sizeof(left)) ? -EFAULT : -ERESTART_RESTARTBLOCK;
}

static long restart_nanosleep(struct restart_block *restart);

static long relative_sleep(u64 end, struct __kernel_timespec __user *rmtp)
{
	struct restart_block *restart = &current->restart_block;
	u64 now;

	if (!sleep_until(end))
		return 0;
	restart->fn = restart_nanosleep;
	restart->nanosleep.rmtp = rmtp;
	restart->nanosleep.expires = end;
	now = ktime_get();
	return now < end ? tell_left(end - now, rmtp) : 0;
}

static long restart_nanosleep(struct restart_block *restart)
{
	return relative_sleep(restart->nanosleep.expires, restart->nanosleep.rmtp);
}

/* Until the time of day is `end`, whoever sets the clock meanwhile. */
static long sleep_until_wall_clock(s64 end)
{
	s64 now, woken;
	u32 changes;

	for (;;) {
		changes = READ_ONCE(wall_clock_changes);
		now = ktime_get_real();
		if (now >= end)
			return 0;
		woken = wait_event_interruptible_timeout(wall_clock_wait,
							 READ_ONCE(wall_clock_changes) != changes,
							 (u64)(end - now));
		if (woken < 0)
			return -ERESTARTNOHAND;
	}
}

/*
 * Until a clock of CPU time says `end`, ns: whoever it counts is looked at as often as that may be
 * near, since it runs no faster than time does on each CPU.  *left: ns that were left, for a signal.
 */
static int sleep_until_cpu_time(int clockid, u64 end, u64 *left)
{
	u64 now;
	int err;

	while (!(err = cpu_clock_get(clockid, &now)) && now < end) {
		*left = end - now;
		if (signal_pending(current))
			return -ERESTART_RESTARTBLOCK;
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(max(*left / nr_cpu_ids, NSEC_PER_MSEC));
	}
	return err;
}

static long restart_cpu_sleep(struct restart_block *restart);

static long relative_cpu_sleep(int clockid, u64 end, struct __kernel_timespec __user *rmtp)
{
	struct restart_block *restart = &current->restart_block;
	u64 left;
	int err = sleep_until_cpu_time(clockid, end, &left);

	if (err != -ERESTART_RESTARTBLOCK)
		return err;
	restart->fn = restart_cpu_sleep;
	restart->nanosleep.clockid = clockid;
	restart->nanosleep.rmtp = rmtp;
	restart->nanosleep.expires = end;
	return tell_left(left, rmtp);
}

static long restart_cpu_sleep(struct restart_block *restart)
{
	return relative_cpu_sleep(restart->nanosleep.clockid, restart->nanosleep.expires,
				  restart->nanosleep.rmtp);
}

static long cpu_sleep(int clockid, int flags, u64 ns, struct __kernel_timespec __user *rmtp)
{
	u64 now, left;
	/* A thread that sleeps uses none of its own time, and would never wake. */
	int err = is_own_cpu_clock(clockid) ? -EINVAL : cpu_clock_get(clockid, &now);

	if (err)
		return err;
	if (!(flags & TIMER_ABSTIME))
		return relative_cpu_sleep(clockid, ns >= KTIME_MAX - now ? KTIME_MAX : now + ns,
					  rmtp);
	err = sleep_until_cpu_time(clockid, ns, &left);
	return err == -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND : err;
}

static bool clock_can_sleep(int clockid)
{
	return (is_cpu_clock(clockid) && clockid != CLOCK_THREAD_CPUTIME_ID) ||
	       clockid == CLOCK_REALTIME || clockid == CLOCK_MONOTONIC ||
	       clockid == CLOCK_BOOTTIME || clockid == CLOCK_TAI ||
	       clockid == CLOCK_REALTIME_ALARM || clockid == CLOCK_BOOTTIME_ALARM;
}

static bool is_wall_clock(int clockid)
{
	return clockid == CLOCK_REALTIME || clockid == CLOCK_TAI || clockid == CLOCK_REALTIME_ALARM;
}

static long do_nanosleep(int clockid, int flags, const struct __kernel_timespec __user *rqtp,
			 struct __kernel_timespec __user *rmtp)
{
	struct __kernel_timespec ts;
	u64 ns, now;

	if (copy_from_user(&ts, rqtp, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	ns = timespec_to_ns(ts.tv_sec, ts.tv_nsec);
	if (is_cpu_clock(clockid))
		return cpu_sleep(clockid, flags, ns, rmtp);
	if (flags & TIMER_ABSTIME) {
		if (is_wall_clock(clockid))
			return sleep_until_wall_clock((s64)ns);
		return sleep_until(ns) ? -ERESTARTNOHAND : 0;
	}
	now = ktime_get();
	return relative_sleep(ns >= KTIME_MAX - now ? KTIME_MAX : now + ns, rmtp);
}

SYSCALL_DEFINE2(nanosleep, const struct __kernel_timespec __user *, rqtp,
		struct __kernel_timespec __user *, rmtp)
{
	return do_nanosleep(CLOCK_MONOTONIC, 0, rqtp, rmtp);
}

SYSCALL_DEFINE4(clock_nanosleep, int, clockid, int, flags, const struct __kernel_timespec __user *,
		rqtp, struct __kernel_timespec __user *, rmtp)
{
	if (clockid > CLOCK_TAI || clockid == CLOCK_SGI_CYCLE)
		return -EINVAL;
	if (!clock_can_sleep(clockid))
		return -EOPNOTSUPP;
	return do_nanosleep(clockid, flags, rqtp, rmtp);
}
