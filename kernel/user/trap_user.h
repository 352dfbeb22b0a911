/* SPDX-License-Identifier: MIT */
/*
 * The exceptions of programs: each becomes a signal, with Linux's number and si_code, and is
 * kept in the thread (trap_nr, error_code, cr2) for the signal's frame.  Where nobody handles the
 * signal, a line says so, as in Linux.
 */
#ifndef KERNEL_USER_TRAP_USER_H
#define KERNEL_USER_TRAP_USER_H

#include "kernel/trap/traps.h"

extern const struct user_trap_ops user_trap_ops;

/* kernel/user/page_fault.c: of a program / of a routine of mm/uaccess.h.  Interrupts are on. */
void user_page_fault(struct pt_regs *regs, unsigned long error, unsigned long addr);
bool uaccess_page_fault(struct pt_regs *regs, unsigned long addr);

/*
 * Nobody handles the signal, for current / then this is said: "prog[pid]", what fmt makes, and the
 * file that the instruction is of.  Not too often.  May sleep.
 */
bool unhandled_signal(int sig);
bool may_say(void); /* how often is decided here, for all lines that a program can bring about */
void show_unhandled(const struct pt_regs *regs, const char *fmt, ...) __printf(2, 3);

#endif
