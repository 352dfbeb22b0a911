/* SPDX-License-Identifier: MIT */
/*
 * NMIs that one CPU sends another: where are you, and stop.  They come through whatever that
 * one does, interrupts off or not, but for a NMI that it is in.
 */
#ifndef KERNEL_TRAP_NMI_H
#define KERNEL_TRAP_NMI_H

#include "kernel/cpu/ptrace.h"

/*
 * The CPU prints where it is, as messages: one line where it is halted, else a
 * backtrace.  Returns once it has: 0; -ETIMEDOUT where it has not in 10 s, -EBUSY where somebody else
 * asks it at the time, -ENXIO where it is not online.  For this CPU it is the caller's backtrace.
 * Any context but NMI; the CPU that asks is not to move meanwhile: preemption is off.
 */
int nmi_backtrace(unsigned int cpu);

/*
 * For a panic, on the CPU that has it: all others stop for good, where they are, and are online
 * no longer.  True: each has; false after a second, and a line for each that has not.
 */
bool nmi_stop_others(void);

/* Where each of those was. */
void nmi_show_stopped(void);

/*
 * A NMI comes to the CPU after this, and finds what was written before.  For who looks in its handler;
 * any context.
 */
void nmi_send(unsigned int cpu);

/* First in the handler, before anybody looks: true, it was sent by nmi_send(). */
bool nmi_take(void);

/*
 * Who else is asked whose an NMI is, in its handler: true, it was his.  NULL: nobody.  For a
 * test; one at a time, and none is on its way when he goes.
 */
void nmi_set_handler(bool (*handler)(const struct pt_regs *regs));

/* The NMI that came upon `regs` is such a one, and has been served.  From its handler. */
bool nmi_serve(const struct pt_regs *regs);

#endif
