/* SPDX-License-Identifier: MIT */
/*
 * What threads and processes have used of the machine.  A thread's time is what the scheduler has
 * counted of it; so much of that was in user mode as the way in and out has counted.
 */
#ifndef KERNEL_SIGNAL_USAGE_H
#define KERNEL_SIGNAL_USAGE_H

#include "kernel/signal/signal.h"

/* kernel/signal/signal.h's two, with tasklist_lock held; t has not been released. */
void process_usage_locked(struct task_struct *t, struct task_usage *usage);

/* What is in `from` is added; of maxrss the larger one stays. */
void add_usage(struct task_usage *to, const struct task_usage *from);

/* ns in the ABI's 1/100 s. */
static inline u64 nsec_to_clock_t(u64 ns)
{
	return ns / (NSEC_PER_SEC / 100);
}

#endif
