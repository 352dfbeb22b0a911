// SPDX-License-Identifier: MIT
/*
 * The watchdog of clock sources: those that must be verified are held against one that need
 * not be, twice a second, in Linux's way and with Linux's words.
 *
 *   watchdog   the best rated source that need not be verified and whose counter does not
 *              wrap between two looks
 *   look       both counters at one instant: the watchdog is read before and after, and where
 *              that took too long the look is no proof of anything
 *   skew       how much further one has come than the other since the last look; beyond both
 *              margins the source is unstable
 *
 * What a busy host does to a look must not look like drift: a look that took long is made
 * again, and where reading the watchdog twice in a row takes as long too, that is why, and
 * the source is left alone for some minutes.  Where it does not, the pauses may have missed those
 * two reads by chance: a host does so now and then, a source that is slow to read does so each
 * time.  So it takes some such looks in a row to mark it, of which Linux needs but one.
 *
 * It runs in a timer on the CPU that started it.  No lock: one look at a time, by that timer, or
 * by a test that keeps the timer away.
 */
#define pr_fmt(fmt) "clocksource: " fmt

#include "kernel/core/cpumask.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/pause.h"
#include "kernel/time/time.h"

#define INTERVAL_NS	(NSEC_PER_SEC / 2)
#define MAX_INTERVAL_NS (2 * INTERVAL_NS)
#define SLACK_NS	(50 * NSEC_PER_MSEC)
#define MAX_SKEW_NS	(100 * NSEC_PER_USEC) /* a look may take so long */
#define MIN_MARGIN_NS	(2 * MAX_SKEW_NS)
#define BUSY_NS		(300 * NSEC_PER_SEC)
#define MAX_SLOW_LOOKS	4

typedef unsigned long long ull;

static struct hrtimer watchdog_timer;
static u64 busy_until;
static u64 longest_ns; /* interval that was said to be too long */
static u32 pauses; /* those that are known: an interval with one in it is no proof of anything */

enum look { LOOK_GOOD, LOOK_BUSY, LOOK_SLOW, LOOK_BAD };

struct clocksource *clocksource_watchdog(void)
{
	struct clocksource *cs = clocksource_first();

	while (cs && (cs->flags & (CLOCK_SOURCE_MUST_VERIFY | CLOCK_SOURCE_UNSTABLE) ||
		      clocksource_period_ns(cs) < 2 * MAX_INTERVAL_NS))
		cs = cs->next;
	return cs;
}

static u64 span_ns(const struct clocksource *cs, u64 from, u64 to)
{
	return clocksource_ns(cs, (to - from) & cs->mask);
}

static u64 margin_of(const struct clocksource *cs)
{
	return max(cs->margin_ns, MIN_MARGIN_NS);
}

static u64 read_source(struct clocksource *cs)
{
	return cs->read(cs);
}

/* As Linux: the more CPUs, the more looks are disturbed. */
static unsigned int max_tries(void)
{
	return ilog2(num_online_cpus()) / 2 + 2;
}

static void say_skipped(const struct clocksource *cs, u64 delay)
{
	pr_info("wd-%s-wd read-back delay of %lluns, clock-skew test skipped!\n", cs->name,
		(ull)delay);
}

static enum look look_at_both(struct clocksource *cs, struct clocksource *wd, u64 *cs_now,
			      u64 *wd_now)
{
	u64 delay = 0, seq_delay, end, end2;
	unsigned int tries;

	for (tries = 0; tries < max_tries(); tries++) {
		unsigned long flags = local_irq_save();

		*wd_now = read_source(wd);
		*cs_now = read_source(cs);
		end = read_source(wd);
		end2 = read_source(wd);
		local_irq_restore(flags);
		delay = span_ns(wd, *wd_now, end);
		if (delay <= MAX_SKEW_NS)
			return LOOK_GOOD;
		seq_delay = span_ns(wd, end, end2);
		if (seq_delay > MAX_SKEW_NS / 2) {
			pr_info("timekeeping watchdog on CPU%u: %s wd-wd read-back delay of %lluns\n",
				raw_smp_processor_id(), wd->name, (ull)seq_delay);
			say_skipped(cs, delay);
			return LOOK_BUSY;
		}
	}
	if (cs->slow_looks + 1 < MAX_SLOW_LOOKS) {
		say_skipped(cs, delay);
		return LOOK_SLOW;
	}
	pr_warn("timekeeping watchdog on CPU%u: %s read-back delay of %lluns, attempt %u, marking unstable\n",
		raw_smp_processor_id(), wd->name, (ull)delay, tries);
	return LOOK_BAD;
}

