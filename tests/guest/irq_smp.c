// SPDX-License-Identifier: MIT
/* Irqs and several CPUs: moved, spread, and taken away while they strike elsewhere. */
#include "drivers/apic/lapic.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"

static struct chip_calls told;

static struct {
	unsigned int cpu, entered, left, usec;
} remote;

static irqreturn_t remote_handler(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	remote.cpu = raw_smp_processor_id();
	__atomic_add_fetch(&remote.entered, 1, __ATOMIC_RELEASE);
	udelay(remote.usec);
	__atomic_add_fetch(&remote.left, 1, __ATOMIC_RELEASE);
	return IRQ_HANDLED;
}

/* On this CPU. */
static int make_irq(irq_handler_t handler, unsigned int usec)
{
	int irq;

	told = (struct chip_calls){ 0 };
	remote = (__typeof__(remote)){ .usec = usec };
	irq = irq_create(-1, &soft_lapic_chip, &told, 7, false);
	if (irq < 0 || move_to(irq, raw_smp_processor_id()) ||
	    request_irq(irq, handler, 0, "test", &remote))
		return -1;
	return irq;
}

#define entered() __atomic_load_n(&remote.entered, __ATOMIC_ACQUIRE)
#define left()	  __atomic_load_n(&remote.left, __ATOMIC_ACQUIRE)

/* It is there, and nowhere else is it wanted, whoever has refused it since: nor by who requests it next. */
static void expect_wanted_at(int irq, unsigned int cpu)
{
	unsigned long flags;
	struct irq_desc *desc;

	free_irq(irq, &remote);
	EXPECT_EQ(request_irq(irq, remote_handler, 0, "test", &remote), 0);
	EXPECT_EQ(irq_get_data(irq)->cpu, cpu);
	desc = irq_lock(irq, &flags);
	EXPECT(cpumask_weight(&desc->affinity) == 1 && cpumask_test_cpu(cpu, &desc->affinity));
	irq_unlock(desc, flags);
}

/* Wherever it is moved it strikes there, is counted there, and keeps its handler. */
GUEST_TEST(irq, moved_to_each_cpu)
{
	unsigned int n = 0, cpu;
	u64 before = stray_interrupts();
	int irq;

	NEED_LAPIC();
	NEED_CPUS(2);
	irq = make_irq(remote_handler, 0);
	ASSERT(irq >= 0);
	for_each_online_cpu(cpu)
	{
		unsigned int round = remote.left;

		EXPECT_EQ(move_to(irq, cpu), 0);
		EXPECT_EQ(irq_get_data(irq)->cpu, cpu);
		strike_place(irq);
		EXPECT(poll_timeout(left() == round + 1, PATIENCE_USEC));
		EXPECT_EQ(remote.cpu, cpu);
		n++;
	}
	cpu = irq_get_data(irq)->cpu;
	EXPECT_EQ(move_to(irq, NR_CPUS - 1), -EINVAL);
	EXPECT_EQ(irq_count(irq), n);
	expect_wanted_at(irq, cpu);
	EXPECT_EQ(stray_interrupts(), before);
	free_irq(irq, &remote);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* Each gets the CPU that has the fewest: with as many as there are CPUs, no two differ by more than one. */
GUEST_TEST(irq, spread_over_cpus)
{
	unsigned int nr = 2 * num_online_cpus(), cpu, most = 0;
	u8 *load;
	int *irqs;

	NEED_LAPIC();
	NEED_CPUS(2);
	irqs = kcalloc(nr, sizeof(*irqs), GFP_KERNEL);
	load = kcalloc(nr_cpu_ids, 1, GFP_KERNEL);
	ASSERT(irqs && load);
	for (unsigned int i = 0; i < nr; i++) {
		irqs[i] = irq_create(-1, &soft_lapic_chip, &told, 7, false);
		ASSERT(irqs[i] >= 0);
		ASSERT(request_irq(irqs[i], remote_handler, 0, "test", &remote) == 0);
		load[irq_get_data(irqs[i])->cpu]++;
	}
	/* Others have some already, so that here and there one fewer is due. */
	for_each_online_cpu(cpu) most = max(most, (unsigned int)load[cpu]);
	EXPECT(most < nr);
	EXPECT(load[other_cpu()] > 0);
	for (unsigned int i = 0; i < nr; i++) {
		free_irq(irqs[i], &remote);
		EXPECT_EQ(irq_destroy(irqs[i]), 0);
	}
	kfree(irqs);
	kfree(load);
}

#define LONG_USEC 20000

/* Whoever takes a handler away, or disables the irq, may be sure that it runs nowhere. */
GUEST_TEST(irq, who_frees_waits_for_the_other_cpu)
{
	int irq;

	NEED_LAPIC();
	NEED_CPUS(2);
	irq = make_irq(remote_handler, LONG_USEC);
	ASSERT(irq >= 0);
	ASSERT(move_to(irq, other_cpu()) == 0);

	strike_place(irq);
	EXPECT(poll_timeout(entered() == 1, PATIENCE_USEC));
	synchronize_irq(irq);
	EXPECT_EQ(left(), 1);

	strike_place(irq);
	EXPECT(poll_timeout(entered() == 2, PATIENCE_USEC));
	disable_irq_nosync(irq); /* does not wait, but no other one begins */
	disable_irq(irq);
	EXPECT_EQ(left(), 2);
	enable_irq(irq);
	enable_irq(irq);

	strike_place(irq);
	EXPECT(poll_timeout(entered() == 3, PATIENCE_USEC));
	free_irq(irq, &remote);
	EXPECT_EQ(left(), 3);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* Waits until the irq has another place, has it strike there, and waits until it has. */
static irqreturn_t chasing_handler(int irq, void *dev_id)
{
	bool first = !entered();

	remote_handler(irq, dev_id);
	if (first) {
		poll_timeout(READ_ONCE(irq_get_data(irq)->cpu) != raw_smp_processor_id(),
			     PATIENCE_USEC);
		strike_place(irq);
		poll_timeout(irq_count(irq) == 2, PATIENCE_USEC);
	}
	return IRQ_HANDLED;
}

/* An edge while the handler runs elsewhere: kept, and served by the CPU that is at it. */
GUEST_TEST(irq, edge_during_the_handler_of_another_cpu)
{
	int irq;

	NEED_LAPIC();
	NEED_CPUS(2);
	irq = make_irq(chasing_handler, LONG_USEC);
	ASSERT(irq >= 0);
	ASSERT(move_to(irq, other_cpu()) == 0);
	strike_place(irq);
	EXPECT(poll_timeout(entered() == 1, PATIENCE_USEC));
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()),
		  0); /* the other CPU is done when it returns */
	EXPECT_EQ(left(), 2);
	EXPECT_EQ(remote.cpu, other_cpu());
	EXPECT_EQ(irq_count(irq), 2);
	EXPECT_EQ(told.eoi, 2);
	free_irq(irq, &remote);
	EXPECT_EQ(irq_destroy(irq), 0);
}

