// SPDX-License-Identifier: MIT
/* Threads, irqs and their handlers, without memory for them: nothing is left of what could not be had. */
#include "kernel/core/printk.h"
#include "kernel/irq/irq.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/irq_thread.h"
#include "kernel/sched/kthread.h"
#include "tests/guest/fault_walk.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"

static int nothing(void *unused)
{
	(void)unused;
	return 0;
}

/* Without those that are spare its stack is made as well. */
static bool op_thread(void)
{
	struct task_struct *t;

	free_spare_threads();
	t = kthread_create(nothing, NULL, "fault");
	if (IS_ERR(t)) {
		EXPECT_EQ(PTR_ERR(t), -ENOMEM);
		return false;
	}
	EXPECT_EQ(kthread_stop(t), -EINTR);
	return true;
}

GUEST_TEST(fault_sched, thread)
{
	fault_walk("kthread_create", op_thread);
}

static irqreturn_t handler(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	return IRQ_HANDLED;
}

static int irq;
static struct chip_calls told;

static bool op_irq(void)
{
	int nr = irq_create(-1, &soft_chip, &told, 7, false), ret;

	if (nr < 0) {
		EXPECT_EQ(nr, -ENOMEM);
		return false;
	}
	ret = request_irq(nr, handler, 0, "fault", &told);
	EXPECT(ret == 0 || ret == -ENOMEM);
	if (ret == 0)
		free_irq(nr, &told);
	EXPECT_EQ(irq_destroy(nr), 0);
	return ret == 0;
}

GUEST_TEST(fault_sched, irq)
{
	fault_walk("irq_create, request_irq", op_irq);
}

static bool was_said(u64 from, const char *what)
{
	static struct kmsg_record rec;
	bool found = false;

	while (kmsg_next(&from, &rec))
		found |= rec.len == strlen(what) && memcmp(rec.text, what, rec.len) == 0;
	return found;
}

static bool op_irq_thread(void)
{
	u64 from = kmsg_end();
	char what[64];
	int ret;

	free_spare_threads();
	ret = request_threaded_irq(irq, NULL, handler, IRQF_ONESHOT, "fault", &told);
	EXPECT(ret == 0 || ret == -ENOMEM);
	snprintf(what, sizeof(what), "irq: %d: no memory for the thread of fault", irq);
	EXPECT_EQ(was_said(from, what), ret != 0);
	if (ret == 0)
		free_irq(irq, &told);
	return ret == 0;
}

GUEST_TEST(fault_sched, irq_thread)
{
	irq = irq_create(-1, &soft_chip, &told, 7, false);
	ASSERT(irq >= 0);
	fault_walk("request_threaded_irq", op_irq_thread);
	EXPECT_EQ(told.unmask, told.mask); /* each that came through went */
	EXPECT_EQ(irq_destroy(irq), 0);
}
