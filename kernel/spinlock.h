/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks and the interrupt flag.
 *
 * A lock's declaration says which data it guards; a header that declares locks
 * states their order.  Anything an interrupt handler touches is taken with the
 * _irqsave form everywhere.
 */
#ifndef KERNEL_SPINLOCK_H
#define KERNEL_SPINLOCK_H

#include "kernel/compiler.h"

typedef struct {
	u32 locked;
} spinlock_t;

#define DEFINE_SPINLOCK(name) spinlock_t name = { 0 }

#ifdef __KERNEL__
#define X86_EFLAGS_IF BIT(9) /* SDM 1, 3.4.3.3 */

static inline unsigned long local_irq_save(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0; cli" : "=r"(flags)::"memory");
	return flags;
}

static inline void local_irq_restore(unsigned long flags)
{
	if (flags & X86_EFLAGS_IF)
		__asm__ __volatile__("sti" ::: "memory");
}

static inline bool irqs_disabled(void)
{
	unsigned long flags;

	__asm__ __volatile__("pushfq; popq %0" : "=r"(flags));
	return !(flags & X86_EFLAGS_IF);
}

static inline void local_irq_enable(void)
{
	__asm__ __volatile__("sti" ::: "memory");
}

static inline void local_irq_disable(void)
{
	__asm__ __volatile__("cli" ::: "memory");
}

/* SDM 2B, PAUSE: tells the processor that this is a spin loop. */
static inline void cpu_relax(void)
{
	__asm__ __volatile__("pause" ::: "memory");
}
#else /* the host's unit tests have one thread and no interrupts */
static inline unsigned long local_irq_save(void)
{
	return 0;
}

static inline void local_irq_restore(unsigned long flags)
{
	(void)flags;
}

static inline void cpu_relax(void)
{
}
#endif

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
