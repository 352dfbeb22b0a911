// SPDX-License-Identifier: MIT
/* Sleeping for a time: a timer that wakes the thread, on its own stack.  And `sleep`. */
#include "kernel/sched/timeout.h"

#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

#define MAX_SLEEP_MS 0x1000000		  /* four and a half hours */
#define LOOK_NS	     (50 * NSEC_PER_MSEC) /* so long ^C may wait where keys bring no interrupt */

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
	struct sleeper s;
	u64 now, end;

	if (ns == TIMEOUT_FOREVER) {
		schedule();
		return ns;
	}
	now = ktime_get();
	end = now + ns;
	if (end < now) {
		schedule();
		return ns;
	}
	s.task = current;
	hrtimer_init(&s.timer, wake_sleeper);
	hrtimer_start_range_ns(&s.timer, end, SLEEP_SLACK_NS, HRTIMER_MODE_ABS);
	schedule();
	hrtimer_cancel(&s.timer);
	now = ktime_get();
	return now < end ? end - now : 0;
}

void __sched sleep_ns(u64 ns)
{
	while (ns) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		ns = schedule_timeout(ns);
	}
}

void __sched msleep(unsigned int ms)
{
	sleep_ns(ms * NSEC_PER_MSEC);
}

u64 command_sleep(u64 ns)
{
	u64 start = ktime_get(), passed = 0;

	while (passed < ns && !command_interrupted()) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(min(ns - passed, LOOK_NS));
		passed = ktime_get() - start;
	}
	return passed;
}

/* "20": milliseconds; "2s": seconds. */
static int parse_ms(char *word, u64 *ms)
{
	char *unit = strchr(word, 's');
	u64 factor = unit && !unit[1] ? 1000 : 1;

	if (factor != 1)
		*unit = '\0';
	if (kstrtoull(word, COMMAND_BASE, ms) || *ms > MAX_SLEEP_MS / factor)
		return -EINVAL;
	*ms *= factor;
	return 0;
}

static int cmd_sleep(struct sink *out, int argc, char **argv)
{
	u64 ms, passed;

	if (argc != 2 || parse_ms(argv[1], &ms))
		return -EINVAL;
	passed = command_sleep(ms * NSEC_PER_MSEC);
	sink_printf(out, "slept %llu us\n", (unsigned long long)(passed / NSEC_PER_USEC));
	return 0;
}
MONITOR_COMMAND(sleep, "MS|SECONDSs (hex)", "let time pass", cmd_sleep);
