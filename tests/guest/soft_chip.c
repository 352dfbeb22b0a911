// SPDX-License-Identifier: MIT
/* A chip that counts.  See soft_chip.h. */
#include "tests/guest/soft_chip.h"

#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/irq/desc.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

static void soft_mask(struct irq_data *d)
{
	((struct chip_calls *)d->chip_data)->mask++;
}

static void soft_unmask(struct irq_data *d)
{
	((struct chip_calls *)d->chip_data)->unmask++;
}

static void soft_eoi(struct irq_data *d)
{
	struct chip_calls *calls = d->chip_data;

	__atomic_add_fetch(&calls->eoi, 1, __ATOMIC_RELEASE);
}

static void soft_lapic_eoi(struct irq_data *d)
{
	lapic_irq_eoi(d);
	soft_eoi(d);
}

const struct irq_chip soft_chip = {
	.name = "SOFT",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = soft_eoi,
};

const struct irq_chip soft_lapic_chip = {
	.name = "LAPIC",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = soft_lapic_eoi,
};

int move_to(int irq, unsigned int cpu)
{
	struct cpumask mask = cpumask_of_cpu(cpu);

	return irq_set_affinity(irq, &mask);
}

void strike_place(int irq)
{
	const struct irq_data *d = irq_get_data(irq);

	ipi_send(d->cpu, d->vector);
}

void strike_and_settle(int irq)
{
	const struct chip_calls *calls = irq_get_data(irq)->chip_data;
	unsigned int before = READ_ONCE(calls->eoi);

	strike_place(irq);
	EXPECT(poll_timeout(__atomic_load_n(&calls->eoi, __ATOMIC_ACQUIRE) != before,
			    PATIENCE_USEC));
}

u64 stray_interrupts(void)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu(cpu) n += vector_stray_count(cpu);
	return n;
}
