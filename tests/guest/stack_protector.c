// SPDX-License-Identifier: MIT
/* Whose canary is whose.  That one which is written over is noticed, `crash smash` shows. */
#include "kernel/core/stack_protector.h"
#include "kernel/core/cpumask.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/kthread.h"
#include "tests/guest/guest_test.h"

struct look {
	u64 canary;
	struct completion done;
};

static int note_canary(void *data)
{
	struct look *look = data;

	look->canary = this_cpu(stack_canary);
	complete(&look->done);
	return 0;
}

/* Random, ended by a 0 for strings, kept over a switch, and no other thread's. */
GUEST_TEST(stack_protector, each_thread_has_its_canary)
{
	u64 mine = this_cpu(stack_canary);
	struct look other = { 0 };

	init_completion(&other.done);
	ASSERT(!IS_ERR(kthread_run(note_canary, &other, "canary")));
	wait_for_completion(&other.done);
	EXPECT(mine && other.canary && mine != other.canary);
	EXPECT_EQ((mine | other.canary) & 0xff, 0);
	EXPECT_EQ(this_cpu(stack_canary), mine);
}

/* The idle threads' too, whose canaries nobody keeps for them at first. */
GUEST_TEST(stack_protector, no_cpu_is_without)
{
	u64 seen = 0;
	unsigned int cpu;

	for_each_online_cpu(cpu)
	{
		u64 its = per_cpu(stack_canary, cpu);

		EXPECT(its && its != seen);
		seen = its;
	}
}
