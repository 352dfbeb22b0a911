// SPDX-License-Identifier: MIT
/* Waiting that signals end, entries with functions of their own, and exclusive waiters. */
#include "kernel/sched/wait.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/mutex.h"
#include "kernel/signal/errno.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define SIGKILL 9

/* What a thread of the test waits for, and how. */
struct wait_test {
	wait_queue_head_t wq;
	struct completion done;
	struct mutex mutex;
	bool holds;
	u64 ns; /* how long it waits at the most, where `wait` looks at that */
	s64 (*wait)(struct wait_test *w);
	s64 result;
	unsigned int woken; /* atomic */
};

static int run_wait(void *data)
{
	struct wait_test *w = data;

	w->result = w->wait(w);
	return 0;
}

static void wait_init(struct wait_test *w, s64 (*wait)(struct wait_test *w))
{
	memset(w, 0, sizeof(*w));
	w->ns = 3600 * NSEC_PER_SEC;
	init_waitqueue_head(&w->wq);
	init_completion(&w->done);
	mutex_init(&w->mutex);
	w->wait = wait;
}

/* A thread waits: it sleeps when this returns.  NULL: there is none. */
static struct task_struct *start(struct wait_test *w)
{
	struct task_struct *t = kthread_create_on_cpu(run_wait, w, raw_smp_processor_id(), "wait");

	if (IS_ERR(t))
		return NULL;
	get_task_struct(t);
	wake_up_process(t);
	while (READ_ONCE(t->on_rq))
		yield();
	return t;
}

static bool start_each(struct wait_test *w, struct task_struct **t, unsigned int n)
{
	while (n--) {
		*t = start(w);
		if (!*t++)
			return false;
	}
	return true;
}

/* As a signal does: no kernel thread gets one, but waiting looks at nothing else. */
static void signal_it(struct task_struct *t, int sig)
{
	t->pending.signal |= 1ULL << (sig - 1);
	set_tsk_thread_flag(t, TIF_SIGPENDING);
	wake_up_state(t, TASK_INTERRUPTIBLE | (sig == SIGKILL ? TASK_WAKEKILL : 0));
}

static s64 join(struct wait_test *w, struct task_struct *t)
{
	wait_for_completion(&t->exited);
	put_task_struct(t);
	return w->result;
}

static bool sleeps(const struct task_struct *t)
{
	for (unsigned int i = 0; i < 10; i++)
		yield();
	return !READ_ONCE(t->on_rq);
}

static s64 interruptible(struct wait_test *w)
{
	return wait_event_interruptible(w->wq, READ_ONCE(w->holds));
}

static s64 killable(struct wait_test *w)
{
	return wait_event_killable(w->wq, READ_ONCE(w->holds));
}

static s64 uninterruptible(struct wait_test *w)
{
	wait_event(w->wq, READ_ONCE(w->holds));
	return 7;
}

static s64 interruptible_timeout(struct wait_test *w)
{
	return wait_event_interruptible_timeout(w->wq, READ_ONCE(w->holds), w->ns);
}

static s64 completion_interruptible(struct wait_test *w)
{
	return wait_for_completion_interruptible(&w->done);
}

static s64 completion_killable(struct wait_test *w)
{
	return wait_for_completion_killable_timeout(&w->done, w->ns);
}

static s64 mutex_interruptible(struct wait_test *w)
{
	return mutex_lock_interruptible(&w->mutex);
}

static s64 mutex_killable(struct wait_test *w)
{
	return mutex_lock_killable(&w->mutex);
}

/* Any signal ends it with `error`, or only one that kills. */
static void expect_ended(s64 (*wait)(struct wait_test *w), bool only_kill, s64 error)
{
	struct wait_test w;
	struct task_struct *t;

	wait_init(&w, wait);
	mutex_lock(&w.mutex);
	t = start(&w);
	ASSERT(t);
	if (only_kill) {
		signal_it(t, 1);
		EXPECT(sleeps(t));
		signal_it(t, SIGKILL);
	} else {
		signal_it(t, 1);
	}
	EXPECT_EQ(join(&w, t), error);
	EXPECT(!waitqueue_active(&w.wq) && list_empty(&w.done.waiters));
	mutex_unlock(&w.mutex);
	EXPECT(!mutex_is_locked(&w.mutex));
}

GUEST_TEST(wait, signals_end_waits)
{
	expect_ended(interruptible, false, -ERESTARTSYS);
	expect_ended(interruptible_timeout, false, -ERESTARTSYS);
	expect_ended(killable, true, -ERESTARTSYS);
	expect_ended(completion_interruptible, false, -ERESTARTSYS);
	expect_ended(completion_killable, true, -ERESTARTSYS);
	expect_ended(mutex_interruptible, false, -EINTR);
	expect_ended(mutex_killable, true, -EINTR);
}

