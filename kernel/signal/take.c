// SPDX-License-Identifier: MIT
/*
 * Taking: what is pending comes to a thread, in the thread itself.
 *
 * A stop is the work of all threads: who takes the signal asks the others, each stops when it looks
 * for signals, and the last one tells the parent.
 */
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"

#include "kernel/sched/sched.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- is there anything */

static bool has_pending(const struct task_struct *t)
{
	return (t->jobctl & JOBCTL_STOP_PENDING) ||
	       ((t->pending.signal | t->signal->shared_pending.signal) & ~t->blocked);
}

static __always_inline void recalc(void)
{
	if (has_pending(current))
		set_tsk_thread_flag(current, TIF_SIGPENDING);
	else
		clear_tsk_thread_flag(current, TIF_SIGPENDING);
}

void recalc_sigpending(void)
{
	recalc();
}

void flush_sigqueue(struct sigpending *pending)
{
	sigpending_flush(pending, ~0ULL);
}

/* ---------------------------------------------------------------- taking one */

/* `sig`, which is pending there. */
static void take_signal(struct sigpending *pending, int sig, kernel_siginfo_t *info)
{
	struct sigqueue *q = sigpending_take(pending, sig);

	if (!q) {
		*info = (kernel_siginfo_t){ .si_signo = sig, .si_code = SI_USER };
		return;
	}
	*info = q->info;
	if (q->taken)
		q->taken(q, info);
	sigqueue_free(q);
}

int dequeue_signal(u64 mask, struct kernel_siginfo *info)
{
	struct sigpending *pending = &current->pending;
	int sig = next_signal(pending, mask);

	if (!sig) {
		pending = &current->signal->shared_pending;
		sig = next_signal(pending, mask);
		if (sig == SIGALRM)
			restart_real_timer(current->signal);
	}
	if (sig)
		take_signal(pending, sig, info);
	recalc();
	if (sig && sig_in(sig, SIG_KERNEL_STOP_MASK))
		current->jobctl |= JOBCTL_STOP_DEQUEUED;
	return sig;
}

/* ---------------------------------------------------------------- masks */

void retarget_shared_pending(struct task_struct *t, u64 which)
{
	struct task_struct *i;

	which &= t->signal->shared_pending.signal;
	if (!which || t->signal->nr_threads == 1)
		return;
	for_each_thread(t, i)
	{
		if (i == t || i->flags & PF_EXITING || !(which & ~i->blocked))
			continue;
		which &= i->blocked;
		if (!signal_pending(i))
			signal_wake_up(i, false);
		if (!which)
			return;
	}
}

static __always_inline void set_blocked_locked(u64 set)
{
	u64 newly = set & ~current->blocked;

	if (signal_pending(current) && newly)
		retarget_shared_pending(current, newly);
	current->blocked = set;
	recalc();
}

void set_current_blocked(u64 set)
{
	unsigned long flags;

	set &= ~SIG_KERNEL_ONLY_MASK;
	if (set == current->blocked)
		return; /* nobody else changes it */
	spin_lock_irqsave(&current->sighand->siglock, flags);
	set_blocked_locked(set);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize)
{
	u64 set;

	if (!umask)
		return 0;
	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, umask, sizeof(set)))
		return -EFAULT;
	current->restore_sigmask = true;
	current->saved_sigmask = current->blocked;
	set_current_blocked(set);
	return 0;
}

int wait_for_signal(u64 these, u64 ns, struct kernel_siginfo *info)
{
	u64 mask = ~(these & ~SIG_KERNEL_ONLY_MASK);
	unsigned long flags;
	int sig;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	sig = dequeue_signal(mask, info);
	if (!sig && ns) {
		current->real_blocked = current->blocked;
		current->blocked &=
			mask; /* a sender wakes this thread now, and does not ignore it */
		recalc();
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
		set_current_state(TASK_INTERRUPTIBLE);
		ns = schedule_timeout(ns);
		spin_lock_irqsave(&current->sighand->siglock, flags);
		set_blocked_locked(current->real_blocked);
		current->real_blocked = 0;
		sig = dequeue_signal(mask, info);
	}
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return sig ?: ns ? -EINTR : -EAGAIN;
}

/* ---------------------------------------------------------------- stopping */

bool task_participate_group_stop(struct task_struct *t)
{
	struct signal_struct *signal = t->signal;
	bool counts = t->jobctl & JOBCTL_STOP_CONSUME;

	t->jobctl &= ~JOBCTL_STOP_MASK;
	if (!counts || WARN(!signal->group_stop_count, "%s stops uncounted\n", t->comm))
		return false;
	if (--signal->group_stop_count || signal->flags & SIGNAL_STOP_STOPPED)
		return false;
	signal->flags =
		(signal->flags & ~(SIGNAL_CLD_MASK | SIGNAL_STOP_CONTINUED)) | SIGNAL_STOP_STOPPED;
	return true;
}

static bool ask_to_stop(struct task_struct *t, int sig)
{
	if (fatal_signal_pending(t) || t->flags & PF_EXITING)
		return false;
	t->jobctl = (t->jobctl & ~JOBCTL_STOP_SIGMASK) | (u32)sig | JOBCTL_STOP_PENDING |
		    JOBCTL_STOP_CONSUME;
	t->signal->group_stop_count++;
	return true;
}

