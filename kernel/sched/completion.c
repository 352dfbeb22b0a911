// SPDX-License-Identifier: MIT
/* Completions: a count, and who waits for it. */
#include "kernel/sched/completion.h"

#include "kernel/sched/sched.h"
#include "kernel/sched/wait.h"
#include "kernel/signal/errno.h"

/* On the stack of who waits; out of the list it has come through. */
struct waiter {
	struct list_head link;
	struct task_struct *task;
};

void init_completion(struct completion *c)
{
	c->done = 0;
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->waiters);
}

/* Let the longest waiter through; false where there is none. */
static bool release_one(struct completion *c)
{
	struct waiter *w;

	if (list_empty(&c->waiters))
		return false;
	w = list_first_entry(&c->waiters, struct waiter, link);
	list_del_init(&w->link);
	wake_up_process(w->task);
	return true;
}

void complete(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	if (!release_one(c) && c->done != COMPLETE_ALL)
		c->done++;
	spin_unlock_irqrestore(&c->lock, flags);
	preempt_check_resched();
}

void complete_all(struct completion *c)
{
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	c->done = COMPLETE_ALL;
	while (release_one(c))
		;
	spin_unlock_irqrestore(&c->lock, flags);
	preempt_check_resched();
}

static __always_inline bool take_one(struct completion *c)
{
	if (!c->done)
		return false;
	if (c->done != COMPLETE_ALL)
		c->done--;
	return true;
}

bool try_wait_for_completion(struct completion *c)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&c->lock, flags);
	taken = take_one(c);
	spin_unlock_irqrestore(&c->lock, flags);
	return taken;
}

bool completion_done(struct completion *c)
{
	return READ_ONCE(c->done);
}

/* What is left of the time, wait_left(); 0: it is over; -ERESTARTSYS. */
static __always_inline s64 wait_common(struct completion *c, u64 ns, u32 state)
{
	struct waiter w = { .task = current };
	unsigned long flags;
	bool signal = false;

	might_sleep();
	spin_lock_irqsave(&c->lock, flags);
	if (!take_one(c)) {
		list_add_tail(&w.link, &c->waiters);
		/* Who takes it out has the lock until it is done with `c`. */
		do {
			signal = signal_pending_state(state, current);
			if (signal)
				break;
			__set_current_state(state);
			spin_unlock_irqrestore(&c->lock, flags);
			if (ns == TIMEOUT_FOREVER)
				schedule();
			else
				ns = schedule_timeout(ns);
			spin_lock_irqsave(&c->lock, flags);
		} while (!list_empty(&w.link) && ns);
		if (!list_empty(&w.link)) {
			list_del(&w.link);
			spin_unlock_irqrestore(&c->lock, flags);
			return signal ? -ERESTARTSYS : 0;
		}
	}
	spin_unlock_irqrestore(&c->lock, flags);
	return wait_left(ns);
}

void __sched wait_for_completion(struct completion *c)
{
	wait_common(c, TIMEOUT_FOREVER, TASK_UNINTERRUPTIBLE);
}

u64 __sched wait_for_completion_timeout(struct completion *c, u64 ns)
{
	return (u64)wait_common(c, ns, TASK_UNINTERRUPTIBLE);
}

int __sched wait_for_completion_interruptible(struct completion *c)
{
	return wait_error(wait_common(c, TIMEOUT_FOREVER, TASK_INTERRUPTIBLE));
}

int __sched wait_for_completion_killable(struct completion *c)
{
	return wait_error(wait_common(c, TIMEOUT_FOREVER, TASK_KILLABLE));
}

s64 __sched wait_for_completion_killable_timeout(struct completion *c, u64 ns)
{
	return wait_common(c, ns, TASK_KILLABLE);
}
