// SPDX-License-Identifier: MIT
/* Time: never back, as long as asked for, and the same by every clock. */
#include "kernel/time/time.h"
#include "kernel/time/clocksource.h"

#include "kernel/core/percpu.h"
#include "kernel/core/smp.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"
#include "tests/guest/guest_test.h"

GUEST_TEST(time, never_goes_back)
{
	u64 last = ktime_get(), stamp = local_clock(), now;

	for (unsigned int i = 0; i < 2000; i++) {
		now = ktime_get();
		EXPECT(now >= last);
		last = now;
		now = local_clock();
		EXPECT(now >= stamp);
		stamp = now;
	}
	EXPECT(ktime_get() > 0);
}

GUEST_TEST(time, delays_are_long_enough)
{
	u64 start = ktime_get();

	udelay(500);
	EXPECT(ktime_get() - start >= 500 * NSEC_PER_USEC);
	start = ktime_get();
	ndelay(1500);
	EXPECT(ktime_get() - start >= 1500);
}

/* Within a tenth of each other over 3 ms. */
static bool tsc_agrees(void)
{
	u64 start = ktime_get(), tsc = rdtsc_ordered(), ns, ticks;

	udelay(3000);
	ticks = rdtsc_ordered() - tsc;
	ns = ktime_get() - start;
	ticks = ticks * 1000 / (tsc_hz() / 1000000);
	return ticks > ns - ns / 10 && ticks < ns + ns / 10;
}

/* Who waits may come to a CPU whose TSC is behind that of the one where he began. */
GUEST_TEST(time, wait_goes_on_with_a_tsc_that_is_behind)
{
	struct wait wait = wait_start(60 * NSEC_PER_SEC);

	wait.tsc += 1ULL << 40;
	EXPECT(!wait_over(&wait));
}

GUEST_TEST(time, tsc_agrees_with_the_clock)
{
	bool agrees = false;

	if (!tsc_hz()) {
		guest_skip("the TSC's rate is not known");
		return;
	}
	/* An emulator may take the CPU away between two readings, but not each time. */
	for (int i = 0; i < 20 && !agrees; i++)
		agrees = tsc_agrees();
	EXPECT(agrees);
}

/* Linux's timer_tests in small: each clock in turn, against the TSC. */
GUEST_TEST(time, goes_on_across_a_change_of_clock)
{
	const char *first = clocksource_current() ? clocksource_current()->name : NULL;
	u64 last = ktime_get(), now;

	ASSERT(first != NULL);
	for (struct clocksource *cs = clocksource_first(); cs; cs = cs->next) {
		u64 start, span;

		ASSERT(clocksource_select(cs->name) == 0);
		now = ktime_get();
		EXPECT(now >= last && now - last < NSEC_PER_SEC);
		start = local_clock();
		udelay(2000);
		span = local_clock() - start;
		/* Stamps stand for a while where they were ahead: the first rate is a rough one. */
		EXPECT(span > 0 && span < NSEC_PER_SEC);
		last = ktime_get();
		EXPECT(last - now >= 2 * NSEC_PER_MSEC);
	}
	EXPECT_EQ(clocksource_select(first), 0);
	EXPECT(ktime_get() >= last);
	EXPECT_EQ(clocksource_select("sundial"), -ENOENT);
}

GUEST_TEST(time, registering_nonsense_is_refused)
{
	static struct clocksource no_rate = { .name = "no rate", .mask = ~0ULL };

	EXPECT_EQ(clocksource_register(&no_rate), -EINVAL);
}

GUEST_TEST(time, poll_is_bounded)
{
	u64 start = ktime_get();

	EXPECT(!poll_timeout(false, 200));
	EXPECT(ktime_get() - start >= 200 * NSEC_PER_USEC);
	EXPECT(poll_timeout(true, 0));
}

static void read_clocks(void *times)
{
	((u64 *)times)[0] = ktime_get();
	((u64 *)times)[1] = local_clock();
}

