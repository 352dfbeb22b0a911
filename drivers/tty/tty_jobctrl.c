// SPDX-License-Identifier: MIT
/* Sessions and their terminals: who is in front, who is stopped, and hanging up. */
#include <asm/ioctls.h>

#include "drivers/tty/tty.h"
#include "kernel/sched/pid.h"
#include "kernel/signal/job.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

int tty_check_change(struct tty_struct *tty, int sig)
{
	pid_t pgrp = READ_ONCE(tty->pgrp), own;

	if (!current->signal || current->signal->tty != tty)
		return 0;
	own = READ_ONCE(current->signal->pgrp);
	if (!pgrp || pgrp == own)
		return 0;
	if (sig_blocked_or_ignored(sig))
		return sig == SIGTTIN ? -EIO : 0;
	if (is_current_pgrp_orphaned())
		return -EIO;
	kill_pgrp(own, sig, 1);
	set_tsk_thread_flag(current, TIF_SIGPENDING);
	return -ERESTARTSYS;
}

/* ---------------------------------------------------------------- sessions */

/* tasklist_lock is held. */
static void set_task_tty(struct task_struct *t, struct tty_struct *tty)
{
	spin_lock(&t->sighand->siglock);
	t->signal->tty = tty;
	spin_unlock(&t->sighand->siglock);
}

/* *nr becomes `to`: nobody else is given a number while it stands there. */
static void set_number(pid_t *nr, pid_t to)
{
	if (to)
		hold_pid(to);
	if (*nr)
		release_pid(*nr);
	WRITE_ONCE(*nr, to);
}

static void set_owner(struct tty_struct *tty, pid_t session, pid_t pgrp)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	set_number(&tty->session, session);
	set_number(&tty->pgrp, pgrp);
	spin_unlock_irqrestore(&tty->lock, flags);
}

/* None of the session's processes has a terminal any more.  tasklist_lock is held. */
static void session_clear_tty(pid_t session)
{
	struct task_struct *p;

	for_each_process(p)
	{
		if (p->signal && p->signal->session == session)
			set_task_tty(p, NULL);
	}
}

/* The caller's session gets it.  tasklist_lock is held. */
static void proc_set_tty(struct tty_struct *tty)
{
	set_owner(tty, current->signal->session, current->signal->pgrp);
	set_task_tty(current, tty);
}

