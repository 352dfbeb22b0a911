// SPDX-License-Identifier: MIT
/* The time of day: time since boot, and a distance that whoever knows the date has set. */
#include "kernel/time/time.h"
#include "kernel/time/timespec.h"

static s64 wall_offset; /* ns; atomic */

s64 ktime_get_real(void)
{
	return (s64)ktime_get() + READ_ONCE(wall_offset);
}

void ktime_get_real_ts64(struct timespec64 *ts)
{
	s64 now = ktime_get_real();
	s64 nsec = now % (s64)NSEC_PER_SEC;

	if (nsec < 0)
		nsec += (s64)NSEC_PER_SEC;
	ts->tv_sec = (now - nsec) / (s64)NSEC_PER_SEC;
	ts->tv_nsec = nsec;
}

void ktime_set_real(s64 now)
{
	WRITE_ONCE(wall_offset, now - (s64)ktime_get());
}
