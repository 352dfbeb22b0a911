// SPDX-License-Identifier: MIT
/*
 * Irqs are moved from CPU to CPU.
 *
 * The new place is made first; it and the old one stand in the tables together until the
 * device has been told and the CPU that is left has seen the last one.
 *
 *   a message, an edge	is not masked, since an edge on a masked pin is lost.  Vector and CPU
 *			may be two writes, and what strikes between them finds the new vector on
 *			the old CPU: it is the irq's there too.
 *   a level pin	must not change while an interrupt of it waits for its end, which names
 *			the vector: the IOAPIC would not know it and wait for ever.  So it is
 *			masked, waited for, changed and unmasked: the line tells again.
 */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"

/* An end of interrupt is a handler's time away.  So often it is looked for: seconds. */
#define QUIET_LOOKS 1000000

static bool is_quiet(struct irq_desc *desc)
{
	const struct irq_chip *chip = desc->data.chip;

	return !desc->in_progress && (!chip->irq_in_flight || !chip->irq_in_flight(&desc->data));
}

/* The lock is held, and given up now and then, so that the last interrupt can come to its end. */
static bool wait_until_quiet(struct irq_desc *desc, unsigned long *flags)
{
	for (unsigned int i = 0; i < QUIET_LOOKS; i++) {
		if (is_quiet(desc))
			return true;
		irq_unlock(desc, *flags);
		cpu_relax();
		spin_lock_irqsave(&desc->lock, *flags);
	}
	pr_err("%d: stays on CPU %u: its last interrupt there does not end\n", desc->data.irq,
	       desc->data.cpu);
	return false;
}

void irq_set_place(struct irq_desc *desc, const struct irq_place *to)
{
	if (desc->actions) {
		vector_count_active(desc->data.cpu, -1);
		vector_count_active(to->cpu, 1);
	}
	desc->data.cpu = to->cpu;
	desc->data.vector = to->vector;
	if (desc->data.chip->irq_set_target)
		desc->data.chip->irq_set_target(&desc->data);
}

static bool set_place_level(struct irq_desc *desc, const struct irq_place *to, unsigned long *flags)
{
	bool quiet;

	desc->depth++;
	irq_mask_locked(desc);
	quiet = wait_until_quiet(desc, flags);
	if (quiet)
		irq_set_place(desc, to);
	desc->depth--;
	irq_unmask_if_due(desc);
	return quiet;
}

int irq_move(struct irq_desc *desc, const struct cpumask *mask, unsigned long *flags)
{
	struct irq_place from = { desc->data.cpu, desc->data.vector }, to;
	bool moved = true;
	int ret = vector_alloc(desc, mask, &to);

	if (ret || to.cpu == from.cpu)
		return ret;
	if (desc->data.level)
		moved = set_place_level(desc, &to, flags);
	else
		irq_set_place(desc, &to);

	/* What is not its place any more is taken out of the tables. */
	irq_unlock(desc, *flags);
	vector_free(moved ? from.cpu : to.cpu, moved ? from.vector : to.vector);
	if (to.vector != from.vector)
		vector_free(from.cpu, to.vector);
	spin_lock_irqsave(&desc->lock, *flags);
	return moved ? 0 : -EBUSY;
}

/* One of its handlers wants it where it is. */
static bool is_pinned(const struct irq_desc *desc)
{
	const struct irqaction *a = desc->actions;

	while (a && !(a->flags & IRQF_NOBALANCING))
		a = a->next;
	return a;
}

int irq_set_affinity(int irq, const struct cpumask *mask)
{
	unsigned long flags;
	struct irq_desc *desc = irq_begin_move(irq, &flags);
	struct cpumask there;
	int ret = 0;

	if (!desc)
		return -EINVAL;
	cpumask_and(&there, mask, &cpu_online_mask);
	if (cpumask_empty(&there))
		ret = -EINVAL;
	else if (is_pinned(desc))
		ret = -EPERM;
	else if (!cpumask_test_cpu(desc->data.cpu, &there))
		ret = irq_move(desc, &there, &flags);
	if (!ret)
		desc->affinity = *mask;
	irq_end_move(desc, flags);
	return ret;
}
