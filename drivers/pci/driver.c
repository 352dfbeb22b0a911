// SPDX-License-Identifier: MIT
/*
 * What a driver asks of PCI: to be told of its devices, to have one switched
 * on, and to hold its BARs.
 *
 * Drivers and devices are brought together in the order in which drivers register,
 * and when a device is plugged in; a device has one driver or none.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/workqueue.h"

static DEFINE_MUTEX(rescan_remove); /* see pci.h */
static LIST_HEAD(drivers);

void pci_lock_rescan_remove(void)
{
	mutex_lock(&rescan_remove);
}

void pci_unlock_rescan_remove(void)
{
	mutex_unlock(&rescan_remove);
}

static const struct pci_device_id *match_id(const struct pci_driver *drv, const struct pci_dev *dev)
{
	const struct pci_device_id *id;

	for (id = drv->id_table; id->vendor; id++)
		if ((id->vendor == PCI_ANY_ID || id->vendor == dev->vendor) &&
		    (id->device == PCI_ANY_ID || id->device == dev->device))
			return id;
	return NULL;
}

struct offered {
	struct pci_dev *dev;
	struct pci_driver *drv;
	const struct pci_device_id *id;
};

static void forget_driver(struct pci_dev *dev)
{
	pcim_release_all(dev);
	dev->driver = NULL;
	dev->driver_data = NULL;
}

/* In a worker. */
static long local_pci_probe(void *arg)
{
	const struct offered *offered = arg;
	struct pci_dev *dev = offered->dev;
	int err;

	dev->driver = offered->drv;
	err = dev->driver->probe(dev, offered->id);
	if (err)
		forget_driver(dev);
	return err;
}

/*
 * A worker calls the probe, as on Linux: it has a stack to itself, and stays on its CPU, near
 * which its memory is.  The caller waits, so drivers and devices meet in the same order always.
 */
static int pci_call_probe(struct pci_dev *dev, struct pci_driver *drv,
			  const struct pci_device_id *id)
{
	struct offered offered = { dev, drv, id };

	pci_irq_take_back(dev, "a driver is to have it");
	return (int)work_on_cpu(raw_smp_processor_id(), local_pci_probe, &offered);
}

/* True when it took the device. */
static bool offer(struct pci_dev *dev, struct pci_driver *drv)
{
	const struct pci_device_id *id = dev->driver ? NULL : match_id(drv, dev);
	int err;

	if (!id)
		return false;
	err = pci_call_probe(dev, drv, id);
	if (err && err != -ENODEV) /* not for this driver after all */
		pci_warn(dev, "%s does not drive it: %s\n", drv->name, error_name(err));
	return !err;
}

int pci_register_driver(struct pci_driver *drv)
{
	struct pci_dev *dev;
	int taken = 0;

	pci_lock_rescan_remove();
	if (!drv->node.next) {
		down_write(&pci_bus_sem);
		list_add_tail(&drv->node, &drivers);
		up_write(&pci_bus_sem);
	}
	for_each_pci_dev(dev)
		taken += offer(dev, drv);
	pci_unlock_rescan_remove();
	return taken;
}

struct pci_driver *pci_nth_driver(unsigned int n)
{
	struct pci_driver *drv, *found = NULL;

	down_read(&pci_bus_sem);
	list_for_each_entry(drv, &drivers, node) {
		if (n--)
			continue;
		found = drv;
		break;
	}
	up_read(&pci_bus_sem);
	return found;
}

int pci_bind_driver(struct pci_dev *dev, struct pci_driver *drv)
{
	const struct pci_device_id *id = match_id(drv, dev);

	if (!id)
		return -ENODEV;
	return dev->driver ? -EBUSY : pci_call_probe(dev, drv, id);
}

void pci_attach_driver(struct pci_dev *dev)
{
	struct pci_driver *drv;

	list_for_each_entry(drv, &drivers, node)
		if (offer(dev, drv))
			return;
}

void pci_release_driver(struct pci_dev *dev)
{
	dev->driver->remove(dev);
	forget_driver(dev);
}

