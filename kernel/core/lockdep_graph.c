// SPDX-License-Identifier: MIT
/*
 * Classes of locks, in which order they are taken, and what cannot go well.
 *
 *   edge    from A to B: B was waited for while A was held, with both places
 *   use     of a class: an interrupt's handler has waited for it; it was held where an
 *           interrupt could come
 *
 * Two things are looked for, each when something new is learnt and not only when it
 * happens.  A circle of edges: CPUs could wait for each other.  A way, of none or more edges,
 * from a class that handlers wait for to one that is held with interrupts on: a handler
 * could come upon the holder of the second, and wait for the first, whose holder
 * elsewhere waits for the second.  With no edge between them, they are one lock, and the handler
 * waits for what it has interrupted.
 *
 * graph_lock guards all; it is a bare flag, since it cannot be checked by what it guards.
 * What only grows, classes, edges and uses, is also looked at without.
 */
#ifdef CONFIG_DEBUG
#include "kernel/core/lockdep_graph.h"
#include "kernel/core/panic.h"
#include "kernel/core/percpu.h"
#include "kernel/core/printk.h"
#include "kernel/cpu/irqflags.h"
#include "mm/layout.h"

struct edge {
	bool there;
	unsigned long held_at, taken_at;
};

static bool graph_lock;
static const char interrupts_off;
static const void *classes[MAX_CLASSES] = { [INTERRUPTS_OFF] = &interrupts_off };
static unsigned int nr_classes = 1;
static bool full_said;
static unsigned long used_at[MAX_CLASSES][NR_LOCK_USES]; /* the first place; 0: never */
static struct edge edges[MAX_CLASSES][MAX_CLASSES];	 /* [held][taken] */

