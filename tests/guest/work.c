// SPDX-License-Identifier: MIT
/* Workqueues: once each, in order, never twice at a time; sleeping, cancelling, delaying. */
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/timeout.h"
#include "kernel/sched/workpool.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

/* Work that tells that it runs, how often, and does not end before it is let go. */
struct item {
	struct work_struct work;
	struct completion began, go;
	unsigned int runs, at_a_time, most_at_a_time; /* atomic */
	struct item *next;
};

static void init_item(struct item *item, work_func_t func)
{
	*item = (struct item){ 0 };
	INIT_WORK(&item->work, func);
	init_completion(&item->began);
	init_completion(&item->go);
}

static struct item *item_of(struct work_struct *work)
{
	return container_of(work, struct item, work);
}

static void count_run(struct work_struct *work)
{
	struct item *item = item_of(work);

	__atomic_add_fetch(&item->runs, 1, __ATOMIC_SEQ_CST);
}

static void run_until_let_go(struct work_struct *work)
{
	struct item *item = item_of(work);
	unsigned int now = __atomic_add_fetch(&item->at_a_time, 1, __ATOMIC_SEQ_CST);

	item->most_at_a_time = max(item->most_at_a_time, now);
	complete(&item->began);
	wait_for_completion(&item->go);
	count_run(work);
	__atomic_sub_fetch(&item->at_a_time, 1, __ATOMIC_SEQ_CST);
}

/* ---- order ---- */

static char order[16];
static unsigned int nr_ordered;

struct letter {
	struct work_struct work;
	char letter;
};

static void write_letter(struct work_struct *work)
{
	order[nr_ordered++] = container_of(work, struct letter, work)->letter;
}

/* On one CPU: so one worker runs them all. */
GUEST_TEST(work, once_and_in_order)
{
	struct letter letters[3];
	unsigned int cpu = raw_smp_processor_id();

	nr_ordered = 0;
	for (unsigned int i = 0; i < 3; i++) {
		letters[i].letter = (char)('a' + i);
		INIT_WORK(&letters[i].work, write_letter);
	}
	preempt_disable(); /* no worker runs on this CPU before all are there */
	for (unsigned int i = 0; i < 3; i++)
		EXPECT(schedule_work_on(cpu, &letters[i].work));
	EXPECT(!schedule_work_on(cpu, &letters[0].work));
	EXPECT(work_pending(&letters[0].work));
	EXPECT_EQ(nr_ordered, 0);
	preempt_enable();
	EXPECT(flush_work(&letters[2].work) || nr_ordered == 3);
	EXPECT_EQ(nr_ordered, 3);
	EXPECT(order[0] == 'a' && order[1] == 'b' && order[2] == 'c');
	EXPECT(!work_pending(&letters[0].work));
	EXPECT(!flush_work(&letters[0].work));
	EXPECT(schedule_work(&letters[0].work)); /* again */
	flush_work(&letters[0].work);
	EXPECT_EQ(nr_ordered, 4);
}

GUEST_TEST(work, nothing_to_wait_for)
{
	DECLARE_WORK(never, count_run);

	EXPECT(!flush_work(&never));
	EXPECT(!cancel_work_sync(&never));
	EXPECT(!work_pending(&never));
}

static void queue_the_next(struct work_struct *work)
{
	struct item *item = item_of(work);

	count_run(work);
	if (item->runs < 5)
		schedule_work(item->next ? &item->next->work : work);
}

GUEST_TEST(work, queues_itself)
{
	struct item item;

	init_item(&item, queue_the_next);
	schedule_work(&item.work);
	while (flush_work(&item.work))
		;
	EXPECT_EQ(item.runs, 5);
}

static struct completion freed;

static void free_itself(struct work_struct *work)
{
	kfree(item_of(work));
	complete(&freed);
}

GUEST_TEST(work, frees_itself)
{
	init_completion(&freed);
	for (unsigned int i = 0; i < 100; i++) {
		struct item *item = kzalloc(sizeof(*item), GFP_KERNEL);

		ASSERT(item);
		init_item(item, free_itself);
		queue_work(i % 2 ? &system_wq : &system_unbound_wq, &item->work);
		wait_for_completion(&freed);
	}
}

/* ---- how many at a time ---- */

