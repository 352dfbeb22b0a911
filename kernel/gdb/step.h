/* SPDX-License-Identifier: MIT */
/*
 * One instruction of one CPU.
 *
 * TF has it trapped behind the instruction (SDM 3B, 17.3.1.4).  Interrupts are masked meanwhile, by IF
 * in what is returned to: so the step neither ends up in a handler nor runs one that might wait for a
 * CPU that stands.  What the instruction does with IF itself is seen to afterwards, so that
 * PUSHF, POPF and IRET come out as they would have without; STI, CLI and HLT are done here.
 *
 * An exception on the way (a page that has to be fetched) needs the whole machine, and so does SYSCALL:
 * the step becomes a `free` one.  IF is as it was, all CPUs go, and the trap comes when the thread is
 * back at its instruction, on whichever CPU that is.  Behind SYSCALL it is late by one instruction, the
 * one that IRET returns to (SDM 3B, 17.3.1.4).
 */
#ifndef KERNEL_GDB_STEP_H
#define KERNEL_GDB_STEP_H

#include "kernel/cpu/ptrace.h"

/* What a step has come to, when it is prepared. */
enum gdb_step {
	GDB_STEP_SET,  /* the CPU has to go, alone or not */
	GDB_STEP_FREE, /* all have to */
	GDB_STEP_DONE, /* it has been done here */
};

/* The chief: CPU `cpu`, which stands at `regs`, is to step. */
enum gdb_step gdb_step_begin(unsigned int cpu, struct pt_regs *regs);

/* This CPU's #DB has BS set: the step that it ends is over, true; or it was given up, true; or not ours. */
bool gdb_step_trap(struct pt_regs *regs, bool *given_up);

/* The chief, all CPUs stand: what has not come to its end is nothing to gdb any more. */
void gdb_step_give_up(void);

/* This CPU has an exception amid its step: true, and it is free from here on. */
bool gdb_step_exception(struct pt_regs *regs);

#endif
