/* SPDX-License-Identifier: MIT */
/*
 * All CPUs meet in a machine check that is told to all (SDM 3B, 15.10.4.1): the worst that one of them saw
 * is what is done.
 *
 * The first that comes is the monarch, as in Linux: it waits for the others and closes the meeting; those that
 * came leave, the last one makes room for the next.  One word holds it, so that who comes late finds it
 * whole.  Pure.
 */
#ifndef KERNEL_TRAP_MCE_MEET_H
#define KERNEL_TRAP_MCE_MEET_H

#include "kernel/lib/types.h"

/* What a CPU says for itself, the worse the higher. */
enum mce_verdict {
	MCE_BYSTANDER, /* nothing that it has is wrong: it goes on if anybody knows what it was */
	MCE_SKIPPED,   /* it struck an access that may fail: that one ends, the CPU goes on */
	MCE_FATAL,
};

struct mce_meeting {
	u64 word; /* atomic */
};

/* True: this CPU is the monarch. */
bool mce_arrive(struct mce_meeting *m, unsigned int cpu, enum mce_verdict verdict);
unsigned int mce_arrived(const struct mce_meeting *m);
/* The monarch: enough have come. */
void mce_close(struct mce_meeting *m);
bool mce_is_closed(const struct mce_meeting *m);
/* Of a closed one: the worst, and which CPU said so first. */
enum mce_verdict mce_worst(const struct mce_meeting *m, unsigned int *cpu);
/* Once, each that arrived; not where the kernel dies. */
void mce_leave(struct mce_meeting *m);

#endif
