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
#include "kernel/lib/string.h"
#include "kernel/sched/workqueue.h"

#define NOTIFY_BUS_CHECK     0
#define NOTIFY_DEVICE_CHECK  1
#define NOTIFY_EJECT_REQUEST 3

#define MAX_EJECTS 32 /* that wait, and of one run of the work; slots of a bus */

/* Behind acpi_lock(), as the methods that ask. */
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
	struct aml_node *node;
	struct pci_dev *dev;

	acpi_lock();
	node = aml_find(acpi_namespace, NULL, path);
	acpi_unlock();
	dev = node ? find_card(node) : NULL;
	if (dev) {
		pci_eject_slot(dev);
	} else if (node) {
		acpi_lock();
		aml_evaluate(acpi_namespace, node, "_EJ0", &arg, 1, NULL);
		acpi_unlock();
	} else {
		pr_warn("%s: to be ejected, and is gone\n", path);
	}
}

/* The first that is to be ejected into `path`; false where none is. */
static bool take_eject(char *path)
{
	bool any;

	acpi_lock();
	any = nr_ejects;
	if (any) {
		memcpy(path, ejects[0], sizeof(ejects[0]));
		memmove(ejects, ejects + 1, --nr_ejects * sizeof(ejects[0]));
	}
	acpi_unlock();
	return any;
}

static bool take_look(void)
{
	bool looks;

	acpi_lock();
	looks = look;
	look = false;
	acpi_unlock();
	return looks;
}

/* As many as a bus has: what _EJ0 itself asks for might have no end. */
static void do_requests(struct work_struct *work)
{
	char path[AML_PATH_MAX];

	(void)work;
	pci_lock_rescan_remove();
	for (unsigned int i = 0; i < MAX_EJECTS && take_eject(path); i++)
		eject(path);
	if (take_look())
		pci_notice();
	pci_unlock_rescan_remove();
}

static DECLARE_WORK(plug_work, do_requests);

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
