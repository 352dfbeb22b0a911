// SPDX-License-Identifier: MIT
/* Torture of irqs: made, handled, moved, disabled, and struck, which is served just once. */
#include "drivers/apic/apic.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"
#include "tests/guest/torture.h"

struct soft_irq {
	int irq;
	u8 handlers; /* that are requested, of the two: a bit each */
	struct chip_calls told;
	u64 struck;
	u32 served[2];
};

/* 1: it is masked, as it was made; 0: it is open. */
static int masked(const struct soft_irq *s)
{
	return 1 + (int)(READ_ONCE(s->told.mask) - READ_ONCE(s->told.unmask));
}

/* It is there, and is its owner's. */
static bool is_owned(const struct soft_irq *s)
{
	const struct irq_data *d = irq_get_data(s->irq);

	return d && d->chip_data == &s->told;
}

static irqreturn_t soft_handler(int irq, void *served)
{
	(void)irq;
	++*(u32 *)served;
	return IRQ_HANDLED;
}

static bool irq_take(struct torturer *t, void *h)
{
	struct soft_irq *s = h;

	s->irq = irq_create(-1, &soft_lapic_chip, &s->told, 7, false);
	HOLDS(t, s->irq < 0 || is_owned(s));
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
	HOLDS(t, masked(s) == !s->handlers);
}

/* Nobody else moves it meanwhile. */
static void strike(struct torturer *t, struct soft_irq *s)
{
	u32 before[2] = { s->served[0], s->served[1] };

	if (!s->handlers || !lapic_available())
		return;
	s->struck++;
	strike_place(s->irq);
	HOLDS(t, poll_timeout(irq_count(s->irq) == s->struck, PATIENCE_USEC));
	synchronize_irq(s->irq);
	for (unsigned int i = 0; i < 2; i++)
		HOLDS(t, READ_ONCE(s->served[i]) - before[i] == (s->handlers >> i & 1));
}

static void move(struct torturer *t, struct soft_irq *s)
{
	unsigned int cpu = torture_cpu(t);
	int err = move_to(s->irq, cpu);

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
	HOLDS(t, is_owned(s));
}

static void irq_drop(struct torturer *t, void *h)
{
	struct soft_irq *s = h;

	for (unsigned int i = 0; i < 2; i++)
		if (s->handlers & BIT(i))
			change_handler(t, s, i);
	HOLDS(t, irq_count(s->irq) == s->struck);
	HOLDS(t, irq_destroy(s->irq) == 0);
	HOLDS(t, masked(s) == 1);
}

const struct torture_op torture_irq = {
	.name = "irq",
	.size = sizeof(struct soft_irq),
	.take = irq_take,
	.look = irq_look,
	.drop = irq_drop,
};
