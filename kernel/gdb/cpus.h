/* SPDX-License-Identifier: MIT */
/*
 * All CPUs stop and go together.
 *
 *   chief	the CPU that talks with gdb; one at a time.  Any CPU that something happened to
 *		becomes it, or waits for its turn
 *   stay	what the chief tells a CPU: to stand where it is
 *   round	from a stop of all to their going on
 *
 * A CPU that runs is stopped by an NMI, which comes through whatever it does, and stands in its handler.
 * One that waits to be chief, or that came upon something while others were let go, stands there.  So
 * who holds a lock keeps it while all stand: nothing here takes one.
 */
#ifndef KERNEL_GDB_CPUS_H
#define KERNEL_GDB_CPUS_H

#include "kernel/gdb/context.h"

/*
 * This CPU stands at `regs`, and is chief when this returns; true: no round has passed meanwhile.
 * Interrupts are off.
 */
bool gdb_become_chief(struct pt_regs *regs);

/* The chief: all others stand, true; false where one has not within some time, which was said to `say`. */
bool gdb_stop_others(void (*say)(unsigned int cpu));

/* The chief: all CPUs are to go, or with `alone` that one only; then another one may be chief. */
#define GDB_NO_CPU (~0U)
void gdb_let_go(unsigned int alone);

/* This CPU, chief no longer, stands until it is let go. */
void gdb_stand(struct pt_regs *regs);

/* From the NMI's handler: stands where the chief wants that.  The NMI was sent by nmi_send(). */
void gdb_nmi(struct pt_regs *regs);

/* Where others stand and this CPU is alone: they go, unless somebody is chief.  Any CPU that runs. */
void gdb_release_others(void);

#endif
