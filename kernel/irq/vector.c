// SPDX-License-Identifier: MIT
/*
 * Places: which vector of which CPU is whose.
 *
 * Each CPU has a table of its own, which it reads in do_irq() without a lock.  An entry is
 * written under vector_lock by whoever gives the vector to an irq, and taken out by the CPU
 * itself, in a call: so none of its interrupts is between table and desc then.  It asks its
 * local APIC first whether the vector waits to strike, and if so lets it strike before: a
 * vector is not given to the next irq while an interrupt of the last one is in flight, and none
 * strikes that nobody knows.  Before that the device must have been told: its messages are
 * ordered before the answer to the read that follows, so they are all with the local APIC.
 */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/trap/traps.h"

#define NR_LOCAL_VECTORS (NR_VECTORS - FIRST_SYSTEM_VECTOR)

static DEFINE_SPINLOCK(vector_lock); /* a leaf, with interrupts off */
static DEFINE_PER_CPU(struct irq_desc *[NR_VECTORS], vector_irq);
static DEFINE_PER_CPU(u32, nr_active); /* irqs with handlers that strike it; vector_lock */

static const struct irq_local_ops *local;

/* Written at boot alone. */
static struct local_vector {
	const char *label, *text;
	void (*handler)(void);
} local_vectors[NR_LOCAL_VECTORS];
static DEFINE_PER_CPU(u64[NR_LOCAL_VECTORS], local_counts);
static DEFINE_PER_CPU(u64, stray_count);
static DEFINE_PER_CPU(u64, spurious_count);
static bool stray_said[NR_VECTORS];

void __init irq_set_local_ops(const struct irq_local_ops *ops)
{
	local = ops;
}

/* ---- giving and taking ---- */

/* A vector that `cpu` has free, and the CPU that `d` leaves, if any, too; 0: none. */
static u8 find_vector(unsigned int cpu, const struct irq_data *d)
{
	if (d->vector && (cpu == d->cpu || !per_cpu(vector_irq[d->vector], cpu)))
		return d->vector;
	for (unsigned int v = FIRST_EXTERNAL_VECTOR; v < FIRST_SYSTEM_VECTOR; v++)
		if (!per_cpu(vector_irq[v], cpu) && (!d->vector || !per_cpu(vector_irq[v], d->cpu)))
			return (u8)v;
	return 0;
}

static bool find_place(const struct irq_data *d, const struct cpumask *mask,
		       struct irq_place *place)
{
	u32 least = ~0U;
	unsigned int cpu;
	u8 vector;

	lockdep_assert_held(&vector_lock);
	for_each_cpu(cpu, mask)
	{
		if (!cpu_online(cpu) || per_cpu(nr_active, cpu) >= least ||
		    !(vector = find_vector(cpu, d)))
			continue;
		least = per_cpu(nr_active, cpu);
		*place = (struct irq_place){ cpu, vector };
	}
	return least != ~0U;
}

int vector_alloc(struct irq_desc *desc, const struct cpumask *mask, struct irq_place *place)
{
	unsigned long flags;
	bool found;

	spin_lock_irqsave(&vector_lock, flags);
	found = find_place(&desc->data, mask, place);
	if (found) {
		if (desc->data.vector)
			WRITE_ONCE(per_cpu(vector_irq[place->vector], desc->data.cpu), desc);
		WRITE_ONCE(per_cpu(vector_irq[place->vector], place->cpu), desc);
	}
	spin_unlock_irqrestore(&vector_lock, flags);
	return found ? 0 : -ENOSPC;
}

struct leaving {
	u8 vector;
	bool gone;
};

static void leave_here(void *info)
{
	struct leaving *l = info;

	if (local && local->is_pending(l->vector))
		return;
	WRITE_ONCE(this_cpu(vector_irq[l->vector]), NULL);
	l->gone = true;
}

void vector_free(unsigned int cpu, u8 vector)
{
	struct leaving l = { .vector = vector };

	while (!l.gone)
		smp_call_function_single(cpu, leave_here, &l, true);
}

void vector_count_active(unsigned int cpu, int n)
{
	unsigned long flags;

	spin_lock_irqsave(&vector_lock, flags);
	per_cpu(nr_active, cpu) += (u32)n;
	spin_unlock_irqrestore(&vector_lock, flags);
}

void vector_resend(const struct irq_desc *desc)
{
	local->send(desc->data.cpu, desc->data.vector);
}

/* ---- one strikes ---- */

/* A vector that belongs to no irq: counted, said once, and ended where a local APIC waits. */
static void handle_stray(u8 vector)
{
	if (vector == LAPIC_SPURIOUS_VECTOR) {
		this_cpu_add(spurious_count, 1); /* SDM 3A, 11.9: takes no end of interrupt */
		return;
	}
	this_cpu_add(stray_count, 1);
	if (!stray_said[vector]) {
		stray_said[vector] = true;
		pr_warn("stray interrupt on CPU %u, vector 0x%02x%s\n", raw_smp_processor_id(),
			vector, vector < FIRST_EXTERNAL_VECTOR ? ", from a masked 8259" : "");
	}
	if (vector >= FIRST_EXTERNAL_VECTOR && local)
		local->eoi();
}

static void handle_local(u8 vector)
{
	unsigned int n = vector - FIRST_SYSTEM_VECTOR;

	this_cpu_add(local_counts[n], 1);
	local->eoi();
	local_vectors[n].handler();
}

static void do_irq(u8 vector)
{
	struct irq_desc *desc = READ_ONCE(this_cpu(vector_irq[vector]));

	if (desc)
		irq_handle(desc);
	else if (vector >= FIRST_SYSTEM_VECTOR &&
		 local_vectors[vector - FIRST_SYSTEM_VECTOR].handler)
		handle_local(vector);
	else
		handle_stray(vector);
}

void __init irq_init(void)
{
	trap_set_interrupt_handler(do_irq);
}

void __init irq_set_local_vector(u8 vector, const char *label, const char *text,
				 void (*handler)(void))
{
	BUG_ON(vector < FIRST_SYSTEM_VECTOR || local_vectors[vector - FIRST_SYSTEM_VECTOR].handler);
	local_vectors[vector - FIRST_SYSTEM_VECTOR] = (struct local_vector){ label, text, handler };
}

/* ---- what was counted ---- */

u64 irq_local_count(u8 vector, unsigned int cpu)
{
	return READ_ONCE(per_cpu(local_counts[vector - FIRST_SYSTEM_VECTOR], cpu));
}

bool vector_describe_local(u8 vector, const char **label, const char **text)
{
	const struct local_vector *v = &local_vectors[vector - FIRST_SYSTEM_VECTOR];

	*label = v->label;
	*text = v->text;
	return v->handler;
}

u64 vector_stray_count(unsigned int cpu)
{
	return READ_ONCE(per_cpu(stray_count, cpu));
}

u64 vector_spurious_count(unsigned int cpu)
{
	return READ_ONCE(per_cpu(spurious_count, cpu));
}
