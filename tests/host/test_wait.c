// SPDX-License-Identifier: MIT
// sources: kernel/user/wait.c
/*
 * wait4(): what a parent is told, and when it sleeps (wait(2)).  A child may end at any moment, also
 * between the parent's first look and its sleep: the queue that the parent is put into plays that.
 */
#include <linux/wait.h>

#include "kernel/signal/usage.h"
#include "kernel/user/pidfd.h"
#include "kernel/user/process.h"
#include "mm/uaccess.h"
#include "tests/host/test.h"

#define EXIT_7 (7 << 8) /* as wait() tells it */

static struct sighand_struct sighand;
static struct signal_struct parent_signal, child_signals[2];
static struct task_struct parent, children[2];
static const struct task_struct *released;
static unsigned int sleeps;
static void (*before_queued)(void), (*asleep)(void);

spinlock_t tasklist_lock;
DEFINE_PER_CPU(struct task_struct *, current_task);

/* ---------------------------------------------------------------- what it calls */

void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	EXPECT(wq == &parent_signal.wait_chldexit);
	EXPECT_EQ(state, TASK_INTERRUPTIBLE);
	if (before_queued)
		before_queued();
	before_queued = NULL;
	if (list_empty(&wait->entry))
		list_add(&wait->entry, &wq->head);
	current->state = state;
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	(void)wq;
	current->state = TASK_RUNNING;
	list_del_init(&wait->entry);
}

int autoremove_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	(void)wait;
	(void)mode;
	(void)flags;
	(void)key;
	return 1;
}

/* Whoever sleeps while nothing is to come would for ever: a signal ends it. */
void schedule(void)
{
	sleeps++;
	EXPECT(!list_empty(&parent_signal.wait_chldexit.head));
	if (asleep)
		asleep();
	else
		parent.thread_flags |= BIT(TIF_SIGPENDING);
	asleep = NULL;
}

void release_task(struct task_struct *t)
{
	EXPECT_EQ(t->exit_state, EXIT_DEAD);
	released = t;
	list_del_init(&t->sibling);
}

/* What it left. */
void trim_spare_threads(void)
{
	EXPECT(released);
}

void process_usage_locked(struct task_struct *t, struct task_usage *usage)
{
	*usage = (struct task_usage){ .min_flt = t->min_flt };
}

void add_usage(struct task_usage *to, const struct task_usage *from)
{
	to->min_flt += from->min_flt;
}

pid_t pidfd_number(unsigned int fd, bool *nonblock)
{
	(void)nonblock;
	return fd == 3 ? 101 : -EBADF;
}

unsigned long _copy_to_user(void __user *to, const void *from, unsigned long n)
{
	(void)to;
	(void)from;
	return n;
}

/* ---------------------------------------------------------------- a family */

static void give_birth(unsigned int n, unsigned int pid)
{
	child_signals[n] = (struct signal_struct){ .nr_threads = 1, .pgrp = 100 + 10 * (int)n };
	children[n] = (struct task_struct){ .pid = pid,
					    .tgid = pid,
					    .signal = &child_signals[n],
					    .sighand = &sighand,
					    .exit_signal = SIGCHLD,
					    .min_flt = 5 };
	list_add_tail(&children[n].sibling, &parent.children);
}

/* Two children, 101 in the parent's group and 102 in another, that run. */
static void begin(void)
{
	parent_signal = (struct signal_struct){ .pgrp = 100 };
	init_waitqueue_head(&parent_signal.wait_chldexit);
	parent = (struct task_struct){ .pid = 100, .signal = &parent_signal, .sighand = &sighand };
	parent.group_leader = &parent;
	INIT_LIST_HEAD(&parent.children);
	current_task = &parent;
	give_birth(0, 101);
	give_birth(1, 102);
	released = NULL;
	sleeps = 0;
	before_queued = asleep = NULL;
}

static void first_ends(void)
{
	children[0].exit_code = EXIT_7;
	children[0].exit_state = EXIT_ZOMBIE;
}

static void first_stops(void)
{
	child_signals[0].flags = SIGNAL_STOP_STOPPED;
	child_signals[0].group_exit_code = SIGTSTP;
}

static void signal_comes(void)
{
	parent.thread_flags |= BIT(TIF_SIGPENDING);
}

/* ---------------------------------------------------------------- the cases */

TEST(who_ends_before_the_look_is_told_at_once)
{
	int status = 0;

	begin();
	first_ends();
	EXPECT_EQ(kernel_wait4(-1, &status, 0, NULL), 101);
	EXPECT_EQ(status, EXIT_7);
	EXPECT_EQ(sleeps, 0);
	EXPECT(released == &children[0]);
	EXPECT_EQ(parent_signal.child.min_flt, 5);
}

