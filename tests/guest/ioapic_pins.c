// SPDX-License-Identifier: MIT
/*
 * What comes in at an IOAPIC's pin and arrives at a handler.  The line is QEMU's pc-testdev's
 * to drive (-device pc-testdev), a port for each ISA irq: what the 82093AA promises of edges,
 * levels, masks and Remote IRR is tried out, and that a pin may be moved meanwhile.
 */
#include "drivers/apic/ioapic.h"
#include "drivers/apic/lapic.h"
#include "drivers/apic/rte.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/cpu/port.h"
#include "kernel/irq/desc.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"

/* hw/misc/pc-testdev.c: a port that keeps what is written, and one for each line. */
#define TESTDEV_PORT  0xe0
#define TESTDEV_LINES 0x2000

/* ISA irqs that no device of a Q35 has: edge ones, and two that its MADT makes level. */
#define EDGE_IRQ       14
#define OTHER_EDGE_IRQ 15
#define LEVEL_IRQ      10

#define NOTHING_USEC 2000 /* so long nothing comes */

static struct line {
	int irq;
	unsigned int count;  /* calls of its handler */
	unsigned int lowers; /* by the handler, at that call; 0: never */
	unsigned int order;  /* of its last call among all lines' */
	bool retrigger;	     /* down and up again in the handler, once */
	bool remote_irr, was_level;
	void (*in_handler)(struct line *l);
} line, other_line;

static unsigned int order;

static void set_line(int irq, bool high)
{
	outb(high, (u16)(TESTDEV_LINES + irq));
}

static struct ioapic_pin *pin_of(int irq)
{
	return irq_get_data(irq)->chip_data;
}

static u64 rte_of(int irq)
{
	return ioapic_read_rte(pin_of(irq)->io, pin_of(irq)->pin);
}

static bool have_testdev(void)
{
	static const u8 values[] = { 0x5a, 0xa5 };

	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
		outb(values[i], TESTDEV_PORT);
		if (inb(TESTDEV_PORT) != values[i]) {
			guest_skip("no pc-testdev");
			return false;
		}
	}
	if (irq_get_data(EDGE_IRQ) && irq_get_data(LEVEL_IRQ) && irq_get_data(LEVEL_IRQ)->level)
		return true;
	guest_skip("no IOAPIC, or other pins than a Q35's");
	return false;
}

static irqreturn_t pin_handler(int irq, void *dev_id)
{
	struct line *l = dev_id;
	unsigned int count = l->count + 1;

	l->order = ++order;
	l->remote_irr = rte_of(irq) & RTE_REMOTE_IRR;
	l->was_level = lapic_was_level(irq_get_data(irq)->vector);
	if (l->in_handler)
		l->in_handler(l);
	if (count == l->lowers)
		set_line(irq, false);
	if (l->retrigger) {
		l->retrigger = false;
		set_line(irq, false);
		set_line(irq, true);
	}
	__atomic_store_n(&l->count, count, __ATOMIC_RELEASE);
	return IRQ_HANDLED;
}

/* With its handler, on the CPU of the tests; false after a failure. */
static bool begin(struct line *l, int irq)
{
	*l = (struct line){ .irq = irq };
	set_line(irq, false);
	if (!request_irq(irq, pin_handler, 0, "testdev", l) &&
	    !move_to(irq, raw_smp_processor_id()))
		return true;
	guest_fail(__FILE__, __LINE__, "irq %d is not to be had", irq);
	return false;
}

static void end(struct line *l)
{
	set_line(l->irq, false);
	free_irq(l->irq, l);
}

static bool comes(const struct line *l, unsigned int count)
{
	return poll_timeout(__atomic_load_n(&l->count, __ATOMIC_ACQUIRE) >= count, PATIENCE_USEC);
}

/* So often, and no more. */
#define EXPECT_COUNT(l, n)                                                        \
	do {                                                                      \
		EXPECT(comes(l, n));                                              \
		EXPECT(!poll_timeout(READ_ONCE((l)->count) > (n), NOTHING_USEC)); \
		EXPECT_EQ((l)->count, n);                                         \
	} while (0)

GUEST_TEST(pins, edge)
{
	if (!have_testdev() || !begin(&line, EDGE_IRQ))
		return;
	for (unsigned int i = 1; i <= 3; i++) {
		set_line(EDGE_IRQ, true);
		EXPECT_COUNT(&line, i);
		EXPECT(!line.was_level && !line.remote_irr);
		set_line(EDGE_IRQ, false);
		EXPECT_COUNT(&line, i);
	}
	end(&line);
}

