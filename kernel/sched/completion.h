/* SPDX-License-Identifier: MIT */
/*
 * Completions: wait until something has happened that happens once.
 *
 * complete() lets one through that waits or comes later, complete_all() everybody.  The lock is
 * a leaf but for the run queues', with interrupts off.
 */
#ifndef KERNEL_SCHED_COMPLETION_H
#define KERNEL_SCHED_COMPLETION_H

#include "kernel/core/spinlock.h"
#include "kernel/lib/list.h"

struct completion {
	u32 done; /* how many may pass; COMPLETE_ALL: all */
	spinlock_t lock;
	struct list_head waiters; /* the longest first */
};

#define COMPLETE_ALL ~0U

void init_completion(struct completion *c);
#define DECLARE_COMPLETION(name) \
	struct completion name = { .waiters = LIST_HEAD_INIT((name).waiters) }
/* On a stack: of one class, for the next one there lies elsewhere. */
#define DECLARE_COMPLETION_ONSTACK(name)  \
	struct completion name = ({       \
		init_completion(&(name)); \
		name;                     \
	})

/* Nobody passes any more until the next complete().  Nobody may wait. */
static inline void reinit_completion(struct completion *c)
{
	c->done = 0;
}

/* Any context.  The waiter may free `c` as soon as it has come through. */
void complete(struct completion *c);
void complete_all(struct completion *c);

/* Sleep until it is complete.  In a thread that may sleep. */
void wait_for_completion(struct completion *c);

/* The same for `ns` at the most: what is left of it, 1 at least, or 0 where it was not completed. */
u64 wait_for_completion_timeout(struct completion *c, u64 ns);

/*
 * The same unless a signal ends the wait, or one that kills: -ERESTARTSYS.  0: it came through, or in
 * the form with a time, what is left of that, 1 at least; there 0 is as above.
 */
int __must_check wait_for_completion_interruptible(struct completion *c);
int __must_check wait_for_completion_killable(struct completion *c);
s64 wait_for_completion_killable_timeout(struct completion *c, u64 ns);

/* It is complete: that was the caller's.  Any context. */
bool try_wait_for_completion(struct completion *c);
bool completion_done(struct completion *c);

#endif