void tty_open_set_controlling(struct tty_struct *tty)
{
	unsigned long flags;

	if (!current->signal)
		return;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (current->signal->leader && !current->signal->tty && !tty->session)
		proc_set_tty(tty);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

struct tty_struct *get_current_tty(void)
{
	return current->signal ? READ_ONCE(current->signal->tty) : NULL;
}

void tty_forget_session(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	if (tty->session)
		session_clear_tty(tty->session);
	set_owner(tty, 0, 0);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* ---------------------------------------------------------------- hanging up */

/* The session's leader is told, and nobody of it has the terminal any more. */
static void signal_session(struct tty_struct *tty)
{
	struct task_struct *p, *leader = NULL;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p)
	{
		if (!tty->session || !p->signal || p->signal->session != tty->session)
			continue;
		if (p->signal->tty == tty)
			set_task_tty(p, NULL);
		if (p->signal->leader) {
			leader = p;
			get_task_struct(leader);
		}
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	if (!leader)
		return;
	group_send_sig_info(SIGHUP, SEND_SIG_PRIV, leader);
	group_send_sig_info(SIGCONT, SEND_SIG_PRIV, leader);
	put_task_struct(leader);
}

void tty_hangup(struct tty_struct *tty, bool exiting)
{
	unsigned long flags;
	pid_t pgrp;

	mutex_lock(&tty_mutex);
	spin_lock_irqsave(&tty->lock, flags);
	tty->hangups++;
	pgrp = tty->session ? tty->pgrp : 0;
	n_tty_flush_input(&tty->n);
	spin_unlock_irqrestore(&tty->lock, flags);
	signal_session(tty);
	if (exiting && pgrp)
		kill_pgrp(pgrp, SIGHUP, 1);
	set_owner(tty, 0, 0);
	mutex_unlock(&tty_mutex);
	wake_up_all(&tty->read_wait);
	wake_up_all(&tty->write_wait);
}

/* The caller's session has no terminal any more: its leader ends, or wants so. */
static void disassociate(int on_exit)
{
	struct tty_struct *tty = get_current_tty();
	unsigned long flags;
	pid_t pgrp;

	if (!current->signal->leader || !tty)
		return;
	if (on_exit) {
		tty_hangup(tty, true);
		return;
	}
	pgrp = READ_ONCE(tty->pgrp);
	if (pgrp) {
		kill_pgrp(pgrp, SIGHUP, 0);
		kill_pgrp(pgrp, SIGCONT, 0);
	}
	spin_lock_irqsave(&tasklist_lock, flags);
	set_owner(tty, 0, 0);
	session_clear_tty(current->signal->session);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

/* ---------------------------------------------------------------- ioctls */

static int tiocnotty(struct tty_struct *tty)
{
	unsigned long flags;

	if (current->signal->tty != tty)
		return -ENOTTY;
	disassociate(0);
	spin_lock_irqsave(&tasklist_lock, flags);
	set_task_tty(current, NULL);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return 0;
}

/* With both locks. */
static int take_controlling(struct tty_struct *tty, bool steal)
{
	if (current->signal->leader && current->signal->session == tty->session)
		return 0;
	if (!current->signal->leader || current->signal->tty)
		return -EPERM;
	if (tty->session) {
		if (!steal)
			return -EPERM;
		session_clear_tty(tty->session);
	}
	proc_set_tty(tty);
	return 0;
}

static int tiocsctty(struct tty_struct *tty, unsigned long arg)
{
	unsigned long flags;
	int ret;

	mutex_lock(&tty_mutex);
	spin_lock_irqsave(&tasklist_lock, flags);
	ret = take_controlling(tty, arg == 1);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	mutex_unlock(&tty_mutex);
	return ret;
}

static int tiocgpgrp(struct tty_struct *tty, pid_t __user *p)
{
	if (current->signal->tty != tty)
		return -ENOTTY;
	return put_user(READ_ONCE(tty->pgrp), p);
}

static int tiocgsid(struct tty_struct *tty, pid_t __user *p)
{
	pid_t session = READ_ONCE(tty->session);

	if (current->signal->tty != tty || !session)
		return -ENOTTY;
	return put_user(session, p);
}

/* The session of a group, or of a process of that number: -1: there is none.  tasklist_lock is held. */
static pid_t session_of(pid_t nr)
{
	struct task_struct *p;
	pid_t session = -1;

	for_each_pgrp(nr, p) return p->signal->session;
	p = find_get_task_by_vpid(nr);
	if (p) {
		session = p->signal ? p->signal->session : -1;
		put_task_struct(p);
	}
	return session;
}

/* tasklist_lock is held. */
static int set_pgrp(struct tty_struct *tty, pid_t nr)
{
	pid_t session = current->signal->session, other;
	unsigned long flags;

	if (current->signal->tty != tty || tty->session != session)
		return -ENOTTY;
	other = session_of(nr);
	if (other != session)
		return other < 0 ? -ESRCH : -EPERM;
	spin_lock_irqsave(&tty->lock, flags);
	set_number(&tty->pgrp, nr);
	spin_unlock_irqrestore(&tty->lock, flags);
	return 0;
}

static int tiocspgrp(struct tty_struct *tty, pid_t __user *p)
{
	int ret = tty_check_change(tty, SIGTTOU);
	unsigned long flags;
	pid_t nr;

	if (ret)
		return ret == -EIO ? -ENOTTY : ret;
	if (get_user(nr, p))
		return -EFAULT;
	if (nr < 0)
		return -EINVAL;
	spin_lock_irqsave(&tasklist_lock, flags);
	ret = set_pgrp(tty, nr);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return ret;
}

long tty_jobctrl_ioctl(struct tty_struct *tty, unsigned int cmd, unsigned long arg)
{
	if (!current->signal)
		return -ENOTTY;
	switch (cmd) {
	case TIOCNOTTY:
		return tiocnotty(tty);
	case TIOCSCTTY:
		return tiocsctty(tty, arg);
	case TIOCGPGRP:
		return tiocgpgrp(tty, (pid_t __user *)arg);
	case TIOCSPGRP:
		return tiocspgrp(tty, (pid_t __user *)arg);
	case TIOCGSID:
		return tiocgsid(tty, (pid_t __user *)arg);
	default:
		return -ENOTTY;
	}
}

static void describe(const struct tty_struct *tty, dev_t *dev, pid_t *pgrp)
{
	*dev = tty->dev;
	*pgrp = READ_ONCE(tty->pgrp);
}

void __init tty_jobctrl_init(void)
{
	describe_tty = describe;
	disassociate_ctty = disassociate;
}
