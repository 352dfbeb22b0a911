// SPDX-License-Identifier: MIT
/* Threads of handlers.  What is wanted of one, and whether the irq is disabled, the irq's core knows. */
#define pr_fmt(fmt) "irq: " fmt

#include "kernel/sched/irq_thread.h"

#include "kernel/core/printk.h"
#include "kernel/irq/desc.h"
#include "kernel/sched/kthread.h"
#include "mm/slab.h"

struct irq_thread {
	struct irqaction action;
	int irq;
	irq_handler_t thread_fn;
	struct task_struct *task;
};

static struct irq_thread *thread_of(struct irqaction *action)
{
	return container_of(action, struct irq_thread, action);
}

static void wake(struct irqaction *action)
{
	wake_up_process(thread_of(action)->task);
}

/* None of its runs is left, and nobody asks for another. */
static void release(struct irqaction *action)
{
	struct irq_thread *t = thread_of(action);

	kthread_stop(t->task);
	kfree(t);
}

static const struct irq_thread_ops thread_ops = { wake, release };

static int irq_thread(void *data)
{
	struct irq_thread *t = data;

	for (;;) {
		set_current_state(TASK_IDLE);
		if (irq_thread_begin(t->irq, &t->action)) {
			__set_current_state(TASK_RUNNING);
			t->thread_fn(t->irq, t->action.dev_id);
			irq_thread_end(t->irq, &t->action);
		} else if (kthread_should_stop()) {
			break;
		} else {
			schedule();
		}
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

static irqreturn_t ask_for_thread(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	return IRQ_WAKE_THREAD;
}

static int start(struct irq_thread *t)
{
	int ret;

	t->task = kthread_create(irq_thread, t, "irq/%d-%s", t->irq, t->action.name);
	if (IS_ERR(t->task))
		return (int)PTR_ERR(t->task);
	set_user_nice(t->task, -20); /* a device waits for it */
	ret = irq_request_action(t->irq, &t->action);
	if (ret)
		kthread_stop(t->task);
	else
		wake_up_process(t->task);
	return ret;
}

int request_threaded_irq(int irq, irq_handler_t handler, irq_handler_t thread_fn,
			 unsigned long flags, const char *name, void *dev_id)
{
	struct irq_thread *t;
	int ret;

	if (!thread_fn)
		return request_irq(irq, handler, flags, name, dev_id);
	if (!handler && !(flags & IRQF_ONESHOT)) {
		pr_err("%d: %s has a thread alone, and would be asked again before it has run\n",
		       irq, name);
		return -EINVAL;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (t) {
		t->irq = irq;
		t->thread_fn = thread_fn;
		t->action.handler = handler ?: ask_for_thread;
		t->action.flags = flags;
		t->action.name = name;
		t->action.dev_id = dev_id;
		t->action.thread = &thread_ops;
	}
	ret = t ? start(t) : -ENOMEM;
	if (ret == -ENOMEM)
		pr_err("%d: no memory for the thread of %s\n", irq, name);
	if (ret)
		kfree(t);
	return ret;
}
