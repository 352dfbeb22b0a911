// SPDX-License-Identifier: MIT
/*
 * The trees of timers, and the interrupt that serves them.
 *
 *   base      a CPU's tree, its first timer, and what its device was asked for (next_event)
 *   first     the timer with the lowest `latest`: what the device has to strike for
 *
 * The interrupt runs timers in the order of `latest` until it comes to one that has not
 * expired; then it asks the device for that one.  If meanwhile its time has come it goes on,
 * and if that happens again and again, because timers restart themselves faster than they
 * can be served, it leaves as much time to others as it has taken: a hang, which is counted.
 *
 * next_event is never later than the first timer's time, but it may be earlier, after a
 * cancellation; while the interrupt runs, which will ask at its end, it is 0.  So what starts and cancels one timer after the other, as a timeout that
 * never comes does, hardly ever writes to the device.
 *
 * A timer is on the tree of the CPU that started it last.  It moves there under no lock:
 * taken off one tree, it is between the two with base NULL, and who wants it waits for the
 * other end.  A timer whose function runs does not move, so that its base tells where.
 */
#include "kernel/time/hrtimer.h"

#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/time.h"

#define MAX_RETRIES 3
#define MAX_RUNS    256			  /* between two looks at the clock */
#define MAX_HANG_NS (100 * NSEC_PER_MSEC) /* others get no more than that at a time */

struct hrtimer_cpu_base {
	spinlock_t lock; /* all of it, and each timer whose base it is */
	unsigned int cpu;
	struct tree_root tree;
	struct hrtimer *first, *running;
	struct hrtimer_stats stats;
};
static DEFINE_PER_CPU(struct hrtimer_cpu_base, bases);

static struct hrtimer_cpu_base *this_base(void)
{
	return &per_cpu(bases, raw_smp_processor_id());
}

static struct hrtimer *timer_of(struct tree_node *node)
{
	return node ? tree_entry(node, struct hrtimer, node) : NULL;
}

static u64 add_saturated(u64 a, u64 b)
{
	u64 sum = a + b;

	return likely((a | b | sum) <= KTIME_MAX) ? sum : KTIME_MAX;
}

/* The base whose timer it is, locked; interrupts are off. */
static struct hrtimer_cpu_base *lock_base(struct hrtimer *timer)
{
	struct hrtimer_cpu_base *base;

	for (;; cpu_relax()) {
		base = READ_ONCE(timer->base);
		if (!base)
			continue;
		spin_acquire(&base->lock);
		if (likely(base == timer->base))
			return base;
		spin_release(&base->lock);
	}
}

static void enqueue_locked(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	struct tree_node **link = &base->tree.node, *parent = NULL;
	bool first = true;

	lockdep_assert_held(&base->lock);
	while (*link) {
		parent = *link;
		if (timer->latest < timer_of(parent)->latest) {
			link = &parent->left;
		} else {
			link = &parent->right;
			first = false;
		}
	}
	tree_link(&timer->node, parent, link);
	tree_insert(&timer->node, &base->tree);
	timer->queued = true;
	if (first)
		base->first = timer;
}

static void dequeue_locked(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	lockdep_assert_held(&base->lock);
	if (base->first == timer)
		base->first = timer_of(tree_next(&timer->node));
	tree_erase(&timer->node, &base->tree);
	timer->queued = false;
}

/*
 * This CPU's device strikes at `when`, or soon where that has passed.  One that failed is tried
 * again by the next start.
 */
static void program_locked(struct hrtimer_cpu_base *base, u64 when)
{
	lockdep_assert_held(&base->lock);
	base->stats.next_event = clockevents_program_event(when, true) ? KTIME_MAX : when;
}

/* From `base` to this CPU's, which is locked in its place. */
static struct hrtimer_cpu_base *switch_base(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	struct hrtimer_cpu_base *here;

	if (likely(base->cpu == raw_smp_processor_id()) || base->running == timer)
		return base;
	here = this_base();
	WRITE_ONCE(timer->base, NULL);
	spin_release(&base->lock);
	spin_acquire(&here->lock);
	WRITE_ONCE(timer->base, here);
	return here;
}

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	*timer = (struct hrtimer){ .function = function, .base = this_base() };
}

void hrtimer_start_range_ns(struct hrtimer *timer, u64 wanted, u64 slack, enum hrtimer_mode mode)
{
	u64 expires = mode == HRTIMER_MODE_REL ? ktime_get() + wanted : wanted;
	u64 latest = expires + slack;
	struct hrtimer_cpu_base *base;
	unsigned long flags;

	if (unlikely((wanted | slack | expires | latest) > KTIME_MAX)) {
		latest = KTIME_MAX;
		expires = (wanted | expires) > KTIME_MAX ? KTIME_MAX : expires;
	}
	flags = local_irq_save();
	base = lock_base(timer);
	if (timer->queued)
		dequeue_locked(base, timer);
	base = switch_base(base, timer);
	timer->expires = expires;
	timer->latest = latest;
	enqueue_locked(base, timer);
	/* Never another CPU's device: its base is here only while its interrupt runs the timer. */
	if (latest < base->stats.next_event)
		program_locked(base, latest);
	spin_release(&base->lock);
	local_irq_restore(flags);
}

