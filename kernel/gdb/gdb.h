/* SPDX-License-Identifier: MIT */
/* The debugger in the kernel: gdb attaches to it over a serial port. */
#ifndef KERNEL_GDB_GDB_H
#define KERNEL_GDB_GDB_H

#include "kernel/lib/compiler.h"

/*
 * kgdboc=ttySn[,BAUD] gives it a port, ttyS1 say, and from here on it is there; kgdbwait stands here until
 * gdb has come and lets go.  Once traps are set up, and again when the command line has grown; nothing else
 * is needed.  A macro: where it stands is what gdb shows first.
 */
#define gdb_init()                                    \
	do {                                          \
		if (gdb_open())                       \
			__asm__ __volatile__("int3"); \
	} while (0)

/* The words are looked at: true, gdb is to be waited for now. */
bool gdb_open(void);

/*
 * Bytes that come stop the machine from here on: once request_irq() works.  as_nmi() makes NMIs of an
 * irq where it can, which come through to a CPU that has interrupts off, and gives that CPU; or -errno.
 */
void gdb_enable_interrupt(int (*as_nmi)(int irq));

/* Threads may be made: `monitor CMD` has one of its own, for where no other can be used.  May sleep. */
void gdb_thread_init(void);

/* These eight ports are the debugger's: nobody else's driver looks at them. */
bool gdb_port_is(u16 base);

#endif
