/* SPDX-License-Identifier: MIT */
/*
 * CPUs stand at a debugger's word.  The clocks go on meanwhile; who watches others by them must not
 * take for slow who was kept.
 */
#ifndef KERNEL_TIME_PAUSE_H
#define KERNEL_TIME_PAUSE_H

#include "kernel/lib/types.h"

/* CPUs are about to stand; all go again.  By one CPU at a time; either may come twice.  Any context, NMIs too. */
void time_pause_begin(void);
void time_pause_end(void);

/*
 * Something was kept since *seen was written by this, or is now; false: what was measured since then counts.
 * *seen is the caller's, 0 at first.  Any context.
 */
bool time_was_paused(u32 *seen);

/* The TSC when all went again; 0: they never stood. */
u64 time_resumed_tsc(void);

#endif
