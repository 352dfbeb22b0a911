// SPDX-License-Identifier: MIT
/*
 * bench latency: how late what was asked for comes, as histograms.
 *
 *   interrupt   from the time for which the CPU's clock event device was programmed to the
 *               device's handler: entry, end of interrupt at the local APIC, dispatch
 *   timer       from a timer's time to its function, while the CPU computes
 *   wake-up     from a sleep's end, with the slack that it gave, to the thread that slept,
 *               the CPU idle meanwhile
 *
 * Under QEMU's -icount shift=0 a ns is an instruction.
 */
#include "kernel/core/command.h"
#include "kernel/core/percpu.h"
#include "kernel/core/preempt.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/hrtimer.h"
#include "tests/bench/bench.h"

#define SAMPLES	    1000
#define NR_BUCKETS  16 /* of [0, 64), [64, 128), [128, 256) ... */
#define FIRST_SHIFT 6
#define BAR	    50 /* characters, of the fullest bucket */
#define WAIT_USEC   1000000

struct histogram {
	u64 sum, least, most;
	unsigned int n, early, buckets[NR_BUCKETS];
};

static void add_sample(struct histogram *h, u64 wanted, u64 came)
{
	u64 late = came - wanted;
	unsigned int bucket = 0;

	if (came < wanted) {
		h->early++;
		return;
	}
	while (bucket < NR_BUCKETS - 1 && late >> (FIRST_SHIFT + bucket))
		bucket++;
	h->buckets[bucket]++;
	h->least = h->n ? min(h->least, late) : late;
	h->most = max(h->most, late);
	h->sum += late;
	h->n++;
}

static void show(struct sink *out, const char *what, const struct histogram *h)
{
	static const char bar[] = "##################################################";
	unsigned int fullest = 1;

	sink_printf(out, "latency %s: %u samples, %u early, least %llu, mean %llu, most %llu\n",
		    what, h->n, h->early, (unsigned long long)h->least,
		    (unsigned long long)(h->n ? h->sum / h->n : 0), (unsigned long long)h->most);
	for (unsigned int i = 0; i < NR_BUCKETS; i++)
		fullest = max(fullest, h->buckets[i]);
	for (unsigned int i = 0; i < NR_BUCKETS; i++)
		if (h->buckets[i])
			sink_printf(out, "%8u .. %-8u %6u %.*s\n",
				    i ? 1U << (FIRST_SHIFT + i - 1) : 0,
				    (1U << (FIRST_SHIFT + i)) - 1, h->buckets[i],
				    (int)DIV_ROUND_UP(h->buckets[i] * BAR, fullest), bar);
}

/* 10 to 138 us, in no order: Knuth's multiplier. */
static u64 distance(unsigned int i)
{
	return 10000 + (i * 2654435761U >> 15);
}

/* ---------------------------------------------------------------- interrupt */

static u64 struck_at; /* 0: not yet */

static void note_strike(struct clock_event_device *dev)
{
	(void)dev;
	WRITE_ONCE(struck_at, ktime_get());
}

/* The device is ours for one event; timers wait as long. */
static void one_interrupt(struct clock_event_device *dev, u64 ns, struct histogram *h)
{
	void (*handler)(struct clock_event_device *) = dev->event_handler;
	u64 next_event = dev->next_event, wanted;
	unsigned long flags = local_irq_save();

	dev->event_handler = note_strike;
	WRITE_ONCE(struck_at, 0);
	clockevents_program(dev, ktime_get() + ns, true);
	wanted = dev->next_event;
	local_irq_restore(flags);
	if (poll_timeout(READ_ONCE(struck_at), WAIT_USEC))
		add_sample(h, wanted, struck_at);
	flags = local_irq_save();
	dev->event_handler = handler;
	clockevents_program(dev, next_event, true);
	local_irq_restore(flags);
}

static void measure_interrupts(struct histogram *h)
{
	struct clock_event_device *dev;

	preempt_disable();
	dev = (struct clock_event_device *)clockevents_device(smp_processor_id());
	for (unsigned int i = 0; dev && i < SAMPLES; i++)
		one_interrupt(dev, distance(i), h);
	preempt_enable();
}

/* ---------------------------------------------------------------- timer, wake-up */

static enum hrtimer_restart note_timer(struct hrtimer *timer)
{
	(void)timer;
	WRITE_ONCE(struck_at, ktime_get());
	return HRTIMER_NORESTART;
}

static void measure_timers(struct histogram *h)
{
	struct hrtimer timer;

	hrtimer_init(&timer, note_timer);
	for (unsigned int i = 0; i < SAMPLES; i++) {
		WRITE_ONCE(struck_at, 0);
		hrtimer_start(&timer, distance(i), HRTIMER_MODE_REL);
		if (poll_timeout(READ_ONCE(struck_at), WAIT_USEC))
			add_sample(h, timer.expires, struck_at);
	}
	hrtimer_cancel(&timer);
}

static void measure_sleeps(struct histogram *h)
{
	for (unsigned int i = 0; i < SAMPLES; i++) {
		u64 end = ktime_get() + distance(i) + SLEEP_SLACK_NS;

		set_current_state(TASK_INTERRUPTIBLE);
		schedule_timeout(distance(i));
		add_sample(h, end, ktime_get());
	}
}

void bench_latency(struct sink *out)
{
	struct histogram h = { 0 };

	measure_interrupts(&h);
	show(out, "interrupt", &h);
	h = (struct histogram){ 0 };
	measure_timers(&h);
	show(out, "timer", &h);
	h = (struct histogram){ 0 };
	measure_sleeps(&h);
	show(out, "wake-up", &h);
}
