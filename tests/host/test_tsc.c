// SPDX-License-Identifier: MIT
// sources: kernel/core/cmdline.c
/*
 * The TSC as a clock source, measured anew while a busy host takes the CPU away in the midst of
 * looks.  The reference and the TSC are the test's.
 */
#include "kernel/time/time.h"

#include "tests/host/test.h"

#define TSC_HZ 2600000000ULL

static u64 test_tsc(void)
{
	return test_clock_ns * (TSC_HZ / 100000000) / 10;
}

#define rdtsc_ordered test_tsc
#undef pr_fmt /* it has its own */
#include "kernel/time/tsc.c"

struct cpu_info boot_cpu = { .vendor = "GenuineIntel", .family = 6, .model = 26, .tsc = true };
static unsigned int pauses; /* before as many counts that are still to come */
static unsigned int quiet;  /* ... and so many come before them */
static u64 lost;	    /* by a reference that wrapped */
static struct clocksource *registered;

static u64 read_counter(struct clocksource *cs)
{
	(void)cs;
	if (quiet) {
		quiet--;
	} else if (pauses) {
		pauses--;
		test_clock_ns += 50 * NSEC_PER_MSEC;
	}
	return (test_clock_ns += NSEC_PER_USEC) - lost;
}

static struct clocksource counter = { .name = "counter",
				      .mask = ~0ULL,
				      .hz = NSEC_PER_SEC,
				      .mult = 1ULL << 32,
				      .read = read_counter };

struct clocksource *clocksource_watchdog(void)
{
	return &counter;
}

int clocksource_register(struct clocksource *cs)
{
	cs->mult = (NSEC_PER_SEC << 32) / cs->hz;
	registered = cs;
	return 0;
}

void clocksource_unregister(struct clocksource *cs)
{
	(void)cs;
}

void clocksource_mark_unstable(struct clocksource *cs)
{
	(void)cs;
}

u64 clocksource_ns(const struct clocksource *cs, u64 ticks)
{
	return (u64)((unsigned __int128)ticks * cs->mult >> 32);
}

u64 tsc_hz(void)
{
	return TSC_HZ + TSC_HZ / 10000;
}

void time_distrust_tsc(void)
{
}

void clockevents_update_tsc_freq(u64 hz)
{
	(void)hz;
}

static u64 due;

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *))
{
	timer->function = function;
}

void hrtimer_start_range_ns(struct hrtimer *timer, u64 time, u64 slack, enum hrtimer_mode mode)
{
	(void)timer;
	(void)slack;
	(void)mode;
	due = test_clock_ns + time;
}

u64 hrtimer_forward(struct hrtimer *timer, u64 now, u64 interval)
{
	(void)timer;
	due = now + interval;
	return 1;
}

/* Seconds that it took until "tsc" was there. */
static unsigned int refine_to_the_end(void)
{
	for (unsigned int i = 1; i < 10; i++) {
		test_clock_ns = due;
		if (refine(&refine_timer) == HRTIMER_NORESTART)
			return i;
	}
	return 0;
}

static bool is_right(void)
{
	u64 hz = clocksource_tsc.hz;

	return registered == &clocksource_tsc && hz > TSC_HZ - TSC_HZ / 20000 &&
	       hz < TSC_HZ + TSC_HZ / 20000;
}

TEST(quiet_host_needs_one_second)
{
	tsc_init();
	EXPECT(registered == &clocksource_tsc_early);
	EXPECT_EQ(refine_to_the_end(), 1);
	EXPECT(is_right() && !unstable);
}

/* As many pauses as looks: none is close, and the second begins with one that is. */
TEST(pauses_in_each_first_look_cost_a_second)
{
	pauses = LOOKS;
	tsc_init();
	EXPECT_EQ(pauses, 0);
	EXPECT_EQ(refine_to_the_end(), 2);
	EXPECT(is_right() && !unstable);
}

TEST(pauses_in_each_last_look_cost_a_second)
{
	tsc_init();
	pauses = LOOKS;
	EXPECT_EQ(refine_to_the_end(), 2);
	EXPECT(is_right() && !unstable);
}

/* The closest of all looks counts, not the last. */
TEST(a_pause_in_the_last_look_costs_nothing)
{
	quiet = LOOKS - 1;
	pauses = 1;
	tsc_init();
	EXPECT_EQ(pauses, 0);
	EXPECT_EQ(refine_to_the_end(), 1);
	EXPECT(is_right() && !unstable);
}

/* Of a reference that wrapped, or stood, on a busy host no rate is made: what was known stays. */
TEST(a_reference_that_jumps_is_not_believed)
{
	for (int way = -1; way <= 1; way += 2) {
		tsc_init();
		lost = (u64)((s64)NSEC_PER_SEC / 4 * way);
		EXPECT_EQ(refine_to_the_end(), 1);
		EXPECT_EQ(clocksource_tsc.hz, tsc_hz());
		lost = 0;
	}
	EXPECT(!unstable);
}

/* Half of 50 ms is more than what another CPU's TSC may be off by. */
TEST(pauses_on_another_cpu_are_no_offset)
{
	tsc_init();
	pauses = LOOKS;
	check_this_cpu(NULL);
	EXPECT(!unstable);
	test_clock_ns += NSEC_PER_SEC;
	first.tsc += TSC_HZ / 50;
	check_this_cpu(NULL);
	EXPECT(unstable);
}
