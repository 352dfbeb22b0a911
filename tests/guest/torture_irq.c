// SPDX-License-Identifier: MIT
/* Torture of irqs: made, handled, moved, disabled, and struck, which is served just once. */
#include "drivers/apic/apic.h"
#include "drivers/apic/lapic.h"
#include "kernel/core/cpumask.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/torture.h"

#define ICR_SELF BIT(18) /* SDM 3A, figure 11-12 */

/* Of a chip that is none: what it is told is counted, and it strikes as CPUs strike each other. */
struct soft_irq {
	int irq;
	u8 handlers; /* that are requested, of the two: a bit each */
	int masked;
	u64 struck;
	u32 served[2];
};

static void soft_mask(struct irq_data *d)
{
	struct soft_irq *s = d->chip_data;

	s->masked++;
}

static void soft_unmask(struct irq_data *d)
{
	struct soft_irq *s = d->chip_data;

	s->masked--;
}

static const struct irq_chip soft_chip = {
	.name = "TORTURE",
	.irq_mask = soft_mask,
	.irq_unmask = soft_unmask,
	.irq_eoi = lapic_irq_eoi,
};

static irqreturn_t soft_handler(int irq, void *served)
{
	(void)irq;
	++*(u32 *)served;
	return IRQ_HANDLED;
}

static bool irq_take(struct torturer *t, void *h)
{
	struct soft_irq *s = h;

	s->masked = 1;
	s->irq = irq_create(-1, &soft_chip, s, 7, false);
	HOLDS(t, s->irq < 0 || irq_get_data(s->irq)->chip_data == s);
	return s->irq >= 0;
}

static void change_handler(struct torturer *t, struct soft_irq *s, unsigned int i)
{
	int err = 0;

	if (s->handlers & BIT(i))
		free_irq(s->irq, &s->served[i]);
	else
		err = request_irq(s->irq, soft_handler, IRQF_SHARED, t->name, &s->served[i]);
	HOLDS(t, !err || err == -ENOMEM);
	if (err)
		return;
	s->handlers ^= (u8)BIT(i);
	HOLDS(t, READ_ONCE(s->masked) == !s->handlers);
}

/* Nobody else moves it meanwhile. */
static void strike(struct torturer *t, struct soft_irq *s)
{
	const struct irq_data *d = irq_get_data(s->irq);
	u32 before[2] = { s->served[0], s->served[1] };

	if (!s->handlers || !lapic_available())
		return;
	s->struck++;
	ipi_send(d->cpu, d->vector);
	HOLDS(t, poll_timeout(irq_count(s->irq) == s->struck, PATIENCE_USEC));
	synchronize_irq(s->irq);
	for (unsigned int i = 0; i < 2; i++)
		HOLDS(t, READ_ONCE(s->served[i]) - before[i] == (s->handlers >> i & 1));
}

static void move(struct torturer *t, struct soft_irq *s)
{
	unsigned int cpu = torture_cpu(t);
	struct cpumask mask = cpumask_of_cpu(cpu);
	int err;

	err = irq_set_affinity(s->irq, &mask);
	HOLDS(t, err == 0 || err == -ENOSPC);
	HOLDS(t, err || irq_get_data(s->irq)->cpu == cpu);
}

static void irq_look(struct torturer *t, void *h)
{
	struct soft_irq *s = h;

	switch (torture_below(t, 8)) {
	case 0:
	case 1:
		strike(t, s);
		break;
	case 2:
		move(t, s);
		strike(t, s);
		break;
	case 3:
		disable_irq(s->irq);
		enable_irq(s->irq);
		break;
	default:
		change_handler(t, s, (unsigned int)torture_below(t, 2));
	}
	HOLDS(t, irq_get_data(s->irq) && irq_get_data(s->irq)->chip_data == s);
}

static void irq_drop(struct torturer *t, void *h)
{
	struct soft_irq *s = h;

	for (unsigned int i = 0; i < 2; i++)
		if (s->handlers & BIT(i))
			change_handler(t, s, i);
	HOLDS(t, irq_count(s->irq) == s->struck);
	HOLDS(t, irq_destroy(s->irq) == 0);
	HOLDS(t, s->masked == 1);
}

const struct torture_op torture_irq = {
	.name = "irq",
	.size = sizeof(struct soft_irq),
	.take = irq_take,
	.look = irq_look,
	.drop = irq_drop,
};
