// SPDX-License-Identifier: MIT
/*
 * Calls to other CPUs: see the header.
 *
 * A call's fields are its CPU's to write while nobody has it to run; from the moment its CPU
 * stands among somebody's callers until `left` is 0 all may read them.
 */
#include "kernel/core/smp.h"

#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/vectors.h"
#include "kernel/lib/errno.h"

struct call {
	smp_call_func_t func;
	void *info;
	u32 left; /* CPUs that have still to run it */
} __aligned(64);

static DEFINE_PER_CPU(struct call, call);
static DEFINE_PER_CPU(struct cpumask, callers) __aligned(64);

static const struct smp_ops *ops;

bool cpus_stand;

void __init smp_set_ops(const struct smp_ops *smp_ops)
{
	ops = smp_ops;
}

/* ---- the CPU that is called ---- */

static void run_call(struct call *c)
{
	c->func(c->info);
	__atomic_sub_fetch(&c->left, 1, __ATOMIC_RELEASE); /* free for its CPU: not ours any more */
}

void smp_call_interrupt(void)
{
	u64 *word = per_cpu(callers, raw_smp_processor_id()).bits;

	for (unsigned int i = 0; i < CPUMASK_WORDS; i++) {
		u64 who =
			READ_ONCE(word[i]) ? __atomic_exchange_n(&word[i], 0, __ATOMIC_SEQ_CST) : 0;

		for (; who; who &= who - 1)
			run_call(&per_cpu(call, i * 64 + (unsigned int)__builtin_ctzll(who)));
	}
}

/* ---- the CPU that calls ---- */

static void wait_for(const struct call *c)
{
	while (smp_load_acquire(&c->left)) {
		if (unlikely(cpus_stand))
			panic("other CPUs are called, and stand");
		cpu_relax();
	}
}

/* This CPU's call, for `n` CPUs to run.  Preemption is off. */
static struct call *fill_call(smp_call_func_t func, void *info, u32 n)
{
	struct call *c = &per_cpu(call, smp_processor_id());

	WARN(irqs_disabled(), "other CPUs are called, for %pS, with interrupts off\n",
	     (void *)func);
	lockdep_wait_for_cpus();
	wait_for(c); /* the one before, which nobody has waited for */
	c->func = func;
	c->info = info;
	WRITE_ONCE(c->left, n);
	return c;
}

/* The CPU has a call of ours to run.  False: somebody of our word was there before, and it is told. */
static bool post(unsigned int cpu)
{
	unsigned int me = smp_processor_id();

	return !__atomic_fetch_or(&per_cpu(callers, cpu).bits[me / 64], BIT_ULL(me % 64),
				  __ATOMIC_SEQ_CST);
}

static void call_here(smp_call_func_t func, void *info)
{
	unsigned long flags = local_irq_save();

	func(info);
	local_irq_restore(flags);
}

int smp_call_function_single(unsigned int cpu, smp_call_func_t func, void *info, bool wait)
{
	struct call *c;

	if (cpu >= nr_cpu_ids || !cpu_online(cpu))
		return -ENXIO;
	preempt_disable();
	if (cpu == smp_processor_id()) {
		call_here(func, info);
	} else {
		c = fill_call(func, info, 1);
		if (post(cpu))
			ops->send_ipi(cpu, CALL_FUNCTION_VECTOR);
		if (wait)
			wait_for(c);
	}
	preempt_enable();
	return 0;
}

/* Have the others of the mask run it: our call, to wait for, or NULL where there are none. */
static struct call *call_others(const struct cpumask *mask, smp_call_func_t func, void *info)
{
	unsigned int cpu, me = smp_processor_id();
	struct cpumask others;
	struct call *c;

	if (smp_alone())
		return NULL;
	cpumask_and(&others, mask, &cpu_online_mask);
	others.bits[me / 64] &= ~BIT_ULL(me % 64);
	if (cpumask_empty(&others))
		return NULL;
	c = fill_call(func, info, cpumask_weight(&others));
	for_each_cpu(cpu, &others) if (!post(cpu)) others.bits[cpu / 64] &= ~BIT_ULL(cpu % 64);
	ops->send_ipi_mask(&others, CALL_FUNCTION_VECTOR);
	return c;
}

void smp_call_function_many(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	struct call *c;

	preempt_disable();
	c = call_others(mask, func, info);
	if (c && wait)
		wait_for(c);
	preempt_enable();
}

void on_each_cpu_mask(const struct cpumask *mask, smp_call_func_t func, void *info, bool wait)
{
	struct call *c;

	preempt_disable();
	c = call_others(mask, func, info);
	if (cpumask_test_cpu(smp_processor_id(), mask))
		call_here(func, info);
	if (c && wait)
		wait_for(c);
	preempt_enable();
}

void smp_send_reschedule(unsigned int cpu)
{
	ops->send_ipi(cpu, RESCHEDULE_VECTOR);
}

void smp_send_nmi(unsigned int cpu)
{
	ops->send_nmi(cpu);
}
