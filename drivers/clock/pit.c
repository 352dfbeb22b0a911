// SPDX-License-Identifier: MIT
/*
 * The 8254 programmable interval timer: 1193182 Hz, 16 bits, in every PC.
 *
 * Channel 2 is the clock of last resort.  It counts down in mode 0, which goes
 * on through 0 for ever; its output only feeds the speaker, which is off.
 * Channel 0, whose output is irq 0, is quieted: firmware leaves it striking, and
 * the HPET may be routed to the same pin.
 *
 * Ports 0x40-0x43 stand in the register as "timer0"; port 0x61 belongs to no
 * single device (ICH9 datasheet, 13.7.1) and, as in Linux, to nobody there.
 * pit_lock guards the latch and its two reads; it is a leaf.
 */
#include "drivers/clock/clock.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/port.h"
#include "kernel/time/clocksource.h"
#include "kernel/time/time.h"

#define PIT_HZ	     1193182
#define PIT_CHANNEL0 0x40
#define PIT_CHANNEL2 0x42
#define PIT_CONTROL  0x43
#define NMI_CONTROL  0x61
#define GATE2	     BIT(0) /* channel 2 counts */
#define SPEAKER	     BIT(1)
#define NMI_DISABLES 0x0c /* kept as firmware set them */

/* 8254 datasheet, control word: channel, low byte then high byte, mode. */
#define CHANNEL0_MODE0 0x30
#define CHANNEL2_MODE0 0xb0
#define LATCH_CHANNEL2 0xd8 /* read-back command: latch the count, not the status */

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

static void pit_program(u8 control, u16 port, u16 count)
{
	outb(control, PIT_CONTROL);
	outb((u8)count, port);
	outb((u8)(count >> 8), port);
}

void __init pit_init(void)
{
	u64 start;

	/* In mode 0 the output rises once, 55 ms from now, and stays: no more than one edge. */
	pit_program(CHANNEL0_MODE0, PIT_CHANNEL0, 0);
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
