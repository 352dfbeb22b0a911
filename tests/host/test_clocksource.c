// SPDX-License-Identifier: MIT
// sources: kernel/time/clocksource.c kernel/time/watchdog.c kernel/time/pause.c kernel/time/hrtimer.c kernel/time/clockevents.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * The choice among clock sources, and their watchdog, with counters that the test plays: what drifts
 * is found, what keeps time is not, and a host that is busy is no drift.
 */
#include "kernel/core/cmdline.h"
#include "kernel/core/smp.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/pause.h"
#include "tests/host/test.h"

#define HALF_SECOND (NSEC_PER_SEC / 2)

static struct clocksource *used; /* what time.c was told to use */
static u64 idle_ns = KTIME_MAX;

void timekeeping_use(struct clocksource *cs)
{
	used = cs;
}

u64 time_max_idle_ns(void)
{
	return idle_ns;
}

/* ---------------------------------------------------------------- what ticks */

static u64 event; /* of the one device, which is exact */

static int set_event(u64 ticks, struct clock_event_device *dev)
{
	(void)dev;
	event = test_clock_ns + ticks;
	return 0;
}

static struct clock_event_device device = {
	.name = "exact",
	.features = CLOCK_EVT_FEAT_ONESHOT,
	.set_next_event = set_event,
};

static void pass(u64 ns)
{
	u64 end = test_clock_ns + ns;

	while (event <= end) {
		test_clock_ns = max(test_clock_ns, event);
		event = KTIME_MAX;
		clockevents_handle(&device);
	}
	test_clock_ns = max(test_clock_ns, end);
}

/* Parts in a million by which `watched` is too fast since when; how long reading the watchdog takes. */
static u64 drift_ppm, drift_since, read_ns;

static void drift(u64 ppm)
{
	drift_ppm = ppm;
	drift_since = test_clock_ns;
}

static unsigned int slow_reads; /* of `watched`, that are still to come */

static u64 read_watched(struct clocksource *cs)
{
	(void)cs;
	if (slow_reads) {
		slow_reads--;
		test_clock_ns += 200 * NSEC_PER_USEC;
	}
	return test_clock_ns + (test_clock_ns - drift_since) * drift_ppm / 1000000;
}

static u64 read_watchdog(struct clocksource *cs)
{
	(void)cs;
	test_clock_ns += read_ns;
	return test_clock_ns;
}

static struct clocksource watched, watchdog;

/* Both are registered, and the watchdog has looked once. */
static void begin(void)
{
	static bool initialized;
	static u64 time_of_test;

	if (!initialized) {
		hrtimers_init();
		event = KTIME_MAX;
		clockevents_config_and_register(&device, NSEC_PER_SEC, 1, KTIME_MAX);
		clocksource_init();
		clocksource_watchdog_init();
		initialized = true;
	}
	test_clock_ns = time_of_test += 1000 * NSEC_PER_SEC; /* it does not go back */
	drift(0);
	read_ns = 0;
	boot_command_line[0] = '\0';
	watchdog = (struct clocksource){ .name = "watchdog",
					 .rating = 250,
					 .mask = ~0ULL,
					 .hz = NSEC_PER_SEC,
					 .read = read_watchdog };
	watched = (struct clocksource){ .name = "watched",
					.rating = 300,
					.flags = CLOCK_SOURCE_MUST_VERIFY,
					.mask = ~0ULL,
					.hz = NSEC_PER_SEC,
					.read = read_watched };
	EXPECT_EQ(clocksource_register(&watchdog), 0);
	EXPECT_EQ(clocksource_register(&watched), 0);
	EXPECT(used == &watched);
	pass(HALF_SECOND + HALF_SECOND / 5);
}

static void end(void)
{
	clocksource_unregister(&watched);
	clocksource_unregister(&watchdog);
	pass(2 * NSEC_PER_SEC);
	EXPECT_EQ(event, KTIME_MAX); /* nothing to watch, no timer */
}

/* ---------------------------------------------------------------- tests */

TEST(what_keeps_time_is_left_alone)
{
	begin();
	drift(100); /* 50 us in half a second, within the margins of 400 */
	pass(100 * NSEC_PER_SEC);
	EXPECT(used == &watched && !(watched.flags & CLOCK_SOURCE_UNSTABLE));
	EXPECT(!test_log_has("unstable"));
	end();
}

TEST(what_drifts_is_found_in_a_second_and_left)
{
	begin();
	pass(HALF_SECOND);
	drift(2000); /* 1000 us in half a second */
	pass(NSEC_PER_SEC);
	EXPECT(used == &watchdog);
	EXPECT(watched.flags & CLOCK_SOURCE_UNSTABLE);
	EXPECT_EQ(watched.rating, 0);
	EXPECT(test_log_has(
		"timekeeping watchdog on CPU0: Marking clocksource 'watched' as unstable "
		"because the skew is too large:\n"));
	EXPECT(test_log_has("'watched' is current clocksource.\n"));
	EXPECT(test_log_has("Switched to clocksource watchdog\n"));
	end();
}

/* Linux: a pause of the host, which the watchdog sees as well when it is read twice. */
TEST(busy_host_is_no_drift)
{
	begin();
	read_ns = 160000;
	pass(2 * NSEC_PER_SEC);
	EXPECT(clocksource_watchdog_is_busy());
	EXPECT(test_log_has(
		"wd-watched-wd read-back delay of 160000ns, clock-skew test skipped!\n"));
	EXPECT(used == &watched && !(watched.flags & CLOCK_SOURCE_UNSTABLE));
	/* Five minutes later it looks again, from the beginning. */
	read_ns = 0;
	drift(2000);
	pass(295 * NSEC_PER_SEC);
	EXPECT(used == &watched);
	pass(10 * NSEC_PER_SEC);
	EXPECT(used == &watchdog);
	end();
}

