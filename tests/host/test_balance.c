// SPDX-License-Identifier: MIT
// sources: kernel/sched/balance.c kernel/sched/fair.c kernel/lib/tree.c
/* Which CPU a thread goes to, which one is told of those that wait, and whom an idle one takes: four CPUs' queues. */
#include "kernel/sched/balance.h"
#include "tests/host/test.h"

#define CPUS 4
#define NONE (~0U)

static struct rq others[CPUS];
DEFINE_PER_CPU(struct rq, runqueues);
static unsigned long offsets[CPUS];
unsigned long *per_cpu_offset = offsets;
unsigned int nr_cpu_ids = CPUS;
struct cpumask cpu_online_mask = { { BIT(CPUS) - 1 } };

static unsigned int told; /* the CPU that was interrupted last */

void smp_send_reschedule(unsigned int cpu)
{
	told = cpu;
}

static struct task_struct task[4];

/* On CPU 0, and nobody waits anywhere; CPUs of `idle` have nothing to do. */
static void machine(u64 idle)
{
	cpu_number = 0;
	preempt_counter = PREEMPT_NO_NEED;
	for (unsigned int cpu = 0; cpu < CPUS; cpu++) {
		offsets[cpu] = (unsigned long)&others[cpu] - (unsigned long)&runqueues;
		others[cpu] = (struct rq){ .cpu = cpu };
		balance_set_idle(cpu, idle >> cpu & 1);
	}
	told = NONE;
}

/* A thread of that CPU, which may run on those of `allowed`. */
static struct task_struct *thread(unsigned int i, unsigned int cpu, u64 allowed)
{
	task[i] = (struct task_struct){ .cpu = cpu,
					.cpus_mask = { { allowed } },
					.se = { .weight = nice_weight(0), .vruntime = i } };
	return &task[i];
}

static struct task_struct *waiting(unsigned int i, unsigned int cpu, u64 allowed)
{
	struct task_struct *t = thread(i, cpu, allowed);

	fair_add(&cpu_rq(cpu)->fair, &t->se);
	fair_insert(&cpu_rq(cpu)->fair, &t->se);
	return t;
}

TEST(who_wakes_goes_where_nobody_runs)
{
	machine(BIT(1) | BIT(2));
	EXPECT_EQ(balance_select_cpu(thread(0, 2, 0xf)), 2); /* where its memory is in the caches */
	EXPECT_EQ(balance_select_cpu(thread(0, 3, 0xf)), 1); /* round from its own on */
	cpu_number = 2;
	EXPECT_EQ(balance_select_cpu(thread(0, 3, 0xf)), 2); /* here */
	machine(0);
	EXPECT_EQ(balance_select_cpu(thread(0, 3, 0xf)), 3);
}

TEST(who_wakes_goes_nowhere_it_may_not)
{
	machine(BIT(1) | BIT(2));
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(2) | BIT(3))), 2);
	EXPECT_EQ(balance_select_cpu(thread(0, 2, BIT(1) | BIT(3))),
		  1); /* its own is idle, and forbidden now */
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(0) | BIT(3))), 3);
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(0))), 0); /* however busy that is */
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(0) | BIT(2))),
		  2);						 /* rather than a busy one */
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(20))), 3); /* none that is there */
	cpu_number = 1;
	EXPECT_EQ(balance_select_cpu(thread(0, 2, BIT(0) | BIT(3))), 3); /* round from here on */
	EXPECT_EQ(balance_select_cpu(thread(0, 3, BIT(0) | BIT(3))),
		  3); /* here is idle, and forbidden */
}

TEST(who_has_slots_of_its_cpu_stays)
{
	struct task_struct *t;

	machine(BIT(1));
	t = thread(0, 3, BIT(1));
	t->kmap.mapped = 1;
	EXPECT_EQ(balance_select_cpu(t), 3);
}

/* One that would find nobody for itself is not woken for nothing. */
TEST(an_idle_cpu_is_told_of_who_may_run_there)
{
	machine(BIT(2));
	waiting(0, 0, BIT(0) | BIT(1));
	balance_offer(cpu_rq(0));
	EXPECT_EQ(told, NONE);
	waiting(1, 0, 0xf)->kmap.mapped = 1;
	balance_offer(cpu_rq(0));
	EXPECT_EQ(told, NONE);
	waiting(2, 0, BIT(2)); /* behind those two */
	balance_offer(cpu_rq(0));
	EXPECT_EQ(told, 2);
	balance_set_idle(2, false);
	told = NONE;
	balance_offer(cpu_rq(0));
	EXPECT_EQ(told, NONE);
	balance_set_idle(0, true);
	balance_offer(cpu_rq(0)); /* not by an interrupt: it is this CPU */
	EXPECT_EQ(told, NONE);
}

TEST(an_idle_cpu_takes_from_the_fullest)
{
	struct rq *rq;

	machine(BIT(0));
	rq = cpu_rq(0);
	waiting(0, 1, 0xf); /* the only one there: its CPU is about to run it */
	balance_pull(rq);
	EXPECT_EQ(rq->fair.nr, 0);
	cpu_rq(1)->fair.nr++; /* others run */
	cpu_rq(2)->fair.nr++;
	cpu_rq(3)->fair.nr = 2;
	waiting(1, 2, 0xf);
	waiting(2, 2, 0xf);
	cpu_rq(2)->fair.min_vruntime = 1000;
	rq->fair.min_vruntime = 70;
	task[1].se.vruntime = 1005;
	balance_pull(rq);
	EXPECT(rq->fair.first == &task[1].se && task[1].cpu == 0);
	EXPECT_EQ(task[1].se.vruntime, 75); /* as far ahead of who was there before it */
	EXPECT_EQ(rq->fair.nr, 1);
	EXPECT_EQ(cpu_rq(2)->fair.nr, 2);
	EXPECT_EQ(cpu_rq(2)->fair.load, nice_weight(0));
	EXPECT(cpu_rq(2)->fair.first == &task[2].se);
	EXPECT(!should_resched());
}

TEST(an_idle_cpu_takes_nobody_who_may_not_come)
{
	struct rq *rq;

	machine(BIT(0));
	rq = cpu_rq(0);
	waiting(0, 3, BIT(3));
	waiting(1, 3, 0xf)->kmap.mapped = 1;
	balance_pull(rq);
	EXPECT_EQ(rq->fair.nr, 0);
	EXPECT_EQ(cpu_rq(3)->fair.nr, 2);
	waiting(2, 3, BIT(0));
	balance_pull(rq);
	EXPECT(rq->fair.first == &task[2].se && task[2].cpu == 0);
	EXPECT(task[0].cpu == 3 && task[1].cpu == 3);
}

/* Two that take from each other would wait for ever. */
TEST(a_queue_that_is_locked_is_tried_again_later)
{
	machine(BIT(0));
	waiting(0, 1, 0xf);
	waiting(1, 1, 0xf);
	spin_lock(&cpu_rq(1)->lock);
	balance_pull(cpu_rq(0));
	EXPECT_EQ(cpu_rq(0)->fair.nr, 0);
	EXPECT(should_resched());
	spin_unlock(&cpu_rq(1)->lock);
	balance_pull(cpu_rq(0));
	EXPECT_EQ(cpu_rq(0)->fair.nr, 1);
}
