// SPDX-License-Identifier: MIT
/*
 * Sending: what a signal does at once, before anybody takes it.
 *
 * A signal that is ignored, and not blocked, does not even become pending.  SIGCONT wakes who is
 * stopped and undoes stops that are pending, and these undo it, whatever the actions.  One that will
 * end the process does so at once: each thread has SIGKILL pending and is on its way.
 */
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"

#include <linux/eventpoll.h>

#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"

DEFINE_SPINLOCK(tasklist_lock);
DECLARE_WAIT_QUEUE_HEAD(signalfd_wait);

struct sighand_struct *lock_task_sighand(struct task_struct *t, unsigned long *flags)
{
	struct sighand_struct *sighand;

	spin_lock_irqsave(&tasklist_lock, *flags);
	sighand = t->sighand;
	if (sighand)
		spin_acquire(&sighand->siglock);
	spin_release(&tasklist_lock);
	if (!sighand)
		local_irq_restore(*flags);
	return sighand;
}

/* ---------------------------------------------------------------- is it worth anything */

bool sig_handler_ignored(__sighandler_t handler, int sig)
{
	return handler == SIG_IGN || (handler == SIG_DFL && sig_in(sig, SIG_KERNEL_IGNORE_MASK));
}

/* The action of one that is not blocked is to ignore it. */
static __always_inline bool sig_task_ignored(const struct task_struct *t, int sig, bool force)
{
	__sighandler_t handler = t->sighand->action[sig - 1].sa.sa_handler;

	if (t->signal->flags & SIGNAL_UNKILLABLE && handler == SIG_DFL &&
	    !(force && sig_in(sig, SIG_KERNEL_ONLY_MASK)))
		return true;
	return sig_handler_ignored(handler, sig);
}

/* A blocked one is kept: the action may be another when it is unblocked. */
static __always_inline bool sig_ignored(const struct task_struct *t, int sig, bool force)
{
	if ((t->blocked | t->real_blocked) & sigmask(sig))
		return false;
	return sig_task_ignored(t, sig, force);
}

/* SIGCONT was sent: stops are over, those that are under way too. */
static void continue_all(struct task_struct *t)
{
	struct signal_struct *signal = t->signal;
	struct task_struct *i;
	u32 why = 0;

	sigpending_flush(&signal->shared_pending, SIG_KERNEL_STOP_MASK);
	for_each_thread(t, i)
	{
		sigpending_flush(&i->pending, SIG_KERNEL_STOP_MASK);
		i->jobctl &= ~(JOBCTL_STOP_MASK | JOBCTL_STOPPED);
		wake_up_state(i, TASK_STOPPED);
	}
	if (signal->flags & SIGNAL_STOP_STOPPED)
		why = SIGNAL_CLD_CONTINUED;
	else if (signal->group_stop_count)
		why = SIGNAL_CLD_STOPPED;
	if (!why)
		return;
	/* The first thread that looks tells the parent. */
	signal->flags = (signal->flags & ~(SIGNAL_STOP_STOPPED | SIGNAL_CLD_MASK)) | why |
			SIGNAL_STOP_CONTINUED;
	signal->group_stop_count = 0;
	signal->group_exit_code = 0;
}

/* What it does to others that are pending; false: it is nothing that anybody would take. */
static __always_inline bool prepare_signal(int sig, struct task_struct *t, bool force)
{
	struct task_struct *i;

	if (t->signal->flags & SIGNAL_GROUP_EXIT)
		return false;
	if (sig_in(sig, SIG_KERNEL_STOP_MASK)) {
		sigpending_flush(&t->signal->shared_pending, sigmask(SIGCONT));
		for_each_thread(t, i) sigpending_flush(&i->pending, sigmask(SIGCONT));
	} else if (sig == SIGCONT) {
		continue_all(t);
	}
	return !sig_ignored(t, sig, force);
}

/* ---------------------------------------------------------------- who takes it */

void signal_wake_up(struct task_struct *t, bool fatal)
{
	u32 states = TASK_INTERRUPTIBLE;

	lockdep_assert_held(&t->sighand->siglock);
	set_tsk_thread_flag(t, TIF_SIGPENDING);
	if (fatal) {
		t->jobctl &= ~JOBCTL_STOPPED;
		states |= TASK_WAKEKILL | TASK_STOPPED;
	}
	/* Who runs looks on the way back, and one in user mode has to come in to see it. */
	if (t == current && READ_ONCE(t->state) == TASK_RUNNING)
		return;
	if (!wake_up_state(t, states))
		kick_process(t);
}

