// SPDX-License-Identifier: MIT
/*
 * Which device serves which CPU, and how an event gets into it.
 *
 * The rules of the choice are Linux's: a device that can do one-shot goes before one that
 * cannot, then the higher rating does.  One that is given up is shut down and stays in the
 * list; the next event moves to its successor.
 *
 * Between the reading of the clock and the write to the device the time may pass which was
 * asked for.  A device with a comparator, which then would strike only after its counter
 * has wrapped, says -ETIME; who must be called all the same (`force`) gets the shortest
 * event that the device takes, and after three of those that were too short, it is the
 * device's shortest one that was wrong: it is raised, as in Linux, with Linux's words.
 *
 * clockevents_lock guards the list and who uses what; a CPU's `used` is written by that
 * CPU alone, with interrupts off, and read by it without the lock.  Devices' own locks and
 * printk's come below.
 */
#include "kernel/time/clockevents.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"

#define MULT_SHIFT	   30	   /* ticks = ns * mult >> MULT_SHIFT: up to 17 GHz */
#define MIN_DELTA_NS	   1000ULL /* no device is asked for less */
#define RAISED_DELTA_NS	   5000ULL /* the first that a device gets whose own was too short */
#define MAX_SECONDS	   600	   /* ... nor for more at a time */
#define TRIES_BEFORE_RAISE 3
#define TRIAL_USEC	   50000 /* a slow host delivers within that */

static DEFINE_SPINLOCK(clockevents_lock);
static struct clock_event_device *devices;
static void (*event_handler)(struct clock_event_device *dev);
static void (*drivers[CLOCK_EVT_DRIVERS])(void);

/* What a CPU uses.  Its next event stands here too, since it may have no device yet. */
struct tick_device {
	struct clock_event_device *used;
	u64 next_event; /* 0: none was ever asked for */
};
static DEFINE_PER_CPU(struct tick_device, tick_device);

static u64 ns_to_ticks(const struct clock_event_device *dev, u64 ns)
{
	/* Rounded up: an event that comes early has to be asked for once more. */
	return (u64)((unsigned __int128)ns * READ_ONCE(dev->mult) >> MULT_SHIFT) + 1;
}

static u64 ticks_to_ns(u64 ticks, u64 hz)
{
	if (ticks / hz >= MAX_SECONDS)
		return MAX_SECONDS * NSEC_PER_SEC;
	return ticks / hz * NSEC_PER_SEC + ticks % hz * NSEC_PER_SEC / hz;
}

u64 clockevents_period_ticks(const struct clock_event_device *dev)
{
	return ns_to_ticks(dev, TICK_PERIOD_NS);
}

static void set_freq(struct clock_event_device *dev, u64 hz)
{
	WRITE_ONCE(dev->mult, (hz << MULT_SHIFT) / NSEC_PER_SEC);
}

void clockevents_update_tsc_freq(u64 hz)
{
	for (struct clock_event_device *dev = READ_ONCE(devices); dev; dev = dev->next)
		if (dev->features & CLOCK_EVT_FEAT_TSC)
			set_freq(dev, hz);
}

void clockevents_switch_state(struct clock_event_device *dev, enum clock_event_state state)
{
	void (*verb)(struct clock_event_device *) = dev->set_state_shutdown;

	if (state == CLOCK_EVT_STATE_PERIODIC)
		verb = dev->set_state_periodic;
	else if (state == CLOCK_EVT_STATE_ONESHOT)
		verb = dev->set_state_oneshot;
	if (verb)
		verb(dev);
	dev->state = state;
	dev->next_event = KTIME_MAX;
}

/* ---------------------------------------------------------------- an event */

static int set_next(struct clock_event_device *dev, u64 delta_ns)
{
	return dev->set_next_event(ns_to_ticks(dev, delta_ns), dev);
}

/* Three of the shortest events had passed before they were set: 0, -ETIME: it cannot be longer. */
static int raise_min_delta(struct clock_event_device *dev)
{
	if (dev->min_delta_ns >= TICK_PERIOD_NS) {
		pr_warn("CE: Reprogramming failure. Giving up\n");
		dev->next_event = KTIME_MAX;
		return -ETIME;
	}
	dev->min_delta_ns = dev->min_delta_ns < RAISED_DELTA_NS ?
				    RAISED_DELTA_NS :
				    min(dev->min_delta_ns * 3 / 2, TICK_PERIOD_NS);
	pr_warn("CE: %s increased min_delta_ns to %llu nsec\n", dev->name,
		(unsigned long long)dev->min_delta_ns);
	return 0;
}

/* As soon as the device can. */
static int program_min_delta(struct clock_event_device *dev)
{
	for (;;) {
		for (unsigned int i = 0; i < TRIES_BEFORE_RAISE; i++) {
			dev->next_event = ktime_get() + dev->min_delta_ns;
			dev->retries++;
			if (set_next(dev, dev->min_delta_ns) == 0)
				return 0;
		}
		if (raise_min_delta(dev))
			return -ETIME;
	}
}

