// SPDX-License-Identifier: MIT
/*
 * /dev/hpet: a comparator for whoever opens it, as Linux's drivers/char/hpet.c has it.
 *
 *	HPET_IRQFREQ	how often it is to strike, in Hz
 *	HPET_EPI, DPI	by itself again and again, or set anew each time (the program sees no difference)
 *	HPET_IE_ON	from now on; read() waits for a strike, and tells how many there were since
 *
 * mmap() shows the registers, to be read: the main counter is the machine's clock, and the page is all of them.
 *
 * A comparator is an open file's own.  hpet_mutex guards how it is set, hpet_lock what its interrupt changes as well.
 * Intervals are 32 bits of ticks, which each comparator has.
 */
#include <linux/fs.h>
#include <linux/hpet.h>

#include "drivers/apic/apic.h"
#include "drivers/apic/ioapic.h"
#include "drivers/char/char.h"
#include "drivers/hpet/hpet.h"
#include "drivers/hpet/regs.h"
#include "kernel/core/cmdline.h"
#include "kernel/core/printk.h"
#include "kernel/event/poll.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/sched/wait.h"
#include "kernel/signal/errno.h"
#include "mm/uaccess.h"
#include "mm/user/fault.h"

#define HPET_MINOR    228
#define MAX_TIMERS    32
#define FIRST_PCI_GSI 16 /* those of ISA's irqs are not touched */
#define LEAD_US	      2	 /* from reading the counter to having set the comparator */
#define NAME_LEN      8

struct comparator {
	unsigned int n;
	bool open, periodic, on; /* open: hpet_lock; the others hpet_mutex */
	int irq;		 /* -1: no pin for it */
	u32 ticks;		 /* between two strikes; 0: not told yet */
	unsigned long strikes;	 /* not read yet: hpet_lock */
	wait_queue_head_t wait;
	struct fasync_struct *fasync;
	char name[NAME_LEN];
};

static DEFINE_MUTEX(hpet_mutex);
static DEFINE_SPINLOCK(hpet_lock);
static struct comparator comparators[MAX_TIMERS];
static bool may_map = true; /* hpet_mmap=0 */

static u32 lead_ticks(void)
{
	return (u32)(hpet_hz * LEAD_US / 1000000) + 1;
}

/* The next strike, not before the comparator could be written. */
static void set_next(const struct comparator *c)
{
	u32 now = hpet_readl(HPET_COUNTER), lead = lead_ticks();

	hpet_writel(now + c->ticks * (lead / c->ticks + 1), HPET_Tn_CMP(c->n));
}

static irqreturn_t hpet_interrupt(int irq, void *dev_id)
{
	struct comparator *c = dev_id;

	(void)irq;
	if (!(hpet_readl(HPET_STATUS) & BIT(c->n)))
		return IRQ_NONE;
	spin_lock(&hpet_lock);
	c->strikes++;
	if (!c->periodic)
		set_next(c);
	hpet_writel(BIT(c->n), HPET_STATUS);
	spin_unlock(&hpet_lock);
	wake_up_poll(&c->wait, EPOLLIN | EPOLLRDNORM);
	kill_fasync(&c->fasync, SIGIO, POLL_IN);
	return IRQ_HANDLED;
}

/* ---------------------------------------------------------------- opening and closing */

/* The pin may be PCI's as well, and is taken as that is. */
static int share_irq(u32 gsi)
{
	bool level = true, active_low = true;

	ioapic_wire_mode(gsi, &level, &active_low);
	return gsi_to_irq(gsi, level, active_low);
}

/* One of the pins that the comparator can be wired to (2.3.8); -1: none. */
static int find_irq(unsigned int n)
{
	u32 pins = hpet_readl(HPET_Tn_ROUTE(n));

	for (u32 gsi = FIRST_PCI_GSI; gsi < 32; gsi++) {
		int irq = pins & BIT(gsi) ? share_irq(gsi) : -1;

		if (irq < 0)
			continue;
		hpet_configure(n, HPET_TN_ROUTE_MASK, gsi << HPET_TN_ROUTE_SHIFT);
		return irq;
	}
	return -1;
}

