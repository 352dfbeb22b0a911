// SPDX-License-Identifier: MIT
/*
 * Devices of the boards before ACPI, as the namespace lists them: "pnp 00:05".
 *
 * They are numbered in the order of the namespace, those alone that are present
 * and have a _CRS.  Two kinds are entered: what the board itself holds (PNP0C01,
 * PNP0C02), so that nobody assigns it to a BAR; each range beneath whatever is
 * there that is not busy, or not at all.  The others belong to drivers, which
 * claim what they use.
 *
 * It runs after PCI's claims and before its assignments: firmware that reserves
 * a BAR's addresses once more must not keep the BAR's driver out.  One question
 * comes earlier, to learn how configuration space is to be read: whether the board
 * reserves an ECAM window (PCI Firmware 3.2, 4.1.3).
 */
#define pr_fmt(fmt) "pnp: " fmt
#include "drivers/acpi/device.h"

#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

#define PNP_NAME_MAX 12	   /* "pnp 00:05" */
#define ISA_PORTS    0x100 /* below lie the AT's own, entered already */

static const char *const board_ids[] = { "PNP0C01", "PNP0C02", NULL };

/* It cuts into a BAR or lies in a part of one: then it is not the board's to hold. */
static bool __init spoils_a_bar(const struct resource *res)
{
	const struct pci_dev *dev;
	int nr;

	for_each_pci_dev(dev) {
		for (nr = 0; nr < PCI_NUM_RESOURCES; nr++) {
			const struct resource *bar = &dev->resource[nr];

			if (resource_type(bar) != resource_type(res) || !bar->end ||
			    bar->flags & IORESOURCE_UNSET || !resource_overlaps(bar, res))
				continue;
			if (resource_contains(res, bar))
				continue;
			pci_info(dev, "%pR overlaps the board's %pR\n", bar, res);
			return true;
		}
	}
	return false;
}

static void __init reserve_range(const struct resource *res, const char *name)
{
	bool io = res->flags & IORESOURCE_IO;
	struct resource *claim = __request_region(io ? &ioport_resource : &iomem_resource,
						  res->start, resource_size(res), name, 0);

	/* Not busy: a driver may claim a part of it. */
	if (claim)
		claim->flags &= ~(unsigned long)IORESOURCE_BUSY;
	pr_info("%s: %pR %s reserved\n", name, res, claim ? "has been" : "could not be");
}

/* Ports first, as Linux does; the names live as long as the claims. */
static void __init reserve_board(const struct acpi_device *dev, const char *name)
{
	struct resource *list;
	int nr = acpi_device_resources(dev, &list), i;

	for (i = 0; i < nr; i++)
		if (list[i].flags & IORESOURCE_IO && list[i].start >= ISA_PORTS &&
		    !spoils_a_bar(&list[i]))
			reserve_range(&list[i], name);
	for (i = 0; i < nr; i++)
		if (list[i].flags & IORESOURCE_MEM && !spoils_a_bar(&list[i]))
			reserve_range(&list[i], name);
	kfree(list);
}

/* Those descriptors that Linux looks at here. */
static bool is_counted(const struct aml_resource *res)
{
	switch (res->tag) {
	case 0x86: /* 6.4.3.4: Memory32Fixed */
	case 0x87: /* 6.4.3.5.2: DWordMemory */
	case 0x8a: /* 6.4.3.5.1: QWordMemory */
		return res->type == AML_RES_MEMORY && res->length;
	default:
		return false;
	}
}

/* One descriptor covers all of the range at `arg`: 1. */
static int covers(const struct aml_resource *res, void *arg)
{
	const struct resource *range = arg;

	return is_counted(res) && range->start >= res->min && range->end < res->min + res->length;
}

bool __init acpi_board_reserves(u64 start, u64 end)
{
	struct resource range = { .start = start, .end = end - 1 };
	const struct acpi_device *dev;

	for_each_acpi_device(dev)
		if (dev->status && acpi_node_matches(dev->node, board_ids) &&
		    aml_walk_resources(acpi_namespace, dev->node, "_CRS", covers, &range) == 1)
			return true;
	return false;
}

static bool __init is_listed(const struct acpi_device *dev)
{
	return dev->kind == ACPI_DEV_PNP && dev->status & AML_STA_PRESENT &&
	       aml_find(acpi_namespace, dev->node, "_CRS");
}

bool __init pnp_find_ports(const char *const *ids, struct resource *ports)
{
	const struct acpi_device *dev;
	bool found = false;

	for_each_acpi_device(dev) {
		struct resource *list;
		int nr, i;

		if (!is_listed(dev) || !(dev->status & AML_STA_ENABLED) ||
		    !acpi_node_matches(dev->node, ids))
			continue;
		nr = acpi_device_resources(dev, &list);
		for (i = 0; i < nr && !found; i++) {
			found = list[i].flags & IORESOURCE_IO;
			*ports = list[i];
		}
		kfree(list);
		if (found)
			return true;
	}
	return false;
}

void __init pnp_init(void)
{
	const struct acpi_device *dev;
	unsigned int number = 0;

	for_each_acpi_device(dev) {
		char *name;

		if (!is_listed(dev))
			continue;
		number++;
		if (!(dev->status & AML_STA_ENABLED) || !acpi_node_matches(dev->node, board_ids))
			continue;
		name = kzalloc(PNP_NAME_MAX, GFP_KERNEL);
		if (!name)
			return;
		snprintf(name, PNP_NAME_MAX, "pnp 00:%02x", number - 1);
		reserve_board(dev, name);
	}
	if (number)
		pr_info("%u devices\n", number);
}
