// SPDX-License-Identifier: MIT
/* IOAPICs, the local APIC and the 8259s: what their registers say after boot. */
#include "drivers/apic/ioapic.h"
#include "kernel/irq/apicid.h"

#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "drivers/apic/rte.h"
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/port.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

/* Skip, with the reason, where no IOAPIC is in use. */
static bool have_ioapic(void)
{
	if (ioapic_get(0))
		return true;
	guest_skip("no IOAPIC is in use");
	return false;
}

GUEST_TEST(ioapic, version_and_pins)
{
	struct ioapic *io;

	if (!have_ioapic())
		return;
	for (unsigned int i = 0; (io = ioapic_get(i)); i++) {
		EXPECT(io->version != 0);
		EXPECT(io->nr_pins >= 1 && io->nr_pins <= 240);
		EXPECT(ioapic_find_pin(io->gsi_base) == &io->pins[0]);
		EXPECT(ioapic_find_pin(io->gsi_base + io->nr_pins - 1) ==
		       &io->pins[io->nr_pins - 1]);
	}
	EXPECT(!ioapic_find_pin(0xffffffff));
}

GUEST_TEST(ioapic, only_requested_pins_are_unmasked)
{
	struct ioapic *io;

	if (!have_ioapic())
		return;
	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		for (unsigned int pin = 0; pin < io->nr_pins; pin++) {
			const struct ioapic_pin *p = &io->pins[pin];
			u64 rte = ioapic_read_rte(io, pin);

			EXPECT_EQ(!(rte & RTE_MASKED), p->unmasked);
			EXPECT(p->irq >= 0 || !p->unmasked);
		}
}

GUEST_TEST(ioapic, entries_follow_the_routing)
{
	if (!have_ioapic())
		return;
	for (unsigned int i = 0; i < NR_ISA_IRQS; i++) {
		const struct isa_irq_override *isa = &irq_routing.isa[i];
		const struct ioapic_pin *p = ioapic_find_pin(isa->gsi);
		u64 rte;

		if (isa->absent || !p)
			continue;
		EXPECT_EQ(p->irq, i);
		rte = ioapic_read_rte(p->io, p->pin);
		if (p->assumed || isa->given) {
			EXPECT_EQ(!!(rte & RTE_LEVEL), isa->level);
			EXPECT_EQ(!!(rte & RTE_ACTIVE_LOW), isa->active_low);
		}
		EXPECT_EQ(rte & RTE_VECTOR_MASK, irq_get_data((int)i)->vector);
		EXPECT(irq_get_data((int)i)->vector >= FIRST_EXTERNAL_VECTOR);
		EXPECT_EQ(irq_get_data((int)i)->hwirq, p->pin);
		EXPECT_EQ(rte >> RTE_DEST_SHIFT, cpu_apic_id[irq_get_data((int)i)->cpu]);
	}
}

GUEST_TEST(ioapic, entry_keeps_what_is_written)
{
	static const u64 values[] = { 0x5a000000000196feULL, 0xa50000000001a0f0ULL,
				      0xff000000000120ffULL };
	struct ioapic *io = ioapic_get(0);
	unsigned int pin;
	u64 before;

	if (!have_ioapic())
		return;
	for (pin = io->nr_pins; pin > 0 && io->pins[pin - 1].irq >= 0; pin--)
		;
	if (pin-- == 0) {
		guest_skip("every pin is in use");
		return;
	}
	before = ioapic_read_rte(io, pin);
	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
		u64 value = values[i] & ~(RTE_PENDING | RTE_REMOTE_IRR | RTE_DELIVERY_MASK);

		ioapic_write_rte(io, pin, value);
		EXPECT_EQ(ioapic_read_rte(io, pin), value);
	}
	ioapic_write_rte(io, pin, before);
	EXPECT_EQ(ioapic_read_rte(io, pin), before);
}

GUEST_TEST(ioapic, gsi_gives_the_irq_that_is_there)
{
	const struct isa_irq_override *timer = &irq_routing.isa[0];

	if (!have_ioapic())
		return;
	if (!timer->absent && ioapic_find_pin(timer->gsi))
		EXPECT_EQ(gsi_to_irq(timer->gsi, timer->level, timer->active_low), 0);
	if (!timer->absent && timer->given && ioapic_find_pin(timer->gsi))
		EXPECT_EQ(gsi_to_irq(timer->gsi, !timer->level, timer->active_low), -EBUSY);
	EXPECT_EQ(gsi_to_irq(0xfffffff0, true, true), -ENODEV);
}

GUEST_TEST(ioapic, no_level_pin_waits_for_an_eoi)
{
	struct ioapic *io;

	if (!have_ioapic())
		return;
	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		for (unsigned int pin = 0; pin < io->nr_pins; pin++) {
			u64 rte = ioapic_read_rte(io, pin);

			EXPECT(!(rte & RTE_LEVEL) || !(rte & RTE_REMOTE_IRR));
		}
}

GUEST_TEST(ioapic, stands_in_the_register)
{
	struct ioapic *io;

	if (!have_ioapic())
		return;
	for (unsigned int i = 0; (io = ioapic_get(i)); i++) {
		const struct resource *res = lookup_resource_deepest(
			&iomem_resource, io->resource.start, io->resource.end);

		EXPECT(res == &io->resource);
		EXPECT_EQ(resource_size(res), 0x400);
	}
}

GUEST_TEST(lapic, id_is_the_cpus)
{
	u32 a, b, c, d;

	NEED_LAPIC();
	cpuid(1, 0, &a, &b, &c, &d); /* SDM 2A, CPUID: the initial APIC ID */
	EXPECT_EQ(lapic_id() & 0xff, b >> 24);
}

/* SDM 3A, 11.5.1: the entry is open, and what it leads to is counted as Linux's ERR. */
GUEST_TEST(lapic, errors_are_told)
{
	unsigned long flags;
	unsigned int cpu;
	u64 before;

	NEED_LAPIC();
	EXPECT_EQ(apic_read(APIC_LVT_ERROR) & ~BIT(12), ERROR_APIC_VECTOR); /* 12: on its way */
	flags = local_irq_save();
	cpu = smp_processor_id();
	before = irq_local_count(ERROR_APIC_VECTOR, cpu);
	ipi_send(cpu, ERROR_APIC_VECTOR);
	local_irq_restore(flags);
	EXPECT(poll_timeout(irq_local_count(ERROR_APIC_VECTOR, cpu) == before + 1, 1000000));
}

GUEST_TEST(lapic, msi_message)
{
	u64 address;
	u32 data;

	msi_compose(0, 0x41, &address, &data);
	EXPECT_EQ(address, 0xfee00000ULL | (u64)(cpu_apic_id[0] & 0xff) << 12);
	EXPECT_EQ(data, 0x41);
}

GUEST_TEST(i8259, both_are_masked)
{
	if (!irq_routing.pcat_compat) {
		guest_skip("the tables know no 8259s");
		return;
	}
	EXPECT_EQ(inb(0x21), 0xff);
	EXPECT_EQ(inb(0xa1), 0xff);
}
