/* SPDX-License-Identifier: MIT */
/*
 * A pool: which work is next, and which worker is to be woken for it.  The workqueues' own.
 *
 * Each worker is idle, in the pool's list of those; or under way, and counted as running unless it
 * sleeps in its work.  Under way it is busy, in the list of those, while it has a work.
 *
 * Pure but for the lock, which callers hold, of all that is in a pool and its workers.
 */
#ifndef KERNEL_SCHED_WORKPOOL_H
#define KERNEL_SCHED_WORKPOOL_H

#include "kernel/core/spinlock.h"
#include "kernel/sched/workqueue.h"

#define WORK_PENDING	1U
#define WORK_CANCELLING 2U /* and pending: whoever cancels it keeps it so */

#define POOL_KEEPS_IDLE 2 /* workers that wait, at the most */

struct task_struct;

struct worker {
	struct work_pool *pool;
	struct task_struct *task;
	struct list_head node; /* of the idle or the busy */
	bool idle, asleep;

	/* While it is busy. */
	struct work_struct *work; /* perhaps freed by now: to compare */
	work_func_t func;
	struct work_flush *flush;
};

struct work_pool {
	spinlock_t lock;
	struct list_head waiting;    /* work, the longest first */
	struct list_head idle, busy; /* workers, the last that became so first */
	unsigned int nr_idle;
	unsigned int nr_running; /* under way, and not asleep in work */
	unsigned int nr_cpus;	 /* how many may be running for work that waits */
	unsigned int nr_made;	 /* workers ever, for their names */
	int cpu;		 /* below 0: any */
};

void pool_init(struct work_pool *pool, int cpu);

/* The work, which is in no list, is the last of this pool's. */
void pool_add(struct work_pool *pool, struct work_struct *work);
/* It is taken out of the list, where it is; who waits for it is left to the caller. */
void pool_remove(struct work_struct *work);

/* The worker that runs it, or NULL. */
struct worker *pool_runs(const struct work_pool *pool, const struct work_struct *work);

/* What a worker may begin now: the first that no other still runs; NULL: nothing. */
struct work_struct *pool_next(const struct work_pool *pool);

/* The worker, under way, is busy with work that waits; and is done with it. */
void pool_begin(struct work_pool *pool, struct worker *worker, struct work_struct *work);
void pool_end(struct worker *worker);

/* Work waits, fewer run than may, and one is idle: that one is under way, and is to be woken.  NULL. */
struct worker *pool_start_one(struct work_pool *pool);

/* A worker that is under way is idle. */
void pool_rest(struct work_pool *pool, struct worker *worker);

#endif
