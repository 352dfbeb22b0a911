// SPDX-License-Identifier: MIT
/*
 * What ACPI's own parts hold of the register: the embedded controller's two ports, the
 * port by which a processor is throttled, the watchdog's registers.
 *
 * Nothing is driven here.  Linux's parts claim these whether they are used or not, so
 * that a driver that only guessed at an address stays away; the names are Linux's.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/device.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

/* ---------------------------------------------------------------- embedded controllers */

#define IO_PORT_DESCRIPTOR 0x08 /* 6.4.2.5 */

struct ec_ports {
	u64 data, command; /* 12.2: the first port of _CRS is the data's; 0: not seen yet */
};

static int take_port(const struct aml_resource *res, void *arg)
{
	struct ec_ports *ec = arg;

	if (res->type != AML_RES_IO || res->tag != IO_PORT_DESCRIPTOR)
		return 0;
	if (!ec->data)
		ec->data = res->min;
	else if (!ec->command)
		ec->command = res->min;
	return ec->command != 0;
}

void __init acpi_ec_claim(void)
{
	const struct acpi_device *dev;

	for_each_acpi_device(dev) {
		struct ec_ports ec = { 0 };

		if (!(dev->status & AML_STA_PRESENT) || strcmp(dev->id, "PNP0C09") != 0 ||
		    aml_walk_resources(acpi_namespace, dev->node, "_CRS", take_port, &ec) != 1)
			continue;
		request_region(ec.data, 1, "EC data");
		request_region(ec.command, 1, "EC cmd");
	}
}

/* ---------------------------------------------------------------- processors */

#define P_BLK_LENGTH 6 /* ACPI 5.0, 8.1: P_CNT, P_LVL2, P_LVL3 */

/* Firmware offers another way to throttle it (8.4.6). */
static bool __init has_throttling_methods(struct aml_node *processor)
{
	return aml_find(acpi_namespace, processor, "_PTC") &&
	       aml_find(acpi_namespace, processor, "_TSS") &&
	       aml_find(acpi_namespace, processor, "_TPC");
}

void __init acpi_processor_claim(void)
{
	const struct fadt_info *f = &acpi_fadt;
	struct aml_node *node = NULL, *root;
	u64 address, claimed = 0;
	u32 length;

	if (!acpi_namespace || !f->duty_width || f->duty_offset + f->duty_width > 4)
		return;
	root = aml_root(acpi_namespace);
	while ((node = aml_next_node(root, node))) {
		if (!aml_processor_block(node, &address, &length) || length != P_BLK_LENGTH ||
		    address == claimed || has_throttling_methods(node))
			continue;
		/* All processors of a board have one block, or as many as there are. */
		request_region(address, P_BLK_LENGTH, "ACPI CPU throttle");
		claimed = address;
	}
}

/* ---------------------------------------------------------------- the watchdog */

/* Microsoft's Hardware Watchdog Timers Design Specification, 1.01, 4.1. */
struct acpi_wdat {
	struct acpi_table_header header;
	u32 header_length;
	u16 segment; /* 0xff in these four: no PCI function has it */
	u8 bus, device, function, reserved[3];
	u32 period_ms, max_count, min_count;
	u8 flags, reserved2[3]; /* bit 0: firmware has it on */
	u32 nr_entries;
} __packed;

struct acpi_wdat_entry {
	u8 action, instruction;
	u16 reserved;
	struct acpi_gas gas;
	u32 value, mask;
} __packed;

_Static_assert(sizeof(struct acpi_wdat) == 68, "WDAT, 4.1");
_Static_assert(sizeof(struct acpi_wdat_entry) == 24, "WDAT, 4.2");

#define WDAT_ENABLED BIT(0)

struct wdat_parts {
	unsigned int nr;
	struct resource res[]; /* of its entries no two may meet */
};

/* One that meets another of its kind makes that one larger, as in Linux. */
static void __init add_part(struct wdat_parts *parts, const struct resource *new)
{
	for (unsigned int i = 0; i < parts->nr; i++) {
		struct resource *res = &parts->res[i];

		if (res->flags != new->flags || !resource_overlaps(res, new))
			continue;
		res->start = min(res->start, new->start);
		res->end = max(res->end, new->end);
		return;
	}
	parts->res[parts->nr++] = *new;
}

/* False: what it is made of cannot be a watchdog of ours. */
static bool __init collect_parts(struct wdat_parts *parts, const struct acpi_wdat *t)
{
	const struct acpi_wdat_entry *e = (const void *)(t + 1);

	for (u32 i = 0; i < t->nr_entries; i++) {
		const struct acpi_gas *gas = &e[i].gas;
		struct resource res = { .name = "wdat_wdt", .start = gas->address };

		if (gas->space_id > ACPI_SPACE_IO || !gas->access_size || gas->access_size > 4)
			return false;
		/* The RTC's memory: it is Linux's RTC driver's to write. */
		if (gas->space_id == ACPI_SPACE_IO && gas->address >= 0x70 && gas->address <= 0x73)
			return false;
		res.end = res.start + (1U << (gas->access_size - 1)) - 1;
		res.flags = gas->space_id == ACPI_SPACE_IO ? IORESOURCE_IO : IORESOURCE_MEM;
		if (res.end < res.start)
			return false;
		add_part(parts, &res);
	}
	return true;
}

/* All or none, and false: none. */
static bool __init insert_parts(struct wdat_parts *parts)
{
	for (unsigned int i = 0; i < parts->nr; i++) {
		struct resource *res = &parts->res[i], *conflict;
		bool io = res->flags & IORESOURCE_IO;

		conflict = insert_resource_conflict(io ? &ioport_resource : &iomem_resource, res);
		if (!conflict)
			continue;
		pr_warn("WDAT: %pR cuts across %s %pR: not entered\n", res, conflict->name,
			conflict);
		while (i-- > 0)
			remove_resource(&parts->res[i]);
		return false;
	}
	return parts->nr;
}

void __init acpi_watchdog_insert(void)
{
	const struct acpi_wdat *t = (const struct acpi_wdat *)acpi_get_table("WDAT", 0);
	struct wdat_parts *parts; /* lives for ever, like the register */

	if (!t)
		return;
	if (t->header.length < sizeof(*t) ||
	    t->nr_entries > (t->header.length - sizeof(*t)) / sizeof(struct acpi_wdat_entry)) {
		pr_warn("WDAT: %u bytes are too few for its entries\n", t->header.length);
		return;
	}
	if (!(t->flags & WDAT_ENABLED) || t->segment != 0xff || t->bus != 0xff ||
	    t->device != 0xff || t->function != 0xff)
		return;
	parts = kzalloc(sizeof(*parts) + t->nr_entries * sizeof(parts->res[0]), GFP_KERNEL);
	if (!parts) {
		pr_warn("WDAT: no memory for its %u registers\n", t->nr_entries);
		return;
	}
	if (!collect_parts(parts, t) || !insert_parts(parts))
		kfree(parts);
}