static struct comparator *claim(void)
{
	struct comparator *found = NULL;
	unsigned long flags;

	spin_lock_irqsave(&hpet_lock, flags);
	for (unsigned int n = 0; n < min(hpet_nr_timers, (unsigned int)MAX_TIMERS) && !found; n++)
		if (!(hpet_used & BIT(n)) && !comparators[n].open)
			found = &comparators[n];
	if (found) {
		found->open = true;
		found->strikes = 0;
	}
	spin_unlock_irqrestore(&hpet_lock, flags);
	return found;
}

static int hpet_open(struct inode *inode, struct file *file)
{
	struct comparator *c;

	(void)inode;
	if (file->f_mode & FMODE_WRITE)
		return -EINVAL;
	c = claim();
	if (!c)
		return -EBUSY;
	file->private_data = c;
	mutex_lock(&hpet_mutex);
	hpet_configure(c->n, 0, HPET_TN_LEVEL);
	if (c->irq < 0)
		c->irq = find_irq(c->n);
	mutex_unlock(&hpet_mutex);
	return 0;
}

/* hpet_mutex is held. */
static void switch_off(struct comparator *c)
{
	hpet_configure(c->n, HPET_TN_ENABLE, 0);
	if (c->on)
		free_irq(c->irq, c);
	c->on = false;
}

static int hpet_release(struct inode *inode, struct file *file)
{
	struct comparator *c = file->private_data;
	unsigned long flags;

	(void)inode;
	mutex_lock(&hpet_mutex);
	switch_off(c);
	hpet_configure(c->n, HPET_TN_PERIODIC, 0);
	c->ticks = 0;
	c->periodic = false;
	mutex_unlock(&hpet_mutex);
	spin_lock_irqsave(&hpet_lock, flags);
	c->open = false;
	spin_unlock_irqrestore(&hpet_lock, flags);
	return 0;
}

/* ---------------------------------------------------------------- orders */

/* 2.3.9.2.2: with VAL_SET the first write is the first strike, the next the period. */
static void start(struct comparator *c)
{
	unsigned long flags = local_irq_save();
	u32 set = HPET_TN_32BIT | HPET_TN_LEVEL;

	hpet_configure(c->n, HPET_TN_PERIODIC, set);
	if (c->periodic) {
		hpet_configure(c->n, 0, HPET_TN_PERIODIC | HPET_TN_SETVAL);
		hpet_writel(hpet_readl(HPET_COUNTER) + c->ticks + lead_ticks(), HPET_Tn_CMP(c->n));
		hpet_writel(c->ticks, HPET_Tn_CMP(c->n));
	} else {
		set_next(c);
	}
	hpet_writel(BIT(c->n), HPET_STATUS); /* left over from before */
	hpet_configure(c->n, 0, HPET_TN_ENABLE);
	local_irq_restore(flags);
}

static int switch_on(struct comparator *c)
{
	if (!c->ticks)
		return -EIO;
	if (c->on)
		return -EBUSY;
	if (c->irq < 0)
		return -EIO;
	hpet_writel(BIT(c->n), HPET_STATUS);
	if (request_irq(c->irq, hpet_interrupt, IRQF_SHARED, c->name, c)) {
		pr_err("hpet: IRQ %d is not free\n", c->irq);
		return -EIO;
	}
	c->on = true;
	start(c);
	return 0;
}

static u32 hz_to_ticks(u64 hz)
{
	return (u32)max((hpet_hz + (hz >> 1)) / hz, 1UL);
}

static int set_periodic(struct comparator *c, bool periodic)
{
	if (!(hpet_readl(HPET_Tn_CFG(c->n)) & HPET_TN_PERIODIC_CAP))
		return -ENXIO;
	if (!periodic && c->periodic)
		hpet_configure(c->n, HPET_TN_PERIODIC, 0);
	c->periodic = periodic;
	return 0;
}

static int set_frequency(struct comparator *c, unsigned long hz)
{
	if (!hz)
		return -EINVAL;
	c->ticks = hz_to_ticks(hz);
	return 0;
}

