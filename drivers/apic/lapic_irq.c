// SPDX-License-Identifier: MIT
/*
 * What the interrupt core and the chips want of a CPU's local APIC: interrupts are ended, one
 * that waits is known, and errors are said (SDM 3A, chapter 11).
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"

static void lapic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

void lapic_irq_eoi(struct irq_data *d)
{
	(void)d;
	lapic_eoi();
}

static bool test_vector(u32 bitmap, u8 vector)
{
	return apic_read(bitmap + vector / 32 * 0x10) >> vector % 32 & 1;
}

static bool is_pending(u8 vector)
{
	return test_vector(APIC_IRR, vector);
}

static const struct irq_local_ops local_ops = { lapic_eoi, is_pending, ipi_send };

void __init lapic_irq_init(void)
{
	irq_set_local_ops(&local_ops);
}
