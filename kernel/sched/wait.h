/* SPDX-License-Identifier: MIT */
/*
 * Wait queues: sleep until a condition holds that others make true.
 *
 *	wait_event(wq, condition);		and elsewhere: make it hold; wake_up(&wq);
 *
 * The condition is looked at before each sleep, by the one who waits, with its state set: what is
 * made true before wake_up() is not missed.
 *
 * An entry need not be a thread that sleeps: its function is called instead, and may pass on what
 * happened (epoll, a poll of io_uring).  A queue's lock is taken with interrupts off.  Below it are
 * the run queues' and those that entries' functions take: other queues', in an order that epoll keeps
 * free of circles.
 */
#ifndef KERNEL_SCHED_WAIT_H
#define KERNEL_SCHED_WAIT_H

#include <linux/types.h>

#include "kernel/core/spinlock.h"
#include "kernel/cpu/barrier.h"
#include "kernel/lib/list.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"

typedef struct wait_queue_head {
	spinlock_t lock;
	struct list_head head; /* exclusive ones last */
} wait_queue_head_t;

typedef struct wait_queue_entry wait_queue_entry_t;

/*
 * What waking does to an entry, with the queue's lock held and interrupts off.  `mode`: the states of
 * those that are to be woken; `key`: what wake_up_poll() says has happened, or NULL.  1: woken; 0: it
 * was not for it; negative: nobody behind it is looked at.  It may take the entry out.
 */
typedef int (*wait_queue_func_t)(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key);

#define WQ_FLAG_EXCLUSIVE 0x01 /* one wake_up() is for one of those */

struct wait_queue_entry {
	unsigned int flags; /* WQ_FLAG_* */
	void *private;	    /* func's: the thread that waits */
	wait_queue_func_t func;
	struct list_head entry; /* empty: in no queue */
};

#define DECLARE_WAIT_QUEUE_HEAD(name) \
	wait_queue_head_t name = { .head = LIST_HEAD_INIT((name).head) }
#define init_waitqueue_head(wq)              \
	do {                                 \
		spin_lock_init(&(wq)->lock); \
		INIT_LIST_HEAD(&(wq)->head); \
	} while (0)

/* Wake the thread / and take the entry out, if it was asleep. */
int default_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key);
int autoremove_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key);

#define DEFINE_WAIT_FUNC(name, function)                \
	wait_queue_entry_t name = { .private = current, \
				    .func = (function), \
				    .entry = LIST_HEAD_INIT((name).entry) }
#define DEFINE_WAIT(name)	DEFINE_WAIT_FUNC(name, autoremove_wake_function)
#define DECLARE_WAITQUEUE(name) DEFINE_WAIT_FUNC(name, default_wake_function)

/* An entry that is no thread's, or not the caller's. */
static inline void init_waitqueue_func_entry(wait_queue_entry_t *wait, wait_queue_func_t func)
{
	*wait = (wait_queue_entry_t){ .func = func };
	INIT_LIST_HEAD(&wait->entry);
}

/* In and out; out of none is harmless.  Once it is out nobody looks at it.  Any context. */
void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait);
void add_wait_queue_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *wait);
void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait);

/* The caller is in the queue, and its state is `state`; again after each schedule(). */
void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state);
/*
 * The same, exclusive where the entry says so, unless a signal ends a wait in that state: then it is in
 * no queue, and -ERESTARTSYS.  So an exclusive wake-up is not lost with who leaves: it looks at the
 * condition once more.
 */
int prepare_to_wait_event(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state);
/* It is out of the queue, and runs on. */
void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait);

/*
 * Wake those that wait in one of the states of `mode`: all that are not exclusive, and `nr` of the
 * others, the longest first; 0: all.  Any context but NMI.  The locked form: the caller has wq->lock,
 * with interrupts off.
 */
void __wake_up(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key);
void __wake_up_locked(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key);

#define wake_up(wq)		      __wake_up(wq, TASK_NORMAL, 1, NULL)
#define wake_up_nr(wq, nr)	      __wake_up(wq, TASK_NORMAL, nr, NULL)
#define wake_up_all(wq)		      __wake_up(wq, TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(wq)     __wake_up(wq, TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(wq) __wake_up(wq, TASK_INTERRUPTIBLE, 0, NULL)

