// SPDX-License-Identifier: MIT
/*
 * What the interrupt core and the chips want of a CPU's local APIC: interrupts are ended, one
 * that waits is known, one is sent, and errors are said (SDM 3A, chapter 11).
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"

#define ICR_BUSY   BIT(12) /* figure 11-12: the last one is not sent yet */
#define ICR_ASSERT BIT(14)

#define MSR_X2APIC_ICR 0x830 /* 11.12.9: both halves in one */

static DEFINE_PER_CPU(u32, apic_id);

void lapic_irq_setup_this_cpu(void)
{
	this_cpu(apic_id) = lapic_id();
}

u32 lapic_id_of(unsigned int cpu)
{
	return per_cpu(apic_id, cpu);
}

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

/* Fixed delivery to a physical destination.  In xAPIC mode the write of the low half sends. */
static void send(unsigned int cpu, u8 vector)
{
	unsigned long flags = local_irq_save();

	if (lapic_is_x2apic()) {
		wrmsr(MSR_X2APIC_ICR, (u64)lapic_id_of(cpu) << 32 | ICR_ASSERT | vector);
	} else {
		while (apic_read(APIC_ICR) & ICR_BUSY)
			cpu_relax();
		apic_write(APIC_ICR2, lapic_id_of(cpu) << 24);
		apic_write(APIC_ICR, ICR_ASSERT | vector);
	}
	local_irq_restore(flags);
}

static const struct irq_local_ops local_ops = { lapic_eoi, is_pending, send };

void __init lapic_irq_init(void)
{
	irq_set_local_ops(&local_ops);
}