struct blocker {
	const struct irq_desc *desc;
	unsigned int cpu; /* where this runs */
	bool until_freed, blocked;
	struct task_struct *thread;
};

#define A_MOMENT_USEC 5000 /* for the call to arrive, too */

/* With interrupts off, have the irq strike here, and stay until somebody is at it. */
static int block_cpu(void *info)
{
	struct blocker *b = info;
	unsigned long flags = local_irq_save();

	ipi_send(b->cpu, b->desc->data.vector);
	__atomic_store_n(&b->blocked, true, __ATOMIC_RELEASE);
	poll_timeout(b->until_freed ? !READ_ONCE(b->desc->actions) :
				      READ_ONCE(b->desc->data.cpu) != b->cpu,
		     PATIENCE_USEC);
	udelay(A_MOMENT_USEC);
	local_irq_restore(flags);
	while (!kthread_should_stop())
		cond_resched();
	return 0;
}

static bool start_blocker(struct blocker *b)
{
	b->blocked = false;
	b->thread = kthread_create_on_cpu(block_cpu, b, b->cpu, "blocker");
	if (IS_ERR(b->thread))
		return false;
	wake_up_process(b->thread);
	return poll_timeout(__atomic_load_n(&b->blocked, __ATOMIC_ACQUIRE), PATIENCE_USEC);
}

/*
 * The other CPU has interrupts off while one comes in: it waits in the local APIC there, and the
 * call that asks it to let go of the vector is served before it.  It must be let in first.
 */
GUEST_TEST(irq, vector_in_flight_is_kept)
{
	struct blocker b;
	u64 before = stray_interrupts();
	int irq;

	NEED_LAPIC();
	NEED_CPUS(2);
	irq = make_irq(remote_handler, 0);
	ASSERT(irq >= 0);
	b = (struct blocker){ .cpu = other_cpu() };
	b.desc = container_of(irq_get_data(irq), struct irq_desc, data);
	ASSERT(move_to(irq, b.cpu) == 0);
	ASSERT(start_blocker(&b));
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()), 0);
	EXPECT_EQ(left(), 1); /* by its old vector, at its old CPU */
	EXPECT_EQ(remote.cpu, b.cpu);
	kthread_stop(b.thread);

	ASSERT(move_to(irq, b.cpu) == 0);
	b.until_freed = true;
	ASSERT(start_blocker(&b));
	free_irq(irq, &remote);
	EXPECT_EQ(irq_destroy(irq), 0);
	EXPECT_EQ(left(), 1); /* its handler was gone */
	EXPECT_EQ(told.eoi, 2);
	EXPECT_EQ(stray_interrupts(), before);
	kthread_stop(b.thread);
}

/* ---- another CPU, where its vector is somebody else's ---- */

#define MANY 100

static struct irq_chip halves; /* whose target is written by two writes: between them one comes */
static unsigned int comes_to = NR_CPUS;

