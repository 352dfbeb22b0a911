// SPDX-License-Identifier: MIT
/* Pools of workers: lists and counts. */
#include "kernel/sched/workpool.h"

void pool_init(struct work_pool *pool, int cpu)
{
	*pool = (struct work_pool){ .cpu = cpu, .nr_cpus = 1 };
	spin_lock_init(&pool->lock);
	INIT_LIST_HEAD(&pool->waiting);
	INIT_LIST_HEAD(&pool->idle);
	INIT_LIST_HEAD(&pool->busy);
}

void pool_add(struct work_pool *pool, struct work_struct *work)
{
	list_add_tail(&work->entry, &pool->waiting);
	work->queued = pool;
	work->last = pool;
}

void pool_remove(struct work_struct *work)
{
	list_del(&work->entry);
	work->queued = NULL;
}

/* One that freed its work early may meet another in the same memory: so the function counts too. */
struct worker *pool_runs(const struct work_pool *pool, const struct work_struct *work)
{
	struct worker *worker;

	list_for_each_entry(worker, &pool->busy, node)
		if (worker->work == work && worker->func == work->func)
			return worker;
	return NULL;
}

struct work_struct *pool_next(const struct work_pool *pool)
{
	struct work_struct *work;

	list_for_each_entry(work, &pool->waiting, entry)
		if (!pool_runs(pool, work))
			return work;
	return NULL;
}

void pool_begin(struct work_pool *pool, struct worker *worker, struct work_struct *work)
{
	worker->work = work;
	worker->func = work->func;
	worker->flush = work->flush;
	work->flush = NULL;
	pool_remove(work);
	list_add(&worker->node, &pool->busy);
}

void pool_end(struct worker *worker)
{
	list_del(&worker->node);
	worker->work = NULL;
	worker->flush = NULL;
}

struct worker *pool_start_one(struct work_pool *pool)
{
	struct worker *worker;

	if (list_empty(&pool->waiting) || pool->nr_running >= pool->nr_cpus || !pool->nr_idle)
		return NULL;
	worker = list_first_entry(&pool->idle, struct worker, node);
	list_del(&worker->node);
	worker->idle = false;
	pool->nr_idle--;
	pool->nr_running++;
	return worker;
}

void pool_rest(struct work_pool *pool, struct worker *worker)
{
	list_add(&worker->node, &pool->idle);
	worker->idle = true;
	pool->nr_idle++;
	pool->nr_running--;
}
