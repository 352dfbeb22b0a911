// SPDX-License-Identifier: MIT
/*
 * Mutexes: what is done where one is not free, or others wait.
 *
 * The owner's part of the word changes by compare and exchange alone, from nobody to a thread and
 * back, but for the hand-over.  The flags change under wait_lock: so who goes to sleep has set
 * MUTEX_WAITERS before it looked for the last time, and who gives back sees it or is seen.
 */
#include "kernel/sched/mutex.h"

#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"

struct waiter {
	struct list_head link;
	struct task_struct *task;
};

static struct task_struct *owner_of(unsigned long word)
{
	return (struct task_struct *)(word & ~MUTEX_FLAGS);
}

/* It is the caller's, if it was nobody's, or has been handed over.  `barred`: flags that forbid it. */
static bool try_take(struct mutex *m, unsigned long barred)
{
	unsigned long word = READ_ONCE(m->owner);

	while (!owner_of(word) && !(word & barred)) {
		if (mutex_change_owner(m, word, word | (unsigned long)current))
			return true;
		word = READ_ONCE(m->owner);
	}
	return owner_of(word) == current;
}

/*
 * Wait while the owner runs elsewhere: true, and it is the caller's.  An owner that gives the mutex
 * back may be over a moment later: its memory is looked at, but then it is memory still, and the
 * answer is not believed for long.
 */
static bool spin_on_owner(struct mutex *m)
{
	const struct task_struct *owner;

	while (!need_resched()) {
		if (try_take(m, MUTEX_HANDOFF))
			return true;
		owner = owner_of(READ_ONCE(m->owner));
		if (owner && !READ_ONCE(owner->on_cpu))
			return false;
		cpu_relax();
	}
	return false;
}

/* With wait_lock. */
static void leave_queue(struct mutex *m, struct waiter *w)
{
	bool first = m->waiters.next == &w->link;

	list_del(&w->link);
	if (list_empty(&m->waiters))
		__atomic_and_fetch(&m->owner, ~MUTEX_FLAGS, __ATOMIC_SEQ_CST);
	else if (first)
		__atomic_and_fetch(&m->owner, ~MUTEX_HANDOFF, __ATOMIC_SEQ_CST);
}

/* With wait_lock.  The first in the queue takes it also where it is barred to all others. */
static bool take_in_queue(struct mutex *m, struct waiter *w)
{
	bool first = m->waiters.next == &w->link;

	if (!try_take(m, first ? 0 : MUTEX_HANDOFF))
		return false;
	leave_queue(m, w);
	return true;
}

static int __sched wait_in_queue(struct mutex *m, u32 state)
{
	struct waiter w = { .task = current };
	int err = 0;

	spin_lock(&m->wait_lock);
	list_add_tail(&w.link, &m->waiters);
	__atomic_or_fetch(&m->owner, MUTEX_WAITERS, __ATOMIC_SEQ_CST);
	for (bool woken = false; !take_in_queue(m, &w); woken = true) {
		if (signal_pending_state(state, current)) {
			leave_queue(m, &w);
			err = -EINTR;
			break;
		}
		if (woken && m->waiters.next == &w.link)
			__atomic_or_fetch(&m->owner, MUTEX_HANDOFF, __ATOMIC_SEQ_CST);
		__set_current_state(state); /* who wakes has wait_lock first */
		spin_unlock(&m->wait_lock);
		schedule();
		spin_lock(&m->wait_lock);
	}
	spin_unlock(&m->wait_lock);
	return err;
}

int __sched mutex_lock_slow(struct mutex *m, u32 state)
{
	if (mutex_is_mine(m))
		panic("mutex %pS: thread %s takes it twice, at %pS", m, current->comm,
		      (void *)_RET_IP_);
	return spin_on_owner(m) ? 0 : wait_in_queue(m, state);
}

bool mutex_trylock(struct mutex *m)
{
	if (mutex_is_mine(m) || !try_take(m, MUTEX_HANDOFF))
		return false;
	lockdep_acquire_sleeping(m, m->class, _RET_IP_, true);
	return true;
}

/* Let go of it, unless it has to be handed over: then true. */
static bool must_hand_over(struct mutex *m)
{
	unsigned long word;

	do {
		word = READ_ONCE(m->owner);
		if (word & MUTEX_HANDOFF)
			return true;
	} while (!mutex_change_owner(m, word, word & MUTEX_FLAGS));
	return false;
}

void mutex_unlock_slow(struct mutex *m)
{
	struct task_struct *owner = owner_of(READ_ONCE(m->owner)), *next = NULL;
	bool hand_over;

	if (owner != current)
		panic("mutex %pS: thread %s gives it back, at %pS, and %s has it", m, current->comm,
		      (void *)_RET_IP_, owner ? owner->comm : "nobody");
	hand_over = must_hand_over(m);
	spin_lock(&m->wait_lock);
	if (!list_empty(&m->waiters)) {
		next = list_first_entry(&m->waiters, struct waiter, link)->task;
		get_task_struct(next);
	}
	/* Who was to get it may have left at a signal, with all flags where it was the last. */
	if (hand_over)
		__atomic_store_n(&m->owner, next ? (unsigned long)next | MUTEX_WAITERS : 0,
				 __ATOMIC_SEQ_CST);
	spin_unlock(&m->wait_lock);
	if (next) {
		wake_up_process(next);
		put_task_struct(next);
	}
}
