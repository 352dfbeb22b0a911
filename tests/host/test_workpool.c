// SPDX-License-Identifier: MIT
// sources: kernel/sched/workpool.c
/* Pools of workers: which work is next, and who is woken for it. */
#include "kernel/sched/workpool.h"
#include "tests/host/test.h"

static struct work_pool pool;
static struct worker workers[4];
static struct work_struct works[4];

static void func(struct work_struct *work)
{
	(void)work;
}

static void other_func(struct work_struct *work)
{
	(void)work;
}

/* `nr` workers, all idle, the last the first to be woken. */
static void make_pool(unsigned int nr_cpus, unsigned int nr)
{
	pool_init(&pool, 0);
	pool.nr_cpus = nr_cpus;
	for (unsigned int i = 0; i < nr; i++) {
		workers[i] = (struct worker){ .pool = &pool };
		pool.nr_running++;
		pool_rest(&pool, &workers[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(works); i++)
		INIT_WORK(&works[i], func);
}

TEST(one_is_woken_for_much_work)
{
	make_pool(1, 2);
	EXPECT(!pool_start_one(&pool)); /* no work */
	pool_add(&pool, &works[0]);
	EXPECT(works[0].queued == &pool && works[0].last == &pool);
	EXPECT(pool_start_one(&pool) == &workers[1]);
	EXPECT(!workers[1].idle && pool.nr_running == 1 && pool.nr_idle == 1);
	pool_add(&pool, &works[1]);
	EXPECT(!pool_start_one(&pool)); /* one runs */
	pool.nr_running--;		/* it sleeps */
	EXPECT(pool_start_one(&pool) == &workers[0]);
	pool.nr_running--;
	EXPECT(!pool_start_one(&pool)); /* none is left */
	EXPECT(pool.nr_idle == 0);
}

TEST(as_many_as_there_are_cpus)
{
	make_pool(3, 4);
	pool_add(&pool, &works[0]);
	EXPECT(pool_start_one(&pool) == &workers[3]);
	EXPECT(pool_start_one(&pool) == &workers[2]);
	EXPECT(pool_start_one(&pool) == &workers[1]);
	EXPECT(!pool_start_one(&pool));
}

TEST(in_order_and_out_of_the_list)
{
	make_pool(1, 1);
	EXPECT(!pool_next(&pool));
	for (unsigned int i = 0; i < 3; i++)
		pool_add(&pool, &works[i]);
	pool_start_one(&pool);
	EXPECT(pool_next(&pool) == &works[0]);
	pool_begin(&pool, &workers[0], &works[0]);
	EXPECT(!works[0].queued && works[0].last == &pool);
	EXPECT(pool_runs(&pool, &works[0]) == &workers[0]);
	EXPECT(!pool_runs(&pool, &works[1]));
	pool_end(&workers[0]);
	EXPECT(!pool_runs(&pool, &works[0]));
	pool_remove(&works[1]); /* cancelled */
	EXPECT(!works[1].queued);
	EXPECT(pool_next(&pool) == &works[2]);
}

/* It is passed over while it runs, and is next when it has ended. */
TEST(never_twice_at_a_time)
{
	make_pool(2, 2);
	pool_add(&pool, &works[0]);
	pool_start_one(&pool);
	pool_begin(&pool, &workers[1], &works[0]);
	pool_add(&pool, &works[0]);
	EXPECT(!pool_next(&pool));
	pool_add(&pool, &works[1]);
	EXPECT(pool_start_one(&pool) == &workers[0]);
	EXPECT(pool_next(&pool) == &works[1]);
	pool_begin(&pool, &workers[0], &works[1]);
	pool_end(&workers[1]);
	EXPECT(pool_next(&pool) == &works[0]);
}

/* The same memory with another function is other work: the first freed it. */
TEST(memory_that_is_used_again)
{
	make_pool(2, 2);
	pool_add(&pool, &works[0]);
	pool_start_one(&pool);
	pool_begin(&pool, &workers[1], &works[0]);
	INIT_WORK(&works[0], other_func);
	EXPECT(!pool_runs(&pool, &works[0]));
	pool_add(&pool, &works[0]);
	EXPECT(pool_next(&pool) == &works[0]);
}

/* Who waits goes along with the work from the list to the worker. */
TEST(who_waits)
{
	int waiter;
	struct work_flush *flush = (struct work_flush *)&waiter;

	make_pool(1, 1);
	pool_add(&pool, &works[0]);
	works[0].flush = flush;
	pool_start_one(&pool);
	pool_begin(&pool, &workers[0], &works[0]);
	EXPECT(workers[0].flush == flush && !works[0].flush);
	pool_end(&workers[0]);
	EXPECT(!workers[0].flush);
}
