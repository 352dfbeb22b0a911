// SPDX-License-Identifier: MIT
/*
 * time, loop and watch: commands that run another, whose words stand behind their own.
 *
 * One that fails has said so, and ends them; so does ^C.
 */
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"

#define MAX_SECONDS 0x10000
#define LOOK_NS	    (50 * NSEC_PER_MSEC) /* between two looks for a key */

static int cmd_time(struct sink *out, int argc, char **argv)
{
	u64 ticks, ns;
	int ret;

	if (argc < 2)
		return -EINVAL;
	ns = ktime_get();
	ticks = rdtsc_ordered();
	ret = monitor_execute_words(out, argc - 1, argv + 1);
	ticks = rdtsc_ordered() - ticks;
	ns = ktime_get() - ns;
	sink_printf(out, "%lu ticks of the TSC, %llu.%06llu s\n", ticks, ns / NSEC_PER_SEC,
		    ns % NSEC_PER_SEC / NSEC_PER_USEC);
	return ret < 0 ? -ECANCELED : 0;
}
MONITOR_COMMAND(time, "COMMAND...",
		"run it; how long that took (-icount shift=0: a tick is an instruction)", cmd_time);

static int cmd_loop(struct sink *out, int argc, char **argv)
{
	u64 times;

	if (argc < 3 || kstrtoull(argv[1], COMMAND_BASE, &times))
		return -EINVAL;
	while (times-- && !command_interrupted())
		if (monitor_execute_words(out, argc - 2, argv + 2) < 0)
			return -ECANCELED;
	return 0;
}
MONITOR_COMMAND(loop, "N COMMAND... (hex)", "run it N times, until it fails or ^C", cmd_loop);

/* The time passes, or a key is there before: true, and it is taken. */
static bool key_within(u64 ns)
{
	u64 end = ktime_get() + ns;

	for (u64 now; (now = ktime_get()) < end; command_sleep(min(end - now, LOOK_NS)))
		if (command_interrupted() || command_getchar() >= 0)
			return true;
	return false;
}

static int cmd_watch(struct sink *out, int argc, char **argv)
{
	u64 seconds;

	if (argc < 3 || kstrtoull(argv[1], COMMAND_BASE, &seconds) || !seconds ||
	    seconds > MAX_SECONDS)
		return -EINVAL;
	do {
		sink_printf(out, "--- %llu s\n", ktime_get() / NSEC_PER_SEC);
		if (monitor_execute_words(out, argc - 2, argv + 2) < 0)
			return -ECANCELED;
	} while (!key_within(seconds * NSEC_PER_SEC));
	return 0;
}
MONITOR_COMMAND(watch, "SECONDS COMMAND... (hex)", "run it every so often, until a key or ^C",
		cmd_watch);
