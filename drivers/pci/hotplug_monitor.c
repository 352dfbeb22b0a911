// SPDX-License-Identifier: MIT
/*
 * The monitor's hands on PCI's tree: rescan, and remove, which a rescan undoes.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/hotplug.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"

static int rescan(struct sink *out)
{
	unsigned int gone, found = pci_rescan(&gone);

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

static int cmd_pci(struct sink *out, int argc, char **argv)
{
	struct pci_dev *dev;

	if (argc == 2 && !strcmp(argv[1], "rescan"))
		return rescan(out);
	if (argc != 3 || strcmp(argv[1], "remove") != 0)
		return -EINVAL;
	dev = pci_get_by_name(argv[2]);
	if (!dev) {
		sink_printf(out, "pci: no function %s\n", argv[2]);
		return -ENODEV;
	}
	return remove_function(out, dev);
}

MONITOR_COMMAND(pci, "rescan|remove BB:DD.F", "find new PCI functions, take one out", cmd_pci);
