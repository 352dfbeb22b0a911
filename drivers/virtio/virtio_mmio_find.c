// SPDX-License-Identifier: MIT
/*
 * Who tells of virtio-mmio devices: ACPI, whose namespace lists them as LNRO0005, and
 * where there is none the command line, as QEMU's microvm writes it and Linux reads it:
 * virtio_mmio.device=512@0xfeb00e00:12.
 */
#define pr_fmt(fmt) "virtio-mmio: " fmt
#include "drivers/acpi/device.h"
#include "drivers/apic/apic.h"
#include "drivers/virtio/virtio_mmio.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/irq/routing.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

static const char *const virtio_mmio_ids[] = { "LNRO0005", NULL };

/* Of a namespace's device: it is in the register already. */
static void __init find_in_acpi(void)
{
	const struct acpi_device *dev;
	bool level, active_low;
	u32 gsi;

	for_each_acpi_device(dev) {
		int irq = -ENODEV;

		if (!dev->nr_resources || !acpi_node_matches(dev->node, virtio_mmio_ids))
			continue;
		if (!acpi_device_interrupt(dev, &gsi, &level, &active_low))
			irq = gsi_to_irq(gsi, level, active_low);
		if (resource_type(&dev->resources[0]) == IORESOURCE_MEM)
			virtio_mmio_probe(&dev->resources[0], irq);
	}
}

/* SIZE@BASE:IRQ[:ID]; the ID, which would choose the name, is not looked at. */
static int __init parse_device(const char *text, struct resource *range, unsigned int *irq)
{
	char *end;
	u64 size = memparse(text, &end), base, number;

	if (end == text || *end != '@')
		return -EINVAL;
	text = end + 1;
	base = simple_strtoull(text, &end, 0);
	if (end == text || *end != ':')
		return -EINVAL;
	text = end + 1;
	number = simple_strtoull(text, &end, 0);
	if (end == text || (*end && *end != ':') || number >= NR_IRQS)
		return -EINVAL;
	if (!size || base + (size - 1) < base)
		return -EINVAL;
	*range = (struct resource){ .start = base,
				    .end = base + (size - 1),
				    .flags = IORESOURCE_MEM };
	*irq = (unsigned int)number;
	return 0;
}

/* An irq number of the command line: an ISA one is where firmware routed it. */
static int __init isa_or_gsi(unsigned int irq)
{
	const struct isa_irq_override *isa;

	if (irq >= NR_ISA_IRQS)
		return gsi_to_irq(irq, true, false);
	isa = &irq_routing.isa[irq];
	return isa->absent ? -ENODEV : gsi_to_irq(isa->gsi, isa->level, isa->active_low);
}

struct told_device {
	struct resource range;
	char name[24]; /* "virtio-mmio.0" */
};

static int __init add_told_device(const char *text, unsigned int id)
{
	struct told_device *told = kzalloc(sizeof(*told), GFP_KERNEL);
	struct resource *conflict;
	unsigned int irq;
	int ret;

	if (!told)
		return -ENOMEM;
	ret = parse_device(text, &told->range, &irq);
	if (ret) {
		pr_err("%s is not SIZE@BASE:IRQ\n", text);
		goto err;
	}
	snprintf(told->name, sizeof(told->name), "virtio-mmio.%u", id);
	told->range.name = told->name;
	conflict = insert_resource_conflict(&iomem_resource, &told->range);
	if (conflict) {
		pr_err("%s %pR cuts across %s %pR\n", told->name, &told->range, conflict->name,
		       conflict);
		ret = -EBUSY;
		goto err;
	}
	virtio_mmio_probe(&told->range, isa_or_gsi(irq));
	return 0;
err:
	kfree(told);
	return ret;
}

void __init virtio_mmio_init(void)
{
	char text[64];

	find_in_acpi();
	for (unsigned int n = 0, id = 0;
	     cmdline_next("virtio_mmio.device", &n, text, sizeof(text)) >= 0;)
		if (!add_told_device(text, id))
			id++;
}
