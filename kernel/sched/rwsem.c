// SPDX-License-Identifier: MIT
/*
 * Read-write semaphores.
 *
 * The word changes by compare and exchange.  While RWSEM_WAITERS is set nobody takes it but through
 * the queue: whoever gives it back and sees the bit lets the next in, with wait_lock held.  The bit
 * is set and cleared under wait_lock alone.
 */
#include "kernel/sched/rwsem.h"

#include "kernel/core/panic.h"
#include "kernel/sched/sched.h"

struct waiter {
	struct list_head link;
	struct task_struct *task; /* NULL: it has the semaphore */
	bool writes;
};

static __always_inline bool change(struct rw_semaphore *sem, unsigned long from, unsigned long to)
{
	return __atomic_compare_exchange_n(&sem->word, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

/* The word with one reader, or a writer, more; 0: not as it is. */
static __always_inline unsigned long with_one_more(unsigned long word, bool writes)
{
	if (word & RWSEM_WRITER || (writes && word & ~RWSEM_WAITERS))
		return 0;
	return writes ? word | RWSEM_WRITER : word + RWSEM_READER;
}

/* It is t's, unless it is another's, or the word has one of the bits in `barred`. */
static __always_inline bool try_take(struct rw_semaphore *sem, struct task_struct *t, bool writes,
				     unsigned long barred)
{
	unsigned long word, more;

	do {
		word = READ_ONCE(sem->word);
		more = with_one_more(word, writes);
		if (word & barred || !more)
			return false;
	} while (!change(sem, word, more));
	if (writes)
		WRITE_ONCE(sem->owner, t);
	return true;
}

/* As spin_on_owner() of kernel/sched/mutex.c, for a writer there. */
static bool spin_on_writer(struct rw_semaphore *sem, bool writes)
{
	struct task_struct *owner;

	while (!need_resched()) {
		if (try_take(sem, current, writes, RWSEM_WAITERS))
			return true;
		owner = READ_ONCE(sem->owner);
		if (READ_ONCE(sem->word) & RWSEM_WAITERS || !owner || !READ_ONCE(owner->on_cpu))
			return false;
		cpu_relax();
	}
	return false;
}

/* The first in the queue is given the semaphore, and readers behind a reader; with wait_lock. */
static void let_in(struct rw_semaphore *sem)
{
	struct waiter *w, *tmp;

	list_for_each_entry_safe(w, tmp, &sem->waiters, link) {
		struct task_struct *t = w->task;

		if (!try_take(sem, t, w->writes, 0))
			return;
		list_del(&w->link);
		if (list_empty(&sem->waiters))
			__atomic_and_fetch(&sem->word, ~RWSEM_WAITERS, __ATOMIC_SEQ_CST);
		get_task_struct(t);
		__atomic_store_n(&w->task, NULL, __ATOMIC_RELEASE); /* its stack is its own again */
		wake_up_process(t);
		put_task_struct(t);
	}
}

static void __sched wait_in_queue(struct rw_semaphore *sem, bool writes)
{
	struct waiter w = { .task = current, .writes = writes };

	spin_lock(&sem->wait_lock);
	list_add_tail(&w.link, &sem->waiters);
	__atomic_or_fetch(&sem->word, RWSEM_WAITERS, __ATOMIC_SEQ_CST);
	let_in(sem); /* it may have come free before the bit was set */
	spin_unlock(&sem->wait_lock);
	for (;;) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!__atomic_load_n(&w.task, __ATOMIC_ACQUIRE))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

static noinline void __sched down_slow(struct rw_semaphore *sem, bool writes, unsigned long place)
{
	if (READ_ONCE(sem->owner) == current)
		panic("rwsem %pS: thread %s, its writer, takes it twice, at %pS", sem,
		      current->comm, (void *)place);
	if (!spin_on_writer(sem, writes))
		wait_in_queue(sem, writes);
}

void __sched down_read(struct rw_semaphore *sem)
{
	might_sleep();
	lockdep_acquire_sleeping(sem, sem->class, _RET_IP_, false);
	if (unlikely(!try_take(sem, current, false, RWSEM_WAITERS)))
		down_slow(sem, false, _RET_IP_);
}

void __sched down_write(struct rw_semaphore *sem)
{
	might_sleep();
	lockdep_acquire_sleeping(sem, sem->class, _RET_IP_, false);
	if (unlikely(!try_take(sem, current, true, RWSEM_WAITERS)))
		down_slow(sem, true, _RET_IP_);
}

bool down_read_trylock(struct rw_semaphore *sem)
{
	bool taken = try_take(sem, current, false, RWSEM_WAITERS);

	if (taken)
		lockdep_acquire_sleeping(sem, sem->class, _RET_IP_, true);
	return taken;
}

bool down_write_trylock(struct rw_semaphore *sem)
{
	bool taken = try_take(sem, current, true, RWSEM_WAITERS);

	if (taken)
		lockdep_acquire_sleeping(sem, sem->class, _RET_IP_, true);
	return taken;
}

/* The caller's part has gone from the word, which is `word` now. */
static __always_inline void given_back(struct rw_semaphore *sem, unsigned long word)
{
	if (likely(word != RWSEM_WAITERS))
		return;
	spin_lock(&sem->wait_lock);
	let_in(sem);
	spin_unlock(&sem->wait_lock);
}

void up_read(struct rw_semaphore *sem)
{
	unsigned long word = READ_ONCE(sem->word);

	if (word & RWSEM_WRITER || word < RWSEM_READER)
		panic("rwsem %pS: thread %s, which does not read, gives it back, at %pS", sem,
		      current->comm, (void *)_RET_IP_);
	lockdep_release_sleeping(sem);
	given_back(sem, __atomic_sub_fetch(&sem->word, RWSEM_READER, __ATOMIC_SEQ_CST));
}

static __always_inline void leave_writer(struct rw_semaphore *sem, unsigned long place)
{
	struct task_struct *owner = READ_ONCE(sem->owner);

	if (unlikely(owner != current))
		panic("rwsem %pS: thread %s gives it back, at %pS, and %s writes", sem,
		      current->comm, (void *)place, owner ? owner->comm : "nobody");
	WRITE_ONCE(sem->owner, NULL);
}

void up_write(struct rw_semaphore *sem)
{
	leave_writer(sem, _RET_IP_);
	lockdep_release_sleeping(sem);
	given_back(sem, __atomic_and_fetch(&sem->word, ~RWSEM_WRITER, __ATOMIC_SEQ_CST));
}

void downgrade_write(struct rw_semaphore *sem)
{
	leave_writer(sem, _RET_IP_);
	__atomic_add_fetch(&sem->word, RWSEM_READER - RWSEM_WRITER, __ATOMIC_SEQ_CST);
	spin_lock(&sem->wait_lock);
	let_in(sem);
	spin_unlock(&sem->wait_lock);
}
