/* SPDX-License-Identifier: MIT */
/*
 * Workqueues: what an interrupt, or a thread that has no time, leaves to other threads.
 *
 *   work      a function, and the struct that it gets, which is mostly a part of something
 *             bigger.  It is pending from the call that queues it until it begins, and runs once
 *             however often it was queued meanwhile
 *   worker    a thread that runs work, one after the other: "kworker/CPU:N", "kworker/u:N"
 *   pool      work that waits and the workers for it.  Each CPU has one, for work that is to run
 *             there (system_wq); one more is for work that may run anywhere (system_unbound_wq)
 *
 * How many run at a time: a pool has as many workers under way as it has CPUs, its own one or all
 * that there are, while work waits.  One that sleeps in its work does not count, and another takes
 * over: so work may sleep as long as it likes, and wait for other work.  For that one more worker
 * always waits than is needed, and a busy one makes it; who finds two waiting when it has nothing
 * to do ends.  Where there is no memory for another, work waits until the others are done.
 *
 * Work begins in the order in which it was queued in its pool.  It never runs twice at a time, on
 * any CPU.  When its function runs, the struct may be queued again, and freed by the function.
 *
 * Locks: a pool's, with interrupts off, one at a time; beneath it those of completions, run queues
 * and timers.
 */
#ifndef KERNEL_SCHED_WORKQUEUE_H
#define KERNEL_SCHED_WORKQUEUE_H

#include "kernel/lib/list.h"
#include "kernel/time/hrtimer.h"

struct work_struct;
struct work_pool;
struct work_flush;
struct workqueue_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	work_func_t func;

	/* The rest is the workqueues' own. */
	u32 state;		  /* WORK_ bits; atomic */
	struct list_head entry;	  /* of the pool's list, while `queued` */
	struct work_pool *queued; /* whose list: set and cleared under its lock */
	struct work_pool *last;	  /* where it was queued last, and may still run */
	struct work_flush *flush; /* who waits for it, while `queued`; the pool's lock */
};

#define INIT_WORK(work, fn)    (*(work) = (struct work_struct){ .func = (fn) })
#define DECLARE_WORK(name, fn) struct work_struct name = { .func = (fn) }

/* Work that is queued once a time has come. */
struct delayed_work {
	struct work_struct work;
	struct hrtimer timer;
	struct workqueue_struct *wq;
};

#define INIT_DELAYED_WORK(dw, fn)                               \
	do {                                                    \
		INIT_WORK(&(dw)->work, fn);                     \
		hrtimer_init(&(dw)->timer, delayed_work_timer); \
	} while (0)
enum hrtimer_restart delayed_work_timer(struct hrtimer *timer);

extern struct workqueue_struct system_wq, system_unbound_wq;

/* The workers; work may be queued from here on.  After smp_init(), in the first thread. */
void workqueue_init(void);

/*
 * Have it run once from now on: true, or false where it was pending already.  What was written
 * before is seen by the function in both cases.  Any context but NMI.
 */
bool queue_work(struct workqueue_struct *wq, struct work_struct *work);
/* On that CPU, which is online. */
bool schedule_work_on(unsigned int cpu, struct work_struct *work);
static inline bool schedule_work(struct work_struct *work)
{
	return queue_work(&system_wq, work);
}

/* The same `ns` from now, or a little later. */
bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw, u64 ns);
static inline bool schedule_delayed_work(struct delayed_work *dw, u64 ns)
{
	return queue_delayed_work(&system_wq, dw, ns);
}

/* It is pending, or its timer runs: a look. */
bool work_pending(const struct work_struct *work);

/*
 * Wait until what was queued before has run: true, or false where it was neither pending nor
 * running.  In a thread that may sleep; not in the work itself, nor with a lock that it takes.
 */
bool flush_work(struct work_struct *work);

/*
 * It is neither pending nor running when this returns, also where it queues itself: true where it
 * was pending.  Queueing it has no effect meanwhile.  As flush_work().
 */
bool cancel_work_sync(struct work_struct *work);
bool cancel_delayed_work_sync(struct delayed_work *dw);

/* fn(arg) in a worker of that CPU: what it returned, or -ENODEV where the CPU is not online. */
long work_on_cpu(unsigned int cpu, long (*fn)(void *arg), void *arg);

/* The scheduler: a worker goes to sleep in its work, and runs again. */
struct worker;
void wq_worker_sleeping(struct worker *worker);
void wq_worker_running(struct worker *worker);

#endif
