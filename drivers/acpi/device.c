// SPDX-License-Identifier: MIT
/*
 * The devices of the namespace, each given to whom it concerns.
 *
 * They are listed in the order of the namespace, parents before children, because
 * that is the order in which Linux meets them and so the order in which ranges enter
 * the register: a host bridge's windows come before what lies in them.  What is
 * absent (6.3.7) is listed without a status: a name as "PNP0A06:02" numbers the
 * devices of one id, present or not.
 *
 * A device that nobody knows is entered by its own name with all memory and ports
 * that its _CRS names, or, where one of them cuts across something, with none.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/device.h"

#include "drivers/acpi/pci_irq.h"
#include "drivers/acpi/pm.h"
#include "drivers/acpi/window.h"
#include "drivers/pci/firmware.h"
#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/core/witness.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

LIST_HEAD(acpi_devices);

#define MAX_RESOURCES 64 /* memory and port ranges of one device */

/* Who takes a device, by its ids in their order. */
static const char *const pci_root_ids[] = { "PNP0A03",
					    NULL }; /* PNP0A08 alone is none: Linux's rule */
static const char *const pci_link_ids[] = { "PNP0C0F", NULL };
static const char *const memory_ids[] = { "PNP0C80", NULL };
static const char *const pnp_ids[] = {
	"PNP0300", "PNP0301", "PNP0302", "PNP0303", "PNP0304", "PNP0305", "PNP0306",
	"PNP0309", "PNP030A", "PNP030B", "PNP0320", "PNP0343", "PNP0344", "PNP0345", /* keyboards */
	"PNP0F03", "PNP0F0B", "PNP0F0E", "PNP0F12", "PNP0F13", "PNP0F19", "PNP0F1C", /* mice */
	"PNP0400", "PNP0401",		 /* printer ports */
	"PNP0500", "PNP0501",		 /* serial ports */
	"PNP0600", "PNP0700",		 /* disks */
	"PNP0B00", "PNP0B01", "PNP0B02", /* clocks */
	"PNP0C01", "PNP0C02",		 /* the board itself */
	"PNP0C31", "IFX0101", "IFX0102", "ATM1200", "BCM0101", "BCM0102", "NSC1200",
	"ICO0102", "PNP80F7", "PNP80F8", "PNPB006", "PNPB02F", "PNPC0XX", "PNPC1XX",
	"PNP2000", "PNP4972", NULL,
};
static const char *const other_ids[] = {
	"ACPI0007",							    /* processors */
	"ACPI0004", "PNP0A05",	"PNP0A06",				    /* containers */
	"ACPI0009", "ACPI000A", "PNP0000", "PNP0100", "PNP0200", "SMB0001", /* others have them */
	NULL,
};

static const struct {
	const char *const *ids;
	enum acpi_device_kind kind;
} takers[] = {
	{ pci_root_ids, ACPI_DEV_PCI_ROOT }, { pci_link_ids, ACPI_DEV_PCI_LINK },
	{ memory_ids, ACPI_DEV_MEMORY },     { other_ids, ACPI_DEV_OTHER },
	{ pnp_ids, ACPI_DEV_PNP },
};

/* As PNP ids are compared: the maker's letters exactly, digits in either case. */
static bool id_matches(const char *id, const char *pattern)
{
	for (unsigned int i = 0; pattern[i]; i++) {
		char c = id[i];

		if (i >= 3 && c >= 'a' && c <= 'f')
			c = (char)(c - 'a' + 'A');
		if (i >= 3 && pattern[i] == 'X' && c)
			continue;
		if (c != pattern[i])
			return false;
	}
	return id[strlen(pattern)] == '\0';
}

static bool is_in(const char *id, const char *const *ids)
{
	for (; *ids; ids++)
		if (id_matches(id, *ids))
			return true;
	return false;
}

/* The n-th id of a device: _HID, then _CID's.  False past the last. */
static bool nth_id(struct aml_node *node, unsigned int n, char *id)
{
	bool has_hid = n ? aml_find(acpi_namespace, node, "_HID") != NULL :
			   !aml_device_hid(acpi_namespace, node, id);

	if (n == 0 && has_hid)
		return true;
	return !aml_device_cid(acpi_namespace, node, n - has_hid, id);
}

bool acpi_node_matches(struct aml_node *node, const char *const *ids)
{
	char id[AML_ID_MAX];

	for (unsigned int n = 0; nth_id(node, n, id); n++)
		if (is_in(id, ids))
			return true;
	return false;
}

static enum acpi_device_kind __init kind_of(struct aml_node *node)
{
	char id[AML_ID_MAX];

	for (unsigned int n = 0; nth_id(node, n, id); n++)
		for (unsigned int i = 0; i < ARRAY_SIZE(takers); i++)
			if (is_in(id, takers[i].ids))
				return takers[i].kind;
	return ACPI_DEV_PLATFORM;
}

/* Into the list, named, where it has an id. */
static void __init add_device(struct aml_node *node, u32 status)
{
	struct acpi_device *dev, *other;
	char id[AML_ID_MAX];

	if (!nth_id(node, 0, id))
		return;
	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev) {
		pr_err("no memory for device %s\n", id);
		return;
	}
	dev->node = node;
	dev->status = status;
	dev->has_hid = aml_find(acpi_namespace, node, "_HID") != NULL;
	memcpy(dev->id, id, sizeof(dev->id));
	for_each_acpi_device(other)
		if (!strcmp(other->id, dev->id))
			dev->instance++;
	snprintf(dev->name, sizeof(dev->name), "%s:%02x", dev->id, dev->instance);
	list_add_tail(&dev->list, &acpi_devices);
}

