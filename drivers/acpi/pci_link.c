// SPDX-License-Identifier: MIT
/*
 * Interrupt links (PNP0C0F): the board's switch between a PCI interrupt wire and
 * the inputs of the interrupt controllers.
 *
 * A link tells in _PRS which inputs it can reach and in _CRS which one it has;
 * _SRS sets it (ACPI 6.5, 6.2.13).  Firmware may have set one for an operating
 * system that uses the 8259s.  Links are switched off at boot and set when a
 * device behind them is first used: to what they had, or to the input that
 * shares with the fewest others.  Inputs below 16 may be used by a board's own
 * devices, which nothing tells reliably: the AT's habits count.
 *
 * Links are added at boot; what they are set to is behind acpi_lock(), as the methods that
 * set it.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/device.h"
#include "kernel/irq/routing.h"

#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

struct pci_link {
	struct list_head list;
	struct acpi_device *dev;
	u32 active; /* 0: none */
	u32 possible[AML_MAX_IRQS];
	unsigned int nr_possible;
	bool level, active_low;
	bool routed;
};

static LIST_HEAD(links);

/* How unwelcome another user of an input is; Linux's weights, so its choices are ours. */
#define POSSIBLE (16 * 16)	 /* a link could use it; shared among its possible ones */
#define USING	 (16 * POSSIBLE) /* a link does */
#define TYPICAL	 (16 * USING)	 /* an ISA device is often there */
#define USED	 (16 * TYPICAL)	 /* ... always, if the machine has it */
#define ALWAYS	 (16 * USED)	 /* never to be shared */

static unsigned int isa_penalty[16] = {
	ALWAYS,	 ALWAYS, ALWAYS, TYPICAL, TYPICAL, TYPICAL, TYPICAL, TYPICAL,
	TYPICAL, 0,	 0,	 0,	  USED,	   USED,    USED,    USED,
};

/* The SCI can be shared where it is what PCI's interrupts are: level and low. */
static unsigned int sci_penalty(void)
{
	u16 sci = acpi_fadt.sci_irq;

	if (sci >= ARRAY_SIZE(irq_routing.isa))
		return USING;
	return irq_routing.isa[sci].level && irq_routing.isa[sci].active_low ? USING : ALWAYS;
}

static unsigned int penalty(u32 irq)
{
	unsigned int sum = 0;
	struct pci_link *link;

	if (irq == acpi_fadt.sci_irq)
		sum += sci_penalty();
	if (irq < ARRAY_SIZE(isa_penalty))
		return sum + isa_penalty[irq];
	list_for_each_entry(link, &links, list) {
		if (link->active == irq)
			sum += USING;
		for (unsigned int i = 0; i < link->nr_possible; i++)
			if (link->possible[i] == irq)
				sum += POSSIBLE / link->nr_possible;
	}
	return sum;
}

/* The first interrupt descriptor of _PRS counts. */
static int read_possible(const struct aml_resource *res, void *arg)
{
	struct pci_link *link = arg;

	if (res->type != AML_RES_IRQ || !res->nr)
		return 0;
	for (unsigned int i = 0; i < res->nr; i++)
		if (res->numbers[i])
			link->possible[link->nr_possible++] = res->numbers[i];
	link->level = res->level;
	link->active_low = res->active_low;
	return 1;
}

static int read_active(const struct aml_resource *res, void *arg)
{
	u32 *irq = arg;

	if (res->type != AML_RES_IRQ || !res->nr)
		return 0;
	*irq = res->numbers[0];
	return 1;
}

void acpi_pci_link_add(struct acpi_device *dev)
{
	struct pci_link *link = kzalloc(sizeof(*link), GFP_KERNEL);
	char path[AML_PATH_MAX];

	if (!link) {
		pr_err("no memory for interrupt link %s\n", dev->name);
		return;
	}
	link->dev = dev;
	link->level = true;
	link->active_low = true;
	aml_walk_resources(acpi_namespace, dev->node, "_PRS", read_possible, link);
	aml_walk_resources(acpi_namespace, dev->node, "_CRS", read_active, &link->active);
	pr_info("interrupt link %s configured for IRQ %u\n",
		aml_node_path(dev->node, path, sizeof(path)), link->active);
	list_add_tail(&link->list, &links);
	aml_evaluate(acpi_namespace, dev->node, "_DIS", NULL, 0, NULL);
}

/* What links may use weighs a little from the start: it breaks ties. */
void acpi_pci_link_init(void)
{
	struct pci_link *link;

	list_for_each_entry(link, &links, list) {
		for (unsigned int i = 0; i < link->nr_possible; i++)
			if (link->possible[i] < ARRAY_SIZE(isa_penalty))
				isa_penalty[link->possible[i]] += POSSIBLE / link->nr_possible;
		if (!link->nr_possible && link->active && link->active < ARRAY_SIZE(isa_penalty))
			isa_penalty[link->active] += POSSIBLE;
	}
}

/* What the link has, if it can have it, else the best; 0 where there is none. */
static u32 choose(struct pci_link *link)
{
	unsigned int i = link->nr_possible;
	u32 irq;

	if (!i)
		return 0;
	irq = link->possible[i - 1];
	while (i-- > 0)
		if (link->possible[i] == link->active)
			irq = link->active;
	/* From the end: 9, 10, 11 and those above 15 are the better ones. */
	for (i = link->nr_possible; i-- > 0;)
		if (penalty(irq) > penalty(link->possible[i]))
			irq = link->possible[i];
	return penalty(irq) < ALWAYS ? irq : 0;
}

static struct pci_link *find_link(const struct aml_node *node)
{
	struct pci_link *link;

	list_for_each_entry(link, &links, list)
		if (link->dev->node == node)
			return link;
	return NULL;
}

static int route(struct pci_link *link, const char *path)
{
	u32 irq = choose(link), now = 0;
	int err;

	if (!irq) {
		pr_err("interrupt link %s: no IRQ is possible\n", path);
		return -ENODEV;
	}
	err = aml_link_set_irq(acpi_namespace, link->dev->node, irq);
	if (err) {
		pr_err("interrupt link %s: IRQ %u cannot be set: %s\n", path, irq, error_name(err));
		return err;
	}
	aml_walk_resources(acpi_namespace, link->dev->node, "_CRS", read_active, &now);
	if (now != irq)
		pr_warn("interrupt link %s: set to IRQ %u, says %u\n", path, irq, now);
	link->active = irq;
	link->routed = true;
	if (irq < ARRAY_SIZE(isa_penalty))
		isa_penalty[irq] += USING;
	pr_info("interrupt link %s enabled at IRQ %u\n", path, irq);
	return 0;
}

int acpi_pci_link_route(struct aml_node *node, u32 *gsi, bool *level, bool *active_low)
{
	struct pci_link *link = find_link(node);
	char path[AML_PATH_MAX];
	int err;

	aml_node_path(node, path, sizeof(path));
	if (!link) {
		pr_err("%s is no interrupt link\n", path);
		return -ENODEV;
	}
	err = link->routed ? 0 : route(link, path);
	if (err)
		return err;
	*gsi = link->active;
	*level = link->level;
	*active_low = link->active_low;
	return 0;
}

int acpi_pci_link_look(const struct aml_node *node, u32 *gsi, bool *level, bool *active_low)
{
	struct pci_link *link = find_link(node);
	u32 irq = !link ? 0 : link->routed ? link->active : choose(link);

	if (!irq)
		return -ENODEV;
	*gsi = irq;
	*level = link->level;
	*active_low = link->active_low;
	return 0;
}
