/* SPDX-License-Identifier: MIT */
/* Between /dev/kmsg and syslog(), which tell of the same messages. */
#ifndef DRIVERS_CHAR_KMSG_H
#define DRIVERS_CHAR_KMSG_H

#include "kernel/sched/wait.h"

/* Woken up some time after a message has come, while somebody looks: kmsg_start_looking() first. */
extern wait_queue_head_t kmsg_wait;
void kmsg_start_looking(void);

/*
 * Wait until it holds: 0 or -ERESTARTSYS.  Whoever goes to sleep has somebody look, each time anew and once he
 * is in the queue: the worker ends when it finds nobody there.
 */
#define kmsg_wait_event(condition) \
	wait_event_interruptible(kmsg_wait, (kmsg_start_looking(), (condition)))

/* Where the first message is that syslog() has not cleared. */
u64 kmsg_cleared(void);

#endif
