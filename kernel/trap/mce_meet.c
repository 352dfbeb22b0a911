// SPDX-License-Identifier: MIT
/* The meeting's word: how many came and left, the worst verdict, whose that is, and whether it stands. */
#include "kernel/trap/mce_meet.h"

#define ARRIVED	      1ULL /* bits 0 to 15 */
#define LEFT	      (1ULL << 16)
#define COUNT	      0xffffULL
#define CPU_SHIFT     32 /* 16 bits */
#define VERDICT_SHIFT 48
#define SETTLED	      (1ULL << 62)
#define CLOSED	      (1ULL << 63)

static u64 look(const struct mce_meeting *m)
{
	return __atomic_load_n(&m->word, __ATOMIC_ACQUIRE);
}

static bool change(struct mce_meeting *m, u64 *old, u64 new)
{
	return __atomic_compare_exchange_n(&m->word, old, new, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static enum mce_verdict worst_of(u64 word)
{
	return (enum mce_verdict)(word >> VERDICT_SHIFT & 3);
}

static u64 said_by(unsigned int cpu, enum mce_verdict verdict)
{
	return (u64)cpu << CPU_SHIFT | (u64)verdict << VERDICT_SHIFT;
}

enum mce_arrival mce_arrive(struct mce_meeting *m, unsigned int cpu, enum mce_verdict verdict)
{
	u64 old = look(m), new;

	do {
		new = old + ARRIVED;
		if (!(old & CLOSED) && (!old || verdict > worst_of(old)))
			new = (new &(COUNT | COUNT * LEFT)) | said_by(cpu, verdict);
	} while (!change(m, &old, new));
	if (!old)
		return MCE_FIRST;
	return old & CLOSED ? MCE_LATE : MCE_IN_TIME;
}

unsigned int mce_arrived(const struct mce_meeting *m)
{
	return look(m) & COUNT;
}

void mce_close(struct mce_meeting *m)
{
	__atomic_fetch_or(&m->word, CLOSED, __ATOMIC_ACQ_REL);
}

void mce_settle(struct mce_meeting *m, unsigned int cpu, enum mce_verdict verdict)
{
	u64 old = look(m), new;

	do {
		new = (old & (COUNT | COUNT * LEFT)) | said_by(cpu, verdict) | CLOSED | SETTLED;
	} while (!change(m, &old, new));
}

bool mce_is_settled(const struct mce_meeting *m)
{
	return look(m) & SETTLED;
}

enum mce_verdict mce_worst(const struct mce_meeting *m, unsigned int *cpu)
{
	u64 word = look(m);

	*cpu = word >> CPU_SHIFT & COUNT;
	return worst_of(word);
}

void mce_leave(struct mce_meeting *m)
{
	u64 old = look(m), new;

	do {
		new = old + LEFT;
		if ((new / LEFT &COUNT) == (new &COUNT))
			new = 0;
	} while (!change(m, &old, new));
}
