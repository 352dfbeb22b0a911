/* SPDX-License-Identifier: MIT */
/*
 * In and out of user mode.
 *
 * A program's thread enters the kernel on its own stack, which is empty then, and its registers
 * lie at the top of it: current_pt_regs().  It goes back when what it came for is done and what
 * thread_flags says has been seen to.  A thread of the kernel becomes one by switch_to_user_mm()
 * and start_thread(), and by returning from its function.
 */
#ifndef KERNEL_USER_ENTRY_H
#define KERNEL_USER_ENTRY_H

#include "kernel/cpu/ptrace.h"
#include "kernel/sched/task.h"

/* SYSCALL works on each CPU that is online, and the table has what there is.  Boot, in a thread. */
void user_init(void);

/*
 * The caller's registers in user mode are those of a new program: all zero but where it begins and
 * its stack; FS and GS bases too.
 */
void start_thread(struct pt_regs *regs, unsigned long ip, unsigned long sp);

/*
 * A thread that was just made has the registers `regs` in user mode, but 0 in RAX, and `sp` as
 * stack unless 0; the caller's GS base, and FS base unless CLONE_SETTLS gives it `tls`.
 */
void copy_thread(struct task_struct *t, const struct pt_regs *regs, unsigned long sp,
		 unsigned long clone_flags, unsigned long tls);

#endif
