/* SPDX-License-Identifier: MIT */
/* Exceptions: their numbers, what is done about each, and the report. */
#ifndef KERNEL_TRAP_TRAPS_H
#define KERNEL_TRAP_TRAPS_H

#include "kernel/core/percpu.h"
#include "kernel/cpu/ptrace.h"

#define NR_EXCEPTIONS 32

/* SDM 3A, table 6-1; those that code here asks for by name. */
enum {
	X86_TRAP_DE = 0,
	X86_TRAP_DB = 1,
	X86_TRAP_NMI = 2,
	X86_TRAP_BP = 3,
	X86_TRAP_OF = 4,
	X86_TRAP_BR = 5,
	X86_TRAP_UD = 6,
	X86_TRAP_NM = 7,
	X86_TRAP_DF = 8,
	X86_TRAP_TS = 10,
	X86_TRAP_NP = 11,
	X86_TRAP_SS = 12,
	X86_TRAP_GP = 13,
	X86_TRAP_PF = 14,
	X86_TRAP_MF = 16,
	X86_TRAP_AC = 17,
	X86_TRAP_MC = 18,
	X86_TRAP_XF = 19,
};

/* A page fault's error code: SDM 3A, figure 4-12. */
#define X86_PF_PROT  BIT(0) /* the entry was present: rights, not absence */
#define X86_PF_WRITE BIT(1)
#define X86_PF_USER  BIT(2)
#define X86_PF_RSVD  BIT(3)
#define X86_PF_INSTR BIT(4)
#define X86_PF_PK    BIT(5)
#define X86_PF_SGX   BIT(15)

/* "page fault", "general protection fault" ...; never NULL. */
const char *trap_name(unsigned int vector);

/* How often the exception has struck, those that a fixup caught included: one CPU, or all. */
u64 trap_count_cpu(unsigned int vector, unsigned int cpu);
u64 trap_count(unsigned int vector);

/* Who takes vectors from 32 on, with interrupts off: before idt_setup_traps() opens them. */
void trap_set_interrupt_handler(void (*handler)(u8 vector));

/*
 * What is done about programs (kernel/user/).  Both are called with interrupts off and come back
 * so; they may let them in meanwhile, and sleep, where the trap came upon code that could.
 */
struct user_trap_ops {
	/* A program's exception, but for NMI, #DF and #MC. */
	void (*exception)(struct pt_regs *regs, unsigned int vector, u64 cr2);
	/* A routine of mm/copy_user.asm wants a page of the user half: false, it cannot have it. */
	bool (*page_fault)(struct pt_regs *regs, u64 cr2);
};

/*
 * How long this CPU was in user mode since its thread came, and since when it was there last: TSC ticks
 * by 256.  The entry code counts, and the switch takes it (kernel/sched/user.c).  `since` wraps after 2^40
 * ticks, minutes, in which an interrupt comes.
 */
struct user_time {
	u64 spent;
	u32 since;
};
DECLARE_PER_CPU(struct user_time, user_time);
#define USER_TIME_SHIFT 8

/* Before the first program runs: the old ones are returned, for a test. */
const struct user_trap_ops *trap_set_user_ops(const struct user_trap_ops *ops);
/* The program's exception is that one.  For what it did without one. */
void trap_raise_user(struct pt_regs *regs, unsigned int vector, u64 cr2);

/* Where the entry code goes to from the end of a program's trap, RSP at its struct pt_regs. */
extern void (*trap_return_to_user)(void);

/* This CPU is in the handler of a NMI; for trap_entry.asm. */
DECLARE_PER_CPU(bool, nmi_in_service);

/* What DR6 says of a #DB (SDM 3B, 17.2.3), which it says no more afterwards.  Interrupts are off. */
#define DR6_BS	   BIT(14) /* single step */
#define DR6_BREAKS 0xfUL
unsigned long take_dr6(void);

/* From trap_entry.asm, for every vector, with interrupts off. */
void trap_dispatch(struct pt_regs *regs, unsigned int vector);

/*
 * kernel/trap/report.c.  A headline with the vector and its error code decoded, the
 * registers, the code and a backtrace, as messages.  `cr2` is what CR2 held at
 * the trap: a fault taken while reporting changes it.
 */
void report_exception(const struct pt_regs *regs, unsigned int vector, u64 cr2);
void show_regs(const struct pt_regs *regs, u64 cr2);

#endif
