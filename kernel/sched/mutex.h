/* SPDX-License-Identifier: MIT */
/*
 * Mutexes: one thread at a time, and who waits sleeps.
 *
 * A mutex knows its owner.  Taking it twice, and giving back what is another's or nobody's, is a
 * panic that names the threads.  Who finds it taken spins while its owner runs, since that one
 * soon gives it back, mostly; else it sleeps, in a queue.  Who gives it back wakes the first of that,
 * and until it has come somebody who runs may take the mutex: a CPU need not wait for a switch on
 * another.  That happens to it once: the next time the mutex is handed to it, so nobody starves.
 *
 * For threads alone.  Its memory stays until each mutex_unlock() has returned.
 */
#ifndef KERNEL_SCHED_MUTEX_H
#define KERNEL_SCHED_MUTEX_H

#include "kernel/core/lockdep.h"
#include "kernel/core/spinlock.h"
#include "kernel/sched/task.h"

#define MUTEX_WAITERS 1UL /* somebody is in the queue */
#define MUTEX_HANDOFF 2UL /* and the first there has lost it to another once */
#define MUTEX_FLAGS   (MUTEX_WAITERS | MUTEX_HANDOFF)

struct mutex {
	unsigned long owner;	  /* its task_struct, NULL: free; and MUTEX_FLAGS */
	spinlock_t wait_lock;	  /* the list and the flags */
	struct list_head waiters; /* the longest first */
#ifdef CONFIG_DEBUG
	const void *class; /* what lockdep knows it as; NULL: its own address */
#endif
};

#define DEFINE_MUTEX(name) struct mutex name = { .waiters = LIST_HEAD_INIT((name).waiters) }

/* One within an object: all that one such line makes are of one class to `make DEBUG=1`. */
#ifdef CONFIG_DEBUG
#define mutex_init(m)                                  \
	do {                                           \
		static const char _mutex_class[] = #m; \
		__mutex_init(m);                       \
		(m)->class = _mutex_class;             \
	} while (0)
#else
#define mutex_init(m) __mutex_init(m)
#endif

static inline void __mutex_init(struct mutex *m)
{
	m->owner = 0;
	spin_lock_init(&m->wait_lock);
	INIT_LIST_HEAD(&m->waiters);
}

/* mutex.c: where it is not free / not ours alone. */
int mutex_lock_slow(struct mutex *m, u32 state);
void mutex_unlock_slow(struct mutex *m);

static __always_inline bool mutex_change_owner(struct mutex *m, unsigned long from,
					       unsigned long to)
{
	return __atomic_compare_exchange_n(&m->owner, &from, to, false, __ATOMIC_SEQ_CST,
					   __ATOMIC_RELAXED);
}

/* In a thread that may sleep. */
static __always_inline void mutex_lock(struct mutex *m)
{
	might_sleep();
	lockdep_acquire_sleeping(m, m->class, _THIS_IP_, false);
	if (unlikely(!mutex_change_owner(m, 0, (unsigned long)current)))
		mutex_lock_slow(m, TASK_UNINTERRUPTIBLE);
}

static __always_inline int __must_check mutex_lock_state(struct mutex *m, u32 state)
{
	int err = 0;

	might_sleep();
	lockdep_acquire_sleeping(m, m->class, _THIS_IP_, false);
	if (unlikely(!mutex_change_owner(m, 0, (unsigned long)current)))
		err = mutex_lock_slow(m, state);
	if (unlikely(err))
		lockdep_release_sleeping(m);
	return err;
}

/* The same unless a signal ends the wait, or one that kills: 0 or -EINTR. */
static inline int __must_check mutex_lock_interruptible(struct mutex *m)
{
	return mutex_lock_state(m, TASK_INTERRUPTIBLE);
}

static inline int __must_check mutex_lock_killable(struct mutex *m)
{
	return mutex_lock_state(m, TASK_KILLABLE);
}

/* True: it is the caller's.  Does not sleep; in a thread. */
bool mutex_trylock(struct mutex *m);

/* By its owner. */
static __always_inline void mutex_unlock(struct mutex *m)
{
	lockdep_release_sleeping(m);
	if (unlikely(!mutex_change_owner(m, (unsigned long)current, 0)))
		mutex_unlock_slow(m);
}

/* Somebody has it: a look. */
static inline bool mutex_is_locked(const struct mutex *m)
{
	return READ_ONCE(m->owner) & ~MUTEX_FLAGS;
}

/* The caller has it. */
static inline bool mutex_is_mine(const struct mutex *m)
{
	return (READ_ONCE(m->owner) & ~MUTEX_FLAGS) == (unsigned long)current;
}

#endif
