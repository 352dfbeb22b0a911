// SPDX-License-Identifier: MIT
/* Virtual time: a tree by it, and its least. */
#include "kernel/sched/fair.h"

/* From -20 to 19: facts of Linux's, which people's habits and nice(1)'s promise rest on. */
static const u32 weights[NICE_MAX - NICE_MIN + 1] = {
	88761, 71755, 56483, 46273, 36291, 29154, 23254, 18705, 14949, 11916,
	9548,  7620,  6100,  4904,  3906,  3121,  2501,	 1991,	1586,  1277,
	1024,  820,   655,   526,   423,   335,	  272,	 215,	172,   137,
	110,   87,    70,    56,    45,	   36,	  29,	 23,	18,    15,
};

u32 nice_weight(int nice)
{
	return weights[nice - NICE_MIN];
}

static u64 to_virtual(u64 ticks, const struct sched_entity *se)
{
	return likely(se->weight == WEIGHT_NICE0) ? ticks : ticks * WEIGHT_NICE0 / se->weight;
}

static struct sched_entity *entity_of(struct tree_node *node)
{
	return node ? tree_entry(node, struct sched_entity, node) : NULL;
}

void fair_insert(struct fair_queue *q, struct sched_entity *se)
{
	struct tree_node **link = &q->tree.node, *parent = NULL;
	bool first = true;

	while (*link) {
		parent = *link;
		if (vruntime_before(se->vruntime, entity_of(parent)->vruntime)) {
			link = &parent->left;
		} else {
			link = &parent->right;
			first = false;
		}
	}
	if (first)
		q->first = se;
	tree_link(&se->node, parent, link);
	tree_insert(&se->node, &q->tree);
}

void fair_remove(struct fair_queue *q, struct sched_entity *se)
{
	if (q->first == se)
		q->first = entity_of(tree_next(&se->node));
	tree_erase(&se->node, &q->tree);
}

void fair_charge(struct fair_queue *q, struct sched_entity *curr, u64 ticks)
{
	u64 least;

	curr->sum_exec += ticks;
	curr->vruntime += to_virtual(ticks, curr);
	least = curr->vruntime;
	if (q->first && vruntime_before(q->first->vruntime, least))
		least = q->first->vruntime;
	if (vruntime_before(q->min_vruntime, least))
		q->min_vruntime = least;
}

u64 fair_slice(const struct fair_queue *q, const struct sched_entity *se, u64 latency, u64 least)
{
	u64 period = max(latency, q->nr * least);

	return max(period * se->weight / q->load, least);
}

bool fair_preempts(const struct sched_entity *se, const struct sched_entity *curr, u64 gran)
{
	return vruntime_before(se->vruntime + to_virtual(gran, se), curr->vruntime);
}
