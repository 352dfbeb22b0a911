/* SPDX-License-Identifier: MIT */
/*
 * Handlers of interrupts that may sleep: each has a thread, "irq/24-disk", which its handler in
 * interrupt context asks for by returning IRQ_WAKE_THREAD.
 */
#ifndef KERNEL_SCHED_IRQ_THREAD_H
#define KERNEL_SCHED_IRQ_THREAD_H

#include "kernel/irq/irq.h"

/*
 * As request_irq(), where `handler` runs in the interrupt and `thread_fn` then in the thread, which
 * may sleep.  What asks again while the thread is still to run is the same run, and one more where
 * it runs already.  With IRQF_ONESHOT the irq is disabled from the request until the run has ended:
 * for a level line that the handler cannot quieten; those who share an irq all have that flag or none.
 * `handler` NULL: it does nothing but ask, for which IRQF_ONESHOT is needed (else -EINVAL).
 * free_irq() ends the thread.  request_irq()'s errors; -ENOMEM where there is no thread.  In a thread.
 */
int request_threaded_irq(int irq, irq_handler_t handler, irq_handler_t thread_fn,
			 unsigned long flags, const char *name, void *dev_id);

#endif
