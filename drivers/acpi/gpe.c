// SPDX-License-Identifier: MIT
/*
 * General purpose events (ACPI 6.5, 4.8.4.1): the board has something to say.
 *
 * A block has a status and an enable bit for each event; both set raise the SCI.  What an
 * event means only its method in \_GPE knows (5.6.4.1): _Exx of one that is an edge, _Lxx of a
 * level.  The handler switches such an event off and leaves the method to a thread, which
 * switches it on again.
 *
 * Events that wake the machine (_PRW) are nobody's while it is awake, and stay off, as do all
 * without a method, and the fixed events (buttons).  The second block is not looked at: no
 * machine that we know has one.
 */
#define pr_fmt(fmt) "ACPI: " fmt
#include "drivers/acpi/gpe.h"
#include "drivers/acpi/aml/aml.h"
#include "drivers/acpi/pm.h"
#include "drivers/acpi/table/acpi.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/string.h"
#include "kernel/sched/workqueue.h"

#define MAX_BYTES 32 /* of status; a FADT could have 127 */

static struct pm_reg block;
static unsigned int nr_bytes;			/* of status, and as many of enable behind them */
static struct aml_node *methods[MAX_BYTES * 8]; /* settled at boot */
static u8 edges[MAX_BYTES];			/* which of them are */

static DEFINE_SPINLOCK(gpe_lock); /* enable registers and struck; a leaf */
static u8 struck[MAX_BYTES];	  /* since the work ran */

/* One bit of the enable registers. */
static void set_enabled(unsigned int n, bool on)
{
	unsigned int at = nr_bytes + n / 8;
	unsigned long flags;
	u8 enabled;

	spin_lock_irqsave(&gpe_lock, flags);
	enabled = pm_read8(&block, at);
	pm_write8(&block, at, on ? enabled | BIT(n % 8) : enabled & (u8)~BIT(n % 8));
	spin_unlock_irqrestore(&gpe_lock, flags);
}

/* 5.6.4.1: an edge is cleared before its method looks, a level when it has ended. */
static void run_method(unsigned int n)
{
	bool edge = edges[n / 8] & BIT(n % 8);

	if (edge)
		pm_write8(&block, n / 8, BIT(n % 8));
	acpi_lock();
	aml_evaluate(acpi_namespace, methods[n], NULL, NULL, 0, NULL); /* said where it fails */
	acpi_unlock();
	if (!edge)
		pm_write8(&block, n / 8, BIT(n % 8));
	set_enabled(n, true);
}

static void run_methods(struct work_struct *work)
{
	unsigned long flags;
	u8 events[MAX_BYTES];

	(void)work;
	spin_lock_irqsave(&gpe_lock, flags);
	memcpy(events, struck, sizeof(events));
	memset(struck, 0, sizeof(struck));
	spin_unlock_irqrestore(&gpe_lock, flags);
	for (unsigned int n = 0; n < nr_bytes * 8; n++)
		if (events[n / 8] & BIT(n % 8))
			run_method(n);
}

static DECLARE_WORK(gpe_work, run_methods);

static irqreturn_t acpi_sci(int irq, void *dev_id)
{
	bool any = false;

	(void)irq;
	(void)dev_id;
	spin_lock(&gpe_lock);
	for (unsigned int byte = 0; byte < nr_bytes; byte++) {
		u8 enabled = pm_read8(&block, nr_bytes + byte);
		u8 events = enabled & pm_read8(&block, byte);

		if (!events)
			continue;
		pm_write8(&block, nr_bytes + byte, enabled & (u8)~events);
		struck[byte] |= events;
		any = true;
	}
	spin_unlock(&gpe_lock);
	if (any)
		schedule_work(&gpe_work);
	return any ? IRQ_HANDLED : IRQ_NONE;
}

/* "_E01": its number, below 0 for another name. */
static int __init event_number(const struct aml_node *node, bool *edge)
{
	char path[AML_PATH_MAX], *name = aml_node_path(node, path, sizeof(path));
	int n = 0;

	name += strlen(name) - 4;
	if (name[0] != '_' || (name[1] != 'E' && name[1] != 'L'))
		return -1;
	*edge = name[1] == 'E';
	for (unsigned int i = 2; i < 4; i++) {
		const char *digit = strchr("0123456789ABCDEF", name[i]);

		if (!digit)
			return -1;
		n = n * 16 + (int)(digit - "0123456789ABCDEF");
	}
	return n;
}

static void __init find_methods(void)
{
	struct aml_node *scope = aml_find(acpi_namespace, NULL, "\\_GPE"), *node = NULL;

	while (scope && (node = aml_next_child(scope, node)) != NULL) {
		bool edge = false;
		int n = -1;

		if (aml_node_type(node) == AML_METHOD)
			n = event_number(node, &edge);
		if (n < 0 || (unsigned int)n >= nr_bytes * 8)
			continue;
		methods[n] = node;
		if (edge)
			edges[n / 8] |= BIT(n % 8);
	}
}

/* 7.3.13: the first element of a device's _PRW is the event that wakes by it. */
static void __init leave_out_wakers(void)
{
	struct aml_node *node = NULL;
	struct aml_value prw;
	u64 n;

	while ((node = aml_next_node(aml_root(acpi_namespace), node)) != NULL) {
		if (aml_node_type(node) != AML_DEVICE ||
		    aml_evaluate(acpi_namespace, node, "_PRW", NULL, 0, &prw))
			continue;
		if (!aml_element_integer(acpi_namespace, &prw, 0, &n) && n < nr_bytes * 8)
			methods[n] = NULL;
		aml_put(acpi_namespace, &prw);
	}
}

void __init acpi_gpe_init(void)
{
	const struct fadt_info *f = &acpi_fadt;
	unsigned int n, enabled = 0;

	if (!acpi_namespace || f->hw_reduced || !f->gpe0_len)
		return;
	if (f->gpe0_len / 2 > MAX_BYTES) {
		pr_warn("more than %d general purpose events: none is used\n", MAX_BYTES * 8);
		return;
	}
	pm_setup(&block, &f->gpe0, f->gpe0_len, "GPE0_BLK");
	if (!pm_usable(&block))
		return;
	nr_bytes = f->gpe0_len / 2;
	find_methods();
	leave_out_wakers();
	for (n = 0; n < nr_bytes; n++)
		pm_write8(&block, nr_bytes + n, 0);
	acpi_disable_fixed_events();
	acpi_pci_plug_init();
	if (request_irq(f->sci_irq, acpi_sci, IRQF_SHARED, "acpi", &block))
		return;
	for (n = 0; n < nr_bytes * 8; n++) {
		if (!methods[n])
			continue;
		set_enabled(n, true);
		enabled++;
	}
	pr_info("%u general purpose events of %u have methods\n", enabled, nr_bytes * 8);
}
