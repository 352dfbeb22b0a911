// SPDX-License-Identifier: MIT
/*
 * The interrupt core: which vector is which irq, who handles it, how often.
 *
 * A chip driver calls irq_create() for each irq it can deliver and programs the
 * vector it is given; a device driver calls request_irq() and knows nothing of
 * chips.  do_irq() counts, calls the handlers, then ends the interrupt at the
 * chip, with interrupts off throughout: handlers do not nest.
 *
 * irq_lock guards the tables.  It is not held while handlers run, so that they
 * may use the chip's lock and take their time.  An interrupt in flight is counted
 * in its irq, and free_irq() and irq_destroy() wait until there is none; they are not
 * for a handler of the irq itself, which would wait for its own end.
 *
 * A line may not stop the kernel.  It is masked, with a message, when nobody knows
 * its interrupts, and when they come in a storm: faster than they can be served, so
 * that serving them is all that runs.  It stays so until its handlers are freed and
 * the first one is requested anew.
 */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/irq/irq.h"

#include "kernel/core/command.h"
#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "kernel/trap/traps.h"
#include "mm/slab.h"

#define NR_VECTORS	256
#define MAX_OWNERS_TEXT 128
/* With this many interrupts in a row that no handler knew, the line is stuck: mask it. */
#define UNHANDLED_LIMIT 10000
/* So many more that followed hard upon the last one than did not are a storm. */
#define STORM_LIMIT	50000
#define RELIEF		16U /* one that did not counts as so many ... */
#define RELIEF_TSC	16  /* ... and one more for each 2^16 ticks of the pause before it */

struct irqaction {
	irq_handler_t handler;
	unsigned long flags;
	const char *name;
	void *dev_id;
	struct irqaction *next;
};

struct irq_desc {
	struct irq_data data;
	struct irqaction *actions; /* in the order of request_irq() */
	u64 count;
	unsigned int unhandled; /* in a row */
	unsigned int hurried;	/* towards STORM_LIMIT */
	unsigned int running;	/* CPUs inside do_irq() with it; atomic */
	bool leaving;		/* irq_destroy() waits for those */
};

static DEFINE_SPINLOCK(irq_lock);
static struct irq_desc descs[NR_IRQS];
static s16 vector_irq[NR_VECTORS]; /* irq + 1, 0: none */

/* Not behind the lock: each is written by the interrupted CPU, and a lost count does no harm. */
static u64 spurious_count, stray_count;
static bool stray_said[NR_VECTORS];
static void (*local_eoi)(void);

#define NR_LOCAL_VECTORS (NR_VECTORS - FIRST_SYSTEM_VECTOR)

/* Written at boot alone. */
static struct local_vector {
	const char *label, *text;
	void (*handler)(void);
} local_vectors[NR_LOCAL_VECTORS];
static DEFINE_PER_CPU(u64[NR_LOCAL_VECTORS], local_counts);

/* The interrupt this CPU serves, or NULL; the TSC when it was through with the last one. */
static DEFINE_PER_CPU(struct irq_desc *, in_service);
static DEFINE_PER_CPU(u64, last_end);

static struct irq_desc *get_desc(int irq)
{
	if (irq < 0 || irq >= NR_IRQS || !descs[irq].data.chip)
		return NULL;
	return &descs[irq];
}

struct irq_data *irq_get_data(int irq)
{
	struct irq_desc *desc = get_desc(irq);

	return desc ? &desc->data : NULL;
}

u64 irq_count(int irq)
{
	struct irq_desc *desc = get_desc(irq);

	return desc ? READ_ONCE(desc->count) : 0;
}

static int find_free_irq(void)
{
	for (int irq = NR_IRQS / 2; irq < NR_IRQS; irq++)
		if (!descs[irq].data.chip)
			return irq;
	return -ENOSPC;
}

static int find_free_vector(void)
{
	for (int v = FIRST_EXTERNAL_VECTOR; v < FIRST_SYSTEM_VECTOR; v++)
		if (!vector_irq[v])
			return v;
	return -ENOSPC;
}

