// SPDX-License-Identifier: MIT
/* Deadlines, from a program's times and back. */
#include "kernel/event/deadline.h"

#include <linux/personality.h>

#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

u64 timespec_to_ns(s64 sec, s64 nsec)
{
	if ((u64)sec >= KTIME_MAX / NSEC_PER_SEC)
		return KTIME_MAX;
	return (u64)sec * NSEC_PER_SEC + (u64)nsec;
}

int deadline_from_user(const struct __kernel_timespec __user *tsp, u64 *deadline)
{
	struct __kernel_timespec ts;

	*deadline = TIMEOUT_FOREVER;
	if (!tsp)
		return 0;
	if (copy_from_user(&ts, tsp, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*deadline = deadline_in(timespec_to_ns(ts.tv_sec, ts.tv_nsec));
	return 0;
}

/* The program is to know what is left: in *ns. */
static bool tell_left(u64 deadline, u64 *ns)
{
	if (current->personality & STICKY_TIMEOUTS || !deadline)
		return false;
	*ns = deadline_left(deadline);
	return true;
}

/* Where it cannot be told how long is left, a call that would begin anew is over. */
static long untold(long ret)
{
	return ret == -ERESTARTNOHAND ? -EINTR : ret;
}

long deadline_finish(struct __kernel_timespec __user *tsp, u64 deadline, long ret)
{
	struct __kernel_timespec left;
	u64 ns;

	restore_saved_sigmask_unless(ret == -ERESTARTNOHAND);
	if (!tsp)
		return ret;
	if (!tell_left(deadline, &ns))
		return untold(ret);
	left.tv_sec = (s64)(ns / NSEC_PER_SEC);
	left.tv_nsec = (s64)(ns % NSEC_PER_SEC);
	return copy_to_user(tsp, &left, sizeof(left)) ? untold(ret) : ret;
}

long deadline_finish_timeval(struct __kernel_old_timeval __user *tvp, u64 deadline, long ret)
{
	struct __kernel_old_timeval left;
	u64 ns;

	if (!tvp)
		return ret;
	if (!tell_left(deadline, &ns))
		return untold(ret);
	left.tv_sec = (long)(ns / NSEC_PER_SEC);
	left.tv_usec = (long)(ns % NSEC_PER_SEC / NSEC_PER_USEC);
	return copy_to_user(tvp, &left, sizeof(left)) ? untold(ret) : ret;
}
