/* SPDX-License-Identifier: MIT */
/*
 * A time in seconds and nanoseconds, as the ABI and the files' stamps have it, and the time of day
 * that they mean: since 1970, UTC.
 */
#ifndef KERNEL_TIME_TIMESPEC_H
#define KERNEL_TIME_TIMESPEC_H

#include "kernel/lib/compiler.h"

struct timespec64 {
	s64 tv_sec;
	long tv_nsec; /* 0 .. 999999999 */
};

/* Now, as ns since 1970, and in parts.  Until it was set, since boot.  Any context. */
s64 ktime_get_real(void);
void ktime_get_real_ts64(struct timespec64 *ts);

/* It is `now`, ns since 1970. */
void ktime_set_real(s64 now);

#endif
