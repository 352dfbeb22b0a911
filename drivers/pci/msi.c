// SPDX-License-Identifier: MIT
/*
 * MSI: one message, whose address and data lie in configuration space (PCI 3.0, 6.8.1).
 *
 * A function may ask for up to 32 messages, but they are consecutive vectors of one CPU; it gets
 * one, and who needs several has MSI-X.  The mask is optional: without it an interrupt that is
 * disabled comes all the same, and the interrupt core keeps it.  So the message is never torn:
 * its vector is one write, its CPU another, in the order that irq_set_target() wants.
 */
#include "drivers/apic/apic.h"
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"

/* 6.8.1.3: message control. */
#define MSI_FLAGS	    0x02
#define MSI_FLAGS_ENABLE    BIT(0)
#define MSI_FLAGS_MESSAGES  0x70U /* log2 of how many it may send */
#define MSI_FLAGS_64BIT	    BIT(7)
#define MSI_FLAGS_MASKBIT   BIT(8)
#define MSI_ADDRESS	    0x04
#define MSI_ADDRESS_UPPER   0x08 /* with 64 bits alone, and what follows lies 4 behind */
#define MSI_DATA(wide)	    ((wide) ? 0x0c : 0x08)
#define MSI_MASK_BITS(wide) ((wide) ? 0x10 : 0x0c)

static u16 flags_of(const struct pci_dev *dev)
{
	u16 flags;

	pci_read_config_word(dev, dev->msi_cap + MSI_FLAGS, &flags);
	return flags;
}

/* Read back: the write has reached the device before we go on. */
static void set_mask(const struct pci_dev *dev, bool masked)
{
	u16 flags = flags_of(dev);
	int where = dev->msi_cap + MSI_MASK_BITS(flags & MSI_FLAGS_64BIT);
	u32 bits;

	if (!(flags & MSI_FLAGS_MASKBIT))
		return;
	pci_read_config_dword(dev, where, &bits);
	pci_write_config_dword(dev, where, masked ? bits | BIT(0) : bits & ~BIT(0));
	pci_read_config_dword(dev, where, &bits);
}

static void msi_mask(struct irq_data *d)
{
	set_mask(d->chip_data, true);
}

static void msi_unmask(struct irq_data *d)
{
	set_mask(d->chip_data, false);
}

static void msi_set_target(struct irq_data *d)
{
	const struct pci_dev *dev = d->chip_data;
	bool wide = flags_of(dev) & MSI_FLAGS_64BIT;
	u64 address;
	u32 data;

	msi_compose(d->cpu, d->vector, &address, &data);
	pci_write_config_word(dev, dev->msi_cap + MSI_DATA(wide), (u16)data);
	if (wide)
		pci_write_config_dword(dev, dev->msi_cap + MSI_ADDRESS_UPPER,
				       upper_32_bits(address));
	pci_write_config_dword(dev, dev->msi_cap + MSI_ADDRESS, lower_32_bits(address));
	flags_of(dev);
}

static const struct irq_chip msi_chip = {
	.name = "PCI-MSI",
	.irq_mask = msi_mask,
	.irq_unmask = msi_unmask,
	.irq_eoi = lapic_irq_eoi,
	.irq_set_target = msi_set_target,
};

int pci_enable_msi(struct pci_dev *dev)
{
	int irq;

	if (!dev->msi_cap || !lapic_available())
		return -ENODEV;
	if (dev->msi_irq || dev->msix)
		return -EBUSY;
	set_mask(dev, true);
	irq = irq_create(-1, &msi_chip, dev, pci_msi_hwirq(dev, 0), false);
	if (irq < 0)
		return irq;
	dev->msi_irq = irq;
	pci_clear_and_set_word(dev, PCI_COMMAND, 0, PCI_COMMAND_INTX_OFF);
	pci_clear_and_set_word(dev, dev->msi_cap + MSI_FLAGS, MSI_FLAGS_MESSAGES, MSI_FLAGS_ENABLE);
	return 0;
}

void pci_disable_msi(struct pci_dev *dev)
{
	int irq = dev->msi_irq;

	if (!irq)
		return;
	pci_clear_and_set_word(dev, dev->msi_cap + MSI_FLAGS, MSI_FLAGS_ENABLE, 0);
	pci_clear_and_set_word(dev, PCI_COMMAND, PCI_COMMAND_INTX_OFF, 0);
	dev->msi_irq = 0;
	WARN(irq_destroy(irq), "irq %d of MSI still has a handler\n", irq);
}
