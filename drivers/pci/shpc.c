// SPDX-License-Identifier: MIT
/*
 * Standard hot-plug controllers (SHPC 1.0) of PCI-to-PCI bridges: silenced.
 *
 * A controller watches the slots behind its bridge and raises an interrupt when a
 * button is pressed or a card appears.  Where firmware leaves that to us
 * (acpi_osc_negotiate) and does not handle the slots by methods of its own, the
 * controller is claimed and all its interrupts are masked, for nobody here would
 * answer them; what it controls stays as it is.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/cap.h"
#include "drivers/pci/firmware.h"
#include "kernel/core/printk.h"
#include "mm/io.h"
#include "mm/ioremap.h"

#define PCI_CAP_ID_SHPC 0x0c
#define SHPC_SELECT	0x02 /* in the capability, 4.1: which word of the registers */
#define SHPC_DATA	0x04 /* ... its value */

/* 4.2: the registers, in bytes. */
#define SHPC_BASE_OFFSET 0x00 /* where in BAR 0 the registers begin */
#define SHPC_SLOT_CONFIG 0x0c
#define SHPC_NR_SLOTS	 0x1fU
#define SHPC_INTERRUPTS	 0x20	     /* SERR-INT enable */
#define SHPC_MASK_ALL	 0x0fU	     /* global and command interrupts and SERRs */
#define SHPC_RSVDZ	 0xfffc0000U /* events pending: write 1 to clear, so write 0 */
#define SHPC_SLOT(n)	 (0x24U + 4 * (n))
#define SLOT_MASK_ALL	 0x7f000000U
#define SLOT_RSVDZ	 0x801f0000U
#define SLOT_EVENTS	 0x001f0000U /* likewise */

static u32 __init read_indirect(const struct pci_dev *dev, u8 cap, int where)
{
	u32 value;

	pci_write_config_byte(dev, cap + SHPC_SELECT, (u8)(where / 4));
	pci_read_config_dword(dev, cap + SHPC_DATA, &value);
	return value;
}

static void __init silence(u8 __iomem *regs, u32 slots)
{
	u32 n;

	writel((readl(regs + SHPC_INTERRUPTS) | SHPC_MASK_ALL) & ~SHPC_RSVDZ,
	       regs + SHPC_INTERRUPTS);
	for (n = 0; n < slots; n++)
		writel((readl(regs + SHPC_SLOT(n)) | SLOT_MASK_ALL) & ~(SLOT_RSVDZ | SLOT_EVENTS),
		       regs + SHPC_SLOT(n));
}

static void __init take_over(struct pci_dev *dev, u8 cap)
{
	u32 offset = read_indirect(dev, cap, SHPC_BASE_OFFSET);
	u32 slots = read_indirect(dev, cap, SHPC_SLOT_CONFIG) & SHPC_NR_SLOTS;
	resource_size_t size = SHPC_SLOT(slots), start = pci_resource_start(dev, 0) + offset;
	u8 __iomem *regs;

	if (!slots || offset > pci_resource_len(dev, 0) ||
	    size > pci_resource_len(dev, 0) - offset || pci_enable_device(dev) ||
	    !request_mem_region(start, size, "shpchp"))
		return;
	regs = ioremap(start, size);
	if (!regs) {
		release_mem_region(start, size);
		return;
	}
	silence(regs, slots);
	iounmap(regs);
	pci_info(dev, "hot-plug controller with %u slots: silenced\n", slots);
}

void __init pci_shpc_init(void)
{
	const struct pci_bus *root;
	struct pci_dev *dev;
	u8 cap;

	for_each_pci_dev(dev) {
		if (dev->hdr_type != PCI_HEADER_BRIDGE || !dev->subordinate)
			continue;
		root = pci_root_of(dev->bus);
		if (!root->shpc_granted || pci_slots_are_firmware_s(dev->subordinate))
			continue;
		cap = pci_find_capability(dev, PCI_CAP_ID_SHPC);
		if (cap)
			take_over(dev, cap);
	}
}