TEST(who_ends_between_the_look_and_the_sleep_is_not_missed)
{
	int status = 0;

	begin();
	before_queued = first_ends;
	EXPECT_EQ(kernel_wait4(-1, &status, 0, NULL), 101);
	EXPECT_EQ(status, EXIT_7);
	EXPECT_EQ(sleeps, 0);
	EXPECT_EQ(parent.state, TASK_RUNNING);
	EXPECT(list_empty(&parent_signal.wait_chldexit.head));
	begin();
	before_queued = first_stops;
	EXPECT_EQ(kernel_wait4(-1, &status, WUNTRACED, NULL), 101);
	EXPECT_EQ(status, SIGTSTP << 8 | 0x7f);
	EXPECT_EQ(sleeps, 0);
}

TEST(who_ends_during_the_sleep_ends_it)
{
	int status = 0;

	begin();
	asleep = first_ends;
	EXPECT_EQ(kernel_wait4(101, &status, 0, NULL), 101);
	EXPECT_EQ(status, EXIT_7);
	EXPECT_EQ(sleeps, 1);
	EXPECT(list_empty(&parent_signal.wait_chldexit.head));
}

/* Woken for nothing, as by a child that was not meant, it sleeps on. */
TEST(others_do_not_end_it)
{
	begin();
	asleep = first_ends;
	EXPECT_EQ(kernel_wait4(102, NULL, 0, NULL), -ERESTARTSYS);
	EXPECT_EQ(sleeps, 2);
	EXPECT(!released);
	EXPECT_EQ(kernel_wait4(-110, NULL, WNOHANG, NULL), 0);
	EXPECT_EQ(kernel_wait4(0, NULL, WNOHANG, NULL), 101);
}

TEST(a_signal_ends_it_unless_a_child_has)
{
	begin();
	before_queued = signal_comes;
	EXPECT_EQ(kernel_wait4(-1, NULL, 0, NULL), -ERESTARTSYS);
	EXPECT_EQ(sleeps, 0);
	EXPECT_EQ(parent.state, TASK_RUNNING);
	EXPECT(list_empty(&parent_signal.wait_chldexit.head));
	before_queued = first_ends;
	EXPECT_EQ(kernel_wait4(-1, NULL, 0, NULL), 101);
}

TEST(nohang_does_not_sleep)
{
	begin();
	before_queued = first_ends; /* nobody comes there */
	EXPECT_EQ(kernel_wait4(-1, NULL, WNOHANG, NULL), 0);
	EXPECT_EQ(sleeps, 0);
	EXPECT(before_queued == first_ends);
}

TEST(without_children_it_fails_at_once)
{
	begin();
	EXPECT_EQ(kernel_wait4(103, NULL, 0, NULL), -ECHILD);
	EXPECT_EQ(kernel_wait4(-1, NULL, __WCLONE, NULL), -ECHILD);
	children[0].exit_signal = 0; /* a "clone" child */
	EXPECT_EQ(kernel_wait4(101, NULL, WNOHANG, NULL), -ECHILD);
	EXPECT_EQ(kernel_wait4(101, NULL, WNOHANG | __WALL, NULL), 0);
	children[0].exit_state = EXIT_DEAD; /* another thread has it */
	EXPECT_EQ(kernel_wait4(101, NULL, __WALL, NULL), -ECHILD);
	EXPECT_EQ(sleeps, 0);
}

TEST(a_leader_is_waited_for_until_the_last_thread_has_ended)
{
	begin();
	first_ends();
	child_signals[0].nr_threads = 2;
	EXPECT_EQ(kernel_wait4(101, NULL, WNOHANG, NULL), 0);
	child_signals[0].nr_threads = 1;
	EXPECT_EQ(kernel_wait4(101, NULL, WNOHANG, NULL), 101);
}

TEST(stopped_and_continued_are_told_once)
{
	int status = 0;

	begin();
	first_stops();
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG, NULL), 0); /* nobody asked for that */
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG | WUNTRACED, NULL), 101);
	EXPECT_EQ(status, SIGTSTP << 8 | 0x7f);
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG | WUNTRACED, NULL), 0);
	child_signals[0].flags = SIGNAL_STOP_CONTINUED;
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG | WUNTRACED, NULL), 0);
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG | WCONTINUED, NULL), 101);
	EXPECT_EQ(status, 0xffff);
	EXPECT_EQ(kernel_wait4(-1, &status, WNOHANG | WCONTINUED, NULL), 0);
	EXPECT(!released);
}

/* The whole process was ended: that is told, not how its first thread did. */
TEST(the_end_of_a_group_is_told)
{
	int status = 0;

	begin();
	first_ends();
	child_signals[0].flags = SIGNAL_GROUP_EXIT;
	child_signals[0].group_exit_code = SIGSEGV | 0x80;
	EXPECT_EQ(kernel_wait4(-1, &status, 0, NULL), 101);
	EXPECT_EQ(status, SIGSEGV | 0x80);
}
