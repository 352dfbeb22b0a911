/* SPDX-License-Identifier: MIT */
/*
 * Work that an interrupt leaves to a thread, which may sleep and take its time.
 *
 * Until there are threads of their own for it, the monitor's runs it, while it waits for a
 * key and between two commands.  Names are Linux's.
 */
#ifndef KERNEL_CORE_WORK_H
#define KERNEL_CORE_WORK_H

#include "kernel/lib/compiler.h"

struct work_struct {
	void (*func)(struct work_struct *work); /* it may free what `work` is a part of */
	struct work_struct *next;		/* of the queue */
	bool pending;
};

/* Have it run once from now on; false where it waits already.  Any context. */
bool schedule_work(struct work_struct *work);

/* It does not wait any more.  In the thread that runs work. */
void cancel_work(struct work_struct *work);

/* Something waits. */
bool work_is_pending(void);

/*
 * Run what waits now, in its order; what is scheduled meanwhile waits for the next time, so
 * that an interrupt that never rests does not hold the thread.  Thread, interrupts on.
 */
void run_pending_work(void);

#endif
