/* SPDX-License-Identifier: MIT */
/*
 * Where a debugger of the kernel's own comes in (kernel/gdb), and the debug registers it has.
 *
 * It is asked before anybody else about #DB and #BP, whoever they strike, and before a report about
 * an exception that the kernel would die of.  There is none until it says so at boot.
 */
#ifndef KERNEL_TRAP_DEBUGGER_H
#define KERNEL_TRAP_DEBUGGER_H

#include "kernel/cpu/ptrace.h"

/* All are called with interrupts off; what they change in `regs` is what is returned to. */
struct debugger_ops {
	/* True: it has been dealt with, and what was interrupted goes on. */
	bool (*exception)(struct pt_regs *regs, unsigned int vector, u64 cr2);
	/* An exception other than #DB and NMI, of a context with TF set, is about to be dealt with. */
	void (*amid_step)(struct pt_regs *regs);
	/* True: the debugger has sent it. */
	bool (*nmi)(struct pt_regs *regs);
	/* Before a panic says anything: registers of its caller, to be looked at. */
	void (*panic)(struct pt_regs *regs, const char *message);
	/* Now and then, from a CPU that has panicked and waits for a person. */
	void (*poll)(void);
};

extern const struct debugger_ops *debugger; /* NULL: none */
void set_debugger(const struct debugger_ops *ops);

/* For panic_ops: the debugger's part of those two, or nothing. */
void debugger_panic(struct pt_regs *regs, const char *message);
void debugger_poll(void);

/*
 * DR0 to DR3 and DR7 (SDM 3B, 17.2), the same on all CPUs.  Who changes them has all other CPUs
 * stopped; each loads them before it goes on, and one that starts later does so too.
 */
struct debug_registers {
	unsigned long addr[4], control;
};
extern struct debug_registers debug_registers;

#define DR7_OFF	    0x400UL
#define DR7_ENABLED 0xffUL

/* This CPU has them / has no breakpoints for now.  Any context. */
void debug_registers_load(void);
void debug_registers_off(void);

#endif
