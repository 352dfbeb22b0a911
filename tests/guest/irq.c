// SPDX-License-Identifier: MIT
/*
 * The interrupt core, with a chip made of software.  The frame that the CPU would
 * push is pushed by hand, and the vector's stub entered: INT n would do the same,
 * but some hypervisors cannot emulate it.
 */
#include "kernel/irq/desc.h"

#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/core/panic.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

static struct {
	unsigned int mask, unmask, eoi;
	unsigned int first, second; /* calls of the handlers */
	bool irqs_were_on, claim;
	int irq;
} seen;

static void soft_mask(struct irq_data *d)
{
	(void)d;
	seen.mask++;
}

static void soft_unmask(struct irq_data *d)
{
	(void)d;
	seen.unmask++;
}

static void soft_eoi(struct irq_data *d)
{
	(void)d;
	seen.eoi++;
}

static const struct irq_chip soft_chip = {
	.name = "SOFT",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = soft_eoi,
};

static irqreturn_t first_handler(int irq, void *dev_id)
{
	(void)dev_id;
	seen.first++;
	seen.irq = irq;
	seen.irqs_were_on = !irqs_disabled();
	return seen.claim ? IRQ_HANDLED : IRQ_NONE;
}

static irqreturn_t second_handler(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	seen.second++;
	return IRQ_HANDLED;
}

extern const char trap_stubs[]; /* kernel/trap/trap_entry.asm: 16 bytes a vector */

/* SDM 3A, 6.14.2: RSP is aligned, then SS, RSP, RFLAGS, CS and RIP are pushed. */
static void raise(u8 vector)
{
	__asm__ __volatile__("movq %%rsp, %%rax\n\t"
			     "andq $-16, %%rsp\n\t"
			     "movl %%ss, %%edx\n\t"
			     "pushq %%rdx\n\t"
			     "pushq %%rax\n\t"
			     "pushfq\n\t"
			     "cli\n\t"
			     "movl %%cs, %%edx\n\t"
			     "pushq %%rdx\n\t"
			     "leaq 1f(%%rip), %%rdx\n\t"
			     "pushq %%rdx\n\t"
			     "jmp *%0\n"
			     "1:"
			     :
			     : "r"(trap_stubs + 16 * vector)
			     : "rax", "rdx", "memory", "cc");
}

static int move_to(int irq, unsigned int cpu)
{
	struct cpumask mask = cpumask_of_cpu(cpu);

	return irq_set_affinity(irq, &mask);
}

/* On this CPU, which is the one that strikes. */
static int make_irq_of(const struct irq_chip *chip, bool level)
{
	int irq;

	seen = (__typeof__(seen)){ .claim = true };
	irq = irq_create(-1, chip, &seen, 7, level);
	if (irq >= 0)
		EXPECT_EQ(move_to(irq, raw_smp_processor_id()), 0);
	return irq;
}

static int make_irq(void)
{
	return make_irq_of(&soft_chip, false);
}

GUEST_TEST(irq, delivered_and_counted)
{
	int irq = make_irq();

	ASSERT(irq >= NR_ISA_IRQS);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	EXPECT_EQ(seen.unmask, 1);
	for (unsigned int i = 0; i < 5; i++)
		raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 5);
	EXPECT_EQ(seen.eoi, 5);
	EXPECT_EQ(irq_count(irq), 5);
	EXPECT_EQ(seen.irq, irq);
	EXPECT(!seen.irqs_were_on);
	EXPECT(!irqs_disabled());

	EXPECT_EQ(irq_destroy(irq), -EBUSY);
	free_irq(irq, &seen);
	EXPECT_EQ(seen.mask, 1);
	EXPECT_EQ(irq_destroy(irq), 0);
	EXPECT(irq_get_data(irq) == NULL);
	EXPECT_EQ(irq_destroy(irq), -EINVAL);
}

static struct irq_data told;

static void note_target(struct irq_data *d)
{
	EXPECT(irqs_disabled());
	told = *d;
}

