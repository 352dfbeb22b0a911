/* SPDX-License-Identifier: MIT */
/*
 * Who is to run next: the order of the threads that are ready on one CPU.
 *
 *   vruntime      a thread's virtual time: how long it has run, each tick divided by its
 *                 weight, so that a thread of twice the weight runs twice as long until
 *                 its time is as late.  Who has the least is next
 *   weight        of a nice level, 1024 for 0; each level is about 1.25 times the next
 *   min_vruntime  of a queue: what all in it have reached.  It never goes back, and who
 *                 comes from elsewhere or from a sleep begins there or near it
 *
 * All times are in ticks of any one clock.  Differences of virtual times are compared,
 * never the times: they may wrap.  Pure: no lock, no clock, no thread.
 */
#ifndef KERNEL_SCHED_FAIR_H
#define KERNEL_SCHED_FAIR_H

#include "kernel/lib/tree.h"

#define NICE_MIN     (-20)
#define NICE_MAX     19
#define WEIGHT_NICE0 1024U

struct sched_entity {
	struct tree_node node; /* of the queue; not of who runs */
	u64 vruntime;
	u64 sum_exec;	  /* ticks in all */
	u64 exec_at_pick; /* sum_exec when it came to run this time */
	u32 weight;
};

struct fair_queue {
	struct tree_root tree; /* who waits */
	struct sched_entity *first;
	u64 min_vruntime;
	u64 load;	 /* weights of who waits and who runs */
	unsigned int nr; /* how many those are */
};

/* The weight of a nice level in NICE_MIN .. NICE_MAX, Linux's. */
u32 nice_weight(int nice);

/* a is before b. */
static inline bool vruntime_before(u64 a, u64 b)
{
	return (s64)(a - b) < 0;
}

/* It is ready from here on, and is no more: it counts.  Its weight may not change meanwhile. */
static inline void fair_add(struct fair_queue *q, const struct sched_entity *se)
{
	q->load += se->weight;
	q->nr++;
}

static inline void fair_sub(struct fair_queue *q, const struct sched_entity *se)
{
	q->load -= se->weight;
	q->nr--;
}

/* It waits from here on, behind those with the same virtual time, and waits no more. */
void fair_insert(struct fair_queue *q, struct sched_entity *se);
void fair_remove(struct fair_queue *q, struct sched_entity *se);

/* `curr`, which runs and is not in the tree, did so for that many ticks more. */
void fair_charge(struct fair_queue *q, struct sched_entity *curr, u64 ticks);

/* Who comes from a sleep is behind the others by `credit` at the most, and not for having run less. */
static inline void fair_place(const struct fair_queue *q, struct sched_entity *se, u64 credit)
{
	if (vruntime_before(se->vruntime, q->min_vruntime - credit))
		se->vruntime = q->min_vruntime - credit;
}

/*
 * How long it may run while others wait: its part of `latency`, in which each has a turn, and
 * of more where there are so many that this were less than `least` for each.
 */
u64 fair_slice(const struct fair_queue *q, const struct sched_entity *se, u64 latency, u64 least);

/* `se` is so far behind `curr` that it should not wait for the end of its slice. */
bool fair_preempts(const struct sched_entity *se, const struct sched_entity *curr, u64 gran);

#endif
