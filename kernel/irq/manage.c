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
	if (desc->actions && (!(desc->actions->flags & action->flags & IRQF_SHARED) ||
			      (desc->actions->flags ^ action->flags) & IRQF_ONESHOT)) {
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

int irq_request_action(int irq, struct irqaction *action)
{
	const char *holder = NULL;
	int ret = action->handler ? add_action(irq, action, &holder) : -EINVAL;

	if (ret == -EBUSY)
		pr_err("%d: %s wants it, %s holds it\n", irq, action->name, holder);
	else if (ret)
		pr_err("%d: %s wants it, but there is no %s\n", irq, action->name,
		       action->handler ? "such irq" : "handler");
	return ret;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	struct irqaction *action = kzalloc(sizeof(*action), GFP_KERNEL);
	int ret;

	if (!action) {
		pr_err("%d: no memory for the handler of %s\n", irq, name);
		return -ENOMEM;
	}
	action->handler = handler;
	action->flags = flags;
	action->name = name;
	action->dev_id = dev_id;
	ret = irq_request_action(irq, action);
	if (ret)
		kfree(action);
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
			desc->depth++;
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

static void wait_for_threads(const u32 *runs)
{
	while (__atomic_load_n(runs, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static void release_action(struct irqaction *action)
{
	if (action && action->thread)
		action->thread->release(action);
	else
		kfree(action);
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
		if (action)
			wait_for_threads(&action->thread_runs);
		spin_lock_irqsave(&desc->lock, flags);
		irq_end_move(desc, flags);
	}
	WARN(!action, "irq %d has no handler for that device\n", irq);
	release_action(action);
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

	if (desc && !WARN(irq_served_here(irq), "irq %d waits for its own end\n", irq)) {
		wait_for_round(desc, round);
		wait_for_threads(&desc->thread_runs);
	}
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
	wait_for_threads(&desc->thread_runs);
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

/* ---- threads of handlers ---- */

void irq_wake_thread(struct irq_desc *desc, struct irqaction *action)
{
	bool wake;

	if (WARN(!action->thread, "irq %d: %s asks for a thread that it has not\n", desc->data.irq,
		 action->name))
		return;
	spin_acquire(&desc->lock);
	wake = !action->thread_wanted;
	if (wake) {
		action->thread_wanted = true;
		action->thread_runs++;
		desc->thread_runs++;
		if (action->flags & IRQF_ONESHOT)
			desc->depth++;
	}
	spin_release(&desc->lock);
	if (wake)
		action->thread->wake(action);
}

bool irq_thread_begin(int irq, struct irqaction *action)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);
	bool wanted = action->thread_wanted;

	action->thread_wanted = false;
	irq_unlock(desc, flags);
	return wanted;
}

void irq_thread_end(int irq, struct irqaction *action)
{
	unsigned long flags;
	struct irq_desc *desc = irq_lock(irq, &flags);

	if (action->flags & IRQF_ONESHOT) {
		desc->depth--;
		irq_unmask_if_due(desc);
	}
	desc->thread_runs--;
	/* The last word: whoever waits for it may free the action. */
	__atomic_sub_fetch(&action->thread_runs, 1, __ATOMIC_RELEASE);
	irq_unlock(desc, flags);
}
