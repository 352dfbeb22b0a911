// SPDX-License-Identifier: MIT
/* Threads on several CPUs: where they run, and that what they share stays whole. */
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/rwsem.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "mm/highmem.h"
#include "mm/page_alloc.h"
#include "tests/guest/guest_test.h"

#define MOST_THREADS 16
#define PATIENCE_NS  (PATIENCE_USEC * NSEC_PER_USEC)

static struct task_struct *threads[MOST_THREADS];
static unsigned int nr_threads;

/* One more, held, on that CPU alone (NR_CPUS: any): false without memory. */
static bool add_thread(int (*fn)(void *data), void *data, unsigned int cpu)
{
	struct task_struct *t = cpu < NR_CPUS ?
					kthread_create_on_cpu(fn, data, cpu, "smp/%u", nr_threads) :
					kthread_create(fn, data, "smp/%u", nr_threads);

	if (IS_ERR(t) || nr_threads == MOST_THREADS)
		return false;
	get_task_struct(t);
	threads[nr_threads++] = t;
	return true;
}

static void start_all(void)
{
	for (unsigned int i = 0; i < nr_threads; i++)
		wake_up_process(threads[i]);
}

static void stop_all(void)
{
	for (unsigned int i = 0; i < nr_threads; i++) {
		kthread_stop(threads[i]);
		put_task_struct(threads[i]);
	}
	nr_threads = 0;
}

static void wait_for_all(void)
{
	for (unsigned int i = 0; i < nr_threads; i++) {
		EXPECT(wait_for_completion_timeout(&threads[i]->exited, 3 * PATIENCE_NS));
		put_task_struct(threads[i]);
	}
	nr_threads = 0;
}

static int spin(void *turns)
{
	while (!kthread_should_stop())
		++*(volatile u64 *)turns;
	return 0;
}

static bool comes_to(const struct task_struct *t, unsigned int cpu)
{
	u64 end = ktime_get() + PATIENCE_NS;

	while (ktime_get() < end) {
		if (READ_ONCE(t->cpu) == cpu && READ_ONCE(t->on_cpu))
			return true;
		cond_resched();
	}
	return false;
}

GUEST_TEST(sched_smp, a_running_thread_moves)
{
	struct cpumask mask;
	unsigned int cpu;
	u64 turns = 0;

	NEED_CPUS(2);
	ASSERT(add_thread(spin, &turns, NR_CPUS));
	start_all();
	for_each_online_cpu(cpu)
	{
		mask = cpumask_of_cpu(cpu);
		EXPECT_EQ(set_cpus_allowed(threads[0], &mask), 0);
		if (cpu != raw_smp_processor_id())
			EXPECT(comes_to(threads[0], cpu));
	}
	mask = cpumask_of_cpu(NR_CPUS - 1);
	if (!cpu_online(NR_CPUS - 1))
		EXPECT_EQ(set_cpus_allowed(threads[0], &mask), -EINVAL);
	stop_all();
}

static int follow(void *wrong)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
	{
		struct cpumask mask = cpumask_of_cpu(cpu);

		set_cpus_allowed(current, &mask);
		if (raw_smp_processor_id() != cpu)
			++*(unsigned int *)wrong;
	}
	return 0;
}

GUEST_TEST(sched_smp, who_moves_itself_is_there_at_once)
{
	unsigned int wrong = 0;

	NEED_CPUS(2);
	ASSERT(add_thread(follow, &wrong, NR_CPUS));
	start_all();
	wait_for_all();
	EXPECT_EQ(wrong, 0);
}

/* From CPU to CPU, each time as one that is about to wait. */
static int go_round(void *moves)
{
	unsigned int cpu = 0;

	while (!kthread_should_stop()) {
		struct cpumask mask;

		cpu = cpumask_next(cpu, &cpu_online_mask);
		cpu = cpu < NR_CPUS ? cpu : 0;
		mask = cpumask_of_cpu(cpu);
		set_current_state(TASK_UNINTERRUPTIBLE);
		set_cpus_allowed(current, &mask);
		__set_current_state(TASK_RUNNING);
		++*(u64 *)moves;
	}
	return 0;
}

