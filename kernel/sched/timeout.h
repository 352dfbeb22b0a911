/* SPDX-License-Identifier: MIT */
/*
 * Sleeping for a time.  All times are nanoseconds; TIMEOUT_FOREVER is none.
 *
 * A sleep is never shorter than it was asked for, and up to SLEEP_SLACK_NS longer, so that one
 * interrupt may serve several.  In threads that may sleep.
 */
#ifndef KERNEL_SCHED_TIMEOUT_H
#define KERNEL_SCHED_TIMEOUT_H

#include "kernel/lib/compiler.h"

#define TIMEOUT_FOREVER (~0ULL)
#define SLEEP_SLACK_NS	50000ULL /* Linux's for threads of no real-time class */

/*
 * schedule() for `ns` at the most: how much of it is left when the thread is woken, 0 where the
 * time is over, which wakes it too.  TIMEOUT_FOREVER stays itself.
 */
u64 schedule_timeout(u64 ns);

/* Sleep that long, uninterruptibly; more than 10 s of it would be said as hanging. */
void msleep(unsigned int ms);
void ssleep(unsigned int seconds);

#endif
