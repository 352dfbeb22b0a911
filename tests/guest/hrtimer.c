// SPDX-License-Identifier: MIT
/* Timers: never early, in order, from any context, and gone once they are cancelled. */
#include "kernel/time/hrtimer.h"

#include "kernel/core/percpu.h"
#include "kernel/core/preempt.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define MAX_SEEN    32
#define MIN_HANG_NS (256 * 2000) /* of the greedy one: 256 calls in a row, 2 us each */

struct probe {
	struct hrtimer timer;
	u64 came_at; /* 0: not yet */
	unsigned int calls, restarts;
	u64 interval;
	bool irqs_were_off;
};

static struct probe *seen[MAX_SEEN]; /* in the order of the calls */
static unsigned int nr_seen;

static enum hrtimer_restart note(struct hrtimer *timer)
{
	struct probe *p = container_of(timer, struct probe, timer);

	p->came_at = ktime_get();
	p->irqs_were_off = irqs_disabled();
	WRITE_ONCE(p->calls, p->calls + 1);
	if (nr_seen < MAX_SEEN)
		seen[nr_seen++] = p;
	if (!p->restarts)
		return HRTIMER_NORESTART;
	p->restarts--;
	hrtimer_forward(timer, p->came_at, p->interval);
	return HRTIMER_RESTART;
}

static void init_probe(struct probe *p)
{
	*p = (struct probe){ 0 };
	hrtimer_init(&p->timer, note);
	nr_seen = 0;
}

static bool wait_for(const struct probe *p, unsigned int calls)
{
	return poll_timeout(READ_ONCE(p->calls) >= calls, PATIENCE_USEC);
}

GUEST_TEST(hrtimer, comes_and_never_early)
{
	static const u64 spans[] = { 0, 1, 1000, 20000, 300000, 5000000 };
	struct probe p;

	NEED_TIMERS();
	for (unsigned int i = 0; i < ARRAY_SIZE(spans); i++) {
		u64 start = ktime_get();

		init_probe(&p);
		hrtimer_start(&p.timer, spans[i], HRTIMER_MODE_REL);
		EXPECT(wait_for(&p, 1));
		EXPECT(p.came_at >= start + spans[i]);
		EXPECT(p.came_at >= p.timer.expires);
		EXPECT(p.irqs_were_off);
		EXPECT(!hrtimer_active(&p.timer));
		hrtimer_cancel(&p.timer);
	}
}

GUEST_TEST(hrtimer, absolute_and_past_times)
{
	struct probe p;
	u64 when = ktime_get() + NSEC_PER_MSEC;

	NEED_TIMERS();
	init_probe(&p);
	hrtimer_start(&p.timer, when, HRTIMER_MODE_ABS);
	EXPECT(wait_for(&p, 1));
	EXPECT(p.came_at >= when);
	hrtimer_start(&p.timer, 0, HRTIMER_MODE_ABS);
	EXPECT(wait_for(&p, 2));
	hrtimer_start(&p.timer, ~0ULL, HRTIMER_MODE_REL);
	EXPECT_EQ(p.timer.expires, KTIME_MAX);
	EXPECT_EQ(hrtimer_cancel(&p.timer), 1);
	EXPECT_EQ(p.calls, 2);
}

GUEST_TEST(hrtimer, come_in_the_order_of_their_times)
{
	unsigned long flags;
	struct probe p[8];
	u64 now;

	NEED_TIMERS();
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		init_probe(&p[i]);
	flags = local_irq_save(); /* all in one tree before the first comes */
	now = ktime_get();
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		hrtimer_start(&p[i].timer, now + NSEC_PER_MSEC + i * 5 % 8 * 50000,
			      HRTIMER_MODE_ABS);
	local_irq_restore(flags);
	for (unsigned int i = 0; i < ARRAY_SIZE(p); i++)
		EXPECT(wait_for(&p[i], 1));
	ASSERT(nr_seen == ARRAY_SIZE(p));
	for (unsigned int i = 1; i < nr_seen; i++)
		EXPECT(seen[i]->timer.expires > seen[i - 1]->timer.expires);
}

