/* SPDX-License-Identifier: MIT */
/*
 * What the files of the scheduler share: the run queue of a CPU.  Nobody else includes this.
 *
 * A queue's lock guards it, and of each thread whose `cpu` it is of: state's way to TASK_RUNNING,
 * cpu, on_rq, nice, se and cpus_mask.  It is taken with interrupts off, and held from the look
 * for the next thread until that one runs: so who has the lock of a thread's queue and sees
 * !on_rq knows that the thread has left its stack.  `cpu` changes while on_rq is false, and then
 * only by who took the thread out or woke it, or, of one that waits in the tree, with both queues'
 * locks held.
 *
 * Locks: a queue's is inner to the locks of whatever one waits for.  No two are held at a time but
 * by a CPU that has nothing to do and takes from another, which only tries the second.
 */
#ifndef KERNEL_SCHED_RQ_H
#define KERNEL_SCHED_RQ_H

#include "kernel/core/spinlock.h"
#include "kernel/sched/task.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

struct rq {
	spinlock_t lock;
	struct rq *self; /* by an ordinary address */
	unsigned int cpu;
	u32 resched_sent; /* this CPU has been asked to look, and has not yet; idle, it may watch this */
	bool polling; /* it does, and needs no interrupt to see it */
	struct task_struct *curr, *idle;
	struct fair_queue fair;
	u64 charged_at; /* the TSC until which curr's time was counted */
	u64 nr_switches;
	struct hrtimer slice_timer; /* strikes while others wait */
	bool slice_armed;
};
DECLARE_PER_CPU(struct rq, runqueues);

#define this_rq() this_cpu(runqueues.self)

static inline struct rq *cpu_rq(unsigned int cpu)
{
	return &per_cpu(runqueues, cpu);
}

/* Linux's times for one CPU, in ticks of the TSC. */
struct sched_ticks {
	u64 hz;
	u64 latency;	 /* each that is ready has a turn in it ... */
	u64 slice_least; /* ... unless its turn would be shorter than that */
	u64 wakeup_gran; /* who wakes up lets the other go on where it is not further behind */
};
extern struct sched_ticks sched_ticks;

/* Count curr's time until now.  The queue's lock is held, by its own CPU or another. */
static __always_inline void rq_charge(struct rq *rq)
{
	u64 now = rdtsc_ordered(), ran = now - rq->charged_at;

	if (unlikely((s64)ran < 0)) /* another CPU's TSC is a little behind */
		return;
	rq->charged_at = now;
	if (rq->curr == rq->idle)
		rq->idle->se.sum_exec += ran;
	else
		fair_charge(&rq->fair, &rq->curr->se, ran);
}

/* kernel/sched/slice.c: how long curr may go on. */
void slice_init(struct rq *rq);
/* Somebody waits behind curr.  The queue is this CPU's, and locked. */
void slice_arm(struct rq *rq);

/* The other side of a switch: prev's queue is unlocked, which is this CPU's. */
void schedule_tail(struct task_struct *prev);
struct task_struct *__switch_to_asm(struct task_struct *prev, struct task_struct *next);
void ret_from_fork(void);

/*
 * kernel/sched/user.c: what a program's thread has in the CPU goes, or comes, or both.  With the
 * queue's lock held, before the stack changes.
 */
void switch_user(struct task_struct *prev, struct task_struct *next);

/* Run whoever has come; the idle thread, with interrupts off. */
void schedule_idle(void);
void idle_init(void);

/* Each thread's time is counted until now, also of those that run. */
void sched_charge_all(void);

/* The caller's thread is over. */
void __noreturn schedule_dead(void);

/* kernel/sched/task.c: before the first thread; and for what is made on a CPU, before that runs. */
void tasks_init(void);
void thread_cache_init(unsigned int cpu);
/* The idle thread of a CPU: the context that runs now, or one with a stack, NULL without memory. */
void init_idle_task(struct task_struct *t, unsigned int cpu);
struct task_struct *create_idle_task(unsigned int cpu);

/* A task_struct of which nothing is set yet but its stack becomes a thread that sleeps. */
void sched_fork(struct task_struct *t);
/* One that was never woken will run on that CPU alone. */
void sched_bind_new(struct task_struct *t, unsigned int cpu);

#endif
