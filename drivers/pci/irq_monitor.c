// SPDX-License-Identifier: MIT
/*
 * irq: the interrupt of a function without a driver, at the prompt.
 *
 *	take	a handler is there from now on, which counts: nothing that comes later is lost
 *	wait	until one came that was not waited for; takes it first where that was not done
 *	free	the handler goes
 *
 * It is the function's message (MSI) where it can send one, else its pin (INTx), or what was asked for.  A pin
 * that is asserted would interrupt for ever, as nobody here knows how to satisfy the device.  So the handler
 * shuts it, in the function's own command register, and the next `wait` opens it: others on the line
 * see nothing of that.
 *
 * Whoever wants the function gets it: a driver's probe, a reset and its removal take the irq away, after a line.
 */
#define pr_fmt(fmt) "PCI: " fmt
#include "drivers/pci/access.h"
#include "drivers/pci/probe.h"
#include "kernel/core/command.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/timeout.h"

#define MAX_TAKEN   8
#define MAX_SECONDS 0x10000
#define LOOK_NS	    (5 * NSEC_PER_MSEC) /* between two looks whether it came */

#define PCI_STATUS_INTX BIT(3) /* PCI 3.0, 6.2.3: it wants to assert its pin, shut or not */

/* What the handler saw. */
struct arrivals {
	u64 count, ns; /* the others are of the last one */
	unsigned int cpu;
	u8 vector;
};

static struct taken {
	struct pci_dev *dev; /* NULL: free; PCI's mutex */
	int irq;
	bool msi;
	u64 waited_for;		  /* so many of them; PCI's mutex */
	struct arrivals arrivals; /* arrivals_lock */
} taken[MAX_TAKEN];

static DEFINE_SPINLOCK(arrivals_lock); /* a leaf, of interrupts */

/* ---------------------------------------------------------------- the handler */

static bool pin_is_shut(const struct pci_dev *dev)
{
	u16 command;

	return !pci_read_config_word(dev, PCI_COMMAND, &command) && command & PCI_COMMAND_INTX_OFF;
}

static void shut_pin(const struct pci_dev *dev, bool shut)
{
	pci_clear_and_set_word(dev, PCI_COMMAND, shut ? 0 : PCI_COMMAND_INTX_OFF,
			       shut ? PCI_COMMAND_INTX_OFF : 0);
}

static bool wants_pin(const struct pci_dev *dev)
{
	u16 status;

	return !pci_read_config_word(dev, PCI_STATUS, &status) && status & PCI_STATUS_INTX;
}

static irqreturn_t note_arrival(int irq, void *dev_id)
{
	struct taken *t = dev_id;

	if (!t->msi) {
		if (!wants_pin(t->dev) || pin_is_shut(t->dev))
			return IRQ_NONE;
		shut_pin(t->dev, true);
	}
	spin_lock(&arrivals_lock);
	t->arrivals = (struct arrivals){
		.count = t->arrivals.count + 1,
		.ns = ktime_get(),
		.cpu = raw_smp_processor_id(),
		.vector = irq_get_data(irq)->vector,
	};
	spin_unlock(&arrivals_lock);
	return IRQ_HANDLED;
}

static struct arrivals arrivals_of(const struct taken *t)
{
	struct arrivals a;
	unsigned long flags;

	spin_lock_irqsave(&arrivals_lock, flags);
	a = t->arrivals;
	spin_unlock_irqrestore(&arrivals_lock, flags);
	return a;
}

/* ---------------------------------------------------------------- take and free: with PCI's mutex */

/* That of `dev`, or of NULL: a free one. */
static struct taken *find(const struct pci_dev *dev)
{
	for (struct taken *t = taken; t < taken + MAX_TAKEN; t++)
		if (t->dev == dev)
			return t;
	return NULL;
}

