// SPDX-License-Identifier: MIT
/* Making a thread of the kernel's, and asking it to end. */
#include "kernel/sched/kthread.h"

#include "kernel/core/panic.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/rq.h"

/* What such a thread runs, from ret_from_fork. */
static void kthread(void *unused)
{
	(void)unused;
	thread_exit(kthread_should_stop() ? -EINTR : current->threadfn(current->data));
}

static struct task_struct *create(int (*threadfn)(void *data), void *data, const char *fmt,
				  va_list args)
{
	char name[TASK_COMM_LEN];
	struct task_struct *t;

	vsnprintf(name, sizeof(name), fmt, args);
	t = create_thread(kthread, NULL, name);
	if (!t)
		return ERR_PTR(-ENOMEM);
	t->threadfn = threadfn;
	t->data = data;
	attach_pid(t);
	return t;
}

struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char *fmt, ...)
{
	struct task_struct *t;
	va_list args;

	va_start(args, fmt);
	t = create(threadfn, data, fmt, args);
	va_end(args);
	return t;
}

struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
					  const char *fmt, ...)
{
	struct task_struct *t;
	va_list args;

	va_start(args, fmt);
	t = create(threadfn, data, fmt, args);
	va_end(args);
	if (!IS_ERR(t))
		kthread_bind(t, cpu);
	return t;
}

void kthread_bind(struct task_struct *t, unsigned int cpu)
{
	if (WARN(t->nr_switches, "thread %s is bound after it has run\n", t->comm))
		return;
	sched_bind_new(t, cpu);
}

int kthread_stop(struct task_struct *t)
{
	int result;

	BUG_ON(t == current);
	get_task_struct(t);
	__atomic_store_n(&t->should_stop, true, __ATOMIC_SEQ_CST);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	result = t->result;
	put_task_struct(t);
	return result;
}

bool kthread_should_stop(void)
{
	return READ_ONCE(current->should_stop);
}
