/* SPDX-License-Identifier: MIT */
/*
 * Spinlocks that know their owner.
 *
 * A lock's declaration says which data it guards; a header that declares locks
 * states their order.  Anything an interrupt handler touches is taken with the
 * _irqsave form everywhere.
 *
 * A lock holds the CPU that has it and the place where that CPU took it.  Taking it
 * twice, freeing what is another's or nobody's, and sleeping while one holds a
 * lock each end in a panic that names both places.  Its holder keeps the CPU: by a count
 * (kernel/core/preempt.h), or because interrupts are off.  `make DEBUG=1` checks
 * lockdep_assert_held(), in which order locks are taken, and which of them interrupts'
 * handlers take: kernel/core/lockdep.c.
 */
#ifndef KERNEL_CORE_SPINLOCK_H
#define KERNEL_CORE_SPINLOCK_H

#include "kernel/core/lockdep.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/preempt.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/compiler.h"

typedef struct {
	u32 owner;		/* CPU + 1; 0: free */
	unsigned long taken_at; /* the place, last time */
#ifdef CONFIG_DEBUG
	/* What lockdep knows it as; NULL: its own address. */
	const void *class __aligned(16);
#endif
} spinlock_t;

/*
 * They lie in a row, so that a report can find those that a CPU holds: the size is a
 * multiple of the 16 bytes that the compiler aligns such a variable to.
 */
#define DEFINE_SPINLOCK(name) spinlock_t name __section(".bss..spinlock") = { 0 }

/* A lock within an object that is allocated: all that one such line makes are of one class. */
#ifdef CONFIG_DEBUG
#define spin_lock_init(lock)                                \
	do {                                                \
		static const char _class[] = #lock;         \
		*(lock) = (spinlock_t){ .class = &_class }; \
	} while (0)
#else
#define spin_lock_init(lock)                 \
	do {                                 \
		*(lock) = (spinlock_t){ 0 }; \
	} while (0)
#endif

/* cpu_number + 1, what a lock's owner is: 0 would be nobody. */
DECLARE_PER_CPU(u32, lock_owner_id);

/* spinlock.c: the rare ways. */
void spin_lock_contended(spinlock_t *lock, unsigned long place);
void __noreturn spin_unlock_bad(spinlock_t *lock);

#ifdef __KERNEL__
static __always_inline bool __spin_trylock(spinlock_t *lock)
{
	u32 free = 0;

	if (!__atomic_compare_exchange_n(&lock->owner, &free, this_cpu(lock_owner_id), false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return false;
	__asm__ __volatile__("1: movq $1b, %0" : "=m"(lock->taken_at));
	return true;
}

/* Five instructions where the lock is free, and no register lost to the call where it is not. */
static __always_inline void __spin_lock(spinlock_t *lock)
{
	__asm__ __volatile__ __inline__("xorl %%eax, %%eax\n\t"
					"lock cmpxchgl %[me], %[owner]\n\t"
					"jne 2f\n"
					"1: movq $1b, %[place]\n\t"
					".subsection 1\n"
					"2: leaq %[owner], %%rax\n\t"
					"pushq $1b\n\t"
					"jmp spin_lock_slow\n\t"
					".previous"
					: [owner] "+m"(lock->owner), [place] "=m"(lock->taken_at)
					: [me] "r"(this_cpu(lock_owner_id))
					: "rax", "memory", "cc");
}

/* From ours to 0; anything else is left behind and false. */
static __always_inline bool __spin_unlock(spinlock_t *lock)
{
	bool ours;

	/* Nobody else changes an owner that is ours, so the subtraction need not be locked. */
	__asm__ __volatile__("subl %2, %0"
			     : "+m"(lock->owner), "=@ccz"(ours)
			     : "r"(this_cpu(lock_owner_id))
			     : "memory");
	return ours;
}
#else /* the host's tests have one CPU */
static inline bool __spin_trylock(spinlock_t *lock)
{
	if (lock->owner)
		return false;
	lock->owner = this_cpu(lock_owner_id);
	lock->taken_at = 0;
	return true;
}

static inline void __spin_lock(spinlock_t *lock)
{
	if (!__spin_trylock(lock))
		spin_lock_contended(lock, 0);
}

static inline bool __spin_unlock(spinlock_t *lock)
{
	return !(lock->owner -= this_cpu(lock_owner_id));
}
#endif

/* This CPU has the lock.  Any context. */
static __always_inline bool spin_is_mine(const spinlock_t *lock)
{
	return READ_ONCE(lock->owner) == this_cpu(lock_owner_id);
}

#ifdef CONFIG_DEBUG
#define lockdep_assert_held(lock) \
	WARN(!spin_is_mine(lock), "%pS is not held\n", (const void *)(lock))
#else
#define lockdep_assert_held(lock) \
	do {                      \
	} while (0)
#endif

/* The lock alone, for who keeps the CPU by other means. */
static __always_inline void spin_acquire(spinlock_t *lock)
{
	__spin_lock(lock);
	lockdep_acquire(lock, lock->class, lock->taken_at, false);
}

static __always_inline void spin_release(spinlock_t *lock)
{
	lockdep_release(lock);
	if (unlikely(!__spin_unlock(lock)))
		spin_unlock_bad(lock);
}

/* Take it if it is free; false where somebody has it, be it this CPU. */
static __always_inline bool spin_trylock(spinlock_t *lock)
{
	preempt_disable();
	if (unlikely(!__spin_trylock(lock))) {
		preempt_enable();
		return false;
	}
	lockdep_acquire(lock, lock->class, lock->taken_at, true);
	return true;
}

static __always_inline void spin_lock(spinlock_t *lock)
{
	preempt_disable();
	spin_acquire(lock);
}

static __always_inline void spin_unlock(spinlock_t *lock)
{
	spin_release(lock);
	preempt_enable();
}

/*
 * For what must be said whatever happens: the lock is this CPU's afterwards, also where
 * a holder did not let go within `spins` turns and is taken for dead.  False, and
 * nothing happened, where this CPU has it already.
 */
bool spin_lock_by_force(spinlock_t *lock, u32 spins);
/* Give it back, unless somebody took it by force meanwhile. */
void spin_unlock_forced(spinlock_t *lock);

/* A pair: what one takes the other gives back, since spin_unlock() would count. */
#define spin_lock_irqsave(lock, flags)      \
	do {                                \
		(flags) = local_irq_save(); \
		spin_acquire(lock);         \
	} while (0)

#define spin_unlock_irqrestore(lock, flags) \
	do {                                \
		spin_release(lock);         \
		local_irq_restore(flags);   \
	} while (0)

#ifdef __KERNEL__
/* The panic of might_sleep(): names a lock that is held, where there is one. */
void __noreturn sleeping_is_wrong(void);

/*
 * Panics where the caller may not sleep: with a spinlock held, which is named with the place
 * that took it, with preemption off or with interrupts off.  In each function that sleeps,
 * also where it does not this time.
 */
static __always_inline void might_sleep(void)
{
	if (unlikely(preempt_count() || irqs_disabled()))
		sleeping_is_wrong();
}
#else
static inline void might_sleep(void)
{
}
#endif

#endif
