// SPDX-License-Identifier: MIT
/* Threads, and who of them runs. */
#include "kernel/lib/errno.h"
#include "kernel/sched/hung.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/wait.h"
#include "kernel/time/pause.h"
#include "kernel/time/time.h"
#include "kernel/trap/nofault.h"
#include "kernel/trap/traps.h"
#include "mm/page_alloc.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"

/* ---- beginning and end ---- */

static int return_data(void *data)
{
	return (int)(long)data;
}

static int sleep_until_stopped(void *runs)
{
	for (;;) {
		set_current_state(TASK_IDLE);
		if (kthread_should_stop())
			break;
		++*(unsigned int *)runs;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 42;
}

GUEST_TEST(sched, stop_returns_the_result)
{
	unsigned int runs = 0;
	struct task_struct *t = kthread_run(sleep_until_stopped, &runs, "stop%d", 1);

	ASSERT(!IS_ERR(t));
	EXPECT(strcmp(t->comm, "stop1") == 0);
	while (READ_ONCE(t->on_rq)) /* or it were stopped before it began: -EINTR */
		yield();
	EXPECT_EQ(kthread_stop(t), 42);
	EXPECT_EQ(runs, 1);
}

GUEST_TEST(sched, stop_of_one_that_is_over)
{
	struct task_struct *t = kthread_create(return_data, (void *)7L, "over");

	ASSERT(!IS_ERR(t));
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	EXPECT_EQ(kthread_stop(t), 7);
	put_task_struct(t);
}

GUEST_TEST(sched, stop_of_one_that_never_ran)
{
	struct task_struct *t = kthread_create(return_data, (void *)7L, "never");

	ASSERT(!IS_ERR(t));
	EXPECT_EQ(kthread_stop(t), -EINTR);
}

GUEST_TEST(sched, names_are_cut_off)
{
	struct task_struct *t = kthread_create(return_data, NULL, "%s", "0123456789abcdef");

	ASSERT(!IS_ERR(t));
	EXPECT(strcmp(t->comm, "0123456789abcde") == 0);
	kthread_stop(t);
}

GUEST_TEST(sched, bound_to_a_cpu)
{
	struct task_struct *t = kthread_create_on_cpu(return_data, (void *)1L, 0, "bound");

	ASSERT(!IS_ERR(t));
	EXPECT_EQ(cpumask_weight(&t->cpus_mask), 1);
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	EXPECT_EQ(t->cpu, 0);
	EXPECT_EQ(t->result, 1);
	put_task_struct(t);
}

static int look_at_own_stack(void *unused)
{
	const struct kernel_stack *s = &current->stack;
	unsigned long here = (unsigned long)&unused;
	struct fault_info fault = { 0 };

	EXPECT_EQ(s->top - s->bottom, 16384 * STACK_FACTOR);
	EXPECT_EQ(s->bottom - s->guard, PAGE_SIZE);
	EXPECT(is_vmalloc_addr((void *)s->bottom));
	EXPECT(find_stack(here) == s && find_stack_guard(s->guard) == s);
	EXPECT(find_stack(s->top) != s && find_stack(s->guard) != s);
	EXPECT_EQ(nofault_write(s->bottom - 8, 8, 0, &fault), -EFAULT);
	EXPECT_EQ(fault.error_code, X86_PF_WRITE);
	return nofault_write(s->bottom, 8, 0, NULL);
}

GUEST_TEST(sched, stacks_have_guard_pages)
{
	struct task_struct *t = kthread_create(look_at_own_stack, NULL, "stack");

	ASSERT(!IS_ERR(t));
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	EXPECT_EQ(t->result, 0);
	put_task_struct(t);
}

/* Threads that are stopped have their last steps still to do, and wait for the CPU. */
static void settle(void)
{
	msleep(20);
	free_spare_threads();
	vm_unmap_aliases();
	kmem_cache_shrink_all();
}

/* What a worker of somebody else takes meanwhile comes by chance; what threads lose, each time. */
GUEST_TEST(sched, no_memory_is_lost_by_threads)
{
	bool lost = true;

	for (unsigned int round = 0; round < 5 && lost; round++) {
		unsigned long pages, objects;

		settle();
		pages = nr_free_pages();
		objects = nr_slab_objects();
		for (unsigned int i = 0; i < 20; i++) {
			struct task_struct *t = kthread_create(return_data, NULL, "lost");

			ASSERT(!IS_ERR(t));
			kthread_stop(t);
		}
		settle();
		lost = nr_slab_objects() != objects || nr_free_pages() != pages;
	}
	EXPECT(!lost);
}

#define AT_A_TIME 24

/*
 * Some are kept for those to come, and no more, however many there were at a time.  All of it on one CPU: who lets
 * the last reference go keeps the thread for its CPU, and who exits frees what its CPU has too many of.
 */
GUEST_TEST(sched, few_threads_are_spare)
{
	struct cpumask mine = current->cpus_mask, here = cpumask_of_cpu(raw_smp_processor_id());
	const unsigned long most =
		DIV_ROUND_UP(AT_A_TIME / 2 * (THREAD_SIZE + sizeof(struct task_struct)), PAGE_SIZE);
	struct task_struct *t[AT_A_TIME];
	unsigned long taken = ~0UL;

	NEED_MEMORY(2 * AT_A_TIME * THREAD_SIZE);
	set_cpus_allowed(current, &here);
	for (unsigned int round = 0; round < 5 && taken > most; round++) {
		unsigned long pages;

		settle();
		pages = nr_free_pages();
		for (unsigned int i = 0; i < AT_A_TIME; i++) {
			t[i] = kthread_create_on_cpu(return_data, NULL, cpumask_first(&here),
						     "many");
			ASSERT(!IS_ERR(t[i]));
		}
		for (unsigned int i = 0; i < AT_A_TIME; i++)
			kthread_stop(t[i]);
		msleep(20);
		vm_unmap_aliases();
		taken = pages - min(pages, nr_free_pages());
	}
	EXPECT(taken <= most);
	set_cpus_allowed(current, &mine);
}

/* ---- waking ---- */

static struct completion ping, pong;
static unsigned int echoes;

static int echo(void *rounds)
{
	for (unsigned int i = 0; i < (unsigned long)rounds; i++) {
		wait_for_completion(&ping);
		echoes++;
		complete(&pong);
	}
	return 0;
}

GUEST_TEST(sched, completions_pass_one_each)
{
	struct task_struct *t;

	init_completion(&ping);
	init_completion(&pong);
	echoes = 0;
	t = kthread_create(echo, (void *)100UL, "echo");
	ASSERT(!IS_ERR(t));
	get_task_struct(t);
	wake_up_process(t);
	for (unsigned int i = 0; i < 100; i++) {
		complete(&ping);
		wait_for_completion(&pong);
		EXPECT_EQ(echoes, i + 1);
	}
	wait_for_completion(&t->exited);
	put_task_struct(t);
	EXPECT(!completion_done(&ping) && !completion_done(&pong));
	complete(&ping);
	EXPECT(try_wait_for_completion(&ping) && !try_wait_for_completion(&ping));
	complete_all(&ping);
	complete(&ping); /* all is not one less than that */
	EXPECT(try_wait_for_completion(&ping) && try_wait_for_completion(&ping));
}

static DECLARE_WAIT_QUEUE_HEAD(test_wq);
static bool may_go;
static unsigned int gone; /* atomic */

static int wait_to_go(void *unused)
{
	(void)unused;
	wait_event(test_wq, READ_ONCE(may_go));
	__atomic_add_fetch(&gone, 1, __ATOMIC_RELAXED);
	return 0;
}

GUEST_TEST(sched, wait_queue_wakes_all)
{
	struct task_struct *t[3];

	may_go = false;
	gone = 0;
	for (unsigned int i = 0; i < 3; i++) {
		t[i] = kthread_run(wait_to_go, NULL, "go%u", i);
		ASSERT(!IS_ERR(t[i]));
		get_task_struct(t[i]);
	}
	for (unsigned int i = 0; i < 3; i++)
		while (READ_ONCE(t[i]->on_rq))
			yield();
	wake_up(&test_wq); /* the condition does not hold: they sleep again */
	for (unsigned int i = 0; i < 3; i++)
		while (READ_ONCE(t[i]->on_rq))
			yield();
	EXPECT_EQ(gone, 0);
	WRITE_ONCE(may_go, true);
	wake_up(&test_wq);
	for (unsigned int i = 0; i < 3; i++) {
		wait_for_completion(&t[i]->exited);
		put_task_struct(t[i]);
	}
	EXPECT_EQ(gone, 3);
	EXPECT(!waitqueue_active(&test_wq));
}

/* ---- time ---- */

GUEST_TEST(sched, sleeps_are_not_short)
{
	u64 begin = ktime_get(), took;

	msleep(20);
	took = ktime_get() - begin;
	EXPECT(took >= 20 * NSEC_PER_MSEC);
	EXPECT(took < 2 * NSEC_PER_SEC); /* the host has other things to do */
}

GUEST_TEST(sched, a_wait_that_nobody_ends)
{
	struct completion never;
	u64 begin = ktime_get();

	init_completion(&never);
	EXPECT_EQ(wait_for_completion_timeout(&never, 5 * NSEC_PER_MSEC), 0);
	may_go = false;
	EXPECT_EQ(wait_event_timeout(test_wq, READ_ONCE(may_go), 5 * NSEC_PER_MSEC), 0);
	EXPECT(ktime_get() - begin >= 10 * NSEC_PER_MSEC);
	EXPECT(!waitqueue_active(&test_wq) && list_empty(&never.waiters));
}

static int complete_it(void *c)
{
	complete(c);
	return 0;
}

GUEST_TEST(sched, a_wait_that_ends_in_time)
{
	struct completion c;
	u64 left;

	init_completion(&c);
	ASSERT(!IS_ERR(kthread_run(complete_it, &c, "in time")));
	left = wait_for_completion_timeout(&c, 60 * NSEC_PER_SEC);
	EXPECT(left > 0 && left <= 60 * NSEC_PER_SEC);
	may_go = true;
	EXPECT_EQ(wait_event_timeout(test_wq, READ_ONCE(may_go), 7), 7);
}

/* ---- sharing a CPU ---- */

static int spin_until_stopped(void *turns)
{
	while (!kthread_should_stop())
		++*(volatile u64 *)turns;
	return 0;
}

/* A thread that spins on this CPU from when it is woken. */
static struct task_struct *create_spinner(u64 *turns, int nice)
{
	struct task_struct *t = kthread_create_on_cpu(spin_until_stopped, turns,
						      raw_smp_processor_id(), "spin%d", nice);

	if (IS_ERR(t))
		return NULL;
	set_user_nice(t, nice);
	get_task_struct(t);
	return t;
}

/* A sleep ends although a thread runs that never gives its CPU away. */
GUEST_TEST(sched, who_never_sleeps_is_preempted)
{
	struct task_struct *t;
	u64 turns = 0;

	NEED_TIMERS();
	t = create_spinner(&turns, 0);
	ASSERT(t);
	wake_up_process(t);
	msleep(10);
	EXPECT(turns > 0);
	EXPECT_EQ(kthread_stop(t), 0);
	put_task_struct(t);
}

static int note_runs(void *runs)
{
	while (!kthread_should_stop()) {
		++*(volatile unsigned int *)runs;
		set_current_state(TASK_IDLE);
		if (!kthread_should_stop())
			schedule();
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/* Who is to run first does so as soon as preemption is on again: no interrupt need come for that.  Others may, too. */
GUEST_TEST(sched, preempt_enable_makes_way)
{
	unsigned int runs = 0, before, asked = 0, at_once = 0;
	struct task_struct *t;
	bool now;

	t = kthread_create_on_cpu(note_runs, &runs, raw_smp_processor_id(), "first");
	ASSERT(!IS_ERR(t));
	set_user_nice(t, -20);
	wake_up_process(t);
	for (unsigned int i = 0; i < 20; i++) {
		do
			msleep(1);
		while (READ_ONCE(t->on_rq));
		udelay(2000); /* this thread has run long enough to make way */
		preempt_disable();
		before = READ_ONCE(runs);
		wake_up_process(t);
		now = need_resched() && READ_ONCE(runs) == before;
		preempt_enable();
		asked += now;
		at_once += now && READ_ONCE(runs) != before;
	}
	EXPECT(at_once > asked / 2);
	kthread_stop(t);
}

/* Percent of what `a` ran that `b` did, of two that spin beside each other. */
static u64 compare_spinners(int nice_a, int nice_b)
{
	struct task_struct *a, *b;
	u64 turns[2] = { 0 }, percent = 0;

	a = create_spinner(&turns[0], nice_a);
	b = create_spinner(&turns[1], nice_b);
	if (a && b) {
		wake_up_process(a);
		wake_up_process(b);
		msleep(400);
		kthread_stop(a);
		kthread_stop(b);
		percent = b->se.sum_exec * 100 / a->se.sum_exec;
		put_task_struct(a);
		put_task_struct(b);
	}
	return percent;
}

/*
 * A host that has other things to do may hold the timer's interrupt up while one of them runs, which
 * the other makes up for only later: so there are several tries.  Wrong weights fail all of them.
 */
static bool shares_are(int nice_a, int nice_b, u64 percent)
{
	for (unsigned int i = 0; i < 8; i++) {
		u64 seen = compare_spinners(nice_a, nice_b);

		if (seen >= percent * 9 / 10 && seen <= percent * 11 / 10)
			return true;
	}
	return false;
}

/* By Linux's weights: 1024 for 0, 335 for 5. */
GUEST_TEST(sched, shares_follow_nice_levels)
{
	NEED_TIMERS();
	EXPECT(shares_are(0, 0, 100));
	EXPECT(shares_are(0, 5, 33));
}

/* ---- who hangs ---- */

static int wait_for_it(void *c)
{
	wait_for_completion(c);
	return 0;
}

/* As a debugger does, who has all CPUs stand. */
static void pause_all(void)
{
	unsigned long flags = local_irq_save();

	time_pause_begin();
	time_pause_end();
	local_irq_restore(flags);
}

GUEST_TEST(sched, who_hangs_is_said_once)
{
	struct task_struct *t, *idler;
	struct completion never;
	unsigned int said;
	u64 begin;

	init_completion(&never);
	check_hung_tasks(0); /* whoever waits so just now is said, and not again */
	t = kthread_run(wait_for_it, &never, "hangs");
	idler = kthread_run(guest_sleeper, NULL, "idles");
	ASSERT(!IS_ERR(t) && !IS_ERR(idler));
	while (READ_ONCE(t->on_rq) || READ_ONCE(idler->on_rq))
		yield();
	EXPECT_EQ(check_hung_tasks(10 * NSEC_PER_SEC), 0);
	msleep(100);
	begin = ktime_get();
	pause_all(); /* nobody's wait is counted from before */
	said = check_hung_tasks(100 * NSEC_PER_MSEC);
	EXPECT(!said || ktime_get() - begin >= 100 * NSEC_PER_MSEC);
	msleep(2);
	EXPECT_EQ(said + check_hung_tasks(NSEC_PER_MSEC), 1);
	EXPECT_EQ(check_hung_tasks(NSEC_PER_MSEC), 0);
	get_task_struct(t);
	complete(&never);
	kthread_stop(t);
	kthread_stop(idler);
	put_task_struct(t);
}

/* ---- kmap_local over a switch ---- */

static int map_another(void *page)
{
	u8 *va = kmap_local_pfn(page_to_pfn(page));

	EXPECT_EQ(va[0], 0xbb);
	kunmap_local(va);
	return 0;
}

GUEST_TEST(sched, kmap_local_goes_along)
{
	struct page *a = alloc_pages(GFP_KERNEL, 0), *b = alloc_pages(GFP_KERNEL, 0);
	struct task_struct *t;
	u8 *va;

	ASSERT(a && b);
	*(u8 *)page_address(a) = 0xaa;
	*(u8 *)page_address(b) = 0xbb;
	va = kmap_local_pfn(page_to_pfn(a));
	t = kthread_create(map_another, b, "kmap");
	ASSERT(!IS_ERR(t));
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	put_task_struct(t);
	EXPECT_EQ(va[0], 0xaa);
	kunmap_local(va);
	__free_pages(a, 0);
	__free_pages(b, 0);
}
