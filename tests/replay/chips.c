// SPDX-License-Identifier: MIT
/*
 * Interrupt controllers and timers: the same claims in the same order as in drivers/apic and
 * drivers/hpet, whose files begin by asking registers that no record holds.
 */
#include "tests/replay/chips.h"
#include "drivers/acpi/table/actbl.h"
#include "kernel/core/resource.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

#define CHIP_SIZE  0x400 /* IOAPIC and HPET: what Linux claims */
#define CHIP_FLAGS (IORESOURCE_MEM | IORESOURCE_BUSY)

static struct resource ioapics[MAX_IOAPICS], hpet, lapic;
static char ioapic_names[MAX_IOAPICS][16], hpet_name[16];
static unsigned int nr_ioapics;

static bool claim(struct resource *res, u64 start, u64 size, const char *name)
{
	*res = (struct resource)DEFINE_RES_NAMED(start, size, name, CHIP_FLAGS);
	return start && !request_resource(&early_resource, res);
}

void chips_claim(void)
{
	const struct acpi_table_header *h = acpi_get_table("HPET", 0);

	if (irq_routing.lapic_addr)
		claim(&lapic, irq_routing.lapic_addr, PAGE_SIZE, "Local APIC");
	for (unsigned int i = 0; i < irq_routing.nr_ioapics; i++) {
		char *name = ioapic_names[nr_ioapics];

		snprintf(name, sizeof(ioapic_names[0]), "IOAPIC %u", nr_ioapics);
		if (claim(&ioapics[nr_ioapics], irq_routing.ioapics[i].addr, CHIP_SIZE, name))
			nr_ioapics++;
	}
	if (!h || !hpet_table_address(h))
		return;
	snprintf(hpet_name, sizeof(hpet_name), "HPET %u", ((const struct acpi_hpet *)h)->number);
	claim(&hpet, hpet_table_address(h), CHIP_SIZE, hpet_name);
	hpet.flags |= IORESOURCE_MAPPABLE;
}

static void insert(struct resource *res)
{
	if (!res->start)
		return;
	if (res->parent)
		release_resource(res);
	insert_resource(&iomem_resource, res);
}

void ioapic_insert_resources(void)
{
	for (unsigned int i = 0; i < nr_ioapics; i++)
		insert(&ioapics[i]);
}

void lapic_insert_resource(void)
{
	insert(&lapic);
}

void hpet_insert_resource(void)
{
	insert(&hpet);
}