/* It runs here and is queued there, NR_CPUS: on no CPU in particular. */
static void run_here_and_there(unsigned int there)
{
	struct item item;

	init_item(&item, run_until_let_go);
	schedule_work(&item.work);
	wait_for_completion(&item.began);
	EXPECT(there < NR_CPUS ? schedule_work_on(there, &item.work) :
				 queue_work(&system_unbound_wq, &item.work));
	EXPECT(!schedule_work(&item.work));
	msleep(5);
	EXPECT_EQ(item.at_a_time, 1);
	EXPECT(work_pending(&item.work)); /* it waits for itself */
	complete_all(&item.go);
	flush_work(&item.work);
	EXPECT_EQ(item.runs, 2);
	EXPECT_EQ(item.most_at_a_time, 1);
}

GUEST_TEST(work, never_twice_at_a_time)
{
	unsigned int cpu;

	for_each_online_cpu(cpu) run_here_and_there(cpu);
	run_here_and_there(NR_CPUS);
}

static void wait_for_the_next(struct work_struct *work)
{
	struct item *item = item_of(work);

	if (item->next)
		wait_for_completion(&item->next->began);
	complete(&item->began);
	count_run(work);
}

static bool count_worker(struct task_struct *t, void *nr)
{
	*(unsigned int *)nr += strncmp(t->comm, "kworker/", 8) == 0;
	return true;
}

static unsigned int nr_workers(void)
{
	unsigned int nr = 0;

	for_each_task(count_worker, &nr);
	return nr;
}

/* Those that are not needed any more have ended: two wait for each CPU, and two for all. */
static bool workers_have_ended(void)
{
	unsigned int at_most = POOL_KEEPS_IDLE * (num_online_cpus() + 1);

	for (unsigned int i = 0; i < 1000 && nr_workers() > at_most; i++)
		msleep(1);
	return nr_workers() <= at_most;
}

#define LONG_CHAIN 24

/* Each waits for the next, all on one CPU: as many workers are needed. */
GUEST_TEST(work, one_that_sleeps_does_not_stop_others)
{
	struct item *items = kcalloc(LONG_CHAIN, sizeof(*items), GFP_KERNEL);
	unsigned int cpu = raw_smp_processor_id(), i;

	ASSERT(items);
	for (i = 0; i < LONG_CHAIN; i++) {
		init_item(&items[i], wait_for_the_next);
		items[i].next = i + 1 < LONG_CHAIN ? &items[i + 1] : NULL;
	}
	for (i = 0; i < LONG_CHAIN; i++)
		schedule_work_on(cpu, &items[i].work);
	for (i = 0; i < LONG_CHAIN; i++) {
		flush_work(&items[i].work);
		EXPECT_EQ(items[i].runs, 1);
	}
	kfree(items);
	EXPECT(workers_have_ended());
}

static bool spinner_may_end, spinner_runs;

static void spin(struct work_struct *work)
{
	WRITE_ONCE(spinner_runs, true);
	while (!READ_ONCE(spinner_may_end))
		cond_resched();
	count_run(work);
}

/* A worker is busy on this CPU, without sleep, until stop_spinner(). */
static void start_spinner(struct item *spinner)
{
	spinner_may_end = spinner_runs = false;
	init_item(spinner, spin);
	schedule_work_on(raw_smp_processor_id(), &spinner->work);
	while (!READ_ONCE(spinner_runs))
		yield();
}

static void stop_spinner(struct item *spinner)
{
	WRITE_ONCE(spinner_may_end, true);
	flush_work(&spinner->work);
}

GUEST_TEST(work, one_that_runs_has_its_cpu)
{
	struct item spinner, other;

	NEED_TIMERS();
	start_spinner(&spinner);
	init_item(&other, count_run);
	schedule_work_on(raw_smp_processor_id(), &other.work);
	msleep(5);
	EXPECT_EQ(other.runs, 0);
	EXPECT(work_pending(&other.work));
	stop_spinner(&spinner);
	flush_work(&other.work);
	EXPECT_EQ(other.runs, 1);
}

static void take_a_while(struct work_struct *work)
{
	u64 end = ktime_get() + 20 * NSEC_PER_MSEC;

	while (ktime_get() < end)
		cpu_relax();
	count_run(work);
}

static bool waiter_came, waiter_came_first;

static void look_for_waiter(struct work_struct *work)
{
	waiter_came_first = READ_ONCE(waiter_came);
	count_run(work);
}

static bool let_in_between(void)
{
	struct item first, second;

	init_item(&first, take_a_while);
	init_item(&second, look_for_waiter);
	WRITE_ONCE(waiter_came, false);
	preempt_disable();
	schedule_work(&first.work);
	schedule_work(&second.work);
	preempt_enable();
	flush_work(&first.work);
	WRITE_ONCE(waiter_came, true);
	flush_work(&second.work);
	EXPECT_EQ(second.runs, 1);
	return waiter_came_first;
}

