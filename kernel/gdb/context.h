/* SPDX-License-Identifier: MIT */
/*
 * What a CPU held when it stopped, and a thread that does not run holds: gdb's registers.
 *
 * A CPU takes down itself what can be read there alone, and puts back what gdb has changed of it when it
 * goes on.  While it stands, the chief (kernel/gdb/cpus.h) reads and writes its context.
 */
#ifndef KERNEL_GDB_CONTEXT_H
#define KERNEL_GDB_CONTEXT_H

#include "kernel/core/percpu.h"
#include "kernel/cpu/ptrace.h"

struct task_struct;

struct gdb_context {
	struct pt_regs *regs; /* where it stands; NULL: it runs.  Atomic */
	u64 cr0, cr2, cr3, cr4, cr8, efer;
	u64 fs_base, gs_base, k_gs_base; /* as the interrupted code has them */
	u16 ds, es, fs, gs;
	bool bases_changed, fpu_changed;
};
DECLARE_PER_CPU(struct gdb_context, gdb_context);

/* This CPU's is taken down / goes back.  `regs` is not set yet / any more.  Interrupts are off. */
void gdb_context_save(const struct pt_regs *regs);
void gdb_context_restore(const struct pt_regs *regs);

/* One register of a CPU that stands / of a thread that does not run, by gdb's number. */
bool gdb_read_context(unsigned int cpu, unsigned int reg, void *value);
bool gdb_write_context(unsigned int cpu, unsigned int reg, const void *value);
bool gdb_read_sleeping(const struct task_struct *t, unsigned int reg, void *value);

#endif
