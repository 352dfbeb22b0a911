// SPDX-License-Identifier: MIT
/* Counting what was used. */
#include "kernel/signal/usage.h"

#include "kernel/sched/sched.h"
#include "kernel/time/time.h"

static u64 ticks_to_ns(u64 ticks)
{
	u64 hz = tsc_hz();

	if (!hz)
		return 0;
	return ticks / hz * NSEC_PER_SEC + ticks % hz * NSEC_PER_SEC / hz;
}

void thread_usage(struct task_struct *t, struct task_usage *usage)
{
	u64 all = task_sum_exec(t), user = min(task_user_ticks(t), all);

	*usage = (struct task_usage){
		.utime = ticks_to_ns(user),
		.stime = ticks_to_ns(all - user),
		.nvcsw = t->nr_switches - min(t->nivcsw, t->nr_switches),
		.nivcsw = t->nivcsw,
		.min_flt = t->min_flt,
		.maj_flt = t->maj_flt,
		.inblock = t->inblock,
		.oublock = t->oublock,
		.io = t->io,
	};
}

void add_usage(struct task_usage *to, const struct task_usage *from)
{
	to->utime += from->utime;
	to->stime += from->stime;
	to->nvcsw += from->nvcsw;
	to->nivcsw += from->nivcsw;
	to->min_flt += from->min_flt;
	to->maj_flt += from->maj_flt;
	to->inblock += from->inblock;
	to->oublock += from->oublock;
	to->io.rchar += from->io.rchar;
	to->io.wchar += from->io.wchar;
	to->io.syscr += from->io.syscr;
	to->io.syscw += from->io.syscw;
	to->maxrss = max(to->maxrss, from->maxrss);
}

void process_usage_locked(struct task_struct *t, struct task_usage *usage)
{
	struct task_usage one;
	struct task_struct *i;

	*usage = t->signal->usage;
	for_each_thread(t, i)
	{
		thread_usage(i, &one);
		add_usage(usage, &one);
	}
}

void process_usage(struct task_struct *t, struct task_usage *usage)
{
	unsigned long flags;

	*usage = (struct task_usage){ 0 };
	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal)
		process_usage_locked(t, usage);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}
