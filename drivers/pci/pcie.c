// SPDX-License-Identifier: MIT
/*
 * PCI Express: what kind of port a function is, and what comes with it.
 *
 * The capability names the kind (PCI Express 5.0, 7.5.3.2).  From it follows whether
 * one slot or 32 may lie behind the function, whether that slot can take a card later,
 * and how far configuration space reaches: 4096 bytes behind root ports and switches,
 * 256 behind everything else.  A port in an impossible place (downstream right
 * behind downstream, upstream behind upstream) counts as none, as in Linux.
 *
 * With ARI (6.13) the functions of a device form a list of up to 256, in place of
 * slots of 8.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/pcie.h"
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "kernel/core/printk.h"

#define PCI_EXP_VERSION(flags)	 (0xf & (flags))
#define PCI_EXP_TYPE(flags)	 ((flags) >> 4 & 0xf)
#define PCI_EXP_TYPE_NONE	 0x0 /* an endpoint */
#define PCI_EXP_TYPE_ROOT_PORT	 0x4
#define PCI_EXP_TYPE_UPSTREAM	 0x5
#define PCI_EXP_TYPE_DOWNSTREAM	 0x6
#define PCI_EXP_TYPE_PCIE_BRIDGE 0x8
#define PCI_EXP_FLAGS_SLOT	 BIT(8)
#define PCI_EXP_DEVCAP2		 0x24 /* 7.5.3.15, from version 2 on */
#define PCI_EXP_DEVCAP2_ARI	 BIT(5)
#define PCI_EXP_DEVCTL2		 0x28 /* 7.5.3.16 */
#define PCI_EXP_DEVCTL2_ARI	 BIT(5)

#define PCI_EXT_CAP_ARI 0x0e
#define PCI_ARI_NEXT	0x05 /* 7.8.7.2, bits 15:8 of the capability register */

bool pcie_leads_to_one_slot(const struct pci_dev *dev)
{
	return dev->pcie_type == PCI_EXP_TYPE_ROOT_PORT ||
	       dev->pcie_type == PCI_EXP_TYPE_DOWNSTREAM ||
	       dev->pcie_type == PCI_EXP_TYPE_PCIE_BRIDGE;
}

static u8 port_type(const struct pci_dev *dev, u16 flags)
{
	const struct pci_dev *above = dev->bus->self;
	u8 type = PCI_EXP_TYPE(flags);

	if (above && ((type == PCI_EXP_TYPE_DOWNSTREAM && pcie_leads_to_one_slot(above)) ||
		      (type == PCI_EXP_TYPE_UPSTREAM && above->pcie_type == type))) {
		pci_info(dev, "a port of type %u cannot be behind %s: no port\n", type,
			 above->name);
		return PCI_EXP_TYPE_NONE;
	}
	return type;
}

void pci_express_init(struct pci_dev *dev)
{
	u16 flags;
	u32 slot;

	dev->pcie_cap = pci_find_capability(dev, PCI_CAP_ID_EXP);
	if (!dev->pcie_cap)
		return;
	pci_read_config_word(dev, dev->pcie_cap + PCI_EXP_FLAGS, &flags);
	dev->pcie_type = port_type(dev, flags);
	if (dev->hdr_type != PCI_HEADER_BRIDGE || !pcie_leads_to_one_slot(dev) || flags == 0xffff ||
	    !(flags & PCI_EXP_FLAGS_SLOT))
		return;
	pci_read_config_dword(dev, dev->pcie_cap + PCI_EXP_SLTCAP, &slot);
	dev->hotplug_bridge = slot & PCI_EXP_SLTCAP_HPC;
}

/* All bridges on the way must pass extended requests on. */
static bool reaches_extended_space(const struct pci_bus *bus)
{
	for (; bus->self; bus = bus->parent)
		if (bus->self->pcie_type != PCI_EXP_TYPE_ROOT_PORT &&
		    bus->self->pcie_type != PCI_EXP_TYPE_UPSTREAM &&
		    bus->self->pcie_type != PCI_EXP_TYPE_DOWNSTREAM)
			return false;
	return true;
}

int pci_cfg_space_size(const struct pci_dev *dev)
{
	u32 v;

	if (!dev->pcie_cap || !reaches_extended_space(dev->bus) ||
	    pci_read_config_dword(dev, PCI_CFG_SPACE_SIZE, &v) || v == ~0U)
		return PCI_CFG_SPACE_SIZE;
	return PCI_CFG_SPACE_EXP_SIZE;
}

u16 pci_find_ext_capability(const struct pci_dev *dev, u16 id)
{
	unsigned int steps;
	u16 pos = PCI_EXT_CAP_FIRST;
	u32 header;

	if (pci_cfg_space_size(dev) < PCI_CFG_SPACE_EXP_SIZE)
		return 0;
	for (steps = 0; steps < PCI_EXT_CAP_STEPS && pos >= PCI_EXT_CAP_FIRST; steps++) {
		pci_read_config_dword(dev, pos, &header);
		if (header == 0 || header == ~0U)
			return 0;
		if ((u16)header == id)
			return pos;
		pos = header >> 20 & 0xffc;
	}
	return 0;
}

void pci_ari_init(struct pci_dev *dev)
{
	struct pci_dev *port = dev->bus->self;
	u16 flags;
	u32 can;

	if (!dev->pcie_cap || dev->devfn || !port || !port->pcie_cap)
		return;
	pci_read_config_word(port, port->pcie_cap + PCI_EXP_FLAGS, &flags);
	if (PCI_EXP_VERSION(flags) < 2)
		return;
	pci_read_config_dword(port, port->pcie_cap + PCI_EXP_DEVCAP2, &can);
	if (!(can & PCI_EXP_DEVCAP2_ARI))
		return;
	port->ari = pci_find_ext_capability(dev, PCI_EXT_CAP_ARI);
	pci_clear_and_set_word(port, port->pcie_cap + PCI_EXP_DEVCTL2, PCI_EXP_DEVCTL2_ARI,
			       port->ari ? PCI_EXP_DEVCTL2_ARI : 0);
}

u8 pci_next_ari_function(const struct pci_dev *dev)
{
	u16 cap = pci_find_ext_capability(dev, PCI_EXT_CAP_ARI);
	u8 next;

	if (!cap)
		return 0;
	pci_read_config_byte(dev, cap + PCI_ARI_NEXT, &next);
	return next;
}