struct collect {
	struct resource *res;
	unsigned int nr;
};

static int collect_resource(const struct aml_resource *from, void *arg)
{
	struct collect *c = arg;
	u64 offset;

	if (c->nr < MAX_RESOURCES && acpi_resource_decode(from, &c->res[c->nr], &offset))
		c->nr++;
	return 0;
}

int acpi_device_resources(const struct acpi_device *dev, struct resource **out)
{
	struct collect c = { 0 };
	int err;

	*out = NULL;
	if (!aml_find(acpi_namespace, dev->node, "_CRS"))
		return 0;
	c.res = kzalloc(MAX_RESOURCES * sizeof(*c.res), GFP_KERNEL);
	if (!c.res)
		return -ENOMEM;
	err = aml_walk_resources(acpi_namespace, dev->node, "_CRS", collect_resource, &c);
	if (err || !c.nr) {
		kfree(c.res);
		return err;
	}
	*out = c.res;
	return (int)c.nr;
}

static int take_interrupt(const struct aml_resource *from, void *arg)
{
	struct aml_resource *irq = arg;

	if (from->type != AML_RES_IRQ || !from->nr)
		return 0;
	*irq = *from;
	return 1;
}

int acpi_device_interrupt(const struct acpi_device *dev, u32 *gsi, bool *level, bool *active_low)
{
	struct aml_resource irq;

	if (aml_walk_resources(acpi_namespace, dev->node, "_CRS", take_interrupt, &irq) != 1)
		return -ENOENT;
	*gsi = irq.numbers[0];
	*level = irq.level;
	*active_low = irq.active_low;
	return 0;
}

/* All or none. */
static void __init enter_resources(struct acpi_device *dev)
{
	int nr = acpi_device_resources(dev, &dev->resources), i;

	for (i = 0; i < nr; i++) {
		struct resource *res = &dev->resources[i], *conflict;
		bool io = res->flags & IORESOURCE_IO;

		res->name = dev->name;
		conflict = insert_resource_conflict(io ? &ioport_resource : &iomem_resource, res);
		if (!conflict)
			continue;
		pr_warn("%s %pR cuts across %s %pR: none of its ranges is entered\n", dev->name,
			res, conflict->name, conflict);
		while (i-- > 0)
			remove_resource(&dev->resources[i]);
		nr = 0;
	}
	if (nr > 0)
		dev->nr_resources = (unsigned int)nr;
}

static void __init attach(struct acpi_device *dev)
{
	dev->kind = kind_of(dev->node);
	switch (dev->kind) {
	case ACPI_DEV_PCI_ROOT:
		acpi_pci_root_add(dev);
		break;
	case ACPI_DEV_PCI_LINK:
		acpi_pci_link_add(dev);
		break;
	case ACPI_DEV_MEMORY:
		acpi_memory_device_add(dev);
		break;
	case ACPI_DEV_PLATFORM:
		if (dev->has_hid)
			enter_resources(dev);
		break;
	default:
		break;
	}
}

/* \_PIC: routing tables and links are to speak of GSIs and not of 8259 inputs (5.8.1). */
static void __init choose_apic_mode(void)
{
	struct aml_value mode = aml_integer(irq_routing.nr_ioapics ? 1 : 0);

	aml_evaluate(acpi_namespace, NULL, "\\_PIC", &mode, 1, NULL);
}

static const struct pci_firmware_ops pci_answers = {
	.board_reserves = acpi_board_reserves,
	.irq_route = acpi_pci_irq_route,
	.irq_look = acpi_pci_irq_look,
	.slots_are_firmware_s = acpi_pci_slots_are_firmware_s,
	.can_eject = acpi_pci_can_eject,
	.eject = acpi_pci_eject,
};

void __init acpi_scan_devices(void)
{
	struct aml_walk walk = { 0 };
	struct acpi_device *dev;
	struct aml_node *node;

	if (acpi_namespace_init())
		return;
	acpi_enable();
	aml_initialize(acpi_namespace);
	choose_apic_mode();
	pci_set_firmware_ops(&pci_answers);
	ioapic_set_wires(acpi_pci_walk_wires);
	while ((node = aml_next_device(acpi_namespace, &walk)) != NULL)
		add_device(node, walk.status);
	pci_mmcfg_late_init(); /* asks what the board reserves */
	acpi_watchdog_insert();
	for_each_acpi_device(dev)
		if (dev->status)
			attach(dev);
	acpi_ec_claim();
	acpi_pci_link_init();
}

struct telling {
	const struct acpi_device *dev;
	witness_fn fn;
	void *arg;
};

static int tell_resource(const struct aml_resource *from, void *arg)
{
	const struct telling *t = arg;
	struct resource res = { 0 };
	u64 offset;

	if (acpi_resource_decode(from, &res, &offset))
		t->fn(res.flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource, res.start,
		      res.end, t->dev->name, t->arg);
	return 0;
}

/* Of devices that are there (ACPI 6.5, 6.3.7). */
static void tell_crs(witness_fn fn, void *arg)
{
	struct telling t = { .fn = fn, .arg = arg };
	struct acpi_device *dev;

	if (!acpi_namespace)
		return;
	acpi_lock();
	for_each_acpi_device(dev) {
		t.dev = dev;
		if (dev->status & AML_STA_PRESENT)
			aml_walk_resources(acpi_namespace, dev->node, "_CRS", tell_resource, &t);
	}
	acpi_unlock();
}
REGISTER_WITNESS(crs, "_CRS", tell_crs);
