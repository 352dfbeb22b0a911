/* SPDX-License-Identifier: MIT */
/* The time stamp counter as a clock source, where it may be one. */
#ifndef KERNEL_TIME_TSC_H
#define KERNEL_TIME_TSC_H

#include "kernel/lib/compiler.h"

/*
 * Register the TSC as "tsc" where its rate is told, else as "tsc-early", until a second's
 * measurement is there for "tsc"; or say why it is no clock.  Boot, in a thread, once there are
 * timers, the other CPUs and tsc_hz().
 */
void tsc_init(void);

/* It is no clock: said once with `reason`, and another takes its place.  Any context. */
void mark_tsc_unstable(const char *reason);

#endif
