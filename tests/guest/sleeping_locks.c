// SPDX-License-Identifier: MIT
/* Mutexes and read-write semaphores: who has one, who is next, and what is not survived. */
#include <linux/sched.h>

#include "kernel/core/command.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/sched/rwsem.h"
#include "kernel/sched/timeout.h"
#include "tests/guest/guest_test.h"

/*
 * A thread that is held, and has come to sleep or is over: on this CPU, since elsewhere it would
 * spin as long as the caller, who has the lock, runs.
 */
static struct task_struct *run_until_it_sleeps(int (*fn)(void *data), void *data)
{
	struct task_struct *t = kthread_create_on_cpu(fn, data, raw_smp_processor_id(), "lock%u",
						      (unsigned int)(unsigned long)data);

	if (IS_ERR(t))
		return NULL;
	get_task_struct(t);
	wake_up_process(t);
	while (READ_ONCE(t->on_rq))
		yield();
	return t;
}

static void wait_for_end(struct task_struct *t)
{
	wait_for_completion(&t->exited);
	put_task_struct(t);
}

static DEFINE_MUTEX(test_mutex);
static unsigned int order[3], nr_ordered;

static int take_in_turn(void *n)
{
	mutex_lock(&test_mutex);
	order[nr_ordered++] = (unsigned int)(unsigned long)n;
	mutex_unlock(&test_mutex);
	return 0;
}

GUEST_TEST(sleeping_locks, mutex_is_handed_over_in_order)
{
	struct task_struct *t[3];

	nr_ordered = 0;
	mutex_lock(&test_mutex);
	EXPECT(mutex_is_locked(&test_mutex) && mutex_is_mine(&test_mutex));
	EXPECT(!mutex_trylock(&test_mutex));
	for (unsigned long i = 0; i < 3; i++) {
		t[i] = run_until_it_sleeps(take_in_turn, (void *)i);
		ASSERT(t[i]);
	}
	EXPECT_EQ(nr_ordered, 0);
	mutex_unlock(&test_mutex);
	EXPECT(!mutex_is_mine(&test_mutex));
	for (unsigned int i = 0; i < 3; i++) {
		wait_for_end(t[i]);
		EXPECT_EQ(order[i], i);
	}
	EXPECT_EQ(test_mutex.owner, 0); /* and nothing says any more that somebody waits */
}

#define MOST_ROUNDS 50

static unsigned int rounds;

/* Has it nearly all the time, and takes it again at once. */
static int take_again_and_again(void *unused)
{
	(void)unused;
	while (rounds < MOST_ROUNDS && !kthread_should_stop()) {
		mutex_lock(&test_mutex);
		WRITE_ONCE(rounds, rounds + 1);
		msleep(1);
		mutex_unlock(&test_mutex);
	}
	return 0;
}

/* Who has waited in vain once is the next, however late it comes to run. */
GUEST_TEST(sleeping_locks, mutex_is_not_overtaken_again_and_again)
{
	struct task_struct *t;
	unsigned int before;

	rounds = 0;
	t = run_until_it_sleeps(take_again_and_again, (void *)0UL);
	ASSERT(t);
	sched_set_policy(current, SCHED_IDLE, 0);
	before = READ_ONCE(rounds);
	mutex_lock(&test_mutex);
	EXPECT(READ_ONCE(rounds) - before <= 3);
	mutex_unlock(&test_mutex);
	sched_set_policy(current, SCHED_NORMAL, 0);
	kthread_stop(t);
	put_task_struct(t);
	EXPECT_EQ(test_mutex.owner, 0);
}

GUEST_TEST(sleeping_locks, mutex_of_an_object)
{
	struct mutex m;

	mutex_init(&m);
	EXPECT(!mutex_is_locked(&m));
	EXPECT(mutex_trylock(&m));
	EXPECT(mutex_is_mine(&m));
	mutex_unlock(&m);
	EXPECT(!mutex_is_locked(&m));
}

/* ---- read-write semaphores ---- */

static DECLARE_RWSEM(test_sem);

static int read_it(void *n)
{
	down_read(&test_sem);
	order[nr_ordered++] = (unsigned int)(unsigned long)n;
	up_read(&test_sem);
	return 0;
}

