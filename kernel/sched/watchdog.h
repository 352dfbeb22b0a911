/* SPDX-License-Identifier: MIT */
/*
 * A CPU that takes no interrupts any more is found by the others, which print where it is.
 *
 *   watch    a timer that a CPU which has something to do sets for itself, one period long
 *   round    when it strikes: each other CPU is sent a reschedule call, and has to have taken
 *            it when the next round comes; one that has not for watchdog_thresh seconds
 *            (10, as Linux) is reported, once, with its backtrace by NMI
 *
 * An idle CPU sets no watch, and the last one that strikes is not set again once all have
 * answered: a machine that is idle is left alone, and so is one with a single CPU.  It follows that
 * a CPU which goes deaf is only found once any other has something to do.
 * Words: nowatchdog, watchdog_thresh=SECONDS (0: none).
 */
#ifndef KERNEL_SCHED_WATCHDOG_H
#define KERNEL_SCHED_WATCHDOG_H

#include "kernel/core/percpu.h"

/* The watches begin.  Boot, once all CPUs run. */
void watchdog_init(void);

DECLARE_PER_CPU(bool, watch_is_set);
void watchdog_set_watch(void);

/* This CPU has something to do.  Interrupts are off. */
static __always_inline void watchdog_cpu_busy(void)
{
	if (unlikely(!this_cpu(watch_is_set)))
		watchdog_set_watch();
}

#endif
