// SPDX-License-Identifier: MIT
/*
 * audit: the run queues.
 *
 * What a queue says of itself, how many threads it has and what they weigh, is what is found in it; each of
 * them knows that it is there, and the first one is the first.  Under the queue's lock nothing is under way.
 */
#include "kernel/core/audit.h"
#include "kernel/sched/rq.h"

struct found {
	unsigned int nr;
	u64 load;
	const struct task_struct *lost; /* it is in the tree and does not know, or NULL */
	bool first;
};

static void find(const struct rq *rq, struct found *found)
{
	struct tree_node *node = tree_first(&rq->fair.tree);

	*found = (struct found){ 0 };
	found->first =
		rq->fair.first == (node ? tree_entry(node, struct sched_entity, node) : NULL);
	if (rq->curr != rq->idle) {
		found->nr = 1;
		found->load = rq->curr->se.weight;
	}
	for (; node; node = tree_next(node)) {
		const struct task_struct *t = tree_entry(node, struct task_struct, se.node);

		found->nr++;
		found->load += t->se.weight;
		if (!t->on_rq || t->cpu != rq->cpu)
			found->lost = t;
	}
}

static void audit_queue(struct audit *audit, struct rq *rq)
{
	struct fair_queue said;
	struct found found;
	unsigned long flags;

	spin_lock_irqsave(&rq->lock, flags);
	said = rq->fair;
	find(rq, &found);
	spin_unlock_irqrestore(&rq->lock, flags);
	if (found.nr != said.nr || found.load != said.load)
		audit_fault(audit, "CPU %u: %u threads of weight %lu are said, %u of %lu are there",
			    rq->cpu, said.nr, said.load, found.nr, found.load);
	if (found.lost)
		audit_fault(audit, "CPU %u: a thread at %p is in the queue and does not know",
			    rq->cpu, found.lost);
	if (!found.first)
		audit_fault(audit, "CPU %u: the first thread is not the first", rq->cpu);
}

static void audit_queues(struct audit *audit)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) audit_queue(audit, cpu_rq(cpu));
}
AUDIT_CHECK(queues, audit_queues);