#define RUNS_ELSEWHERE (-1)
#define RUNS_HERE      (-2) /* interrupts do not nest: the caller is the function, or below it */

static __always_inline int try_to_cancel(struct hrtimer *timer)
{
	unsigned long flags = local_irq_save();
	struct hrtimer_cpu_base *base = lock_base(timer);
	int ret = 0;

	if (base->running == timer) {
		ret = base->cpu == raw_smp_processor_id() ? RUNS_HERE : RUNS_ELSEWHERE;
	} else if (timer->queued) {
		dequeue_locked(base, timer);
		ret = 1;
	}
	spin_release(&base->lock);
	local_irq_restore(flags);
	return ret;
}

int hrtimer_try_to_cancel(struct hrtimer *timer)
{
	return max(try_to_cancel(timer), RUNS_ELSEWHERE);
}

int hrtimer_cancel(struct hrtimer *timer)
{
	int ret;

	while ((ret = try_to_cancel(timer)) < 0) {
		BUG_ON(ret == RUNS_HERE);
		cpu_relax();
	}
	return ret;
}

bool hrtimer_active(const struct hrtimer *timer)
{
	const struct hrtimer_cpu_base *base = READ_ONCE(timer->base);

	return !base || READ_ONCE(timer->queued) || READ_ONCE(base->running) == timer;
}

u64 hrtimer_forward(struct hrtimer *timer, u64 now, u64 interval)
{
	u64 slack = timer->latest - timer->expires, n;

	if (now < timer->expires)
		return 0;
	n = (now - timer->expires) / interval + 1;
	timer->expires = add_saturated(timer->expires, n * interval);
	timer->latest = add_saturated(timer->expires, slack);
	return n;
}

/* ---------------------------------------------------------------- the interrupt */

static void run_locked(struct hrtimer_cpu_base *base, struct hrtimer *timer)
{
	enum hrtimer_restart restart;

	lockdep_assert_held(&base->lock);
	dequeue_locked(base, timer);
	base->running = timer;
	spin_release(&base->lock);
	restart = timer->function(timer);
	spin_acquire(&base->lock);
	/* It may have been started meanwhile, by itself or by another CPU: that counts. */
	if (restart == HRTIMER_RESTART && !timer->queued)
		enqueue_locked(base, timer);
	base->running = NULL;
}

static void run_expired_locked(struct hrtimer_cpu_base *base, u64 now)
{
	lockdep_assert_held(&base->lock);
	for (unsigned int i = 0; i < MAX_RUNS && base->first && base->first->expires <= now; i++)
		run_locked(base, base->first);
}

/* Ask the device for the first timer; false where its time has come. */
static bool set_next_locked(struct hrtimer_cpu_base *base)
{
	lockdep_assert_held(&base->lock);
	base->stats.next_event = base->first ? base->first->latest : KTIME_MAX;
	return clockevents_program_event(base->stats.next_event, false) == 0;
}

/* The timers have had all of the CPU since `begin`: others get as much. */
static void yield_locked(struct hrtimer_cpu_base *base, u64 begin, u64 now)
{
	u64 spent = now - begin;

	lockdep_assert_held(&base->lock);
	base->stats.hangs++;
	base->stats.max_hang_ns = max(base->stats.max_hang_ns, spent);
	program_locked(base, now + min(spent, MAX_HANG_NS));
}

static void hrtimer_interrupt(struct clock_event_device *dev)
{
	struct hrtimer_cpu_base *base = this_base();
	u64 begin = ktime_get(), now = begin;
	unsigned int retries = 0;

	(void)dev;
	spin_acquire(&base->lock);
	base->stats.events++;
	base->stats.next_event = 0; /* who starts a timer leaves the device to us */
	for (;;) {
		run_expired_locked(base, now);
		if (set_next_locked(base))
			break;
		base->stats.retries++;
		now = ktime_get();
		if (++retries == MAX_RETRIES) {
			yield_locked(base, begin, now);
			break;
		}
	}
	spin_release(&base->lock);
}

bool hrtimer_poll(void)
{
	if (likely(clockevents_device(raw_smp_processor_id())))
		return false;
	hrtimer_interrupt(NULL);
	return true;
}

void __init hrtimers_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
	{
		struct hrtimer_cpu_base *base = &per_cpu(bases, cpu);

		spin_lock_init(&base->lock);
		base->cpu = cpu;
		base->stats.next_event = KTIME_MAX;
	}
	clockevents_set_handler(hrtimer_interrupt);
}

void hrtimer_get_stats(unsigned int cpu, struct hrtimer_stats *stats)
{
	struct hrtimer_cpu_base *base = &per_cpu(bases, cpu);
	unsigned long flags;

	spin_lock_irqsave(&base->lock, flags);
	*stats = base->stats;
	spin_unlock_irqrestore(&base->lock, flags);
}

bool hrtimer_nth(unsigned int cpu, unsigned int n, struct hrtimer *copy)
{
	struct hrtimer_cpu_base *base = &per_cpu(bases, cpu);
	struct tree_node *node;
	unsigned long flags;

	spin_lock_irqsave(&base->lock, flags);
	node = base->first ? &base->first->node : NULL;
	while (node && n--)
		node = tree_next(node);
	if (node)
		*copy = *timer_of(node);
	spin_unlock_irqrestore(&base->lock, flags);
	return node;
}
