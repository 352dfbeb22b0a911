/* SPDX-License-Identifier: MIT */
/* Who called whom, by frame pointers. */
#ifndef KERNEL_TRAP_BACKTRACE_H
#define KERNEL_TRAP_BACKTRACE_H

#include "kernel/cpu/ptrace.h"

/* The address may hold an instruction of ours: __init code only until it is given back. */
bool is_kernel_text(unsigned long addr);

/*
 * Print "Call Trace:" and a line for each frame: of the interrupted context
 * `regs`, or with NULL of the caller.  The chain is untrusted: bounded, each
 * frame checked before it is read.  Any context.
 */
void show_backtrace(const struct pt_regs *regs);

#endif
