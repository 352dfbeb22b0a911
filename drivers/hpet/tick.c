// SPDX-License-Identifier: MIT
/*
 * One HPET timer striking periodically, through an IOAPIC pin.
 *
 * A timer's route mask names the GSIs that it can reach.  Tried first is the pin
 * of the old timer's irq 0, which the HPET replaces and nobody else uses; then
 * the others from the highest down, the RTC's last, whose edges KVM merges.  The
 * pin is edge triggered and active high.
 * The mask may promise what is not wired (KVM's own IOAPIC gets nothing on that
 * first pin), so a pin is kept only after a trial on which strikes arrived.
 *
 * The handler ends a run: the strike that was the last one wanted stops the timer.
 * So a period that is shorter than a strike takes to serve, which leaves no time to
 * whoever waits for the count, is over all the same after as many strikes.
 *
 * The irq and its handler stay after the first run where it is an ISA irq; any
 * other pin may be one that PCI devices share as level, and is held only while a
 * run is on.  Between runs the timer is disabled.  A periodic comparator moves on
 * by itself with each strike (2.3.9.2), so the handler tells strikes from the
 * line's other edges by that.  It cannot tell an edge of another's that comes just
 * after a strike which was not delivered: that is why a trial asks for more strikes
 * than the PIT, which drivers/clock/pit.c has left with one edge to give, can be
 * taken for.
 *
 * Time is taken from the main counter, which bounds every wait.
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/ioapic.h"
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/spinlock.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/time/time.h"

#define SPINS	       1000 /* turns between two looks at the counter */
#define MAX_TICK_USEC  1000000
#define MAX_TICK_COUNT 1000
#define TRIAL_STRIKES  2
#define TRIAL_USEC     20 /* short, for a trial is one at every boot */
#define RTC_IRQ	       8
#define LEAST_USEC     6000U /* of patience with a pin, for a slow virtual machine */
#define START_TRIES    12
#define MAX_LEAD       0x10000000U /* differences are 32 bits wide, with a sign */

static struct {
	int irq;       /* -1: not set up */
	bool made_irq; /* it was no irq before we asked for it */
	bool known;    /* timer and gsi have delivered */
	bool gave_up;  /* no pin delivers, however long one waits */
	u32 gsi;
	unsigned int timer;
	u32 comparator;	    /* written before a run, then by the handler alone */
	unsigned int count; /* written by the handler alone */
	unsigned int until; /* the count at which a run is over */
	bool (*stop)(void); /* a person has enough of it; no matter for a trial of pins */
} tick = { .irq = -1 };

void hpet_tick_set_stop(bool (*stop)(void))
{
	tick.stop = stop;
}

unsigned int hpet_tick_count(void)
{
	return READ_ONCE(tick.count);
}

static bool run_is_on(void)
{
	return (s32)(tick.until - hpet_tick_count()) > 0;
}

/* Ticks of the main counter; usec is at most a second, so the product fits. */
static u64 usec_to_ticks(u64 usec)
{
	return usec * 1000000000ULL / hpet_period_fs();
}

static u32 base_cfg(void)
{
	u32 cfg = hpet_readl(HPET_Tn_CFG(tick.timer));

	cfg &= ~(HPET_TN_ENABLE | HPET_TN_LEVEL | HPET_TN_PERIODIC | HPET_TN_SETVAL | HPET_TN_FSB |
		 HPET_TN_ROUTE_MASK);
	cfg |= tick.gsi << HPET_TN_ROUTE_SHIFT;
	/* A 64-bit comparator cannot be written in one access; 32 bits are plenty. */
	return cfg & HPET_TN_64BIT_CAP ? cfg | HPET_TN_32BIT : cfg;
}

static void stop_timer(void)
{
	hpet_writel(base_cfg(), HPET_Tn_CFG(tick.timer));
	hpet_writel(BIT(tick.timer), HPET_STATUS);
}

static irqreturn_t tick_interrupt(int irq, void *dev_id)
{
	u32 comparator = hpet_readl(HPET_Tn_CMP(tick.timer));

	(void)irq;
	(void)dev_id;
	if (comparator == tick.comparator ||
	    !(hpet_readl(HPET_Tn_CFG(tick.timer)) & HPET_TN_ENABLE))
		return IRQ_NONE;
	tick.comparator = comparator;
	WRITE_ONCE(tick.count, tick.count + 1);
	if (!run_is_on())
		stop_timer();
	return IRQ_HANDLED;
}

/*
 * 2.3.9.2.2: with VAL_SET the first write goes to the comparator, the next to
 * the period.  Some parts take the second only after a pause.
 */
static void program_timer(u32 first, u32 period)
{
	u32 cfg = base_cfg() | HPET_TN_PERIODIC;

	hpet_writel(cfg | HPET_TN_SETVAL, HPET_Tn_CFG(tick.timer));
	tick.comparator = first;
	hpet_writel(first, HPET_Tn_CMP(tick.timer));
	udelay(1);
	hpet_writel(period, HPET_Tn_CMP(tick.timer));
	hpet_writel(cfg | HPET_TN_ENABLE, HPET_Tn_CFG(tick.timer));
}

/*
 * The next strike is not within `span` ticks: the counter was past the comparator
 * before the timer was on, which may take minutes, till it wraps; or it came
 * there between the two writes, and the comparator has moved on by the first.
 */
static bool missed(u32 span)
{
	u32 now = hpet_readl(HPET_COUNTER);

	return hpet_readl(HPET_Tn_CMP(tick.timer)) - now - 1 >= span;
}

