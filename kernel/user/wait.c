// SPDX-License-Identifier: MIT
/*
 * wait4() and waitid(): a parent, any of its threads, asks for children that have changed.
 *
 * A look at all children is made under tasklist_lock and copies what is to be told; only then is a
 * zombie released and memory of the program touched.
 */
#include "kernel/user/process.h"

#include <linux/wait.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/signal/usage.h"
#include "kernel/user/pidfd.h"
#include "mm/uaccess.h"

enum which { ANY, PID, PGID };

struct wait_opts {
	enum which which;
	pid_t nr;
	int options; /* W* */

	/* What was found. */
	pid_t pid;
	uid_t uid;
	int cause;  /* CLD_* */
	int status; /* waitid()'s */
	int stat;   /* wait4()'s */
	struct task_usage usage;
	struct task_struct *dead; /* it is to be released */
};

static bool eligible(const struct wait_opts *wo, const struct task_struct *t)
{
	if (wo->which == PID && task_pid_nr(t) != wo->nr)
		return false;
	if (wo->which == PGID && t->signal->pgrp != wo->nr)
		return false;
	/* A "clone" child is one that does not send SIGCHLD. */
	return wo->options & __WALL || (t->exit_signal != SIGCHLD) == !!(wo->options & __WCLONE);
}

static void tell(struct wait_opts *wo, const struct task_struct *t, int cause, int status)
{
	wo->pid = task_pid_nr(t);
	wo->uid = t->cred.uid;
	wo->cause = cause;
	wo->status = status;
}

/* What the child has used, and those that it has waited for. */
static void tell_usage(struct wait_opts *wo, struct task_struct *t)
{
	process_usage_locked(t, &wo->usage);
	add_usage(&wo->usage, &t->signal->child);
}

/* It is the parent's children's from now on. */
static void inherit_usage(const struct task_usage *used)
{
	spin_acquire(&current->sighand->siglock);
	add_usage(&current->signal->child, used);
	spin_release(&current->sighand->siglock);
}

static bool ask_zombie(struct wait_opts *wo, struct task_struct *t)
{
	int code = t->signal->flags & SIGNAL_GROUP_EXIT ? t->signal->group_exit_code : t->exit_code;

	if (!(wo->options & WEXITED))
		return false;
	tell_usage(wo, t);
	if (code & 0x7f)
		tell(wo, t, code & 0x80 ? CLD_DUMPED : CLD_KILLED, code & 0x7f);
	else
		tell(wo, t, CLD_EXITED, code >> 8);
	wo->stat = code;
	if (wo->options & WNOWAIT)
		return true;
	t->exit_state = EXIT_DEAD;
	inherit_usage(&wo->usage);
	wo->dead = t;
	return true;
}

static bool ask_stopped(struct wait_opts *wo, struct task_struct *t)
{
	int code;

	if (!(wo->options & WUNTRACED) || !(t->signal->flags & SIGNAL_STOP_STOPPED))
		return false;
	code = t->signal->group_exit_code;
	if (!code) /* that was told */
		return false;
	if (!(wo->options & WNOWAIT))
		t->signal->group_exit_code = 0;
	tell(wo, t, CLD_STOPPED, code);
	wo->stat = code << 8 | 0x7f;
	return true;
}

static bool ask_continued(struct wait_opts *wo, struct task_struct *t)
{
	if (!(wo->options & WCONTINUED) || !(t->signal->flags & SIGNAL_STOP_CONTINUED))
		return false;
	if (!(wo->options & WNOWAIT))
		t->signal->flags &= ~SIGNAL_STOP_CONTINUED;
	tell(wo, t, CLD_CONTINUED, SIGCONT);
	wo->stat = 0xffff;
	return true;
}

/* True: it has changed, and *wo says how.  tasklist_lock is held. */
static bool ask(struct wait_opts *wo, struct task_struct *t)
{
	bool changed;

	/* One whose other threads still run is no zombie yet. */
	if (t->exit_state)
		return t->signal->nr_threads == 1 && ask_zombie(wo, t);
	spin_acquire(&t->sighand->siglock);
	changed = ask_stopped(wo, t) || ask_continued(wo, t);
	spin_release(&t->sighand->siglock);
	if (changed)
		tell_usage(wo, t);
	return changed;
}

/* Number of the child that has changed; 0: none has; -ECHILD: there is none that could. */
static long look(struct wait_opts *wo)
{
	struct task_struct *leader = current->group_leader, *t;
	unsigned long flags;
	long result = -ECHILD;

	spin_lock_irqsave(&tasklist_lock, flags);
	list_for_each_entry(t, &leader->children, sibling) {
		if (t->exit_state == EXIT_DEAD || !eligible(wo, t))
			continue;
		result = 0;
		if (ask(wo, t)) {
			result = wo->pid;
			break;
		}
	}
	spin_unlock_irqrestore(&tasklist_lock, flags);
	if (wo->dead)
		release_task(wo->dead);
	return result;
}

static long wait_for_change(struct wait_opts *wo)
{
	wait_queue_head_t *wq = &current->signal->wait_chldexit;
	long result = look(wo);
	DEFINE_WAIT(wait);

	if (result || wo->options & WNOHANG)
		return result;
	for (;;) {
		prepare_to_wait(wq, &wait, TASK_INTERRUPTIBLE);
		result = look(wo);
		if (result)
			break;
		if (signal_pending(current)) {
			result = -ERESTARTSYS;
			break;
		}
		schedule();
	}
	finish_wait(wq, &wait);
	return result;
}