static int take_msi(struct taken *t)
{
	int err = pci_enable_msi(t->dev);

	if (err)
		return err;
	t->irq = pci_irq_vector(t->dev, 0);
	err = request_irq(t->irq, note_arrival, 0, "monitor", t);
	if (err)
		pci_disable_msi(t->dev);
	return err;
}

static int take_pin(struct taken *t)
{
	int err;

	shut_pin(t->dev, true);
	if (!pin_is_shut(t->dev)) /* PCI 2.2 knew no such bit */
		return -EOPNOTSUPP;
	t->irq = pci_intx_irq(t->dev);
	err = t->irq < 0 ? t->irq : request_irq(t->irq, note_arrival, IRQF_SHARED, "monitor", t);
	shut_pin(t->dev, false);
	return err;
}

static void print_taken(struct sink *out, const struct taken *t)
{
	struct arrivals a = arrivals_of(t);

	sink_printf(out, "%s: %s, irq %d: %lu came, %lu waited for\n", t->dev->name,
		    t->msi ? "MSI" : "INTx", t->irq, a.count, t->waited_for);
}

/* 0: the function is nobody's. */
static int refuse_held(struct sink *out, const struct pci_dev *dev)
{
	if (dev->driver) {
		sink_printf(out, "irq: %s is driven by %s\n", dev->name, dev->driver->name);
		return -EBUSY;
	}
	if (find(dev)) {
		sink_printf(out, "irq: %s is taken already\n", dev->name);
		return -EEXIST;
	}
	if (!dev->msi_irq && !dev->msix)
		return 0;
	sink_printf(out, "irq: %s has messages, for", dev->name); /* a port's, say */
	irq_show_owners(out, pci_irq_vector(dev, 0), " ");
	sink_printf(out, "\n");
	return -EBUSY;
}

/* `kind`: "msi", "intx" or NULL, what there is. */
static int take(struct sink *out, struct pci_dev *dev, const char *kind)
{
	int err = refuse_held(out, dev);
	struct taken *t = find(NULL);
	u16 command;

	if (err)
		return err;
	if (!t) {
		sink_printf(out, "irq: %d are taken, and no more can be\n", MAX_TAKEN);
		return -ENOSPC;
	}
	*t = (struct taken){ .dev = dev, .msi = kind ? !strcmp(kind, "msi") : dev->msi_cap };
	err = t->msi ? take_msi(t) : take_pin(t);
	if (err) {
		sink_printf(out, "irq: %s: no %s for it\n", dev->name, t->msi ? "MSI" : "INTx");
		t->dev = NULL;
		return err;
	}
	print_taken(out, t);
	pci_read_config_word(dev, PCI_COMMAND, &command);
	if (t->msi && !(command & PCI_COMMAND_MASTER))
		sink_printf(out, "irq: a message is a write to memory: pci master %s\n", dev->name);
	return 0;
}

/* What it still asserts would be nobody's: the pin stays shut then, until somebody enables the function. */
static void free_taken(struct taken *t)
{
	if (!t->msi)
		shut_pin(t->dev, true);
	free_irq(t->irq, t);
	if (t->msi)
		pci_disable_msi(t->dev);
	else if (!wants_pin(t->dev))
		shut_pin(t->dev, false);
	t->dev = NULL;
}

void pci_irq_take_back(struct pci_dev *dev, const char *why)
{
	struct taken *t = find(dev);

	if (!t)
		return;
	pci_info(dev, "irq %d is no longer the monitor's: %s\n", t->irq, why);
	free_taken(t);
}

static int give_back(struct sink *out, struct pci_dev *dev, const char *unused)
{
	struct taken *t = find(dev);

	(void)unused;
	if (!t) {
		sink_printf(out, "irq: %s is not taken\n", dev->name);
		return -ENOENT;
	}
	free_taken(t);
	return 0;
}

/* ---------------------------------------------------------------- wait */

