// SPDX-License-Identifier: MIT
/*
 * The 8254 programmable interval timer: 1193182 Hz, 16 bits, in every PC.
 *
 * Channel 2 is the clock of last resort.  It counts down in mode 0, which goes
 * on through 0 for ever; its output only feeds the speaker, which is off.
 * Channel 0, whose output is irq 0, is quieted: firmware leaves it striking.  Where no
 * HPET has taken irq 0 it is the boot CPU's first clock event device: mode 4 strikes once
 * when the count that was written is over, mode 2 each time.
 *
 * Ports 0x40-0x43 stand in the register as "timer0"; port 0x61 belongs to no
 * single device (ICH9 datasheet, 13.7.1) and, as in Linux, to nobody there.
 * pit_lock guards the control word and what follows it; it is a leaf.
 */
#include "drivers/clock/clock.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/irq.h"
#include "kernel/time/clockevents.h"
#include "kernel/time/clocksource.h"

#define PIT_HZ	     1193182
#define PIT_CHANNEL0 0x40
#define PIT_CHANNEL2 0x42
#define PIT_CONTROL  0x43
#define NMI_CONTROL  0x61
#define GATE2	     BIT(0) /* channel 2 counts */
#define NMI_DISABLES 0x0c   /* kept as firmware set them */

/* 8254 datasheet, control word: channel, low byte then high byte, mode. */
#define CHANNEL0_MODE0 0x30
#define CHANNEL0_MODE2 0x34
#define CHANNEL0_MODE4 0x38
#define CHANNEL2_MODE0 0xb0
#define LATCH_CHANNEL2 0xd8 /* read-back command: latch the count, not the status */

#define TIMER_IRQ 0
#define MIN_TICKS 0xf /* Linux's bounds */
#define MAX_TICKS 0x7fff

#define COUNT_ATTEMPTS 10000 /* reads within which a working counter has moved */

static DEFINE_SPINLOCK(pit_lock);

static u64 pit_read(struct clocksource *cs)
{
	unsigned long flags;
	u16 count;

	(void)cs;
	spin_lock_irqsave(&pit_lock, flags);
	outb(LATCH_CHANNEL2, PIT_CONTROL);
	count = inb(PIT_CHANNEL2);
	count |= (u16)(inb(PIT_CHANNEL2) << 8);
	spin_unlock_irqrestore(&pit_lock, flags);
	return (u16)-count; /* it counts down */
}

static struct clocksource clocksource_pit = {
	.name = "pit",
	.rating = 110,
	.mask = 0xffff,
	.hz = PIT_HZ,
	.read = pit_read,
};

static void write_count(u16 port, u16 count)
{
	outb((u8)count, port);
	outb((u8)(count >> 8), port);
}

static void pit_program(u8 control, u16 port, u16 count)
{
	unsigned long flags;

	spin_lock_irqsave(&pit_lock, flags);
	outb(control, PIT_CONTROL);
	write_count(port, count);
	spin_unlock_irqrestore(&pit_lock, flags);
}

/* ---------------------------------------------------------------- channel 0 */

/*
 * In mode 0 the output rises once, 55 ms from now, and stays: no more than one edge.  Nor
 * that one where the count stops until it is written anew, as the datasheet has it; KVM's and
 * QEMU's need the count to take the mode.
 */
static void pit_shutdown(struct clock_event_device *dev)
{
	unsigned long flags;

	(void)dev;
	pit_program(CHANNEL0_MODE0, PIT_CHANNEL0, 0);
	spin_lock_irqsave(&pit_lock, flags);
	outb(CHANNEL0_MODE0, PIT_CONTROL);
	spin_unlock_irqrestore(&pit_lock, flags);
}

/* Off first: KVM's goes on in the old mode until a count is written. */
static void pit_set_oneshot(struct clock_event_device *dev)
{
	unsigned long flags;

	pit_shutdown(dev);
	spin_lock_irqsave(&pit_lock, flags);
	outb(CHANNEL0_MODE4, PIT_CONTROL);
	spin_unlock_irqrestore(&pit_lock, flags);
}

static void pit_set_periodic(struct clock_event_device *dev)
{
	pit_program(CHANNEL0_MODE2, PIT_CHANNEL0, (u16)clockevents_period_ticks(dev));
}

static int pit_next_event(u64 ticks, struct clock_event_device *dev)
{
	unsigned long flags;

	(void)dev;
	spin_lock_irqsave(&pit_lock, flags);
	write_count(PIT_CHANNEL0, (u16)ticks);
	spin_unlock_irqrestore(&pit_lock, flags);
	return 0;
}

static struct clock_event_device pit_clockevent = {
	.name = "pit",
	.features = CLOCK_EVT_FEAT_ONESHOT | CLOCK_EVT_FEAT_PERIODIC,
	.set_next_event = pit_next_event,
	.set_state_oneshot = pit_set_oneshot,
	.set_state_periodic = pit_set_periodic,
	.set_state_shutdown = pit_shutdown,
};

static irqreturn_t timer_interrupt(int irq, void *dev)
{
	(void)irq;
	clockevents_handle(dev);
	return IRQ_HANDLED;
}

void __init pit_clockevent_init(void)
{
	if (clockevents_device(raw_smp_processor_id()) || !irq_get_data(TIMER_IRQ) ||
	    request_irq(TIMER_IRQ, timer_interrupt, IRQF_NOBALANCING, "timer", &pit_clockevent))
		return;
	if (clockevents_try_and_register(&pit_clockevent, PIT_HZ, MIN_TICKS, MAX_TICKS))
		return;
	pr_err("..MP-BIOS bug: 8254 timer not connected to IO-APIC\n");
	free_irq(TIMER_IRQ, &pit_clockevent);
}

/* ---------------------------------------------------------------- channel 2 */

void __init pit_init(void)
{
	u64 start;

	pit_shutdown(NULL);
	outb((inb(NMI_CONTROL) & NMI_DISABLES) | GATE2, NMI_CONTROL);
	pit_program(CHANNEL2_MODE0, PIT_CHANNEL2, 0);

	start = pit_read(NULL);
	for (unsigned int i = 0; i < COUNT_ATTEMPTS; i++) {
		if (pit_read(NULL) == start)
			continue;
		clocksource_register(&clocksource_pit);
		return;
	}
	pr_warn("pit: channel 2 does not count\n");
}
