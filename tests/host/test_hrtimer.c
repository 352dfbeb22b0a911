// SPDX-License-Identifier: MIT
// sources: kernel/time/hrtimer.c kernel/time/clockevents.c kernel/lib/tree.c kernel/core/cmdline.c
/*
 * Timers and the choice of clock event devices, with a clock and devices that the test plays:
 * the order against a sorted list, and a device whose counter passes while it is programmed.
 */
#include "kernel/time/hrtimer.h"

#include "kernel/time/clockevents.h"
#include "tests/host/test.h"

/* A comparator like the HPET's: it strikes when its counter, a tick a ns, comes to be equal. */
struct fake {
	struct clock_event_device dev;
	u64 compare;	     /* KTIME_MAX: none */
	u64 write_takes;     /* ns that pass until the write has taken effect */
	unsigned int writes; /* set_next_event() */
	unsigned int lost;   /* ... that came too late */
	const char *state;
};

static int fake_set_next(u64 ticks, struct clock_event_device *dev)
{
	struct fake *f = container_of(dev, struct fake, dev);
	u64 when = test_clock_ns + ticks;

	f->writes++;
	test_clock_ns += f->write_takes;
	f->compare = when;
	if (when > test_clock_ns)
		return 0;
	f->lost++;
	f->compare = KTIME_MAX; /* a round of the counter away */
	return -ETIME;
}

static void fake_periodic(struct clock_event_device *dev)
{
	container_of(dev, struct fake, dev)->state = "periodic";
}

static void fake_oneshot(struct clock_event_device *dev)
{
	container_of(dev, struct fake, dev)->state = "oneshot";
}

static void fake_shutdown(struct clock_event_device *dev)
{
	struct fake *f = container_of(dev, struct fake, dev);

	f->state = "shutdown";
	f->compare = KTIME_MAX;
}

static struct fake fakes[8];
static unsigned int nr_fakes;

static struct fake *add_fake(const char *name, int rating, unsigned int features)
{
	struct fake *f = &fakes[nr_fakes++];

	*f = (struct fake){ .dev = {
				    .name = name,
				    .rating = rating,
				    .features = features,
				    .set_next_event = fake_set_next,
				    .set_state_periodic = fake_periodic,
				    .set_state_oneshot = fake_oneshot,
				    .set_state_shutdown = fake_shutdown,
			    },
			    .compare = KTIME_MAX };
	clockevents_config_and_register(&f->dev, 1000000000, 100, 1000000000);
	return f;
}

/* The device in use, which the first test makes and tests of the choice replace. */
static struct fake *device(void)
{
	const struct clock_event_device *used = clockevents_device(0);

	if (!used) {
		hrtimers_init();
		return add_fake("comparator", 1000, CLOCK_EVT_FEAT_ONESHOT);
	}
	return container_of(used, struct fake, dev);
}

static struct fake *reset_device(void)
{
	struct fake *f = device();

	f->write_takes = 0;
	f->writes = f->lost = 0;
	f->dev.min_delta_ns = 1000;
	return f;
}

/* Time passes until `end`; the device strikes on the way. */
static void pass_until(u64 end)
{
	while (device()->compare <= end) {
		struct fake *f = device();

		test_clock_ns = max(test_clock_ns, f->compare);
		f->compare = KTIME_MAX;
		clockevents_handle(&f->dev);
	}
	test_clock_ns = max(test_clock_ns, end);
}

/* ---------------------------------------------------------------- timers */

struct probe {
	struct hrtimer timer;
	u64 expires, came_at;
	unsigned int calls, restarts;
};

static struct probe *last_called;

static enum hrtimer_restart note(struct hrtimer *timer)
{
	struct probe *p = container_of(timer, struct probe, timer);

	p->came_at = test_clock_ns;
	p->calls++;
	last_called = p;
	if (!p->restarts)
		return HRTIMER_NORESTART;
	p->restarts--;
	hrtimer_forward(timer, test_clock_ns, 1000000);
	return HRTIMER_RESTART;
}

static void init_probe(struct probe *p)
{
	*p = (struct probe){ 0 };
	hrtimer_init(&p->timer, note);
}