static int wake_over_and_over(void *t)
{
	while (!kthread_should_stop())
		wake_up_process(t);
	return 0;
}

/* For a moment it is on no queue: who wakes it then must not put it on one as well. */
GUEST_TEST(sched_smp, one_that_is_woken_while_it_moves_is_there_once)
{
	u64 moves = 0;

	NEED_CPUS(2);
	ASSERT(add_thread(go_round, &moves, NR_CPUS));
	for (unsigned int i = 0; i < 3; i++)
		ASSERT(add_thread(wake_over_and_over, threads[0], NR_CPUS));
	start_all();
	msleep(500);
	EXPECT(moves);
	stop_all();
}

/* As many as there are CPUs besides this one, all begun here: each gets a CPU to itself. */
GUEST_TEST(sched_smp, busy_threads_spread)
{
	static u64 turns[MOST_THREADS];
	struct cpumask seen = { { 0 } };
	u64 end = ktime_get() + PATIENCE_NS;
	unsigned int n = 0;

	NEED_CPUS(2);
	while (n < MOST_THREADS && n < num_online_cpus() - 1 &&
	       add_thread(spin, &turns[n], NR_CPUS))
		n++;
	start_all();
	do {
		msleep(5);
		seen = (struct cpumask){ { 0 } };
		for (unsigned int i = 0; i < n; i++)
			if (READ_ONCE(threads[i]->on_cpu))
				cpumask_set_cpu(READ_ONCE(threads[i]->cpu), &seen);
	} while (cpumask_weight(&seen) < n && ktime_get() < end);
	EXPECT_EQ(cpumask_weight(&seen), n);
	stop_all();
}

/* Two that were bound to one CPU, and may go: the other CPUs are asked to take one. */
GUEST_TEST(sched_smp, an_idle_cpu_takes_over)
{
	unsigned int here = raw_smp_processor_id(), other;
	u64 turns[2] = { 0 }, end = ktime_get() + PATIENCE_NS;
	bool apart = false;

	NEED_CPUS(3);
	other = cpumask_first(&cpu_online_mask);
	if (other == here)
		other = cpumask_next(other, &cpu_online_mask);
	ASSERT(add_thread(spin, &turns[0], other) && add_thread(spin, &turns[1], other));
	start_all();
	msleep(5);
	for (unsigned int i = 0; i < 2; i++)
		set_cpus_allowed(threads[i], &cpu_online_mask);
	while (!apart && ktime_get() < end) {
		msleep(1);
		apart = READ_ONCE(threads[0]->cpu) != READ_ONCE(threads[1]->cpu);
	}
	EXPECT(apart);
	stop_all();
}

static bool falls_asleep(const struct task_struct *t)
{
	u64 end = ktime_get() + PATIENCE_NS;

	while (READ_ONCE(t->state) != TASK_IDLE || READ_ONCE(t->on_cpu))
		if (ktime_get() > end)
			return false;
		else
			cond_resched();
	return true;
}

#define WAKEUPS 50

/*
 * It slept on the CPU that wakes it and is busy with that, and may go: it need not wait until somebody fetches it.
 * One that becomes idle at that moment may do so, and what is idle may have something to do: not each time.
 */
GUEST_TEST(sched_smp, who_is_woken_gets_an_idle_cpu)
{
	unsigned int here = raw_smp_processor_id(), went = 0;
	struct cpumask all = cpu_online_mask, mine = cpumask_of_cpu(here);

	NEED_CPUS(3);
	ASSERT(add_thread(guest_sleeper, NULL, here));
	start_all();
	for (unsigned int i = 0; i < WAKEUPS; i++) {
		set_cpus_allowed(threads[0], &mine);
		wake_up_process(threads[0]);
		EXPECT(falls_asleep(threads[0]));
		set_cpus_allowed(threads[0], &all);
		preempt_disable();
		EXPECT_EQ(READ_ONCE(threads[0]->cpu), here);
		wake_up_process(threads[0]);
		went += READ_ONCE(threads[0]->cpu) != here;
		preempt_enable();
		EXPECT(falls_asleep(threads[0]));
	}
	EXPECT(went > WAKEUPS / 2);
	stop_all();
}

