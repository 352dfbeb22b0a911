// SPDX-License-Identifier: MIT
/*
 * What the interrupt core and the chips want of a CPU's local APIC: interrupts are ended, one
 * that waits is known, and errors are said (SDM 3A, chapter 11).
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/core/printk.h"

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

bool lapic_was_level(u8 vector)
{
	return test_vector(APIC_TMR, vector);
}

/* Figure 11-9. */
static const char *const errors[] = {
	"a checksum of what it sent",	 "a checksum of what it received",
	"nobody accepted what it sent",	 "it could not accept what it received",
	"a redirectable interrupt",	 "it was told to send an illegal vector",
	"it received an illegal vector", "an illegal register was accessed",
};

static DEFINE_PER_CPU(u32, errors_said);

/* 11.5.3: the write brings what has happened since the last one.  Each kind is said once a CPU. */
static void error_interrupt(void)
{
	u32 new;

	apic_write(APIC_ESR, 0);
	new = apic_read(APIC_ESR) & ~this_cpu(errors_said);
	this_cpu(errors_said) |= new;
	for (unsigned int i = 0; i < ARRAY_SIZE(errors); i++)
		if (new &BIT(i))
			pr_err("Local APIC of CPU %u: error: %s\n", raw_smp_processor_id(),
			       errors[i]);
}

void lapic_setup_errors(void)
{
	apic_write(APIC_ESR, 0);
	if ((apic_read(APIC_VERSION) >> 16 & 0xff) >= 3) /* figure 11-7: it has such an entry */
		apic_write(APIC_LVT_ERROR, ERROR_APIC_VECTOR);
	apic_write(APIC_ESR, 0);
}

static const struct irq_local_ops local_ops = { lapic_eoi, is_pending, ipi_send };

void __init lapic_irq_init(void)
{
	irq_set_local_ops(&local_ops);
	irq_set_local_vector(ERROR_APIC_VECTOR, "ERR", "", error_interrupt);
}
