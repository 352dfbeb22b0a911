// SPDX-License-Identifier: MIT
/*
 * Interrupts that one CPU sends to another, and the messages that start one
 * (SDM 3A, 11.6 and 8.4).
 *
 * Destinations are physical: an APIC id.  In xAPIC mode the register has two halves, the
 * second of which sends, so nothing may come between them; and it is busy for a moment.
 */
#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/irq/apicid.h"
#include "kernel/sched/smpboot.h"

/* Figure 11-12. */
#define ICR_NMI	    (4U << 8)
#define ICR_INIT    (5U << 8)
#define ICR_STARTUP (6U << 8)
#define ICR_BUSY    BIT(12)
#define ICR_ASSERT  BIT(14)

#define MSR_X2APIC_ICR 0x830 /* 11.12.9 */

static void send_xapic(u32 apic_id, u32 command)
{
	unsigned long flags = local_irq_save();

	while (apic_read(APIC_ICR) & ICR_BUSY)
		cpu_relax();
	apic_write(APIC_ICR2, apic_id << 24);
	apic_write(APIC_ICR, command);
	local_irq_restore(flags);
}

/* 11.12.3: the write of that MSR does not wait for what was stored before; the reader must see it. */
static void send_x2apic(u32 apic_id, u32 command)
{
	mb();
	rmb();
	wrmsr(MSR_X2APIC_ICR, (u64)apic_id << 32 | command);
}

static void send(u32 apic_id, u32 command)
{
	if (lapic_is_x2apic())
		send_x2apic(apic_id, command);
	else
		send_xapic(apic_id, command);
}

void ipi_send(unsigned int cpu, u8 vector)
{
	send(cpu_apic_id[cpu], ICR_ASSERT | vector);
}

static void send_ipi_mask(const struct cpumask *mask, u8 vector)
{
	unsigned int cpu;

	for_each_cpu(cpu, mask) ipi_send(cpu, vector);
}

static void send_nmi(unsigned int cpu)
{
	send(cpu_apic_id[cpu], ICR_ASSERT | ICR_NMI);
}

static const struct smp_ops smp_ops = { ipi_send, send_ipi_mask, send_nmi };

static void send_init(u32 apic_id)
{
	send(apic_id, ICR_ASSERT | ICR_INIT);
}

static void send_startup(u32 apic_id, u8 page)
{
	send(apic_id, ICR_ASSERT | ICR_STARTUP | page);
}

static struct cpu_starter starter = {
	.send_init = send_init,
	.send_startup = send_startup,
	.setup_this_cpu = lapic_setup_this_cpu,
};

void __init ipi_init(void)
{
	starter.boot_id = lapic_id();
	starter.last_id = lapic_last_id();
	irq_set_local_vector(CALL_FUNCTION_VECTOR, "CAL", "Function call interrupts",
			     smp_call_interrupt);
	smp_set_ops(&smp_ops);
	smp_set_starter(&starter);
}