/* The chip that has the number on -EBUSY in *holder. */
static int create_locked(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq,
			 bool level, const struct irq_chip **holder)
{
	int vector = find_free_vector();

	lockdep_assert_held(&irq_lock);
	if (irq < 0)
		irq = find_free_irq();
	else if ((*holder = irq < NR_IRQS ? descs[irq].data.chip : NULL))
		return -EBUSY;
	if (irq < 0 || irq >= NR_IRQS || vector < 0)
		return -ENOSPC;

	descs[irq] = (struct irq_desc){
		.data = {
			.irq = irq,
			.vector = (u8)vector,
			.level = level,
			.hwirq = hwirq,
			.chip = chip,
			.chip_data = chip_data,
		},
	};
	vector_irq[vector] = (s16)(irq + 1);
	return irq;
}

int irq_create(int irq, const struct irq_chip *chip, void *chip_data, u32 hwirq, bool level)
{
	const struct irq_chip *holder = NULL;
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&irq_lock, flags);
	ret = create_locked(irq, chip, chip_data, hwirq, level, &holder);
	spin_unlock_irqrestore(&irq_lock, flags);
	if (ret == -EBUSY)
		pr_err("%d: %s wants it for input %u, %s has it\n", irq, chip->name, hwirq,
		       holder->name);
	else if (ret == -ENOSPC)
		pr_err("%s input %u: irq numbers or vectors have run out\n", chip->name, hwirq);
	return ret;
}

/* No new interrupt finds the irq from here on. */
static int begin_destroy_locked(int irq)
{
	struct irq_desc *desc = get_desc(irq);

	lockdep_assert_held(&irq_lock);
	if (!desc || desc->leaving)
		return -EINVAL;
	if (desc->actions)
		return -EBUSY;
	if (desc == this_cpu(in_service))
		return -EDEADLK;
	desc->leaving = true;
	vector_irq[desc->data.vector] = 0;
	return 0;
}

static void wait_until_served(const struct irq_desc *desc)
{
	might_sleep();
	while (__atomic_load_n(&desc->running, __ATOMIC_ACQUIRE))
		cpu_relax();
}

int irq_destroy(int irq)
{
	unsigned long flags;
	int ret;

	spin_lock_irqsave(&irq_lock, flags);
	ret = begin_destroy_locked(irq);
	spin_unlock_irqrestore(&irq_lock, flags);
	if (ret) {
		pr_err("%d: cannot be taken away: %s\n", irq,
		       ret == -EBUSY   ? "it has handlers" :
		       ret == -EDEADLK ? "it is being served" :
					 "no chip has made it");
		return ret;
	}
	wait_until_served(&descs[irq]);
	spin_lock_irqsave(&irq_lock, flags);
	descs[irq] = (struct irq_desc){ 0 };
	spin_unlock_irqrestore(&irq_lock, flags);
	return 0;
}

/* Append, and unmask with the first; what is in the way on conflict in *holder. */
static int add_action_locked(int irq, struct irqaction *action, const char **holder)
{
	struct irq_desc *desc = get_desc(irq);
	struct irqaction **link;

	lockdep_assert_held(&irq_lock);
	if (!desc || desc->leaving)
		return -EINVAL;
	if (desc->actions && !(desc->actions->flags & action->flags & IRQF_SHARED)) {
		*holder = desc->actions->name;
		return -EBUSY;
	}
	for (link = &desc->actions; *link; link = &(*link)->next)
		;
	/* do_irq() walks without the lock: the action is whole before it can be seen. */
	__atomic_store_n(link, action, __ATOMIC_RELEASE);
	if (desc->actions == action) {
		desc->unhandled = 0;
		desc->hurried = 0;
		desc->data.chip->irq_unmask(&desc->data);
	}
	return 0;
}