TEST(comes_at_its_time_and_once)
{
	struct probe p;

	reset_device();
	init_probe(&p);
	hrtimer_start(&p.timer, 5000000, HRTIMER_MODE_REL);
	EXPECT(hrtimer_active(&p.timer));
	pass_until(4999999);
	EXPECT_EQ(p.calls, 0);
	pass_until(20000000);
	EXPECT_EQ(p.calls, 1);
	EXPECT(p.came_at >= 5000000 && p.came_at < 5000010);
	EXPECT(!hrtimer_active(&p.timer));
}

#define NR_PROBES 200
#define STEPS	  20000
#define LATE	  2010 /* the device's shortest event, after another, and its rounding */

/* Whatever is started, moved and cancelled: each comes, at its time, once, and in order. */
TEST(many_at_random_against_a_list)
{
	static struct probe probes[NR_PROBES];
	u64 queued = 0;

	reset_device();
	for (unsigned int i = 0; i < NR_PROBES; i++)
		init_probe(&probes[i]);
	for (unsigned int step = 0; step < STEPS; step++) {
		struct probe *p = &probes[test_random() % NR_PROBES];
		u64 first = KTIME_MAX;

		if (test_random() % 3) {
			p->expires = test_clock_ns + 2000 + test_random() % 10000000;
			p->calls = 0;
			hrtimer_start(&p->timer, p->expires, HRTIMER_MODE_ABS);
		} else {
			EXPECT_EQ(hrtimer_cancel(&p->timer), p->expires != 0);
			p->expires = 0;
		}
		for (unsigned int i = 0; i < NR_PROBES; i++)
			if (probes[i].expires)
				first = min(first, probes[i].expires);
		EXPECT(device()->compare <= max(first, test_clock_ns) + 1010);
		pass_until(test_clock_ns + test_random() % 100000);
		for (unsigned int i = 0; i < NR_PROBES; i++) {
			p = &probes[i];
			if (p->calls) {
				EXPECT(p->calls == 1 && p->expires);
				EXPECT(p->came_at >= p->expires && p->came_at < p->expires + LATE);
				p->calls = 0;
				p->expires = 0;
			}
			EXPECT(!p->expires || p->expires + LATE > test_clock_ns);
			queued += p->expires != 0;
		}
	}
	EXPECT(queued / STEPS > 10);
	for (unsigned int i = 0; i < NR_PROBES; i++)
		hrtimer_cancel(&probes[i].timer);
}

TEST(timeouts_that_never_come_do_not_write_to_the_device)
{
	struct fake *f = reset_device();
	struct probe p;

	init_probe(&p);
	pass_until(f->compare == KTIME_MAX ? 1 : f->compare);
	f->writes = 0;
	for (unsigned int i = 0; i < 100; i++) {
		test_clock_ns += 10;
		hrtimer_start(&p.timer, 10000000, HRTIMER_MODE_REL);
		EXPECT_EQ(hrtimer_cancel(&p.timer), 1);
	}
	EXPECT_EQ(f->writes, 1);
	/* The interrupt that comes for nothing asks for nothing. */
	pass_until(test_clock_ns + 20000000);
	EXPECT_EQ(f->writes, 1);
	EXPECT_EQ(p.calls, 0);
}

TEST(slack_waits_for_another_but_not_longer)
{
	struct fake *f = reset_device();
	struct probe p, other;

	init_probe(&p);
	init_probe(&other);
	hrtimer_start_range_ns(&p.timer, 5000000, 3000000, HRTIMER_MODE_ABS);
	hrtimer_start(&other.timer, 6000000, HRTIMER_MODE_ABS);
	pass_until(7000000);
	EXPECT(p.calls == 1 && p.came_at == other.came_at);
	hrtimer_start_range_ns(&p.timer, 10000000, 3000000, HRTIMER_MODE_ABS);
	pass_until(12999990);
	EXPECT_EQ(p.calls, 1);
	pass_until(14000000);
	EXPECT_EQ(p.calls, 2);
	EXPECT(f->writes <= 3);
}

TEST(restarts_keep_the_phase)
{
	struct probe p;

	reset_device();
	init_probe(&p);
	p.restarts = 9;
	hrtimer_start(&p.timer, 1000000, HRTIMER_MODE_ABS);
	pass_until(50000000);
	EXPECT_EQ(p.calls, 10);
	EXPECT_EQ(p.timer.expires, 10000000);
}

