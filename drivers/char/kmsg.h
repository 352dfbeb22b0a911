/* SPDX-License-Identifier: MIT */
/* Between /dev/kmsg and syslog(), which tell of the same messages. */
#ifndef DRIVERS_CHAR_KMSG_H
#define DRIVERS_CHAR_KMSG_H

#include "kernel/sched/wait.h"

/* Woken up some time after a message has come, while somebody looks: kmsg_start_looking() first. */
extern wait_queue_head_t kmsg_wait;
void kmsg_start_looking(void);

/* Where the first message is that syslog() has not cleared. */
u64 kmsg_cleared(void);

#endif
