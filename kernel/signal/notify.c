// SPDX-License-Identifier: MIT
/* What a parent is told of its children, and what they have used. */
#include "kernel/signal/job.h"

#include <linux/eventpoll.h>

#include "kernel/sched/sched.h"
#include "kernel/signal/usage.h"

DECLARE_WAIT_QUEUE_HEAD(process_ended);

static void tell(struct task_struct *t, struct kernel_siginfo *info)
{
	struct task_usage used;

	process_usage_locked(t, &used);
	info->si_signo = SIGCHLD;
	info->si_pid = task_tgid_nr(t);
	info->si_uid = t->cred.uid;
	info->si_utime = (__kernel_clock_t)nsec_to_clock_t(used.utime);
	info->si_stime = (__kernel_clock_t)nsec_to_clock_t(used.stime);
}

bool do_notify_parent(struct task_struct *t, int sig)
{
	struct task_struct *parent = t->real_parent;
	struct kernel_siginfo info = { .si_signo = sig };
	const struct sigaction *sa = &parent->sighand->action[SIGCHLD - 1].sa;
	bool autoreap = false;

	lockdep_assert_held(&tasklist_lock);
	tell(t, &info);
	info.si_signo = sig;
	info.si_status = t->exit_code & 0x7f;
	if (t->exit_code & 0x80) {
		info.si_code = CLD_DUMPED;
	} else if (info.si_status) {
		info.si_code = CLD_KILLED;
	} else {
		info.si_code = CLD_EXITED;
		info.si_status = t->exit_code >> 8;
	}
	spin_acquire(&parent->sighand->siglock);
	if (sig == SIGCHLD && (sa->sa_handler == SIG_IGN || sa->sa_flags & SA_NOCLDWAIT)) {
		autoreap = true;
		if (sa->sa_handler == SIG_IGN)
			sig = 0;
	}
	if (sig > 0 && sig <= _NSIG)
		send_signal_locked(sig, &info, parent, true);
	spin_release(&parent->sighand->siglock);
	wake_up(&parent->signal->wait_chldexit);
	if (waitqueue_active(&process_ended))
		wake_up_poll(&process_ended, EPOLLIN);
	return autoreap;
}

void do_notify_parent_cldstop(struct task_struct *t, int why)
{
	struct task_struct *leader = t->group_leader, *parent = leader->real_parent;
	struct kernel_siginfo info = { .si_code = why };
	const struct sigaction *sa = &parent->sighand->action[SIGCHLD - 1].sa;

	lockdep_assert_held(&tasklist_lock);
	tell(leader, &info);
	info.si_status = why == CLD_CONTINUED ? SIGCONT : leader->signal->group_exit_code & 0x7f;
	spin_acquire(&parent->sighand->siglock);
	if (sa->sa_handler != SIG_IGN && !(sa->sa_flags & SA_NOCLDSTOP))
		send_signal_locked(SIGCHLD, &info, parent, true);
	spin_release(&parent->sighand->siglock);
	/* Even if it does not want the signal, it may wait. */
	wake_up(&parent->signal->wait_chldexit);
}
