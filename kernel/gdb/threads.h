/* SPDX-License-Identifier: MIT */
/*
 * Threads by gdb's numbers (kernel/gdb/server.h).  All stand, so the list is walked without its lock.
 * Before there are threads the boot CPU's context is its idle one.
 */
#ifndef KERNEL_GDB_THREADS_H
#define KERNEL_GDB_THREADS_H

#include "kernel/core/sink.h"

struct mm;
struct mm_struct;

/* What runs on this CPU. */
u32 gdb_this_thread(void);

/* As struct gdb_target has them. */
u32 gdb_next_thread(u32 thread);
bool gdb_has_thread(u32 thread);
int gdb_thread_cpu(u32 thread);
void gdb_thread_name(struct sink *out, u32 thread);
void gdb_describe_thread(struct sink *out, u32 thread);
bool gdb_read_register(u32 thread, unsigned int reg, void *value);
bool gdb_write_register(u32 thread, unsigned int reg, const void *value);

/* Its user half; NULL: it has none. */
struct mm_struct *gdb_thread_mm(u32 thread);
const struct mm *gdb_thread_root(u32 thread);

#endif
