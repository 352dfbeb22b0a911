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
#include "kernel/core/sink.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/sched.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"

static struct chip_calls told;

static struct {
	unsigned int first, second; /* calls of the handlers */
	bool irqs_were_on, claim;
	int irq;
} seen;

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

/* On this CPU, which is the one that strikes. */
static int make_irq(const struct irq_chip *chip, bool level)
{
	int irq;

	told = (struct chip_calls){ 0 };
	seen = (__typeof__(seen)){ .claim = true };
	irq = irq_create(-1, chip, &told, 7, level);
	if (irq >= 0)
		EXPECT_EQ(move_to(irq, raw_smp_processor_id()), 0);
	return irq;
}

/* The same, with its handler. */
static int begin(const struct irq_chip *chip, bool level, irq_handler_t handler)
{
	int irq = make_irq(chip, level);

	return irq >= 0 && request_irq(irq, handler, 0, "test", &seen) ? -1 : irq;
}

static void end(int irq)
{
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq, delivered_and_counted)
{
	int irq = begin(&soft_chip, false, first_handler);

	ASSERT(irq >= NR_ISA_IRQS);
	EXPECT_EQ(told.unmask, 1);
	for (unsigned int i = 0; i < 5; i++)
		raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 5);
	EXPECT_EQ(told.eoi, 5);
	EXPECT_EQ(irq_count(irq), 5);
	EXPECT_EQ(seen.irq, irq);
	EXPECT(!seen.irqs_were_on);
	EXPECT(!irqs_disabled());

	EXPECT_EQ(irq_destroy(irq), -EBUSY);
	free_irq(irq, &seen);
	EXPECT_EQ(told.mask, 1);
	EXPECT_EQ(irq_destroy(irq), 0);
	EXPECT(irq_get_data(irq) == NULL);
	EXPECT_EQ(irq_destroy(irq), -EINVAL);
}

/* A number that is taken costs nothing: the next irq gets what it would have got. */
GUEST_TEST(irq, refused_number_gives_its_vector_back)
{
	int taken = irq_create(-1, &soft_chip, &told, 7, false),
	    irq = irq_create(-1, &soft_chip, &told, 7, false);
	struct irq_data was;

	ASSERT(taken >= 0 && irq >= 0);
	was = *irq_get_data(irq);
	EXPECT_EQ(irq_destroy(irq), 0);
	EXPECT_EQ(irq_create(taken, &soft_chip, &told, 8, false), -EBUSY);
	irq = irq_create(-1, &soft_chip, &told, 7, false);
	ASSERT(irq >= 0);
	EXPECT(irq_get_data(irq)->vector == was.vector && irq_get_data(irq)->cpu == was.cpu);
	EXPECT_EQ(irq_destroy(irq), 0);
	EXPECT_EQ(irq_destroy(taken), 0);
}

static struct irq_data target;

static void note_target(struct irq_data *d)
{
	EXPECT(irqs_disabled());
	target = *d;
}

