/* SPDX-License-Identifier: MIT */
/*
 * Which CPU a thread runs on: for the scheduler alone.
 *
 * A thread that wakes goes back to the CPU it ran on last, unless that is busy and another one
 * that it may run on has nothing to do.  A CPU that runs out of threads takes one that waits
 * from the CPU with the most.
 */
#ifndef KERNEL_SCHED_BALANCE_H
#define KERNEL_SCHED_BALANCE_H

#include "kernel/sched/rq.h"

/* The CPU has begun / ended to have nothing to do.  With the queue's lock. */
void balance_set_idle(unsigned int cpu, bool idle);

/* Where a thread that does not run should go.  Interrupts are off. */
unsigned int balance_select_cpu(const struct task_struct *t);

/* Move a thread that waits elsewhere to `rq`, this CPU's, which is locked and empty, if there is one. */
void balance_pull(struct rq *rq);

/* Have a CPU that has nothing to do look for threads that wait here, in `rq`, which is locked. */
void balance_offer(const struct rq *rq);

/* It may run on that CPU, where it is not bound to its own by kmap_local slots. */
static inline bool may_run_on(const struct task_struct *t, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &t->cpus_mask);
}

#endif
