// SPDX-License-Identifier: MIT
/* The CPUs, shown: what each runs, and where it is. */
#include "kernel/core/command.h"
#include "kernel/core/cpumask.h"
#include "kernel/cpu/vectors.h"
#include "kernel/irq/apicid.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/rq.h"
#include "kernel/trap/nmi.h"

/* Copied with the lock held: a thread may be over a moment later. */
static void copy_running(unsigned int cpu, char comm[TASK_COMM_LEN])
{
	struct rq *rq = cpu_rq(cpu);
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	memcpy(comm, rq->curr->comm, TASK_COMM_LEN);
	spin_unlock_irqrestore(&rq->lock, flags);
}

static void show_cpu(struct sink *out, unsigned int cpu)
{
	char comm[TASK_COMM_LEN] = "-";

	if (cpu_online(cpu))
		copy_running(cpu, comm);
	sink_printf(out, "%4u %#6x %-8s %9llu %9llu %9llu %9llu  %s\n", cpu, cpu_apic_id[cpu],
		    cpu_online(cpu) ? "online" : "offline",
		    (unsigned long long)READ_ONCE(cpu_rq(cpu)->nr_switches),
		    (unsigned long long)irq_local_count(LOCAL_TIMER_VECTOR, cpu),
		    (unsigned long long)irq_local_count(CALL_FUNCTION_VECTOR, cpu),
		    (unsigned long long)irq_local_count(RESCHEDULE_VECTOR, cpu), comm);
}

/* The messages are the asked CPU's own. */
static int show_backtraces(const char *which)
{
	unsigned int cpu;
	u64 one = 0;

	if (which && (kstrtoull(which, 10, &one) || one >= nr_cpu_ids))
		return -EINVAL;
	for_each_online_cpu(cpu)
	{
		if (which && cpu != one)
			continue;
		preempt_disable();
		nmi_backtrace(cpu);
		preempt_enable();
		if (command_interrupted())
			break;
	}
	return 0;
}

static int cmd_cpus(struct sink *out, int argc, char **argv)
{
	unsigned int cpu;

	if (argc > 1 && argc < 4 && strcmp(argv[1], "-b") == 0)
		return show_backtraces(argv[2]);
	if (argc != 1)
		return -EINVAL;
	sink_printf(out, "%4s %6s %-8s %9s %9s %9s %9s  %s\n", "CPU", "APICID", "STATE", "SWITCHES",
		    "TIMER", "CALLS", "RESCHED", "RUNS");
	for_each_possible_cpu(cpu) show_cpu(out, cpu);
	return 0;
}
MONITOR_COMMAND(cpus, "[-b [CPU]]", "the CPUs and what they run; -b: where each is, as messages",
		cmd_cpus);
