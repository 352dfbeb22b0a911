// SPDX-License-Identifier: MIT
/* The commands of time: `clocksource`, and `timers`, what /proc/timer_list tells in short. */
#define pr_fmt(fmt) "clocksource: " fmt

#include "kernel/core/command.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

static int cmd_clocksource(struct sink *out, int argc, char **argv)
{
	const struct clocksource *cs;
	u64 now;

	if (argc > 2)
		return -EINVAL;
	if (argc == 2 && clocksource_select(argv[1]) != 0) {
		pr_err("no clock is called %s\n", argv[1]);
		return -ENOENT;
	}
	for (cs = clocksource_first(); cs; cs = cs->next)
		sink_printf(out, "%c %-9s rating %3d, %llu Hz, mask 0x%llx%s%s\n",
			    cs == clocksource_current() ? '*' : ' ', cs->name, cs->rating,
			    (unsigned long long)cs->hz, (unsigned long long)cs->mask,
			    cs != clocksource_watchdog()   ? "" :
			    clocksource_watchdog_is_busy() ? ", watchdog, too slow to read" :
							     ", watchdog",
			    cs->flags & CLOCK_SOURCE_UNSTABLE	 ? ", unstable" :
			    cs->flags & CLOCK_SOURCE_MUST_VERIFY ? ", verified" :
								   "");
	sink_printf(out, "  TSC       %llu Hz%s\n", (unsigned long long)tsc_hz(),
		    time_max_idle_ns() == KTIME_MAX ? ", for the stamps of messages" : "");
	now = ktime_get();
	sink_printf(out, "  now       %llu.%09llu s since boot\n",
		    (unsigned long long)(now / NSEC_PER_SEC),
		    (unsigned long long)(now % NSEC_PER_SEC));
	return 0;
}
MONITOR_COMMAND(clocksource, "[NAME]", "the clocks and the time, or use another clock",
		cmd_clocksource);

static const char *const state_names[] = { "detached", "shutdown", "periodic", "oneshot" };

static void show_time(struct sink *out, const char *what, u64 time, u64 now)
{
	if (time >= KTIME_MAX)
		sink_printf(out, "%snever", what);
	else
		sink_printf(out, "%s%llu ns [in %lld ns]", what, (unsigned long long)time,
			    (long long)(time - now));
}

static void show_device(struct sink *out, const struct clock_event_device *dev, u64 now)
{
	sink_printf(out, "Clock Event Device: %s, cpu %u, rating %d, %s%s%s\n", dev->name, dev->cpu,
		    dev->rating, state_names[dev->state],
		    dev->features & CLOCK_EVT_FEAT_ONESHOT ? "" : ", no oneshot",
		    dev->features & CLOCK_EVT_FEAT_PERIODIC ? "" : ", no periodic");
	sink_printf(out, "  max_delta_ns %llu, min_delta_ns %llu, retries %llu",
		    (unsigned long long)dev->max_delta_ns, (unsigned long long)dev->min_delta_ns,
		    (unsigned long long)dev->retries);
	show_time(out, ", next_event ", dev->next_event, now);
	sink_printf(out, "\n");
}

static void show_cpu(struct sink *out, unsigned int cpu, u64 now)
{
	struct hrtimer_stats stats;
	struct hrtimer timer;

	hrtimer_get_stats(cpu, &stats);
	sink_printf(out, "cpu: %u\n", cpu);
	for (unsigned int n = 0; hrtimer_nth(cpu, n, &timer); n++) {
		sink_printf(out, " #%u: %pS", n, (void *)timer.function);
		show_time(out, ", expires at ", timer.expires, now);
		sink_printf(out, ", slack %llu ns\n",
			    (unsigned long long)(timer.latest - timer.expires));
	}
	show_time(out, "  .expires_next ", stats.next_event, now);
	sink_printf(out,
		    "\n  .nr_events %llu .nr_retries %llu .nr_hangs %llu .max_hang_time %llu\n",
		    (unsigned long long)stats.events, (unsigned long long)stats.retries,
		    (unsigned long long)stats.hangs, (unsigned long long)stats.max_hang_ns);
}

static int cmd_timers(struct sink *out, int argc, char **argv)
{
	u64 now = ktime_get();
	unsigned int cpu;

	(void)argv;
	if (argc > 1)
		return -EINVAL;
	sink_printf(out, "now at %llu nsecs\n", (unsigned long long)now);
	for_each_possible_cpu(cpu) show_cpu(out, cpu, now);
	for (const struct clock_event_device *d = clockevents_first(); d; d = d->next)
		show_device(out, d, now);
	return 0;
}
MONITOR_COMMAND(timers, "", "the timers of each CPU, and the clock event devices", cmd_timers);
