// SPDX-License-Identifier: MIT
/*
 * Who holds which locks, and what is learnt when another one is taken: in a build with
 * DEBUG=1 alone.
 *
 * Each lock is of a class: a lock with a name is its own, those within objects that one
 * spin_lock_init() makes are one.  When B is taken while A is held, the graph of
 * classes (kernel/core/lockdep_graph.c) gets an edge from A to B.  As long as the graph has no
 * circle, no two CPUs can wait for each other, whatever they run; an edge that closes
 * one is reported once, with the chain that stood there before, although nobody has
 * waited yet.  A lock that was only tried closes none, since nobody waits for it, but what is
 * taken afterwards is taken while it is held.
 *
 * In the same way it is learnt which classes the handlers of interrupts wait for, and which are
 * held while interrupts can come.
 *
 * Who waits for other CPUs waits for those that have interrupts off.  So these are a class
 * too: a CPU holds it while its interrupts are off, and to wait for others is to take it.  As
 * long as the boot CPU is alone, or a CPU is not online, nobody waits for it.
 *
 * A CPU's spinlocks lie on a stack of its own, as their holder stays there.  What sleeps is
 * held by a thread, and its stack goes with that.  What an interrupt takes comes on top of
 * the spinlocks of whom it interrupted, since these are not given back before it ends; his
 * sleeping locks are no matter to it, for nobody who holds a spinlock waits for those.
 */
#ifdef CONFIG_DEBUG
#include "kernel/core/lockdep_graph.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/irqflags.h"

struct cpu_locks {
	struct held_locks spinning;
	struct held_locks *sleeping; /* the running thread's, or NULL */
	bool in_irq;
	bool busy; /* in here: what a report takes, or an NMI or fault now, is not looked at */
};

static DEFINE_PER_CPU(struct cpu_locks, cpu_locks);

static struct cpu_locks *this_cpus(void)
{
	return &per_cpu(cpu_locks, raw_smp_processor_id());
}

static struct held_lock *push(struct held_locks *held, const void *lock, unsigned long place)
{
	struct held_lock *top;

	if (held->depth == LOCKDEP_MAX_HELD)
		panic("%u locks are held, the last %pS", LOCKDEP_MAX_HELD, lock);
	top = &held->at[held->depth++];
	barrier(); /* an NMI's locks come above it */
	*top = (struct held_lock){ lock, place, NO_CLASS };
	return top;
}

/* Not always the one that was taken last. */
static void pop(struct held_locks *held, const void *lock)
{
	for (unsigned int i = held->depth; i-- > 0;) {
		if (held->at[i].lock != lock)
			continue;
		for (held->depth--; i < held->depth; i++)
			held->at[i] = held->at[i + 1];
		return;
	}
}

/* Edges to what is taken, from all that `held` has; it may be there itself. */
static void add_edges(const struct held_locks *held, const struct held_lock *taken)
{
	for (unsigned int i = 0; held && i < held->depth; i++)
		if (&held->at[i] != taken && held->at[i].class != NO_CLASS)
			lock_order(&held->at[i], taken);
}

static void look_at_order(const struct cpu_locks *c, struct held_lock *taken, const void *class,
			  bool tried)
{
	taken->class = lock_class(class ?: taken->lock);
	if (taken->class == NO_CLASS || tried)
		return;
	if (!c->in_irq)
		add_edges(c->sleeping, taken);
	add_edges(&c->spinning, taken);
}

/* This CPU's interrupts are, or may be, what another CPU waits for. */
static bool is_waited_for(void)
{
	return !smp_alone() && cpu_online(raw_smp_processor_id());
}

static void look_at_interrupts(const struct cpu_locks *c, const struct held_lock *taken, bool on,
			       bool tried)
{
	if (taken->class == NO_CLASS)
		return;
	if (on)
		lock_class_used(taken->class, LOCK_IRQS_ON, taken->place);
	if (tried)
		return;
	if (c->in_irq)
		lock_class_used(taken->class, LOCK_IN_IRQ, taken->place);
	if (!on && is_waited_for())
		lock_order(&(struct held_lock){ NULL, taken->place, INTERRUPTS_OFF }, taken);
}

void lockdep_acquire(const void *lock, const void *class, unsigned long place, bool tried)
{
	unsigned long flags = local_irq_save();
	struct cpu_locks *c = this_cpus();
	bool nested = c->busy;
	struct held_lock *top;

	WRITE_ONCE(c->busy, true);
	top = push(&c->spinning, lock, place);
	if (!nested) {
		look_at_order(c, top, class, tried);
		look_at_interrupts(c, top, flags & X86_EFLAGS_IF, tried);
	}
	WRITE_ONCE(c->busy, nested);
	local_irq_restore(flags);
}

void lockdep_release(const void *lock)
{
	unsigned long flags = local_irq_save();

	pop(&this_cpus()->spinning, lock);
	local_irq_restore(flags);
}

/* Interrupts are on, and that they may come while a sleeping lock is held says nothing. */
void lockdep_acquire_sleeping(const void *lock, const void *class, unsigned long place, bool tried)
{
	unsigned long flags = local_irq_save();
	struct cpu_locks *c = this_cpus();

	if (c->sleeping && !c->busy) {
		c->busy = true;
		look_at_order(c, push(c->sleeping, lock, place), class, tried);
		c->busy = false;
	}
	local_irq_restore(flags);
}

void lockdep_release_sleeping(const void *lock)
{
	unsigned long flags = local_irq_save();

	if (this_cpus()->sleeping)
		pop(this_cpus()->sleeping, lock);
	local_irq_restore(flags);
}

void lockdep_wait_for_cpus(void)
{
	const struct held_lock others = { NULL, _RET_IP_, INTERRUPTS_OFF };
	unsigned long flags = local_irq_save(); /* a handler would wait for the graph's lock */
	struct cpu_locks *c = this_cpus();

	if (!c->busy) {
		c->busy = true;
		add_edges(c->sleeping, &others);
		add_edges(&c->spinning, &others);
		c->busy = false;
	}
	local_irq_restore(flags);
}

void lockdep_switch_to(struct held_locks *next)
{
	this_cpus()->sleeping = next;
}

void lockdep_enter_irq(void)
{
	this_cpus()->in_irq = true;
}

void lockdep_exit_irq(void)
{
	this_cpus()->in_irq = false;
}

void lockdep_assert_none_held(void)
{
	const struct held_locks *held = &this_cpus()->spinning;
	const struct held_lock *last = &held->at[held->depth - 1];

	if (held->depth)
		panic("sleeping with %pS held since %pS", last->lock, (void *)last->place);
}
#endif