/* Both have expired when the interrupt comes, and the one that may wait has waited for the other. */
GUEST_TEST(hrtimer, one_interrupt_serves_those_within_their_slack)
{
	struct hrtimer_stats before, set, after;
	struct probe first, slack;
	unsigned long flags;
	unsigned int cpu;
	u64 now;

	NEED_TIMERS();
	init_probe(&first);
	init_probe(&slack);
	flags = local_irq_save();
	cpu = raw_smp_processor_id();
	hrtimer_get_stats(cpu, &before);
	now = ktime_get();
	hrtimer_start_range_ns(&slack.timer, now + NSEC_PER_MSEC, 4 * NSEC_PER_MSEC,
			       HRTIMER_MODE_ABS);
	hrtimer_start(&first.timer, now + 2 * NSEC_PER_MSEC, HRTIMER_MODE_ABS);
	hrtimer_get_stats(cpu, &set);
	udelay(2500);
	local_irq_restore(flags);
	EXPECT(wait_for(&first, 1));
	EXPECT(wait_for(&slack, 1));
	hrtimer_get_stats(cpu, &after);
	EXPECT(set.next_event <= now + 2 * NSEC_PER_MSEC);
	EXPECT(set.next_event != now + NSEC_PER_MSEC); /* nothing is asked for the one with slack */
	EXPECT(slack.came_at >= now + NSEC_PER_MSEC);
	/* One for the two; one more where the device had been asked for something else before. */
	EXPECT(after.events - before.events <= 2);
}

GUEST_TEST(hrtimer, cancelled_ones_do_not_come)
{
	unsigned long flags;
	struct probe p;

	NEED_TIMERS();
	init_probe(&p);
	EXPECT_EQ(hrtimer_cancel(&p.timer), 0);
	flags = local_irq_save(); /* however slow the host is */
	hrtimer_start(&p.timer, 500000, HRTIMER_MODE_REL);
	EXPECT(hrtimer_active(&p.timer));
	udelay(600);
	EXPECT_EQ(hrtimer_cancel(&p.timer), 1);
	EXPECT(!hrtimer_active(&p.timer));
	EXPECT_EQ(hrtimer_try_to_cancel(&p.timer), 0);
	local_irq_restore(flags);
	udelay(1500);
	EXPECT_EQ(p.calls, 0);
	/* Started anew, it moves. */
	hrtimer_start(&p.timer, 10 * NSEC_PER_SEC, HRTIMER_MODE_REL);
	hrtimer_start(&p.timer, 100000, HRTIMER_MODE_REL);
	EXPECT(wait_for(&p, 1));
	EXPECT_EQ(hrtimer_cancel(&p.timer), 0);
}

GUEST_TEST(hrtimer, restarts_keep_the_distance)
{
	struct probe p;
	u64 start = ktime_get();

	NEED_TIMERS();
	init_probe(&p);
	p.restarts = 9;
	p.interval = 200000;
	hrtimer_start(&p.timer, start + p.interval, HRTIMER_MODE_ABS);
	EXPECT(wait_for(&p, 10));
	EXPECT_EQ((p.timer.expires - start) % p.interval, 0);
	EXPECT(p.came_at - start >= 10 * p.interval);
	udelay(500);
	EXPECT_EQ(p.calls, 10);
	EXPECT(!hrtimer_active(&p.timer));
}

/* Starts the second and cancels the third from interrupt context. */
static struct probe starter, started, victim;

static enum hrtimer_restart start_and_cancel(struct hrtimer *timer)
{
	hrtimer_start(&started.timer, 1000, HRTIMER_MODE_REL);
	WRITE_ONCE(victim.interval, (u64)hrtimer_cancel(&victim.timer));
	return note(timer);
}