/* With more lead each time, if need be. */
static void start_timer(u32 period)
{
	unsigned int before = hpet_tick_count();
	u32 lead = period;

	for (unsigned int i = 0; i < START_TRIES; i++) {
		program_timer(hpet_readl(HPET_COUNTER) + lead, period);
		if (!missed(lead) || hpet_tick_count() != before || lead > MAX_LEAD)
			return;
		lead *= 2;
	}
}

/*
 * A hlt would never end if the interrupt did not come, so the count is polled;
 * the counter, which bounds that, is asked only now and then, because each look
 * at a device holds up an emulator that is about to deliver the interrupt.
 */
static void wait_a_little(void)
{
	for (unsigned int i = 0; i < SPINS && run_is_on(); i++)
		cpu_relax();
}

/* Let the timer strike until `count` interrupts came or `limit` ticks are over. */
static int run_timer(u32 period, unsigned int count, u32 limit, struct hpet_tick_result *result)
{
	unsigned int before = hpet_tick_count();
	u32 start = hpet_readl(HPET_COUNTER);

	WRITE_ONCE(tick.until, before + count);
	start_timer(period);
	while (run_is_on() && hpet_readl(HPET_COUNTER) - start < limit &&
	       !(tick.stop && tick.known && tick.stop()))
		wait_a_little();
	result->usec = (u64)(hpet_readl(HPET_COUNTER) - start) * hpet_period_fs() / 1000000000;
	stop_timer();
	result->count = hpet_tick_count() - before;
	result->irq = tick.irq;
	result->gsi = tick.gsi;
	result->pin = irq_get_data(tick.irq)->hwirq;
	return result->count >= count ? 0 : -ETIMEDOUT;
}

/* ---------------------------------------------------------------- which pin */

/* Take that GSI's irq for the timer, if it can be had: 0 or a negative errno. */
static int take_pin(unsigned int timer, u32 gsi)
{
	const struct ioapic_pin *pin = ioapic_find_pin(gsi);
	int irq, ret;

	if (!pin || (pin->irq >= 0 && (pin->level || pin->active_low || pin->unmasked)))
		return -EBUSY;
	tick.made_irq = pin->irq < 0;
	irq = gsi_to_irq(gsi, false, false);
	if (irq < 0)
		return irq;
	tick.timer = timer;
	tick.gsi = gsi;
	ret = request_irq(irq, tick_interrupt, IRQF_SHARED, "hpet", &tick);
	if (!ret)
		tick.irq = irq;
	else if (tick.made_irq)
		gsi_free_irq(gsi);
	return ret;
}

static void drop_pin(void)
{
	if (tick.irq < 0)
		return;
	free_irq(tick.irq, &tick);
	if (tick.made_irq)
		gsi_free_irq(tick.gsi);
	tick.irq = -1;
}

void hpet_tick_release(void)
{
	drop_pin();
	tick.known = tick.gave_up = false;
}

static u32 routes_of(unsigned int timer)
{
	if (!(hpet_readl(HPET_Tn_CFG(timer)) & HPET_TN_PERIODIC_CAP))
		return 0;
	return hpet_readl(HPET_Tn_ROUTE(timer));
}

/* Keep the pin if strikes arrive on it within `usec`. */
static bool try_gsi(u32 gsi, unsigned int usec)
{
	struct hpet_tick_result r;
	unsigned int timer = 0;

	while (timer < hpet_nr_timers && !(routes_of(timer) & BIT(gsi)))
		timer++;
	if (timer == hpet_nr_timers || take_pin(timer, gsi))
		return false;
	tick.known = run_timer((u32)usec_to_ticks(TRIAL_USEC), TRIAL_STRIKES,
			       (u32)usec_to_ticks(usec), &r) == 0;
	if (!tick.known)
		drop_pin();
	return tick.known;
}

/* Find a pin that delivers, in `patience_usec` or a little more; half of it is the first one's. */
static int setup_tick(unsigned int patience_usec)
{
	u32 first = irq_routing.isa[0].gsi, routes = 0;
	unsigned int others = 0;

	if (tick.irq >= 0 || (tick.known && take_pin(tick.timer, tick.gsi) == 0))
		return 0;
	if (tick.gave_up)
		return -ENODEV;
	for (unsigned int n = 0; n < hpet_nr_timers; n++)
		routes |= routes_of(n);
	if (first < 32 && try_gsi(first, patience_usec / 2))
		return 0;
	for (u32 gsi = 0; gsi < 32; gsi++)
		others += !!(routes & BIT(gsi));
	for (u32 i = 0; i < 32; i++) {
		u32 gsi = (RTC_IRQ - 1 - i) % 32; /* 7 to 0, 31 to 8 */

		if (gsi != first && (routes & BIT(gsi)) &&
		    try_gsi(gsi, max(patience_usec / 2 / others, LEAST_USEC)))
			return 0;
	}
	tick.gave_up = patience_usec == HPET_PATIENCE_USEC;
	return -ENODEV;
}

int hpet_tick_run(u64 usec, u64 count, unsigned int patience_usec, struct hpet_tick_result *result)
{
	u64 period, limit;
	int ret;

	*result = (struct hpet_tick_result){ .irq = -1 };
	if (usec == 0 || usec > MAX_TICK_USEC || count == 0 || count > MAX_TICK_COUNT ||
	    patience_usec > HPET_PATIENCE_USEC)
		return -EINVAL;
	if (!hpet_available())
		return -ENODEV;
	period = usec_to_ticks(usec);
	limit = period * count + usec_to_ticks(patience_usec);
	/* All differences are 32 bits wide: no run may be longer than half of that. */
	if (period == 0 || limit > 0x7fffffff)
		return -EINVAL;
	if (setup_tick(patience_usec))
		return -ENODEV;
	ret = run_timer((u32)period, (unsigned int)count, (u32)limit, result);
	if (tick.made_irq)
		drop_pin();
	return ret;
}