static int do_nothing(void *unused)
{
	(void)unused;
	return 0;
}

/* Time that went by fast here is nothing to a thread that is bound to another CPU: no waiting there. */
GUEST_TEST(sched_smp, virtual_times_are_each_cpus_own)
{
	unsigned int other = raw_smp_processor_id() ? 0 : 1;
	s64 ran;
	u64 turns = 0, begin;

	NEED_CPUS(2);
	ASSERT(add_thread(spin, &turns, other));
	start_all();
	set_user_nice(current, 19); /* 68 times as fast */
	udelay(50000);
	set_user_nice(current, 0);
	begin = READ_ONCE(threads[0]->se.sum_exec);
	ASSERT(add_thread(do_nothing, NULL, other));
	wake_up_process(threads[1]);
	EXPECT(wait_for_completion_timeout(&threads[1]->exited, PATIENCE_NS));
	ran = (s64)(READ_ONCE(threads[0]->se.sum_exec) - begin);
	EXPECT(ran < (s64)(tsc_hz() / 2));
	stop_all();
}

/* Nor to one that comes from a CPU where less went by: it does not have this one alone until it has caught up. */
GUEST_TEST(sched_smp, who_comes_does_not_catch_up)
{
	unsigned int here = raw_smp_processor_id(), other = here ? 0 : 1;
	struct cpumask mask = cpumask_of_cpu(here), mine = current->cpus_mask;
	u64 turns = 0, begin;
	s64 ran;

	NEED_CPUS(2);
	set_cpus_allowed(current, &mask);
	ASSERT(add_thread(spin, &turns, other));
	start_all();
	EXPECT(comes_to(threads[0], other));
	set_user_nice(current, 19);
	udelay(50000);
	set_user_nice(current, 0);
	begin = READ_ONCE(threads[0]->se.sum_exec);
	set_cpus_allowed(threads[0], &mask);
	while (READ_ONCE(threads[0]->cpu) != here)
		cpu_relax();
	udelay(20000);
	ran = (s64)(READ_ONCE(threads[0]->se.sum_exec) - begin);
	EXPECT(ran < (s64)tsc_hz());
	stop_all();
	set_cpus_allowed(current, &mine);
}

/* Nor does one that an idle CPU fetches from another's queue. */
GUEST_TEST(sched_smp, who_is_fetched_does_not_catch_up)
{
	unsigned int here = raw_smp_processor_id(), other = here ? 0 : 1;
	struct cpumask mask = cpumask_of_cpu(here), both = mask, mine = current->cpus_mask;
	u64 turns[2] = { 0 }, begin[2], end;
	struct task_struct *here_now = NULL;

	NEED_CPUS(2);
	cpumask_set_cpu(other, &both);
	set_cpus_allowed(current, &mask);
	ASSERT(add_thread(spin, &turns[0], other) && add_thread(spin, &turns[1], other));
	start_all();
	EXPECT(comes_to(threads[0], other) && comes_to(threads[1], other));
	set_user_nice(current, 19);
	udelay(50000);
	set_user_nice(current, 0);
	for (unsigned int i = 0; i < 2; i++) {
		begin[i] = READ_ONCE(threads[i]->se.sum_exec);
		set_cpus_allowed(threads[i], &both);
	}
	for (end = ktime_get() + PATIENCE_NS; !here_now && ktime_get() < end;) {
		msleep(1);
		for (unsigned int i = 0; i < 2 && !here_now; i++)
			if (READ_ONCE(threads[i]->cpu) == here)
				here_now = threads[i];
	}
	ASSERT(here_now);
	msleep(1);
	EXPECT((s64)(READ_ONCE(here_now->se.sum_exec) - begin[here_now == threads[1]]) <
	       (s64)(2 * tsc_hz()));
	stop_all();
	set_cpus_allowed(current, &mine);
}

/* ---- what they share ---- */

static struct completion ping, pong;

static int answer(void *rounds)
{
	for (unsigned long i = 0; i < (unsigned long)rounds; i++) {
		wait_for_completion(&ping);
		complete(&pong);
	}
	return 0;
}

