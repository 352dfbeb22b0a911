// SPDX-License-Identifier: MIT
/* Finding a CPU for a thread, and a thread for a CPU. */
#include "kernel/sched/balance.h"

#include "kernel/core/smp.h"

#define OFFER_LOOKS 8 /* threads that are looked at for one that may go */

static struct cpumask idle_cpus;

void balance_set_idle(unsigned int cpu, bool idle)
{
	if (idle)
		cpumask_set_cpu(cpu, &idle_cpus);
	else
		cpumask_clear_cpu(cpu, &idle_cpus);
}

static bool is_free_for(const struct task_struct *t, unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &idle_cpus) && may_run_on(t, cpu);
}

/* The first member from `from` on, and from 0 on, of those that `t` may run on; NR_CPUS: none. */
static unsigned int first_allowed(const struct task_struct *t, const struct cpumask *mask,
				  unsigned int from)
{
	struct cpumask both;
	unsigned int cpu;

	cpumask_and(&both, mask, &t->cpus_mask);
	cpu = cpumask_from(from, &both);
	return cpu < NR_CPUS ? cpu : cpumask_first(&both);
}

unsigned int balance_select_cpu(const struct task_struct *t)
{
	unsigned int here = raw_smp_processor_id(), cpu;

	if (nr_cpu_ids == 1 || t->kmap.mapped || is_free_for(t, t->cpu))
		return t->cpu;
	if (is_free_for(t, here))
		return here;
	cpu = first_allowed(t, &idle_cpus, t->cpu);
	if (cpu < NR_CPUS || may_run_on(t, t->cpu))
		return cpu < NR_CPUS ? cpu : t->cpu;
	cpu = first_allowed(t, &cpu_online_mask, here);
	return cpu < NR_CPUS ? cpu : t->cpu;
}

/* The queue with the most threads, two at least; NULL: there is none.  A look without locks. */
static struct rq *fullest_other(const struct rq *rq)
{
	unsigned int most = 1, cpu;
	struct rq *found = NULL;

	for_each_online_cpu(cpu)
	{
		struct rq *other = cpu_rq(cpu);
		unsigned int nr = READ_ONCE(other->fair.nr);

		if (other != rq && nr > most) {
			most = nr;
			found = other;
		}
	}
	return found;
}

static struct task_struct *first_of(const struct rq *rq)
{
	return rq->fair.first ? container_of(rq->fair.first, struct task_struct, se) : NULL;
}

static struct task_struct *next_in_tree(struct task_struct *t)
{
	struct tree_node *node = tree_next(&t->se.node);

	return node ? tree_entry(node, struct task_struct, se.node) : NULL;
}

/* The first in the tree that may be moved to the CPU, or NULL. */
static struct task_struct *first_movable(const struct rq *from, unsigned int cpu)
{
	struct task_struct *t = first_of(from);

	while (t && (!may_run_on(t, cpu) || t->kmap.mapped))
		t = next_in_tree(t);
	return t;
}

void balance_pull(struct rq *rq)
{
	struct rq *from = fullest_other(rq);
	struct task_struct *t;

	if (!from)
		return;
	/* Only tried: the other may be on its way to this one's lock.  Then the idle loop comes again. */
	if (!spin_trylock(&from->lock)) {
		set_need_resched();
		return;
	}
	t = first_movable(from, rq->cpu);
	if (t) {
		fair_remove(&from->fair, &t->se);
		fair_sub(&from->fair, &t->se);
		t->se.vruntime += rq->fair.min_vruntime - from->fair.min_vruntime;
		t->cpu = rq->cpu;
		fair_add(&rq->fair, &t->se);
		fair_insert(&rq->fair, &t->se);
	}
	spin_unlock(&from->lock);
}

void balance_offer(const struct rq *rq)
{
	unsigned int looks = OFFER_LOOKS, cpu = NR_CPUS;
	struct task_struct *t = first_of(rq);

	if (nr_cpu_ids == 1 || cpumask_empty(&idle_cpus))
		return;
	for (; t && looks-- && cpu == NR_CPUS; t = next_in_tree(t))
		if (!t->kmap.mapped)
			cpu = first_allowed(t, &idle_cpus, rq->cpu);
	if (cpu < NR_CPUS && cpu != rq->cpu)
		smp_send_reschedule(cpu);
}
