/* SPDX-License-Identifier: MIT */
/* Futexes, for those who wake a program's threads from within the kernel. */
#ifndef KERNEL_USER_FUTEX_H
#define KERNEL_USER_FUTEX_H

#include "kernel/sched/task.h"

/* Before the first program.  Boot. */
void futex_init(void);

/* Wake `nr` that wait for *uaddr, of any process: how many, or -errno.  In a thread. */
long futex_wake_shared(u32 __user *uaddr, int nr);

/*
 * The caller ends, or becomes another program: locks that it holds, by its robust list, are marked, and
 * one waiter of each is woken.  Its memory is there still.
 */
void exit_robust_list(void);

#endif
