// SPDX-License-Identifier: MIT
/*
 * The monitor's hands on PCI's tree: functions come and go, and so do their drivers.
 *
 * `unbind` takes a function from its driver, and `bind` offers it to all.  `enable`, `master` and `reset` are
 * for one without a driver, that is driven from the prompt; its interrupts: irq_monitor.c.
 * `remove` is undone by `rescan`, which finds the function anew; `eject` lets the card go.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/cap.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/timeout.h"

#define PCI_HEADER_BYTES   64
#define PCI_EXP_DEVCAP	   0x04 /* PCI Express 3.0, 7.8.3 */
#define PCI_EXP_DEVCAP_FLR BIT(28)
#define PCI_EXP_DEVCTL	   0x08 /* 7.8.4 */
#define PCI_EXP_DEVCTL_FLR BIT(15)
#define FLR_MS		   100 /* until it answers again (6.6.2) */

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

static int eject(struct sink *out, struct pci_dev *dev)
{
	(void)out;
	return pci_eject_slot(dev);
}

/* What a driver has is its own. */
static int refuse_driven(struct sink *out, const struct pci_dev *dev)
{
	if (!dev->driver)
		return 0;
	sink_printf(out, "pci: %s is driven by %s\n", dev->name, dev->driver->name);
	return -EBUSY;
}

static int bind(struct sink *out, struct pci_dev *dev)
{
	int err = refuse_driven(out, dev);

	if (err)
		return err;
	pci_attach_driver(dev);
	if (dev->driver)
		return 0;
	sink_printf(out, "pci: no driver takes %s\n", dev->name);
	return -ENODEV;
}

static int unbind(struct sink *out, struct pci_dev *dev)
{
	if (!dev->driver) {
		sink_printf(out, "pci: %s has no driver\n", dev->name);
		return -ENODEV;
	}
	pci_release_driver(dev);
	return 0;
}

static int enable(struct sink *out, struct pci_dev *dev)
{
	int err = refuse_driven(out, dev);

	return err ? err : pci_enable_device(dev);
}

static int master(struct sink *out, struct pci_dev *dev)
{
	int err = enable(out, dev);

	if (!err)
		pci_set_master(dev);
	return err;
}

/* By the function itself (PCI Express 3.0, 6.6.2): all of it but what the header says, which is written back. */
static int reset(struct sink *out, struct pci_dev *dev)
{
	u8 cap = pci_find_capability(dev, PCI_CAP_ID_EXP);
	u32 able = 0, control, header[PCI_HEADER_BYTES / 4];
	int err = refuse_driven(out, dev);

	if (err)
		return err;
	if (cap)
		pci_read_config_dword(dev, cap + PCI_EXP_DEVCAP, &able);
	if (!(able & PCI_EXP_DEVCAP_FLR)) {
		sink_printf(out, "pci: %s has no reset of its own\n", dev->name);
		return -ENOTTY;
	}
	pci_irq_take_back(dev, "a reset");
	for (int i = 0; i < PCI_HEADER_BYTES / 4; i++)
		pci_read_config_dword(dev, i * 4, &header[i]);
	pci_read_config_dword(dev, cap + PCI_EXP_DEVCTL, &control);
	pci_write_config_word(dev, cap + PCI_EXP_DEVCTL, (u16)control | PCI_EXP_DEVCTL_FLR);
	msleep(FLR_MS);
	for (int i = PCI_HEADER_BYTES / 4 - 1; i > 0; i--) /* the command register last */
		pci_write_config_dword(dev, i * 4, header[i]);
	return 0;
}

static int cmd_pci(struct sink *out, int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*func)(struct sink *out, struct pci_dev *dev);
	} actions[] = {
		{ "remove", remove_function },
		{ "eject", eject },
		{ "bind", bind },
		{ "unbind", unbind },
		{ "enable", enable },
		{ "master", master },
		{ "reset", reset },
	};
	int (*func)(struct sink * out, struct pci_dev * dev) = NULL;
	struct pci_dev *dev;
	int err;

	if (argc == 2 && !strcmp(argv[1], "rescan"))
		return rescan(out);
	for (unsigned int i = 0; i < ARRAY_SIZE(actions) && argc == 3; i++)
		if (strcmp(argv[1], actions[i].word) == 0)
			func = actions[i].func;
	if (!func)
		return -EINVAL;
	pci_lock_rescan_remove();
	dev = pci_get_by_name(argv[2]);
	err = dev ? func(out, dev) : no_function(out, argv[2]);
	pci_unlock_rescan_remove();
	return err;
}

MONITOR_COMMAND(
	pci, "rescan|(remove|eject|bind|unbind|enable|master|reset) BB:DD.F",
	"find new PCI functions, take one out, give or take its driver, have it decode, reach memory, or reset",
	cmd_pci);
