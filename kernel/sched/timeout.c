// SPDX-License-Identifier: MIT
/* Sleeping for a time: a timer that wakes the thread, on its own stack. */
#include "kernel/sched/timeout.h"

#include "kernel/sched/sched.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

struct sleeper {
	struct hrtimer timer;
	struct task_struct *task;
};

static enum hrtimer_restart wake_sleeper(struct hrtimer *timer)
{
	wake_up_process(container_of(timer, struct sleeper, timer)->task);
	return HRTIMER_NORESTART;
}

u64 __sched schedule_timeout(u64 ns)
{
	struct sleeper s = { .task = current };
	u64 now = ktime_get(), end = now + ns;

	if (ns == TIMEOUT_FOREVER || end < now) {
		schedule();
		return ns;
	}
	hrtimer_init(&s.timer, wake_sleeper);
	hrtimer_start_range_ns(&s.timer, end, SLEEP_SLACK_NS, HRTIMER_MODE_ABS);
	schedule();
	hrtimer_cancel(&s.timer);
	now = ktime_get();
	return now < end ? end - now : 0;
}

static void __sched sleep_for(u64 ns)
{
	while (ns) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		ns = schedule_timeout(ns);
	}
}

void __sched msleep(unsigned int ms)
{
	sleep_for(ms * NSEC_PER_MSEC);
}

void __sched ssleep(unsigned int seconds)
{
	sleep_for(seconds * NSEC_PER_SEC);
}