/* Linux: 2 + log2(CPUs) / 2 tries, of which one has to be close. */
TEST(slow_reads_are_tried_again_more_often_with_more_cpus)
{
	begin();
	cpu_online_mask.bits[0] = 0xf;
	pass(HALF_SECOND);
	slow_reads = 2;
	pass(HALF_SECOND);
	EXPECT_EQ(slow_reads, 0);
	EXPECT(used == &watched);
	EXPECT(!test_log_has("skipped"));
	cpu_online_mask.bits[0] = 1;
	slow_reads = 2;
	pass(HALF_SECOND);
	EXPECT_EQ(slow_reads, 0);
	EXPECT(test_log_has(
		"wd-watched-wd read-back delay of 200000ns, clock-skew test skipped!\n"));
	EXPECT(used == &watched);
	end();
}

/* The host pauses where the watchdog, read twice in a row, does not see it; but not each time. */
TEST(pauses_in_each_try_of_a_look_are_no_drift)
{
	begin();
	for (unsigned int i = 0; i < 10; i++) {
		slow_reads = 2 * 3;
		pass(3 * HALF_SECOND);
		EXPECT_EQ(slow_reads, 0);
		pass(HALF_SECOND);
	}
	EXPECT(used == &watched && !(watched.flags & CLOCK_SOURCE_UNSTABLE));
	EXPECT(!clocksource_watchdog_is_busy());
	drift(2000); /* and what drifts is found as ever */
	pass(NSEC_PER_SEC);
	EXPECT(used == &watchdog);
	end();
}

TEST(source_that_is_always_slow_to_read_is_left)
{
	begin();
	slow_reads = 2 * 4;
	pass(4 * HALF_SECOND);
	EXPECT_EQ(slow_reads, 0);
	EXPECT(test_log_has("read-back delay of 200000ns, attempt 2, marking unstable\n"));
	EXPECT(used == &watchdog);
	end();
}

TEST(long_interval_proves_nothing)
{
	begin();
	pass(HALF_SECOND);
	test_clock_ns += 10 * NSEC_PER_SEC; /* timers were late by that */
	drift(2000);
	pass(1);
	EXPECT(test_log_has("Long readout interval, skipping watchdog check: cs_nsec: "));
	EXPECT(used == &watched);
	end();
}

/* A debugger kept the machine: silence about that, and what comes behind it counts. */
TEST(interval_in_which_the_machine_stood_proves_nothing)
{
	begin();
	pass(HALF_SECOND);
	drift(200000); /* one has wrapped, say */
	time_pause_begin();
	test_clock_ns += 10 * NSEC_PER_SEC;
	time_pause_end();
	pass(1);
	EXPECT(used == &watched && !test_log_has("Long readout"));
	pass(NSEC_PER_SEC);
	EXPECT(used == &watchdog);
	end();
}

TEST(pause_lasts_until_all_go)
{
	u32 seen = 0, other = 0;

	time_pause_end(); /* there is none */
	EXPECT(time_was_paused(&seen) == (seen != 0));
	other = seen;
	EXPECT(!time_was_paused(&seen));
	time_pause_begin();
	EXPECT(time_was_paused(&seen) && time_was_paused(&seen));
	time_pause_begin(); /* one that goes alone stops again */
	EXPECT(time_was_paused(&seen));
	time_pause_end();
	EXPECT(time_was_paused(&seen) && !time_was_paused(&seen));
	EXPECT(time_was_paused(&other) && !time_was_paused(&other));
	EXPECT(time_resumed_tsc());
}

TEST(best_rating_wins_unless_the_command_line_names_another)
{
	struct clocksource low = {
		.name = "low", .rating = 1, .mask = 0xff, .hz = 1000, .read = read_watched
	};

	begin();
	EXPECT_EQ(clocksource_register(&low), 0);
	EXPECT(used == &watched);
	EXPECT_EQ(clocksource_select("low"), 0);
	EXPECT(used == &low);
	EXPECT_EQ(clocksource_select("none"), -ENOENT);
	clocksource_unregister(&low);
	EXPECT(used == &watched);
	strscpy(boot_command_line, "clocksource=low", COMMAND_LINE_SIZE);
	EXPECT_EQ(clocksource_register(&low), 0);
	EXPECT(used == &low);
	clocksource_unregister(&low);
	end();
}

TEST(watchdog_is_the_best_that_needs_none_and_does_not_wrap)
{
	struct clocksource narrow = {
		.name = "narrow", .rating = 280, .mask = 0xffff, .hz = 1193182, .read = read_watched
	};

	begin();
	EXPECT(clocksource_watchdog() == &watchdog);
	EXPECT_EQ(clocksource_register(&narrow), 0);
	EXPECT(clocksource_watchdog() == &watchdog);
	clocksource_unregister(&narrow);
	end();
}

TEST(counter_that_wraps_is_asked_in_time)
{
	begin();
	idle_ns = 3 * NSEC_PER_SEC;
	EXPECT_EQ(clocksource_select("watchdog"), 0);
	clocksource_unregister(&watched);
	pass(HALF_SECOND * 2);
	EXPECT(event - test_clock_ns <= idle_ns);
	pass(10 * NSEC_PER_SEC);
	EXPECT(event - test_clock_ns <= idle_ns);
	idle_ns = KTIME_MAX;
	pass(4 * NSEC_PER_SEC);
	EXPECT_EQ(event, KTIME_MAX);
	end();
}
