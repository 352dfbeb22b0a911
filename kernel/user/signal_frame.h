/* SPDX-License-Identifier: MIT */
/* Signals on the way back to user mode: kernel/user/signal_frame.c. */
#ifndef KERNEL_USER_SIGNAL_FRAME_H
#define KERNEL_USER_SIGNAL_FRAME_H

#include "kernel/cpu/ptrace.h"

/*
 * The thread, which goes back to user mode with `regs`, takes what signals there are: a handler's frame
 * is built, a system call that was interrupted begins anew, or the process ends.  Interrupts on.
 */
void do_signal(struct pt_regs *regs);

/* The most that a frame takes of a stack, in bytes: AT_MINSIGSTKSZ. */
unsigned long max_sigframe_size(void);

#endif
