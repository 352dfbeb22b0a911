// SPDX-License-Identifier: MIT
/*
 * The end of a thread: it gives back what it has, its children get another parent, and its own parent is
 * told once the last thread of the process is over.
 */
#define pr_fmt(fmt) "exit: " fmt

#include "kernel/user/process.h"

#include "kernel/core/printk.h"
#include "kernel/core/syscall.h"
#include "kernel/event/posix_timer.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/signal/usage.h"
#include "kernel/user/futex.h"
#include "kernel/user/user.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- released */

/* Its part of the process's books. */
static void leave_process(struct task_struct *t)
{
	struct signal_struct *signal = t->signal;
	struct task_usage used;

	if (signal->nr_threads > 1) { /* after the last one nobody asks */
		thread_usage(t, &used);
		add_usage(&signal->usage, &used);
	}
	if (signal->notify_count > 0 && !--signal->notify_count)
		wake_up_process(signal->group_exec_task);
	flush_sigqueue(&t->pending);
	list_del(&t->thread_node);
	signal->nr_threads--;
}

struct released unhash_task(struct task_struct *t)
{
	struct released r = { .task = t, .sighand = t->sighand };
	struct signal_struct *signal = t->signal;

	lockdep_assert_held(&tasklist_lock);
	spin_acquire(&t->sighand->siglock);
	leave_process(t);
	if (!signal->nr_threads) {
		flush_sigqueue(&signal->shared_pending);
		r.signal = signal;
	}
	if (thread_group_leader(t)) {
		detach_process(t);
		list_del_init(&t->sibling);
	}
	t->signal = NULL;
	t->sighand = NULL;
	spin_release(&r.sighand->siglock);
	detach_pid(t);
	return r;
}

