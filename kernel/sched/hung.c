// SPDX-License-Identifier: MIT
/* Who hangs: a look at all threads now and then, by one of its own, "khungtaskd" as in Linux. */
#include "kernel/sched/hung.h"

#include "kernel/core/printk.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/pause.h"
#include "kernel/time/time.h"

struct look {
	u64 now, ticks; /* of the TSC */
	u64 resumed; /* when all last went on behind a pause: nobody's wait is counted from before */
	unsigned int nr_hung;
};

static bool look_at(struct task_struct *t, void *arg)
{
	struct look *look = arg;
	u64 slept_at, from;

	if (READ_ONCE(t->state) != TASK_UNINTERRUPTIBLE || READ_ONCE(t->on_rq))
		return true;
	slept_at = READ_ONCE(t->slept_at); /* of that sleep or a later one: put_prev() */
	from = (s64)(slept_at - look->resumed) > 0 ? slept_at : look->resumed;
	if ((s64)(look->now - from) < (s64)look->ticks || slept_at == t->hung_said_at)
		return true;
	t->hung_said_at = slept_at;
	look->nr_hung++;
	pr_err("INFO: task %s:%u blocked for more than %u seconds.\n", t->comm, t->pid,
	       (unsigned int)((look->now - from) / tsc_hz()));
	show_task_backtrace(t);
	return true;
}

unsigned int check_hung_tasks(u64 ns)
{
	struct look look = { .now = rdtsc_ordered(), .resumed = time_resumed_tsc() };
	u64 khz = tsc_hz() / 1000;

	if (!khz)
		return 0; /* the rate is not known: nobody has waited for long */
	look.ticks = ns / NSEC_PER_USEC * khz / 1000;
	for_each_task(look_at, &look);
	return look.nr_hung;
}

static int watch(void *unused)
{
	(void)unused;
	while (!kthread_should_stop()) {
		set_current_state(TASK_IDLE);
		if (!schedule_timeout(HUNG_TASK_SECONDS * NSEC_PER_SEC / 2))
			check_hung_tasks(HUNG_TASK_SECONDS * NSEC_PER_SEC);
	}
	return 0;
}

void __init hung_task_init(void)
{
	if (IS_ERR(kthread_run(watch, NULL, "khungtaskd")))
		pr_err("khungtaskd: no memory: threads that hang are not said\n");
}
