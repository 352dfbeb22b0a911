/* SPDX-License-Identifier: MIT */
/*
 * Read-write semaphores: many readers or one writer, and who waits sleeps.
 *
 * The writer is known: to take the semaphore in either way while one is its writer, and to give
 * back what one has not, is a panic that names the threads.  Readers are counted, not known.  Who
 * finds a writer there spins while that one runs; else it sleeps, in a queue.  Nobody overtakes the
 * queue: the next there, a writer or all the readers up to the next writer, are given the semaphore
 * by the one who leaves it free.  So a reader may not take it twice: a writer may have come between.
 *
 * For threads alone.  Its memory stays until each up_read() and up_write() has returned.
 */
#ifndef KERNEL_SCHED_RWSEM_H
#define KERNEL_SCHED_RWSEM_H

#include "kernel/core/lockdep.h"
#include "kernel/core/spinlock.h"
#include "kernel/sched/task.h"

/* The word: two bits, and RWSEM_READER for each reader. */
#define RWSEM_WRITER  1UL
#define RWSEM_WAITERS 2UL
#define RWSEM_READER  4UL

struct rw_semaphore {
	unsigned long word;
	struct task_struct *owner; /* the writer */
	spinlock_t wait_lock;	   /* the list, and RWSEM_WAITERS */
	struct list_head waiters;  /* the longest first */
#ifdef CONFIG_DEBUG
	const void *class; /* what lockdep knows it as; NULL: its own address */
#endif
};

#define DECLARE_RWSEM(name) struct rw_semaphore name = { .waiters = LIST_HEAD_INIT((name).waiters) }

/* One within an object: all that one such line makes are of one class to `make DEBUG=1`. */
#ifdef CONFIG_DEBUG
#define init_rwsem(sem)                                \
	do {                                           \
		static const char _sem_class[] = #sem; \
		__init_rwsem(sem);                     \
		(sem)->class = _sem_class;             \
	} while (0)
#else
#define init_rwsem(sem) __init_rwsem(sem)
#endif

static inline void __init_rwsem(struct rw_semaphore *sem)
{
	sem->word = 0;
	sem->owner = NULL;
	spin_lock_init(&sem->wait_lock);
	INIT_LIST_HEAD(&sem->waiters);
}

/* Read, or write, from here on.  In a thread that may sleep. */
void down_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);

/* The same where it can be had at once: true.  In a thread. */
bool down_read_trylock(struct rw_semaphore *sem);
bool down_write_trylock(struct rw_semaphore *sem);

void up_read(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* The writer reads from here on; who waits to read does so too. */
void downgrade_write(struct rw_semaphore *sem);

/* Somebody has it: a look. */
static inline bool rwsem_is_locked(const struct rw_semaphore *sem)
{
	return READ_ONCE(sem->word) & ~RWSEM_WAITERS;
}

#endif