static void print_arrival(struct sink *out, const struct taken *t, const struct arrivals *a)
{
	sink_printf(out, "%s: %s, irq %d, vector 0x%x of CPU %u, at %llu.%06llu: ", t->dev->name,
		    t->msi ? "MSI" : "INTx", t->irq, a->vector, a->cpu, a->ns / NSEC_PER_SEC,
		    a->ns % NSEC_PER_SEC / NSEC_PER_USEC);
	sink_printf(out, "%lu came, %lu in all\n", a->count - t->waited_for, a->count);
}

/* One look: 1, it came and is said; 0; or -ENODEV after a line, as the function has gone. */
static int look(struct sink *out, const char *name, bool first)
{
	struct taken *t;
	struct pci_dev *dev;
	struct arrivals a;
	int ret = 0;

	pci_lock_rescan_remove();
	dev = pci_get_by_name(name);
	t = dev ? find(dev) : NULL;
	if (!t) {
		sink_printf(out, "irq: %s is not taken any more\n", name);
		ret = -ENODEV;
		goto unlock;
	}
	a = arrivals_of(t);
	if (a.count != t->waited_for) {
		print_arrival(out, t, &a);
		t->waited_for = a.count;
		ret = 1;
	} else if (first && !t->msi) {
		shut_pin(dev, false);
	}
unlock:
	pci_unlock_rescan_remove();
	return ret;
}

static int wait_for(struct sink *out, const char *name, u64 ns)
{
	u64 end = ktime_get() + ns, now;
	int ret = look(out, name, true);

	while (!ret && !command_interrupted()) {
		now = ktime_get();
		if (ns != TIMEOUT_FOREVER && now >= end) {
			sink_printf(out, "irq: none came\n");
			return -ETIMEDOUT;
		}
		command_sleep(LOOK_NS);
		ret = look(out, name, false);
	}
	return ret < 0 ? ret : 0;
}

/* ---------------------------------------------------------------- the command */

static int with_function(struct sink *out, const char *name,
			 int (*func)(struct sink *out, struct pci_dev *dev, const char *arg),
			 const char *arg)
{
	struct pci_dev *dev;
	int err = -ENODEV;

	pci_lock_rescan_remove();
	dev = pci_get_by_name(name);
	if (dev)
		err = func(out, dev, arg);
	else
		sink_printf(out, "irq: no function %s\n", name);
	pci_unlock_rescan_remove();
	return err;
}

static int take_if_free(struct sink *out, struct pci_dev *dev, const char *kind)
{
	return find(dev) ? 0 : take(out, dev, kind);
}

static int list(struct sink *out)
{
	pci_lock_rescan_remove();
	for (const struct taken *t = taken; t < taken + MAX_TAKEN; t++)
		if (t->dev)
			print_taken(out, t);
	pci_unlock_rescan_remove();
	return 0;
}

static int cmd_irq(struct sink *out, int argc, char **argv)
{
	const char *arg = argc == 4 ? argv[3] : NULL;
	u64 seconds = 0;
	int err;

	if (argc == 1)
		return list(out);
	if (argc < 3 || argc > 4)
		return -EINVAL;
	if (!strcmp(argv[1], "take") && (!arg || !strcmp(arg, "msi") || !strcmp(arg, "intx")))
		return with_function(out, argv[2], take, arg);
	if (!strcmp(argv[1], "free") && !arg)
		return with_function(out, argv[2], give_back, NULL);
	if (strcmp(argv[1], "wait") != 0 ||
	    (arg && (kstrtoull(arg, COMMAND_BASE, &seconds) || seconds > MAX_SECONDS)))
		return -EINVAL;
	err = with_function(out, argv[2], take_if_free, NULL);
	return err ? err : wait_for(out, argv[2], arg ? seconds * NSEC_PER_SEC : TIMEOUT_FOREVER);
}
MONITOR_COMMAND(irq, "[take BB:DD.F [intx|msi]|wait BB:DD.F [SECONDS]|free BB:DD.F] (hex)",
		"have the interrupt of a PCI function without a driver, and wait for it", cmd_irq);