static bool wants_signal(int sig, const struct task_struct *t)
{
	if (t->blocked & sigmask(sig) || t->flags & PF_EXITING)
		return false;
	if (sig == SIGKILL)
		return true;
	return !(t->jobctl & JOBCTL_STOPPED) && (READ_ONCE(t->on_cpu) || !signal_pending(t));
}

/* t where it can, or, of a signal for the process, any thread that can. */
static struct task_struct *choose_thread(int sig, struct task_struct *t, bool group)
{
	struct task_struct *i;

	if (wants_signal(sig, t))
		return t;
	if (group && t->signal->nr_threads > 1)
		for_each_thread(t, i) if (wants_signal(sig, i)) return i;
	return NULL;
}

/* Its default is to end the process, and nobody has another idea. */
static bool sig_fatal(const struct task_struct *t, int sig)
{
	return !sig_in(sig, SIG_KERNEL_IGNORE_MASK | SIG_KERNEL_STOP_MASK) &&
	       t->sighand->action[sig - 1].sa.sa_handler == SIG_DFL;
}

void zap_process(struct task_struct *t, int exit_code)
{
	struct task_struct *i;

	t->signal->flags = SIGNAL_GROUP_EXIT;
	t->signal->group_exit_code = exit_code;
	t->signal->group_stop_count = 0;
	for_each_thread(t, i)
	{
		i->jobctl &= ~JOBCTL_STOP_MASK;
		if (i->flags & PF_EXITING)
			continue;
		i->pending.signal |= sigmask(SIGKILL);
		signal_wake_up(i, true);
	}
}

static void complete_signal(int sig, struct task_struct *t, bool group)
{
	struct task_struct *taker = choose_thread(sig, t, group);

	if (!taker)
		return;
	/* Who waits for it in rt_sigtimedwait() has blocked it: it is for that one. */
	if (sig_fatal(t, sig) && !(t->signal->flags & SIGNAL_GROUP_EXIT) &&
	    !(taker->real_blocked & sigmask(sig)) &&
	    (sig == SIGKILL || !(t->signal->flags & SIGNAL_UNKILLABLE))) {
		zap_process(t, sig);
		return;
	}
	signal_wake_up(taker, sig == SIGKILL);
}

/* ---------------------------------------------------------------- sending */

static bool is_special(const struct kernel_siginfo *info)
{
	return info == SEND_SIG_NOINFO || info == SEND_SIG_PRIV;
}

static void fill_info(kernel_siginfo_t *to, int sig, const struct kernel_siginfo *info)
{
	if (!is_special(info)) {
		*to = *info;
		return;
	}
	*to = (kernel_siginfo_t){ .si_signo = sig };
	if (info == SEND_SIG_PRIV) {
		to->si_code = SI_KERNEL;
	} else {
		to->si_code = SI_USER;
		to->si_pid = task_tgid_nr(current);
		to->si_uid = current->cred.uid;
	}
}

int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group)
{
	struct sigpending *pending = group ? &t->signal->shared_pending : &t->pending;
	struct sigqueue *q = NULL;

	lockdep_assert_held(&t->sighand->siglock);
	if (!prepare_signal(sig, t, info == SEND_SIG_PRIV))
		return 0;
	if (sig < SIGRTMIN && pending->signal & sigmask(sig))
		return 0;
	if (sig != SIGKILL) {
		/* What the kernel says of one that is pending once at the most is always kept. */
		q = sigqueue_alloc(t, sig >= SIGRTMIN || !(is_special(info) || info->si_code >= 0));
		if (q)
			fill_info(&q->info, sig, info);
		else if (!is_special(info) && sig >= SIGRTMIN && info->si_code != SI_USER)
			return -EAGAIN;
	}
	sigpending_add(pending, sig, q);
	if (wq_has_sleeper(&signalfd_wait))
		wake_up_poll(&signalfd_wait, EPOLLIN);
	complete_signal(sig, t, group);
	return 0;
}

bool send_sigqueue(struct sigqueue *q, struct task_struct *t, bool group)
{
	struct sigpending *pending = group ? &t->signal->shared_pending : &t->pending;
	int sig = q->info.si_signo;

	lockdep_assert_held(&t->sighand->siglock);
	if (!list_empty(&q->list)) { /* it was sent, and not taken yet */
		q->info.si_overrun++;
		return true;
	}
	if (!prepare_signal(sig, t, false))
		return false;
	q->info.si_overrun = 0;
	sigpending_add(pending, sig, q);
	if (waitqueue_active(&signalfd_wait))
		wake_up_poll(&signalfd_wait, EPOLLIN);
	complete_signal(sig, t, group);
	return true;
}

