// SPDX-License-Identifier: MIT
/* Torture of timers: each strikes once for each start, not before its time, or was cancelled. */
#include "kernel/core/preempt.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"
#include "tests/guest/torture.h"

#define MOST_DELAY_NS (2 * NSEC_PER_MSEC)
#define LOST_NS	      (20 * NSEC_PER_SEC) /* the host may lend the CPU to others, but not so long */

struct timer {
	struct hrtimer timer;
	u64 interval; /* 0: it strikes once */
	u64 due;
	u32 started, cancelled, fired;
	bool early;
};

static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct timer *m = container_of(timer, struct timer, timer);
	u64 now = ktime_get();

	m->early |= now < timer->expires;
	WRITE_ONCE(m->fired, m->fired + 1);
	set_need_resched(); /* whoever runs here is preempted, at whatever place */
	if (!m->interval)
		return HRTIMER_NORESTART;
	hrtimer_forward(timer, now, m->interval);
	return HRTIMER_RESTART;
}

static void start(struct torturer *t, struct timer *m)
{
	u64 delay = torture_below(t, MOST_DELAY_NS);

	m->interval =
		torture_below(t, 4) ? 0 : 100 * NSEC_PER_USEC + torture_below(t, NSEC_PER_MSEC);
	m->started++;
	m->due = ktime_get() + delay;
	if (torture_below(t, 2))
		hrtimer_start(&m->timer, m->due, HRTIMER_MODE_ABS);
	else
		hrtimer_start_range_ns(&m->timer, delay, torture_below(t, NSEC_PER_MSEC),
				       HRTIMER_MODE_REL);
}

/* It is at rest, and has struck as often as it was started and not cancelled. */
static void cancel(struct torturer *t, struct timer *m)
{
	m->cancelled += (u32)hrtimer_cancel(&m->timer);
	HOLDS(t, !hrtimer_active(&m->timer));
	HOLDS(t, !m->early);
	if (m->interval)
		m->started = m->cancelled = m->fired = 0;
	HOLDS(t, m->fired == m->started - m->cancelled);
}

static bool timer_take(struct torturer *t, void *h)
{
	struct timer *m = h;

	hrtimer_init(&m->timer, timer_fires);
	start(t, m);
	return true;
}

static void timer_look(struct torturer *t, void *h)
{
	struct timer *m = h;
	int tried;

	HOLDS(t, !hrtimer_active(&m->timer) || m->interval || ktime_get() < m->due + LOST_NS);
	if (torture_below(t, 2)) {
		tried = hrtimer_try_to_cancel(&m->timer);
		m->cancelled += tried == 1;
		HOLDS(t, tried >= -1 && tried <= 1);
	}
	cancel(t, m);
	start(t, m);
}

static void timer_drop(struct torturer *t, void *h)
{
	cancel(t, h);
}

const struct torture_op torture_timer = {
	.name = "timer",
	.size = sizeof(struct timer),
	.take = timer_take,
	.look = timer_look,
	.drop = timer_drop,
};
