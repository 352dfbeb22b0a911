/* SPDX-License-Identifier: MIT */
/*
 * Breakpoints that gdb has set.
 *
 *   software	an INT3 in the place of an instruction's first byte, of the kernel's text, or of a
 *		program's (kernel/gdb/programs.h).  They are
 *		in memory only while CPUs go: who reads the text, gdb included, sees it as it is,
 *		and the debugger's own code comes upon none for long
 *   hardware	one of the four debug registers, the same on all CPUs: an instruction, or data that
 *		is written, or read and written (SDM 3B, 17.2)
 *
 * All by the chief.
 */
#ifndef KERNEL_GDB_BREAKPOINTS_H
#define KERNEL_GDB_BREAKPOINTS_H

#include "kernel/gdb/server.h"

/*
 * As Z and z want it, for a thread of `mm`: 0, GDB_LATER, -EINVAL, -EFAULT, -ENOSPC, -EPERM where the
 * debugger's own way would be cut.
 */
struct mm_struct;
int gdb_insert_breakpoint(struct mm_struct *mm, enum gdb_breakpoint_type type, u64 addr,
			  unsigned int kind);
int gdb_remove_breakpoint(enum gdb_breakpoint_type type, u64 addr, unsigned int kind);
void gdb_remove_all_breakpoints(void);

/* Before CPUs go, who load the debug registers then / once they stand. */
void gdb_arm_breakpoints(void);
void gdb_disarm_breakpoints(void);

/*
 * This CPU has come upon one where it stands: it goes for this time, true, and needs nothing but the
 * instruction itself; false: there is none.
 */
bool gdb_withdraw_breakpoint(unsigned long addr);

/* An INT3 struck, and there is none at addr any more, or it is one of these.  Any CPU. */
bool gdb_int3_was_ours(unsigned long addr);
/* One is set at addr.  Any CPU. */
bool gdb_is_software_breakpoint(unsigned long addr);

/* What DR6 says: true, the breakpoint is in *stop. */
bool gdb_hardware_hit(unsigned long dr6, struct gdb_stop *stop);

#endif
