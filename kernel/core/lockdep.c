// SPDX-License-Identifier: MIT
/*
 * The order of locks, checked: in a build with DEBUG=1 alone.
 *
 * Each lock is of a class: a lock with a name is its own, those within objects that one
 * spin_lock_init() makes are one.  When B is taken while A is held, the graph of
 * classes gets an edge from A to B, with both places.  As long as the graph has no
 * circle, no two CPUs can wait for each other, whatever they run; an edge that closes
 * one is reported once, with the chain that stood there before, although nobody has
 * waited yet.  A lock that was only tried closes none, since nobody waits for it, but what is
 * taken afterwards is taken while it is held.
 *
 * Who waits for other CPUs waits for those that have interrupts off.  So these are a class
 * too: a CPU holds it while its interrupts are off, and to wait for others is to take it.  As
 * long as the boot CPU is alone, or a CPU is not online, nobody waits for it.
 *
 * A CPU's held locks lie on a stack of its own.  graph_lock guards the rest; it is a
 * bare flag, since it cannot be checked by what it guards.
 */
#ifdef CONFIG_DEBUG
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"

#define MAX_CLASSES 64
#define MAX_HELD    16

struct held_lock {
	spinlock_t *lock;
	unsigned int class;
};

struct held_stack {
	struct held_lock at[MAX_HELD];
	unsigned int depth;
	bool busy; /* in here: what a report takes, or an NMI or fault now, is not looked at */
};

struct edge {
	bool there;
	unsigned long held_at, taken_at;
};

static DEFINE_PER_CPU(struct held_stack, held);

static bool graph_lock;
static const char interrupts_off; /* the name of its class, which is the first */
static const void *classes[MAX_CLASSES] = { &interrupts_off };
static unsigned int nr_classes = 1;
static bool full_said;
static struct edge edges[MAX_CLASSES][MAX_CLASSES]; /* [held][taken] */

static void lock_graph(void)
{
	while (__atomic_test_and_set(&graph_lock, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static void unlock_graph(void)
{
	__atomic_clear(&graph_lock, __ATOMIC_RELEASE);
}

#define INTERRUPTS_OFF 0

/* MAX_CLASSES where there are more than that, which is said: such a lock is not looked at. */
static unsigned int class_of(const spinlock_t *lock)
{
	const void *class = lock->class ?: lock;
	unsigned int i = 0;
	bool full;

	lock_graph();
	while (i < nr_classes && classes[i] != class)
		i++;
	if (i == nr_classes && i < MAX_CLASSES)
		classes[nr_classes++] = class;
	full = i == MAX_CLASSES && !full_said;
	full_said |= full;
	unlock_graph();
	if (full)
		pr_warn("lockdep: %pS and others are not looked at: raise MAX_CLASSES (%d)\n", lock,
			MAX_CLASSES);
	return i;
}

/* The way from class `at` to `goal`, each class's predecessor in via[]; false: there is none. */
static bool find_way(unsigned int at, unsigned int goal, u8 *via)
{
	u8 queue[MAX_CLASSES];
	unsigned int head = 0, tail = 0;
	u64 seen = BIT_ULL(at);

	queue[tail++] = (u8)at;
	while (head < tail) {
		at = queue[head++];
		for (unsigned int next = 0; next < nr_classes; next++) {
			if (!edges[at][next].there || seen & BIT_ULL(next))
				continue;
			seen |= BIT_ULL(next);
			via[next] = (u8)at;
			if (next == goal)
				return true;
			queue[tail++] = (u8)next;
		}
	}
	return false;
}

static void show_edge(unsigned int from, unsigned int to)
{
	const struct edge *e = &edges[from][to];

	pr_warn("  %pS taken at %pS, with %pS held since %pS\n", classes[to], (void *)e->taken_at,
		classes[from], (void *)e->held_at);
}

/* The edge from `from` to `to` closes a circle: the way back stands in via[]. */
static void report_circle(unsigned int from, unsigned int to, const u8 *via)
{
	WARN(true, "locks are taken in a circle: two CPUs could wait for each other\n");
	pr_warn("this order:\n");
	show_edge(from, to);
	pr_warn("and before, from the last to the first:\n");
	for (unsigned int at = from; at != to; at = via[at])
		show_edge(via[at], at);
}

/* A lock of class `to` is taken, or waited for, while one of class `from` is held. */
static void add_edge(unsigned int from, unsigned long held_at, unsigned int to,
		     unsigned long taken_at)
{
	struct edge *e;
	u8 via[MAX_CLASSES];
	bool circle;

	if (from == to || from == MAX_CLASSES || to == MAX_CLASSES || edges[from][to].there)
		return;
	e = &edges[from][to];
	lock_graph();
	circle = find_way(to, from, via);
	*e = (struct edge){ true, held_at, taken_at };
	unlock_graph();
	if (circle)
		report_circle(from, to, via);
}

/* This CPU's interrupts are, or may be, what another CPU waits for. */
static bool is_waited_for(void)
{
	return !smp_alone() && cpu_online(raw_smp_processor_id());
}

/* The class of the lock on top of the stack, and the edges to it from those below. */
static void look_at_top(struct held_stack *h, struct held_lock *top, bool tried, bool irqs_off)
{
	unsigned long taken_at = top->lock->taken_at;

	top->class = class_of(top->lock);
	if (tried)
		return;
	for (struct held_lock *outer = h->at; outer < top; outer++)
		add_edge(outer->class, outer->lock->taken_at, top->class, taken_at);
	if (irqs_off && is_waited_for())
		add_edge(INTERRUPTS_OFF, taken_at, top->class, taken_at);
}

void lockdep_acquire(spinlock_t *lock, bool tried)
{
	unsigned long flags = local_irq_save();
	struct held_stack *h = &per_cpu(held, raw_smp_processor_id());
	struct held_lock *top;
	bool nested = h->busy;

	WRITE_ONCE(h->busy, true);
	if (h->depth == MAX_HELD)
		panic("%u locks are held, the last %pS", MAX_HELD, lock);
	top = &h->at[h->depth++];
	barrier(); /* an NMI's locks come above it */
	*top = (struct held_lock){ lock, MAX_CLASSES };
	if (!nested)
		look_at_top(h, top, tried, !(flags & X86_EFLAGS_IF));
	WRITE_ONCE(h->busy, nested);
	local_irq_restore(flags);
}

/* Not always the one that was taken last. */
void lockdep_release(spinlock_t *lock)
{
	unsigned long flags = local_irq_save();
	struct held_stack *h = &per_cpu(held, raw_smp_processor_id());

	for (unsigned int i = h->depth; i-- > 0;) {
		if (h->at[i].lock != lock)
			continue;
		for (h->depth--; i < h->depth; i++)
			h->at[i] = h->at[i + 1];
		break;
	}
	local_irq_restore(flags);
}

void lockdep_wait_for_cpus(void)
{
	const struct held_stack *h = &per_cpu(held, raw_smp_processor_id());

	for (const struct held_lock *outer = h->at; outer < &h->at[h->depth]; outer++)
		add_edge(outer->class, outer->lock->taken_at, INTERRUPTS_OFF, _RET_IP_);
}

void lockdep_assert_none_held(void)
{
	const struct held_stack *h = &per_cpu(held, raw_smp_processor_id());

	if (h->depth)
		panic("sleeping with %pS held since %pS", h->at[h->depth - 1].lock,
		      (void *)h->at[h->depth - 1].lock->taken_at);
}
#endif
