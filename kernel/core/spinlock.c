// SPDX-License-Identifier: MIT
/*
 * Spinlocks: the ways that are seldom gone, and the reports.
 *
 * To report, a lock that the console or the ring needs may be the very one that is
 * wrong; printk takes its own by force then (spin_lock_by_force()).
 */
#include "kernel/core/spinlock.h"

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"

#define PLACE(lock) ((void *)READ_ONCE((lock)->taken_at))

DEFINE_PER_CPU(u32, lock_owner_id);

extern spinlock_t __spinlocks_start[], __spinlocks_end[];

/* Returns with the lock held, from slow_entry.asm. */
void spin_lock_contended(spinlock_t *lock, unsigned long place)
{
	u32 me = this_cpu(lock_owner_id), owner;

	do {
		owner = READ_ONCE(lock->owner);
		if (owner == me)
			panic("spinlock %pS: CPU %u takes it twice: at %pS, and has it since %pS",
			      lock, me - 1, (void *)place, PLACE(lock));
		if (owner && unlikely(cpus_stand))
			panic("spinlock %pS: CPU %u has it since %pS, and stands", lock, owner - 1,
			      PLACE(lock));
		if (owner)
			cpu_relax(); /* only look while another has it: its cache line stays shared */
	} while (owner || !__atomic_compare_exchange_n(&lock->owner, &owner, me, false,
						       __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
}

noinline void spin_unlock_bad(spinlock_t *lock)
{
	u32 me = this_cpu(lock_owner_id), owner = lock->owner + me; /* undo the subtraction */

	if (!owner)
		panic("spinlock %pS: CPU %u gives it back at %pS and it is free, last taken at %pS",
		      lock, me - 1, (void *)_RET_IP_, PLACE(lock));
	panic("spinlock %pS: CPU %u gives it back at %pS, but CPU %u has it since %pS", lock,
	      me - 1, (void *)_RET_IP_, owner - 1, PLACE(lock));
}

bool spin_lock_by_force(spinlock_t *lock, u32 spins)
{
	while (!spin_trylock(lock)) {
		if (spin_is_mine(lock))
			return false;
		if (spins-- == 0) {
			preempt_disable();
			__atomic_store_n(&lock->owner, this_cpu(lock_owner_id), __ATOMIC_SEQ_CST);
			lock->taken_at = _RET_IP_;
			lockdep_acquire(lock, lock->class, lock->taken_at, true);
			break;
		}
		cpu_relax();
	}
	return true;
}

void spin_unlock_forced(spinlock_t *lock)
{
	if (spin_is_mine(lock)) {
		spin_unlock(lock);
		return;
	}
	lockdep_release(lock);
	preempt_enable();
}

/* The first of the locks with a name that this CPU holds, or NULL. */
static const spinlock_t *find_held(void)
{
	for (const spinlock_t *lock = __spinlocks_start; lock < __spinlocks_end; lock++)
		if (spin_is_mine(lock))
			return lock;
	return NULL;
}

noinline void sleeping_is_wrong(void)
{
	const spinlock_t *lock = find_held();

	if (lock)
		panic("sleeping at %pS with spinlock %pS held since %pS", (void *)_RET_IP_, lock,
		      PLACE(lock));
	lockdep_assert_none_held();
	panic("sleeping at %pS with %s off", (void *)_RET_IP_,
	      irqs_disabled() ? "interrupts" : "preemption");
}