/*
 * Who has run less than the worker is let in between two works, for the next may take long.  What a busy
 * host takes of the CPU counts as run by who was on it: one of these times is free of that.
 */
GUEST_TEST(work, who_waits_comes_before_the_next)
{
	bool let_in = false;

	if (num_online_cpus() > 1) {
		guest_skip("who waits may come on another CPU, at any time");
		return;
	}
	for (int i = 0; i < 5 && !let_in; i++)
		let_in = let_in_between();
	EXPECT(let_in);
}

/* It is not bound: nothing of one CPU holds it up, where there is another. */
GUEST_TEST(work, unbound_goes_where_there_is_room)
{
	struct item spinner, other;

	NEED_TIMERS();
	NEED_CPUS(2);
	start_spinner(&spinner);
	init_item(&other, count_run);
	queue_work(&system_unbound_wq, &other.work);
	flush_work(&other.work);
	EXPECT_EQ(other.runs, 1);
	stop_spinner(&spinner);
}

/* ---- cancelling ---- */

GUEST_TEST(work, cancelled_before_it_begins)
{
	struct item spinner, item;

	NEED_TIMERS();
	start_spinner(&spinner);
	init_item(&item, count_run);
	schedule_work_on(raw_smp_processor_id(), &item.work);
	EXPECT(cancel_work_sync(&item.work));
	EXPECT(!cancel_work_sync(&item.work));
	stop_spinner(&spinner);
	EXPECT_EQ(item.runs, 0);
	EXPECT(schedule_work(&item.work)); /* it may be used again */
	flush_work(&item.work);
	EXPECT_EQ(item.runs, 1);
}

static int flush_item(void *item)
{
	return flush_work(&((struct item *)item)->work);
}

GUEST_TEST(work, who_waits_for_what_is_cancelled)
{
	struct item spinner, item;
	struct task_struct *t;

	NEED_TIMERS();
	start_spinner(&spinner);
	init_item(&item, count_run);
	schedule_work_on(raw_smp_processor_id(), &item.work);
	t = kthread_create(flush_item, &item, "flusher");
	ASSERT(!IS_ERR(t));
	get_task_struct(t);
	wake_up_process(t);
	while (READ_ONCE(t->on_rq))
		msleep(1);
	EXPECT(cancel_work_sync(&item.work));
	wait_for_completion(&t->exited);
	put_task_struct(t);
	stop_spinner(&spinner);
	EXPECT_EQ(item.runs, 0);
}

static int cancel_item(void *item)
{
	return cancel_work_sync(&((struct item *)item)->work);
}

/* Two at a time: one waits for the run, and the other one for that. */
GUEST_TEST(work, cancelled_while_it_runs)
{
	struct task_struct *t[2];
	struct item item;

	init_item(&item, run_until_let_go);
	schedule_work(&item.work);
	wait_for_completion(&item.began);
	for (unsigned int i = 0; i < 2; i++) {
		t[i] = kthread_create(cancel_item, &item, "canceller");
		ASSERT(!IS_ERR(t[i]));
		get_task_struct(t[i]);
		wake_up_process(t[i]);
		while (READ_ONCE(t[i]->on_rq))
			msleep(1);
	}
	EXPECT(READ_ONCE(item.work.state) & WORK_CANCELLING);
	EXPECT(!schedule_work(&item.work)); /* no effect meanwhile */
	complete_all(&item.go);
	for (unsigned int i = 0; i < 2; i++) {
		EXPECT(wait_for_completion_timeout(&t[i]->exited, PATIENCE_USEC * NSEC_PER_USEC));
		put_task_struct(t[i]);
	}
	EXPECT_EQ(item.runs, 1);
	EXPECT_EQ(item.at_a_time, 0);
}

static void run_for_ever(struct work_struct *work)
{
	count_run(work);
	msleep(1);
	schedule_work(work);
}

GUEST_TEST(work, cancelled_though_it_queues_itself)
{
	struct item item;
	unsigned int runs;

	init_item(&item, run_for_ever);
	schedule_work(&item.work);
	while (READ_ONCE(item.runs) < 3)
		msleep(1);
	cancel_work_sync(&item.work);
	runs = item.runs;
	msleep(5);
	EXPECT_EQ(item.runs, runs);
	EXPECT(!work_pending(&item.work));
}

/* ---- delayed ---- */

struct late {
	struct delayed_work dw;
	u64 ran_at;
	unsigned int runs;
};