TEST(forward_counts_what_was_passed_over)
{
	struct probe p;

	init_probe(&p);
	p.timer.expires = 1000;
	p.timer.latest = 1500;
	EXPECT_EQ(hrtimer_forward(&p.timer, 999, 100), 0);
	EXPECT_EQ(hrtimer_forward(&p.timer, 1000, 100), 1);
	EXPECT_EQ(p.timer.expires, 1100);
	EXPECT_EQ(hrtimer_forward(&p.timer, 5555, 100), 45);
	EXPECT_EQ(p.timer.expires, 5600);
	EXPECT_EQ(p.timer.latest, 6100);
	p.timer.expires = p.timer.latest = KTIME_MAX - 1;
	EXPECT_EQ(hrtimer_forward(&p.timer, KTIME_MAX - 1, 100), 1);
	EXPECT_EQ(p.timer.expires, KTIME_MAX);
}

static void start_far(void *timer)
{
	hrtimer_start(timer, KTIME_MAX, HRTIMER_MODE_REL);
}

TEST(beyond_all_time_is_never)
{
	struct fake *f = reset_device();
	struct probe p;

	init_probe(&p);
	test_clock_ns = 1000;
	EXPECT(!panics(start_far, &p.timer));
	EXPECT_EQ(p.timer.expires, KTIME_MAX);
	EXPECT_EQ(f->writes, 0);
	EXPECT_EQ(hrtimer_cancel(&p.timer), 1);
}

static enum hrtimer_restart cancel_itself(struct hrtimer *timer)
{
	EXPECT_EQ(hrtimer_try_to_cancel(timer), -1);
	hrtimer_cancel(timer);
	return HRTIMER_NORESTART;
}

static void cause_cancel_itself(void *unused)
{
	struct probe p;

	(void)unused;
	init_probe(&p);
	hrtimer_init(&p.timer, cancel_itself);
	hrtimer_start(&p.timer, 1000, HRTIMER_MODE_REL);
	pass_until(5000000);
}

/* ---------------------------------------------------------------- devices */

static struct clock_event_device device_of(int rating, unsigned int features)
{
	return (struct clock_event_device){ .rating = rating, .features = features };
}

/* Linux 6.1's tick_check_preferred(), of devices of one CPU's own. */
TEST(choice_is_that_of_linux)
{
	struct clock_event_device lapic = device_of(100, CLOCK_EVT_FEAT_ONESHOT);
	struct clock_event_device hpet = device_of(50, CLOCK_EVT_FEAT_ONESHOT);
	struct clock_event_device periodic = device_of(200, CLOCK_EVT_FEAT_PERIODIC);

	EXPECT(clockevents_is_better(&hpet, NULL));
	EXPECT(clockevents_is_better(&periodic, NULL));
	EXPECT(clockevents_is_better(&lapic, &hpet));
	EXPECT(!clockevents_is_better(&hpet, &lapic));
	EXPECT(!clockevents_is_better(&hpet, &hpet));
	EXPECT(!clockevents_is_better(&periodic, &hpet));
	EXPECT(!clockevents_is_better(&hpet, &periodic)); /* by rating, as there */
}

TEST(worse_device_is_left_in_the_list)
{
	struct fake *used = reset_device(), *worse;

	worse = add_fake("worse", 10, CLOCK_EVT_FEAT_ONESHOT);
	EXPECT(device() == used);
	EXPECT_EQ(worse->dev.state, CLOCK_EVT_STATE_DETACHED);
	EXPECT(!worse->state); /* was told nothing */
	EXPECT(!worse->dev.event_handler);
}

/* It counts to 1 s, and is asked once more for what is left. */
TEST(no_more_at_a_time_than_the_device_counts)
{
	struct fake *f = reset_device();
	u64 start = test_clock_ns;
	struct probe p;

	init_probe(&p);
	hrtimer_start(&p.timer, 2500000000, HRTIMER_MODE_REL);
	EXPECT(f->compare - start <= 1000000000 + 1);
	pass_until(start + 2600000000);
	EXPECT_EQ(p.calls, 1);
	EXPECT(p.came_at >= start + 2500000000 && p.came_at < start + 2500010000);
}

