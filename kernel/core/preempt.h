/* SPDX-License-Identifier: MIT */
/*
 * Whether another thread may take this CPU.
 *
 *   preempt_count   of a CPU: how many reasons there are against it.  A spinlock that is
 *                   held is one; so is preempt_disable()
 *   need            somebody better is there to run.  It is the count's top bit, and set
 *                   means no, so that one decrement tells that the last reason has gone and
 *                   that there is somebody: the count is 0 then
 *
 * A change of data that is the CPU's own and that interrupts on it use too, a list of free
 * pages for instance, is a reason as well, and one that can be told from the others: so the
 * handler of an interrupt that came in the middle keeps off, and no lock is needed.
 *
 * Interrupts that are off are a reason of their own, without a count: what takes a lock by
 * spin_lock_irqsave() does not count.  An interrupt's handler runs with interrupts off.
 *
 * Who runs next is the scheduler's business (kernel/sched), which is not known here: it
 * says by preempt_set_schedule() whom to call.
 */
#ifndef KERNEL_CORE_PREEMPT_H
#define KERNEL_CORE_PREEMPT_H

#include "kernel/core/percpu.h"

#define PREEMPT_NO_NEED 0x80000000U

#define PREEMPT_OWN_CHANGE_BIT 16
#define PREEMPT_OWN_CHANGE     (1U << PREEMPT_OWN_CHANGE_BIT)

DECLARE_PER_CPU(u32, preempt_counter); /* PREEMPT_NO_NEED, PREEMPT_OWN_CHANGE and the count */

/* How many reasons there are.  Any context. */
static __always_inline u32 preempt_count(void)
{
	return this_cpu(preempt_counter) & ~PREEMPT_NO_NEED;
}

/* This CPU should run somebody else.  For the scheduler, with interrupts off. */
static __always_inline void set_need_resched(void)
{
	this_cpu(preempt_counter) &= ~PREEMPT_NO_NEED;
}

static __always_inline void clear_need_resched(void)
{
	this_cpu(preempt_counter) |= PREEMPT_NO_NEED;
}

static __always_inline bool need_resched(void)
{
	return !(this_cpu(preempt_counter) & PREEMPT_NO_NEED);
}

/* Somebody waits and nothing speaks against it: what an interrupt asks at its end. */
static __always_inline bool should_resched(void)
{
	return this_cpu(preempt_counter) == 0;
}

/*
 * `schedule` runs somebody else in the place of a thread that has not asked for it, and
 * returns when that thread's turn has come again, with the interrupt flag as it was.
 * Before this call nobody sets the need.
 */
void preempt_set_schedule(void (*schedule)(void));

/* Call that; nothing where interrupts are off.  Where the count has fallen to 0. */
void preempt_schedule(void);

/* The same from the end of an interrupt that came upon a thread, with interrupts off. */
void preempt_schedule_irq(void);

#ifdef __KERNEL__
/* From here on the caller keeps its CPU; nests.  Any context. */
static __always_inline void preempt_disable(void)
{
	__asm__ __volatile__("incl %0" : "+m"(this_cpu(preempt_counter))::"memory", "cc");
}

/* The last one lets a thread in that has waited.  No register is lost to that. */
static __always_inline void preempt_enable(void)
{
	__asm__ __volatile__ __inline__("decl %0\n\t"
					"je 2f\n"
					"1:\n\t"
					".subsection 1\n"
					"2: call preempt_schedule_slow\n\t"
					"jmp 1b\n\t"
					".previous"
					: "+m"(this_cpu(preempt_counter))::"memory", "cc");
}

/* The same where the caller switches in a moment anyhow, or must not be left. */
static __always_inline void preempt_enable_no_resched(void)
{
	__asm__ __volatile__("decl %0" : "+m"(this_cpu(preempt_counter))::"memory", "cc");
}

/*
 * From here on the caller stays and changes data of this CPU alone, in a few lines and without a call
 * of anything that does the same.  False, and it may not, in an interrupt that came into
 * the middle of that.  Interrupts on or off.
 */
static __always_inline bool begin_own_change(void)
{
	bool amid;

	__asm__ __volatile__("btsl %2, %0"
			     : "+m"(this_cpu(preempt_counter)), "=@ccc"(amid)
			     : "i"(PREEMPT_OWN_CHANGE_BIT)
			     : "memory");
	return likely(!amid);
}

static __always_inline void end_own_change(void)
{
	__asm__ __volatile__ __inline__("subl %1, %0\n\t"
					"je 2f\n"
					"1:\n\t"
					".subsection 1\n"
					"2: call preempt_schedule_slow\n\t"
					"jmp 1b\n\t"
					".previous"
					: "+m"(this_cpu(preempt_counter))
					: "i"(PREEMPT_OWN_CHANGE)
					: "memory", "cc");
}
#else /* the host's tests have one thread */
static inline void preempt_disable(void)
{
}

static inline void preempt_enable(void)
{
}

static inline void preempt_enable_no_resched(void)
{
}

static inline bool begin_own_change(void)
{
	return true;
}

static inline void end_own_change(void)
{
}
#endif

/* This CPU is in the middle of one: in a thread that does none, never. */
static __always_inline bool in_own_change(void)
{
	return this_cpu(preempt_counter) & PREEMPT_OWN_CHANGE;
}

#endif
