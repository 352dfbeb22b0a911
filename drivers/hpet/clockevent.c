// SPDX-License-Identifier: MIT
/*
 * HPET comparators as clock event devices.
 *
 * Comparator 0 takes the PIT's place in legacy replacement (2.3.5.3): its interrupt goes to
 * irq 0, whatever the routes are, and the boot CPU has its first device.  Comparator 1 is wired
 * to irq 8 then, which is the RTC's, and stays off.  The others are each CPU's: fsb.c.
 *
 * One-shot: the comparator is set to a time, and a comparator strikes when the counter comes
 * to be equal to it.  Where the counter has passed before the write took effect, that is
 * after the counter has wrapped, minutes later: so the counter is looked at after the write,
 * and a distance that was too short is told as -ETIME.  All arithmetic is of the 32 low bits,
 * which every comparator has.
 */
#define pr_fmt(fmt) "hpet: " fmt
#include "drivers/hpet/regs.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/time.h"

#define TIMER_IRQ      0
#define RATING_LEGACY  50 /* Linux's */
#define RATING_FSB     110
/*
 * With less to go than that after the write, it may have come too late: chipsets are known
 * to take some time for it.  Linux's figures, and what it asks for at least.
 */
#define MIN_CYCLES     128
#define MIN_PROG_DELTA (MIN_CYCLES * 3 / 2)
#define PERIODIC_TRIES 8
#define MAX_DELTA      0x7fffffffU

static unsigned int number(const struct clock_event_device *dev)
{
	return (unsigned int)(unsigned long)dev->data;
}

void hpet_configure(unsigned int n, u32 clear, u32 set)
{
	hpet_writel((hpet_readl(HPET_Tn_CFG(n)) & ~clear) | set, HPET_Tn_CFG(n));
}

static void set_state_shutdown(struct clock_event_device *dev)
{
	hpet_configure(number(dev), HPET_TN_ENABLE, 0);
}

/* What the comparator holds may be near: far away, until a time is asked for. */
static void set_state_oneshot(struct clock_event_device *dev)
{
	hpet_configure(number(dev), HPET_TN_ENABLE | HPET_TN_PERIODIC | HPET_TN_LEVEL,
		       HPET_TN_32BIT);
	hpet_writel(hpet_readl(HPET_COUNTER) + MAX_DELTA, HPET_Tn_CMP(number(dev)));
	hpet_configure(number(dev), 0, HPET_TN_ENABLE);
}

/*
 * 2.3.9.2.2: with VAL_SET the first write goes to the comparator, the next to
 * the period.  Some parts take the second only after a pause.
 */
static void program_periodic(unsigned int n, u32 first, u32 period)
{
	hpet_configure(n, HPET_TN_ENABLE | HPET_TN_LEVEL,
		       HPET_TN_PERIODIC | HPET_TN_SETVAL | HPET_TN_32BIT);
	hpet_writel(first, HPET_Tn_CMP(n));
	udelay(1);
	hpet_writel(period, HPET_Tn_CMP(n));
	hpet_configure(n, 0, HPET_TN_ENABLE);
}

/* The next strike is not within `span` ticks: the counter was past it before the timer was on. */
static bool missed(unsigned int n, u32 span)
{
	u32 now = hpet_readl(HPET_COUNTER);

	return hpet_readl(HPET_Tn_CMP(n)) - now - 1 >= span;
}

/* With more lead each time, if need be. */
static void set_state_periodic(struct clock_event_device *dev)
{
	u32 period = (u32)clockevents_period_ticks(dev), lead = period;

	for (unsigned int i = 0; i < PERIODIC_TRIES && lead < MAX_DELTA; i++, lead *= 2) {
		program_periodic(number(dev), hpet_readl(HPET_COUNTER) + lead, period);
		if (!missed(number(dev), lead))
			return;
	}
}

static int set_next_event(u64 ticks, struct clock_event_device *dev)
{
	u32 time = hpet_readl(HPET_COUNTER) + (u32)ticks;

	hpet_writel(time, HPET_Tn_CMP(number(dev)));
	return (s32)(time - hpet_readl(HPET_COUNTER)) < MIN_CYCLES ? -ETIME : 0;
}

irqreturn_t hpet_event_interrupt(int irq, void *dev)
{
	(void)irq;
	clockevents_handle(dev);
	return IRQ_HANDLED;
}

static void init_clockevent(struct clock_event_device *dev, unsigned int n, const char *name,
			    int rating)
{
	u32 cfg = hpet_readl(HPET_Tn_CFG(n));

	*dev = (struct clock_event_device){
		.name = name,
		.rating = rating,
		.features = CLOCK_EVT_FEAT_ONESHOT |
			    (cfg & HPET_TN_PERIODIC_CAP ? CLOCK_EVT_FEAT_PERIODIC : 0),
		.data = (void *)(unsigned long)n,
		.set_next_event = set_next_event,
		.set_state_oneshot = set_state_oneshot,
		.set_state_periodic = set_state_periodic,
		.set_state_shutdown = set_state_shutdown,
	};
}

void hpet_register_clockevent(struct clock_event_device *dev, unsigned int n, const char *name)
{
	init_clockevent(dev, n, name, RATING_FSB);
	clockevents_config_and_register(dev, hpet_hz, MIN_PROG_DELTA, MAX_DELTA);
}

void __init hpet_clockevent_init(void)
{
	static struct clock_event_device dev;

	init_clockevent(&dev, 0, "hpet", RATING_LEGACY);
	if (!(hpet_readl(HPET_ID) & HPET_ID_LEGACY) || !irq_get_data(TIMER_IRQ) ||
	    request_irq(TIMER_IRQ, hpet_event_interrupt, IRQF_NOBALANCING, "timer", &dev))
		return;
	hpet_writel(hpet_readl(HPET_CFG) | HPET_CFG_LEGACY, HPET_CFG);
	if (clockevents_try_and_register(&dev, hpet_hz, MIN_PROG_DELTA, MAX_DELTA))
		return;
	pr_err("no interrupt arrives on irq %d\n", TIMER_IRQ);
	hpet_writel(hpet_readl(HPET_CFG) & ~HPET_CFG_LEGACY, HPET_CFG);
	free_irq(TIMER_IRQ, &dev);
}
