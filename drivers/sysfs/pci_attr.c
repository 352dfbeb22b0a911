// SPDX-License-Identifier: MIT
/* What a function tells in words: /sys/bus/pci/devices/0000:00:03.0/vendor and so on. */
#include "drivers/pci/access.h"
#include "drivers/pci/hotplug.h"
#include "drivers/pci/pcie.h"
#include "drivers/pci/probe.h"
#include "drivers/sysfs/pci.h"
#include "kernel/core/cpulist.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"

/* PCI Express 5.0, 7.5.3. */
#define PCI_EXP_LNKCAP 0x0c
#define PCI_EXP_LNKSTA 0x12

#define SHOW(name_, format, ...)                                       \
	static int name_##_show(struct sink *out, struct pci_dev *dev) \
	{                                                              \
		sink_printf(out, format "\n", __VA_ARGS__);            \
		return 0;                                              \
	}

SHOW(vendor, "0x%04x", dev->vendor)
SHOW(device, "0x%04x", dev->device)
SHOW(subsystem_vendor, "0x%04x", dev->subsystem_vendor)
SHOW(subsystem_device, "0x%04x", dev->subsystem_device)
SHOW(revision, "0x%02x", dev->revision)
SHOW(class, "0x%06x", dev->class)
SHOW(enable, "%u", dev->driver ? 1 : dev->enabled_by_hand) /* a driver does it once */
SHOW(modalias, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", dev->vendor, dev->device,
     dev->subsystem_vendor, dev->subsystem_device, dev->class >> 16, dev->class >> 8 & 0xff,
     dev->class & 0xff)
SHOW(power_state, "%s", dev->driver ? "D0" : "unknown")
SHOW(ari_enabled, "%d", dev->bus->self && dev->bus->self->ari)
SHOW(secondary_bus_number, "%u", dev->subordinate->number)
SHOW(subordinate_bus_number, "%u", dev->subordinate->busn_end)
SHOW(boot_vga, "%d", !!(dev->resource[PCI_ROM_RESOURCE].flags & IORESOURCE_ROM_SHADOW))

/* What is no different for any function here. */
static int show_zero(struct sink *out, struct pci_dev *dev)
{
	(void)dev;
	sink_printf(out, "0\n");
	return 0;
}

static int show_one(struct sink *out, struct pci_dev *dev)
{
	(void)dev;
	sink_printf(out, "1\n");
	return 0;
}

static int numa_node_show(struct sink *out, struct pci_dev *dev)
{
	(void)dev;
	sink_printf(out, "-1\n");
	return 0;
}

static int driver_override_show(struct sink *out, struct pci_dev *dev)
{
	(void)dev;
	sink_printf(out, "(null)\n");
	return 0;
}

/* A driver of ours takes any address: what Linux's that do ask for. */
static int dma_mask_bits_show(struct sink *out, struct pci_dev *dev)
{
	sink_printf(out, "%d\n", dev->driver ? 64 : 32);
	return 0;
}

static int irq_show(struct sink *out, struct pci_dev *dev)
{
	sink_printf(out, "%u\n", pci_irq(dev));
	return 0;
}

static int local_cpulist_show(struct sink *out, struct pci_dev *dev)
{
	char text[1024];

	(void)dev;
	cpulist_print(text, sizeof(text), &cpu_online_mask, nr_cpu_ids);
	sink_printf(out, "%s\n", text);
	return 0;
}

static int local_cpus_show(struct sink *out, struct pci_dev *dev)
{
	char text[128];

	(void)dev;
	cpumap_print(text, sizeof(text), &cpu_online_mask, nr_cpu_ids);
	sink_printf(out, "%s\n", text);
	return 0;
}

/* Linux has a flag for what host bridges forward, but not for what other bridges do. */
static int resource_show(struct sink *out, struct pci_dev *dev)
{
	int nr = dev->subordinate ? PCI_NUM_RESOURCES : PCI_BRIDGE_RESOURCES;

	for (const struct resource *res = dev->resource; res < dev->resource + nr; res++)
		sink_printf(out, "0x%016lx 0x%016lx 0x%016lx\n", res->start,
			    res->flags ? res->end : 0, res->flags & ~IORESOURCE_WINDOW);
	return 0;
}

static int uevent_show(struct sink *out, struct pci_dev *dev)
{
	if (dev->driver)
		sink_printf(out, "DRIVER=%s\n", dev->driver->name);
	sink_printf(out, "PCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\n", dev->class,
		    dev->vendor, dev->device, dev->subsystem_vendor, dev->subsystem_device);
	sink_printf(out, "PCI_SLOT_NAME=%s\nMODALIAS=", dev->name);
	return modalias_show(out, dev);
}

/* ---------------------------------------------------------------- links of PCI Express */

static void show_speed(struct sink *out, unsigned int code)
{
	static const char *const speeds[] = { "2.5", "5.0", "8.0", "16.0", "32.0", "64.0" };

	if (code >= 1 && code <= ARRAY_SIZE(speeds))
		sink_printf(out, "%s GT/s PCIe\n", speeds[code - 1]);
	else
		sink_printf(out, "Unknown\n");
}

static u32 link_cap(const struct pci_dev *dev)
{
	u32 cap = 0;

	pci_read_config_dword(dev, dev->pcie_cap + PCI_EXP_LNKCAP, &cap);
	return cap;
}

static u16 link_status(const struct pci_dev *dev)
{
	u16 status = 0;

	pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_LNKSTA, &status);
	return status;
}

