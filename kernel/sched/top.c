// SPDX-License-Identifier: MIT
/* top: who has used the CPUs over a while, from two looks at what was counted for each thread. */
#include "kernel/core/command.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"

#define MOST_SHOWN 16
#define DEFAULT_MS 1000
#define MOST_MS	   60000

/* One of those that used most, the most first. */
struct top_entry {
	u64 ticks;
	u32 pid;
	unsigned int cpu;
	int nice;
	char comm[TASK_COMM_LEN];
};

struct top_list {
	struct top_entry at[MOST_SHOWN];
	unsigned int nr;
};

static bool note_begin(struct task_struct *t, void *unused)
{
	(void)unused;
	t->exec_at_look = READ_ONCE(t->se.sum_exec);
	return true;
}

static bool note_end(struct task_struct *t, void *arg)
{
	struct top_entry e = { READ_ONCE(t->se.sum_exec) - t->exec_at_look, t->pid, t->cpu, t->nice,
			       "" };
	struct top_list *list = arg;
	unsigned int i = list->nr;

	memcpy(e.comm, t->comm, sizeof(e.comm));
	while (i > 0 && list->at[i - 1].ticks < e.ticks)
		i--;
	if (i == MOST_SHOWN || !e.ticks || !t->pid)
		return true;
	list->nr = min(list->nr + 1, (unsigned int)MOST_SHOWN);
	for (unsigned int j = list->nr - 1; j > i; j--)
		list->at[j] = list->at[j - 1];
	list->at[i] = e;
	return true;
}

/* Tenths of a percent. */
static unsigned int share(u64 ticks, u64 of)
{
	return of ? (unsigned int)min(ticks * 1000 / of, 1000ULL) : 0;
}

static void show_cpu_use(struct sink *out, unsigned int cpu, u64 ticks)
{
	const struct rq *rq = cpu_rq(cpu);
	unsigned int idle = share(rq->idle->se.sum_exec - rq->idle->exec_at_look, ticks);

	sink_printf(out, "%4u %5u %5u.%u%%\n", cpu, READ_ONCE(rq->fair.nr), (1000 - idle) / 10,
		    (1000 - idle) % 10);
}

static int cmd_top(struct sink *out, int argc, char **argv)
{
	struct top_list list = { .nr = 0 };
	u64 ms = DEFAULT_MS, began, ticks;
	unsigned int cpu;

	if (argc > 2 ||
	    (argc == 2 && (kstrtoull(argv[1], COMMAND_BASE, &ms) || !ms || ms > MOST_MS)))
		return -EINVAL;
	sched_charge_all();
	began = rdtsc_ordered();
	for_each_task(note_begin, NULL);
	command_sleep(ms * NSEC_PER_MSEC);
	if (command_interrupted())
		return 0;
	sched_charge_all();
	ticks = rdtsc_ordered() - began;
	for_each_task(note_end, &list);
	sink_printf(out, "%4s %5s %8s\n", "CPU", "READY", "BUSY");
	for_each_online_cpu(cpu) show_cpu_use(out, cpu, ticks);
	sink_printf(out, "\n%5s %3s %3s %7s  %s\n", "PID", "CPU", "NI", "USE", "COMMAND");
	for (unsigned int i = 0; i < list.nr; i++) {
		const struct top_entry *e = &list.at[i];
		unsigned int use = share(e->ticks, ticks);

		sink_printf(out, "%5u %3u %3d %4u.%u%%  %s\n", e->pid, e->cpu, e->nice, use / 10,
			    use % 10, e->comm);
	}
	return 0;
}
MONITOR_COMMAND(top, "[MS] (hex)",
		"how busy each CPU is, and who uses them most, over a second or MS", cmd_top);
