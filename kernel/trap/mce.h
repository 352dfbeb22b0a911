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

/* In a #MC: the code that it struck can go on, if it can do without what it was about. */
bool mce_can_go_on(void);
/* ... and does, once this CPU's banks are emptied, and the next #MC can come. */
void mce_clear(void);

#endif