/* The same where `m`, EPOLL*, has happened: who looks for others of them may sleep on. */
#define poll_to_key(m)			  ((void *)(unsigned long)(__poll_t)(m))
#define key_to_poll(key)		  ((__poll_t)(unsigned long)(key))
#define wake_up_poll(wq, m)		  __wake_up(wq, TASK_NORMAL, 1, poll_to_key(m))
#define wake_up_locked_poll(wq, m)	  __wake_up_locked(wq, TASK_NORMAL, 1, poll_to_key(m))
#define wake_up_interruptible_poll(wq, m) __wake_up(wq, TASK_INTERRUPTIBLE, 1, poll_to_key(m))

/*
 * Somebody waits: a look.  wq_has_sleeper() is for who has just made true what is waited for, by a plain
 * store; waitqueue_active() where an atomic operation or a lock that was taken since is a barrier enough.
 */
static inline bool waitqueue_active(const wait_queue_head_t *wq)
{
	return !list_empty(&wq->head);
}

static inline bool wq_has_sleeper(const wait_queue_head_t *wq)
{
	smp_mb(); /* the store is seen, or who is about to sleep is */
	return waitqueue_active(wq);
}

/* What waiting says where the condition holds, and what is an error of it. */
static inline s64 wait_left(u64 left)
{
	return left ? (s64)min(left, ~0ULL >> 1) : 1;
}

static inline int wait_error(s64 left)
{
	return left < 0 ? (int)left : 0;
}

/* For who waits for ever nobody looks at a clock. */
#define __wait_sleep(ns, left)                                                                 \
	(__builtin_constant_p(ns) && (ns) == TIMEOUT_FOREVER ? (schedule(), TIMEOUT_FOREVER) : \
							       schedule_timeout(left))

/* Sleep until it holds, `left` ns are over, or a signal ends it: what is left, 1 at least where it holds. */
#define __wait_event(wq, condition, state, exclusive, ns)                      \
	({                                                                     \
		u64 _left = (ns);                                              \
		bool _holds;                                                   \
		int _signal;                                                   \
		DEFINE_WAIT(_wait);                                            \
		_wait.flags = (exclusive);                                     \
		for (;;) {                                                     \
			_signal = prepare_to_wait_event(&(wq), &_wait, state); \
			_holds = (condition);                                  \
			if (_holds || !_left || _signal)                       \
				break;                                         \
			_left = __wait_sleep(ns, _left);                       \
			_holds = (condition); /* mostly, when it was woken */  \
			if (_holds)                                            \
				break;                                         \
		}                                                              \
		finish_wait(&(wq), &_wait);                                    \
		_holds ? wait_left(_left) : _signal;                           \
	})

/* The first look is without the queue. */
#define ___wait_event(wq, condition, state, exclusive, ns)                                         \
	({                                                                                         \
		u64 _ns = (ns);                                                                    \
		might_sleep();                                                                     \
		(condition) ? wait_left(_ns) : __wait_event(wq, condition, state, exclusive, _ns); \
	})

#define wait_event_forever(wq, condition, state, exclusive) \
	___wait_event(wq, condition, state, exclusive, TIMEOUT_FOREVER)

/* Sleep until it holds.  In a thread that may sleep. */
#define wait_event(wq, condition) ((void)wait_event_forever(wq, condition, TASK_UNINTERRUPTIBLE, 0))

/* For `ns` at the most: what is left of it, 1 at least, or 0 where the condition does not hold. */
#define wait_event_timeout(wq, condition, ns) \
	((u64)___wait_event(wq, condition, TASK_UNINTERRUPTIBLE, 0, ns))

/* The same where it is no sign of anything wrong that this takes for ever. */
#define wait_event_idle(wq, condition) ((void)wait_event_forever(wq, condition, TASK_IDLE, 0))
#define wait_event_idle_timeout(wq, condition, ns) \
	((u64)___wait_event(wq, condition, TASK_IDLE, 0, ns))

/* A signal ends it, or one that kills: 0, or -ERESTARTSYS where the condition does not hold. */
#define wait_event_interruptible(wq, condition) \
	wait_error(wait_event_forever(wq, condition, TASK_INTERRUPTIBLE, 0))
#define wait_event_interruptible_exclusive(wq, condition) \
	wait_error(wait_event_forever(wq, condition, TASK_INTERRUPTIBLE, WQ_FLAG_EXCLUSIVE))
#define wait_event_killable(wq, condition) \
	wait_error(wait_event_forever(wq, condition, TASK_KILLABLE, 0))

/* And for `ns` at the most: what is left, 0, or -ERESTARTSYS. */
#define wait_event_interruptible_timeout(wq, condition, ns) \
	___wait_event(wq, condition, TASK_INTERRUPTIBLE, 0, ns)
#define wait_event_killable_timeout(wq, condition, ns) \
	___wait_event(wq, condition, TASK_KILLABLE, 0, ns)

#endif
