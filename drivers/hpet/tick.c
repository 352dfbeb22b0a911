// SPDX-License-Identifier: MIT
/*
 * One HPET timer striking periodically, through an IOAPIC pin.
 *
 * A timer's route mask names the GSIs that it can reach.  Tried first is the pin
 * of the old timer's irq 0, which the HPET replaces and nobody else uses; then
 * the others from the highest down.  The pin is edge triggered and active high.
 *
 * The irq and its handler stay after the first run; while no run is on, the
 * timer is disabled.  A periodic comparator moves on by itself with each strike
 * (2.3.9.2), so the handler knows its own interrupts by that, whoever else is
 * on the line.  Time is taken from the main counter, which bounds every wait.
 */
#define pr_fmt(fmt) "hpet: " fmt
#include "drivers/acpi/acpi.h"
#include "drivers/apic/apic.h"
#include "drivers/apic/ioapic.h"
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/errno.h"
#include "kernel/monitor.h"
#include "kernel/printk.h"
#include "kernel/spinlock.h"
#include "kernel/string.h"
#include "kernel/time.h"

#define SPINS	       1000 /* turns between two looks at the counter */
#define MAX_TICK_USEC  1000000
#define MAX_TICK_COUNT 1000

static struct {
	int irq; /* -1: not set up */
	u32 gsi;
	unsigned int timer;
	u32 comparator;	    /* written before a run, then by the handler alone */
	unsigned int count; /* written by the handler alone */
} tick = { .irq = -1 };

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
	return IRQ_HANDLED;
}

unsigned int hpet_tick_count(void)
{
	return READ_ONCE(tick.count);
}

/* Take that GSI's irq for the timer, if it can be had: 0 or a negative errno. */
static int take_pin(unsigned int timer, u32 gsi)
{
	const struct ioapic_pin *pin = ioapic_find_pin(gsi);
	int irq, ret;

	if (!pin || (pin->irq >= 0 && (pin->level || pin->active_low || pin->unmasked)))
		return -EBUSY;
	irq = gsi_to_irq(gsi, false, false);
	if (irq < 0)
		return irq;
	tick.timer = timer;
	tick.gsi = gsi;
	ret = request_irq(irq, tick_interrupt, IRQF_SHARED, "hpet", &tick);
	if (!ret)
		tick.irq = irq;
	return ret;
}

static int route_timer(unsigned int timer)
{
	u32 routes = hpet_readl(HPET_Tn_ROUTE(timer));
	u32 first = irq_routing.isa[0].gsi;

	if (first < 32 && (routes & BIT(first)) && take_pin(timer, first) == 0)
		return 0;
	for (u32 gsi = 32; gsi-- > 0;)
		if (gsi != first && (routes & BIT(gsi)) && take_pin(timer, gsi) == 0)
			return 0;
	return -ENODEV;
}