static int get_info(const struct comparator *c, struct hpet_info *info)
{
	*info = (struct hpet_info){
		.hi_ireqfreq = c->ticks ? (hpet_hz + (c->ticks >> 1)) / c->ticks : 0,
		.hi_flags = hpet_readl(HPET_Tn_CFG(c->n)) & HPET_TN_PERIODIC_CAP,
		.hi_timer = (unsigned short)c->n,
	};
	return 0;
}

static int do_order(struct comparator *c, unsigned int cmd, unsigned long arg,
		    struct hpet_info *info)
{
	switch (cmd) {
	case HPET_IE_ON:
		return switch_on(c);
	case HPET_IE_OFF:
		switch_off(c);
		return 0;
	case HPET_INFO:
		return get_info(c, info);
	case HPET_EPI:
		return set_periodic(c, true);
	case HPET_DPI:
		return set_periodic(c, false);
	case HPET_IRQFREQ:
		return set_frequency(c, arg);
	default:
		return -EINVAL;
	}
}

static long hpet_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct hpet_info info;
	int ret;

	mutex_lock(&hpet_mutex);
	ret = do_order(file->private_data, cmd, arg, &info);
	mutex_unlock(&hpet_mutex);
	if (!ret && cmd == HPET_INFO && copy_to_user((void __user *)arg, &info, sizeof(info)))
		return -EFAULT;
	return ret;
}

/* ---------------------------------------------------------------- waiting */

static unsigned long take_strikes(struct comparator *c)
{
	unsigned long n, flags;

	spin_lock_irqsave(&hpet_lock, flags);
	n = c->strikes;
	c->strikes = 0;
	spin_unlock_irqrestore(&hpet_lock, flags);
	return n;
}

static ssize_t hpet_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct comparator *c = iocb->ki_filp->private_data;
	unsigned long n;

	if (!c->ticks)
		return -EIO;
	if (iov_iter_count(to) < sizeof(n))
		return -EINVAL;
	n = take_strikes(c);
	if (!n && iocb->ki_filp->f_flags & O_NONBLOCK)
		return -EAGAIN;
	if (!n && wait_event_interruptible(c->wait, (n = take_strikes(c)) != 0))
		return -ERESTARTSYS;
	return copy_to_iter(&n, sizeof(n), to) == sizeof(n) ? (ssize_t)sizeof(n) : -EFAULT;
}

static __poll_t hpet_poll(struct file *file, poll_table *table)
{
	struct comparator *c = file->private_data;

	if (!c->ticks)
		return 0;
	poll_wait(file, &c->wait, table);
	return READ_ONCE(c->strikes) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int hpet_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	if (!may_map)
		return -EACCES;
	if (hpet_address & ~PAGE_MASK)
		return -ENOSYS;
	vma->vm_page_prot = pgprot_noncached(vma->vm_page_prot);
	return vm_iomap_memory(vma, hpet_address, PAGE_SIZE);
}

static int hpet_fasync(int fd, struct file *file, int on)
{
	struct comparator *c = file->private_data;

	return fasync_helper(fd, file, on, &c->fasync);
}

static const struct file_operations hpet_fops = {
	.read_iter = hpet_read,
	.poll = hpet_poll,
	.fasync = hpet_fasync,
	.unlocked_ioctl = hpet_ioctl,
	.mmap = hpet_mmap,
	.open = hpet_open,
	.release = hpet_release,
};

void __init hpet_dev_init(void)
{
	if (!hpet_available())
		return;
	may_map = !cmdline_value_is("hpet_mmap", "0");
	for (unsigned int n = 0; n < MAX_TIMERS; n++) {
		struct comparator *c = &comparators[n];

		c->n = n;
		c->irq = -1;
		init_waitqueue_head(&c->wait);
		scnprintf(c->name, sizeof(c->name), "hpet%u", n);
	}
	dev_create("hpet", S_IFCHR | 0600, MKDEV(MISC_MAJOR, HPET_MINOR), &hpet_fops, NULL);
}