static int write_it(void *n)
{
	down_write(&test_sem);
	order[nr_ordered++] = (unsigned int)(unsigned long)n;
	up_write(&test_sem);
	return 0;
}

GUEST_TEST(sleeping_locks, rwsem_readers_share)
{
	struct task_struct *t;

	nr_ordered = 0;
	down_read(&test_sem);
	EXPECT(rwsem_is_locked(&test_sem));
	t = run_until_it_sleeps(read_it, (void *)1UL);
	ASSERT(t);
	wait_for_end(t);
	EXPECT_EQ(nr_ordered, 1);
	EXPECT(down_read_trylock(&test_sem));
	up_read(&test_sem);
	EXPECT(!down_write_trylock(&test_sem));
	up_read(&test_sem);
	EXPECT(!rwsem_is_locked(&test_sem));
	EXPECT(down_write_trylock(&test_sem));
	EXPECT(!down_read_trylock(&test_sem));
	up_write(&test_sem);
	EXPECT(!rwsem_is_locked(&test_sem));
}

/* A reader that comes after a writer waits behind it, though it could share. */
GUEST_TEST(sleeping_locks, rwsem_nobody_overtakes)
{
	struct task_struct *t[3];

	nr_ordered = 0;
	down_read(&test_sem);
	t[0] = run_until_it_sleeps(write_it, (void *)0UL);
	t[1] = run_until_it_sleeps(read_it, (void *)1UL);
	t[2] = run_until_it_sleeps(write_it, (void *)2UL);
	ASSERT(t[0] && t[1] && t[2]);
	EXPECT_EQ(nr_ordered, 0);
	EXPECT(!down_read_trylock(&test_sem));
	up_read(&test_sem);
	for (unsigned int i = 0; i < 3; i++) {
		wait_for_end(t[i]);
		EXPECT_EQ(order[i], i);
	}
	EXPECT(!rwsem_is_locked(&test_sem));
}

GUEST_TEST(sleeping_locks, rwsem_downgrade_lets_readers_in)
{
	struct task_struct *reader, *writer;

	nr_ordered = 0;
	down_write(&test_sem);
	reader = run_until_it_sleeps(read_it, (void *)0UL);
	writer = run_until_it_sleeps(write_it, (void *)1UL);
	ASSERT(reader && writer);
	EXPECT_EQ(nr_ordered, 0);
	downgrade_write(&test_sem);
	EXPECT(poll_sleeping(READ_ONCE(nr_ordered) == 1, PATIENCE_USEC));
	up_read(&test_sem); /* lets in whoever was left outside */
	wait_for_end(reader);
	wait_for_end(writer);
	EXPECT_EQ(nr_ordered, 2);
	EXPECT(!rwsem_is_locked(&test_sem));
}

/* ---- what is not survived ---- */

static int hold_and_sleep(void *unused)
{
	(void)unused;
	mutex_lock(&test_mutex);
	set_current_state(TASK_IDLE);
	schedule();
	return 0;
}

static int cmd_mutexcrash(struct sink *out, int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";

	(void)out;
	if (strcmp(how, "twice") == 0) {
		mutex_lock(&test_mutex);
		mutex_lock(&test_mutex);
	} else if (strcmp(how, "free") == 0) {
		mutex_unlock(&test_mutex);
	} else if (strcmp(how, "foreign") == 0) {
		run_until_it_sleeps(hold_and_sleep, (void *)7UL);
		mutex_unlock(&test_mutex);
	} else if (strcmp(how, "write-twice") == 0) {
		down_write(&test_sem);
		down_write(&test_sem);
	} else if (strcmp(how, "read-own") == 0) {
		down_write(&test_sem);
		down_read(&test_sem);
	} else if (strcmp(how, "up-read") == 0) {
		up_read(&test_sem);
	} else if (strcmp(how, "up-write") == 0) {
		down_read(&test_sem);
		up_write(&test_sem);
	} else if (strcmp(how, "atomic") == 0) {
		preempt_disable();
		mutex_lock(&test_mutex);
	} else {
		return -EINVAL;
	}
	return -EIO; /* it should not have been survived */
}
MONITOR_COMMAND(mutexcrash, "twice|free|foreign|write-twice|read-own|up-read|up-write|atomic",
		"break the promise of a mutex or semaphore", cmd_mutexcrash);
