// SPDX-License-Identifier: MIT
/*
 * What the rest of the kernel knows of the tables: routing of interrupts, the
 * fixed hardware of the FADT, where PCI's configuration space is mapped.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/table/actbl.h"
#include "drivers/firmware/mptable.h"
#include "kernel/core/printk.h"
#include "kernel/core/witness.h"
#include "kernel/lib/errno.h"

/* Written by acpi_boot_init() alone. */
struct fadt_info acpi_fadt;

static void __init decode_fadt(void)
{
	const struct acpi_table_header *h = acpi_get_table("FACP", 0);

	if (!h) {
		if (acpi_available())
			pr_err("no FADT: no PM timer, reset or power off through ACPI\n");
		return;
	}
	fadt_decode(h, &acpi_fadt);
	if (acpi_fadt.pm_tmr.address)
		pr_info("PM-Timer IO Port: 0x%llx\n", (unsigned long long)acpi_fadt.pm_tmr.address);
}

static void __init print_routing(const struct irq_routing *r)
{
	pr_info("%s: %u CPU%s, %u IOAPIC%s, Local APIC address 0x%08llx\n", r->source, r->nr_cpus,
		r->nr_cpus == 1 ? "" : "s", r->nr_ioapics, r->nr_ioapics == 1 ? "" : "s",
		(unsigned long long)r->lapic_addr);
	if (r->nr_hotplug)
		pr_info("%s: %u more CPUs may be plugged in: they stay out\n", r->source,
			r->nr_hotplug);
	for (unsigned int i = 0; i < ARRAY_SIZE(r->isa); i++)
		if (r->isa[i].given &&
		    (r->isa[i].gsi != i || r->isa[i].level || r->isa[i].active_low))
			pr_info("INT_SRC_OVR (bus 0 bus_irq %u global_irq %u %s %s)\n", i,
				r->isa[i].gsi, r->isa[i].active_low ? "low" : "high",
				r->isa[i].level ? "level" : "edge");
}

void __init acpi_boot_init(void)
{
	const struct acpi_table_header *madt = acpi_get_table("APIC", 0);

	irq_routing_reset(&irq_routing);
	decode_fadt();
	if (madt)
		madt_decode(madt, acpi_fadt.sci_irq, &irq_routing);
	if (!irq_routing.source)
		mp_boot_init(&irq_routing);
	if (irq_routing.source)
		print_routing(&irq_routing);
	else
		pr_info("neither MADT nor MP table: no IOAPIC is known\n");
}

int acpi_mcfg_entry(unsigned int n, u64 *base, u16 *segment, u8 *start_bus, u8 *end_bus)
{
	const struct acpi_table_header *mcfg = acpi_get_table("MCFG", 0);
	struct acpi_mcfg_allocation a;

	if (!mcfg || !mcfg_entry(mcfg, n, &a))
		return -ENOENT;
	*base = a.base;
	*segment = a.segment;
	*start_bus = a.start_bus;
	*end_bus = a.end_bus;
	return 0;
}

/* The part of the window that the entry's buses have: 1 MiB each (PCI Firmware 3.3, 4.1.2). */
static void tell_mcfg(witness_fn fn, void *arg)
{
	u8 first, last;
	u16 segment;
	u64 base;

	for (unsigned int n = 0; acpi_mcfg_entry(n, &base, &segment, &first, &last) == 0; n++)
		fn(&iomem_resource, base + ((u64)first << 20), base + ((u64)(last + 1) << 20) - 1,
		   "ECAM", arg);
}
REGISTER_WITNESS(mcfg, "MCFG", tell_mcfg);
