// SPDX-License-Identifier: MIT
/* msi_irqs/ of a PCI function: a file for each irq of its messages, which says of which kind they are. */
#include "drivers/sysfs/pci.h"
#include "kernel/core/sink.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"

#define NAME_LEN 16
#define DT_REG	 8 /* getdents(2)'s */

static int show_kind(struct sink *out, void *private)
{
	const struct pci_dev *dev;
	int ret = -ENODEV;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev && pci_irq_vector(dev, 0) >= 0) {
		sink_printf(out, "%s\n", dev->msix ? "msix" : "msi");
		ret = 0;
	}
	up_read(&pci_bus_sem);
	return ret;
}

static loff_t text_size(void *private)
{
	(void)private;
	return SYSFS_FILE_SIZE;
}

static const struct knode_ops kind_ops = { .show = show_kind, .size = text_size };

/* The irq of the function's message or entry nr, as text: false, it has no more. */
static bool irq_name(void *private, unsigned int nr, char *name)
{
	const struct pci_dev *dev;
	int irq = -1;

	down_read(&pci_bus_sem);
	dev = pci_file_dev(private);
	if (dev)
		irq = pci_irq_vector(dev, nr);
	up_read(&pci_bus_sem);
	scnprintf(name, NAME_LEN, "%d", irq);
	return irq >= 0;
}

static int lookup(void *private, const char *wanted, struct ktree_entry *entry)
{
	char name[NAME_LEN];

	for (unsigned int nr = 0; irq_name(private, nr, name); nr++) {
		if (strcmp(name, wanted))
			continue;
		*entry = (struct ktree_entry){ .mode = S_IFREG | 0444,
					       .ops = &kind_ops,
					       .private = private };
		return 0;
	}
	return -ENOENT;
}

static int iterate(void *private, struct dir_context *ctx)
{
	char name[NAME_LEN];

	for (; irq_name(private, (unsigned int)(ctx->pos - KTREE_FIRST), name); ctx->pos++)
		if (!dir_emit(ctx, name, (int)strlen(name), 1ULL << 42 | (u64)ctx->pos, DT_REG))
			break;
	return 0;
}

const struct ktree_dir_ops pci_msi_irqs_dir = { .lookup = lookup, .iterate = iterate };
