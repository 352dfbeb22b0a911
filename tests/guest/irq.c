// SPDX-License-Identifier: MIT
/*
 * The interrupt core, with a chip made of software: INT n takes the same way
 * through the IDT as a chip's message.
 */
#include "kernel/irq.h"

#include "kernel/errno.h"
#include "kernel/panic.h"
#include "kernel/spinlock.h"
#include "tests/guest/guest_test.h"

static struct {
	unsigned int mask, unmask, eoi;
	unsigned int first, second;	/* calls of the handlers */
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

/* "INT n; RET" for each vector that an irq can have: n is an immediate operand. */
__asm__(".pushsection .text\n"
	"soft_interrupts:\n"
	".set vector, 0x30\n"
	".rept 207\n"
	"	.byte 0xcd, vector, 0xc3\n"
	"	.set vector, vector + 1\n"
	".endr\n"
	".popsection\n");
extern const char soft_interrupts[];

_Static_assert(FIRST_EXTERNAL_VECTOR == 0x30 && LAPIC_SPURIOUS_VECTOR == 0x30 + 207,
	       "soft_interrupts covers the irqs' vectors");

static void raise(u8 vector)
{
	const char *stub = soft_interrupts + 3 * (vector - FIRST_EXTERNAL_VECTOR);

	__asm__ __volatile__("call *%0" ::"r"(stub) : "memory", "cc");
}

static int make_irq(void)
{
	seen = (__typeof__(seen)){ .claim = true };
	return irq_create(-1, &soft_chip, &seen, 7, false);
}

GUEST_TEST(irq, delivered_and_counted)
{
	int irq = make_irq();

	ASSERT(irq >= NR_IRQS / 2);
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

GUEST_TEST(irq, numbers_and_vectors_run_out)
{
	int irqs[NR_IRQS], n = 0, ret;

	do {
		ret = make_irq();
		if (ret >= 0)
			irqs[n++] = ret;
	} while (ret >= 0 && n < NR_IRQS);
	EXPECT_EQ(ret, -ENOSPC);
	EXPECT(n > 0);
	while (n-- > 0) {
		EXPECT(irq_get_data(irqs[n])->vector >= FIRST_EXTERNAL_VECTOR);
		EXPECT_EQ(irq_destroy(irqs[n]), 0);
	}
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
