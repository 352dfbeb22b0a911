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

/* Print what the CPUs saw that came to the last one, for the report of a #MC. */
void mce_show(void);

/*
 * A #MC: true, this CPU goes on at `regs`; false: the kernel dies of it, and this CPU says so.  Where another
 * one does, this one is stopped in here, or comes back late.
 */
struct pt_regs;
bool mce_handle(struct pt_regs *regs);

#endif
