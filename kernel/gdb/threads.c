// SPDX-License-Identifier: MIT
/* Threads by gdb's numbers.  See the header. */
#include "kernel/gdb/threads.h"

#include "kernel/gdb/context.h"
#include "kernel/gdb/server.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/task.h"

#define MAX_THREADS (PID_MAX + NR_CPUS) /* of a list that is sound */

static u32 number_of(const struct task_struct *t)
{
	return t->pid ?: GDB_IDLE_THREAD + t->cpu;
}

u32 gdb_this_thread(void)
{
	const struct task_struct *t = this_cpu(current_task);

	return t ? number_of(t) : GDB_IDLE_THREAD + raw_smp_processor_id();
}

static const struct task_struct *find(u32 thread)
{
	const struct task_struct *t = next_stopped_task(NULL);

	for (unsigned int n = 0; t && n < MAX_THREADS; n++, t = next_stopped_task(t))
		if (number_of(t) == thread)
			return t;
	return NULL;
}

static bool is_before_threads(void)
{
	return !this_cpu(current_task);
}

u32 gdb_next_thread(u32 thread)
{
	const struct task_struct *t;

	if (is_before_threads())
		return thread ? 0 : gdb_this_thread();
	t = thread ? find(thread) : NULL;
	if (thread && !t)
		return 0;
	t = next_stopped_task(t);
	return t ? number_of(t) : 0;
}

bool gdb_has_thread(u32 thread)
{
	return is_before_threads() ? thread == gdb_this_thread() : find(thread) != NULL;
}

/* Whose context a CPU has: that of a thread on its way in or out is told by `current`, not by the thread. */
static int cpu_that_runs(const struct task_struct *t)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) if (per_cpu(current_task, cpu) == t) return (int)cpu;
	return -1;
}

int gdb_thread_cpu(u32 thread)
{
	const struct task_struct *t;

	if (is_before_threads())
		return thread == gdb_this_thread() ? (int)raw_smp_processor_id() : -1;
	t = find(thread);
	return t ? cpu_that_runs(t) : -1;
}

void gdb_thread_name(struct sink *out, u32 thread)
{
	const struct task_struct *t = find(thread);

	sink_printf(out, "%.*s", TASK_COMM_LEN, t ? t->comm : "boot");
}

void gdb_describe_thread(struct sink *out, u32 thread)
{
	const struct task_struct *t = find(thread);
	int cpu = gdb_thread_cpu(thread);

	if (cpu >= 0)
		sink_printf(out, "on CPU %d%s", cpu,
			    per_cpu(gdb_context, cpu).regs ? "" : ", which does not stop");
	else if (t)
		sink_printf(out, "%s in %pS",
			    t->exit_state	    ? "over," :
			    t->on_rq		    ? "ready," :
			    t->state & TASK_STOPPED ? "stopped" :
			    t->state & TASK_UNINTERRUPTIBLE && !(t->state & TASK_NOLOAD) ?
						      "waits uninterruptibly" :
						      "waits",
			    (void *)task_wchan(t));
	if (t && t->tgid && t->tgid != t->pid)
		sink_printf(out, ", of process %u", t->tgid);
}

bool gdb_read_register(u32 thread, unsigned int reg, void *value)
{
	int cpu = gdb_thread_cpu(thread);
	const struct task_struct *t = cpu < 0 ? find(thread) : NULL;

	if (cpu >= 0)
		return gdb_read_context((unsigned int)cpu, reg, value);
	return t && gdb_read_sleeping(t, reg, value);
}

bool gdb_write_register(u32 thread, unsigned int reg, const void *value)
{
	int cpu = gdb_thread_cpu(thread);

	return cpu >= 0 && gdb_write_context((unsigned int)cpu, reg, value);
}

struct mm_struct *gdb_thread_mm(u32 thread)
{
	const struct task_struct *t = find(thread);

	return t ? t->mm : NULL;
}

const struct mm *gdb_thread_root(u32 thread)
{
	return (const struct mm *)gdb_thread_mm(thread);
}