/* The caller has taken `sig`: all threads are to stop.  False: it is too late for that. */
static bool begin_group_stop(int sig)
{
	struct signal_struct *signal = current->signal;
	struct task_struct *i;

	if (!(current->jobctl & JOBCTL_STOP_DEQUEUED) || signal->flags & SIGNAL_GROUP_EXIT ||
	    signal->group_exec_task)
		return false;
	if (!(signal->flags & SIGNAL_STOP_STOPPED))
		signal->group_exit_code = sig;
	signal->group_stop_count = 0;
	ask_to_stop(current, sig);
	for_each_thread(current, i) if (i != current && !(i->jobctl & JOBCTL_STOPPED) &&
					ask_to_stop(i, sig)) signal_wake_up(i, false);
	return true;
}

/* Sleep until SIGCONT or SIGKILL. */
static void sleep_stopped(void)
{
	for (;;) {
		set_current_state(TASK_STOPPED);
		if (!(READ_ONCE(current->jobctl) & JOBCTL_STOPPED))
			break;
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

/*
 * Stop, because of a signal just taken or because another thread has taken one (sig 0).  siglock is
 * held, and gone where it returns true: then everything is to be looked at anew.
 */
static bool do_signal_stop(int sig, unsigned long flags)
{
	bool last;

	if (!(current->jobctl & JOBCTL_STOP_PENDING) && !begin_group_stop(sig))
		return false;
	/* SIGKILL had come before it could be asked. */
	if (!(current->jobctl & JOBCTL_STOP_PENDING))
		return false;
	last = task_participate_group_stop(current);
	current->jobctl |= JOBCTL_STOPPED;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	if (last) {
		spin_lock_irqsave(&tasklist_lock, flags);
		do_notify_parent_cldstop(current, CLD_STOPPED);
		spin_unlock_irqrestore(&tasklist_lock, flags);
	}
	sleep_stopped();
	return true;
}

/* The parent hears of a stop that was over before it was one, or of SIGCONT.  As above. */
static bool tell_parent(unsigned long flags)
{
	struct signal_struct *signal = current->signal;
	int why;

	if (likely(!(signal->flags & SIGNAL_CLD_MASK)))
		return false;
	why = signal->flags & SIGNAL_CLD_CONTINUED ? CLD_CONTINUED : CLD_STOPPED;
	signal->flags &= ~SIGNAL_CLD_MASK;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	spin_lock_irqsave(&tasklist_lock, flags);
	do_notify_parent_cldstop(current, why);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return true;
}

/* ---------------------------------------------------------------- on the way to user mode */

static int take_any(kernel_siginfo_t *info)
{
	/* The frame of what the last instruction did is built first, whatever is pending besides. */
	int sig = next_signal(&current->pending, current->blocked | ~SYNCHRONOUS_MASK);

	if (likely(!sig))
		return dequeue_signal(current->blocked, info);
	take_signal(&current->pending, sig, info);
	recalc();
	return sig;
}

enum taken { IGNORED, HANDLED, DIES, LOOK_AGAIN };

/* What the process does with ksig->sig.  siglock is held, but for LOOK_AGAIN. */
static enum taken act_on(struct ksignal *ksig, unsigned long flags)
{
	struct k_sigaction *ka = &current->sighand->action[ksig->sig - 1];
	int sig = ksig->sig;

	if (ka->sa.sa_handler == SIG_IGN)
		return IGNORED;
	if (ka->sa.sa_handler != SIG_DFL) {
		ksig->ka = *ka;
		if (ka->sa.sa_flags & SA_ONESHOT)
			ka->sa.sa_handler = SIG_DFL;
		return HANDLED;
	}
	if (sig_in(sig, SIG_KERNEL_IGNORE_MASK))
		return IGNORED;
	if (current->signal->flags & SIGNAL_UNKILLABLE && !sig_in(sig, SIG_KERNEL_ONLY_MASK))
		return IGNORED;
	if (!sig_in(sig, SIG_KERNEL_STOP_MASK))
		return DIES;
	if (sig != SIGSTOP) {
		bool orphaned;

		/* tasklist_lock is the outer one; who sends SIGCONT meanwhile takes STOP_DEQUEUED's stop back. */
		spin_unlock_irqrestore(&current->sighand->siglock, flags);
		orphaned = is_current_pgrp_orphaned();
		if (orphaned)
			return LOOK_AGAIN;
		spin_lock_irqsave(&current->sighand->siglock, flags);
	}
	return do_signal_stop(sig, flags) ? LOOK_AGAIN : IGNORED;
}

bool get_signal(struct ksignal *ksig)
{
	unsigned long flags;
	enum taken taken;

look_again:
	spin_lock_irqsave(&current->sighand->siglock, flags);
	if (tell_parent(flags))
		goto look_again;
	do {
		if (current->signal->flags & SIGNAL_GROUP_EXIT ||
		    current->signal->group_exec_task) {
			ksig->sig = SIGKILL;
			current->pending.signal &= ~sigmask(SIGKILL);
			recalc();
			taken = DIES;
			break;
		}
		if (current->jobctl & JOBCTL_STOP_PENDING && do_signal_stop(0, flags))
			goto look_again;
		ksig->sig = take_any(&ksig->info);
		taken = ksig->sig ? act_on(ksig, flags) : HANDLED;
		if (taken == LOOK_AGAIN)
			goto look_again;
	} while (taken == IGNORED);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	ksig->dies = taken == DIES;
	return ksig->sig;
}
