// SPDX-License-Identifier: MIT
/*
 * Notify of PCI's slots and buses (ACPI 6.5, table 5.181): a card came, or is to go.
 *
 * It comes from the midst of a method, in which nothing can be evaluated: what is asked
 * for is kept, and done by a thread when the method has ended.  Nodes are kept by their
 * paths, since those that a method made end with it.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/gpe.h"
#include "drivers/acpi/pci_irq.h"
#include "drivers/pci/hotplug.h"
#include "kernel/core/printk.h"
#include "kernel/core/work.h"
#include "kernel/lib/string.h"

#define NOTIFY_BUS_CHECK     0
#define NOTIFY_DEVICE_CHECK  1
#define NOTIFY_EJECT_REQUEST 3

#define MAX_EJECTS 32 /* between two runs of the work; slots of a bus */

/* Methods run in the thread that does the work: no lock. */
static char ejects[MAX_EJECTS][AML_PATH_MAX];
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
static void eject(const char *path)
{
	const struct aml_value arg = aml_integer(1);
	struct aml_node *node = aml_find(acpi_namespace, NULL, path);
	struct pci_dev *dev = node ? find_card(node) : NULL;

	if (dev)
		pci_eject_slot(dev);
	else if (node)
		aml_evaluate(acpi_namespace, node, "_EJ0", &arg, 1, NULL);
	else
		pr_warn("%s: to be ejected, and is gone\n", path);
}

/* What _EJ0 itself asks for waits for the next time, for it might ask for ever. */
static void do_requests(struct work_struct *work)
{
	const unsigned int n = nr_ejects;
	bool looks = look;

	(void)work;
	look = false;
	for (unsigned int i = 0; i < n; i++)
		eject(ejects[i]);
	nr_ejects -= n;
	memmove(ejects, ejects + n, nr_ejects * sizeof(ejects[0]));
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
		aml_node_path(node, ejects[nr_ejects++], sizeof(ejects[0]));
	else
		pr_info("%s: Notify %#llx: nobody does that now\n",
			aml_node_path(node, path, sizeof(path)), (unsigned long long)value);
	schedule_work(&plug_work);
}

void __init acpi_pci_plug_init(void)
{
	acpi_set_notify_handler(handle_notify);
}