GUEST_TEST(pins, simultaneous_edges)
{
	unsigned long flags;
	bool higher;

	if (!have_testdev() || !begin(&line, EDGE_IRQ) || !begin(&other_line, OTHER_EDGE_IRQ))
		return;
	higher = irq_get_data(EDGE_IRQ)->vector > irq_get_data(OTHER_EDGE_IRQ)->vector;
	flags = local_irq_save();
	set_line(EDGE_IRQ, true);
	set_line(OTHER_EDGE_IRQ, true);
	local_irq_restore(flags);
	EXPECT_COUNT(&line, 1);
	EXPECT_COUNT(&other_line, 1);
	/* SDM 3A, 11.8.3.1: the higher vector first. */
	EXPECT_EQ(line.order < other_line.order, higher);
	end(&line);
	end(&other_line);
}

/* Handled once for each time that the line is seen high: Remote IRR holds it until the end. */
GUEST_TEST(pins, level)
{
	if (!have_testdev() || !begin(&line, LEVEL_IRQ))
		return;
	line.lowers = 1;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 1);
	EXPECT(line.remote_irr);
	EXPECT(line.was_level);
	EXPECT(!(rte_of(LEVEL_IRQ) & RTE_REMOTE_IRR));

	/* Sequential: the next one is one more. */
	line.lowers = 2;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 2);

	/* Coalesced: as long as it stays high it is told again, and no oftener. */
	line.lowers = 5;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 5);

	/* Retriggered: down and up again within the handler is one more. */
	line.retrigger = true;
	line.lowers = 7;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 7);
	end(&line);
}

/* 82093AA, 3.2.4, bit 16: an edge on a masked pin is neither delivered nor kept. */
GUEST_TEST(pins, masked_edge_is_lost_by_the_chip)
{
	struct irq_data *d = irq_get_data(EDGE_IRQ);
	unsigned long flags;

	if (!have_testdev() || !begin(&line, EDGE_IRQ))
		return;
	flags = local_irq_save();
	d->chip->irq_mask(d);
	set_line(EDGE_IRQ, true);
	d->chip->irq_unmask(d);
	local_irq_restore(flags);
	EXPECT_COUNT(&line, 0);
	set_line(EDGE_IRQ, false);
	set_line(EDGE_IRQ, true);
	EXPECT_COUNT(&line, 1);
	end(&line);
}

/* ... so the core keeps it, by leaving the pin open until one has come. */
GUEST_TEST(pins, edge_of_a_disabled_irq_is_kept)
{
	if (!have_testdev() || !begin(&line, EDGE_IRQ))
		return;
	disable_irq(EDGE_IRQ);
	for (unsigned int i = 0; i < 3; i++) {
		set_line(EDGE_IRQ, true);
		set_line(EDGE_IRQ, false);
	}
	EXPECT_COUNT(&line, 0);
	EXPECT(rte_of(EDGE_IRQ) & RTE_MASKED);
	enable_irq(EDGE_IRQ);
	EXPECT_COUNT(&line, 1);
	EXPECT(!(rte_of(EDGE_IRQ) & RTE_MASKED));
	end(&line);
}

GUEST_TEST(pins, level_of_a_disabled_irq_tells_again)
{
	if (!have_testdev() || !begin(&line, LEVEL_IRQ))
		return;
	line.lowers = 1;
	disable_irq(LEVEL_IRQ);
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 0);
	EXPECT(rte_of(LEVEL_IRQ) & RTE_MASKED);
	enable_irq(LEVEL_IRQ);
	EXPECT_COUNT(&line, 1);

	/* What goes away meanwhile has never been. */
	disable_irq(LEVEL_IRQ);
	set_line(LEVEL_IRQ, true);
	set_line(LEVEL_IRQ, false);
	enable_irq(LEVEL_IRQ);
	EXPECT_COUNT(&line, 1);
	end(&line);
}

static void mask_and_unmask(struct line *l)
{
	struct irq_data *d = irq_get_data(l->irq);

	d->chip->irq_mask(d);
	d->chip->irq_unmask(d);
}

/* Masked and open again in the handler: Remote IRR has held it meanwhile. */
GUEST_TEST(pins, level_masked_in_its_handler)
{
	if (!have_testdev() || !begin(&line, LEVEL_IRQ))
		return;
	line.in_handler = mask_and_unmask;
	line.lowers = 1;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 1);
	line.retrigger = true;
	line.lowers = 3;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 3);
	end(&line);
}

