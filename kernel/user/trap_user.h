/* SPDX-License-Identifier: MIT */
/* What is done about the exceptions of programs, and of the kernel on their memory. */
#ifndef KERNEL_USER_TRAP_USER_H
#define KERNEL_USER_TRAP_USER_H

#include "kernel/trap/traps.h"

extern const struct user_trap_ops user_trap_ops;

/* The program's exception; interrupts are off, before and after. */
void user_exception(struct pt_regs *regs, unsigned int vector, u64 cr2);

#endif