static void say_skew(const struct clocksource *cs, const struct clocksource *wd, u64 cs_ns,
		     u64 wd_ns, u64 cs_now, u64 wd_now)
{
	const struct clocksource *used = clocksource_current();

	pr_warn("timekeeping watchdog on CPU%u: Marking clocksource '%s' as unstable because the skew is too large:\n",
		raw_smp_processor_id(), cs->name);
	pr_warn("                      '%s' wd_nsec: %llu wd_now: %llx wd_last: %llx mask: %llx\n",
		wd->name, (ull)wd_ns, (ull)wd_now, (ull)cs->wd_last, (ull)wd->mask);
	pr_warn("                      '%s' cs_nsec: %llu cs_now: %llx cs_last: %llx mask: %llx\n",
		cs->name, (ull)cs_ns, (ull)cs_now, (ull)cs->cs_last, (ull)cs->mask);
	if (used == cs)
		pr_warn("                      '%s' is current clocksource.\n", cs->name);
	else if (used)
		pr_warn("                      '%s' (not '%s') is current clocksource.\n",
			used->name, cs->name);
}

/* The interval is so long that the margins say nothing: said, where it is longer than any before. */
static bool too_long(u64 cs_ns, u64 wd_ns)
{
	u64 interval = max(cs_ns, wd_ns);

	if (interval <= MAX_INTERVAL_NS)
		return false;
	if (interval > 2 * longest_ns) {
		longest_ns = interval;
		pr_warn("Long readout interval, skipping watchdog check: cs_nsec: %llu wd_nsec: %llu\n",
			(ull)cs_ns, (ull)wd_ns);
	}
	return true;
}

/* False where it drifts. */
static bool verify(struct clocksource *cs, struct clocksource *wd, u64 cs_now, u64 wd_now)
{
	u64 cs_ns = span_ns(cs, cs->cs_last, cs_now), wd_ns = span_ns(wd, cs->wd_last, wd_now);
	u64 skew = cs_ns > wd_ns ? cs_ns - wd_ns : wd_ns - cs_ns;

	if (!cs->watched || too_long(cs_ns, wd_ns) || skew <= margin_of(cs) + margin_of(wd))
		return true;
	say_skew(cs, wd, cs_ns, wd_ns, cs_now, wd_now);
	return false;
}

/* LOOK_BAD: the source is to be marked. */
static enum look look_at(struct clocksource *cs, struct clocksource *wd)
{
	enum look look;
	u64 cs_now, wd_now;

	look = look_at_both(cs, wd, &cs_now, &wd_now);
	if (look == LOOK_GOOD && !verify(cs, wd, cs_now, wd_now))
		look = LOOK_BAD;
	cs->watched = look == LOOK_GOOD;
	cs->slow_looks = look == LOOK_SLOW ? cs->slow_looks + 1 : 0;
	cs->cs_last = cs_now;
	cs->wd_last = wd_now;
	return look;
}

static void look_at_all(void)
{
	struct clocksource *wd = clocksource_watchdog(), *cs, *next;
	bool paused = time_was_paused(&pauses);
	enum look look;

	for (cs = clocksource_first(); cs && wd; cs = next) {
		next = cs->next; /* who is marked moves to the end */
		if ((cs->flags & (CLOCK_SOURCE_MUST_VERIFY | CLOCK_SOURCE_UNSTABLE)) !=
		    CLOCK_SOURCE_MUST_VERIFY)
			continue;
		cs->watched &= !paused;
		look = look_at(cs, wd);
		if (look == LOOK_BAD)
			clocksource_mark_unstable(cs);
		else if (look == LOOK_BUSY)
			busy_until = ktime_get() + BUSY_NS;
	}
}

static bool any_to_verify(void)
{
	const struct clocksource *cs = clocksource_first();

	while (cs && (cs->flags & (CLOCK_SOURCE_MUST_VERIFY | CLOCK_SOURCE_UNSTABLE)) !=
			     CLOCK_SOURCE_MUST_VERIFY)
		cs = cs->next;
	return cs;
}

bool clocksource_watchdog_is_busy(void)
{
	return ktime_get() < READ_ONCE(busy_until);
}

static enum hrtimer_restart watch(struct hrtimer *timer)
{
	if (!clocksource_watchdog_is_busy())
		look_at_all();
	if (!any_to_verify())
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, ktime_get(), INTERVAL_NS);
	return HRTIMER_RESTART;
}

void clocksource_start_watchdog(void)
{
	if (watchdog_timer.function && any_to_verify() && !hrtimer_active(&watchdog_timer))
		hrtimer_start_range_ns(&watchdog_timer, INTERVAL_NS, SLACK_NS, HRTIMER_MODE_REL);
}

void __init clocksource_watchdog_init(void)
{
	hrtimer_init(&watchdog_timer, watch);
	clocksource_start_watchdog();
}
