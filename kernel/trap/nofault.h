/* SPDX-License-Identifier: MIT */
/*
 * Accesses that may fault: tests that say "this must raise #PF", and the
 * monitor's md/mw.  Each is one instruction of exact width with an entry in the
 * exception table.  Any context.  A machine check about one of them is printed, and such a fault as well.
 */
#ifndef KERNEL_TRAP_NOFAULT_H
#define KERNEL_TRAP_NOFAULT_H

#include "kernel/lib/compiler.h"

struct fault_info {
	u8 vector; /* SDM 3A, table 6-1 */
	u32 error_code;
	u64 address; /* CR2 for a page fault */
};

/* size is 1, 2, 4 or 8.  0, or -EFAULT with *fault (may be NULL) filled. */
int nofault_read(unsigned long addr, unsigned int size, u64 *value, struct fault_info *fault);
int nofault_write(unsigned long addr, unsigned int size, u64 value, struct fault_info *fault);
/* Call the code at addr, as tests do: 0 when it returned, -EFAULT when fetching it faulted. */
int nofault_exec(unsigned long addr, struct fault_info *fault);

/*
 * In inline assembly: an exception at label `from` goes on at label `to`, with
 * RAX = vector, RDX = error code, RCX = CR2.  Both labels are numeric, as "1b".
 */
#define _ASM_EXTABLE(from, to)                     \
	".pushsection __ex_table, \"a\"\n\t"       \
	".balign 4\n\t"                            \
	".long (" #from ") - ., (" #to ") - .\n\t" \
	".popsection\n\t"

/* From the trap handler: true when `regs` was moved to a fixup. */
struct pt_regs;
bool fixup_exception(struct pt_regs *regs, u8 vector);
/* For a #MC, which may be late: an access that may fail is on the way at `regs`; it ends there, failed. */
bool is_nofault_access(const struct pt_regs *regs);
void nofault_machine_check(struct pt_regs *regs);

#endif