/* The chip is told the place before anybody can find the irq, and so move it. */
GUEST_TEST(irq, place_is_told_before_the_number_is_known)
{
	static const struct irq_chip chip = {
		.name = "SOFT",
		.irq_mask = soft_mask,
		.irq_unmask = soft_unmask,
		.irq_eoi = soft_eoi,
		.irq_set_target = note_target,
	};
	int irq = irq_create(-1, &chip, &told, 7, false);

	ASSERT(irq >= NR_ISA_IRQS);
	EXPECT(told.chip_data == &told && told.hwirq == 7);
	EXPECT_EQ(told.irq, 0);
	EXPECT_EQ(told.cpu, irq_get_data(irq)->cpu);
	EXPECT_EQ(told.vector, irq_get_data(irq)->vector);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq, shared_only_by_both)
{
	int irq = make_irq(), other;

	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, IRQF_SHARED, "first", &seen) == 0);
	EXPECT_EQ(request_irq(irq, second_handler, 0, "second", &other), -EBUSY);
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()), 0);
	EXPECT_EQ(
		request_irq(irq, second_handler, IRQF_SHARED | IRQF_NOBALANCING, "second", &other),
		0);
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()), -EPERM); /* any of them may forbid it */
	EXPECT_EQ(seen.unmask, 1);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(seen.second, 1);
	EXPECT_EQ(seen.eoi, 1);

	free_irq(irq, &seen);
	EXPECT_EQ(seen.mask, 0);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(seen.second, 2);
	free_irq(irq, &other);
	EXPECT_EQ(seen.mask, 1);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq, refused)
{
	unsigned int warnings = warn_count();
	int irq = make_irq();

	ASSERT(irq >= 0);
	EXPECT_EQ(irq_create(irq, &soft_chip, NULL, 0, false), -EBUSY);
	EXPECT_EQ(irq_create(NR_IRQS, &soft_chip, NULL, 0, false), -ENOSPC);
	EXPECT_EQ(request_irq(irq, NULL, 0, "test", NULL), -EINVAL);
	EXPECT_EQ(request_irq(NR_IRQS, first_handler, 0, "test", NULL), -EINVAL);
	EXPECT_EQ(request_irq(-1, first_handler, 0, "test", NULL), -EINVAL);
	free_irq(irq, &seen); /* was never requested */
	EXPECT_EQ(warn_count(), warnings + 1);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* A line that nobody serves is masked in the end instead of hanging the machine. */
GUEST_TEST(irq, stuck_line_is_masked)
{
	unsigned int n = 0;
	int irq = make_irq();

	ASSERT(irq >= 0);
	seen.claim = false;
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	while (!seen.mask && n++ < 100000)
		raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.mask, 1);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

static irqreturn_t freeing_handler(int irq, void *dev_id)
{
	seen.first++;
	free_irq(irq, dev_id); /* would wait for this very call to end */
	return IRQ_HANDLED;
}

/* Nobody may take an irq away that is in flight: it would wait for its own end. */
GUEST_TEST(irq, in_flight)
{
	unsigned int warnings = warn_count();
	int irq = make_irq();

	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, freeing_handler, 0, "test", &seen) == 0);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(seen.eoi, 1);
	EXPECT_EQ(warn_count(), warnings + 1);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/*
 * A storm as real as can be: the handler asks the local APIC for the next interrupt,
 * which then waits when this one ends.  What was interrupted goes on once it is masked.
 */
#define ICR_SELF      BIT(18) /* SDM 3A, 11.6.1 */
#define HOPELESS      200000  /* the handler has mercy at last */
#define STORM_USEC    60000000
#define BUSY_PAUSE_NS 5000
#define HANDLER_NS    1000 /* as a look at a device's register takes, under a hypervisor */

static bool have_lapic(void)
{
	if (lapic_available())
		return true;
	guest_skip("no local APIC");
	return false;
}

/* This CPU. */
static void strike(u8 vector)
{
	apic_write(APIC_ICR, ICR_SELF | vector);
}

static irqreturn_t stormy_handler(int irq, void *dev_id)
{
	(void)dev_id;
	WRITE_ONCE(seen.first, seen.first + 1);
	ndelay(HANDLER_NS);
	if (!seen.mask && seen.first < HOPELESS)
		strike(irq_get_data(irq)->vector);
	return IRQ_HANDLED;
}

static void soft_lapic_eoi(struct irq_data *d)
{
	seen.eoi++;
	lapic_irq_eoi(d);
}

/* Its interrupts are real: the local APIC has them. */
static const struct irq_chip lapic_chip = {
	.name = "LAPIC",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = soft_lapic_eoi,
};

static int make_lapic_irq(bool level)
{
	return make_irq_of(&lapic_chip, level);
}

static bool storm_is_over(void)
{
	return READ_ONCE(seen.mask) || READ_ONCE(seen.first) == HOPELESS;
}

GUEST_TEST(irq, storm_is_masked)
{
	int irq;

	if (!have_lapic())
		return;
	irq = make_lapic_irq(false);
	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, stormy_handler, 0, "test", &seen) == 0);
	strike(irq_get_data(irq)->vector);
	EXPECT(poll_timeout(storm_is_over(), STORM_USEC));
	EXPECT_EQ(seen.mask, 1);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* One that leaves a pause now and then is only busy, however often it comes. */
