/* SPDX-License-Identifier: MIT */
/*
 * crashkernel=: RAM that is set aside for a second kernel, which looks at the first one
 * when that has crashed.  Nobody here starts one; the register has the claim as Linux
 * makes it, and the memory is nobody else's.
 */
#ifndef MM_CRASHKERNEL_H
#define MM_CRASHKERNEL_H

#include "kernel/lib/compiler.h"

struct crash_request {
	u64 size; /* bytes; 0: none, which was said */
	u64 base; /* 0: anywhere */
};

/*
 * What one value asks of a machine with `ram` bytes: size[@offset], a list of
 * start-[end]:size with an @offset behind it for all, or size with `suffix` (",high",
 * ",low"; "": none).  0, or -EINVAL (said).
 */
int crashkernel_parse(const char *value, const char *suffix, u64 ram, struct crash_request *out);

/*
 * Set aside what the command line asks for, or say what stands against it.  After
 * init_mem_mapping(), so that it lies where Linux has it, before mem_init().
 */
void reserve_crashkernel(void);

/* "Crash kernel" into the register, inside its RAM. */
void crashkernel_insert_resources(void);

#endif
