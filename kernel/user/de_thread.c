// SPDX-License-Identifier: MIT
/*
 * execve() of a process with several threads: the caller alone is left, under the process's number.
 *
 * All others get SIGKILL, and each that is released counts notify_count down.  A leader among them
 * stays as a zombie: the caller takes its place and its number, and it leaves under the caller's.
 */
#include "kernel/user/exec.h"

#include "kernel/sched/pid.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/user/process.h"

/* SIGKILL to all other threads: how many there are.  siglock is held. */
static int zap_others(void)
{
	struct task_struct *t;
	int n = 0;

	current->signal->group_stop_count = 0;
	for_each_thread(current, t)
	{
		t->jobctl &= ~JOBCTL_STOP_MASK;
		if (t == current)
			continue;
		n++;
		if (t->exit_state)
			continue;
		t->pending.signal |= sigmask(SIGKILL);
		signal_wake_up(t, true);
	}
	return n;
}

/* Sleep until *done holds, looked at under tasklist_lock; -EAGAIN: this thread is to end too. */
static int wait_for_others(bool (*done)(void))
{
	unsigned long flags;

	for (;;) {
		bool over;

		set_current_state(TASK_KILLABLE);
		spin_lock_irqsave(&tasklist_lock, flags);
		over = done();
		spin_unlock_irqrestore(&tasklist_lock, flags);
		if (over || fatal_signal_pending(current))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
	return fatal_signal_pending(current) ? -EAGAIN : 0;
}

static bool others_are_gone(void)
{
	return !current->signal->notify_count;
}

static bool leader_is_zombie(void)
{
	if (current->group_leader->exit_state)
		return true;
	current->signal->notify_count = -1; /* become_zombie() wakes this thread */
	return false;
}

/* The leader is a zombie and nobody else is left. */
static void take_leaders_place(void)
{
	struct task_struct *t = current, *leader = t->group_leader;
	struct released r;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	spin_acquire(&t->sighand->siglock);
	t->start_time = leader->start_time;
	exchange_pids(t, leader);
	replace_leader(leader, t);
	t->group_leader = t;
	leader->group_leader = t;
	t->exit_signal = SIGCHLD;
	leader->exit_signal = -1;
	leader->exit_state = EXIT_DEAD;
	spin_release(&t->sighand->siglock);
	r = unhash_task(leader);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	free_released(&r);
}

int de_thread(void)
{
	struct signal_struct *signal = current->signal;
	unsigned long flags;
	int err = 0;

	if (READ_ONCE(signal->nr_threads) == 1)
		goto alone;
	spin_lock_irqsave(&current->sighand->siglock, flags);
	if (signal->flags & SIGNAL_GROUP_EXIT || signal->group_exec_task) {
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
		return -EAGAIN;
	}
	signal->group_exec_task = current;
	signal->notify_count = zap_others() - !thread_group_leader(current);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);

	err = wait_for_others(others_are_gone);
	if (!err && !thread_group_leader(current)) {
		err = wait_for_others(leader_is_zombie);
		if (!err)
			take_leaders_place();
	}
	spin_lock_irqsave(&tasklist_lock, flags);
	signal->group_exec_task = NULL;
	signal->notify_count = 0;
	spin_unlock_irqrestore(&tasklist_lock, flags);
alone:
	if (!err)
		current->exit_signal = SIGCHLD;
	return err;
}
