/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks.
 *
 * A lock's declaration says which data it guards; a header that declares locks
 * states their order.  Anything an interrupt handler touches is taken with the
 * _irqsave form everywhere.
 */
#ifndef KERNEL_CORE_SPINLOCK_H
#define KERNEL_CORE_SPINLOCK_H

#include "kernel/cpu/irqflags.h"
#include "kernel/lib/compiler.h"

typedef struct {
	u32 locked;
} spinlock_t;

#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }

/* Take it if it is free; false where somebody has it. */
static inline bool spin_trylock(spinlock_t *lock)
{
	return !__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE);
}

static inline void spin_lock(spinlock_t *lock)
{
	if (likely(spin_trylock(lock)))
		return;
	do { /* only look while another has it: its cache line stays shared */
		while (READ_ONCE(lock->locked))
			cpu_relax();
	} while (!spin_trylock(lock));
}

static inline void spin_unlock(spinlock_t *lock)
{
	__atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

#define spin_lock_irqsave(lock, flags)      \
	do {                                \
		(flags) = local_irq_save(); \
		spin_lock(lock);            \
	} while (0)

#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		spin_unlock(lock);          \
		local_irq_restore(flags);   \
	} while (0)

#endif
