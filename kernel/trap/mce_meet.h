/* SPDX-License-Identifier: MIT */
/*
 * All CPUs meet in a machine check that is told to all (SDM 3B, 15.10.4.1): the worst that one of them saw
 * is what is done.
 *
 * The first that comes is the monarch, as in Linux: it waits for the others, closes the meeting, and settles what is
 * done; those that came leave, the last one makes room for the next.  One word holds it, so that who comes late
 * finds it whole.  Pure.
 *
 * A bank may belong to a core or a package, and all its CPUs find the same error there, though one of
 * them had to do with it.  So who finds one that nothing of his asked for is in doubt, and the monarch
 * looks whether somebody has skipped that very one (kernel/trap/mce_record.h).  Who is in doubt and comes late dies of it.
 */
#ifndef KERNEL_TRAP_MCE_MEET_H
#define KERNEL_TRAP_MCE_MEET_H

#include "kernel/lib/types.h"

/* What a CPU says for itself, the worse the higher. */
enum mce_verdict {
	MCE_BYSTANDER, /* nothing that it has is wrong: it goes on if anybody knows what it was */
	MCE_SKIPPED,   /* it struck an access that may fail: that one ends, the CPU goes on */
	MCE_DOUBTFUL,  /* it has an error that is fatal, unless it is one that another CPU skips */
	MCE_FATAL,
};

struct mce_meeting {
	u64 word; /* atomic */
};

/* How it came: as the monarch, before that one closed, or when what it says does not count any more. */
enum mce_arrival { MCE_FIRST, MCE_IN_TIME, MCE_LATE };
enum mce_arrival mce_arrive(struct mce_meeting *m, unsigned int cpu, enum mce_verdict verdict);
unsigned int mce_arrived(const struct mce_meeting *m);
/* The monarch: enough have come. */
void mce_close(struct mce_meeting *m);
/* The monarch, of a closed one: so it is, whatever was said. */
void mce_settle(struct mce_meeting *m, unsigned int cpu, enum mce_verdict verdict);
bool mce_is_settled(const struct mce_meeting *m);
/* Of a closed one: the worst, and which CPU said so first; or what was settled. */
enum mce_verdict mce_worst(const struct mce_meeting *m, unsigned int *cpu);
/* Once, each that arrived; not where the kernel dies. */
void mce_leave(struct mce_meeting *m);

#endif
