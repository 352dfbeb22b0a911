// SPDX-License-Identifier: MIT
/* ps: the threads, as of a moment ago. */
#include "kernel/core/command.h"
#include "kernel/core/sink.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/rq.h"
#include "kernel/time/time.h"

/*
 * As ps(1) has it: R, S and D, T for one that a signal has stopped, I for one that may wait for ever, X
 * for one that is over, Z for one whose parent has not asked yet.
 */
static char state_letter(const struct task_struct *t)
{
	u32 state = READ_ONCE(t->state);

	if (READ_ONCE(t->exit_state) == EXIT_ZOMBIE)
		return 'Z';
	if (state == TASK_RUNNING)
		return 'R';
	if (state & TASK_DEAD)
		return 'X';
	if (state & TASK_STOPPED)
		return 'T';
	if (state & TASK_NOLOAD)
		return 'I';
	return state & TASK_INTERRUPTIBLE ? 'S' : 'D';
}

static u64 ticks_to_ms(u64 ticks)
{
	u64 hz = tsc_hz();

	return hz >= 1000 ? ticks / (hz / 1000) : 0;
}

static bool show_task(struct task_struct *t, void *arg)
{
	u64 ms = ticks_to_ms(READ_ONCE(t->se.sum_exec));
	unsigned long wchan = task_wchan(t);
	struct sink *out = arg;

	sink_printf(out, "%5u %c %3u %3d %6llu.%03llu %8llu  %-15s", t->pid, state_letter(t),
		    READ_ONCE(t->cpu), t->nice, (unsigned long long)(ms / 1000),
		    (unsigned long long)(ms % 1000), (unsigned long long)READ_ONCE(t->nr_switches),
		    t->comm);
	if (wchan && READ_ONCE(t->state) != TASK_RUNNING)
		sink_printf(out, "  %ps", (void *)wchan);
	sink_printf(out, "\n");
	return !command_interrupted();
}

static int cmd_ps(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	sink_printf(out, "%5s %c %3s %3s %10s %8s  %s\n", "PID", 'S', "CPU", "NI", "TIME",
		    "SWITCHES", "COMMAND          WAITS IN");
	sched_charge_all();
	for_each_task(show_task, out);
	return 0;
}
MONITOR_COMMAND(ps, "", "the threads: state, CPU, nice level, time, switches, where one sleeps",
		cmd_ps);
