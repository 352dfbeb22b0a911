// SPDX-License-Identifier: MIT
/*
 * What a driver need not give back: each of these does what its name without the m does, and notes
 * on the function how that is undone.  pcim_release_all() runs the notes, the last one first, when
 * the driver is done with the function: its probe() failed, or remove() came back.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/probe.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

struct pcim_note {
	struct pcim_note *earlier;
	pcim_action_t action;
	void *data;
};

int pcim_add_action(struct pci_dev *dev, pcim_action_t action, void *data)
{
	struct pcim_note *note = kmalloc(sizeof(*note), GFP_KERNEL);

	if (!note) {
		action(dev, data);
		return -ENOMEM;
	}
	*note = (struct pcim_note){ dev->managed, action, data };
	dev->managed = note;
	return 0;
}

void pcim_release_all(struct pci_dev *dev)
{
	struct pcim_note *note;

	while ((note = dev->managed) != NULL) {
		dev->managed = note->earlier;
		note->action(dev, note->data);
		kfree(note);
	}
}

static void free_memory(struct pci_dev *dev, void *data)
{
	(void)dev;
	kfree(data);
}

void *pcim_kzalloc(struct pci_dev *dev, size_t size, gfp_t flags)
{
	void *data = kzalloc(size, flags);

	return data && !pcim_add_action(dev, free_memory, data) ? data : NULL;
}

static void disable(struct pci_dev *dev, void *unused)
{
	(void)unused;
	pci_disable_device(dev);
}

int pcim_enable_device(struct pci_dev *dev)
{
	int err = pci_enable_device(dev);

	return err ? err : pcim_add_action(dev, disable, NULL);
}

static void give_region(struct pci_dev *dev, void *bar)
{
	pci_release_selected_regions(dev, (int)BIT((unsigned long)bar));
}

static void unmap(struct pci_dev *dev, void *addr)
{
	pci_iounmap(dev, (void __iomem __force *)addr);
}

void __iomem *pcim_iomap_region(struct pci_dev *dev, int bar, const char *name)
{
	int err = pci_request_selected_regions(dev, (int)BIT(bar), name);
	void __iomem *addr;

	if (!err)
		err = pcim_add_action(dev, give_region, (void *)(unsigned long)bar);
	if (err)
		return IOMEM_ERR_PTR(err);
	addr = pci_iomap(dev, bar, 0);
	if (!addr || pcim_add_action(dev, unmap, (void __force *)addr))
		return IOMEM_ERR_PTR(-ENOMEM);
	return addr;
}

static void free_msi(struct pci_dev *dev, void *data)
{
	free_irq(pci_irq_vector(dev, 0), data);
	pci_disable_msi(dev);
}

int pcim_request_msi(struct pci_dev *dev, irq_handler_t handler, const char *name, void *data)
{
	int irq, err = pci_enable_msi(dev);

	if (err)
		return err;
	irq = pci_irq_vector(dev, 0);
	err = request_irq(irq, handler, 0, name, data);
	if (err) {
		pci_disable_msi(dev);
		return err;
	}
	err = pcim_add_action(dev, free_msi, data);
	return err ? err : irq;
}
