/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: who runs on which CPU.
 *
 * Each CPU has a queue of the threads that are ready there, in the order of their virtual times
 * (kernel/sched/fair.h).  The first runs until it sleeps, until its slice is over while others
 * wait, or until somebody wakes up who is far behind it.  Preemption happens at the end of an
 * interrupt and where the last preempt_disable() or spinlock of a thread goes
 * (kernel/core/preempt.h).
 *
 * To wait for something:
 *
 *	for (;;) {
 *		set_current_state(TASK_UNINTERRUPTIBLE);
 *		if (it has happened)
 *			break;
 *		schedule();
 *	}
 *	__set_current_state(TASK_RUNNING);
 *
 * and who makes it happen calls wake_up_process() afterwards.  Mostly a wait queue or a completion
 * is the better choice.  schedule() may return without that, where the thread had to leave its CPU
 * just then: hence the loop.  In TASK_INTERRUPTIBLE a signal ends the wait, and in TASK_KILLABLE
 * SIGKILL, also one that had come before: who waits so looks at signal_pending() or
 * fatal_signal_pending() as well.
 */
#ifndef KERNEL_SCHED_SCHED_H
#define KERNEL_SCHED_SCHED_H

#include "kernel/sched/task.h"

/* Code that only waits for others: ps says where a thread sleeps, and means who called this. */
#define __sched __section(".sched.text")

/*
 * The caller's context becomes the idle thread of CPU 0, and threads may be made.  The first that
 * is woken with interrupts on has the CPU at once: the caller goes on when nobody else is ready.
 * After vmalloc_init(); boot CPU, once.
 */
void sched_init(void);

/*
 * Another CPU's queue, and its idle thread, on whose stack that CPU is to start: its current is
 * that thread from the first, and it ends in cpu_startup_entry().  NULL without memory.  Once for
 * each CPU, before it runs; in a thread that may sleep.
 */
struct task_struct *sched_init_idle(unsigned int cpu);

/* Run others, and sleep while there are none.  The CPU's idle thread, for ever. */
void __noreturn cpu_startup_entry(void);

/*
 * The caller's state is `s` from here on, also for whoever looks after the caller has looked
 * (set_current_state), or without that order.
 */
#define set_current_state(s)   __atomic_store_n(&current->state, (s), __ATOMIC_SEQ_CST)
#define __set_current_state(s) WRITE_ONCE(current->state, (s))

/*
 * Run others until the caller is woken, or, where its state is TASK_RUNNING, until it is its turn
 * again.  In a thread that may sleep: panics elsewhere, naming a lock that is held.
 */
void schedule(void);

/* Let those run that are ready, who have run less. */
void yield(void);

/* A place where a long loop may be left for others. */
static inline void cond_resched(void)
{
	might_sleep();
	if (unlikely(need_resched()))
		schedule();
}

/*
 * The thread is ready, if it was asleep: true.  What was written before is seen by the thread
 * once it runs.  Any context but NMI; the caller holds the thread, or knows that it lives.
 */
bool wake_up_process(struct task_struct *t);
/* The same if its state has one of those bits: a signal wakes who waits for signals, and no others. */
bool wake_up_state(struct task_struct *t, u32 states);

/* Where the thread runs a program on another CPU, it enters the kernel there soon.  As above. */
void kick_process(struct task_struct *t);

/* TSC ticks that it has run, until now.  As above. */
u64 task_sum_exec(struct task_struct *t);

/* The nice level, -20 to 19, 0 at first; beyond is cut off.  Any context. */
void set_user_nice(struct task_struct *t, int nice);

/*
 * Linux's policy, SCHED_NORMAL at first, and the priority of a real-time one.  They are kept and told.
 * There is one kind of queue: SCHED_IDLE has the least of weights, SCHED_FIFO and SCHED_RR that
 * of the best nice level; and a thread of these shares its CPU all the same.  Any context.
 */
void sched_set_policy(struct task_struct *t, unsigned int policy, unsigned int priority);

/* A thread that was just made has the caller's nice level, policy and CPUs. */
void sched_inherit(struct task_struct *t);

/*
 * It runs on those CPUs alone.  -EINVAL where none of them is online.  When it returns, the caller
 * does so; another that runs leaves its CPU at its next switch, which is asked for; one that has
 * kmap_local slots once it has given them back.  In a thread that may sleep.
 */
int set_cpus_allowed(struct task_struct *t, const struct cpumask *mask);

/*
 * The caller's user half is mm's from here on, whose first member is its root: it has become a
 * program, or another one.  NULL: it is none any more, and borrows the root until it switches.
 * In a thread.
 */
void switch_to_user_mm(struct mm_struct *mm);

/* How much of t's time was in user mode: TSC ticks, without the stretch that it is in now.  A look. */
u64 task_user_ticks(const struct task_struct *t);

/* Where somebody waits who should run, now that interrupts are on again or a lock has gone. */
static __always_inline void preempt_check_resched(void)
{
	if (unlikely(should_resched()))
		preempt_schedule();
}

#endif
