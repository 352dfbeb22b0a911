// SPDX-License-Identifier: MIT
// sources: kernel/lib/errno.c
/*
 * The TSC's rate, measured against a counter while a busy host takes the CPU away in the midst of
 * looks.  The counter and the TSC are the test's.
 */
#include "kernel/time/time.h"

#include "tests/host/test.h"

#define TSC_HZ	2600000000ULL
#define READ_NS 2000

static u64 test_tsc(void)
{
	return test_clock_ns * (TSC_HZ / 100000000) / 10;
}

#define rdtsc_ordered test_tsc
#include "kernel/time/time.c"

struct cpu_info boot_cpu;
static u64 pause_before, pause_after; /* the next count */

static u64 read_counter(struct clocksource *cs)
{
	u64 count;

	(void)cs;
	test_clock_ns += READ_NS / 2 + pause_before;
	count = test_clock_ns;
	test_clock_ns += READ_NS / 2 + pause_after;
	pause_before = pause_after = 0;
	return count;
}

static struct clocksource counter = { .name = "counter",
				      .mask = ~0ULL,
				      .hz = NSEC_PER_SEC,
				      .mult = 1ULL << 32,
				      .read = read_counter };

/* As ACPI's timer: 24 bits, which are over in 17 ms here. */
static u64 read_narrow(struct clocksource *cs)
{
	(void)cs;
	return test_clock_ns & 0xffffff;
}

static struct clocksource narrow = { .name = "narrow",
				     .mask = 0xffffff,
				     .hz = NSEC_PER_SEC,
				     .mult = 1ULL << 32,
				     .read = read_narrow };

u64 clocksource_period_ns(const struct clocksource *cs)
{
	return cs == &narrow ? cs->mask : KTIME_MAX;
}

static u64 error_ppm(void)
{
	u64 hz = tsc_hz();

	return (hz > TSC_HZ ? hz - TSC_HZ : TSC_HZ - hz) * 1000000 / TSC_HZ;
}

/* The worst error of the rate meanwhile. */
static u64 boot_for(u64 ns)
{
	u64 worst = 0;

	for (u64 end = test_clock_ns + ns; test_clock_ns < end; test_clock_ns += NSEC_PER_MSEC) {
		local_clock();
		worst = max(worst, error_ppm());
	}
	return worst;
}

TEST(pause_in_the_first_look_does_not_spoil_the_rate)
{
	time_init();
	pause_before = 20 * NSEC_PER_MSEC;
	timekeeping_use(&counter);
	EXPECT_EQ(pause_before, 0);
	boot_for(100 * NSEC_PER_MSEC);
	EXPECT(error_ppm() < 50);
}

TEST(pause_in_a_later_look_does_not_spoil_the_rate)
{
	timekeeping_use(&counter);
	boot_for(100 * NSEC_PER_MSEC);
	pause_after = 20 * NSEC_PER_MSEC;
	EXPECT(boot_for(100 * NSEC_PER_MSEC) < 50);
	EXPECT_EQ(pause_after, 0);
}

TEST(rate_gets_better_with_time)
{
	timekeeping_use(&counter);
	boot_for(2 * NSEC_PER_SEC);
	EXPECT(error_ppm() < 2);
}

/* The time of a counter that wraps goes on, for as long as it is asked for once in a period ... */
TEST(counter_that_wraps)
{
	u64 start, begin;

	last_ktime = 0; /* each test begins at 0 */
	time_init();
	time_distrust_tsc(); /* it would tell how often */
	timekeeping_use(&narrow);
	start = ktime_get();
	begin = test_clock_ns;
	for (unsigned int i = 0; i < 100; i++) {
		test_clock_ns += 3000000;
		EXPECT_EQ(ktime_get() - start, test_clock_ns - begin);
	}
}

/* ... and so long there must be no pause: with room for who comes late. */
TEST(pause_is_shorter_than_a_period)
{
	EXPECT(time_max_idle_ns() <= narrow.mask / 2);
	EXPECT(time_max_idle_ns() > 0);
}

/* What another CPU has half written is not believed. */
TEST(base_that_is_being_written)
{
	struct timebase whole;
	u64 before;

	last_ktime = 0;
	time_init();
	timekeeping_use(&counter);
	before = ktime_get();
	for (unsigned int by_tsc = 0; by_tsc < 2; by_tsc++) {
		whole = base;
		base_seq++;
		base.by_tsc = by_tsc;
		base.ns += NSEC_PER_SEC;
		EXPECT_EQ(ktime_get(), before);
		base = whole;
		base_seq++;
	}
	EXPECT(ktime_get() - before < NSEC_PER_SEC);
}