/* With tasklist_lock held. */
static __always_inline int send_one(int sig, struct kernel_siginfo *info, struct task_struct *t,
				    bool group)
{
	int err;

	lockdep_assert_held(&tasklist_lock);
	if (sig < 0 || sig > _NSIG)
		return -EINVAL;
	if (!sig)
		return 0;
	if (!t->sighand)
		/* No signal does anything to a thread of the kernel's; else it has just gone. */
		return t->exit_state ? -ESRCH : 0;
	spin_acquire(&t->sighand->siglock);
	err = send_signal_locked(sig, info, t, group);
	spin_release(&t->sighand->siglock);
	return err;
}

/* The same, to one of several processes: who forks meanwhile has one more of them. */
static int send_to_each(int sig, struct kernel_siginfo *info, struct task_struct *p)
{
	p->signal->sent_to_many++;
	return send_one(sig, info, p, true);
}

int do_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&tasklist_lock, flags);
	err = send_one(sig, info, t, group);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t)
{
	return do_send_sig_info(sig, info, t, false);
}

int send_sig(int sig, struct task_struct *t, int priv)
{
	return send_sig_info(sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO, t);
}

int group_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t)
{
	return do_send_sig_info(sig, info, t, true);
}

int kill_pgrp_info(pid_t pgrp, int sig, struct kernel_siginfo *info)
{
	struct task_struct *p;
	unsigned long flags;
	int err = -ESRCH;
	bool any = false;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_pgrp(pgrp, p)
	{
		err = send_to_each(sig, info, p);
		any |= !err;
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return any ? 0 : err;
}

int kill_pgrp(pid_t pgrp, int sig, int priv)
{
	return kill_pgrp_info(pgrp, sig, priv ? SEND_SIG_PRIV : SEND_SIG_NOINFO);
}

int kill_pid_info(int sig, struct kernel_siginfo *info, pid_t pid)
{
	struct task_struct *t;
	int err;

	if (pid == task_tgid_nr(current)) /* it does not go away meanwhile */
		return group_send_sig_info(sig, info, current->group_leader);
	t = find_get_task_by_vpid(pid);
	if (!t)
		return -ESRCH;
	err = group_send_sig_info(sig, info, t);
	put_task_struct(t);
	return err;
}

/* kill(-1): everybody but pid 1 and the caller's own process. */
int kill_everybody(int sig, struct kernel_siginfo *info)
{
	struct task_struct *p;
	unsigned long flags;
	int result = -ESRCH;

	spin_lock_irqsave(&tasklist_lock, flags);
	for_each_process(p) if (p->pid != 1 && p != current->group_leader) result =
		send_to_each(sig, info, p);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return result;
}

/* ---------------------------------------------------------------- forcing */

/* It is unblocked, and what a program does instead of the default, if it can, is not to ignore it. */
static void force_sig_to_current(struct kernel_siginfo *info, bool to_default)
{
	int sig = info->si_signo;
	struct k_sigaction *action = &current->sighand->action[sig - 1];
	unsigned long flags;
	bool blocked;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	blocked = current->blocked & sigmask(sig);
	if (blocked || to_default || action->sa.sa_handler == SIG_IGN)
		action->sa.sa_handler = SIG_DFL;
	if (blocked) {
		current->blocked &= ~sigmask(sig);
		recalc_sigpending();
	}
	/* Not even pid 1 can go on. */
	if (action->sa.sa_handler == SIG_DFL)
		current->signal->flags &= ~SIGNAL_UNKILLABLE;
	send_signal_locked(sig, info, current, false);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

void force_sig_fault(int sig, int code, void __user *addr)
{
	kernel_siginfo_t info = { .si_signo = sig, .si_code = code };

	info.si_addr = (__force void *)addr;
	force_sig_to_current(&info, false);
}

void force_sig(int sig)
{
	kernel_siginfo_t info = { .si_signo = sig, .si_code = SI_KERNEL };

	force_sig_to_current(&info, false);
}

void force_fatal_sig(int sig)
{
	kernel_siginfo_t info = { .si_signo = sig, .si_code = SI_KERNEL };

	force_sig_to_current(&info, true);
}
