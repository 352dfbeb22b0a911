/* SPDX-License-Identifier: MIT */
/*
 * The page attribute table: which cache modes a page-table entry can ask for.
 * The conversions are in mm/pgtable.h.
 */
#ifndef MM_PAT_H
#define MM_PAT_H

#include "kernel/lib/compiler.h"

/* Program this CPU's table, which all CPUs must have alike (SDM 3A, 11.12.4). */
void pat_setup_this_cpu(void);

/*
 * Between these two registers that say memory types may be written, with interrupts off; the
 * second takes what the first gave.
 */
u64 begin_memory_types(void);
void end_memory_types(u64 cr0);

/* Program the boot CPU's table as Linux does and say so.  Before any PTE asks for WC, WT or WP. */
void pat_init(void);

#endif
