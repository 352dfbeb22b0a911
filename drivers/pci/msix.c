// SPDX-License-Identifier: MIT
/*
 * MSI-X: an interrupt is a write of the device's to the local APIC, one of a
 * table of address and data that lies in one of its BARs (PCI 3.0, 6.8.2).
 *
 * The table belongs to this file and not to the driver; its BAR stands in the
 * register under the device's name, which is the claim, and is mapped for as
 * long as MSI-X is on.  All entries are masked before the function's own mask
 * is lifted, so nothing strikes before its handler is there.
 *
 * The device says where the table is and how long, and may lie: BAR, offset and
 * length are checked against the BAR's size before anything is mapped.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/apic/apic.h"
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/slab.h"

/* 6.8.2.3: message control. */
#define PCI_MSIX_FLAGS	       0x02
#define PCI_MSIX_FLAGS_QSIZE   0x07ff /* entries - 1 */
#define PCI_MSIX_FLAGS_MASKALL BIT(14)
#define PCI_MSIX_FLAGS_ENABLE  BIT(15)
/* 6.8.2.4: table offset, and the BAR in its low three bits. */
#define PCI_MSIX_TABLE	       0x04
#define PCI_MSIX_BIR	       0x7U

/* 6.8.2.6 to 6.8.2.9: an entry. */
#define ENTRY_SIZE	  16
#define ENTRY_ADDR	  0x0
#define ENTRY_ADDR_UPPER  0x4
#define ENTRY_DATA	  0x8
#define ENTRY_CTRL	  0xc
#define ENTRY_CTRL_MASKED BIT(0)

struct msix_state {
	u8 __iomem *table;
	unsigned int nr_entries; /* in the table */
	unsigned int count;	 /* irqs made, of the first entries */
	int irqs[];
};

static u8 __iomem *entry_of(const struct msix_state *msix, u32 nr)
{
	return msix->table + (size_t)nr * ENTRY_SIZE;
}

/* Read back: the write has reached the device before we go on. */
static void set_entry_mask(const struct msix_state *msix, u32 nr, bool masked)
{
	u8 __iomem *ctrl = entry_of(msix, nr) + ENTRY_CTRL;
	u32 v = readl(ctrl);

	writel(masked ? v | ENTRY_CTRL_MASKED : v & ~ENTRY_CTRL_MASKED, ctrl);
	readl(ctrl);
}

/* The number that Linux shows: bus and function, and the entry. */
#define HWIRQ_FUNCTION_SHIFT 11
#define HWIRQ_SEGMENT_SHIFT  27
#define HWIRQ_ENTRY_MASK     PCI_MSIX_FLAGS_QSIZE

u32 pci_msi_hwirq(const struct pci_dev *dev, u32 nr)
{
	return (u32)dev->bus->segment << HWIRQ_SEGMENT_SHIFT |
	       (u32)(dev->bus->number << 8 | dev->devfn) << HWIRQ_FUNCTION_SHIFT | nr;
}

static u32 entry_nr(const struct irq_data *d)
{
	return d->hwirq & HWIRQ_ENTRY_MASK;
}

static void msix_mask(struct irq_data *d)
{
	set_entry_mask(d->chip_data, entry_nr(d), true);
}

static void msix_unmask(struct irq_data *d)
{
	set_entry_mask(d->chip_data, entry_nr(d), false);
}

/* 6.8.3.5: an entry is masked while it is written; a message of that time waits in the device. */
static void msix_set_target(struct irq_data *d)
{
	const struct msix_state *msix = d->chip_data;
	u8 __iomem *entry = entry_of(msix, entry_nr(d));
	u32 ctrl = readl(entry + ENTRY_CTRL), data;
	u64 address;

	msi_compose(d->cpu, d->vector, &address, &data);
	writel(ctrl | ENTRY_CTRL_MASKED, entry + ENTRY_CTRL);
	writel(lower_32_bits(address), entry + ENTRY_ADDR);
	writel(upper_32_bits(address), entry + ENTRY_ADDR_UPPER);
	writel(data, entry + ENTRY_DATA);
	writel(ctrl, entry + ENTRY_CTRL);
	readl(entry + ENTRY_CTRL);
}

static const struct irq_chip msix_chip = {
	.name = "PCI-MSI",
	.irq_mask = msix_mask,
	.irq_unmask = msix_unmask,
	.irq_eoi = lapic_irq_eoi,
	.irq_set_target = msix_set_target,
};

bool pci_msix_table(const struct pci_dev *dev, struct resource *range)
{
	u32 table;

	if (!dev->msix)
		return false;
	pci_read_config_dword(dev, dev->msix_cap + PCI_MSIX_TABLE, &table);
	range->start = dev->resource[table & PCI_MSIX_BIR].start + (table & ~PCI_MSIX_BIR);
	range->end = range->start + dev->msix->nr_entries * ENTRY_SIZE - 1;
	range->flags = IORESOURCE_MEM;
	return true;
}

