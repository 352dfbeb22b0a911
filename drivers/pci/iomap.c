// SPDX-License-Identifier: MIT
/*
 * Mapping BARs, whichever kind they are: memory through ioremap, ports through
 * ioport_map.  What comes back goes through ioread and iowrite either way.
 *
 * This maps and does not claim: the driver holds the BAR already
 * (pci_request_selected_regions).
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "mm/iomap.h"
#include "drivers/pci/probe.h"
#include "kernel/core/printk.h"
#include "mm/ioremap.h"

void __iomem *pci_iomap_range(struct pci_dev *dev, int bar, unsigned long offset,
			      unsigned long maxlen)
{
	resource_size_t start, len;
	unsigned long flags;

	if (bar < PCI_STD_RESOURCES || bar > PCI_STD_RESOURCE_END) {
		pci_warn(dev, "there is no BAR %d to map\n", bar);
		return NULL;
	}
	start = pci_resource_start(dev, bar);
	len = pci_resource_len(dev, bar);
	flags = pci_resource_flags(dev, bar);
	if (!start || len <= offset) {
		pci_warn(dev, "%s has %#lx bytes: can't map from %#lx on\n",
			 pci_resource_name(dev, bar), start ? len : 0, offset);
		return NULL;
	}
	start += offset;
	len -= offset;
	if (maxlen && len > maxlen)
		len = maxlen;
	if (flags & IORESOURCE_IO)
		return ioport_map(start, (unsigned int)len);
	return ioremap(start, len);
}

void __iomem *pci_iomap(struct pci_dev *dev, int bar, unsigned long maxlen)
{
	return pci_iomap_range(dev, bar, 0, maxlen);
}

void pci_iounmap(struct pci_dev *dev, void __iomem *addr)
{
	(void)dev;
	if (is_pio_cookie(addr))
		ioport_unmap(addr);
	else
		iounmap(addr);
}
