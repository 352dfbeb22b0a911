/* SPDX-License-Identifier: MIT */
/*
 * The order of locks, and where they are taken, checked: in a build with DEBUG=1 alone.  In
 * any other one all of this is nothing.  What is checked: kernel/core/lockdep.c.
 *
 * Spinlocks tell by themselves (kernel/core/spinlock.h).  What sleeps, a mutex or a
 * read-write semaphore, is told of by whoever makes them, and the scheduler says whose turn
 * it is.  `class` is what a lock is known as: NULL for a lock of its own, or something that
 * all of a kind have in common.  `place` is who takes it, a return address.
 */
#ifndef KERNEL_CORE_LOCKDEP_H
#define KERNEL_CORE_LOCKDEP_H

#include "kernel/lib/compiler.h"

#ifdef CONFIG_DEBUG

#define LOCKDEP_MAX_HELD 16

struct held_lock {
	const void *lock;
	unsigned long place; /* who took it */
	unsigned int class;
};

struct held_locks {
	struct held_lock at[LOCKDEP_MAX_HELD];
	unsigned int depth;
};

/* A spinlock is this CPU's now, or not any more.  `tried`: nobody has waited for it.  Any context. */
void lockdep_acquire(const void *lock, const void *class, unsigned long place, bool tried);
void lockdep_release(const void *lock);

/* A lock that sleeps is the running thread's, before or after it has waited; thread. */
void lockdep_acquire_sleeping(const void *lock, const void *class, unsigned long place, bool tried);
void lockdep_release_sleeping(const void *lock);

/*
 * From here on the thread runs that holds `next`, zeroed with the thread; NULL, as at boot: it
 * is of one that never sleeps.  For the scheduler, with interrupts off.
 */
void lockdep_switch_to(struct held_locks *next);

/* A handler of an interrupt begins, and has come to its end.  They do not nest. */
void lockdep_enter_irq(void);
void lockdep_exit_irq(void);

/* The caller is about to wait until other CPUs have taken an interrupt (kernel/core/smp.h). */
void lockdep_wait_for_cpus(void);

/* Panics, with name and place, where this CPU holds a spinlock. */
void lockdep_assert_none_held(void);

#else

#define lockdep_acquire(lock, class, place, tried) \
	do {                                       \
	} while (0)
#define lockdep_release(lock) \
	do {                  \
	} while (0)
#define lockdep_acquire_sleeping(lock, class, place, tried) \
	do {                                                \
	} while (0)
#define lockdep_release_sleeping(lock) \
	do {                           \
	} while (0)
#define lockdep_switch_to(next) \
	do {                    \
	} while (0)
#define lockdep_enter_irq() \
	do {                \
	} while (0)
#define lockdep_exit_irq() \
	do {               \
	} while (0)
#define lockdep_wait_for_cpus() \
	do {                    \
	} while (0)
#define lockdep_assert_none_held() \
	do {                       \
	} while (0)

#endif

#endif
