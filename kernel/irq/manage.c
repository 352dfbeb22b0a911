// SPDX-License-Identifier: MIT
/* Handlers come and go; irqs are disabled and enabled. */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

void irq_mask_locked(struct irq_desc *desc)
{
	if (desc->masked)
		return;
	desc->masked = true;
	desc->data.chip->irq_mask(&desc->data);
}

void irq_unmask_if_due(struct irq_desc *desc)
{
	if (desc->depth)
		return;
	if (desc->masked) {
		desc->masked = false;
		desc->data.chip->irq_unmask(&desc->data);
	}
	if (desc->pending && !desc->in_progress) {
		desc->pending = false;
		vector_resend(desc);
	}
}

/* Append; what is in the way on conflict in *holder. */
static int add_action_locked(struct irq_desc *desc, struct irqaction *action, const char **holder)
{
	struct irqaction **link;

	lockdep_assert_held(&desc->lock);
	if (desc->actions && !(desc->actions->flags & action->flags & IRQF_SHARED)) {
		*holder = desc->actions->name;
		return -EBUSY;
	}
	for (link = &desc->actions; *link; link = &(*link)->next)
		;
	/* irq_handle() walks without the lock: the action is whole before it can be seen. */
	__atomic_store_n(link, action, __ATOMIC_RELEASE);
	return 0;
}

/* The first handler is there: it may strike. */
static void start_locked(struct irq_desc *desc)
{
	desc->unhandled = 0;
	desc->hurried = 0;
	desc->pending = false; /* an edge of before was not meant for this handler */
	desc->depth = 0;
	vector_count_active(desc->data.cpu, 1);
	irq_unmask_if_due(desc);
}

static int add_action(int irq, struct irqaction *action, const char **holder)
{
	unsigned long flags;
	struct irq_desc *desc = irq_begin_move(irq, &flags);
	int ret;

	if (!desc)
		return -EINVAL;
	if (!desc->actions && !(action->flags & IRQF_NOBALANCING))
		irq_move(desc, &desc->affinity, &flags); /* where it cannot be moved it stays */
	ret = add_action_locked(desc, action, holder);
	if (!ret && desc->actions == action)
		start_locked(desc);
	irq_end_move(desc, flags);
	return ret;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	struct irqaction *action;
	const char *holder = NULL;
	int ret = -EINVAL;

	if (handler) {
		action = kmalloc(sizeof(*action), GFP_KERNEL);
		if (!action) {
			pr_err("%d: no memory for the handler of %s\n", irq, name);
			return -ENOMEM;
		}
		*action = (struct irqaction){ handler, flags, name, dev_id, NULL };
		ret = add_action(irq, action, &holder);
		if (ret)
			kfree(action);
	}
	if (ret == -EBUSY)
		pr_err("%d: %s wants it, %s holds it\n", irq, name, holder);
	else if (ret)
		pr_err("%d: %s wants it, but there is no %s\n", irq, name,
		       handler ? "such irq" : "handler");
	return ret;
}

/* Unlink, and mask after the last; NULL where there is no such handler. */
static struct irqaction *remove_action_locked(struct irq_desc *desc, void *dev_id)
{
	struct irqaction **link, *action;

	lockdep_assert_held(&desc->lock);
	for (link = &desc->actions; (action = *link); link = &action->next) {
		if (action->dev_id != dev_id)
			continue;
		WRITE_ONCE(*link, action->next);
		if (!desc->actions) {
			desc->depth = 1;
			irq_mask_locked(desc);
			vector_count_active(desc->data.cpu, -1);
		}
		return action;
	}
	return NULL;
}

/* The round that ran at that time is over.  The irq's lock is not held, and it stays. */
static void wait_for_round(const struct irq_desc *desc, u32 round)
{
	might_sleep();
	while (__atomic_load_n(&desc->in_progress, __ATOMIC_ACQUIRE) &&
	       READ_ONCE(desc->rounds) == round)
		cpu_relax();
}

void free_irq(int irq, void *dev_id)
{
	struct irqaction *action = NULL;
	struct irq_desc *desc;
	unsigned long flags;
	u32 round;

	if (WARN(irq_served_here(irq), "irq %d is freed while it is served, by itself\n", irq))
		return;
	desc = irq_begin_move(irq, &flags);
	if (desc) {
		action = remove_action_locked(desc, dev_id);
		round = desc->rounds;
		irq_unlock(desc, flags);
		wait_for_round(desc, round);
		spin_lock_irqsave(&desc->lock, flags);
		irq_end_move(desc, flags);
	}
	WARN(!action, "irq %d has no handler for that device\n", irq);
	kfree(action);
}

static struct irq_desc *disable(int irq, u32 *round)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);

	if (WARN(!desc, "irq %d is to be disabled, and there is none\n", irq))
		return NULL;
	desc->depth++;
	*round = desc->rounds;
	irq_unlock(desc, flags);
	return desc;
}

void disable_irq_nosync(int irq)
{
	u32 round;

	disable(irq, &round);
}

void disable_irq(int irq)
{
	u32 round;
	struct irq_desc *desc = disable(irq, &round);

	if (desc && !WARN(irq_served_here(irq), "irq %d waits for its own end\n", irq))
		wait_for_round(desc, round);
}

void synchronize_irq(int irq)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	u32 round;

	if (!desc)
		return;
	round = desc->rounds;
	irq_unlock(desc, flags);
	wait_for_round(desc, round);
}

void enable_irq(int irq)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	bool unbalanced = desc && (!desc->depth || (!desc->actions && desc->depth == 1));

	if (desc && !unbalanced) {
		desc->depth--;
		irq_unmask_if_due(desc);
	}
	if (desc)
		irq_unlock(desc, flags);
	WARN(!desc || unbalanced, "irq %d is enabled, but nobody has disabled it\n", irq);
}
