/* SPDX-License-Identifier: MIT */
/* Times that a program gave. */
#ifndef KERNEL_AIO_TIMESPEC_H
#define KERNEL_AIO_TIMESPEC_H

#include <linux/time_types.h>

#include "kernel/time/time.h"
#include "kernel/time/timespec.h"
#include "mm/uaccess.h"

/* As it is: 0 or -EFAULT. */
static inline int get_timespec64(struct timespec64 *ts, const struct __kernel_timespec __user *uts)
{
	struct __kernel_timespec k;

	if (copy_from_user(&k, uts, sizeof(k)))
		return -EFAULT;
	*ts = (struct timespec64){ k.tv_sec, (long)k.tv_nsec };
	return 0;
}

/* In ns: 0 where it is negative, KTIME_MAX where it is beyond. */
static inline u64 timespec64_span(const struct timespec64 *ts)
{
	if (ts->tv_sec < 0 || (!ts->tv_sec && ts->tv_nsec < 0))
		return 0;
	if (ts->tv_sec >= (s64)(KTIME_MAX / NSEC_PER_SEC))
		return KTIME_MAX;
	return (u64)ts->tv_sec * NSEC_PER_SEC + (u64)ts->tv_nsec;
}

#endif
