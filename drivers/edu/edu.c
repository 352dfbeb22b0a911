// SPDX-License-Identifier: MIT
/*
 * A driver from end to end, to be read from the bottom up: edu_init() tells PCI which devices are
 * ours, edu_probe() is called with each that is found, edu_remove() when it goes.
 *
 *   claim   pci_request_selected_regions(): nobody else gets the BAR; `iomem` shows it under our name
 *   map     pci_iomap(): the BAR has a physical address, the processor needs a virtual one
 *   use     readl() and writel(), of exactly the width that the device asks for
 *
 * and the same backwards.  What was claimed and failed to map is released again.
 *
 * DMA goes by physical addresses: the device knows no page tables.  So memory that it is told of
 * must stay where it is until the device is done.  On a PC caches see what devices write (they are
 * coherent): a coherent buffer is any page that the device can reach.  This one reaches 28 bits.
 */
#define pr_fmt(fmt) "edu: " fmt
#include "drivers/edu/edu.h"

#include "drivers/pci/pci.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "mm/io.h"
#include "mm/iomap.h"
#include "mm/page_alloc.h"

/* QEMU's docs/specs/edu.txt, "MMIO area spec". */
#define EDU_ID		  0x00 /* 0xRRrr00ed */
#define EDU_FACTORIAL	  0x08
#define EDU_STATUS	  0x20
#define EDU_COMPUTING	  0x01
#define EDU_TELL	  0x80 /* raise an interrupt with the factorial */
#define EDU_IRQ_STATUS	  0x24
#define EDU_IRQ_ACK	  0x64
#define EDU_DMA_SOURCE	  0x80 /* these of 64 bits */
#define EDU_DMA_TARGET	  0x88
#define EDU_DMA_COUNT	  0x90
#define EDU_DMA_COMMAND	  0x98
#define EDU_DMA_START	  0x01
#define EDU_DMA_TO_MEMORY 0x02
#define EDU_DMA_TELL	  0x04
#define EDU_BUFFER_AT	  0x40000     /* the device's own address of its buffer */
#define EDU_DMA_LIMIT	  (1UL << 28) /* first address that it cannot put on the bus */

#define EDU_BAR	   0
#define TIMEOUT_NS (10 * NSEC_PER_SEC) /* DMA takes it 0.1 s; the host has other things to do */

struct edu {
	struct pci_dev *pci_dev;
	void __iomem *regs;
	int irq;
	struct completion told; /* by the interrupt handler */
	struct page *coherent;	/* what edu_copy() goes through */
	bool broken;		/* it did not answer: not asked again */
};

/* The first device that was found, or NULL; a further one is left alone.  Held while it is at work. */
static DEFINE_MUTEX(edu_mutex);
static struct edu *the_edu;

/* ---------------------------------------------------------------- at work */

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

/* What did not answer may still be at it: it loses the right to reach memory. */
static int give_up(struct edu *edu, const char *what)
{
	pci_warn(edu->pci_dev, "edu: no end of the %s\n", what);
	pci_clear_master(edu->pci_dev);
	edu->broken = true;
	return -ETIMEDOUT;
}

static int wait_told(struct edu *edu, const char *what)
{
	return wait_for_completion_timeout(&edu->told, TIMEOUT_NS) ? 0 : give_up(edu, what);
}

/* The bits of a register are all 0. */
static int poll_clear(struct edu *edu, u32 reg, u32 bits, const char *what)
{
	u64 end = ktime_get() + TIMEOUT_NS;

	while (readl(edu->regs + reg) & bits) {
		if (ktime_get() > end)
			return give_up(edu, what);
		cond_resched();
	}
	return 0;
}

static int factorial(struct edu *edu, u32 *n, bool polled)
{
	int err;

	reinit_completion(&edu->told);
	writel(polled ? 0 : EDU_TELL, edu->regs + EDU_STATUS);
	writel(*n, edu->regs + EDU_FACTORIAL);
	err = polled ? poll_clear(edu, EDU_STATUS, EDU_COMPUTING, "factorial") :
		       wait_told(edu, "factorial");
	if (!err)
		*n = readl(edu->regs + EDU_FACTORIAL);
	return err;
}

static int dma(struct edu *edu, phys_addr_t addr, u32 offset, u32 len, enum edu_direction direction)
{
	bool out = direction == EDU_FROM_DEVICE;
	u64 buffer = EDU_BUFFER_AT + offset;

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
	return wait_told(edu, "transfer");
}

/* ---------------------------------------------------------------- for others */

/* The device with the mutex held, or NULL and it is not. */
static struct edu *edu_begin(void)
{
	mutex_lock(&edu_mutex);
	if (the_edu && !the_edu->broken)
		return the_edu;
	mutex_unlock(&edu_mutex);
	return NULL;
}