void release_task(struct task_struct *t)
{
	struct task_struct *leader = t->group_leader;
	struct released r, last = { 0 };
	unsigned long flags;

	/* Before its process's parent is told: a thread that has gone is none of its user's any more. */
	put_user_of(t->cred.user);
	t->cred.user = NULL;
	spin_lock_irqsave(&tasklist_lock, flags);
	r = unhash_task(t);
	/* The leader's parent was not told before all others were gone. */
	if (leader != t && leader->signal->nr_threads == 1 && leader->exit_state == EXIT_ZOMBIE &&
	    do_notify_parent(leader, leader->exit_signal)) {
		leader->exit_state = EXIT_DEAD;
		last = unhash_task(leader);
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	free_released(&r);
	if (last.task)
		free_released(&last);
}

/* ---------------------------------------------------------------- memory */

void note_maxrss(struct signal_struct *signal, const struct mm_struct *mm)
{
	signal->usage.maxrss = max(signal->usage.maxrss, max(mm->hiwater_rss, get_mm_rss(mm)));
}

void mm_release(struct task_struct *t)
{
	struct completion *vfork;
	unsigned long flags;

	if (!t->mm)
		return;
	exit_robust_list();
	if (t->clear_child_tid) {
		/* Where nobody shares the memory there is nobody to tell. */
		if (READ_ONCE(t->mm->mm_users) > 1) {
			(void)put_user(0, t->clear_child_tid);
			futex_wake_shared((u32 __user *)t->clear_child_tid, 1);
		}
		t->clear_child_tid = NULL;
	}
	spin_lock_irqsave(&tasklist_lock, flags);
	vfork = t->vfork_done;
	t->vfork_done = NULL;
	if (vfork)
		complete(vfork);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static void exit_mm(void)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return;
	mm_release(current);
	note_maxrss(current->signal, mm);
	switch_to_user_mm(NULL);
	mmput(mm);
}

/* ---------------------------------------------------------------- relatives */

/* Who is the parent of the children of `father`: the nearest that asked for it, or pid 1. */
static struct task_struct *find_reaper(struct task_struct *father)
{
	struct task_struct *t;

	if (father->signal->has_child_subreaper)
		for (t = father->real_parent; t->pid != 1; t = t->real_parent)
			if (t->signal->is_child_subreaper && t->signal->live)
				return t;
	return list_entry(process_list.next, struct task_struct,
			  process_node); /* the first was pid 1 */
}

/* Zombies among them whom the new parent does not ask for go onto `dead`, by pgrp_node's place. */
static void forget_original_parent(struct task_struct *father, struct list_head *dead)
{
	struct task_struct *reaper, *t, *next;

	if (list_empty(&father->children))
		return;
	reaper = find_reaper(father);
	list_for_each_entry_safe(t, next, &father->children, sibling) {
		t->real_parent = reaper;
		if (t->pdeath_signal && t->exit_state != EXIT_DEAD) {
			spin_acquire(&t->sighand->siglock);
			send_signal_locked(t->pdeath_signal, SEND_SIG_NOINFO, t, true);
			spin_release(&t->sighand->siglock);
		}
		list_del(&t->sibling);
		list_add_tail(&t->sibling, &reaper->children);
		if (t->exit_state == EXIT_DEAD)
			continue;
		t->exit_signal = SIGCHLD;
		if (t->exit_state == EXIT_ZOMBIE && t->signal->nr_threads == 1 &&
		    do_notify_parent(t, SIGCHLD)) {
			t->exit_state = EXIT_DEAD;
			list_del(&t->sibling);
			list_add_tail(&t->sibling, dead);
		}
		kill_orphaned_pgrp(t, father);
	}
}

/* The thread is a zombie; true: one that nobody will ask for. */
static bool become_zombie(bool last)
{
	struct task_struct *t = current, *leader = t->group_leader;
	LIST_HEAD(dead);
	unsigned long flags;
	bool autoreap = true;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (last) {
		forget_original_parent(leader, &dead);
		kill_orphaned_pgrp(leader, NULL);
	}
	t->exit_state = EXIT_ZOMBIE;
	if (t == leader)
		autoreap = t->signal->nr_threads == 1 && do_notify_parent(t, t->exit_signal);
	if (autoreap)
		t->exit_state = EXIT_DEAD;
	if (t->signal->notify_count < 0) /* one that will be the leader waits for this one */
		wake_up_process(t->signal->group_exec_task);
	spin_unlock_irqrestore(&tasklist_lock, flags);

	while (!list_empty(&dead))
		release_task(list_first_entry(&dead, struct task_struct, sibling));
	return autoreap;
}

/* ---------------------------------------------------------------- the end */

/* No signal is for it any more, and it holds up no stop. */
static void exit_signals(void)
{
	struct task_struct *t = current;
	unsigned long flags;
	bool stopped = false;

	spin_lock_irqsave(&t->sighand->siglock, flags);
	t->flags |= PF_EXITING;
	if (!(t->signal->flags & SIGNAL_GROUP_EXIT)) {
		if (signal_pending(t))
			retarget_shared_pending(t, ~t->blocked);
		if (t->jobctl & JOBCTL_STOP_PENDING)
			stopped = task_participate_group_stop(t);
	}
	spin_unlock_irqrestore(&t->sighand->siglock, flags);
	if (!stopped)
		return;
	spin_lock_irqsave(&tasklist_lock, flags);
	do_notify_parent_cldstop(t, CLD_STOPPED);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

void do_exit(long code)
{
	struct task_struct *t = current;
	bool last;

	BUG_ON(!t->signal);
	WARN(t->flags & PF_EXITING, "%s[%u] ends while it ends\n", t->comm, t->pid);
	exit_signals();
	last = !__atomic_sub_fetch(&t->signal->live, 1, __ATOMIC_ACQ_REL);
	if (last) {
		exit_posix_timers();
		exit_signal_timers(t->signal);
	}
	t->exit_code = (int)code;
	exit_mm();
	exit_files(t);
	exit_fs(t);
	if (last && t->signal->leader && disassociate_ctty)
		disassociate_ctty(1);
	if (last && t->tgid == 1)
		init_ended(t->signal->flags & SIGNAL_GROUP_EXIT ? t->signal->group_exit_code :
								  (int)code);
	if (become_zombie(last))
		release_task(t);
	thread_exit(0);
}

void do_group_exit(int code)
{
	struct signal_struct *signal = current->signal;
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	if (signal->flags & SIGNAL_GROUP_EXIT)
		code = signal->group_exit_code;
	else if (signal->group_exec_task)
		code = 0;
	else
		zap_process(current, code);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	do_exit(code);
}

SYSCALL_DEFINE1(exit, int, error_code)
{
	do_exit((error_code & 0xff) << 8);
}

SYSCALL_DEFINE1(exit_group, int, error_code)
{
	do_group_exit((error_code & 0xff) << 8);
}
