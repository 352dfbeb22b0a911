// SPDX-License-Identifier: MIT
/* The monitor's view of the IOAPICs: every entry next to what the tables want of it. */
#include "drivers/apic/ioapic.h"
#include "drivers/apic/rte.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"

/* ", irq 0 (7 times) for hpet, ISA irq 0 by MADT: edge high": who the pin is for. */
static void show_owner(struct sink *out, const struct ioapic_pin *p, u32 gsi)
{
	if (p->irq >= 0) {
		sink_printf(out, ", irq %d (%llu times)", p->irq,
			    (unsigned long long)irq_count(p->irq));
		irq_show_owners(out, p->irq, " for ");
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(irq_routing.isa); i++) {
		const struct isa_irq_override *isa = &irq_routing.isa[i];

		if (!isa->absent && isa->gsi == gsi)
			sink_printf(out, ", ISA irq %u by %s: %s %s", i,
				    isa->given ? irq_routing.source : "default",
				    isa->level ? "level" : "edge",
				    isa->active_low ? "low" : "high");
	}
}

/* What in the entry is not as it should be; how many such things. */
static unsigned int show_faults(struct sink *out, const struct ioapic_pin *p, u64 rte)
{
	unsigned int faults = 0;

	if (p->irq >= 0 &&
	    (p->level != !!(rte & RTE_LEVEL) || p->active_low != !!(rte & RTE_ACTIVE_LOW))) {
		sink_printf(out, " WRONG MODE");
		faults++;
	}
	/* Between interrupts Remote IRR is clear: else an end of interrupt got lost. */
	if ((rte & RTE_LEVEL) && (rte & RTE_REMOTE_IRR)) {
		sink_printf(out, " STUCK");
		faults++;
	}
	return faults;
}

static unsigned int show_ioapic(struct sink *out, struct ioapic *io)
{
	unsigned int faults = 0;
	char text[80];

	sink_printf(out, "%s: id %u version 0x%02x at %pa, GSI %u-%u\n", io->name, io->id,
		    io->version, &io->resource.start, io->gsi_base, io->gsi_base + io->nr_pins - 1);
	for (unsigned int pin = 0; pin < io->nr_pins; pin++) {
		u64 rte = ioapic_read_rte(io, pin);

		rte_describe(text, sizeof(text), rte);
		sink_printf(out, "%4u: %016llx %s", pin, (unsigned long long)rte, text);
		show_owner(out, &io->pins[pin], io->gsi_base + pin);
		faults += show_faults(out, &io->pins[pin], rte);
		sink_printf(out, "\n");
	}
	return faults;
}

static int cmd_ioapic(struct sink *out, int argc, char **argv)
{
	unsigned int faults = 0;
	struct ioapic *io;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	if (!ioapic_get(0))
		sink_printf(out, "no IOAPIC is in use\n");
	for (unsigned int i = 0; (io = ioapic_get(i)); i++)
		faults += show_ioapic(out, io);
	sink_printf(out, "%u fault%s\n", faults, faults == 1 ? "" : "s");
	return faults ? -EIO : 0;
}
MONITOR_COMMAND(ioapic, "", "redirection entries of the IOAPICs, decoded and checked", cmd_ioapic);
