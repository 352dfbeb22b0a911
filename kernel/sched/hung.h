/* SPDX-License-Identifier: MIT */
/* Threads that wait too long for something that should have come. */
#ifndef KERNEL_SCHED_HUNG_H
#define KERNEL_SCHED_HUNG_H

#include "kernel/lib/compiler.h"

#define HUNG_TASK_SECONDS 10

/*
 * Each thread that has slept uninterruptibly for that long is said, with its backtrace, once for
 * that sleep: how many were.  One that waits in TASK_IDLE, or was never started, is not meant.
 */
unsigned int check_hung_tasks(u64 ns);

/* From here on a thread looks every HUNG_TASK_SECONDS / 2. */
void hung_task_init(void);

#endif