int clockevents_program(struct clock_event_device *dev, u64 expires, bool force)
{
	u64 now;

	dev->next_event = expires;
	if (expires == KTIME_MAX || dev->state != CLOCK_EVT_STATE_ONESHOT)
		return 0;
	now = ktime_get();
	if (expires > now &&
	    set_next(dev, max(min(expires - now, dev->max_delta_ns), dev->min_delta_ns)) == 0)
		return 0;
	return force ? program_min_delta(dev) : -ETIME;
}

int clockevents_program_event(u64 expires, bool force)
{
	struct clock_event_device *dev = this_cpu(tick_device.used);

	this_cpu(tick_device.next_event) = expires;
	return dev ? clockevents_program(dev, expires, force) : 0;
}

/* ---------------------------------------------------------------- the choice */

bool clockevents_is_better(const struct clock_event_device *new,
			   const struct clock_event_device *used)
{
	if (!used)
		return true;
	if (!(new->features &CLOCK_EVT_FEAT_ONESHOT) && used->features & CLOCK_EVT_FEAT_ONESHOT)
		return false;
	return new->rating > used->rating;
}

static bool goes_periodic(const struct clock_event_device *dev)
{
	return !(dev->features & CLOCK_EVT_FEAT_ONESHOT) ||
	       (dev->features & CLOCK_EVT_FEAT_PERIODIC && cmdline_value_is("highres", "off"));
}

/* This CPU uses `dev` from now on. */
static void exchange_locked(struct clock_event_device *dev)
{
	struct clock_event_device *old = this_cpu(tick_device.used);
	u64 next_event = this_cpu(tick_device.next_event);

	lockdep_assert_held(&clockevents_lock);
	if (old) {
		clockevents_switch_state(old, CLOCK_EVT_STATE_SHUTDOWN);
		old->state = CLOCK_EVT_STATE_DETACHED;
		old->event_handler = NULL;
	}
	dev->event_handler = event_handler;
	this_cpu(tick_device.used) = dev;
	clockevents_switch_state(dev, goes_periodic(dev) ? CLOCK_EVT_STATE_PERIODIC :
							   CLOCK_EVT_STATE_ONESHOT);
	if (next_event)
		clockevents_program(dev, next_event, true);
}

static void config(struct clock_event_device *dev, u64 hz, u64 min_ticks, u64 max_ticks)
{
	set_freq(dev, hz);
	dev->min_delta_ns = max(ticks_to_ns(min_ticks, hz), MIN_DELTA_NS);
	dev->max_delta_ns = ticks_to_ns(max_ticks, hz);
	dev->next_event = KTIME_MAX;
}

void clockevents_config_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
				     u64 max_ticks)
{
	unsigned long flags;

	config(dev, hz, min_ticks, max_ticks);
	spin_lock_irqsave(&clockevents_lock, flags);
	dev->cpu = smp_processor_id();
	dev->next = devices;
	WRITE_ONCE(devices, dev);
	if (clockevents_is_better(dev, this_cpu(tick_device.used)))
		exchange_locked(dev);
	spin_unlock_irqrestore(&clockevents_lock, flags);
}

static unsigned int trial_strikes __initdata;

static void __init note_strike(struct clock_event_device *dev)
{
	(void)dev;
	WRITE_ONCE(trial_strikes, trial_strikes + 1);
}

/* Two of them: one may be a left-over of firmware's. */
static bool __init strikes(struct clock_event_device *dev)
{
	unsigned int before;

	for (unsigned int i = 0; i < 2; i++) {
		unsigned long flags = local_irq_save();

		before = trial_strikes;
		clockevents_switch_state(dev, CLOCK_EVT_STATE_ONESHOT);
		clockevents_program(dev, ktime_get() + dev->min_delta_ns, true);
		local_irq_restore(flags);
		if (!poll_timeout(READ_ONCE(trial_strikes) != before, TRIAL_USEC))
			return false;
	}
	return true;
}

bool __init clockevents_try_and_register(struct clock_event_device *dev, u64 hz, u64 min_ticks,
					 u64 max_ticks)
{
	bool works;

	config(dev, hz, min_ticks, max_ticks);
	dev->event_handler = note_strike;
	works = strikes(dev);
	clockevents_switch_state(dev, CLOCK_EVT_STATE_SHUTDOWN);
	dev->state = CLOCK_EVT_STATE_DETACHED;
	dev->event_handler = NULL;
	if (works)
		clockevents_config_and_register(dev, hz, min_ticks, max_ticks);
	return works;
}

void __init clockevents_set_handler(void (*handler)(struct clock_event_device *dev))
{
	event_handler = handler;
}

/* ---------------------------------------------------------------- CPUs that come */

static void run_driver(void *n)
{
	drivers[(unsigned long)n]();
}

void __init clockevents_add_driver(void (*setup)(void))
{
	unsigned long n = 0;

	while (drivers[n])
		BUG_ON(++n == CLOCK_EVT_DRIVERS);
	drivers[n] = setup;
	on_each_cpu(run_driver, (void *)n, true);
}

void clockevents_setup_this_cpu(void)
{
	for (unsigned int n = 0; n < CLOCK_EVT_DRIVERS && drivers[n]; n++)
		drivers[n]();
}

const struct clock_event_device *clockevents_device(unsigned int cpu)
{
	return READ_ONCE(per_cpu(tick_device.used, cpu));
}

const struct clock_event_device *clockevents_first(void)
{
	return READ_ONCE(devices);
}
