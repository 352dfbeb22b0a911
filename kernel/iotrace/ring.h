/* SPDX-License-Identifier: MIT */
/*
 * The accesses that were seen, the last IOTRACE_RING of them.  Whoever notes one takes the next number and the
 * entry of that number; nobody waits for anybody, so that any context may, an NMI included.
 */
#ifndef KERNEL_IOTRACE_RING_H
#define KERNEL_IOTRACE_RING_H

#include "kernel/lib/types.h"

#define IOTRACE_RING 4096 /* entries; a power of two */

struct iotrace_access {
	u64 ns; /* local_clock() */
	phys_addr_t phys;
	u64 value;
	unsigned long caller; /* an address in the code that asked for it */
	u16 cpu;
	u8 width; /* bytes */
	bool write;
};

/* Memory for it, once: 0 or -ENOMEM.  And: what is in it does not count any more.  In a thread. */
int iotrace_ring_init(void);
void iotrace_ring_begin(void);

/* Any context. */
void iotrace_note(const struct iotrace_access *access);

/*
 * The next access from number *at on, which is 0 at first, in the order of their numbers; false behind the
 * last.  What was overwritten meanwhile is passed over.
 */
bool iotrace_next(u64 *at, struct iotrace_access *access);

/* How many were noted and are there no more. */
u64 iotrace_overwritten(void);

#endif
