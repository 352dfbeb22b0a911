// SPDX-License-Identifier: MIT
/*
 * Virtual functions (PCI Express 5.0, chapter 9): the room that they would need.
 *
 * A device with SR-IOV can show up as many; each of these has BARs of its own,
 * which lie behind each other in one range for each BAR.  The ranges are entered
 * and assigned like BARs, so that they are there when somebody wants the
 * functions.  Nobody does here: none is switched on.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/pcie.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "mm/layout.h"

#define PCI_EXT_CAP_SRIOV 0x10

/* The smallest size of page that the device supports; bit 0 is 4 KiB. */
static bool choose_page_size(const struct pci_dev *dev)
{
	u32 sizes;

	pci_read_config_dword(dev, dev->sriov_cap + PCI_SRIOV_PAGE_SIZES, &sizes);
	if (sizes)
		pci_write_config_dword(dev, dev->sriov_cap + PCI_SRIOV_PAGE_SIZE, sizes & -sizes);
	return sizes;
}

/* Each VF BAR as many times as there can be functions; false where one makes no sense. */
static bool read_vf_bars(struct pci_dev *dev, u16 total)
{
	const int nr_bars = PCI_IOV_RESOURCE_END - PCI_IOV_RESOURCES + 1;
	bool wide;

	for (int n = 0; n < nr_bars; n += 1 + wide) {
		struct resource *res = &dev->resource[PCI_IOV_RESOURCES + n];
		resource_size_t all;

		wide = pci_read_base(dev, PCI_IOV_RESOURCES + n,
				     dev->sriov_cap + PCI_SRIOV_BAR + 4 * n, n + 1 < nr_bars);
		if (!res->flags)
			continue;
		dev->vf_bar_size[n] = resource_size(res);
		if (!IS_ALIGNED(dev->vf_bar_size[n], PAGE_SIZE) ||
		    __builtin_mul_overflow(dev->vf_bar_size[n], total, &all) ||
		    res->start + all - 1 < res->start) {
			pci_warn(dev, "VF BAR %d cannot be laid out %u times\n", n, total);
			return false;
		}
		res->end = res->start + all - 1;
		pci_info(dev, "VF BAR %d %pR (for %u functions)\n", n, res, total);
	}
	return true;
}

/* 9.2.1.2: the last function's place, counted from the device's own, with all of them there. */
static bool read_vf_buses(struct pci_dev *dev, u16 total)
{
	u16 offset, stride;

	pci_write_config_word(dev, dev->sriov_cap + PCI_SRIOV_NUM_VFS, total);
	pci_read_config_word(dev, dev->sriov_cap + PCI_SRIOV_VF_OFFSET, &offset);
	pci_read_config_word(dev, dev->sriov_cap + PCI_SRIOV_VF_STRIDE, &stride);
	pci_write_config_word(dev, dev->sriov_cap + PCI_SRIOV_NUM_VFS, 0);
	if (!offset || (total > 1 && !stride)) {
		pci_warn(dev, "%u virtual functions at offset %u, stride %u: no place for them\n",
			 total, offset, stride);
		return false;
	}
	dev->vf_buses = (u8)min((dev->devfn + offset + stride * (total - 1U)) >> 8, 0xffU);
	return true;
}

unsigned int pci_iov_bus_range(const struct pci_bus *bus)
{
	const struct pci_dev *dev;
	unsigned int range = 0;

	list_for_each_entry(dev, &bus->devices, bus_list)
		range = max(range, (unsigned int)dev->vf_buses);
	return range;
}

void pci_iov_init(struct pci_dev *dev)
{
	u16 control, total;

	if (dev->hdr_type != PCI_HEADER_NORMAL || !dev->pcie_cap)
		return;
	dev->sriov_cap = pci_find_ext_capability(dev, PCI_EXT_CAP_SRIOV);
	if (!dev->sriov_cap)
		return;
	pci_read_config_word(dev, dev->sriov_cap + PCI_SRIOV_CTRL, &control);
	if (control & PCI_SRIOV_CTRL_VFE)
		pci_write_config_word(dev, dev->sriov_cap + PCI_SRIOV_CTRL, 0);
	pci_read_config_word(dev, dev->sriov_cap + PCI_SRIOV_TOTAL_VFS, &total);
	if (!total || total == 0xffff || !choose_page_size(dev))
		return;
	if (read_vf_bars(dev, total) && read_vf_buses(dev, total))
		return;
	for (int nr = PCI_IOV_RESOURCES; nr <= PCI_IOV_RESOURCE_END; nr++)
		dev->resource[nr].flags = 0;
}