static void strike_between(struct irq_data *d)
{
	if (comes_to < NR_CPUS)
		ipi_send(comes_to, d->vector); /* the new vector, and the old CPU */
}

static int irq_at(unsigned int cpu)
{
	int irq = irq_create(-1, &halves, &told, 7, false);

	EXPECT(irq >= 0 && move_to(irq, cpu) == 0);
	return irq;
}

static u8 vector_of(int irq)
{
	return irq_get_data(irq)->vector;
}

static void destroy_all(const int *irqs, unsigned int n)
{
	while (n--)
		EXPECT_EQ(irq_destroy(irqs[n]), 0);
}

/* More and more on both CPUs, until one here has the vector of one there: which, or -1. */
static int find_twin(int *here, int *there, unsigned int *n)
{
	for (*n = 0; *n < MANY;) {
		here[*n] = irq_at(raw_smp_processor_id());
		there[*n] = irq_at(other_cpu());
		++*n;
		for (unsigned int i = 0; i < *n; i++) {
			if (vector_of(here[i]) == vector_of(there[*n - 1]))
				return here[i];
			if (vector_of(here[*n - 1]) == vector_of(there[i]))
				return here[*n - 1];
		}
	}
	return -1;
}

GUEST_TEST(irq, moved_to_another_vector)
{
	unsigned int here = raw_smp_processor_id(), there = other_cpu(), n;
	u64 before = stray_interrupts();
	static int irqs[MANY], others[MANY];
	int irq;
	u8 old, new;

	NEED_LAPIC();
	NEED_CPUS(2);
	halves = soft_lapic_chip;
	halves.irq_set_target = strike_between;
	remote = (__typeof__(remote)){ 0 };
	irq = find_twin(irqs, others, &n);
	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, remote_handler, 0, "test", &remote) == 0);
	old = vector_of(irq);
	comes_to = here;
	EXPECT_EQ(move_to(irq, there), 0);
	comes_to = NR_CPUS;
	new = vector_of(irq);
	EXPECT(new != old);
	EXPECT_EQ(left(), 1); /* it was not lost */
	EXPECT_EQ(remote.cpu, here);
	strike_place(irq);
	EXPECT(poll_timeout(left() == 2, PATIENCE_USEC));
	EXPECT_EQ(remote.cpu, there);
	EXPECT_EQ(stray_interrupts(), before);
	free_irq(irq, &remote);
	destroy_all(irqs, n);
	destroy_all(others, n);

	/* The new vector is free again, on the old CPU too. */
	for (n = 0; n < MANY;) {
		irqs[n] = irq_at(there);
		if (vector_of(irqs[n++]) == new)
			break;
	}
	EXPECT_EQ(move_to(irqs[n - 1], here), 0);
	EXPECT_EQ(vector_of(irqs[n - 1]), new);
	destroy_all(irqs, n);
}

/* ---- a level pin, which is not changed before the end of its last interrupt ---- */

static unsigned int looks, quiet_after;

static bool soft_in_flight(struct irq_data *d)
{
	(void)d;
	return looks++ < quiet_after;
}

GUEST_TEST(irq, level_pin_is_moved_after_its_end)
{
	unsigned int here = raw_smp_processor_id(), there = other_cpu();
	static struct irq_chip chip;
	int irq;

	NEED_LAPIC();
	NEED_CPUS(2);
	chip = soft_lapic_chip;
	chip.irq_in_flight = soft_in_flight;
	told = (struct chip_calls){ 0 };
	remote = (__typeof__(remote)){ 0 };
	quiet_after = 0;
	irq = irq_create(-1, &chip, &told, 7, true);
	ASSERT(irq >= 0);
	ASSERT(move_to(irq, here) == 0);
	ASSERT(request_irq(irq, remote_handler, 0, "test", &remote) == 0);
	looks = 0;
	quiet_after = 3;
	EXPECT_EQ(move_to(irq, there), 0);
	EXPECT_EQ(looks, 4);
	EXPECT_EQ(irq_get_data(irq)->cpu, there);
	EXPECT_EQ(told.mask, 1);
	EXPECT_EQ(told.unmask, 2); /* the first by request_irq() */

	quiet_after = -1U; /* never: it stays where it is, and strikes there */
	EXPECT_EQ(move_to(irq, here), -EBUSY);
	EXPECT_EQ(irq_get_data(irq)->cpu, there);
	EXPECT_EQ(told.mask, 2);
	EXPECT_EQ(told.unmask, 3);
	strike_and_settle(irq);
	EXPECT_EQ(left(), 1);
	EXPECT_EQ(remote.cpu, there);
	free_irq(irq, &remote);
	quiet_after = 0; /* it moves, and stays off: nobody would handle it */
	EXPECT_EQ(move_to(irq, here), 0);
	EXPECT_EQ(told.unmask, 3);
	EXPECT_EQ(irq_destroy(irq), 0);
}