/* From CPU to CPU and back: what one has read before the other is not later. */
GUEST_TEST(time, never_goes_back_across_cpus)
{
	u64 before[2], there[2];
	unsigned int cpu;

	NEED_CPUS(2);
	for (unsigned int i = 0; i < 500; i++)
		for_each_online_cpu(cpu)
		{
			read_clocks(before);
			ASSERT(smp_call_function_single(cpu, read_clocks, there, true) == 0);
			EXPECT(there[0] >= before[0] && there[1] >= before[1]);
			read_clocks(before);
			EXPECT(before[0] >= there[0] && before[1] >= there[1]);
		}
}

/* ---------------------------------------------------------------- the watchdog */

/* Counts a fifth too fast, and is better than any other: the watchdog has to find out. */
static u64 read_drifting(struct clocksource *cs)
{
	u64 tsc = rdtsc_ordered();

	(void)cs;
	return tsc + tsc / 5;
}

static bool was_marked;

static void note_marked(struct clocksource *cs)
{
	(void)cs;
	was_marked = true;
}

GUEST_TEST(time, drifting_clock_is_found_and_left)
{
	static struct clocksource drifting;
	const char *first = clocksource_current() ? clocksource_current()->name : NULL;
	u64 start, tsc = rdtsc_ordered(), ns;

	if (!first || !clocksource_watchdog() || !tsc_hz() ||
	    !clockevents_device(raw_smp_processor_id())) {
		guest_skip("nothing to hold a clock against, or no timer");
		return;
	}
	was_marked = false;
	drifting = (struct clocksource){
		.name = "drifting",
		.rating = 400,
		.flags = CLOCK_SOURCE_MUST_VERIFY,
		.mask = ~0ULL,
		.hz = tsc_hz(),
		.read = read_drifting,
		.mark_unstable = note_marked,
	};
	start = ktime_get();
	ASSERT(clocksource_register(&drifting) == 0);
	ASSERT(clocksource_select("drifting") == 0); /* clocksource= may have named another */
	if (!poll_timeout(READ_ONCE(was_marked), 10000000) && clocksource_watchdog_is_busy()) {
		guest_skip("reading the watchdog takes too long on this host");
		clocksource_unregister(&drifting);
		return;
	}
	EXPECT(drifting.flags & CLOCK_SOURCE_UNSTABLE);
	EXPECT_EQ(drifting.rating, 0);
	EXPECT(strcmp(clocksource_current()->name, first) == 0 ||
	       strcmp(clocksource_current()->name, "tsc") == 0);
	/* Time has gone on, at worst as much too fast as the clock was. */
	ns = ktime_get() - start;
	tsc = rdtsc_ordered() - tsc;
	EXPECT(ns / 1000 > tsc / (tsc_hz() / 1000000) * 9 / 10);
	EXPECT(ns / 1000 < tsc / (tsc_hz() / 1000000) * 13 / 10);
	clocksource_unregister(&drifting);
}

/* One that keeps time is not touched. */
static u64 read_true(struct clocksource *cs)
{
	(void)cs;
	return rdtsc_ordered();
}

GUEST_TEST(time, true_clock_is_left_alone)
{
	static struct clocksource good;

	if (!clocksource_watchdog() || strcmp(clocksource_current()->name, "tsc") != 0) {
		guest_skip("the TSC's rate is not known well enough");
		return;
	}
	was_marked = false;
	good = (struct clocksource){
		.name = "true",
		.rating = 1,
		.flags = CLOCK_SOURCE_MUST_VERIFY,
		.mask = ~0ULL,
		.hz = clocksource_current()->hz,
		.read = read_true,
		.mark_unstable = note_marked,
	};
	ASSERT(clocksource_register(&good) == 0);
	msleep(600); /* it is looked at twice a second */
	EXPECT(!was_marked);
	EXPECT_EQ(good.rating, 1);
	clocksource_unregister(&good);
}
