// SPDX-License-Identifier: MIT
/*
 * The memory map in the register.
 *
 * An entry enters early and BUSY where no driver may claim inside it: RAM, ACPI
 * data, everything below 1 MiB.  "Reserved" and persistent memory often lie over
 * a device's registers, so they wait until PCI and the others have claimed
 * theirs, then go in as plain (not BUSY) resources around or beneath them; one
 * that cuts across a claim grows until it covers it.  Last, the gap behind each
 * end of RAM is kept free of newly placed BARs: chipsets steal memory there for
 * graphics and do not always say so ("RAM buffer").
 *
 * Soft reserved memory gets a device of its own ("hmem.0"), above it.
 *
 * The resources live for ever, like the register.
 */
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/resource.h"
#include "kernel/core/witness.h"
#include "kernel/lib/string.h"
#include "mm/e820.h"
#include "mm/slab.h"

#define MiB 0x100000ULL

static struct resource *e820_res __initdata; /* one for each entry of e820_table */

/* Nobody but the memory's own manager may claim inside. */
static bool __init entry_is_busy(const struct e820_entry *e)
{
	if (e->addr < MiB)
		return true;
	return e->type != E820_TYPE_RESERVED && e->type != E820_TYPE_SOFT_RESERVED &&
	       e->type != E820_TYPE_PRAM && e->type != E820_TYPE_PMEM;
}

void __init e820__reserve_resources(void)
{
	e820_res = kcalloc(e820_table.nr_entries, sizeof(*e820_res), GFP_KERNEL);
	if (!e820_res)
		panic("no memory for the resources of the memory map");

	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];
		struct resource *res = &e820_res[i];

		res->start = e->addr;
		res->end = e->addr + (e->size - 1);
		res->name = e820_type_to_string(e->type);
		res->flags = e->type == E820_TYPE_RAM ? IORESOURCE_SYSTEM_RAM :
							IORESOURCE_MEM | IORESOURCE_UNDRIVEN;
		if (entry_is_busy(e)) {
			res->flags |= IORESOURCE_BUSY;
			insert_resource(&iomem_resource, res);
		}
	}
}

/* What the end of RAM is rounded up to: the granularity in which chipsets steal. */
static u64 __init ram_alignment(u64 pos)
{
	if (pos < MiB)
		return MiB / 16;
	return pos < 16 * MiB ? MiB : 64 * MiB;
}

static void __init reserve_ram_buffer(const struct e820_entry *e)
{
	u64 start = e->addr + e->size, last;

	if (!start) /* RAM up to 2^64: nothing is behind it */
		return;
	last = ALIGN(start, ram_alignment(start)) - 1;
	if (start >= last)
		return;
	pr_debug("e820: reserve RAM buffer [mem 0x%08lx-0x%08lx]\n", start, last);
	reserve_region_with_split(&iomem_resource, start, last, "RAM buffer");
}

void __init e820__reserve_resources_late(void)
{
	/* Also those that were refused early: an entry without a parent is in no tree. */
	for (unsigned int i = 0; i < e820_table.nr_entries; i++)
		if (!e820_res[i].parent)
			insert_resource_expand_to_fit(&iomem_resource, &e820_res[i]);
	for (unsigned int i = 0; i < e820_table.nr_entries; i++)
		if (e820_table.entries[i].type == E820_TYPE_RAM)
			reserve_ram_buffer(&e820_table.entries[i]);
}

/*
 * A device for each range of soft reserved memory, as Linux makes one for a driver to give
 * it out: of one place with the range, it stands above.
 */
static void __init enter_hmem(const struct e820_entry *e, unsigned int nr)
{
	struct {
		struct resource res;
		char name[16];
	} *hmem = kzalloc(sizeof(*hmem), GFP_KERNEL);

	if (!hmem)
		panic("no memory for the resource of soft reserved memory");
	snprintf(hmem->name, sizeof(hmem->name), "hmem.%u", nr);
	hmem->res.name = hmem->name;
	hmem->res.start = e->addr;
	hmem->res.end = e->addr + (e->size - 1);
	hmem->res.flags = IORESOURCE_MEM;
	insert_resource(&iomem_resource, &hmem->res);
}

void __init e820__insert_hmem_resources(void)
{
	unsigned int nr = 0;

	for (unsigned int i = 0; i < e820_table.nr_entries; i++)
		if (e820_table.entries[i].type == E820_TYPE_SOFT_RESERVED)
			enter_hmem(&e820_table.entries[i], nr++);
}

static void tell_e820(witness_fn fn, void *arg)
{
	for (unsigned int i = 0; i < e820_table.nr_entries; i++) {
		const struct e820_entry *e = &e820_table.entries[i];

		fn(&iomem_resource, e->addr, e->addr + (e->size - 1), e820_type_to_string(e->type),
		   arg);
	}
}
REGISTER_WITNESS(e820, "e820", tell_e820);
