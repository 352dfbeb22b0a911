/* SPDX-License-Identifier: MIT */
/*
 * The way in of every CPU but the boot CPU: boot/trampoline.asm.
 */
#ifndef BOOT_TRAMPOLINE_H
#define BOOT_TRAMPOLINE_H

#include "kernel/lib/compiler.h"

/* One for each CPU, by its number; the boot CPU's is there and not used. */
struct secondary {
	u32 apic_id;   /* by which it finds its own */
	u32 state;     /* atomic; the starter's */
	u64 stack_top; /* of its first stack, mapped by the final tables */
};

/* Read by all CPUs that start. */
struct trampoline_args {
	const struct secondary *cpus;
	u64 nr_cpus;
	u64 cr3;			 /* the final tables */
	void (*entry)(unsigned int cpu); /* does not return */
};
extern struct trampoline_args trampoline_args;

/*
 * Put the code into a page of RAM below 1 MiB that nobody is known to use, and map it where it
 * is for those who come.  From here on a CPU whose start-up message names that page goes to
 * trampoline_args.entry on its stack, with interrupts off and the final tables; one that is
 * not among the CPUs halts.  Returns the page's address; 0 where there is no such page.  Boot.
 */
phys_addr_t trampoline_open(void);

/* What was in the page is there again.  Nobody is on his way through it any more.  Boot. */
void trampoline_close(phys_addr_t page);

#endif
