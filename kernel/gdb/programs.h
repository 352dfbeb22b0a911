/* SPDX-License-Identifier: MIT */
/*
 * Software breakpoints in programs, and what else is written to them.
 *
 *   place	an address in one process, of those that gdb has asked for.  It is kept when gdb takes its
 *		breakpoint out, as it does at each stop, and means that process when gdb sets it again,
 *		whichever thread is looked at then; until the process has ended
 *   own page	one that neither a file nor another process has: the only kind that is written to.  A
 *		program's text is its file's, so it becomes the process's own first, by the fault
 *		that a write of a debugger's would make.  That needs the machine to go
 *
 * The INT3 is there only while CPUs go, as in the kernel's text.  A child by fork gets the instruction back.
 *
 * By the chief, but for gdb_program_int3() and what mm/user calls: they look while CPUs go.
 */
#ifndef KERNEL_GDB_PROGRAMS_H
#define KERNEL_GDB_PROGRAMS_H

#include "kernel/cpu/ptrace.h"
#include "kernel/gdb/server.h"

struct mm_struct;

/*
 * `mm` is that of the thread that is looked at, or NULL.  0; GDB_LATER: it is an errand; -ESRCH: no process; -ENOSPC;
 * -EBUSY: one goes already, or the machine cannot from here.  Of the errand: 0, -EFAULT, or -EPERM for shared memory.
 */
int gdb_insert_in_program(struct mm_struct *mm, u64 addr);
int gdb_remove_from_program(u64 addr);
void gdb_remove_from_programs(void);

/*
 * Write there as a debugger does under Linux: what the process shares with its file or others without being
 * able to write it becomes its own first.  0; GDB_LATER; -EFAULT, also where there is room for more than a packet.
 * -EBUSY: that needs an errand, and one goes already, or the machine cannot from here.  `addr` is in the user half.
 */
int gdb_write_to_program(struct mm_struct *mm, u64 addr, const void *from, size_t n);

/* Before CPUs go / once they stand, when gdb is told of those that went with their process. */
void gdb_arm_programs(void);
void gdb_disarm_programs(void);

/* A program's INT3: true, it was a breakpoint, whose instruction is to run; `*hit`: it still is one. */
bool gdb_program_int3(struct pt_regs *regs, bool *hit);

/* Once there are processes. */
void gdb_programs_init(void);

#endif