static u64 asked; /* ticks */

static int note_ticks(u64 ticks, struct clock_event_device *dev)
{
	(void)dev;
	asked = ticks;
	return 0;
}

/* Of a slow device's tick the rest counts as a whole one: it never strikes before the time. */
TEST(part_of_a_tick_is_one)
{
	struct clock_event_device *dev = &device()->dev;
	const struct clock_event_device saved = *dev;

	dev->set_next_event = note_ticks;
	dev->mult /= 1000; /* a tick is 1 us */
	for (u64 ns = 20000; ns < 24000; ns += 7) {
		clockevents_program(dev, test_clock_ns + ns, true);
		EXPECT(asked * 1000 >= ns && asked * 1000 <= ns + 2000);
	}
	*dev = saved;
}

TEST(better_device_takes_over_the_next_event)
{
	struct fake *old = reset_device(), *better;
	struct probe p;

	init_probe(&p);
	hrtimer_start(&p.timer, 3000000, HRTIMER_MODE_ABS);
	better = add_fake("better", 2000, CLOCK_EVT_FEAT_ONESHOT);
	EXPECT(device() == better);
	EXPECT_STR(old->state, "shutdown");
	EXPECT_EQ(old->dev.state, CLOCK_EVT_STATE_DETACHED);
	EXPECT_STR(better->state, "oneshot");
	clockevents_handle(&old->dev); /* one that was on its way */
	EXPECT_EQ(p.calls, 0);
	pass_until(4000000);
	EXPECT_EQ(p.calls, 1);
}

/* The counter passes the comparator while it is written: a round later it would strike. */
TEST(passed_while_it_is_set_is_not_lost)
{
	struct fake *f = reset_device();
	struct probe p;

	init_probe(&p);
	for (u64 span = 0; span < 3000; span += 100) {
		u64 start = test_clock_ns;

		f->write_takes = 900;
		hrtimer_start(&p.timer, start + span, HRTIMER_MODE_ABS);
		EXPECT(f->compare != KTIME_MAX);
		pass_until(start + 100000);
		EXPECT(p.came_at >= start + span && p.came_at < start + span + 3000);
	}
	EXPECT_EQ(p.calls, 30);
	EXPECT(f->dev.retries > 0);
	EXPECT(!test_log_has("CE:"));
}

TEST(shortest_event_that_is_too_short_is_raised)
{
	struct fake *f = reset_device();
	struct probe p;

	init_probe(&p);
	f->write_takes = 6000;
	hrtimer_start(&p.timer, test_clock_ns + 100, HRTIMER_MODE_ABS);
	EXPECT_EQ(f->lost, 7); /* the event itself, three of 1000 ns and three of 5000 */
	EXPECT(test_log_has("CE: better increased min_delta_ns to 5000 nsec\n"));
	EXPECT(test_log_has("CE: better increased min_delta_ns to 7500 nsec\n"));
	pass_until(test_clock_ns + 100000);
	EXPECT_EQ(p.calls, 1);
	EXPECT_EQ(f->dev.min_delta_ns, 7500);
}

TEST(device_that_never_can_is_given_up)
{
	struct fake *f = reset_device();
	struct probe p;

	init_probe(&p);
	f->write_takes = 10000000;
	hrtimer_start(&p.timer, test_clock_ns + 100, HRTIMER_MODE_ABS);
	EXPECT(test_log_has("CE: Reprogramming failure. Giving up\n"));
	EXPECT_EQ(f->dev.min_delta_ns, TICK_PERIOD_NS);
	EXPECT_EQ(hrtimer_cancel(&p.timer), 1);
	/* But not for ever. */
	reset_device();
	hrtimer_start(&p.timer, test_clock_ns + 5000, HRTIMER_MODE_ABS);
	pass_until(test_clock_ns + 10000);
	EXPECT_EQ(p.calls, 1);
}

/* The last, for the base is not to be used any more. */
TEST(function_that_cancels_its_own_timer_panics)
{
	reset_device();
	EXPECT(panics(cause_cancel_itself, NULL));
	EXPECT(test_log_has("hrtimer.c"));
}