GUEST_TEST(irq, busy_line_is_not_masked)
{
	int irq = make_irq();

	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	for (unsigned int i = 0; i < HOPELESS / 2; i++) {
		raise(irq_get_data(irq)->vector);
		if (i % 8 == 0)
			ndelay(BUSY_PAUSE_NS);
	}
	EXPECT_EQ(seen.mask, 0);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq, numbers_and_vectors_run_out)
{
	int *irqs = kmalloc(nr_irqs * sizeof(*irqs), GFP_KERNEL), n = 0, ret;

	ASSERT(irqs);
	while ((ret = irq_create(-1, &soft_chip, NULL, 7, false)) >= 0)
		irqs[n++] = ret;
	EXPECT_EQ(ret, -ENOSPC);
	EXPECT(n > 0);
	while (n-- > 0) {
		EXPECT(irq_get_data(irqs[n])->vector >= FIRST_EXTERNAL_VECTOR);
		EXPECT(irq_get_data(irqs[n])->vector < FIRST_SYSTEM_VECTOR);
		EXPECT_EQ(irq_destroy(irqs[n]), 0);
	}
	kfree(irqs);
}

/* Nobody's vector: survived, and later ones still come. */
GUEST_TEST(irq, stray_is_survived)
{
	int irq = make_irq();
	u8 vector;

	ASSERT(irq >= 0);
	vector = irq_get_data(irq)->vector;
	ASSERT(irq_destroy(irq) == 0);
	raise(vector);
	EXPECT_EQ(seen.eoi, 0);
}

/* ---- disabled and enabled ---- */

/* An interrupt that nobody waits for still has to come: the vector is open, so at once. */
static void strike_and_settle(u8 vector)
{
	unsigned int before = READ_ONCE(seen.eoi);

	strike(vector);
	EXPECT(poll_timeout(READ_ONCE(seen.eoi) != before, PATIENCE_USEC));
}

