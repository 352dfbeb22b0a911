// SPDX-License-Identifier: MIT
/*
 * Through which calls the failures went: each call that was on the stack of one has
 * seen the other side fail.  tests/qemu finds all calls by which mm/ allocates in the
 * image itself, and holds them against this list.
 */
#include "kernel/core/command.h"
#include "kernel/core/fault_inject.h"
#include "kernel/core/printk.h"
#include "kernel/lib/errno.h"
#include "mm/layout.h"
#include "tests/guest/fault_walk.h"

#define DEPTH 12   /* calls from an allocator up to who wanted something */
#define SLOTS 2048 /* a power of two, and several times what there are */

unsigned long last_fault_caller;

static unsigned long seen[SLOTS]; /* return addresses, hashed; 0: free */

static void note_return(unsigned long address)
{
	unsigned int i = address % SLOTS;

	for (unsigned int n = 0; n < SLOTS && seen[i] && seen[i] != address; n++)
		i = (i + 1) % SLOTS;
	seen[i] = address;
}

/* Up the chain of frames: [rbp] is the caller's, and [rbp + 8] where it goes on. */
static noinline void note_stack(unsigned long caller)
{
	const unsigned long *frame = __builtin_frame_address(0);

	last_fault_caller = caller;
	for (unsigned int i = 0; i < DEPTH; i++) {
		const unsigned long *next = (const unsigned long *)frame[0];

		note_return(frame[1]);
		if (next <= frame || next > frame + PAGE_SIZE / sizeof(*frame))
			break; /* the first frame, or another stack */
		frame = next;
	}
}

void watch_faults(void)
{
	fault_observer = note_stack;
}

static int cmd_faultsites(struct sink *out, int argc, char **argv)
{
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	for (unsigned int i = 0; i < SLOTS; i++)
		if (seen[i])
			sink_printf(out, "%#lx %pS\n", seen[i], (void *)seen[i]);
	return 0;
}
MONITOR_COMMAND(faultsites, "", "calls through which an allocation was made to fail in a selftest",
		cmd_faultsites);
