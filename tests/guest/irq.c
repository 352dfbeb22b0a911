// SPDX-License-Identifier: MIT
/*
 * The interrupt core, with a chip made of software.  The frame that the CPU would
 * push is pushed by hand, and the vector's stub entered: INT n would do the same,
 * but some hypervisors cannot emulate it.
 */
#include "kernel/irq/irq.h"

#include "drivers/apic/apic.h"
#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/cpu/cpu.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "mm/io.h"
#include "mm/ioremap.h"
#include "mm/layout.h"
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

static int make_irq(void)
{
	seen = (__typeof__(seen)){ .claim = true };
	return irq_create(-1, &soft_chip, &seen, 7, false);
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

GUEST_TEST(irq, shared_only_by_both)
{
	int irq = make_irq(), other;

	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, first_handler, IRQF_SHARED, "first", &seen) == 0);
	EXPECT_EQ(request_irq(irq, second_handler, 0, "second", &other), -EBUSY);
	EXPECT_EQ(request_irq(irq, second_handler, IRQF_SHARED, "second", &other), 0);
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
#define APIC_BASE_X2APIC BIT_ULL(10) /* SDM 3A, 11.12.1 */
#define APIC_ICR	 0x300	     /* 11.6.1 */
#define ICR_SELF	 BIT(18)
#define X2APIC_SELF_IPI	 0x83f	/* 11.12.11 */
#define HOPELESS	 200000 /* the handler has mercy at last */
#define STORM_USEC	 60000000
#define BUSY_PAUSE_NS	 5000

static void __iomem *lapic_regs; /* NULL in x2APIC mode */

static void strike_again(u8 vector)
{
	if (lapic_regs)
		writel(ICR_SELF | vector, lapic_regs + APIC_ICR);
	else
		wrmsr(X2APIC_SELF_IPI, vector);
}

static irqreturn_t stormy_handler(int irq, void *dev_id)
{
	(void)dev_id;
	WRITE_ONCE(seen.first, seen.first + 1);
	if (!seen.mask && seen.first < HOPELESS)
		strike_again(irq_get_data(irq)->vector);
	return IRQ_HANDLED;
}

static const struct irq_chip stormy_chip = {
	.name = "STORM",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = lapic_irq_eoi,
};

static bool storm_is_over(void)
{
	return READ_ONCE(seen.mask) || READ_ONCE(seen.first) == HOPELESS;
}

GUEST_TEST(irq, storm_is_masked)
{
	u64 base = rdmsr(MSR_IA32_APIC_BASE);
	int irq;

	if (!lapic_available()) {
		guest_skip("no local APIC");
		return;
	}
	if (!(base & APIC_BASE_X2APIC)) {
		lapic_regs =
			ioremap_uc(base & PAGE_MASK & (BIT_ULL(boot_cpu.phys_bits) - 1), PAGE_SIZE);
		ASSERT(lapic_regs);
	}
	seen = (__typeof__(seen)){ 0 };
	irq = irq_create(-1, &stormy_chip, &seen, 7, false);
	ASSERT(irq >= 0);
	ASSERT(request_irq(irq, stormy_handler, 0, "test", &seen) == 0);
	strike_again(irq_get_data(irq)->vector);
	EXPECT(poll_timeout(storm_is_over(), STORM_USEC));
	EXPECT_EQ(seen.mask, 1);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
	iounmap(lapic_regs);
	lapic_regs = NULL;
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
	while ((ret = make_irq()) >= 0)
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