/* What was released is this CPU's now, on which nobody else may ever end. */
static long do_wait(struct wait_opts *wo)
{
	long result = wait_for_change(wo);

	if (wo->dead)
		trim_spare_threads();
	return result;
}

/* ---------------------------------------------------------------- the calls */

void fill_rusage(struct rusage *ru, const struct task_usage *usage)
{
	*ru = (struct rusage){
		.ru_utime = { (long)(usage->utime / NSEC_PER_SEC),
			      (long)(usage->utime % NSEC_PER_SEC / NSEC_PER_USEC) },
		.ru_stime = { (long)(usage->stime / NSEC_PER_SEC),
			      (long)(usage->stime % NSEC_PER_SEC / NSEC_PER_USEC) },
		.ru_maxrss = (long)(usage->maxrss * (PAGE_SIZE / 1024)),
		.ru_minflt = (long)usage->min_flt,
		.ru_majflt = (long)usage->maj_flt,
		.ru_inblock = (long)usage->inblock,
		.ru_oublock = (long)usage->oublock,
		.ru_nvcsw = (long)usage->nvcsw,
		.ru_nivcsw = (long)usage->nivcsw,
	};
}

long kernel_wait4(pid_t pid, int *status, int options, struct rusage *ru)
{
	struct wait_opts wo = { .options = options | WEXITED, .nr = pid, .which = PID };
	long result;

	if (options & ~(WNOHANG | WUNTRACED | WCONTINUED | __WNOTHREAD | __WCLONE | __WALL))
		return -EINVAL;
	if (pid == -__INT_MAX__ - 1)
		return -ESRCH;
	if (pid == -1) {
		wo.which = ANY;
	} else if (pid <= 0) {
		wo.which = PGID;
		wo.nr = pid ? -pid : current->signal->pgrp;
	}
	result = do_wait(&wo);
	if (result > 0) {
		if (status)
			*status = wo.stat;
		if (ru)
			fill_rusage(ru, &wo.usage);
	}
	return result;
}

SYSCALL_DEFINE4(wait4, pid_t, pid, int __user *, ustatus, int, options, struct rusage __user *, uru)
{
	struct rusage ru;
	int status;
	long result = kernel_wait4(pid, &status, options, uru ? &ru : NULL);

	if (result <= 0)
		return result;
	if (ustatus && put_user(status, ustatus))
		return -EFAULT;
	if (uru && copy_to_user(uru, &ru, sizeof(ru)))
		return -EFAULT;
	return result;
}

/* Which children waitid() means: 0 or -errno. */
static int choose(struct wait_opts *wo, int which, pid_t nr, bool *nonblock)
{
	*nonblock = false;
	wo->nr = nr;
	switch (which) {
	case P_ALL:
		wo->which = ANY;
		return 0;
	case P_PID:
		wo->which = PID;
		return nr <= 0 ? -EINVAL : 0;
	case P_PGID:
		wo->which = PGID;
		if (!nr)
			wo->nr = current->signal->pgrp;
		return nr < 0 ? -EINVAL : 0;
	case P_PIDFD:
		wo->which = PID;
		if (nr < 0)
			return -EINVAL;
		wo->nr = pidfd_number((unsigned int)nr, nonblock);
		return min(wo->nr, 0);
	default:
		return -EINVAL;
	}
}

static int put_info(siginfo_t __user *uinfo, const struct wait_opts *wo, int signo)
{
	if (put_user(signo, &uinfo->si_signo) || put_user(0, &uinfo->si_errno) ||
	    put_user(wo->cause, &uinfo->si_code) || put_user(wo->pid, &uinfo->si_pid) ||
	    put_user(wo->uid, &uinfo->si_uid) || put_user(wo->status, &uinfo->si_status))
		return -EFAULT;
	return 0;
}

static long wait_for_id(struct wait_opts *wo, int which, pid_t nr, int options)
{
	bool nonblock;
	int err;
	long result;

	if (options & ~(WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED | __WNOTHREAD |
			__WCLONE | __WALL))
		return -EINVAL;
	if (!(options & (WEXITED | WSTOPPED | WCONTINUED)))
		return -EINVAL;
	err = choose(wo, which, nr, &nonblock);
	if (err)
		return err;
	wo->options = options | (nonblock ? WNOHANG : 0);
	result = do_wait(wo);
	return !result && !(options & WNOHANG) ? -EAGAIN : result;
}

SYSCALL_DEFINE5(waitid, int, which, pid_t, nr, siginfo_t __user *, uinfo, int, options,
		struct rusage __user *, uru)
{
	struct wait_opts wo = { 0 };
	struct rusage ru;
	int signo = 0;
	long result = wait_for_id(&wo, which, nr, options);

	if (result > 0) {
		signo = SIGCHLD;
		result = 0;
		fill_rusage(&ru, &wo.usage);
		if (uru && copy_to_user(uru, &ru, sizeof(ru)))
			return -EFAULT;
	}
	if (uinfo && put_info(uinfo, &wo, signo))
		return -EFAULT;
	return result;
}
