// SPDX-License-Identifier: MIT
/*
 * All processes, and the groups and sessions that job control has of them.
 *
 * A group is a list behind its number (kernel/sched/pid.h), which each member holds as well as that
 * of its session.
 */
#include "kernel/signal/job.h"

#include "kernel/core/syscall.h"

LIST_HEAD(process_list);
void (*disassociate_ctty)(int on_exit);
void (*describe_tty)(const struct tty_struct *tty, dev_t *dev, pid_t *pgrp);

/* ---------------------------------------------------------------- coming and going */

static void join(struct task_struct *leader, pid_t pgrp, pid_t session)
{
	hold_pid(pgrp);
	hold_pid(session);
	leader->signal->pgrp = pgrp;
	leader->signal->session = session;
	list_add_tail(&leader->pgrp_node, pid_group(pgrp));
}

static void leave(struct task_struct *leader)
{
	list_del(&leader->pgrp_node);
	release_pid(leader->signal->pgrp);
	release_pid(leader->signal->session);
}

void attach_process(struct task_struct *leader, const struct task_struct *like)
{
	lockdep_assert_held(&tasklist_lock);
	list_add_tail(&leader->process_node, &process_list);
	if (like)
		join(leader, like->signal->pgrp, like->signal->session);
	else
		join(leader, 0, 0);
}

void detach_process(struct task_struct *leader)
{
	lockdep_assert_held(&tasklist_lock);
	list_del(&leader->process_node);
	leave(leader);
}

/* `new` stands in the list where `old` did. */
static void list_replace(struct list_head *old, struct list_head *new)
{
	list_add(new, old);
	list_del(old);
}

void replace_leader(struct task_struct *old, struct task_struct *leader)
{
	struct task_struct *child;

	lockdep_assert_held(&tasklist_lock);
	list_replace(&old->process_node, &leader->process_node);
	list_replace(&old->pgrp_node, &leader->pgrp_node);
	list_replace(&old->sibling, &leader->sibling);
	leader->real_parent = old->real_parent;
	list_for_each_entry(child, &old->children, sibling)
		child->real_parent = leader;
	list_splice_tail_init(&old->children, &leader->children);
}

/* ---------------------------------------------------------------- groups without a parent */

/* But for `but`, nobody in the group has a parent in another group of the session. */
static bool will_become_orphaned(pid_t pgrp, const struct task_struct *but)
{
	struct task_struct *p;

	for_each_pgrp(pgrp, p)
	{
		const struct signal_struct *parent = p->real_parent->signal;

		if (p == but || (p->exit_state && p->signal->nr_threads == 1) ||
		    p->real_parent->pid == 1)
			continue;
		if (parent->pgrp != pgrp && parent->session == p->signal->session)
			return false;
	}
	return true;
}

bool is_current_pgrp_orphaned(void)
{
	unsigned long flags;
	bool orphaned;

	spin_lock_irqsave(&tasklist_lock, flags);
	orphaned = will_become_orphaned(current->signal->pgrp, NULL);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return orphaned;
}

static bool has_stopped_jobs(pid_t pgrp)
{
	struct task_struct *p;

	for_each_pgrp(pgrp, p) if (READ_ONCE(p->signal->flags) & SIGNAL_STOP_STOPPED) return true;
	return false;
}

static void kill_group_locked(pid_t pgrp, int sig)
{
	struct task_struct *p;

	for_each_pgrp(pgrp, p)
	{
		spin_acquire(&p->sighand->siglock);
		p->signal->sent_to_many++;
		send_signal_locked(sig, SEND_SIG_PRIV, p, true);
		spin_release(&p->sighand->siglock);
	}
}

