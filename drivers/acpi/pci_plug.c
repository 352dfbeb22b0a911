// SPDX-License-Identifier: MIT
/*
 * Notify of PCI's slots and buses (ACPI 6.5, table 5.181): a card came, or is to go.
 *
 * It comes from the midst of a method, in which nothing can be evaluated: what is asked
 * for is kept, and done by a thread when the method has ended.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/gpe.h"
#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/hotplug.h"
#include "kernel/core/printk.h"
#include "kernel/core/work.h"
#include "kernel/lib/compiler.h"

#define NOTIFY_BUS_CHECK     0
#define NOTIFY_DEVICE_CHECK  1
#define NOTIFY_EJECT_REQUEST 3

#define MAX_EJECTS 32 /* between two runs of the work; slots of a bus */

/* Methods run in the thread that does the work: no lock. */
static struct aml_node *ejects[MAX_EJECTS];
static unsigned int nr_ejects;
static bool look;

/* A function of the card whose _EJ0 stands in that node, or NULL. */
static struct pci_dev *find_card(const struct aml_node *node)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (acpi_pci_ejecting_node(dev->bus, dev->devfn) == node)
			return dev;
	return NULL;
}

/* One that we do not know goes as well. */
static void eject(struct aml_node *node)
{
	const struct aml_value arg = aml_integer(1);
	struct pci_dev *dev = find_card(node);

	if (dev)
		pci_eject_slot(dev);
	else
		aml_evaluate(acpi_namespace, node, "_EJ0", &arg, 1, NULL);
}

static void do_requests(struct work_struct *work)
{
	bool looks = look;

	(void)work;
	look = false;
	while (nr_ejects)
		eject(ejects[--nr_ejects]);
	if (looks)
		pci_notice();
}

static struct work_struct plug_work = { .func = do_requests };

static bool is_root(const struct aml_node *node)
{
	struct pci_bus *root;

	list_for_each_entry(root, &pci_root_buses, node)
		if (root->acpi_node == node)
			return true;
	return false;
}

static void handle_notify(struct aml_node *node, u64 value)
{
	char path[AML_PATH_MAX];

	if (!is_root(node) && !aml_find(acpi_namespace, node, "_ADR"))
		return; /* nothing of PCI's */
	if (value == NOTIFY_BUS_CHECK || value == NOTIFY_DEVICE_CHECK)
		look = true;
	else if (value == NOTIFY_EJECT_REQUEST && nr_ejects < MAX_EJECTS)
		ejects[nr_ejects++] = node;
	else
		pr_info("%s: Notify %#llx: nobody does that\n",
			aml_node_path(node, path, sizeof(path)), (unsigned long long)value);
	schedule_work(&plug_work);
}

void __init acpi_pci_plug_init(void)
{
	acpi_set_notify_handler(handle_notify);
}
