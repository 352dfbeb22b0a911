/* SPDX-License-Identifier: MIT */
/* The interrupt descriptor table, set up in two steps. */
#ifndef KERNEL_TRAP_IDT_H
#define KERNEL_TRAP_IDT_H

#include "kernel/lib/compiler.h"
#include "kernel/trap/desc.h"

/*
 * First step, right after the first GDT: #DB and #BP, so that a debugger's
 * breakpoints work from here on.  Every other exception is reported too if it
 * strikes, and nofault accesses already get away with it; of the IST stacks
 * only #DF's is used, since the boot stack has its guard page from the entry on.
 */
void idt_setup_early_traps(void);

/* Load the table, which is one for all CPUs; a CPU's IST stacks are its own. */
void idt_setup_this_cpu(void);

/* Second step, after init_mem_mapping(): interrupts, and IST stacks, guarded by now; #MC too. */
void idt_setup_traps(void);

/* Where the exception that has that stack enters, and has saved nothing yet. */
unsigned long ist_stub(enum ist ist);

#endif
