// SPDX-License-Identifier: MIT
/* The calls by which a program sends signals. */
#include "kernel/signal/job.h"

#include "kernel/core/syscall.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- what is known of a signal */

#define EXPANSION_SIZE (sizeof(siginfo_t) - sizeof(kernel_siginfo_t))

static u8 __user *expansion(const siginfo_t __user *info)
{
	return (u8 __user *)info + sizeof(kernel_siginfo_t);
}

/* It is known what such a siginfo holds: in the part that is kept. */
static bool layout_is_known(int sig, int code)
{
	static const u8 codes[] = {
		[SIGILL] = NSIGILL,   [SIGFPE] = NSIGFPE,   [SIGSEGV] = NSIGSEGV,
		[SIGBUS] = NSIGBUS,   [SIGTRAP] = NSIGTRAP, [SIGCHLD] = NSIGCHLD,
		[SIGPOLL] = NSIGPOLL, [SIGSYS] = NSIGSYS,
	};

	if (code == SI_KERNEL)
		return true;
	if (code <= SI_USER)
		return code >= SI_DETHREAD || code == SI_ASYNCNL;
	if (sig > 0 && (size_t)sig < ARRAY_SIZE(codes) && codes[sig])
		return code <= codes[sig];
	return code <= NSIGPOLL;
}

int __copy_siginfo_from_user(int sig, kernel_siginfo_t *to, const siginfo_t __user *from)
{
	int zero;

	if (copy_from_user(to, from, sizeof(*to)))
		return -EFAULT;
	to->si_signo = sig;
	if (layout_is_known(to->si_signo, to->si_code))
		return 0;
	zero = check_zeroed_user(expansion(from), EXPANSION_SIZE);
	return zero > 0 ? 0 : zero ?: -E2BIG;
}

int copy_siginfo_from_user(kernel_siginfo_t *to, const siginfo_t __user *from)
{
	int sig;

	if (get_user(sig, &from->si_signo))
		return -EFAULT;
	return __copy_siginfo_from_user(sig, to, from);
}

int copy_siginfo_to_user(siginfo_t __user *to, const kernel_siginfo_t *from)
{
	if (copy_to_user(to, from, sizeof(*from)) || clear_user(expansion(to), EXPANSION_SIZE))
		return -EFAULT;
	return 0;
}

/* ---------------------------------------------------------------- system calls */

static void to_a_thread(kernel_siginfo_t *info, int sig)
{
	*info = (kernel_siginfo_t){ .si_signo = sig, .si_code = SI_TKILL };
	info->si_pid = task_tgid_nr(current);
	info->si_uid = current->cred.uid;
}

SYSCALL_DEFINE2(kill, pid_t, pid, int, sig)
{
	if (pid > 0)
		return kill_pid_info(sig, SEND_SIG_NOINFO, pid);
	if (pid == -__INT_MAX__ - 1) /* it has no opposite */
		return -ESRCH;
	if (pid == -1)
		return kill_everybody(sig, SEND_SIG_NOINFO);
	return kill_pgrp_info(pid ? -pid : current->signal->pgrp, sig, SEND_SIG_NOINFO);
}

/* To the thread `pid`, if it is of the process `tgid` or that is 0. */
static long send_specific(pid_t tgid, pid_t pid, int sig, kernel_siginfo_t *info)
{
	struct task_struct *t = find_get_task_by_vpid(pid);
	long err = -ESRCH;

	if (!t)
		return err;
	if (!tgid || task_tgid_nr(t) == tgid) {
		err = send_sig_info(sig, info, t);
		if (err == -ESRCH) /* it was there a moment ago */
			err = 0;
	}
	put_task_struct(t);
	return err;
}

SYSCALL_DEFINE3(tgkill, pid_t, tgid, pid_t, pid, int, sig)
{
	kernel_siginfo_t info;

	to_a_thread(&info, sig);
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	return send_specific(tgid, pid, sig, &info);
}

SYSCALL_DEFINE2(tkill, pid_t, pid, int, sig)
{
	kernel_siginfo_t info;

	to_a_thread(&info, sig);
	if (pid <= 0)
		return -EINVAL;
	return send_specific(0, pid, sig, &info);
}

/* Nobody passes for the kernel, or for kill(), to others. */
static bool may_say(const kernel_siginfo_t *info, pid_t pid)
{
	return (info->si_code < 0 && info->si_code != SI_TKILL) || pid == task_pid_nr(current);
}

SYSCALL_DEFINE3(rt_sigqueueinfo, pid_t, pid, int, sig, siginfo_t __user *, uinfo)
{
	kernel_siginfo_t info;
	int err = __copy_siginfo_from_user(sig, &info, uinfo);

	if (err)
		return err;
	if (!may_say(&info, pid))
		return -EPERM;
	return kill_pid_info(sig, &info, pid);
}

SYSCALL_DEFINE4(rt_tgsigqueueinfo, pid_t, tgid, pid_t, pid, int, sig, siginfo_t __user *, uinfo)
{
	kernel_siginfo_t info;
	int err = __copy_siginfo_from_user(sig, &info, uinfo);

	if (err)
		return err;
	if (pid <= 0 || tgid <= 0)
		return -EINVAL;
	if (!may_say(&info, pid))
		return -EPERM;
	return send_specific(tgid, pid, sig, &info);
}