GUEST_TEST(irq, disable_nests_and_an_edge_is_kept)
{
	unsigned int warnings = warn_count();
	int irq;

	if (!have_lapic())
		return;
	irq = make_lapic_irq(false);
	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	disable_irq(irq);
	disable_irq_nosync(irq);
	EXPECT_EQ(seen.mask, 0); /* lazily: only when one comes */
	strike_and_settle(irq_get_data(irq)->vector);
	strike_and_settle(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 0);
	EXPECT_EQ(seen.mask, 1);
	enable_irq(irq);
	EXPECT_EQ(seen.unmask, 1); /* by request_irq() */
	EXPECT_EQ(seen.first, 0);
	enable_irq(irq);
	EXPECT_EQ(seen.unmask, 2);
	EXPECT(poll_timeout(READ_ONCE(seen.first) == 1, PATIENCE_USEC)); /* two edges are one */
	EXPECT_EQ(warn_count(), warnings);
	enable_irq(irq);
	EXPECT_EQ(warn_count(), warnings + 1);

	strike_and_settle(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 2);
	free_irq(irq, &seen);
	enable_irq(irq); /* without a handler it is not to be had */
	EXPECT_EQ(warn_count(), warnings + 2);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* The line tells again by itself, where it still wants something. */
GUEST_TEST(irq, disabled_level_is_not_replayed)
{
	int irq;

	if (!have_lapic())
		return;
	irq = make_lapic_irq(true);
	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	disable_irq(irq);
	strike_and_settle(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.mask, 1);
	enable_irq(irq);
	EXPECT_EQ(seen.unmask, 2);
	EXPECT(!poll_timeout(READ_ONCE(seen.first), 1000));
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

static unsigned int masks_at_eoi;

static void disabling_eoi(struct irq_data *d)
{
	masks_at_eoi = seen.mask;
	soft_lapic_eoi(d);
}

static const struct irq_chip disabling_chip = {
	.name = "LAPIC",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = disabling_eoi,
};

static irqreturn_t disabling_handler(int irq, void *dev_id)
{
	(void)dev_id;
	seen.first++;
	disable_irq_nosync(irq);
	return IRQ_HANDLED;
}

/* A level line is masked before its end: it would come again at once.  An edge stays open. */
GUEST_TEST(irq, disabled_by_its_handler)
{
	if (!have_lapic())
		return;
	for (int level = 0; level <= 1; level++) {
		int irq;

		irq = make_irq_of(&disabling_chip, level);
		ASSERT(irq >= 0);
		ASSERT(request_irq(irq, disabling_handler, 0, "test", &seen) == 0);
		strike_and_settle(irq_get_data(irq)->vector);
		EXPECT_EQ(seen.first, 1);
		EXPECT_EQ(masks_at_eoi, level);
		strike_and_settle(irq_get_data(irq)->vector); /* an edge while its owner is busy */
		EXPECT_EQ(seen.first, 1);
		EXPECT_EQ(masks_at_eoi, 1);
		enable_irq(irq);
		if (!level)
			EXPECT(poll_timeout(READ_ONCE(seen.first) == 2, PATIENCE_USEC));
		free_irq(irq, &seen);
		EXPECT_EQ(irq_destroy(irq), 0);
	}
}

/* What came for a former owner is not the next one's. */
GUEST_TEST(irq, edge_of_before_the_request)
{
	int irq;

	if (!have_lapic())
		return;
	irq = make_lapic_irq(false);
	ASSERT(irq >= 0);
	strike_and_settle(irq_get_data(irq)->vector);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	EXPECT(!poll_timeout(READ_ONCE(seen.first), 1000));
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* ---- several CPUs ---- */

static bool have_other_cpu(void)
{
	if (!have_lapic())
		return false;
	if (num_online_cpus() > 1)
		return true;
	guest_skip("one CPU");
	return false;
}

static u64 strays(void)
{
	unsigned int cpu;
	u64 n = 0;

	for_each_online_cpu(cpu) n += vector_stray_count(cpu);
	return n;
}

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

static int make_remote_irq(unsigned int usec)
{
	int irq = make_irq_of(&lapic_chip, false);

	remote = (__typeof__(remote)){ .usec = usec };
	if (irq >= 0 && request_irq(irq, remote_handler, 0, "test", &remote))
		return -1;
	return irq;
}

static void strike_place(int irq)
{
	const struct irq_data *d = irq_get_data(irq);

	ipi_send(d->cpu, d->vector);
}

#define entered() __atomic_load_n(&remote.entered, __ATOMIC_ACQUIRE)
#define left()	  __atomic_load_n(&remote.left, __ATOMIC_ACQUIRE)

/* Wherever it is moved it strikes there, is counted there, and keeps its handler. */
GUEST_TEST(irq, moved_to_each_cpu)
{
	unsigned int n = 0, cpu;
	u64 before = strays();
	int irq;

	if (!have_other_cpu())
		return;
	irq = make_remote_irq(0);
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
	EXPECT_EQ(move_to(irq, NR_CPUS - 1), -EINVAL);
	EXPECT_EQ(irq_count(irq), n);
	EXPECT_EQ(strays(), before);
	free_irq(irq, &remote);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* Each gets the CPU that has the fewest: with as many as there are CPUs, no two differ by more than one. */
GUEST_TEST(irq, spread_over_cpus)
{
	unsigned int nr = 2 * num_online_cpus(), cpu, most = 0;
	u8 *load;
	int *irqs;

	if (!have_other_cpu())
		return;
	irqs = kcalloc(nr, sizeof(*irqs), GFP_KERNEL);
	load = kcalloc(nr_cpu_ids, 1, GFP_KERNEL);
	ASSERT(irqs && load);
	for (unsigned int i = 0; i < nr; i++) {
		irqs[i] = irq_create(-1, &lapic_chip, &seen, 7, false);
		ASSERT(irqs[i] >= 0);
		ASSERT(request_irq(irqs[i], first_handler, 0, "test", &seen) == 0);
		load[irq_get_data(irqs[i])->cpu]++;
	}
	/* Others have some already, so that here and there one fewer is due. */
	for_each_online_cpu(cpu) most = max(most, (unsigned int)load[cpu]);
	EXPECT(most < nr);
	EXPECT(load[other_cpu()] > 0);
	for (unsigned int i = 0; i < nr; i++) {
		free_irq(irqs[i], &seen);
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

	if (!have_other_cpu())
		return;
	irq = make_remote_irq(LONG_USEC);
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

	if (!have_other_cpu())
		return;
	irq = make_irq_of(&lapic_chip, false);
	ASSERT(irq >= 0);
	remote = (__typeof__(remote)){ .usec = LONG_USEC };
	ASSERT(request_irq(irq, chasing_handler, 0, "test", &remote) == 0);
	ASSERT(move_to(irq, other_cpu()) == 0);
	strike_place(irq);
	EXPECT(poll_timeout(entered() == 1, PATIENCE_USEC));
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()),
		  0); /* the other CPU is done when it returns */
	EXPECT_EQ(left(), 2);
	EXPECT_EQ(remote.cpu, other_cpu());
	EXPECT_EQ(irq_count(irq), 2);
	EXPECT_EQ(seen.eoi, 2);
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
	u64 before = strays();
	int irq;

	if (!have_other_cpu())
		return;
	irq = make_remote_irq(0);
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
	EXPECT_EQ(seen.eoi, 2);
	EXPECT_EQ(strays(), before);
	kthread_stop(b.thread);
}