static void note_time(struct work_struct *work)
{
	struct late *late = container_of(work, struct late, dw.work);

	late->ran_at = ktime_get();
	late->runs++;
}

GUEST_TEST(work, delayed_comes_after_its_time)
{
	const u64 late_by = 100 * NSEC_PER_MSEC; /* the machine may stand still for some */
	u64 start = ktime_get();
	struct late late = { 0 };

	INIT_DELAYED_WORK(&late.dw, note_time);
	EXPECT(schedule_delayed_work(&late.dw, late_by));
	EXPECT(!schedule_delayed_work(&late.dw, 0));
	EXPECT(work_pending(&late.dw.work));
	while (work_pending(&late.dw.work))
		msleep(1);
	flush_work(&late.dw.work);
	EXPECT_EQ(late.runs, 1);
	EXPECT(late.ran_at - start >= late_by);
	EXPECT(!cancel_delayed_work_sync(&late.dw));
}

GUEST_TEST(work, delayed_is_cancelled)
{
	struct late late = { 0 };
	unsigned int cancelled = 0;

	INIT_DELAYED_WORK(&late.dw, note_time);
	for (unsigned int i = 0; i < 50; i++) {
		EXPECT(schedule_delayed_work(&late.dw, i % 2 ? 100 * NSEC_PER_SEC : i * 1000));
		cancelled += cancel_delayed_work_sync(&late.dw);
		EXPECT(!work_pending(&late.dw.work) && !hrtimer_active(&late.dw.timer));
		EXPECT_EQ(late.runs + cancelled, i + 1); /* it has run, or it never will */
	}
	schedule_delayed_work(&late.dw, 100 * NSEC_PER_SEC);
	EXPECT(cancel_delayed_work_sync(&late.dw));
}

/* ---- where ---- */

static long this_cpu_number(void *offset)
{
	return (long)raw_smp_processor_id() + (long)offset;
}

GUEST_TEST(work, on_each_cpu)
{
	unsigned int cpu;

	for_each_online_cpu(cpu)
		EXPECT_EQ(work_on_cpu(cpu, this_cpu_number, (void *)1000L), 1000 + cpu);
	EXPECT_EQ(work_on_cpu(NR_CPUS - 1, this_cpu_number, NULL), -ENODEV);
}

static struct item from_interrupt;

static enum hrtimer_restart queue_it(struct hrtimer *timer)
{
	(void)timer;
	schedule_work(&from_interrupt.work);
	return HRTIMER_NORESTART;
}

static void sleep_a_little(struct work_struct *work)
{
	msleep(1);
	run_until_let_go(work);
}

GUEST_TEST(work, what_an_interrupt_leaves_may_sleep)
{
	struct hrtimer timer;

	init_item(&from_interrupt, sleep_a_little);
	complete_all(&from_interrupt.go);
	hrtimer_init(&timer, queue_it);
	hrtimer_start(&timer, 100000, HRTIMER_MODE_REL);
	wait_for_completion(&from_interrupt.began);
	hrtimer_cancel(&timer);
	flush_work(&from_interrupt.work);
	EXPECT_EQ(from_interrupt.runs, 1);
}

/* ---- one work, two CPUs ---- */

static unsigned int inside, most_inside, nr_runs;
static struct completion gate;

static void go_through(struct work_struct *work)
{
	unsigned int n = __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);

	(void)work;
	most_inside = max(most_inside, n);
	__atomic_add_fetch(&nr_runs, 1, __ATOMIC_SEQ_CST);
	wait_for_completion(&gate);
	__atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
}

static void do_nothing_there(struct work_struct *work)
{
	(void)work;
}

/* Queued on another CPU while it runs, it runs once more where it runs: never twice at a time. */
GUEST_TEST(work, runs_on_one_cpu_at_a_time)
{
	struct work_struct work, behind;

	NEED_CPUS(2);
	inside = most_inside = nr_runs = 0;
	init_completion(&gate);
	INIT_WORK(&work, go_through);
	INIT_WORK(&behind, do_nothing_there);
	EXPECT(schedule_work_on(raw_smp_processor_id(), &work));
	EXPECT(poll_sleeping(READ_ONCE(nr_runs) == 1, PATIENCE_USEC));
	EXPECT(schedule_work_on(other_cpu(), &work));
	EXPECT(schedule_work_on(other_cpu(), &behind));
	flush_work(&behind); /* what was queued there before it has begun */
	EXPECT_EQ(READ_ONCE(nr_runs), 1);
	complete_all(&gate);
	flush_work(&work);
	EXPECT_EQ(nr_runs, 2);
	EXPECT_EQ(most_inside, 1);
}