/* Another vector, while this one waits for its end: no end will be for the pin. */
static void lose_the_end(struct line *l)
{
	ioapic_write_rte(pin_of(l->irq)->io, pin_of(l->irq)->pin,
			 (rte_of(l->irq) & ~RTE_VECTOR_MASK) | FIRST_EXTERNAL_VECTOR);
	l->in_handler = NULL;
}

/*
 * A lost end of interrupt: the pin is silent, and must not be moved.  It is given its end by hand
 * once an interrupt of it is found that was taken as an edge.
 */
GUEST_TEST(pins, lost_end_is_made_up_for)
{
	u64 rte;

	if (!have_testdev() || !begin(&line, LEVEL_IRQ))
		return;
	rte = rte_of(LEVEL_IRQ) & ~RTE_REMOTE_IRR;
	line.in_handler = lose_the_end;
	line.lowers = 1;
	set_line(LEVEL_IRQ, true);
	EXPECT_COUNT(&line, 1);
	ioapic_write_rte(pin_of(LEVEL_IRQ)->io, pin_of(LEVEL_IRQ)->pin, rte);
	EXPECT(rte_of(LEVEL_IRQ) & RTE_REMOTE_IRR);
	line.lowers = 2;
	set_line(LEVEL_IRQ, true);
	EXPECT(!poll_timeout(READ_ONCE(line.count) > 1, NOTHING_USEC));
	if (num_online_cpus() > 1)
		EXPECT_EQ(move_to(LEVEL_IRQ, other_cpu()), -EBUSY);

	/* By another CPU's message it is an edge. */
	ipi_send(raw_smp_processor_id(), irq_get_data(LEVEL_IRQ)->vector);
	EXPECT(comes(&line, 2));
	EXPECT(!(rte_of(LEVEL_IRQ) & RTE_REMOTE_IRR));
	line.lowers = READ_ONCE(line.count) + 1;
	set_line(LEVEL_IRQ, true);
	EXPECT(comes(&line, line.lowers));
	EXPECT(line.was_level);
	end(&line);
}

/* ---- moved ---- */

#define STROKES 300 /* at least, and so many moves */

static unsigned int moves;

/* Over and over to the next CPU, until it is stopped. */
static int mover(void *irq)
{
	unsigned int cpu = 0;

	while (!kthread_should_stop()) {
		cpu = cpumask_next(cpu, &cpu_online_mask);
		if (cpu == NR_CPUS)
			cpu = cpumask_first(&cpu_online_mask);
		if (move_to(*(const int *)irq, cpu))
			return -EIO;
		WRITE_ONCE(moves, moves + 1);
		cond_resched();
	}
	return 0;
}

/* On a CPU that is not the tests': those spin. */
static struct task_struct *start_mover(void)
{
	struct task_struct *t;

	moves = 0;
	t = kthread_create_on_cpu(mover, &line.irq, other_cpu(), "mover");
	if (!IS_ERR(t))
		wake_up_process(t);
	return t;
}

/* Each stroke arrives, once, wherever the irq is just then; none at a vector that is nobody's. */
static void strike_while_it_moves(int irq, bool level)
{
	struct task_struct *t;
	u64 before = stray_interrupts();
	unsigned int i;

	if (!begin(&line, irq))
		return;
	t = start_mover();
	ASSERT(!IS_ERR(t));
	for (i = 0; i < STROKES || READ_ONCE(moves) < STROKES; i++) {
		line.lowers = level ? i + 1 : 0;
		set_line(irq, true);
		if (!comes(&line, i + 1)) {
			guest_fail(__FILE__, __LINE__, "stroke %u of irq %d is lost", i, irq);
			break;
		}
		set_line(irq, false);
	}
	EXPECT_EQ(kthread_stop(t), 0);
	EXPECT_EQ(line.count, i);
	EXPECT_EQ(stray_interrupts(), before);
	guest_say("%u strokes, %u moves", i, moves);
	end(&line);
}

GUEST_TEST(pins, edges_while_it_moves)
{
	NEED_CPUS(2);
	if (have_testdev())
		strike_while_it_moves(EDGE_IRQ, false);
}

GUEST_TEST(pins, levels_while_it_moves)
{
	NEED_CPUS(2);
	if (have_testdev())
		strike_while_it_moves(LEVEL_IRQ, true);
}