static int max_link_speed_show(struct sink *out, struct pci_dev *dev)
{
	show_speed(out, link_cap(dev) & 0xf);
	return 0;
}

static int current_link_speed_show(struct sink *out, struct pci_dev *dev)
{
	show_speed(out, link_status(dev) & 0xf);
	return 0;
}

SHOW(max_link_width, "%u", link_cap(dev) >> 4 & 0x3f)
SHOW(current_link_width, "%u", link_status(dev) >> 4 & 0x3f)

static bool is_pcie(const struct pci_dev *dev)
{
	return dev->pcie_cap;
}

static bool is_bridge(const struct pci_dev *dev)
{
	return dev->subordinate;
}

static bool is_vga(const struct pci_dev *dev)
{
	return dev->class >> 8 == PCI_CLASS_DISPLAY_VGA;
}

static bool has_rom(const struct pci_dev *dev)
{
	return pci_resource_len(dev, PCI_ROM_RESOURCE);
}

/* ---------------------------------------------------------------- orders */

static int enable_store(struct pci_dev *dev, u64 value)
{
	if (dev->driver)
		return -EBUSY;
	if (value) {
		int err = pci_enable_device(dev);

		dev->enabled_by_hand += !err;
		return err;
	}
	if (!dev->enabled_by_hand)
		return -EIO;
	if (!--dev->enabled_by_hand)
		pci_disable_device(dev);
	return 0;
}

static int remove_store(struct pci_dev *dev, u64 value)
{
	if (value)
		pci_stop_and_remove_bus_device(dev);
	return 0;
}

static int rescan_store(struct pci_dev *dev, u64 value)
{
	(void)dev;
	if (value)
		pci_rescan(NULL);
	return 0;
}

/* ---------------------------------------------------------------- the table */

static int show_attr(struct sink *out, void *private)
{
	const struct pci_attr *attr = &pci_attrs[pci_file_of(private).attr];
	struct pci_dev *dev;
	int ret;

	if (!attr->show)
		return -EIO;
	if (attr->show == irq_show) /* it may ask firmware */
		pci_lock_rescan_remove();
	else
		down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	ret = dev ? attr->show(out, dev) : -ENODEV;
	if (attr->show == irq_show)
		pci_unlock_rescan_remove();
	else
		up_read(&pci_bus_sem);
	return ret;
}

/* The number that a program has written, in C's notation. */
static ssize_t store_attr(void *private, const char *text, size_t n)
{
	const struct pci_attr *attr = &pci_attrs[pci_file_of(private).attr];
	struct pci_dev *dev;
	u64 value;
	int ret;

	if (!attr->store)
		return -EIO;
	if (sysfs_parse_number(text, &value))
		return -EINVAL;
	pci_lock_rescan_remove();
	dev = pci_file_dev(private);
	ret = dev ? attr->store(dev, value) : -ENODEV;
	pci_unlock_rescan_remove();
	return ret ? ret : (ssize_t)n;
}

static loff_t text_size(void *private)
{
	(void)private;
	return SYSFS_FILE_SIZE;
}

static const struct knode_ops attr_ops = {
	.show = show_attr,
	.store = store_attr,
	.size = text_size,
};

#define ATTR(id)                                            \
	{                                                   \
#id, 0444, &attr_ops, NULL, id##_show, NULL \
	}
#define ATTR_IF(id, cond)                                   \
	{                                                   \
#id, 0444, &attr_ops, cond, id##_show, NULL \
	}
#define ORDER(id, mode)                                      \
	{                                                    \
#id, mode, &attr_ops, NULL, NULL, id##_store \
	}

const struct pci_attr pci_attrs[] = {
	ATTR(ari_enabled),
	ATTR_IF(boot_vga, is_vga),
	{ "broken_parity_status", 0444, &attr_ops, NULL, show_zero, NULL },
	ATTR(class),
	{ "config", 0644, &pci_config_ops, NULL, NULL, NULL },
	{ "consistent_dma_mask_bits", 0444, &attr_ops, NULL, dma_mask_bits_show, NULL },
	ATTR_IF(current_link_speed, is_pcie),
	ATTR_IF(current_link_width, is_pcie),
	{ "d3cold_allowed", 0444, &attr_ops, NULL, show_one, NULL },
	ATTR(device),
	ATTR(dma_mask_bits),
	ATTR(driver_override),
	{ "enable", 0644, &attr_ops, NULL, enable_show, enable_store },
	ATTR(irq),
	ATTR(local_cpulist),
	ATTR(local_cpus),
	ATTR_IF(max_link_speed, is_pcie),
	ATTR_IF(max_link_width, is_pcie),
	ATTR(modalias),
	{ "msi_bus", 0444, &attr_ops, NULL, show_one, NULL },
	ATTR(numa_node),
	ATTR(power_state),
	ORDER(remove, 0220),
	ORDER(rescan, 0200),
	ATTR(resource),
	ATTR(revision),
	{ "rom", 0600, &pci_rom_ops, has_rom, NULL, NULL },
	ATTR_IF(secondary_bus_number, is_bridge),
	ATTR_IF(subordinate_bus_number, is_bridge),
	ATTR(subsystem_device),
	ATTR(subsystem_vendor),
	{ "uevent", 0444, &attr_ops, NULL, uevent_show, NULL },
	ATTR(vendor),
};

const unsigned int nr_pci_attrs = ARRAY_SIZE(pci_attrs);
