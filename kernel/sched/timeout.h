/* SPDX-License-Identifier: MIT */
/*
 * Sleeping for a time.  All times are nanoseconds; TIMEOUT_FOREVER is none.
 *
 * A sleep is never shorter than it was asked for, and up to SLEEP_SLACK_NS longer, so that one
 * interrupt may serve several.  In threads that may sleep.
 */
#ifndef KERNEL_SCHED_TIMEOUT_H
#define KERNEL_SCHED_TIMEOUT_H

#include "kernel/core/spinlock.h"
#include "kernel/time/time.h"

#define TIMEOUT_FOREVER (~0ULL)
#define SLEEP_SLACK_NS	50000ULL /* Linux's for threads of no real-time class */

/*
 * schedule() for `ns` at the most: how much of it is left when the thread is woken, 0 where the
 * time is over, which wakes it too.  TIMEOUT_FOREVER stays itself.
 */
u64 schedule_timeout(u64 ns);

/* Sleep that long, uninterruptibly; more than 10 s of it would be said as hanging. */
void msleep(unsigned int ms);
void sleep_ns(u64 ns);
/* For a command, which ends early at ^C: how long it has slept. */
u64 command_sleep(u64 ns);

/*
 * poll_timeout() for what may take more than some 100 us: sleeps between the looks, 20 us at
 * first and each time twice as long, up to 1 ms.
 */
#define poll_sleeping(cond, usec)                                          \
	({                                                                 \
		struct wait _wait = wait_start((u64)(usec)*NSEC_PER_USEC); \
		u64 _nap = 20 * NSEC_PER_USEC;                             \
		bool _ok;                                                  \
		might_sleep();                                             \
		while (!(_ok = !!(cond)) && !wait_over(&_wait)) {          \
			sleep_ns(_nap);                                    \
			_nap = min(_nap * 2, (u64)NSEC_PER_MSEC);          \
		}                                                          \
		_ok || (cond);                                             \
	})

#endif
