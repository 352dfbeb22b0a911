/* SPDX-License-Identifier: MIT */
/*
 * An irq as the core's own files see it.
 *
 *   desc.c	the numbers: which irq is which desc
 *   vector.c	the places: each CPU's table of vectors, and do_irq(), which looks there
 *   handle.c	what happens when one strikes
 *   manage.c	handlers, disable and enable
 *   affinity.c	where it strikes
 *   show.c	/proc/interrupts
 *   show_json.c	the same, and more of each, for programs
 */
#ifndef KERNEL_IRQ_DESC_H
#define KERNEL_IRQ_DESC_H

#include "kernel/core/spinlock.h"
#include "kernel/irq/irq.h"

#define NR_VECTORS 256

struct irqaction {
	irq_handler_t handler;
	unsigned long flags;
	const char *name;
	void *dev_id;
	struct irqaction *next;
	const struct irq_thread_ops *thread; /* of the handler that has one; else NULL */
	bool thread_wanted;		     /* it has to run once more; the irq's lock */
	u32 thread_runs;		     /* it has still to make or to end; the irq's lock */
};

/* What kernel/sched/irq_thread.c does for one. */
struct irq_thread_ops {
	void (*wake)(struct irqaction *action);	   /* it is wanted; interrupts are off */
	void (*release)(struct irqaction *action); /* end it, and free the action */
};

struct irq_desc {
	spinlock_t lock; /* guards all of it but `counts`, and the chip's registers of this irq */
	struct irq_data data;
	struct irqaction *actions; /* in the order of request_irq(); walked without the lock */
	struct cpumask affinity;   /* where it may strike */
	unsigned int depth; /* why no handler may start: disabled so often; 1 without handlers */
	bool masked;	    /* at the chip */
	bool in_progress;   /* its handlers run, on some CPU */
	bool pending;	    /* an edge came when none could start */
	bool moving;	    /* somebody changes its place or handlers, or takes it away */
	u32 rounds;	    /* how often its handlers were begun */
	u32 thread_runs;    /* that its handlers' threads have still to make or to end */
	unsigned int unhandled; /* in a row */
	unsigned int hurried;	/* towards a storm */
	u32 counts[];		/* how often it struck each CPU, whose own each is; nr_cpu_ids */
};

/* ---- desc.c ---- */

/* The irq's desc with its lock held and interrupts off, or NULL and neither. */
struct irq_desc *irq_lock(int irq, unsigned long *flags);
static inline void irq_unlock(struct irq_desc *desc, unsigned long flags)
{
	spin_unlock_irqrestore(&desc->lock, flags);
}

/*
 * The same once nobody else changes its place or its handlers, which the caller may then do until
 * irq_end_move(), also after it has given up the lock and taken it again.  In a thread.
 */
struct irq_desc *irq_begin_move(int irq, unsigned long *flags);
static inline void irq_end_move(struct irq_desc *desc, unsigned long flags)
{
	desc->moving = false;
	irq_unlock(desc, flags);
}

/* ---- vector.c ---- */

struct irq_place {
	unsigned int cpu;
	u8 vector;
};

/*
 * Give `desc` a vector of that CPU among the mask's that are online which has the fewest irqs:
 * its own place where it is that CPU already.  Else, where it has a place, the new vector
 * becomes its own on the CPU it has now, too.  0 or -ENOSPC.
 */
int vector_alloc(struct irq_desc *desc, const struct cpumask *mask, struct irq_place *place);
/* Take it from the CPU once nothing is pending there; waits.  In a thread. */
void vector_free(unsigned int cpu, u8 vector);
/* The irq has handlers now, or none any more: what vector_alloc() looks at. */
void vector_count_active(unsigned int cpu, int n);
/* Strike once more.  The irq's lock is held. */
void vector_resend(const struct irq_desc *desc);
/* Interrupts that no irq and no local vector wanted, of one CPU. */
u64 vector_stray_count(unsigned int cpu);
u64 vector_spurious_count(unsigned int cpu);
/* False where nobody has the local vector. */
bool vector_describe_local(u8 vector, const char **label, const char **text);

/* ---- handle.c ---- */

/* It struck, on this CPU: interrupts are off. */
void irq_handle(struct irq_desc *desc);
/* This CPU serves it.  Any context. */
bool irq_served_here(int irq);

/* ---- show_json.c ---- */

/* What kernel/irq/interrupts.schema.json describes: 0 or -ENOMEM.  In a thread. */
int show_interrupts_json(struct sink *out);

/* ---- affinity.c ---- */

/* It strikes there from now on, and the chip is told.  The irq's lock is held. */
void irq_set_place(struct irq_desc *desc, const struct irq_place *to);

/*
 * Move it to a CPU of the mask, as vector_alloc() chooses: 0, its -ENOSPC, or -EBUSY after a line,
 * where it is masked and waits for an end of interrupt that does not come.  The caller has begun
 * a move and holds the lock, which is given up meanwhile.  In a thread.
 */
int irq_move(struct irq_desc *desc, const struct cpumask *mask, unsigned long *flags);

/* ---- manage.c ---- */

/* A handler has asked for its thread.  The lock is not held. */
void irq_wake_thread(struct irq_desc *desc, struct irqaction *action);

/* For kernel/sched/irq_thread.c: request_irq() with an action of its own. */
int irq_request_action(int irq, struct irqaction *action);
/* The thread of the action is wanted: it runs once, then calls the second. */
bool irq_thread_begin(int irq, struct irqaction *action);
void irq_thread_end(int irq, struct irqaction *action);

/* The irq's lock is held. */
void irq_mask_locked(struct irq_desc *desc);
/* Unmask it, and strike again for an edge that was missed, where nothing speaks against it. */
void irq_unmask_if_due(struct irq_desc *desc);

#endif
