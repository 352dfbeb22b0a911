/* SPDX-License-Identifier: MIT */
/*
 * Calls to other CPUs: a function that runs there, in an interrupt.
 *
 *   call      each CPU has one of its own: function, argument, and how many CPUs have
 *             still to run it; it is free when there are none
 *   callers   of a CPU: whose calls it has to run, a set
 *
 * To call is to fill in one's own call, to put oneself among the callers of each CPU that is
 * meant, and to interrupt those that had no callers yet.  There is no list, no lock and
 * nothing to allocate.  What one CPU calls is run in its order; what several call, in any.
 *
 * Who waits for other CPUs has interrupts on: so it runs what they call meanwhile, and two
 * that call each other both go on.  Therefore, and because one's own call may have to become
 * free first, no call to another CPU is made with interrupts off, from an interrupt's
 * handler, or from a function that is called so: WARN.
 *
 * The rule of locks: over a wait for other CPUs nobody holds a lock that others take with
 * interrupts off, nor one that they take while they hold a lock that is taken so: they would
 * spin for it and never run the call.  Interrupts that are off are thus like a lock which
 * every waiter takes, and so `make DEBUG=1` checks it (kernel/core/lockdep.c).
 * Of the locks of mm those that are held over a wait are cpa_lock and purge_lock, and so these
 * are never taken with interrupts off.
 *
 * Each call of a function says that it runs for one CPU more only where there is one: as long
 * as the boot CPU is alone they are plain calls.
 */
#ifndef KERNEL_CORE_SMP_H
#define KERNEL_CORE_SMP_H

#include "kernel/core/cpumask.h"

/* Runs with interrupts off, in an interrupt or as a plain call; must not wait. */
typedef void (*smp_call_func_t)(void *info);

/* How another CPU is reached; the local APIC's driver has the only one. */
struct smp_ops {
	void (*send_ipi)(unsigned int cpu, u8 vector);
	/* To each member, which are online and not this CPU; the set may be empty. */
	void (*send_ipi_mask)(const struct cpumask *mask, u8 vector);
	void (*send_nmi)(unsigned int cpu);
};

/* Boot, before a second CPU comes online.  The driver gives CALL_FUNCTION_VECTOR to smp_call_interrupt(). */
void smp_set_ops(const struct smp_ops *ops);
void smp_call_interrupt(void);

/*
 * A debugger has all CPUs but this one standing, and runs code of the kernel's: what waits for another
 * one, for its lock or its answer, panics.  Set and cleared by it.
 */
extern bool cpus_stand;

/* No CPU but the boot CPU is online: there is nobody to tell.  Any context; a moment's answer. */
static __always_inline bool smp_alone(void)
{
	u64 others = READ_ONCE(cpu_online_mask.bits[0]) ^ 1;

	for (unsigned int i = 1; i < CPUMASK_WORDS; i++)
		others |= READ_ONCE(cpu_online_mask.bits[i]);
	return !others;
}

/*
 * Run func(info) on one CPU, which may be this one.  With `wait` it has run when this returns;
 * else `info` must live until it has.  0, or -ENXIO where the CPU is not online.  In a
 * thread, with interrupts on; locks: see above.  So are all below.
 */
int smp_call_function_single(unsigned int cpu, smp_call_func_t func, void *info, bool wait);

/* On each CPU of the mask that is online but this one, all at a time. */
void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info,
			    bool wait);

/* On all others. */
static inline void smp_call_function(smp_call_func_t func, void *info, bool wait)
{
	smp_call_function_many(&cpu_online_mask, func, info, wait);
}

/*
 * The same, and on this one as well where the mask has it, with interrupts off.  Where no other CPU is
 * meant, this is a plain call and may be made in any context.
 */
void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait);

static inline void on_each_cpu(smp_call_func_t func, void *info, bool wait)
{
	on_each_cpu_mask(&cpu_online_mask, func, info, wait);
}

/* See to it that the CPU, not this one, looks whom it should run.  Any context. */
void smp_send_reschedule(unsigned int cpu);
/* Have it take an NMI.  Any context. */
void smp_send_nmi(unsigned int cpu);

#endif
