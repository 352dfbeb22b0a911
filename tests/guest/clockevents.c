// SPDX-License-Identifier: MIT
/*
 * Every clock event device of this CPU, in use or not: one-shot, periodic, off, in any order.
 *
 * The cases are those of kvm-unit-tests' x86/apic.c, asked of each kind of device.
 */
#include "kernel/time/clockevents.h"

#include "kernel/core/percpu.h"
#include "kernel/core/preempt.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define SPAN_NS	     500000
#define SILENCE_USEC 10000
#define ROUND_NS     (54 * NSEC_PER_MSEC) /* the PIT's, or a little less */

static struct {
	unsigned int strikes; /* of the device that is looked at */
	u64 last;
	u64 changed; /* when its state began to change */
} seen;

static void strike(struct clock_event_device *dev)
{
	(void)dev;
	seen.last = ktime_get();
	WRITE_ONCE(seen.strikes, seen.strikes + 1);
}

/* The device is the test's until it is given back: timers wait as long. */
static struct clock_event_device borrow(struct clock_event_device *dev)
{
	unsigned long flags = local_irq_save();
	struct clock_event_device as_it_was = *dev;

	clockevents_switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	dev->event_handler = strike;
	local_irq_restore(flags);
	return as_it_was;
}

static void give_back(struct clock_event_device *dev, const struct clock_event_device *as_it_was)
{
	unsigned long flags = local_irq_save();

	clockevents_switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	dev->event_handler = as_it_was->event_handler;
	if (as_it_was->state == CLOCK_EVT_STATE_DETACHED) {
		dev->state = CLOCK_EVT_STATE_DETACHED;
	} else {
		clockevents_switch_state(dev, as_it_was->state);
		clockevents_program(dev, as_it_was->next_event, true);
	}
	local_irq_restore(flags);
}

static void change_state(struct clock_event_device *dev, enum clock_event_state state)
{
	seen.changed = ktime_get();
	clockevents_switch_state(dev, state);
}

static void switch_state(struct clock_event_device *dev, enum clock_event_state state)
{
	unsigned long flags = local_irq_save();

	seen.changed = ktime_get();
	clockevents_switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	local_irq_restore(flags);
	udelay(1000); /* what was under way arrives, from a slow host too */
	flags = local_irq_save();
	seen.strikes = 0;
	clockevents_switch_state(dev, state);
	local_irq_restore(flags);
}

static int program(struct clock_event_device *dev, u64 expires, bool force)
{
	unsigned long flags = local_irq_save();
	int ret;

	seen.strikes = 0;
	ret = clockevents_program(dev, expires, force);
	local_irq_restore(flags);
	return ret;
}

static bool strikes(unsigned int n)
{
	return poll_timeout(READ_ONCE(seen.strikes) >= n, PATIENCE_USEC);
}

static bool silent(void)
{
	unsigned int before;

	udelay(1000);
	before = READ_ONCE(seen.strikes);
	udelay(SILENCE_USEC);
	return READ_ONCE(seen.strikes) == before;
}

/*
 * As silent(), and nothing before.  An emulated PIT that was shut down strikes once a round later
 * (drivers/clock/pit.c): where the host was so slow that one has passed, a strike says nothing.
 */
static bool never_struck(void)
{
	return (silent() && !seen.strikes) || ktime_get() - seen.changed >= ROUND_NS;
}

/* The same of a device that has struck before. */
static bool struck_no_more(void)
{
	return silent() || ktime_get() - seen.changed >= ROUND_NS;
}

/* Run `test` with each device of this CPU's that has `feature`. */
static void with_each(unsigned int feature, void (*test)(struct clock_event_device *dev))
{
	const struct clock_event_device *next;
	struct clock_event_device *dev, as_it_was;
	unsigned int n = 0;

	preempt_disable();
	for (next = clockevents_first(); next; next = next->next) {
		if (next->cpu != raw_smp_processor_id() || !(next->features & feature))
			continue;
		dev = (struct clock_event_device *)next;
		as_it_was = borrow(dev);
		test(dev);
		give_back(dev, &as_it_was);
		n++;
	}
	preempt_enable();
	if (!n)
		guest_skip("no such device");
}