GUEST_TEST(sched_smp, wakeups_across_cpus_are_not_lost)
{
	unsigned int other = cpumask_next(raw_smp_processor_id(), &cpu_online_mask);

	NEED_CPUS(2);
	if (other == NR_CPUS)
		other = cpumask_first(&cpu_online_mask);
	init_completion(&ping);
	init_completion(&pong);
	ASSERT(add_thread(answer, (void *)500UL, other));
	start_all();
	for (unsigned int i = 0; i < 500; i++) {
		complete(&ping);
		if (!wait_for_completion_timeout(&pong, PATIENCE_NS)) {
			EXPECT(!"the answer comes");
			break;
		}
	}
	wait_for_all();
}

#define ROUNDS 1000

static DEFINE_MUTEX(shared_mutex);
static DECLARE_RWSEM(shared_sem);
static volatile u64 shared, twin;
static unsigned int torn; /* atomic */

static int add_with_mutex(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; i < ROUNDS; i++) {
		mutex_lock(&shared_mutex);
		shared++;
		if (i % 64 == 0)
			yield();
		twin++;
		mutex_unlock(&shared_mutex);
	}
	return 0;
}

GUEST_TEST(sched_smp, a_mutex_keeps_others_out)
{
	shared = twin = 0;
	for (unsigned int i = 0; i < 8; i++)
		ASSERT(add_thread(add_with_mutex, NULL, NR_CPUS));
	start_all();
	wait_for_all();
	EXPECT_EQ(shared, 8 * ROUNDS);
	EXPECT_EQ(twin, 8 * ROUNDS);
	EXPECT(!mutex_is_locked(&shared_mutex));
}

static int write_with_rwsem(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; i < ROUNDS / 4; i++) {
		down_write(&shared_sem);
		shared++;
		if (i % 64 == 0)
			yield();
		twin++;
		up_write(&shared_sem);
	}
	return 0;
}

static int read_with_rwsem(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; i < ROUNDS / 4; i++) {
		down_read(&shared_sem);
		if (shared != twin)
			__atomic_add_fetch(&torn, 1, __ATOMIC_RELAXED);
		up_read(&shared_sem);
	}
	return 0;
}

GUEST_TEST(sched_smp, a_writer_keeps_readers_out)
{
	shared = twin = 0;
	torn = 0;
	for (unsigned int i = 0; i < 8; i++)
		ASSERT(add_thread(i % 3 ? read_with_rwsem : write_with_rwsem, NULL, NR_CPUS));
	start_all();
	wait_for_all();
	EXPECT_EQ(shared, 3 * (ROUNDS / 4));
	EXPECT_EQ(torn, 0);
	EXPECT(!rwsem_is_locked(&shared_sem));
}

/* ---- kmap_local keeps a thread where it is ---- */

static int map_and_sleep(void *page)
{
	int wrong = 0;

	for (unsigned int i = 0; i < 50; i++) {
		u8 *va = kmap_local_pfn(page_to_pfn(page));
		unsigned int cpu = raw_smp_processor_id();

		wrong += va[0] != 0x5a;
		msleep(1);
		wrong += va[0] != 0x5a || raw_smp_processor_id() != cpu;
		kunmap_local(va);
	}
	return wrong;
}

GUEST_TEST(sched_smp, kmap_local_keeps_the_cpu)
{
	struct page *page;
	u64 turns = 0;

	NEED_CPUS(2);
	page = alloc_pages(GFP_KERNEL, 0);
	ASSERT(page);
	*(u8 *)page_address(page) = 0x5a;
	for (unsigned int i = 0; i < 4; i++)
		ASSERT(add_thread(map_and_sleep, page, NR_CPUS));
	ASSERT(add_thread(spin, &turns, NR_CPUS));
	start_all();
	for (unsigned int i = 0; i < 4; i++) {
		EXPECT(wait_for_completion_timeout(&threads[i]->exited, PATIENCE_NS));
		EXPECT_EQ(threads[i]->result, 0);
	}
	stop_all();
	__free_pages(page, 0);
}
