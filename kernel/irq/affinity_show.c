// SPDX-License-Identifier: MIT
/* The monitor's view of where irqs strike: what Linux has in /proc/irq/N. */
#include "kernel/core/command.h"
#include "kernel/core/cpulist.h"
#include "kernel/core/printk.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/slab.h"

#define LIST_SIZE 512 /* of the worst list that 255 CPUs may have, enough to tell it by */

static bool show_affinity(struct sink *out, int irq)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	struct irq_data d;
	struct cpumask mask;
	char *list;

	if (!desc)
		return false;
	d = desc->data;
	mask = desc->affinity;
	irq_unlock(desc, flags);
	list = kmalloc(LIST_SIZE, GFP_KERNEL);
	if (!list)
		return false;
	cpulist_print(list, LIST_SIZE, &mask, nr_cpu_ids);
	sink_printf(out, "%3d: CPU %u vector 0x%02x of CPUs %s", irq, d.cpu, d.vector, list);
	irq_show_owners(out, irq, "  ");
	sink_printf(out, "\n");
	kfree(list);
	return true;
}

static int set_affinity(struct sink *out, int irq, const char *list)
{
	struct cpumask mask;
	int ret;

	if (cpulist_parse(list, &mask)) {
		sink_printf(out, "\"%s\" is no list of CPUs such as 0-3,7\n", list);
		return -ERANGE;
	}
	ret = irq_set_affinity(irq, &mask);
	if (!ret)
		return 0;
	sink_printf(out, "irq %d stays where it is: %s\n", irq,
		    ret == -EPERM  ? "its owner wants it there" :
		    ret == -EINVAL ? "none of these CPUs is online" :
		    ret == -ENOSPC ? "they have no vector left" :
				     "its last interrupt does not end");
	return -EBUSY;
}

static int cmd_affinity(struct sink *out, int argc, char **argv)
{
	u64 number;
	int irq;

	if (argc > 3)
		return -EINVAL;
	for (irq = 0; argc == 1 && irq < (int)nr_irqs; irq++)
		show_affinity(out, irq);
	if (argc == 1)
		return 0;
	if (kstrtoull(argv[1], 10, &number))
		return -EINVAL;
	irq = (int)min(number, (u64)nr_irqs);
	if (!irq_get_data(irq)) {
		sink_printf(out, "there is no irq %s\n", argv[1]);
		return -ENOENT;
	}
	if (argc == 3)
		return set_affinity(out, irq, argv[2]);
	return show_affinity(out, irq) ? 0 : -ENOMEM;
}
MONITOR_COMMAND(affinity, "[IRQ [CPUS]]", "where irqs strike, or move one: affinity 24 0-3",
		cmd_affinity);
