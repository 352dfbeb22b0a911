// SPDX-License-Identifier: MIT
/*
 * Which clock source supplies the time.
 *
 * The list is in the order of ratings.  Whenever it changes the first one is taken, or the
 * one that clocksource= names, for as long as it is no worse than stable.  A switch is a
 * moment's work and needs no thread: kernel/time/time.c goes on from where it is.
 *
 * Where the counter in use wraps, and there is no TSC by which to tell how often, a timer
 * (the keeper) asks for the time before it does.
 *
 * clocksource_lock guards the list, and the keeper is started with it; time.c's base_lock and the
 * timers' locks come below it.
 */
#define pr_fmt(fmt) "clocksource: " fmt

#include "kernel/time/clocksource.h"

#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/hrtimer.h"
#include "kernel/time/time.h"

#define RATE_SHIFT 32

static DEFINE_SPINLOCK(clocksource_lock);
static struct clocksource *clocksources, *current_source;
static struct hrtimer keeper;

u64 clocksource_ns(const struct clocksource *cs, u64 ticks)
{
	return (u64)((unsigned __int128)ticks * cs->mult >> RATE_SHIFT);
}

u64 clocksource_period_ns(const struct clocksource *cs)
{
	return cs->mask >= KTIME_MAX ? KTIME_MAX : max(clocksource_ns(cs, cs->mask), 1ULL);
}

/* ---------------------------------------------------------------- the keeper */

static void start_keeper_locked(void)
{
	u64 idle = time_max_idle_ns();

	lockdep_assert_held(&clocksource_lock);
	if (!keeper.function)
		return;
	if (idle == KTIME_MAX)
		hrtimer_try_to_cancel(&keeper);
	else
		hrtimer_start(&keeper, idle, HRTIMER_MODE_REL);
}

/* Another CPU may start it meanwhile: so it does not restart itself, but is started, too. */
static enum hrtimer_restart keep_time(struct hrtimer *timer)
{
	(void)timer;
	ktime_get();
	spin_lock(&clocksource_lock);
	start_keeper_locked();
	spin_unlock(&clocksource_lock);
	return HRTIMER_NORESTART;
}

/* ---------------------------------------------------------------- the choice */

static bool better(const struct clocksource *a, const struct clocksource *b)
{
	bool wanted = a->rating && cmdline_value_is("clocksource", a->name);

	if (!b || wanted != (b->rating && cmdline_value_is("clocksource", b->name)))
		return !b || wanted;
	return a->rating > b->rating;
}

static void use_locked(struct clocksource *cs)
{
	lockdep_assert_held(&clocksource_lock);
	if (cs == current_source)
		return;
	WRITE_ONCE(current_source, cs);
	timekeeping_use(cs);
	pr_info("Switched to clocksource %s\n", cs->name);
}

static void use_best_locked(void)
{
	struct clocksource *best = NULL;

	lockdep_assert_held(&clocksource_lock);
	for (struct clocksource *cs = clocksources; cs; cs = cs->next)
		if (better(cs, best))
			best = cs;
	if (best)
		use_locked(best);
}

static void insert_locked(struct clocksource *cs)
{
	struct clocksource **link = &clocksources;

	lockdep_assert_held(&clocksource_lock);
	while (*link && (*link)->rating >= cs->rating)
		link = &(*link)->next;
	cs->next = *link;
	WRITE_ONCE(*link, cs);
}

/* False where it is not in the list. */
static bool remove_locked(struct clocksource *cs)
{
	struct clocksource **link = &clocksources;

	lockdep_assert_held(&clocksource_lock);
	while (*link && *link != cs)
		link = &(*link)->next;
	if (!*link)
		return false;
	WRITE_ONCE(*link, cs->next);
	return true;
}

int clocksource_register(struct clocksource *cs)
{
	unsigned long flags;

	if (!cs->hz || !cs->read || !cs->mask) {
		pr_err("%s: %llu Hz, mask 0x%llx: refused\n", cs->name, (unsigned long long)cs->hz,
		       (unsigned long long)cs->mask);
		return -EINVAL;
	}
	cs->mult = (NSEC_PER_SEC << RATE_SHIFT) / cs->hz;
	pr_info("%s: mask: 0x%llx, %llu Hz, rating %d\n", cs->name, (unsigned long long)cs->mask,
		(unsigned long long)cs->hz, cs->rating);
	spin_lock_irqsave(&clocksource_lock, flags);
	insert_locked(cs);
	use_best_locked();
	start_keeper_locked();
	spin_unlock_irqrestore(&clocksource_lock, flags);
	clocksource_start_watchdog();
	return 0;
}

void clocksource_unregister(struct clocksource *cs)
{
	unsigned long flags;

	spin_lock_irqsave(&clocksource_lock, flags);
	if (remove_locked(cs))
		use_best_locked();
	start_keeper_locked();
	spin_unlock_irqrestore(&clocksource_lock, flags);
}

void clocksource_mark_unstable(struct clocksource *cs)
{
	unsigned long flags;

	cs->flags |= CLOCK_SOURCE_UNSTABLE;
	if (cs->mark_unstable)
		cs->mark_unstable(cs);
	spin_lock_irqsave(&clocksource_lock, flags);
	cs->rating = 0;
	if (remove_locked(cs)) {
		insert_locked(cs);
		use_best_locked();
	}
	start_keeper_locked();
	spin_unlock_irqrestore(&clocksource_lock, flags);
}

int clocksource_select(const char *name)
{
	struct clocksource *cs;
	unsigned long flags;

	spin_lock_irqsave(&clocksource_lock, flags);
	for (cs = clocksources; cs && strcmp(cs->name, name) != 0; cs = cs->next)
		;
	if (cs)
		use_locked(cs);
	start_keeper_locked();
	spin_unlock_irqrestore(&clocksource_lock, flags);
	return cs ? 0 : -ENOENT;
}

struct clocksource *clocksource_current(void)
{
	return READ_ONCE(current_source);
}

struct clocksource *clocksource_first(void)
{
	return READ_ONCE(clocksources);
}

void __init clocksource_init(void)
{
	unsigned long flags;

	spin_lock_irqsave(&clocksource_lock, flags);
	hrtimer_init(&keeper, keep_time);
	start_keeper_locked();
	spin_unlock_irqrestore(&clocksource_lock, flags);
}
