// SPDX-License-Identifier: MIT
/*
 * Mutexes: what is done where one is not free.
 *
 * While nobody sleeps the owner word changes by compare and exchange alone.  With MUTEX_WAITERS set
 * it changes under wait_lock: a giver sees the bit, finds the first in the list, and makes it the
 * owner before it wakes it.
 */
#include "kernel/sched/mutex.h"

#include "kernel/core/panic.h"
#include "kernel/sched/sched.h"

struct waiter {
	struct list_head link;
	struct task_struct *task;
};

static struct task_struct *owner_of(unsigned long word)
{
	return (struct task_struct *)(word & ~MUTEX_WAITERS);
}

/*
 * Wait while the owner runs elsewhere and nobody sleeps: true, and it is the caller's.  An owner
 * that gives the mutex back may be over a moment later: its memory is looked at, but then it is
 * memory still, and the answer is not believed for long.
 */
static bool spin_on_owner(struct mutex *m)
{
	unsigned long word;

	while (!need_resched()) {
		word = READ_ONCE(m->owner);
		if (!word && mutex_change_owner(m, 0, (unsigned long)current))
			return true;
		if (word & MUTEX_WAITERS || (word && !READ_ONCE(owner_of(word)->on_cpu)))
			return false;
		cpu_relax();
	}
	return false;
}

/* With wait_lock: the bit is set, or it was free and is the caller's: true. */
static bool take_or_mark(struct mutex *m)
{
	unsigned long word = READ_ONCE(m->owner);

	for (;;) {
		if (!word && mutex_change_owner(m, 0, (unsigned long)current))
			return true;
		if (word && mutex_change_owner(m, word, word | MUTEX_WAITERS))
			return false;
		word = READ_ONCE(m->owner);
	}
}

void __sched mutex_lock_slow(struct mutex *m)
{
	struct waiter w = { .task = current };

	if (mutex_is_mine(m))
		panic("mutex %pS: thread %s takes it twice, at %pS", m, current->comm,
		      (void *)_RET_IP_);
	if (spin_on_owner(m))
		return;
	spin_lock(&m->wait_lock);
	if (take_or_mark(m)) {
		spin_unlock(&m->wait_lock);
		return;
	}
	list_add_tail(&w.link, &m->waiters);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		spin_unlock(&m->wait_lock);
		if (mutex_is_mine(m))
			break;
		schedule();
		spin_lock(&m->wait_lock);
	}
	__set_current_state(TASK_RUNNING);
}

void mutex_unlock_slow(struct mutex *m)
{
	struct task_struct *owner = owner_of(READ_ONCE(m->owner)), *next;
	struct waiter *w;

	if (owner != current)
		panic("mutex %pS: thread %s gives it back, at %pS, and %s has it", m, current->comm,
		      (void *)_RET_IP_, owner ? owner->comm : "nobody");
	spin_lock(&m->wait_lock);
	w = list_first_entry(&m->waiters, struct waiter, link);
	next = w->task;
	list_del(&w->link);
	get_task_struct(next);
	__atomic_store_n(&m->owner,
			 (unsigned long)next | (list_empty(&m->waiters) ? 0 : MUTEX_WAITERS),
			 __ATOMIC_SEQ_CST);
	spin_unlock(&m->wait_lock);
	wake_up_process(next);
	put_task_struct(next);
}
