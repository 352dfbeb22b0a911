// SPDX-License-Identifier: MIT
/*
 * The interrupt core: irqs by number.
 *
 * A chip driver calls irq_create() for each irq it can deliver and is told its
 * place; a device driver calls request_irq() and knows nothing of chips.
 *
 *   irq	a number
 *   desc	all that the core knows of it, from irq_create() to irq_destroy()
 *   place	a CPU and a vector there, where it strikes; only one at a time, but for the moment
 *		in which it is moved
 *
 * An interrupt finds its desc by the table of its CPU (vector.c), without a lock, and then
 * takes the desc's own.  Nothing there is common to two irqs or to two CPUs.  So a desc may go
 * only when no table refers to it and no CPU is on its way from the table to the lock: both are
 * known once each CPU that had it has run a call, since that waits for its interrupt to end.
 *
 * table_lock guards numbers, and with it held a desc does not go.
 */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/irq/desc.h"

#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

static DEFINE_SPINLOCK(table_lock);
static struct irq_desc *descs[NR_IRQS];

unsigned int nr_irqs = NR_ISA_IRQS;
static unsigned int first_free_number = NR_ISA_IRQS;

/* As many as Linux has: for MSI 8 a CPU, and 16 for each GSI where there are any. */
void irq_set_gsis(unsigned int gsi_end)
{
	unsigned int nr = NR_ISA_IRQS + gsi_end + 8 * nr_cpu_ids;

	if (gsi_end > NR_ISA_IRQS)
		nr += 16 * gsi_end;
	nr_irqs = min(nr, (unsigned int)NR_IRQS);
	first_free_number = max(gsi_end, (unsigned int)NR_ISA_IRQS);
}

static struct irq_desc *get_desc(int irq)
{
	return irq < 0 || irq >= NR_IRQS ? NULL : READ_ONCE(descs[irq]);
}

struct irq_data *irq_get_data(int irq)
{
	struct irq_desc *desc = get_desc(irq);

	return desc ? &desc->data : NULL;
}

struct irq_desc *irq_lock(int irq, unsigned long *flags)
{
	struct irq_desc *desc;

	spin_lock_irqsave(&table_lock, *flags);
	desc = get_desc(irq);
	if (!desc) {
		spin_unlock_irqrestore(&table_lock, *flags);
		return NULL;
	}
	spin_acquire(&desc->lock);
	spin_release(&table_lock);
	return desc;
}

struct irq_desc *irq_begin_move(int irq, unsigned long *flags)
{
	struct irq_desc *desc;

	might_sleep();
	while ((desc = irq_lock(irq, flags)) && desc->moving) {
		irq_unlock(desc, *flags);
		cpu_relax();
	}
	if (desc)
		desc->moving = true;
	return desc;
}

u64 irq_count(int irq)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	unsigned int cpu;
	u64 n = 0;

	if (!desc)
		return 0;
	for_each_possible_cpu(cpu) n += READ_ONCE(desc->counts[cpu]);
	irq_unlock(desc, flags);
	return n;
}

/* The number it gets, or -ENOSPC, or -EBUSY and the chip that has it in *holder. */
static int enter_number(int irq, struct irq_desc *desc, const struct irq_chip **holder)
{
	unsigned long flags;
	unsigned int n = irq < 0 ? first_free_number : (unsigned int)irq;
	int ret = -ENOSPC;

	spin_lock_irqsave(&table_lock, flags);
	while (irq < 0 && n < nr_irqs && descs[n])
		n++;
	if (n < nr_irqs && descs[n]) {
		*holder = descs[n]->data.chip;
		ret = -EBUSY;
	} else if (n < nr_irqs) {
		desc->data.irq = (int)n;
		WRITE_ONCE(descs[n], desc);
		ret = (int)n;
	}
	spin_unlock_irqrestore(&table_lock, flags);
	return ret;
}

/* Nobody finds it by its number, and whoever just did has done with it. */
static void leave_number(struct irq_desc *desc)
{
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	WRITE_ONCE(descs[desc->data.irq], NULL);
	spin_unlock_irqrestore(&table_lock, flags);
	spin_lock_irqsave(&desc->lock, flags);
	irq_unlock(desc, flags);
}

static struct irq_desc *make_desc(const struct irq_chip *chip, void *chip_data, u32 hwirq,
				  bool level)
{
	struct irq_desc *desc = kzalloc(sizeof(*desc) + nr_cpu_ids * sizeof(u32), GFP_KERNEL);
	unsigned int cpu;

	if (!desc)
		return NULL;
	spin_lock_init(&desc->lock);
	desc->data.level = level;
	desc->data.hwirq = hwirq;
	desc->data.chip = chip;
	desc->data.chip_data = chip_data;
	desc->depth = 1;
	desc->masked = true;
	for_each_possible_cpu(cpu) cpumask_set_cpu(cpu, &desc->affinity);
	return desc;
}

/* It has a place before it has a number, so that who finds it finds it whole. */
int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level)
{
	struct irq_desc *desc = make_desc(chip, chip_data, hwirq, level);
	const struct irq_chip *holder = NULL;
	struct irq_place place;
	unsigned long flags;
	int ret = desc ? vector_alloc(desc, &desc->affinity, &place) : -ENOMEM;

	if (!ret) {
		spin_lock_irqsave(&desc->lock, flags);
		irq_set_place(desc, &place);
		irq_unlock(desc, flags);
		ret = enter_number(irq, desc, &holder);
		if (ret >= 0)
			return ret;
		vector_free(place.cpu, place.vector);
	}
	kfree(desc);
	if (ret == -EBUSY)
		pr_err("%d: %s wants it for input %u, %s has it\n", irq, chip->name, hwirq,
		       holder->name);
	else if (ret == -ENOSPC)
		pr_err("%s input %u: irq numbers or vectors have run out\n", chip->name, hwirq);
	else
		pr_err("%s input %u: no memory for its irq\n", chip->name, hwirq);
	return ret;
}

int irq_destroy(int irq)
{
	unsigned long flags;
	struct irq_desc *desc = irq_begin_move(irq, &flags);
	bool busy = desc && desc->actions;

	if (!desc || busy) {
		if (desc)
			irq_end_move(desc, flags);
		pr_err("%d: cannot be taken away: %s\n", irq,
		       busy ? "it has handlers" : "no chip has made it");
		return busy ? -EBUSY : -EINVAL;
	}
	irq_unlock(desc, flags);
	/* Nobody adds a handler to what is moving; its last interrupts still find it. */
	vector_free(desc->data.cpu, desc->data.vector);
	leave_number(desc);
	kfree(desc);
	return 0;
}
