// SPDX-License-Identifier: MIT
// sources: kernel/sched/fair.c kernel/lib/tree.c
/* The order in which threads of one CPU run: who is first, and what shares come of it. */
#include "kernel/sched/fair.h"
#include "tests/host/test.h"

#define MS 1000000ULL

static void ready(struct fair_queue *q, struct sched_entity *se, int nice, u64 vruntime)
{
	*se = (struct sched_entity){ .weight = nice_weight(nice), .vruntime = vruntime };
	fair_add(q, se);
	fair_insert(q, se);
}

static struct sched_entity *pick(struct fair_queue *q)
{
	struct sched_entity *se = q->first;

	fair_remove(q, se);
	se->exec_at_pick = se->sum_exec;
	return se;
}

/* The order is that of a sorted array, ties in the order they came, also where times wrap. */
TEST(order_is_that_of_virtual_times)
{
	static const u64 starts[] = { 1000, ~0ULL - 500, 1ULL << 63 };
	struct sched_entity se[64], *last, *next;
	u32 random = 1;

	for (unsigned int n = 0; n < 3; n++) {
		struct fair_queue q = { { NULL }, NULL, starts[n], 0, 0 };

		for (unsigned int i = 0; i < 64; i++) {
			random = random * 1664525 + 1013904223;
			ready(&q, &se[i], 0, starts[n] + (random >> 22));
		}
		/* Some go again, from anywhere. */
		for (unsigned int i = 0; i < 64; i += 3) {
			fair_remove(&q, &se[i]);
			fair_sub(&q, &se[i]);
		}
		EXPECT_EQ(q.nr, 42);
		EXPECT_EQ(q.load, 42 * 1024);
		last = pick(&q);
		for (unsigned int i = 1; i < 42; i++, last = next) {
			next = pick(&q);
			EXPECT(!vruntime_before(next->vruntime, last->vruntime));
			EXPECT(next->vruntime != last->vruntime || next > last);
		}
		EXPECT(!q.first && !q.tree.node);
	}
}

/* Ticks of 1 ms, each to the first: shares as weights are, Linux's numbers. */
static void run(struct fair_queue *q, unsigned int rounds)
{
	struct sched_entity *se;

	while (rounds--) {
		se = pick(q);
		fair_charge(q, se, MS);
		fair_insert(q, se);
	}
}

TEST(shares_are_those_of_the_weights)
{
	struct fair_queue q = { { NULL }, NULL, 0, 0, 0 };
	struct sched_entity a, b, c;

	EXPECT_EQ(nice_weight(0), 1024);
	EXPECT_EQ(nice_weight(-20), 88761);
	EXPECT_EQ(nice_weight(19), 15);
	ready(&q, &a, 0, 0);
	ready(&q, &b, 5, 0);
	ready(&q, &c, 0, 0);
	run(&q, 23830); /* of 1024 + 335 + 1024 = 2383 */
	EXPECT(a.sum_exec / MS >= 10235 && a.sum_exec / MS <= 10245);
	EXPECT(b.sum_exec / MS >= 3345 && b.sum_exec / MS <= 3355);
	EXPECT(c.sum_exec / MS >= 10235 && c.sum_exec / MS <= 10245);
	EXPECT(q.min_vruntime >= 10235 * MS);
}

TEST(who_has_slept_does_not_make_up_for_it)
{
	struct fair_queue q = { { NULL }, NULL, 0, 0, 0 };
	struct sched_entity a, b;

	ready(&q, &a, 0, 0);
	run(&q, 100);
	b = (struct sched_entity){ .weight = 1024 };
	fair_place(&q, &b, 3 * MS);
	EXPECT_EQ(b.vruntime, 97 * MS);
	b.vruntime = 99 * MS; /* it ran not long ago */
	fair_place(&q, &b, 3 * MS);
	EXPECT_EQ(b.vruntime, 99 * MS);
}

TEST(min_vruntime_never_goes_back)
{
	struct fair_queue q = { { NULL }, NULL, 0, 0, 0 };
	struct sched_entity a, b, *curr;

	ready(&q, &a, 0, 100 * MS);
	curr = pick(&q);
	fair_charge(&q, curr, MS);
	EXPECT_EQ(q.min_vruntime, 101 * MS);
	ready(&q, &b, 0, 98 * MS);
	fair_charge(&q, curr, MS);
	EXPECT_EQ(q.min_vruntime, 101 * MS);
}

TEST(slices)
{
	struct fair_queue q = { { NULL }, NULL, 0, 0, 0 };
	struct sched_entity a, b, more[10];

	ready(&q, &a, 0, 0);
	ready(&q, &b, 0, 0);
	EXPECT_EQ(fair_slice(&q, &a, 6 * MS, MS), 3 * MS);
	for (unsigned int i = 0; i < 10; i++)
		ready(&q, &more[i], 0, 0);
	EXPECT_EQ(fair_slice(&q, &a, 6 * MS, MS), MS);
}

TEST(preemption_takes_a_distance)
{
	struct sched_entity a = { .weight = 1024, .vruntime = 10 * MS };
	struct sched_entity b = { .weight = 1024, .vruntime = 9 * MS };

	EXPECT(!fair_preempts(&b, &a, MS));
	b.vruntime--;
	EXPECT(fair_preempts(&b, &a, MS));
	/* A light one's distance is longer. */
	b.weight = nice_weight(19);
	EXPECT(!fair_preempts(&b, &a, MS));
}