GUEST_TEST(wait, no_signal_ends_what_is_not_for_them)
{
	struct wait_test w;
	struct task_struct *t;

	wait_init(&w, uninterruptible);
	t = start(&w);
	ASSERT(t);
	signal_it(t, SIGKILL);
	EXPECT(sleeps(t));
	wake_up_interruptible(&w.wq);
	EXPECT(sleeps(t));
	w.holds = true;
	wake_up_interruptible(&w.wq); /* it is not for this one */
	EXPECT(sleeps(t));
	wake_up(&w.wq);
	EXPECT_EQ(join(&w, t), 7);
}

GUEST_TEST(wait, what_holds_is_no_error)
{
	struct wait_test w;
	struct task_struct *t;

	wait_init(&w, interruptible);
	t = start(&w);
	ASSERT(t);
	w.holds = true;
	signal_it(t, 1);
	EXPECT_EQ(join(&w, t), 0);
	wait_init(&w, interruptible_timeout);
	t = start(&w);
	ASSERT(t);
	w.holds = true;
	wake_up(&w.wq);
	EXPECT(join(&w, t) > 0);
	EXPECT(w.result <= (s64)(3600 * NSEC_PER_SEC));
	wait_init(&w, completion_killable);
	t = start(&w);
	ASSERT(t);
	complete(&w.done);
	EXPECT(join(&w, t) > 0);
	w.holds = false;
	EXPECT_EQ(wait_event_interruptible_timeout(w.wq, w.holds, NSEC_PER_MSEC), 0);
}

/* ---- what comes at the last moment ---- */

static void complete_it(struct wait_test *w)
{
	complete(&w->done);
}

static void make_it_hold(struct wait_test *w)
{
	w->holds = true;
}

/*
 * Its time is over and its timer has woken it, but it has not run since: its CPU is this one's, which is not
 * given away.  What comes now is in time: nobody else has it.  False: it was over before.
 */
static bool at_the_last_moment(struct wait_test *w, u64 ns, void (*come)(struct wait_test *w))
{
	struct task_struct *t;
	bool waits;

	w->ns = ns;
	t = start(w);
	if (!t)
		return false;
	preempt_disable();
	waits = t->cpu == smp_processor_id() &&
		(waitqueue_active(&w->wq) || !list_empty(&w->done.waiters));
	if (waits) {
		EXPECT(poll_timeout(READ_ONCE(t->on_rq), PATIENCE_USEC));
		come(w);
	}
	preempt_enable();
	join(w, t);
	return waits;
}

static void expect_in_time(s64 (*wait)(struct wait_test *w), void (*come)(struct wait_test *w))
{
	struct wait_test w;
	u64 ns = 5 * NSEC_PER_MSEC;

	do {
		wait_init(&w, wait);
		ns *= 2;
	} while (!at_the_last_moment(&w, ns, come) && ns < 10 * NSEC_PER_SEC);
	EXPECT_EQ(w.result, 1);
	EXPECT(!completion_done(&w.done) && list_empty(&w.done.waiters));
	EXPECT(!waitqueue_active(&w.wq));
}

GUEST_TEST(wait, what_comes_as_the_time_is_over_is_not_lost)
{
	NEED_TIMERS();
	expect_in_time(completion_killable, complete_it);
	expect_in_time(interruptible_timeout, make_it_hold);
}

/* The clock does not come so far: no wait is the shorter for it. */
GUEST_TEST(wait, a_time_beyond_all_clocks_does_not_end)
{
	struct wait_test w;
	struct task_struct *t;

	wait_init(&w, interruptible_timeout);
	w.ns = TIMEOUT_FOREVER - 1;
	t = start(&w);
	ASSERT(t);
	EXPECT(waitqueue_active(&w.wq));
	w.holds = true;
	wake_up(&w.wq);
	EXPECT_EQ(join(&w, t), ~0ULL >> 1); /* all of it is left */
}

/* As it is with a signal that has woken it. */
GUEST_TEST(wait, what_is_completed_for_who_has_a_signal_is_not_lost)
{
	struct wait_test w;
	struct task_struct *t;

	wait_init(&w, completion_interruptible);
	t = start(&w);
	ASSERT(t);
	preempt_disable();
	if (t->cpu != smp_processor_id()) /* the test's thread has moved: in any order */
		complete(&w.done);
	signal_it(t, SIGKILL);
	if (t->cpu == smp_processor_id())
		complete(&w.done);
	preempt_enable();
	EXPECT_EQ(join(&w, t), 0);
	EXPECT(!completion_done(&w.done));
}