#define EXPECT_OF(dev, cond)                                                                   \
	do {                                                                                   \
		if (!(cond))                                                                   \
			guest_fail(__FILE__, __LINE__, "%s: expected %s", (dev)->name, #cond); \
	} while (0)

static void one_shot(struct clock_event_device *dev)
{
	u64 when, retries = dev->retries;

	switch_state(dev, CLOCK_EVT_STATE_ONESHOT);
	for (unsigned int i = 0; i < 3; i++) {
		when = ktime_get() + SPAN_NS;
		EXPECT_OF(dev, program(dev, when, true) == 0);
		EXPECT_OF(dev, strikes(1));
		/* A tick early may be: the rate is measured. */
		EXPECT_OF(dev, seen.last + SPAN_NS / 10 >= when);
		/* What was set too late on a slow host may strike as well as what replaced it. */
		EXPECT_OF(dev, silent() || dev->retries != retries);
		EXPECT_OF(dev, seen.strikes <= 1 + dev->retries - retries);
	}
}

GUEST_TEST(clockevents, one_shot_strikes_once)
{
	with_each(CLOCK_EVT_FEAT_ONESHOT, one_shot);
}

/* apic.c, test_apic_timer_one_shot and "write 0 stops": a new event is in the place of the old. */
static void moved(struct clock_event_device *dev)
{
	u64 start = ktime_get(), retries = dev->retries;

	switch_state(dev, CLOCK_EVT_STATE_ONESHOT);
	program(dev, start + NSEC_PER_SEC / 50, true);
	program(dev, ktime_get() + SPAN_NS, true);
	EXPECT_OF(dev, strikes(1));
	udelay(40000);
	EXPECT_OF(dev, seen.strikes <= 1 + dev->retries - retries);
	program(dev, ktime_get() + 3 * NSEC_PER_MSEC, true);
	switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	EXPECT_OF(dev, never_struck());
}

GUEST_TEST(clockevents, new_event_replaces_the_old)
{
	with_each(CLOCK_EVT_FEAT_ONESHOT, moved);
}

static void in_the_past(struct clock_event_device *dev)
{
	switch_state(dev, CLOCK_EVT_STATE_ONESHOT);
	EXPECT_OF(dev, program(dev, ktime_get() - 1, false) == -ETIME);
	EXPECT_OF(dev, never_struck());
	EXPECT_OF(dev, program(dev, ktime_get() - 1, true) == 0);
	EXPECT_OF(dev, strikes(1));
	/* A ns from now: whatever the device can, it is not lost. */
	for (unsigned int i = 0; i < 20; i++) {
		EXPECT_OF(dev, program(dev, ktime_get() + i * 100, true) == 0);
		EXPECT_OF(dev, strikes(1));
	}
}

GUEST_TEST(clockevents, passed_deadline_is_not_lost)
{
	with_each(CLOCK_EVT_FEAT_ONESHOT, in_the_past);
}

static void periodic(struct clock_event_device *dev)
{
	u64 start = ktime_get();

	switch_state(dev, CLOCK_EVT_STATE_PERIODIC);
	EXPECT_OF(dev, strikes(5));
	EXPECT_OF(dev, seen.last - start >= 4 * TICK_PERIOD_NS);
	switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	EXPECT_OF(dev, struck_no_more());
}

GUEST_TEST(clockevents, periodic_strikes_until_it_is_shut_down)
{
	with_each(CLOCK_EVT_FEAT_PERIODIC, periodic);
}

/* apic.c, test_apic_change_mode: from each to the other, and no strike is of the mode before. */
static void modes(struct clock_event_device *dev)
{
	u64 retries = dev->retries;

	switch_state(dev, CLOCK_EVT_STATE_PERIODIC);
	EXPECT_OF(dev, strikes(2));
	change_state(dev, CLOCK_EVT_STATE_ONESHOT);
	EXPECT_OF(dev, struck_no_more());
	program(dev, ktime_get() + SPAN_NS, true);
	EXPECT_OF(dev, strikes(1));
	EXPECT_OF(dev, silent() || dev->retries != retries);
	clockevents_switch_state(dev, CLOCK_EVT_STATE_PERIODIC);
	EXPECT_OF(dev, strikes(3));
	change_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	EXPECT_OF(dev, struck_no_more());
	switch_state(dev, CLOCK_EVT_STATE_ONESHOT);
	EXPECT_OF(dev, never_struck());
}

GUEST_TEST(clockevents, changes_of_mode)
{
	with_each(CLOCK_EVT_FEAT_PERIODIC, modes);
}

GUEST_TEST(clockevents, best_one_is_in_use)
{
	const struct clock_event_device *dev, *used;

	NEED_TIMERS();
	for (dev = clockevents_first(); dev; dev = dev->next) {
		used = clockevents_device(dev->cpu);
		EXPECT_OF(dev, dev == used || !clockevents_is_better(dev, used));
		EXPECT_OF(dev, (dev == used) == (dev->state != CLOCK_EVT_STATE_DETACHED));
	}
}
