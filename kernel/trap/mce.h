/* SPDX-License-Identifier: MIT */
/* Machine checks: switched on, and shown. */
#ifndef KERNEL_TRAP_MCE_H
#define KERNEL_TRAP_MCE_H

#include "kernel/lib/compiler.h"

/*
 * Let this CPU raise #MC instead of shutting down, after what its banks still hold was
 * shown; the gate must have its stack.
 */
void mce_setup_this_cpu(void);

/* Print what the banks hold, for the report of a #MC. */
void mce_show(void);

#endif