void pci_enable_bridge(const struct pci_dev *bridge)
{
	u16 command, old;

	pci_read_config_word(bridge, PCI_COMMAND, &old);
	command = old | PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;
	if (command == old)
		return;
	pci_info(bridge, "enabling bridge (%04x -> %04x)\n", old, command);
	pci_write_config_word(bridge, PCI_COMMAND, command);
}

/*
 * A BAR that found no place holds address 0, where something else answers: a
 * device without its memory is of no use, one without its ports may be.
 */
int pci_enable_device(struct pci_dev *dev)
{
	u16 command, old, wanted = 0, placeless = 0;
	int nr;

	for (nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++) {
		const struct resource *res = &dev->resource[nr];
		u16 decode = res->flags & IORESOURCE_IO ? PCI_COMMAND_IO : PCI_COMMAND_MEMORY;

		if (!res->flags)
			continue;
		wanted |= decode;
		if (res->parent)
			continue;
		pci_warn(dev, "%s %pR: not in the register\n", pci_resource_name(dev, nr), res);
		placeless |= decode;
	}
	if (placeless & PCI_COMMAND_MEMORY)
		return -EINVAL;
	for (const struct pci_bus *bus = dev->bus; bus->self; bus = bus->parent)
		pci_enable_bridge(bus->self);
	pci_read_config_word(dev, PCI_COMMAND, &old);
	command = (old | wanted) & (u16)~placeless;
	if (command != old) {
		pci_info(dev, "enabling device (%04x -> %04x)\n", old, command);
		pci_clear_and_set_word(dev, PCI_COMMAND, placeless, wanted);
		dev->enabled |= command & (u16)~old;
	}
	if (dev->pin && !dev->msi_irq && !dev->msix)
		pci_clear_and_set_word(dev, PCI_COMMAND, PCI_COMMAND_INTX_OFF, 0);
	return 0;
}

void pci_disable_device(struct pci_dev *dev)
{
	pci_clear_and_set_word(dev, PCI_COMMAND, dev->enabled | PCI_COMMAND_MASTER, 0);
	dev->enabled = 0;
}

void pci_set_master(struct pci_dev *dev)
{
	pci_clear_and_set_word(dev, PCI_COMMAND, 0, PCI_COMMAND_MASTER);
}

void pci_clear_master(struct pci_dev *dev)
{
	pci_clear_and_set_word(dev, PCI_COMMAND, PCI_COMMAND_MASTER, 0);
}

int pci_select_bars(const struct pci_dev *dev, unsigned long flags)
{
	int nr, bars = 0;

	for (nr = PCI_STD_RESOURCES; nr <= PCI_ROM_RESOURCE; nr++)
		if (dev->resource[nr].flags & flags)
			bars |= (int)BIT(nr);
	return bars;
}

static struct resource *register_of(const struct resource *res)
{
	return res->flags & IORESOURCE_IO ? &ioport_resource : &iomem_resource;
}

void pci_release_selected_regions(struct pci_dev *dev, int bars)
{
	int nr;

	for (nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++)
		if (bars & (int)BIT(nr) && pci_resource_len(dev, nr))
			__release_region(register_of(&dev->resource[nr]),
					 pci_resource_start(dev, nr), pci_resource_len(dev, nr));
}

int pci_request_selected_regions(struct pci_dev *dev, int bars, const char *name)
{
	int nr, done = 0;

	for (nr = PCI_STD_RESOURCES; nr <= PCI_STD_RESOURCE_END; nr++) {
		struct resource *res = &dev->resource[nr];

		if (!(bars & (int)BIT(nr)) || !pci_resource_len(dev, nr))
			continue;
		if (!__request_region(register_of(res), res->start, resource_size(res), name, 0)) {
			pci_warn(dev, "%s: can't reserve %s %pR\n", name,
				 pci_resource_name(dev, nr), res);
			pci_release_selected_regions(dev, done);
			return -EBUSY;
		}
		done |= (int)BIT(nr);
	}
	return 0;
}
