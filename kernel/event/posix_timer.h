/* SPDX-License-Identifier: MIT */
/* timer_create() and its kin: kernel/event/posix_timer.c. */
#ifndef KERNEL_EVENT_POSIX_TIMER_H
#define KERNEL_EVENT_POSIX_TIMER_H

/* The caller's process has none any more: it ends, or is another program.  In a thread; no lock is held. */
void exit_posix_timers(void);

#endif