/* A CPU is as busy as the handlers that are there: what is requested anew goes where it was. */
GUEST_TEST(irq, freed_handlers_do_not_count)
{
	unsigned int cpu = NR_CPUS;
	int irq;

	NEED_CPUS(2);
	irq = make_irq(&soft_chip, false);
	ASSERT(irq >= 0);
	for (unsigned int i = 0; i < 4; i++) {
		ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
		if (i)
			EXPECT_EQ(irq_get_data(irq)->cpu, cpu);
		cpu = irq_get_data(irq)->cpu;
		free_irq(irq, &seen);
	}
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* The chip is told the place before anybody can find the irq, and so move it. */
GUEST_TEST(irq, place_is_told_before_the_number_is_known)
{
	static struct irq_chip chip;
	int irq;

	chip = soft_chip;
	chip.irq_set_target = note_target;
	irq = irq_create(-1, &chip, &told, 7, false);
	ASSERT(irq >= NR_ISA_IRQS);
	EXPECT(target.chip_data == &told && target.hwirq == 7);
	EXPECT_EQ(target.irq, 0);
	EXPECT_EQ(target.cpu, irq_get_data(irq)->cpu);
	EXPECT_EQ(target.vector, irq_get_data(irq)->vector);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq, shared_only_by_both)
{
	int irq = make_irq(&soft_chip, false), other;

	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, IRQF_SHARED, "first", &seen) == 0);
	EXPECT_EQ(request_irq(irq, second_handler, 0, "second", &other), -EBUSY);
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()), 0);
	EXPECT_EQ(
		request_irq(irq, second_handler, IRQF_SHARED | IRQF_NOBALANCING, "second", &other),
		0);
	EXPECT_EQ(move_to(irq, raw_smp_processor_id()), -EPERM); /* any of them may forbid it */
	EXPECT_EQ(told.unmask, 1);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(seen.second, 1);
	EXPECT_EQ(told.eoi, 1);

	free_irq(irq, &seen);
	EXPECT_EQ(told.mask, 0);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(seen.second, 2);
	free_irq(irq, &other);
	EXPECT_EQ(told.mask, 1);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST_WARNS(irq, refused)
{
	unsigned int warnings = warn_count();
	int irq = make_irq(&soft_chip, false);

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
#define NOBODY_CARED 10000 /* so many in a row, and the line is stuck */

static void raise_often(int irq, bool claim, unsigned int n)
{
	seen.claim = claim;
	while (n--)
		raise(irq_get_data(irq)->vector);
}

/* In a row: a handler that knows one begins the count anew, and so does whoever requests the line next. */
GUEST_TEST(irq, stuck_line_is_masked)
{
	struct cpumask mine = current->cpus_mask, here = cpumask_of_cpu(raw_smp_processor_id());
	int irq;

	set_cpus_allowed(current, &here);
	irq = begin(&soft_chip, false, first_handler);
	ASSERT(irq >= 0);
	for (unsigned int round = 0; round < 2; round++) {
		raise_often(irq, false, NOBODY_CARED - 1);
		raise_often(irq, true, 1);
		raise_often(irq, false, NOBODY_CARED - 1);
		EXPECT_EQ(told.mask, round);
		raise_often(irq, false, 1);
		EXPECT_EQ(told.mask, round + 1);
		free_irq(irq, &seen);
		EXPECT_EQ(told.mask, round + 1);
		EXPECT_EQ(request_irq(irq, first_handler, 0, "test", &seen), 0);
		EXPECT_EQ(told.unmask, round + 2);
	}
	end(irq);
	set_cpus_allowed(current, &mine);
}

static irqreturn_t freeing_handler(int irq, void *dev_id)
{
	seen.first++;
	free_irq(irq, dev_id); /* would wait for this very call to end */
	return IRQ_HANDLED;
}

/* Nobody may take an irq away that is in flight: it would wait for its own end. */
GUEST_TEST_WARNS(irq, in_flight)
{
	unsigned int warnings = warn_count();
	int irq = begin(&soft_chip, false, freeing_handler);

	ASSERT(irq >= 0);
	raise(irq_get_data(irq)->vector);
	EXPECT_EQ(seen.first, 1);
	EXPECT_EQ(told.eoi, 1);
	EXPECT_EQ(warn_count(), warnings + 1);
	end(irq);
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
	if (!told.mask && seen.first < HOPELESS)
		strike(irq_get_data(irq)->vector);
	return IRQ_HANDLED;
}

static bool storm_is_over(void)
{
	return READ_ONCE(told.mask) || READ_ONCE(seen.first) == HOPELESS;
}

GUEST_TEST(irq, storm_is_masked)
{
	int irq;

	NEED_LAPIC();
	NEED_NO_KCSAN();
	irq = begin(&soft_lapic_chip, false, stormy_handler);
	ASSERT(irq >= 0);
	strike(irq_get_data(irq)->vector);
	EXPECT(poll_timeout(storm_is_over(), STORM_USEC));
	EXPECT_EQ(told.mask, 1);
	end(irq);
}

/* One that leaves a pause now and then is only busy, however often it comes. */
GUEST_TEST(irq, busy_line_is_not_masked)
{
	int irq = begin(&soft_chip, false, first_handler);

	ASSERT(irq >= 0);
	for (unsigned int i = 0; i < HOPELESS / 2; i++) {
		raise(irq_get_data(irq)->vector);
		if (i % 8 == 0)
			ndelay(BUSY_PAUSE_NS);
	}
	EXPECT_EQ(told.mask, 0);
	end(irq);
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

/* Nobody's vector: survived, counted, and no chip's.  But the local APIC waits for its end, or none comes behind it. */
GUEST_TEST(irq, stray_is_survived)
{
	struct cpumask mine = current->cpus_mask, here = cpumask_of_cpu(raw_smp_processor_id());
	u64 before = stray_interrupts();
	u8 vector;
	int irq;

	set_cpus_allowed(current, &here);
	irq = make_irq(&soft_chip, false);
	ASSERT(irq >= 0);
	vector = irq_get_data(irq)->vector;
	ASSERT(irq_destroy(irq) == 0);
	if (lapic_available()) {
		for (unsigned int i = 1; i <= 2; i++) {
			strike(vector);
			EXPECT(poll_timeout(stray_interrupts() == before + i, PATIENCE_USEC));
		}
	} else {
		raise(vector);
		EXPECT_EQ(stray_interrupts(), before + 1);
	}
	EXPECT_EQ(told.eoi, 0);
	set_cpus_allowed(current, &mine);
}

/* ---- as it is shown ---- */

#define TEXT_BYTES 65536
#define HANDLERS   17 /* one more than JSON has */

static unsigned int occurrences(const char *text, const char *what)
{
	unsigned int n = 0;

	while ((text = strstr(text, what))) {
		text += strlen(what);
		n++;
	}
	return n;
}

GUEST_TEST(irq, json_counts_all_handlers)
{
	char *text = kmalloc(TEXT_BYTES, GFP_KERNEL);
	int irq = make_irq(&soft_chip, false);
	char dev[HANDLERS];
	struct buffer_sink out;

	ASSERT(text && irq >= 0);
	for (unsigned int i = 0; i < HANDLERS; i++)
		ASSERT(request_irq(irq, second_handler, IRQF_SHARED, "of-many", dev + i) == 0);
	buffer_sink_init(&out, text, TEXT_BYTES);
	EXPECT_EQ(show_interrupts_json(&out.sink), 0);
	EXPECT_EQ(occurrences(text, "\"nr_handlers\": 17"), 1);
	EXPECT_EQ(occurrences(text, "\"of-many\""), HANDLERS - 1);
	for (unsigned int i = 0; i < HANDLERS; i++)
		free_irq(irq, dev + i);
	EXPECT_EQ(irq_destroy(irq), 0);
	kfree(text);
}

/* The number of the line that begins with `label`. */
static u64 shown(const char *label)
{
	char *text = kmalloc(TEXT_BYTES, GFP_KERNEL), *line;
	struct buffer_sink out;
	u64 n = ~0ULL;

	if (!text)
		return n;
	buffer_sink_init(&out, text, TEXT_BYTES);
	show_interrupts(&out.sink);
	line = strstr(text, label);
	if (line) {
		for (line += strlen(label); *line == ' '; line++)
			;
		n = simple_strtoull(line, NULL, 10);
	}
	kfree(text);
	return n;
}

GUEST_TEST(irq, mismatches_are_shown)
{
	u64 before = shown("MIS: ");

	irq_note_mismatch();
	EXPECT_EQ(shown("MIS: "), before + 1);
}

/* Of an irq that is not there nothing is waited for, and nothing is told. */
GUEST_TEST_WARNS(irq, none_of_that_number)
{
	unsigned int warnings = warn_count();

	synchronize_irq(NR_IRQS);
	EXPECT_EQ(irq_count(NR_IRQS), 0);
	EXPECT_EQ(warn_count(), warnings);
	disable_irq(NR_IRQS);
	enable_irq(NR_IRQS);
	EXPECT_EQ(warn_count(), warnings + 2);
}

/* ---- disabled and enabled ---- */

GUEST_TEST_WARNS(irq, disable_nests_and_an_edge_is_kept)
{
	unsigned int warnings = warn_count();
	int irq;

	NEED_LAPIC();
	irq = begin(&soft_lapic_chip, false, first_handler);
	ASSERT(irq >= 0);
	disable_irq(irq);
	disable_irq_nosync(irq);
	EXPECT_EQ(told.mask, 0); /* lazily: only when one comes */
	strike_and_settle(irq);
	strike_and_settle(irq);
	EXPECT_EQ(seen.first, 0);
	EXPECT_EQ(told.mask, 1);
	enable_irq(irq);
	EXPECT_EQ(told.unmask, 1); /* by request_irq() */
	EXPECT_EQ(seen.first, 0);
	enable_irq(irq);
	EXPECT_EQ(told.unmask, 2);
	EXPECT(poll_timeout(READ_ONCE(seen.first) == 1, PATIENCE_USEC)); /* two edges are one */
	EXPECT_EQ(warn_count(), warnings);
	enable_irq(irq);
	EXPECT_EQ(warn_count(), warnings + 1);

	strike_and_settle(irq);
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

	NEED_LAPIC();
	irq = begin(&soft_lapic_chip, true, first_handler);
	ASSERT(irq >= 0);
	disable_irq(irq);
	strike_and_settle(irq);
	EXPECT_EQ(told.mask, 1);
	enable_irq(irq);
	EXPECT_EQ(told.unmask, 2);
	EXPECT(!poll_timeout(READ_ONCE(seen.first), 1000));
	end(irq);
}

static unsigned int masks_at_eoi;

static void disabling_eoi(struct irq_data *d)
{
	masks_at_eoi = told.mask;
	soft_lapic_chip.irq_eoi(d);
}

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
	static struct irq_chip chip;

	NEED_LAPIC();
	chip = soft_lapic_chip;
	chip.irq_eoi = disabling_eoi;
	for (int level = 0; level <= 1; level++) {
		int irq = begin(&chip, level, disabling_handler);

		ASSERT(irq >= 0);
		strike_and_settle(irq);
		EXPECT_EQ(seen.first, 1);
		EXPECT_EQ(masks_at_eoi, level);
		strike_and_settle(irq); /* an edge while its owner is busy */
		EXPECT_EQ(seen.first, 1);
		EXPECT_EQ(masks_at_eoi, 1);
		enable_irq(irq);
		if (!level)
			EXPECT(poll_timeout(READ_ONCE(seen.first) == 2, PATIENCE_USEC));
		end(irq);
	}
}

/* What came for a former owner is not the next one's. */
GUEST_TEST(irq, edge_of_before_the_request)
{
	int irq;

	NEED_LAPIC();
	irq = make_irq(&soft_lapic_chip, false);
	ASSERT(irq >= 0);
	strike_and_settle(irq);
	ASSERT(request_irq(irq, first_handler, 0, "test", &seen) == 0);
	EXPECT(!poll_timeout(READ_ONCE(seen.first), 1000));
	end(irq);
}