/* Map the table that the capability describes, if the BAR holds all of it. */
static u8 __iomem *map_table(struct pci_dev *dev, unsigned int nr_entries)
{
	const struct resource *res;
	resource_size_t offset, size = (resource_size_t)nr_entries * ENTRY_SIZE;
	u32 table;
	u8 bar;

	pci_read_config_dword(dev, dev->msix_cap + PCI_MSIX_TABLE, &table);
	bar = (u8)(table & PCI_MSIX_BIR);
	offset = table & ~PCI_MSIX_BIR;
	res = bar <= PCI_STD_RESOURCE_END ? &dev->resource[bar] : NULL;
	if (!res || !(res->flags & IORESOURCE_MEM) || !res->parent) {
		pci_warn(dev, "MSI-X table in BAR %u, which is no memory that it holds\n", bar);
		return NULL;
	}
	if (offset > resource_size(res) || size > resource_size(res) - offset) {
		pci_warn(dev, "MSI-X table of %#lx bytes at %#lx leaves BAR %u %pR\n", size, offset,
			 bar, res);
		return NULL;
	}
	return ioremap(res->start + offset, size);
}

static void set_control(struct pci_dev *dev, u16 clear, u16 set)
{
	pci_clear_and_set_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, clear, set);
}

/* Messages into the table of a function that is enabled and masked as a whole. */
static int setup_entries(const struct pci_dev *dev, struct msix_state *msix, unsigned int count)
{
	unsigned int i;
	int irq;

	for (i = 0; i < msix->nr_entries; i++)
		writel(ENTRY_CTRL_MASKED, entry_of(msix, i) + ENTRY_CTRL);
	for (i = 0; i < count; i++) {
		irq = irq_create(-1, &msix_chip, msix, pci_msi_hwirq(dev, i), false);
		if (irq < 0)
			return irq;
		msix->irqs[msix->count++] = irq;
	}
	return 0;
}

/* Off, and nothing left of it. */
static void undo(struct pci_dev *dev, struct msix_state *msix)
{
	set_control(dev, PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL, 0);
	while (msix->count) {
		int irq = msix->irqs[--msix->count];

		WARN(irq_destroy(irq), "irq %d of an MSI-X entry still has a handler\n", irq);
	}
	iounmap(msix->table);
	kfree(msix);
}

int pci_enable_msix(struct pci_dev *dev, unsigned int count)
{
	struct msix_state *msix;
	unsigned int nr_entries;
	u16 flags, command;
	int err;

	/* A message that no local APIC of ours takes could not be ended either. */
	if (!dev->msix_cap || !lapic_available())
		return -ENODEV;
	if (dev->msix || dev->msi_irq)
		return -EBUSY;
	pci_read_config_word(dev, PCI_COMMAND, &command);
	if (!(command & PCI_COMMAND_MEMORY)) {
		pci_warn(dev, "memory decode is off: its MSI-X table cannot be written\n");
		return -ENODEV;
	}
	pci_read_config_word(dev, dev->msix_cap + PCI_MSIX_FLAGS, &flags);
	nr_entries = (flags & PCI_MSIX_FLAGS_QSIZE) + 1U;
	if (count == 0 || count > nr_entries)
		return -ENOSPC;
	msix = kzalloc(sizeof(*msix) + count * sizeof(msix->irqs[0]), GFP_KERNEL);
	if (!msix)
		return -ENOMEM;
	msix->nr_entries = nr_entries;
	msix->table = map_table(dev, nr_entries);
	if (!msix->table) {
		kfree(msix);
		return -ENODEV;
	}

	/* 6.8.3.2: the table may be written while the function as a whole is masked. */
	set_control(dev, 0, PCI_MSIX_FLAGS_MASKALL | PCI_MSIX_FLAGS_ENABLE);
	err = setup_entries(dev, msix, count);
	if (err) {
		undo(dev, msix);
		return err;
	}
	dev->msix = msix;
	pci_clear_and_set_word(dev, PCI_COMMAND, 0, PCI_COMMAND_INTX_OFF);
	set_control(dev, PCI_MSIX_FLAGS_MASKALL, 0);
	return 0;
}

void pci_disable_msix(struct pci_dev *dev)
{
	struct msix_state *msix = dev->msix;

	if (!msix)
		return;
	down_write(&pci_bus_sem); /* who shows its irqs is done */
	dev->msix = NULL;
	up_write(&pci_bus_sem);
	undo(dev, msix);
	pci_clear_and_set_word(dev, PCI_COMMAND, PCI_COMMAND_INTX_OFF, 0);
}

int pci_irq_vector(const struct pci_dev *dev, unsigned int nr)
{
	if (dev->msi_irq && nr == 0)
		return dev->msi_irq;
	if (!dev->msix || nr >= dev->msix->count)
		return -EINVAL;
	return dev->msix->irqs[nr];
}
