/* SPDX-License-Identifier: MIT */
/*
 * What drivers read from device memory and write to it, access by access: `trace` of the monitor.
 *
 * A mapping of ioremap() is traced by being unmapped.  Each access to it faults; the fault's handler
 * does what the instruction asks for at a second mapping of the same memory, notes it, and goes on behind it.
 *
 *   area	a mapping that is traced
 *   alias	the second mapping, of the same memory type, that only the handler uses
 *   watched	physical addresses: what ioremap() maps of them is traced from the first access on
 *
 * Why not an instruction in the accessors that is patched (Linux's static keys): they are inlined
 * wherever a driver reads or writes, each place would need an entry in a table, and a block's steps would
 * not show.  Here an accessor stays one instruction, on or off.  Why not a single step while the page is
 * mapped for its time (Linux's mmiotrace): other CPUs would get through meanwhile, and a debugger's own
 * steps would be in the way.  What has to be known of instructions is little, for device memory is
 * accessed by mm/io.h and by nothing else (insn.h).  An access by another instruction is a broken promise,
 * and ends as any page fault of the kernel does.
 *
 * It works on all CPUs at a time, in interrupts, and with mappings of large pages.  No handler of an NMI
 * accesses device memory: the fault's IRET would let the next NMI in.  What is not seen: ports, other
 * mappings of the same memory (md has one of its own), programs' mappings, and mappings that are
 * cached.  A debug register that watches a traced address does not see the accesses.
 *
 * Lock: iotrace_lock, outermost but for a caller's of iounmap(): over it CPUs are waited for, so nobody takes it
 * with interrupts off.  The handler takes none.
 */
#ifndef KERNEL_IOTRACE_IOTRACE_H
#define KERNEL_IOTRACE_IOTRACE_H

#include "kernel/cpu/ptrace.h"
#include "kernel/iotrace/ring.h"
#include "mm/pgtable.h"

struct iotrace_area {
	unsigned long start, size; /* virtual, of whole pages; size 0: a free place */
	phys_addr_t phys;
	enum page_cache_mode mode;
	unsigned long caller; /* who had it mapped */
	unsigned long alias;
};

/*
 * The mapping of ioremap() that begins at `start` is traced from now on; the ring begins anew where nothing else
 * is traced or watched.  0, or -ENOENT: there is none, -EEXIST: it is traced, -EPERM: it is an alias, -EINVAL: it is cached,
 * -ENOSPC: no more can be traced, -ENOMEM.  In a thread, with interrupts on.
 */
int iotrace_on(unsigned long start);

/* No longer: 0, -ENOENT: it was not traced, or -ENOMEM: there was none to map it again, and it still is traced. */
int iotrace_off(unsigned long start);

/* The nth area that is traced, from 0; false: there are not so many. */
bool iotrace_nth(unsigned int n, struct iotrace_area *area);

/*
 * [first, last] is watched from now on, or what of that meets it no longer.  0, -ENOSPC: no more can be, or
 * -ENOMEM.  As iotrace_on().
 */
int iotrace_watch(phys_addr_t first, phys_addr_t last);
void iotrace_unwatch(phys_addr_t first, phys_addr_t last);
bool iotrace_nth_watched(unsigned int n, phys_addr_t *first, phys_addr_t *last);

/*
 * A page fault of the kernel's own at `address`, where no page is: true, it was an access to a traced
 * mapping and is done.  Any context, with interrupts off.
 */
bool iotrace_fault(struct pt_regs *regs, unsigned long address);

#endif
