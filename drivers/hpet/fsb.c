// SPDX-License-Identifier: MIT
/*
 * Comparators that interrupt a CPU of their own: FSB delivery (2.3.9.5), which is a write to a
 * local APIC, as a PCI device's MSI is.
 *
 * Comparators from 3 on that can do it are given to CPUs in the order of both, one each, with a
 * rating above that of a local APIC's timer that may stop.  Comparator 2 is left for programs
 * (/dev/hpet), as on Linux.  Where CPUID says that it never
 * does, nobody would use them, and they are left alone, as on Linux.
 */
#define pr_fmt(fmt) "hpet: " fmt
#include "drivers/apic/apic.h"
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/cpumask.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clockevents.h"

#define FIRST_FSB_TIMER 3
#define NAME_SIZE	8 /* "hpet31" */

struct channel {
	unsigned int timer; /* 0: the CPU has none */
	char name[NAME_SIZE];
	struct clock_event_device dev;
};
static DEFINE_PER_CPU(struct channel, channels);

static void fsb_mask(struct irq_data *d)
{
	hpet_configure(d->hwirq, HPET_TN_FSB | HPET_TN_ENABLE, 0);
}

static void fsb_set_target(struct irq_data *d)
{
	u64 address;
	u32 data;

	msi_compose(d->cpu, d->vector, &address, &data);
	hpet_writel(data, HPET_Tn_FSB_DATA(d->hwirq));
	hpet_writel((u32)address, HPET_Tn_FSB_ADDR(d->hwirq));
}

static void fsb_unmask(struct irq_data *d)
{
	hpet_configure(d->hwirq, 0, HPET_TN_FSB);
}

static const struct irq_chip fsb_chip = {
	.name = "HPET-MSI",
	.irq_mask = fsb_mask,
	.irq_unmask = fsb_unmask,
	.irq_eoi = lapic_irq_eoi,
	.irq_set_target = fsb_set_target,
};

/* The next from `n` on that can be had, or hpet_nr_timers. */
static unsigned int __init next_timer(unsigned int n)
{
	while (n < hpet_nr_timers && !(hpet_readl(HPET_Tn_CFG(n)) & HPET_TN_FSB_CAP))
		n++;
	return n;
}

/* Its interrupt is that CPU's: false after a line. */
static bool __init give(unsigned int timer, unsigned int cpu)
{
	struct channel *ch = &per_cpu(channels, cpu);
	struct cpumask only = cpumask_of_cpu(cpu);
	int irq = irq_create(-1, &fsb_chip, NULL, timer, false);

	if (irq < 0)
		return false;
	scnprintf(ch->name, sizeof(ch->name), "hpet%u", timer);
	if (irq_set_affinity(irq, &only) ||
	    request_irq(irq, hpet_event_interrupt, IRQF_NOBALANCING, ch->name, &ch->dev)) {
		irq_destroy(irq);
		return false;
	}
	ch->timer = timer;
	hpet_used |= BIT(timer);
	return true;
}

static void register_this_cpus(void)
{
	struct channel *ch = &per_cpu(channels, smp_processor_id());

	if (ch->timer)
		hpet_register_clockevent(&ch->dev, ch->timer, ch->name);
}

static bool __init lapic_timer_never_stops(void)
{
	u32 a, b, c, d;

	cpuid(0, 0, &a, &b, &c, &d);
	if (a < 6)
		return false;
	cpuid(6, 0, &a, &b, &c, &d);
	return a & BIT(2); /* SDM 2A, CPUID: ARAT */
}

void __init hpet_fsb_init(void)
{
	unsigned int cpu, given = 0, timer;

	if (!hpet_available() || !lapic_available() || lapic_timer_never_stops())
		return;
	timer = next_timer(FIRST_FSB_TIMER);
	for_each_online_cpu(cpu)
	{
		if (timer >= hpet_nr_timers || !give(timer, cpu))
			break;
		given++;
		timer = next_timer(timer + 1);
	}
	if (!given)
		return;
	pr_info("%u channels of %u reserved for per-cpu timers\n", given, hpet_nr_timers);
	clockevents_add_driver(register_this_cpus);
}
