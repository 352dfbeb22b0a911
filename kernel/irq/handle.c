// SPDX-License-Identifier: MIT
/*
 * An interrupt from its vector to its end, with interrupts off throughout: handlers do not nest.
 *
 * There are two flows.
 *
 *   edge	a pin that changed, or a message: it is told once.  What comes while handlers run,
 *		on another CPU after a move, or while the irq is disabled is kept as one that is
 *		pending, and served when that is over.
 *   fasteoi	a level pin: told as long as the device wants something, once for each end of
 *		interrupt.  Nothing has to be kept, but a disabled one is masked before its end, else
 *		it would come again at once.
 *
 * Disabling is lazy: the chip is told only when an interrupt really comes.
 *
 * A line may not stop the kernel.  It is disabled for good, with a message, when nobody knows
 * its interrupts, and when they come in a storm: faster than they can be served, so
 * that serving them is all that runs.  It stays so until its handlers are freed and
 * the first one is requested anew.
 */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/core/printk.h"
#include "kernel/cpu/cpu.h"
#include "kernel/irq/desc.h"
#include "kernel/time/time.h"

/* With this many interrupts in a row that no handler knew, the line is stuck. */
#define UNHANDLED_LIMIT 10000
/* So many more that followed hard upon the last one than did not are a storm. */
#define STORM_LIMIT	50000
#define RELIEF		16U /* one that did not counts as so many ... */
#define RELIEF_TSC	16  /* ... and one more for each 2^16 ticks of the pause before it */

/* The interrupt this CPU serves, or NULL; the TSC when it was through with the last one. */
static DEFINE_PER_CPU(struct irq_desc *, in_service);
static DEFINE_PER_CPU(u64, last_end);

bool irq_served_here(int irq)
{
	const struct irq_desc *desc = this_cpu(in_service);

	return desc && desc->data.irq == irq;
}

static void stop_for_good(struct irq_desc *desc)
{
	desc->depth++;
	irq_mask_locked(desc);
}

static irqreturn_t run_handlers(struct irq_desc *desc)
{
	irqreturn_t handled = IRQ_NONE;
	struct irqaction *action = __atomic_load_n(&desc->actions, __ATOMIC_ACQUIRE);

	for (; action; action = __atomic_load_n(&action->next, __ATOMIC_ACQUIRE)) {
		irqreturn_t ret = action->handler(desc->data.irq, action->dev_id);

		if (ret == IRQ_WAKE_THREAD)
			irq_wake_thread(desc, action);
		if (ret != IRQ_NONE)
			handled = IRQ_HANDLED;
	}
	return handled;
}

static void note_handled(struct irq_desc *desc, irqreturn_t handled)
{
	if (handled == IRQ_HANDLED) {
		desc->unhandled = 0;
	} else if (++desc->unhandled == UNHANDLED_LIMIT) {
		stop_for_good(desc);
		pr_err("%d: nobody cared, %u times in a row; masked\n", desc->data.irq,
		       UNHANDLED_LIMIT);
	}
}

/* The lock is given up meanwhile: handlers take their time and may use the irq. */
static void run_round(struct irq_desc *desc)
{
	irqreturn_t handled;

	desc->pending = false;
	desc->in_progress = true;
	desc->rounds++;
	spin_release(&desc->lock);
	handled = run_handlers(desc);
	spin_acquire(&desc->lock);
	desc->in_progress = false;
	note_handled(desc, handled);
}

/*
 * Half of an interrupt's cost, entry, exit and delivery, lies outside of do_irq(): where
 * the pause before it was no more than twice as long as do_irq() took, little else runs.
 * A device that is busy leaves pauses now and then, and so does a host that lends the
 * CPU to others, even in a storm: hence a relief that is neither nothing nor all.
 */
static void watch_for_storm(struct irq_desc *desc, u64 begin)
{
	u64 end = rdtsc_ordered(), pause = begin - this_cpu(last_end);

	this_cpu(last_end) = end;
	if (pause > 2 * (end - begin)) {
		desc->hurried -= min((u64)desc->hurried, RELIEF + (pause >> RELIEF_TSC));
	} else if (++desc->hurried == STORM_LIMIT) {
		stop_for_good(desc);
		pr_err("%d: a storm: it comes faster than it can be served; masked\n",
		       desc->data.irq);
	}
}

void irq_handle(struct irq_desc *desc)
{
	u64 begin = rdtsc_ordered();

	this_cpu(in_service) = desc;
	spin_acquire(&desc->lock);
	desc->counts[raw_smp_processor_id()]++;
	if (desc->depth || desc->in_progress) {
		desc->pending = !desc->data.level;
	} else {
		do
			run_round(desc);
		while (desc->pending && !desc->depth);
	}
	/* An edge pin is left open until it has told: what is missed on a masked one is lost. */
	if (desc->depth && (desc->pending || desc->data.level))
		irq_mask_locked(desc);
	desc->data.chip->irq_eoi(&desc->data);
	watch_for_storm(desc, begin);
	spin_release(&desc->lock);
	this_cpu(in_service) = NULL;
}