static int setup_tick(void)
{
	if (!hpet_available())
		return -ENODEV;
	for (unsigned int n = 0; n < hpet_nr_timers && tick.irq < 0; n++)
		if (hpet_readl(HPET_Tn_CFG(n)) & HPET_TN_PERIODIC_CAP)
			route_timer(n);
	return tick.irq < 0 ? -ENODEV : 0;
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

/*
 * 2.3.9.2.2: with VAL_SET the first write goes to the comparator, the next to
 * the period.  Some parts take the second only after a pause.
 */
static void start_timer(u32 period)
{
	u32 cfg = base_cfg() | HPET_TN_PERIODIC;

	hpet_writel(cfg | HPET_TN_SETVAL, HPET_Tn_CFG(tick.timer));
	tick.comparator = hpet_readl(HPET_COUNTER) + period;
	hpet_writel(tick.comparator, HPET_Tn_CMP(tick.timer));
	udelay(1);
	hpet_writel(period, HPET_Tn_CMP(tick.timer));
	hpet_writel(cfg | HPET_TN_ENABLE, HPET_Tn_CFG(tick.timer));
}

static void stop_timer(void)
{
	hpet_writel(base_cfg(), HPET_Tn_CFG(tick.timer));
	hpet_writel(BIT(tick.timer), HPET_STATUS);
}

/*
 * A hlt would never end if the interrupt did not come, so the count is polled;
 * the counter, which bounds that, is asked only now and then, because each look
 * at a device holds up an emulator that is about to deliver the interrupt.
 */
static void wait_a_little(unsigned int wanted)
{
	for (unsigned int i = 0; i < SPINS && hpet_tick_count() != wanted; i++)
		cpu_relax();
}

int hpet_tick_run(unsigned int usec, unsigned int count, unsigned int patience_usec,
		  struct hpet_tick_result *result)
{
	unsigned int before;
	u32 start, limit;
	u64 period;

	*result = (struct hpet_tick_result){ .irq = -1 };
	if (usec == 0 || usec > MAX_TICK_USEC || count == 0 || count > MAX_TICK_COUNT ||
	    patience_usec > HPET_PATIENCE_USEC)
		return -EINVAL;
	if (tick.irq < 0 && setup_tick())
		return -ENODEV;
	period = usec_to_ticks(usec);
	/* All differences are 32 bits wide: no run may be longer than half of that. */
	if (period == 0 || period * count + usec_to_ticks(patience_usec) > 0x7fffffff)
		return -EINVAL;
	limit = (u32)(period * count + usec_to_ticks(patience_usec));
	before = hpet_tick_count();
	start = hpet_readl(HPET_COUNTER);
	start_timer((u32)period);
	while (hpet_tick_count() - before < count && hpet_readl(HPET_COUNTER) - start < limit)
		wait_a_little(before + count);
	result->usec = (u64)(hpet_readl(HPET_COUNTER) - start) * hpet_period_fs() / 1000000000;
	stop_timer();
	result->count = hpet_tick_count() - before;
	result->irq = tick.irq;
	result->gsi = tick.gsi;
	result->pin = irq_get_data(tick.irq)->hwirq;
	return result->count >= count ? 0 : -ETIMEDOUT;
}

static void show_timer(unsigned int n)
{
	u32 cfg = hpet_readl(HPET_Tn_CFG(n));

	cprintf("timer %u: config %08x comparator %08x routes %08x%s%s%s%s, pin %u, %s%s%s%s\n", n,
		cfg, hpet_readl(HPET_Tn_CMP(n)), hpet_readl(HPET_Tn_ROUTE(n)),
		cfg & HPET_TN_PERIODIC_CAP ? " periodic-capable" : "",
		cfg & HPET_TN_64BIT_CAP ? " 64-bit" : "",
		cfg & HPET_TN_FSB_CAP ? " MSI-capable" : "", cfg & HPET_TN_FSB ? " MSI" : "",
		(cfg & HPET_TN_ROUTE_MASK) >> HPET_TN_ROUTE_SHIFT,
		cfg & HPET_TN_LEVEL ? "level" : "edge", cfg & HPET_TN_PERIODIC ? ", periodic" : "",
		cfg & HPET_TN_32BIT ? ", 32-bit mode" : "",
		cfg & HPET_TN_ENABLE ? ", enabled" : ", disabled");
}

static void show_registers(void)
{
	u32 id = hpet_readl(HPET_ID), cfg = hpet_readl(HPET_CFG);

	cprintf("id %08x: vendor %04x revision %02x, %u timers, %s counter%s\n", id, id >> 16,
		id & HPET_ID_REV_MASK, hpet_nr_timers, id & HPET_ID_64BIT ? "64-bit" : "32-bit",
		id & HPET_ID_LEGACY ? ", legacy replacement" : "");
	cprintf("period %u fs, config %08x: %s%s, status %08x\n", hpet_period_fs(), cfg,
		cfg & HPET_CFG_ENABLE ? "counting" : "halted",
		cfg & HPET_CFG_LEGACY ? ", legacy replacement on" : "", hpet_readl(HPET_STATUS));
	cprintf("counter %016llx\n", (unsigned long long)hpet_read_counter());
	for (unsigned int n = 0; n < hpet_nr_timers; n++)
		show_timer(n);
	if (tick.irq >= 0)
		cprintf("timer %u strikes on GSI %u, irq %d: %u interrupts\n", tick.timer, tick.gsi,
			tick.irq, hpet_tick_count());
}

static int run_from_monitor(int argc, char **argv)
{
	struct hpet_tick_result r;
	u64 usec = 1000, count = 10;
	int ret;

	if (argc > 4 || (argc > 2 && kstrtoull(argv[2], 0, &usec)) ||
	    (argc > 3 && kstrtoull(argv[3], 0, &count)) || usec > MAX_TICK_USEC ||
	    count > MAX_TICK_COUNT)
		return -EINVAL;
	ret = hpet_tick_run((unsigned int)usec, (unsigned int)count, HPET_PATIENCE_USEC, &r);
	if (ret == -EINVAL)
		return ret;
	if (ret == -ENODEV)
		cprintf("no periodic timer can be routed\n");
	else
		cprintf("%u interrupts in %llu us on IOAPIC pin %u, irq %d\n", r.count,
			(unsigned long long)r.usec, r.pin, r.irq);
	return ret;
}

static int cmd_hpet(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "tick") != 0)
		return -EINVAL;
	if (!hpet_available()) {
		cprintf("no HPET is in use\n");
		return argc > 1 ? -ENODEV : 0;
	}
	if (argc > 1)
		return run_from_monitor(argc, argv);
	show_registers();
	return 0;
}
MONITOR_COMMAND(hpet, "[tick [USEC [COUNT]]]", "the HPET's registers, or its periodic interrupt",
		cmd_hpet);
