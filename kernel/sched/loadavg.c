// SPDX-License-Identifier: MIT
/*
 * The load: how many threads run, are ready, or wait for what will not take long, in means over 1, 5 and
 * 15 minutes that forget exponentially.  Linux's arithmetic.
 */
#include "kernel/core/sink.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/stat.h"
#include "kernel/sched/task.h"
#include "kernel/sched/workqueue.h"
#include "kernel/time/time.h"

#define FIXED_1	  (1UL << LOAD_SHIFT)
#define LOOK_NS	  (5 * NSEC_PER_SEC)
#define EXP_1MIN  1884 /* FIXED_1 / exp(5 s / 1 min) */
#define EXP_5MIN  2014
#define EXP_15MIN 2037

static const unsigned long exps[NR_LOADS] = { EXP_1MIN, EXP_5MIN, EXP_15MIN };
static unsigned long means[NR_LOADS]; /* the worker's; a look without */
static struct delayed_work look;

unsigned long calc_load(unsigned long load, unsigned long exp, unsigned long active)
{
	unsigned long next = load * exp + active * (FIXED_1 - exp);

	if (active >= load)
		next += FIXED_1 - 1;
	return next / FIXED_1;
}

struct census {
	unsigned int running, waiting, all;
};

static bool count_task(struct task_struct *t, void *arg)
{
	struct census *c = arg;
	u32 state = READ_ONCE(t->state);

	if (!t->pid) /* idle threads are no threads */
		return true;
	c->all++;
	c->running += state == TASK_RUNNING;
	c->waiting += state & TASK_UNINTERRUPTIBLE && !(state & TASK_NOLOAD);
	return true;
}

static void take_census(struct census *c)
{
	*c = (struct census){ 0 };
	for_each_task(count_task, c);
}

static void look_at_load(struct work_struct *work)
{
	struct census c;
	unsigned long active;

	(void)work;
	take_census(&c);
	active = (c.running - 1 + c.waiting) * FIXED_1; /* the worker itself runs */
	for (unsigned int i = 0; i < NR_LOADS; i++)
		WRITE_ONCE(means[i], calc_load(means[i], exps[i], active));
	schedule_delayed_work(&look, LOOK_NS);
}

void __init loadavg_init(void)
{
	INIT_DELAYED_WORK(&look, look_at_load);
	schedule_delayed_work(&look, LOOK_NS);
}

void get_loads(unsigned long *loads)
{
	for (unsigned int i = 0; i < NR_LOADS; i++)
		loads[i] = READ_ONCE(means[i]);
}

void show_loadavg(struct sink *out)
{
	unsigned long loads[NR_LOADS];
	struct census c;

	take_census(&c);
	get_loads(loads);
	for (unsigned int i = 0; i < NR_LOADS; i++) {
		unsigned long mean = loads[i] + FIXED_1 / 200; /* half of what is shown */

		sink_printf(out, "%lu.%02lu ", mean >> LOAD_SHIFT,
			    ((mean & (FIXED_1 - 1)) * 100) >> LOAD_SHIFT);
	}
	sink_printf(out, "%u/%u %d\n", c.running, c.all, last_pid_given());
}

void show_task_counts(struct sink *out)
{
	struct census c;

	take_census(&c);
	sink_printf(out, "processes %llu\nprocs_running %u\nprocs_blocked %u\n",
		    (unsigned long long)pids_given(), c.running, c.waiting);
}