void kill_orphaned_pgrp(struct task_struct *t, struct task_struct *parent)
{
	pid_t pgrp = t->signal->pgrp;
	const struct task_struct *but = t;

	lockdep_assert_held(&tasklist_lock);
	if (parent)
		but = NULL; /* it is the parent that goes: t is not that group's way out any more */
	else
		parent = t->real_parent;
	if (parent->signal->pgrp == pgrp || parent->signal->session != t->signal->session ||
	    !will_become_orphaned(pgrp, but) || !has_stopped_jobs(pgrp))
		return;
	kill_group_locked(pgrp, SIGHUP);
	kill_group_locked(pgrp, SIGCONT);
}

/* ---------------------------------------------------------------- looks */

static pid_t look(struct task_struct *t, bool session)
{
	unsigned long flags;
	pid_t nr = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal)
		nr = session ? t->signal->session : t->signal->pgrp;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return nr;
}

pid_t task_pgrp_nr(struct task_struct *t)
{
	return look(t, false);
}

pid_t task_session_nr(struct task_struct *t)
{
	return look(t, true);
}

/* ---------------------------------------------------------------- system calls */

/* The group `pgid` is there, and of the caller's session. */
static bool group_is_ours(pid_t pgid)
{
	struct task_struct *p;

	for_each_pgrp(pgid, p) return p->signal->session == current->signal->session;
	return false;
}

/* With tasklist_lock held, which keeps p. */
static long set_group(struct task_struct *p, pid_t pgid)
{
	struct task_struct *leader = current->group_leader;

	if (!p || (!p->signal && p->exit_state))
		return -ESRCH;
	if (!thread_group_leader(p))
		return -EINVAL;
	if (!p->signal)
		return -ESRCH;
	if (p->real_parent == leader) {
		if (p->signal->session != leader->signal->session)
			return -EPERM;
		if (!(READ_ONCE(p->flags) & PF_FORKNOEXEC))
			return -EACCES;
	} else if (p != leader) {
		return -ESRCH;
	}
	if (p->signal->leader || (pgid != task_pid_nr(p) && !group_is_ours(pgid)))
		return -EPERM;
	if (p->signal->pgrp != pgid) {
		pid_t session = p->signal->session;

		hold_pid(session); /* across the moment in between */
		leave(p);
		join(p, pgid, session);
		release_pid(session);
	}
	return 0;
}

SYSCALL_DEFINE2(setpgid, pid_t, pid, pid_t, pgid)
{
	struct task_struct *p;
	unsigned long flags;
	long err;

	if (!pid)
		pid = task_tgid_nr(current);
	if (!pgid)
		pgid = pid;
	if (pgid < 0)
		return -EINVAL;
	p = find_get_task_by_vpid(pid);
	spin_lock_irqsave(&tasklist_lock, flags);
	err = set_group(p, pgid);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	if (p)
		put_task_struct(p);
	return err;
}

/* Of another process, or one's own by 0; a thread of the kernel's has none. */
static long look_at(pid_t pid, bool session)
{
	struct task_struct *t;
	pid_t nr;

	if (!pid)
		return session ? current->signal->session : current->signal->pgrp;
	t = find_get_task_by_vpid(pid);
	if (!t)
		return -ESRCH;
	nr = look(t, session);
	put_task_struct(t);
	return nr;
}

SYSCALL_DEFINE1(getpgid, pid_t, pid)
{
	return look_at(pid, false);
}

SYSCALL_DEFINE0(getpgrp)
{
	return current->signal->pgrp;
}

SYSCALL_DEFINE1(getsid, pid_t, pid)
{
	return look_at(pid, true);
}

SYSCALL_DEFINE0(setsid)
{
	struct task_struct *leader = current->group_leader;
	pid_t nr = task_pid_nr(leader);
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (leader->signal->leader || !list_empty(pid_group(nr))) {
		spin_unlock_irqrestore(&tasklist_lock, flags);
		return -EPERM;
	}
	leader->signal->leader = true;
	leave(leader);
	join(leader, nr, nr);
	spin_acquire(&leader->sighand->siglock);
	leader->signal->tty = NULL;
	spin_release(&leader->sighand->siglock);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return nr;
}
