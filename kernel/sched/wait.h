/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: sleep until a condition holds that others make true.
 *
 *	wait_event(wq, condition);		and elsewhere: make it hold; wake_up(&wq);
 *
 * The condition is looked at before each sleep, by the one who waits, with its state set: what is
 * made true before wake_up() is not missed.  A queue's lock is a leaf but for the run queues',
 * with interrupts off.
 */
#ifndef KERNEL_SCHED_WAIT_H
#define KERNEL_SCHED_WAIT_H

#include "kernel/core/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head;
} wait_queue_head_t;

/* One that waits; out of the list once it was woken. */
typedef struct wait_queue_entry {
	struct task_struct *task;
	struct list_head entry;
} wait_queue_entry_t;

#define DECLARE_WAIT_QUEUE_HEAD(name) \
	wait_queue_head_t name = { .head = LIST_HEAD_INIT((name).head) }
#define init_waitqueue_head(wq)              \
	do {                                 \
		spin_lock_init(&(wq)->lock); \
		INIT_LIST_HEAD(&(wq)->head); \
	} while (0)

#define DEFINE_WAIT(name) \
	wait_queue_entry_t name = { .task = current, .entry = LIST_HEAD_INIT((name).entry) }

/* The caller is in the queue, and its state is `state`; again after each schedule(). */
void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state);
/* It is out of the queue, and runs on. */
void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait);

/* Wake all that wait.  Any context. */
void wake_up(wait_queue_head_t *wq);

/* Somebody waits: a look, for who has put a full barrier in front. */
static inline bool waitqueue_active(const wait_queue_head_t *wq)
{
	return !list_empty(&wq->head);
}

/* Sleep until it holds or `left` ns are over: what is left, 1 at least where it holds. */
#define __wait_event(wq, condition, state, ns)                 \
	({                                                     \
		u64 _left = (ns);                              \
		bool _holds;                                   \
		DEFINE_WAIT(_wait);                            \
		for (;;) {                                     \
			prepare_to_wait(&(wq), &_wait, state); \
			_holds = (condition);                  \
			if (_holds || !_left)                  \
				break;                         \
			_left = schedule_timeout(_left);       \
		}                                              \
		finish_wait(&(wq), &_wait);                    \
		_holds ? max(_left, (u64)1) : 0;               \
	})

/* The first look is without the queue. */
#define ___wait_event(wq, condition, state, ns)                                           \
	({                                                                                \
		u64 _ns = (ns);                                                           \
		might_sleep();                                                            \
		(condition) ? max(_ns, (u64)1) : __wait_event(wq, condition, state, _ns); \
	})

/* Sleep until it holds.  In a thread that may sleep. */
#define wait_event(wq, condition) \
	((void)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, TIMEOUT_FOREVER))

/* For `ns` at the most: what is left of it, 1 at least, or 0 where the condition does not hold. */
#define wait_event_timeout(wq, condition, ns) ___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, ns)

/* The same where it is no sign of anything wrong that this takes for ever. */
#define wait_event_idle(wq, condition) \
	((void)___wait_event(wq, condition, TASK_IDLE, TIMEOUT_FOREVER))
#define wait_event_idle_timeout(wq, condition, ns) ___wait_event(wq, condition, TASK_IDLE, ns)

#endif
