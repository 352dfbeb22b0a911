// SPDX-License-Identifier: MIT
/* The numbers of threads: whose they are, and when they are somebody else's. */
#include "kernel/sched/pid.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/kthread.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

static struct task_struct *fake_thread(void)
{
	struct task_struct *t = kzalloc(sizeof(*t), GFP_KERNEL);

	if (t)
		t->usage = 1;
	return t;
}

GUEST_TEST(pid, finds_by_number)
{
	struct task_struct *t = find_get_task_by_vpid((pid_t)current->pid);

	EXPECT(t == current);
	EXPECT_EQ(current->tgid, current->pid);
	put_task_struct(t);
	EXPECT(!find_get_task_by_vpid(0));
	EXPECT(!find_get_task_by_vpid(-1));
	EXPECT(!find_get_task_by_vpid(PID_MAX));
}

GUEST_TEST(pid, next_ones_go_up_and_wrap)
{
	struct task_struct *a = fake_thread(), *b = fake_thread();
	pid_t first, last;
	bool wrapped = false;

	ASSERT(a && b);
	ASSERT(!alloc_pid(a));
	first = last = (pid_t)a->pid;
	for (int i = 0; i < 2 * PID_MAX; i++) {
		ASSERT(!alloc_pid(b));
		if ((pid_t)b->pid < last) {
			EXPECT(!wrapped);
			EXPECT((pid_t)b->pid >= RESERVED_PIDS);
			wrapped = true;
			i = 2 * PID_MAX - 2 * (first - RESERVED_PIDS); /* past `first` again */
		}
		last = (pid_t)b->pid;
		EXPECT(last != first); /* it is somebody's */
		detach_pid(b);
	}
	EXPECT(wrapped);
	detach_pid(a);
	EXPECT(!find_get_task_by_vpid(first));
	kfree(a);
	kfree(b);
}

GUEST_TEST(pid, is_found_once_it_is_whole)
{
	struct task_struct *t = fake_thread();
	pid_t nr;

	ASSERT(t && !alloc_pid(t));
	nr = (pid_t)t->pid;
	EXPECT(!find_get_task_by_vpid(nr));
	attach_pid(t);
	EXPECT(find_get_task_by_vpid(nr) == t);
	t->usage--;
	detach_pid(t);
	EXPECT(!find_get_task_by_vpid(nr));
	kfree(t);
}

GUEST_TEST(pid, number_of_a_group_stays)
{
	struct task_struct *a = fake_thread(), *b = fake_thread();
	pid_t group;

	ASSERT(a && b);
	ASSERT(!alloc_pid(a));
	group = (pid_t)a->pid;
	hold_pid(group);
	detach_pid(a);
	detach_pid(a); /* harmless */
	EXPECT(!find_get_task_by_vpid(group));
	for (int i = 0; i < PID_MAX; i++) {
		ASSERT(!alloc_pid(b));
		EXPECT((pid_t)b->pid != group);
		detach_pid(b);
	}
	release_pid(group);
	kfree(a);
	kfree(b);
}

GUEST_TEST(pid, walks_all)
{
	unsigned int seen = 0, mine = 0;
	struct task_struct *t;

	for (pid_t nr = 1; (t = find_get_task_from(&nr)) != NULL; nr++) {
		EXPECT_EQ(t->pid, (u32)nr);
		mine += t == current;
		seen++;
		put_task_struct(t);
	}
	EXPECT_EQ(mine, 1);
	EXPECT(seen > 3);
}