GUEST_TEST(wait, completions_go_to_the_longest_waiter)
{
	struct wait_test w;
	struct task_struct *t[2];

	wait_init(&w, completion_interruptible);
	ASSERT(start_each(&w, t, ARRAY_SIZE(t)));
	complete(&w.done);
	EXPECT(wait_for_completion_timeout(&t[0]->exited, PATIENCE_USEC * NSEC_PER_USEC));
	EXPECT(sleeps(t[1]));
	complete(&w.done);
	for (unsigned int i = 0; i < 2; i++)
		EXPECT_EQ(join(&w, t[i]), 0);
}

/* The first in a mutex's queue has been promised it, and leaves: the next gets it, or nobody. */
GUEST_TEST(wait, mutex_goes_on_without_who_left)
{
	struct wait_test w;
	struct task_struct *t, *u;

	wait_init(&w, mutex_interruptible);
	mutex_lock(&w.mutex);
	t = start(&w);
	ASSERT(t);
	wake_up_process(t); /* in vain: so it asks to be handed it */
	EXPECT(sleeps(t));
	EXPECT(w.mutex.owner & MUTEX_HANDOFF);
	signal_it(t, 1);
	EXPECT_EQ(join(&w, t), -EINTR);
	EXPECT_EQ(w.mutex.owner, (unsigned long)current);
	t = start(&w);
	ASSERT(t);
	u = start(&w);
	ASSERT(u);
	signal_it(t, 1);
	wait_for_completion(&t->exited);
	put_task_struct(t);
	EXPECT(sleeps(u));
	mutex_unlock(&w.mutex);
	EXPECT_EQ(join(&w, u), 0);
	EXPECT_EQ(w.mutex.owner & ~MUTEX_FLAGS, (unsigned long)u);
}

/* ---- entries ---- */

struct counting {
	wait_queue_entry_t entry;
	unsigned int calls;
	void *key;
	int answer;
};

static int count(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct counting *c = container_of(wait, struct counting, entry);

	(void)mode;
	(void)flags;
	c->calls++;
	c->key = key;
	return c->answer;
}

GUEST_TEST(wait, entries_have_functions)
{
	static DECLARE_WAIT_QUEUE_HEAD(wq);
	struct counting c[5] = { 0 };

	for (unsigned int i = 0; i < 5; i++) {
		init_waitqueue_func_entry(&c[i].entry, count);
		c[i].answer = 1;
		if (i < 2)
			add_wait_queue(&wq, &c[i].entry);
		else
			add_wait_queue_exclusive(&wq, &c[i].entry);
	}
	c[2].answer = 0; /* it was not for this one: the next */
	wake_up_poll(&wq, (__poll_t)5);
	for (unsigned int i = 0; i < 5; i++)
		EXPECT_EQ(c[i].calls, i < 4);
	EXPECT_EQ(key_to_poll(c[0].key), 5);
	wake_up_nr(&wq, 2);
	EXPECT_EQ(c[4].calls, 1);
	wake_up_all(&wq);
	EXPECT_EQ(c[2].calls, 3);
	EXPECT_EQ(c[4].calls, 2);
	EXPECT(!c[4].key);
	c[1].answer = -1; /* the last to come is the first that is asked */
	wake_up_all(&wq);
	EXPECT_EQ(c[1].calls, 4);
	EXPECT_EQ(c[0].calls, 3);
	for (unsigned int i = 0; i < 5; i++) {
		remove_wait_queue(&wq, &c[i].entry);
		remove_wait_queue(&wq, &c[i].entry);
	}
	EXPECT(!waitqueue_active(&wq));
}

static s64 exclusive(struct wait_test *w)
{
	s64 ret = wait_event_interruptible_exclusive(w->wq, READ_ONCE(w->holds));

	__atomic_add_fetch(&w->woken, 1, __ATOMIC_RELAXED);
	return ret;
}

GUEST_TEST(wait, exclusive_waiters_come_one_by_one)
{
	struct wait_test w;
	struct task_struct *t[3];

	wait_init(&w, exclusive);
	ASSERT(start_each(&w, t, ARRAY_SIZE(t)));
	w.holds = true;
	for (unsigned int i = 0; i < 3; i++) {
		EXPECT_EQ(w.woken, i);
		wake_up(&w.wq);
		EXPECT_EQ(join(&w, t[i]), 0); /* the longest waits first */
	}
	EXPECT_EQ(w.woken, 3);
}
