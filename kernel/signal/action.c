// SPDX-License-Identifier: MIT
/* The calls by which a program says what it does about signals, and waits for them. */
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"

#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "mm/uaccess.h"

/* What of sa_flags is anything here: signal(7), and what x86-64 adds. */
#define UAPI_SA_FLAGS                                                                      \
	(SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_ONSTACK | SA_RESTART | SA_NODEFER | \
	 SA_RESETHAND | SA_EXPOSE_TAGBITS | SA_RESTORER)

/* ---------------------------------------------------------------- actions */

void flush_signal_handlers(struct task_struct *t, bool force)
{
	for (int i = 0; i < _NSIG; i++) {
		struct sigaction *sa = &t->sighand->action[i].sa;

		if (force || sa->sa_handler != SIG_IGN)
			sa->sa_handler = SIG_DFL;
		sa->sa_flags = 0;
		sa->sa_restorer = NULL;
		sa->sa_mask = 0;
	}
}

static void set_action(int sig, const struct sigaction *act, struct sigaction *old)
{
	struct sigaction *sa = &current->sighand->action[sig - 1].sa;
	struct task_struct *t;
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	*old = *sa;
	if (act) {
		*sa = *act;
		sa->sa_flags &= UAPI_SA_FLAGS;
		sa->sa_mask &= ~SIG_KERNEL_ONLY_MASK;
		/* POSIX, 2.4.3: what is pending and ignored from now on goes, blocked or not. */
		if (sig_handler_ignored(sa->sa_handler, sig)) {
			sigpending_flush(&current->signal->shared_pending, sigmask(sig));
			for_each_thread(current, t) sigpending_flush(&t->pending, sigmask(sig));
		}
	}
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

SYSCALL_DEFINE4(rt_sigaction, int, sig, const struct sigaction __user *, uact,
		struct sigaction __user *, uold, size_t, sigsetsize)
{
	struct sigaction act, old;

	if (sigsetsize != sizeof(sigset_t))
		return -EINVAL;
	if (uact && copy_from_user(&act, uact, sizeof(act)))
		return -EFAULT;
	if (sig < 1 || sig > _NSIG || (uact && sig_in(sig, SIG_KERNEL_ONLY_MASK)))
		return -EINVAL;
	set_action(sig, uact ? &act : NULL, &old);
	if (uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

/* ---------------------------------------------------------------- masks */

SYSCALL_DEFINE4(rt_sigprocmask, int, how, const sigset_t __user *, uset, sigset_t __user *, uold,
		size_t, sigsetsize)
{
	u64 old = current->blocked, set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (uset) {
		if (copy_from_user(&set, uset, sizeof(set)))
			return -EFAULT;
		set &= ~SIG_KERNEL_ONLY_MASK;
		if (how == SIG_BLOCK)
			set |= old;
		else if (how == SIG_UNBLOCK)
			set = old & ~set;
		else if (how != SIG_SETMASK)
			return -EINVAL;
		set_current_blocked(set);
	}
	if (uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return 0;
}

SYSCALL_DEFINE2(rt_sigpending, sigset_t __user *, uset, size_t, sigsetsize)
{
	unsigned long flags;
	u64 set;

	if (sigsetsize > sizeof(set))
		return -EINVAL;
	spin_lock_irqsave(&current->sighand->siglock, flags);
	set = (current->pending.signal | current->signal->shared_pending.signal) & current->blocked;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return copy_to_user(uset, &set, sigsetsize) ? -EFAULT : 0;
}

/* ---------------------------------------------------------------- waiting */

static void sleep_until_signal(void)
{
	while (!signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		schedule();
	}
	__set_current_state(TASK_RUNNING);
}

SYSCALL_DEFINE0(pause)
{
	sleep_until_signal();
	return -ERESTARTNOHAND;
}

SYSCALL_DEFINE2(rt_sigsuspend, const sigset_t __user *, uset, size_t, sigsetsize)
{
	u64 set;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	current->saved_sigmask = current->blocked;
	set_current_blocked(set);
	sleep_until_signal();
	current->restore_sigmask = true;
	return -ERESTARTNOHAND;
}

SYSCALL_DEFINE4(rt_sigtimedwait, const sigset_t __user *, uthese, siginfo_t __user *, uinfo,
		const struct __kernel_timespec __user *, uts, size_t, sigsetsize)
{
	struct __kernel_timespec ts;
	kernel_siginfo_t info;
	u64 these, ns = TIMEOUT_FOREVER;
	int sig;

	if (sigsetsize != sizeof(these))
		return -EINVAL;
	if (copy_from_user(&these, uthese, sizeof(these)))
		return -EFAULT;
	if (uts) {
		if (copy_from_user(&ts, uts, sizeof(ts)))
			return -EFAULT;
		if (ts.tv_sec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
			return -EINVAL;
		if ((u64)ts.tv_sec < KTIME_MAX / NSEC_PER_SEC)
			ns = (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	}
	sig = wait_for_signal(these, ns, &info);
	if (sig > 0 && uinfo && copy_siginfo_to_user(uinfo, &info))
		return -EFAULT;
	return sig;
}

/* ---------------------------------------------------------------- the stack of handlers */

int do_sigaltstack(const stack_t *ss, stack_t *old, unsigned long sp)
{
	struct task_struct *t = current;

	if (old) {
		memset(old, 0, sizeof(*old)); /* its padding too */
		old->ss_sp = (void *)t->sas_ss_sp;
		old->ss_size = t->sas_ss_size;
		old->ss_flags = sas_ss_flags(sp) | (int)(t->sas_ss_flags & SS_FLAG_BITS);
	}
	if (ss) {
		int mode = ss->ss_flags & ~(int)SS_FLAG_BITS;

		if (on_sig_stack(sp))
			return -EPERM;
		if (mode != SS_DISABLE && mode != SS_ONSTACK && mode)
			return -EINVAL;
		if (t->sas_ss_sp == (unsigned long)ss->ss_sp && t->sas_ss_size == ss->ss_size &&
		    t->sas_ss_flags == (u32)ss->ss_flags)
			return 0;
		if (mode == SS_DISABLE) {
			t->sas_ss_sp = t->sas_ss_size = 0;
		} else if (ss->ss_size < MINSIGSTKSZ) {
			return -ENOMEM;
		} else {
			t->sas_ss_sp = (unsigned long)ss->ss_sp;
			t->sas_ss_size = ss->ss_size;
		}
		t->sas_ss_flags = (u32)ss->ss_flags;
	}
	return 0;
}

SYSCALL_DEFINE2(sigaltstack, const stack_t __user *, uss, stack_t __user *, uold)
{
	stack_t ss, old;
	int err;

	if (uss && copy_from_user(&ss, uss, sizeof(ss)))
		return -EFAULT;
	err = do_sigaltstack(uss ? &ss : NULL, uold ? &old : NULL, current_pt_regs()->sp);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}