GUEST_TEST(hrtimer, started_and_cancelled_by_an_interrupt)
{
	NEED_TIMERS();
	init_probe(&started);
	init_probe(&victim);
	init_probe(&starter);
	hrtimer_init(&starter.timer, start_and_cancel);
	hrtimer_start(&victim.timer, 10 * NSEC_PER_SEC, HRTIMER_MODE_REL);
	hrtimer_start(&starter.timer, 1000, HRTIMER_MODE_REL);
	EXPECT(wait_for(&starter, 1));
	EXPECT(wait_for(&started, 1));
	EXPECT_EQ(victim.interval, 1);
	udelay(2000);
	EXPECT_EQ(victim.calls, 0);
}

#define GREEDY_CALLS 2000

/* Always in the past: it would take all of the CPU. */
static enum hrtimer_restart greedy(struct hrtimer *timer)
{
	struct probe *p = container_of(timer, struct probe, timer);

	WRITE_ONCE(p->calls, p->calls + 1);
	ndelay(2000);
	return p->calls < GREEDY_CALLS ? HRTIMER_RESTART : HRTIMER_NORESTART;
}

GUEST_TEST(hrtimer, faster_than_served_leaves_time_to_others)
{
	struct hrtimer_stats before, after;
	struct probe p;

	NEED_TIMERS();
	init_probe(&p);
	hrtimer_init(&p.timer, greedy);
	preempt_disable();
	hrtimer_get_stats(raw_smp_processor_id(), &before);
	hrtimer_start(&p.timer, 0, HRTIMER_MODE_ABS);
	EXPECT(wait_for(&p, GREEDY_CALLS));
	hrtimer_get_stats(raw_smp_processor_id(), &after);
	preempt_enable();
	/* It was sent away after three times 256 calls, each time anew. */
	EXPECT(after.events - before.events >= 3);
	EXPECT(after.hangs > before.hangs);
	EXPECT(after.max_hang_ns >= MIN_HANG_NS);
	hrtimer_cancel(&p.timer);
}

/* ---------------------------------------------------------------- other CPUs */

static struct {
	struct hrtimer timer;
	unsigned int cpu; /* where its function ran last */
	bool inside;
	unsigned int calls;
} slow;

static enum hrtimer_restart run_slowly(struct hrtimer *timer)
{
	(void)timer;
	slow.cpu = raw_smp_processor_id();
	WRITE_ONCE(slow.inside, true);
	udelay(2000);
	WRITE_ONCE(slow.inside, false);
	WRITE_ONCE(slow.calls, slow.calls + 1);
	return HRTIMER_NORESTART;
}

static void start_slow(void *ns)
{
	hrtimer_start(&slow.timer, (unsigned long)ns, HRTIMER_MODE_REL);
}

/* It runs on the other CPU: to cancel it is to wait for its end. */
GUEST_TEST(hrtimer, cancel_waits_for_a_function_on_another_cpu)
{
	unsigned int cpu = other_cpu();

	NEED_CPUS(2);
	for (unsigned int i = 0; i < 5; i++) {
		slow.calls = 0;
		hrtimer_init(&slow.timer, run_slowly);
		ASSERT(smp_call_function_single(cpu, start_slow, (void *)1000UL, true) == 0);
		ASSERT(poll_timeout(READ_ONCE(slow.inside) || READ_ONCE(slow.calls),
				    PATIENCE_USEC));
		hrtimer_cancel(&slow.timer);
		EXPECT(!slow.inside);
		EXPECT_EQ(slow.calls, 1);
		EXPECT(!hrtimer_active(&slow.timer));
	}
}

/* What waits on another CPU comes here once it is started here, and only here. */
GUEST_TEST(hrtimer, moves_to_the_cpu_that_starts_it)
{
	unsigned int cpu = other_cpu();

	NEED_CPUS(2);
	slow.calls = 0;
	hrtimer_init(&slow.timer, run_slowly);
	hrtimer_start(&slow.timer, NSEC_PER_SEC * 20, HRTIMER_MODE_REL);
	ASSERT(smp_call_function_single(cpu, start_slow, (void *)1000UL, true) == 0);
	EXPECT(poll_timeout(READ_ONCE(slow.calls), PATIENCE_USEC));
	EXPECT_EQ(slow.cpu, cpu);
	EXPECT_EQ(hrtimer_cancel(&slow.timer), 0);
	EXPECT_EQ(slow.calls, 1);
}
