/* SPDX-License-Identifier: MIT */
/*
 * Segments, the task state segment, and the kernel's stacks.
 *
 * Selectors have Linux's numbers.  Where Linux has user code of 32 bits, 0x20, there is nothing:
 * SYSRET wants the other two behind it, and a program that jumps there gets #GP.
 */
#ifndef KERNEL_TRAP_DESC_H
#define KERNEL_TRAP_DESC_H

#include "kernel/core/percpu.h"
#include "kernel/cpu/ptrace.h"

#define KERNEL_CS 0x10
#define KERNEL_DS 0x18
#define USER_DS	  0x2b
#define USER_CS	  0x33
#define GDT_TSS	  0x40 /* 16 bytes, SDM 3A, 7.2.3 */

/* A gate's IST field: which stack the CPU changes to; 0 is the interrupted one. */
enum ist {
	IST_NONE = 0,
	IST_DF = 1,
	IST_NMI = 2,
	IST_DB = 3,
	IST_MCE = 4,
	NR_IST = 4,
};

/*
 * A stack with the page below it that is never mapped in the final tables, so
 * that an overflow faults instead of eating what lies there.
 */
struct kernel_stack {
	const char *name;     /* "boot": the boot stack; a thread's is its own */
	unsigned long guard;  /* first byte of the guard page */
	unsigned long bottom; /* lowest usable byte: the guard's end */
	unsigned long top;    /* exclusive */
};

/*
 * The stacks that belong to this CPU: the first is the boot stack, and of any other CPU nothing;
 * each of the IST follows, at its number.  Any context.
 */
#define NR_CPU_STACKS (1 + NR_IST)
extern const struct kernel_stack kernel_stacks[NR_CPU_STACKS]; /* the boot CPU's, in the image */
const struct kernel_stack *this_cpu_stacks(void);

/* What the exception that this CPU has on that stack interrupted, once all of it is saved.  Any context. */
struct pt_regs *ist_regs(enum ist ist);

/* Take the guard pages out of the final tables: from here on an overflow faults.  Boot. */
void unmap_stack_guards(void);

/*
 * The stack of the thread that runs on this CPU from here on, where it is none of the above.  It
 * lasts until the next one.  With interrupts off.
 */
DECLARE_PER_CPU(const struct kernel_stack *, thread_stack);

static inline void set_thread_stack(const struct kernel_stack *stack)
{
	this_cpu(thread_stack) = stack;
}

/*
 * A program's thread runs on this CPU from here on: what enters the kernel from it does so on the
 * stack that ends at `top`.  Interrupts are off.
 */
void set_entry_stack(unsigned long top);

/*
 * The stack that addr lies in / whose guard page addr lies in, or NULL: of those above, and the
 * one of this CPU's thread.  Any context.
 */
const struct kernel_stack *find_stack(unsigned long addr);
const struct kernel_stack *find_stack_guard(unsigned long addr);

/* The stack whose guard page an exception's frame below `sp` reaches into, or NULL. */
const struct kernel_stack *find_frame_guard(unsigned long sp);

/*
 * Make the stacks of the IST for a CPU that has still to start: 0 or -ENOMEM.  Boot, in a
 * thread.
 */
int desc_prepare_cpu(unsigned int cpu);

/*
 * Load this CPU's own GDT and TSS, with its stacks; the loader's, or the trampoline's, may be
 * overwritten afterwards.  Interrupts are off, and this_cpu() works.
 */
void desc_setup_this_cpu(void);

#endif