int request_irq(int irq, irq_handler_t handler, unsigned long flags, const char *name, void *dev_id)
{
	struct irqaction *action;
	const char *holder = NULL;
	unsigned long irqflags;
	int ret = -EINVAL;

	if (handler) {
		action = kmalloc(sizeof(*action), GFP_KERNEL);
		if (!action) {
			pr_err("%d: no memory for the handler of %s\n", irq, name);
			return -ENOMEM;
		}
		*action = (struct irqaction){ handler, flags, name, dev_id, NULL };
		spin_lock_irqsave(&irq_lock, irqflags);
		ret = add_action_locked(irq, action, &holder);
		spin_unlock_irqrestore(&irq_lock, irqflags);
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

	lockdep_assert_held(&irq_lock);
	for (link = &desc->actions; (action = *link); link = &action->next) {
		if (action->dev_id != dev_id)
			continue;
		WRITE_ONCE(*link, action->next);
		if (!desc->actions)
			desc->data.chip->irq_mask(&desc->data);
		return action;
	}
	return NULL;
}

void free_irq(int irq, void *dev_id)
{
	struct irqaction *action = NULL;
	struct irq_desc *desc;
	unsigned long flags;
	bool served_here;

	spin_lock_irqsave(&irq_lock, flags);
	desc = get_desc(irq);
	served_here = desc && desc == this_cpu(in_service);
	if (desc && !served_here)
		action = remove_action_locked(desc, dev_id);
	spin_unlock_irqrestore(&irq_lock, flags);
	if (WARN(served_here, "irq %d is freed while it is served, by itself\n", irq) ||
	    WARN(!action, "irq %d has no handler for that device\n", irq))
		return;
	wait_until_served(desc);
	kfree(action);
}

void irq_set_local_eoi(void (*eoi)(void))
{
	local_eoi = eoi;
}

/* A vector that belongs to no irq: counted, said once, and ended where a local APIC waits. */
static void handle_stray(u8 vector)
{
	if (vector == LAPIC_SPURIOUS_VECTOR) {
		spurious_count++; /* SDM 3A, 11.9: takes no end of interrupt */
		return;
	}
	stray_count++;
	if (!stray_said[vector]) {
		stray_said[vector] = true;
		pr_warn("stray interrupt, vector 0x%02x%s\n", vector,
			vector < FIRST_EXTERNAL_VECTOR ? ", from a masked 8259" : "");
	}
	if (vector >= FIRST_EXTERNAL_VECTOR && local_eoi)
		local_eoi();
}

void __init irq_set_local_vector(u8 vector, const char *label, const char *text,
				 void (*handler)(void))
{
	BUG_ON(vector < FIRST_SYSTEM_VECTOR || local_vectors[vector - FIRST_SYSTEM_VECTOR].handler);
	local_vectors[vector - FIRST_SYSTEM_VECTOR] = (struct local_vector){ label, text, handler };
}

u64 irq_local_count(u8 vector, unsigned int cpu)
{
	return READ_ONCE(per_cpu(local_counts[vector - FIRST_SYSTEM_VECTOR], cpu));
}

/* False where nobody has the vector. */
static bool handle_local(u8 vector)
{
	unsigned int n = vector - FIRST_SYSTEM_VECTOR;

	if (vector < FIRST_SYSTEM_VECTOR || !local_vectors[n].handler)
		return false;
	this_cpu_add(local_counts[n], 1);
	local_eoi();
	local_vectors[n].handler();
	return true;
}

static void run_handlers(struct irq_desc *desc)
{
	irqreturn_t handled = IRQ_NONE;
	struct irqaction *action = __atomic_load_n(&desc->actions, __ATOMIC_ACQUIRE);

	for (; action; action = __atomic_load_n(&action->next, __ATOMIC_ACQUIRE))
		if (action->handler(desc->data.irq, action->dev_id) == IRQ_HANDLED)
			handled = IRQ_HANDLED;

	if (handled == IRQ_HANDLED) {
		desc->unhandled = 0;
	} else if (++desc->unhandled == UNHANDLED_LIMIT) {
		desc->data.chip->irq_mask(&desc->data);
		pr_err("%d: nobody cared, %u times in a row; masked\n", desc->data.irq,
		       UNHANDLED_LIMIT);
	}
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
		desc->data.chip->irq_mask(&desc->data);
		pr_err("%d: a storm: it comes faster than it can be served; masked\n",
		       desc->data.irq);
	}
}

