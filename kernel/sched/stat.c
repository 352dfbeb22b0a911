// SPDX-License-Identifier: MIT
/*
 * /proc/stat and /proc/uptime: where the CPUs' time has gone.
 *
 * Time is counted by thread (se.sum_exec), and that of a CPU's idle thread is its idle time.  There is no tick that
 * would find out what else it did, so interrupts are part of whom they interrupt.
 */
#include "kernel/sched/stat.h"

#include "kernel/core/cpumask.h"
#include "kernel/core/sink.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "kernel/time/timespec.h"

#define USER_HZ	     100
#define NSEC_PER_USR (NSEC_PER_SEC / USER_HZ) /* a tick of the ABI's */

static u64 ticks_to_ns(u64 ticks)
{
	u64 khz = tsc_hz() / 1000;

	return khz ? ticks / khz * 1000000 + ticks % khz * 1000000 / khz : 0;
}

static u64 idle_ns(unsigned int cpu)
{
	return min(ticks_to_ns(READ_ONCE(cpu_rq(cpu)->idle->se.sum_exec)), ktime_get());
}

struct cpu_times {
	u64 user, system, idle; /* ns */
};

/* User time of threads that are in no list any more, by the CPU on which they ended. */
static DEFINE_PER_CPU(u64, dead_user_ticks);

void account_dead_thread(const struct task_struct *t)
{
	per_cpu(dead_user_ticks, t->cpu) += t->user_ticks;
}

static bool add_user_ticks(struct task_struct *t, void *arg)
{
	u64 *user = arg;

	user[READ_ONCE(t->cpu)] += task_user_ticks(t);
	return true;
}

static void get_times(unsigned int cpu, u64 user_ticks, struct cpu_times *t)
{
	t->idle = idle_ns(cpu);
	t->user = ticks_to_ns(user_ticks + per_cpu(dead_user_ticks, cpu));
	t->system = ktime_get() - t->idle;
	t->system -= min(t->user, t->system);
}

static void show_times(struct sink *out, const char *name, const struct cpu_times *t)
{
	sink_printf(out, "%s %llu 0 %llu %llu 0 0 0 0 0 0\n", name,
		    (unsigned long long)(t->user / NSEC_PER_USR),
		    (unsigned long long)(t->system / NSEC_PER_USR),
		    (unsigned long long)(t->idle / NSEC_PER_USR));
}

static void show_all_times(struct sink *out)
{
	struct cpu_times sum = { 0 }, t;
	u64 user[NR_CPUS] = { 0 };
	char name[16];
	unsigned int cpu;

	for_each_task(add_user_ticks, user);
	for_each_online_cpu(cpu)
	{
		get_times(cpu, user[cpu], &t);
		sum.user += t.user;
		sum.system += t.system;
		sum.idle += t.idle;
	}
	show_times(out, "cpu ", &sum);
	for_each_online_cpu(cpu)
	{
		get_times(cpu, user[cpu], &t);
		scnprintf(name, sizeof(name), "cpu%u", cpu);
		show_times(out, name, &t);
	}
}

/* Those that have a number; then the vectors that are a CPU's own, in the sum alone. */
static void show_interrupt_counts(struct sink *out)
{
	u64 sum = 0;
	unsigned int cpu;

	for (unsigned int irq = 0; irq < nr_irqs; irq++)
		sum += irq_count((int)irq);
	for (unsigned int vector = FIRST_SYSTEM_VECTOR; vector < 256; vector++)
		for_each_online_cpu(cpu) sum += irq_local_count((u8)vector, cpu);
	sink_printf(out, "intr %llu", (unsigned long long)sum);
	for (unsigned int irq = 0; irq < nr_irqs; irq++)
		sink_printf(out, " %llu", (unsigned long long)irq_count((int)irq));
	sink_printf(out, "\n");
}

void show_stat(struct sink *out)
{
	u64 switches = 0;
	unsigned int cpu;

	sched_charge_all();
	show_all_times(out);
	show_interrupt_counts(out);
	for_each_possible_cpu(cpu) switches += READ_ONCE(cpu_rq(cpu)->nr_switches);
	sink_printf(out, "ctxt %llu\nbtime %llu\n", (unsigned long long)switches,
		    (unsigned long long)(((u64)ktime_get_real() - ktime_get()) / NSEC_PER_SEC));
	show_task_counts(out);
	sink_printf(out, "softirq 0 0 0 0 0 0 0 0 0 0 0\n"); /* there are none here */
}

void show_uptime(struct sink *out)
{
	u64 up, idle = 0;
	unsigned int cpu;

	sched_charge_all();
	up = ktime_get();
	for_each_possible_cpu(cpu) idle += idle_ns(cpu);
	sink_printf(out, "%llu.%02llu %llu.%02llu\n", up / NSEC_PER_SEC,
		    up / (NSEC_PER_SEC / 100) % 100, idle / NSEC_PER_SEC,
		    idle / (NSEC_PER_SEC / 100) % 100);
}