static bool in_buffer(u32 offset, u32 len)
{
	return len && len <= EDU_BUFFER && offset <= EDU_BUFFER - len;
}

int edu_factorial(u32 *n, bool polled)
{
	struct edu *edu = *n <= EDU_MAX_N ? edu_begin() : NULL;
	int err;

	if (!edu)
		return *n <= EDU_MAX_N ? -ENODEV : -EINVAL;
	err = factorial(edu, n, polled);
	mutex_unlock(&edu_mutex);
	return err;
}

int edu_dma(phys_addr_t addr, u32 offset, u32 len, enum edu_direction direction)
{
	struct edu *edu = in_buffer(offset, len) ? edu_begin() : NULL;
	int err;

	if (!edu)
		return in_buffer(offset, len) ? -ENODEV : -EINVAL;
	err = dma(edu, addr, offset, len, direction);
	mutex_unlock(&edu_mutex);
	return err;
}

int edu_copy(void *data, u32 offset, u32 len, enum edu_direction direction)
{
	struct edu *edu = in_buffer(offset, len) ? edu_begin() : NULL;
	int err;

	if (!edu)
		return in_buffer(offset, len) ? -ENODEV : -EINVAL;
	if (direction == EDU_TO_DEVICE)
		memcpy(page_address(edu->coherent), data, len);
	err = dma(edu, page_to_phys(edu->coherent), offset, len, direction);
	if (!err && direction == EDU_FROM_DEVICE)
		memcpy(data, page_address(edu->coherent), len);
	mutex_unlock(&edu_mutex);
	return err;
}

/* ---------------------------------------------------------------- it comes and goes */

/* Its interrupt is a message of its own, a write to a local APIC: no line, no sharing. */
static int edu_wire(struct edu *edu)
{
	int err = pci_enable_msi(edu->pci_dev);

	if (err)
		return err;
	edu->irq = pci_irq_vector(edu->pci_dev, 0);
	err = request_irq(edu->irq, edu_interrupt, 0, "edu", edu);
	if (err)
		pci_disable_msi(edu->pci_dev);
	return err;
}

/* Map, look whether it is what it says, have its interrupts. */
static int edu_start(struct edu *edu)
{
	int err;

	edu->regs = pci_iomap(edu->pci_dev, EDU_BAR, 0);
	if (!edu->regs)
		return -ENOMEM;
	err = (readl(edu->regs + EDU_ID) & 0xffff) == 0xed ? edu_wire(edu) : -ENODEV;
	if (err)
		pci_iounmap(edu->pci_dev, edu->regs);
	return err;
}

static int edu_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	struct edu *edu = kzalloc(sizeof(*edu), GFP_KERNEL);
	int err = -ENOMEM;

	(void)id;
	if (!edu)
		return err;
	edu->pci_dev = dev;
	init_completion(&edu->told);
	edu->coherent = alloc_page(GFP_DMA); /* below 16 MiB, which is well in its reach */
	if (!edu->coherent)
		goto free;
	err = pci_enable_device(dev);
	if (err)
		goto free_page;
	err = pci_request_selected_regions(dev, BIT(EDU_BAR), "edu");
	if (err)
		goto disable;
	err = edu_start(edu);
	if (err)
		goto release;
	pci_set_master(dev); /* it may reach memory: DMA, and MSI, which is a write as well */
	dev->driver_data = edu;
	mutex_lock(&edu_mutex);
	if (!the_edu)
		the_edu = edu;
	mutex_unlock(&edu_mutex);
	pci_info(dev, "edu: version %x, irq %d\n", readl(edu->regs + EDU_ID) >> 16, edu->irq);
	return 0;
release:
	pci_release_selected_regions(dev, BIT(EDU_BAR));
disable:
	pci_disable_device(dev);
free_page:
	__free_page(edu->coherent);
free:
	kfree(edu);
	return err;
}

static void edu_remove(struct pci_dev *dev)
{
	struct edu *edu = dev->driver_data;

	mutex_lock(&edu_mutex); /* nobody is at it, and nobody comes to it any more */
	if (the_edu == edu)
		the_edu = NULL;
	mutex_unlock(&edu_mutex);
	pci_clear_master(dev);
	free_irq(edu->irq, edu);
	pci_disable_msi(dev);
	pci_iounmap(dev, edu->regs);
	pci_release_selected_regions(dev, BIT(EDU_BAR));
	pci_disable_device(dev);
	__free_page(edu->coherent);
	kfree(edu);
}

static const struct pci_device_id edu_ids[] = {
	{ 0x1234, 0x11e8 },
	{ 0, 0 },
};

static struct pci_driver edu_driver = {
	.name = "edu",
	.id_table = edu_ids,
	.probe = edu_probe,
	.remove = edu_remove,
};

void __init edu_init(void)
{
	if (pci_register_driver(&edu_driver))
		edu_dev_init();
}