static void do_irq(u8 vector)
{
	struct irq_desc *desc = NULL;
	u64 begin;

	if (handle_local(vector))
		return;
	begin = rdtsc_ordered();
	/* Interrupts are off here, so the plain lock does. */
	spin_lock(&irq_lock);
	if (vector_irq[vector]) {
		desc = &descs[vector_irq[vector] - 1];
		desc->count++;
		__atomic_add_fetch(&desc->running, 1, __ATOMIC_ACQUIRE);
	}
	spin_unlock(&irq_lock);
	if (!desc) {
		handle_stray(vector);
		return;
	}
	this_cpu(in_service) = desc;
	run_handlers(desc);
	desc->data.chip->irq_eoi(&desc->data);
	watch_for_storm(desc, begin);
	this_cpu(in_service) = NULL;
	__atomic_sub_fetch(&desc->running, 1, __ATOMIC_RELEASE);
}

void __init irq_init(void)
{
	trap_set_interrupt_handler(do_irq);
}

/* The names of those that handle it, into `text`.  irq_lock is held. */
static void list_owners_locked(const struct irq_desc *desc, char *text, size_t size)
{
	size_t n = 0;

	lockdep_assert_held(&irq_lock);
	text[0] = '\0';
	for (const struct irqaction *a = desc->actions; a; a = a->next)
		n += (size_t)scnprintf(text + n, size - n, "%s%s", n ? ", " : "", a->name);
}

/* A copy of an irq and of its owners' names; false where there is no such irq. */
static bool snapshot(int irq, struct irq_desc *copy, char *owners, size_t size)
{
	struct irq_desc *desc;
	unsigned long flags;

	spin_lock_irqsave(&irq_lock, flags);
	desc = get_desc(irq);
	if (desc) {
		*copy = *desc;
		list_owners_locked(desc, owners, size);
	}
	spin_unlock_irqrestore(&irq_lock, flags);
	return desc;
}

void irq_show_owners(struct sink *out, int irq, const char *before)
{
	char owners[MAX_OWNERS_TEXT];
	struct irq_desc copy;

	if (snapshot(irq, &copy, owners, sizeof(owners)) && owners[0])
		sink_printf(out, "%s%s", before, owners);
}

static void show_irq(struct sink *out, int irq)
{
	char owners[MAX_OWNERS_TEXT];
	struct irq_desc copy;
	const struct irq_data *d = &copy.data;

	if (!snapshot(irq, &copy, owners, sizeof(owners)) || (!owners[0] && !copy.count))
		return;
	sink_printf(out, "%3d: %10llu  %8s %3u-%-8s%s%s\n", d->irq, (unsigned long long)copy.count,
		    d->chip->name, d->hwirq, d->level ? "fasteoi" : "edge", owners[0] ? "  " : "",
		    owners);
}

static void show_local_vector(struct sink *out, u8 vector)
{
	const struct local_vector *v = &local_vectors[vector - FIRST_SYSTEM_VECTOR];
	u64 count = 0;
	unsigned int cpu;

	for_each_possible_cpu(cpu) count += irq_local_count(vector, cpu);
	if (v->handler)
		sink_printf(out, "%3s: %10llu   %s\n", v->label, (unsigned long long)count,
			    v->text);
}

void show_interrupts(struct sink *out)
{
	sink_printf(out, "%11sCPU%-8d\n", "", 0);
	for (int irq = 0; irq < NR_IRQS; irq++)
		show_irq(out, irq);
	sink_printf(out, "%3s: %10llu   Non-maskable interrupts\n", "NMI",
		    (unsigned long long)trap_count(X86_TRAP_NMI));
	for (unsigned int v = FIRST_SYSTEM_VECTOR; v < NR_VECTORS; v++)
		show_local_vector(out, (u8)v);
	sink_printf(out, "%3s: %10llu   Spurious interrupts\n", "SPU",
		    (unsigned long long)spurious_count);
	sink_printf(out, "%3s: %10llu\n", "ERR", (unsigned long long)stray_count);
}

static int cmd_interrupts(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	show_interrupts(out);
	return 0;
}
MONITOR_COMMAND(interrupts, "", "the interrupts and how often each struck", cmd_interrupts);
