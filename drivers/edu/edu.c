// SPDX-License-Identifier: MIT
/*
 * A driver from end to end, to be read from the bottom up: edu_init() tells PCI which devices are
 * ours, edu_probe() is called with each that is found, edu_remove() when it goes.
 *
 *   claim   nobody else gets the BAR; `iomem` shows it under our name
 *   map     the BAR has a physical address, the processor needs a virtual one
 *   use     readl() and writel(), of exactly the width that the device asks for
 *
 * What a pcim_ function gave, PCI takes back, the last one first: after remove(), or of a failed probe().
 *
 * DMA goes by physical addresses: the device knows no page tables.  So memory that it is told of
 * must stay where it is until the device is done.  On a PC caches see what devices write (they are
 * coherent): a coherent buffer is any page that the device can reach.  This one reaches 28 bits.
 */
#define pr_fmt(fmt) "edu: " fmt
#include "drivers/edu/edu.h"

#include "drivers/edu/edu_regs.h"
#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/mutex.h"
#include "kernel/time/time.h"
#include "mm/io.h"

#define TIMEOUT 10000000UL /* us: DMA takes it 0.1 s; the host has other things to do */

struct edu {
	struct pci_dev *pci_dev;
	void __iomem *regs;
	struct completion told; /* by the interrupt handler */
	u8 *coherent;		/* what edu_copy() goes through: EDU_BUFFER bytes */
};

/* The last device that was found and answers, or NULL.  Held while it is at work. */
static DEFINE_MUTEX(edu_mutex);
static struct edu *the_edu;

/* It is asked for what it has to tell, and told that we know: until then it tells nothing new. */
static irqreturn_t edu_interrupt(int irq, void *dev_id)
{
	struct edu *edu = dev_id;
	u32 why = readl(edu->regs + EDU_IRQ_STATUS);

	(void)irq;
	if (!why || why == ~0U) /* nothing; or the device was pulled */
		return IRQ_NONE;
	writel(why, edu->regs + EDU_IRQ_ACK);
	complete(&edu->told);
	return IRQ_HANDLED;
}

/* What did not answer may still be at it: it loses the right to reach memory, and is not asked again. */
static int give_up(struct edu *edu, const char *what)
{
	pci_warn(edu->pci_dev, "edu: no end of the %s\n", what);
	pci_clear_master(edu->pci_dev);
	the_edu = NULL;
	return -ETIMEDOUT;
}

static int factorial(struct edu *edu, u32 *n, bool polled)
{
	bool done;

	reinit_completion(&edu->told);
	writel(polled ? 0 : EDU_TELL, edu->regs + EDU_STATUS);
	writel(*n, edu->regs + EDU_FACTORIAL);
	if (polled)
		done = poll_timeout(!(readl(edu->regs + EDU_STATUS) & EDU_COMPUTING), TIMEOUT);
	else
		done = wait_for_completion_timeout(&edu->told, TIMEOUT * NSEC_PER_USEC);
	*n = readl(edu->regs + EDU_FACTORIAL);
	return done ? 0 : give_up(edu, "factorial");
}

static int dma(struct edu *edu, phys_addr_t addr, u32 offset, u32 len, enum edu_direction direction)
{
	bool out = direction == EDU_FROM_DEVICE;
	u64 buffer = EDU_BUFFER_AT + offset;

	if (!len || len > EDU_BUFFER || offset > EDU_BUFFER - len)
		return -EINVAL;
	if (addr + len > EDU_DMA_LIMIT) {
		pci_warn(edu->pci_dev, "edu: [mem %#lx-%#lx] is out of its reach\n", addr,
			 addr + len - 1);
		return -EFAULT;
	}
	reinit_completion(&edu->told);
	writeq(out ? buffer : addr, edu->regs + EDU_DMA_SOURCE);
	writeq(out ? addr : buffer, edu->regs + EDU_DMA_TARGET);
	writeq(len, edu->regs + EDU_DMA_COUNT);
	/* writel() is a barrier: what the device is to read was stored before it is told to. */
	writel(EDU_DMA_START | EDU_DMA_TELL | (out ? EDU_DMA_TO_MEMORY : 0),
	       edu->regs + EDU_DMA_COMMAND);
	return wait_for_completion_timeout(&edu->told, TIMEOUT * NSEC_PER_USEC) ?
		       0 :
		       give_up(edu, "transfer");
}

