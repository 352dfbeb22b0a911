// SPDX-License-Identifier: MIT
/*
 * The monitor's hands on PCI's tree: rescan, remove, eject.
 *
 * `remove` is undone by `rescan`, which finds the function anew; `eject` lets the card go.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/hotplug.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static int rescan(struct sink *out)
{
	unsigned int gone, found;

	pci_lock_rescan_remove();
	found = pci_rescan(&gone);
	pci_unlock_rescan_remove();
	sink_printf(out, "%u functions came, %u went\n", found, gone);
	return 0;
}

static int remove_function(struct sink *out, struct pci_dev *dev)
{
	const struct resource *claim = pci_claimed_by_others(dev);

	if (claim) {
		sink_printf(out, "pci: %s holds %pR\n", claim->name, claim);
		return -EBUSY;
	}
	pci_stop_and_remove_bus_device(dev);
	return 0;
}

static int no_function(struct sink *out, const char *name)
{
	sink_printf(out, "pci: no function %s\n", name);
	return -ENODEV;
}

static int cmd_pci(struct sink *out, int argc, char **argv)
{
	struct pci_dev *dev;
	bool eject;
	int err;

	if (argc == 2 && !strcmp(argv[1], "rescan"))
		return rescan(out);
	eject = argc == 3 && !strcmp(argv[1], "eject");
	if (argc != 3 || (!eject && strcmp(argv[1], "remove") != 0))
		return -EINVAL;
	pci_lock_rescan_remove();
	dev = pci_get_by_name(argv[2]);
	if (dev)
		err = eject ? pci_eject_slot(dev) : remove_function(out, dev);
	else
		err = no_function(out, argv[2]);
	pci_unlock_rescan_remove();
	return err;
}

MONITOR_COMMAND(pci, "rescan|remove BB:DD.F|eject BB:DD.F", "find new PCI functions, take one out",
		cmd_pci);