static void lock_graph(void)
{
	while (__atomic_test_and_set(&graph_lock, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static void unlock_graph(void)
{
	__atomic_clear(&graph_lock, __ATOMIC_RELEASE);
}

/* From the ith class on; NO_CLASS: it is not among the first `n`. */
static unsigned int find_class(const void *key, unsigned int i, unsigned int n)
{
	while (i < n && classes[i] != key)
		i++;
	return i < n ? i : NO_CLASS;
}

/* A lock that always lies there may be known by its address; where one comes and goes, others would follow. */
static bool is_static(const char *key)
{
	extern char __per_cpu_start[], __per_cpu_end[];
	unsigned int cpu;

	if (key >= _text && key < _end)
		return true;
	for_each_possible_cpu(cpu) if (key - per_cpu_offset[cpu] >= __per_cpu_start &&
				       key - per_cpu_offset[cpu] < __per_cpu_end) return true;
	return false;
}

unsigned int lock_class(const void *key)
{
	unsigned int n = __atomic_load_n(&nr_classes, __ATOMIC_ACQUIRE);
	unsigned int class = find_class(key, 0, n);
	bool full;

	if (likely(class != NO_CLASS))
		return class;
	if (WARN(!is_static(key),
		 "lockdep: no class is known of the lock at %p: spin_lock_init()\n", key))
		return NO_CLASS;
	lock_graph();
	class = find_class(key, n, nr_classes);
	if (class == NO_CLASS && nr_classes < MAX_CLASSES) {
		class = nr_classes;
		classes[class] = key;
		__atomic_store_n(&nr_classes, class + 1, __ATOMIC_RELEASE);
	}
	full = class == NO_CLASS && !full_said;
	full_said |= full;
	unlock_graph();
	if (full)
		pr_warn("lockdep: %pS and others are not looked at: raise MAX_CLASSES (%d)\n", key,
			MAX_CLASSES);
	return class;
}

/* ---------------------------------------------------------------- ways */

/* From one class along the edges, or against them, to the nearest that is looked for. */
struct search {
	bool against;
	unsigned int goal;    /* that class; NO_CLASS: ... */
	enum lock_use use;    /* ... any that was used so */
	u8 from[MAX_CLASSES]; /* of each class that was reached: by way of which */
};

static bool is_goal(const struct search *s, unsigned int class)
{
	return s->goal != NO_CLASS ? class == s->goal : used_at[class][s->use] != 0;
}

static bool edge_leads(const struct search *s, unsigned int at, unsigned int next)
{
	return s->against ? edges[next][at].there : edges[at][next].there;
}

/* The class that was found, or NO_CLASS; the start itself is looked at first. */
static unsigned int find_way(struct search *s, unsigned int start)
{
	u8 queue[MAX_CLASSES];
	bool seen[MAX_CLASSES] = { false };
	unsigned int head = 0, tail = 0, at;

	queue[tail++] = (u8)start;
	seen[start] = true;
	while (head < tail) {
		at = queue[head++];
		if (is_goal(s, at))
			return at;
		for (unsigned int next = 0; next < nr_classes; next++) {
			if (seen[next] || !edge_leads(s, at, next))
				continue;
			seen[next] = true;
			s->from[next] = (u8)at;
			queue[tail++] = (u8)next;
		}
	}
	return NO_CLASS;
}

static void show_edge(unsigned int from, unsigned int to)
{
	const struct edge *e = &edges[from][to];

	pr_warn("  %pS taken at %pS, with %pS held since %pS\n", classes[to], (void *)e->taken_at,
		classes[from], (void *)e->held_at);
}

/* The edges of the way that was found, from its end back to its start. */
static void show_way(const struct search *s, unsigned int start, unsigned int found)
{
	for (unsigned int at = found; at != start; at = s->from[at]) {
		if (s->against)
			show_edge(at, s->from[at]);
		else
			show_edge(s->from[at], at);
	}
}

/* ---------------------------------------------------------------- interrupts */

/* Classes at both ends of a way: handlers wait for `safe`, interrupts can come while `unsafe` is held. */
static void report_use(unsigned int safe, unsigned int unsafe)
{
	WARN(true, "locks and interrupts: a handler could wait for what it interrupted\n");
	pr_warn("an interrupt's handler takes %pS at %pS\n", classes[safe],
		(void *)used_at[safe][LOCK_IN_IRQ]);
	pr_warn("and %pS is held with interrupts on, taken at %pS\n", classes[unsafe],
		(void *)used_at[unsafe][LOCK_IRQS_ON]);
}

void lock_class_used(unsigned int class, enum lock_use use, unsigned long place)
{
	struct search s = { .against = use == LOCK_IRQS_ON,
			    .goal = NO_CLASS,
			    .use = use == LOCK_IRQS_ON ? LOCK_IN_IRQ : LOCK_IRQS_ON };
	unsigned int found;

	if (likely(READ_ONCE(used_at[class][use])))
		return;
	lock_graph();
	if (used_at[class][use]) {
		unlock_graph();
		return;
	}
	used_at[class][use] = place;
	found = find_way(&s, class);
	unlock_graph();
	if (found == NO_CLASS)
		return;
	report_use(s.against ? found : class, s.against ? class : found);
	show_way(&s, class, found);
}

/* ---------------------------------------------------------------- order */

static void report_circle(unsigned int from, unsigned int to, const struct search *back)
{
	WARN(true, "locks are taken in a circle: two CPUs could wait for each other\n");
	pr_warn("this order:\n");
	show_edge(from, to);
	pr_warn("and before, from the last to the first:\n");
	show_way(back, to, from);
}

void lock_order(const struct held_lock *outer, const struct held_lock *taken)
{
	unsigned int from = outer->class, to = taken->class, circle, safe, unsafe;
	struct search back = { .goal = from };
	struct search irq = { .against = true, .goal = NO_CLASS, .use = LOCK_IN_IRQ };
	struct search on = { .goal = NO_CLASS, .use = LOCK_IRQS_ON };
	struct edge *e = &edges[from][to];

	if (from == to || READ_ONCE(e->there))
		return;
	lock_graph();
	if (e->there) {
		unlock_graph();
		return;
	}
	circle = find_way(&back, to);
	safe = find_way(&irq, from);
	unsafe = find_way(&on, to);
	e->held_at = outer->place;
	e->taken_at = taken->place;
	WRITE_ONCE(e->there, true);
	unlock_graph();
	if (circle != NO_CLASS)
		report_circle(from, to, &back);
	if (safe == NO_CLASS || unsafe == NO_CLASS)
		return;
	report_use(safe, unsafe);
	show_way(&on, to, unsafe);
	show_edge(from, to);
	show_way(&irq, from, safe);
}
#endif
