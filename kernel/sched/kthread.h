/* SPDX-License-Identifier: MIT */
/*
 * Threads of the kernel's, under Linux's names.
 *
 * A thread ends by returning from its function, on its own or because it was asked to: one that
 * runs in a loop looks at kthread_should_stop() each time, and before it sleeps after it has set
 * its state.  Who wants to stop a thread that may end on its own holds it (get_task_struct())
 * from before it was started.
 */
#ifndef KERNEL_SCHED_KTHREAD_H
#define KERNEL_SCHED_KTHREAD_H

#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"

/*
 * A thread that runs threadfn(data) once it is woken, named by fmt, cut off at TASK_COMM_LEN - 1
 * characters.  ERR_PTR(-ENOMEM) without memory.  In a thread that may sleep.
 */
struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char *fmt, ...)
	__printf(3, 4);
/* The same, bound to a CPU that is online or will be; Linux's has `cpu` filled into fmt. */
struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data, unsigned int cpu,
					  const char *fmt, ...) __printf(4, 5);

/* The same, woken. */
#define kthread_run(threadfn, data, ...)                                              \
	({                                                                            \
		struct task_struct *_t = kthread_create(threadfn, data, __VA_ARGS__); \
		if (!IS_ERR(_t))                                                      \
			wake_up_process(_t);                                          \
		_t;                                                                   \
	})

/* It will run on that CPU alone.  For a thread that was made and never woken. */
void kthread_bind(struct task_struct *t, unsigned int cpu);

/*
 * Ask it to end, wake it, and wait until it has: what its function returned, or -EINTR where that
 * was never called.  The thread lives, or the caller holds it; afterwards it is gone but for such
 * a hold.  In a thread that may sleep, not the thread itself.
 */
int kthread_stop(struct task_struct *t);

/* The caller's thread is asked to end. */
bool kthread_should_stop(void);

#endif
