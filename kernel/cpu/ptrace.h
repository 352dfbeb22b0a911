/* SPDX-License-Identifier: MIT */
/* The registers of an interrupted context, in Linux's names and order. */
#ifndef KERNEL_CPU_PTRACE_H
#define KERNEL_CPU_PTRACE_H

#include "kernel/lib/compiler.h"

/* Laid out by kernel/trap/trap_entry.asm; from `ip` on the CPU itself pushes (SDM 3A, 6.14.2). */
struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax; /* the error code, 0 for vectors that have none */
	unsigned long ip, cs, flags, sp, ss;
};

_Static_assert(sizeof(struct pt_regs) == 168, "trap_entry.asm pushes 21 words");

/* They are a program's, not the kernel's: the CPL is CS's low bits. */
static inline bool user_mode(const struct pt_regs *regs)
{
	return regs->cs & 3;
}

#define X86_EFLAGS_TF BIT(8) /* SDM 1, 3.4.3.3 */
#define X86_EFLAGS_RF BIT(16)

/*
 * The registers as they are at the call: what the caller's prologue saved is
 * already gone, `ip` is the return address.
 */
void capture_regs(struct pt_regs *regs);

#endif