static int copy(struct edu *edu, void *data, u32 offset, u32 len, enum edu_direction direction)
{
	int err;

	if (direction == EDU_TO_DEVICE) /* no more of it than there is: dma() refuses */
		memcpy(edu->coherent, data, min(len, (u32)EDU_BUFFER));
	err = dma(edu, __pa(edu->coherent), offset, len, direction);
	if (!err && direction == EDU_FROM_DEVICE)
		memcpy(data, edu->coherent, len);
	return err;
}

/* The value of `call`, made where there is a device, which it has for itself. */
#define with_edu(call)                             \
	({                                         \
		int _err;                          \
		mutex_lock(&edu_mutex);            \
		_err = the_edu ? (call) : -ENODEV; \
		mutex_unlock(&edu_mutex);          \
		_err;                              \
	})

int edu_factorial(u32 *n, bool polled)
{
	return *n > EDU_MAX_N ? -EINVAL : with_edu(factorial(the_edu, n, polled));
}

int edu_dma(phys_addr_t addr, u32 offset, u32 len, enum edu_direction direction)
{
	return with_edu(dma(the_edu, addr, offset, len, direction));
}

int edu_copy(void *data, u32 offset, u32 len, enum edu_direction direction)
{
	return with_edu(copy(the_edu, data, offset, len, direction));
}

static int edu_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct edu *edu = pcim_kzalloc(dev, sizeof(*edu), GFP_KERNEL);
	int err = pcim_enable_device(dev), irq;

	(void)id;
	if (!edu || err)
		return err ? err : -ENOMEM;
	edu->pci_dev = dev;
	init_completion(&edu->told);
	edu->regs = pcim_iomap_region(dev, EDU_BAR, "edu");
	if (IS_ERR(edu->regs))
		return (int)PTR_ERR(edu->regs);
	if ((readl(edu->regs + EDU_ID) & 0xffff) != 0xed)
		return -ENODEV;
	edu->coherent = pcim_kzalloc(dev, EDU_BUFFER, GFP_KERNEL | GFP_DMA); /* below 16 MiB */
	if (!edu->coherent)
		return -ENOMEM;
	/* Its interrupt is a message of its own, a write to a local APIC: no line, no sharing. */
	irq = pcim_request_msi(dev, edu_interrupt, "edu", edu);
	if (irq < 0)
		return irq;
	pci_set_master(dev); /* it may reach memory: DMA, and MSI, which is a write as well */
	dev->driver_data = edu;
	mutex_lock(&edu_mutex);
	the_edu = edu;
	mutex_unlock(&edu_mutex);
	pci_info(dev, "edu: version %x, irq %d\n", readl(edu->regs + EDU_ID) >> 16, irq);
	return 0;
}

static void edu_remove(struct pci_dev *dev)
{
	mutex_lock(&edu_mutex); /* nobody is at it, and nobody comes to it any more */
	if (the_edu == dev->driver_data)
		the_edu = NULL;
	mutex_unlock(&edu_mutex);
	pci_clear_master(dev);
}

void __init edu_init(void)
{
	static const struct pci_device_id ids[] = { { 0x1234, 0x11e8 }, { 0, 0 } };
	static struct pci_driver driver = {
		.name = "edu", .id_table = ids, .probe = edu_probe, .remove = edu_remove
	};

	if (pci_register_driver(&driver))
		edu_dev_init();
}
