// SPDX-License-Identifier: MIT
/* Calls to other CPUs.  On a machine that has but one, most say less, and the others nothing. */
#include "kernel/core/smp.h"
#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

/* Where CPUs have to wait until the host lends them one of its own, a call takes long. */
#define MOST_ROUNDS 500
#define ENOUGH_NS   (300 * NSEC_PER_MSEC)

static u32 calls[NR_CPUS];
static unsigned int wrong_cpu, with_interrupts;

static void count_call(void *info)
{
	unsigned int me = raw_smp_processor_id();

	if (info && info != &calls[me])
		__atomic_add_fetch(&wrong_cpu, 1, __ATOMIC_RELAXED);
	if (!irqs_disabled())
		__atomic_add_fetch(&with_interrupts, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&calls[me], 1, __ATOMIC_RELAXED);
}

static void forget_calls(void)
{
	for (unsigned int i = 0; i < NR_CPUS; i++)
		calls[i] = 0;
	wrong_cpu = with_interrupts = 0;
}

static unsigned int all_calls(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < NR_CPUS; i++)
		n += READ_ONCE(calls[i]);
	return n;
}

GUEST_TEST(smp, one_by_one)
{
	unsigned int cpu;

	forget_calls();
	for_each_online_cpu(cpu)
	{
		EXPECT_EQ(smp_call_function_single(cpu, count_call, &calls[cpu], true), 0);
		EXPECT_EQ(calls[cpu], 1);
	}
	EXPECT_EQ(all_calls(), num_online_cpus());
	EXPECT_EQ(wrong_cpu, 0);
	EXPECT_EQ(with_interrupts, 0);
	EXPECT_EQ(smp_call_function_single(NR_CPUS, count_call, NULL, true), -ENXIO);
	for (cpu = 0; cpu_online(cpu); cpu++)
		;
	EXPECT_EQ(smp_call_function_single(cpu, count_call, NULL, true), -ENXIO);
}

GUEST_TEST(smp, all_and_all_others)
{
	struct cpumask none = { { 0 } }, here;
	unsigned int n = num_online_cpus();

	forget_calls();
	on_each_cpu(count_call, NULL, true);
	EXPECT_EQ(all_calls(), n);
	EXPECT_EQ(with_interrupts, 0);
	preempt_disable();
	smp_call_function(count_call, NULL, true);
	EXPECT_EQ(all_calls(), 2 * n - 1);
	EXPECT_EQ(calls[smp_processor_id()], 1);
	on_each_cpu_mask(&none, count_call, NULL, true);
	EXPECT_EQ(all_calls(), 2 * n - 1);
	here = cpumask_of_cpu(smp_processor_id());
	on_each_cpu_mask(&here, count_call, NULL, true);
	EXPECT_EQ(calls[smp_processor_id()], 2);
	EXPECT_EQ(all_calls(), 2 * n);
	preempt_enable();
}

/* Not waited for, they are done all the same, and the next call finds the one before done. */
GUEST_TEST(smp, without_waiting)
{
	struct wait wait = wait_start(ENOUGH_NS);
	unsigned int others = num_online_cpus() - 1, rounds = 0;

	forget_calls();
	for (; rounds < MOST_ROUNDS && !wait_over(&wait); rounds++)
		smp_call_function(count_call, NULL, false);
	smp_call_function(count_call, NULL, true);
	EXPECT_EQ(all_calls(), (rounds + 1) * others);
}

/* ---- all CPUs at a time ---- */

static unsigned int nr_callers;

/* Calls of all kinds; how many runs that should make. */
static int call_around(void *unused)
{
	struct wait wait = wait_start(ENOUGH_NS);
	unsigned int cpu, n = 0;

	(void)unused;
	__atomic_add_fetch(&nr_callers, 1, __ATOMIC_SEQ_CST);
	while (READ_ONCE(nr_callers) < num_online_cpus())
		yield();
	for (unsigned int i = 0; i < MOST_ROUNDS && !wait_over(&wait); i++) {
		on_each_cpu(count_call, NULL, i % 3);
		n += num_online_cpus();
		for_each_online_cpu(cpu) n +=
			!smp_call_function_single(cpu, count_call, &calls[cpu], i % 2);
	}
	on_each_cpu(count_call, NULL, true); /* all before it are done */
	return (int)(n + num_online_cpus());
}

GUEST_TEST(smp, all_call_all)
{
	struct task_struct *t[NR_CPUS];
	unsigned int cpu, expected = 0;

	forget_calls();
	nr_callers = 0;
	for_each_online_cpu(cpu)
	{
		t[cpu] = kthread_create_on_cpu(call_around, NULL, cpu, "caller/%u", cpu);
		ASSERT(!IS_ERR(t[cpu]));
		get_task_struct(t[cpu]);
	}
	for_each_online_cpu(cpu) wake_up_process(t[cpu]);
	for_each_online_cpu(cpu)
	{
		wait_for_completion(&t[cpu]->exited);
		expected += (unsigned int)t[cpu]->result;
		put_task_struct(t[cpu]);
	}
	EXPECT_EQ(all_calls(), expected);
	EXPECT_EQ(wrong_cpu, 0);
	EXPECT_EQ(with_interrupts, 0);
}

/* ---- what may not be ---- */

GUEST_TEST_WARNS(smp, with_interrupts_off_is_said)
{
	unsigned int warnings = warn_count();
	unsigned long flags;

	NEED_CPUS(2);
	forget_calls();
	flags = local_irq_save();
	smp_call_function_single(other_cpu(), count_call, NULL, true);
	local_irq_restore(flags);
	EXPECT_EQ(all_calls(), 1);
	EXPECT_EQ(warn_count(), warnings + 1);
}

#ifdef CONFIG_DEBUG
static DEFINE_SPINLOCK(held_over_a_wait);

/* Somebody else takes it with interrupts off: he would never run the call. */
GUEST_TEST_WARNS(smp, a_lock_that_is_held_over_a_wait)
{
	unsigned int warnings = warn_count();
	unsigned long flags;

	NEED_CPUS(2);
	spin_lock(&held_over_a_wait);
	on_each_cpu(count_call, NULL, true);
	spin_unlock(&held_over_a_wait);
	EXPECT_EQ(warn_count(), warnings);
	spin_lock_irqsave(&held_over_a_wait, flags);
	spin_unlock_irqrestore(&held_over_a_wait, flags);
	EXPECT_EQ(warn_count(), warnings + 1);
}
#endif
