// SPDX-License-Identifier: MIT
/* prctl(): what a thread or its process wants done about itself.  What is not here is EINVAL. */
#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

#include "kernel/core/syscall.h"
#include "kernel/lib/string.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"
#include "mm/user/mm_struct.h"

static long get_int(int value, unsigned long arg)
{
	return put_user(value, (int __user *)arg);
}

static long set_name(unsigned long arg)
{
	char name[TASK_COMM_LEN] = "";

	if (strncpy_from_user(name, (const char __user *)arg, sizeof(name) - 1) < 0)
		return -EFAULT;
	name[sizeof(name) - 1] = '\0';
	strscpy(current->comm, name, sizeof(current->comm));
	return 0;
}

static long get_name(unsigned long arg)
{
	char name[TASK_COMM_LEN] = "";

	strscpy(name, current->comm, sizeof(name));
	return copy_to_user((void __user *)arg, name, sizeof(name)) ? -EFAULT : 0;
}

static bool is_descendant(const struct task_struct *t, const struct signal_struct *of)
{
	for (; t->real_parent && t->real_parent != t; t = t->real_parent)
		if (t->real_parent->signal == of)
			return true;
	return false;
}

/* Orphans below come to the caller's process: each that is there now knows that it has such a one. */
static long set_subreaper(bool on)
{
	struct signal_struct *me = current->signal;
	struct task_struct *p;
	unsigned long flags;

	spin_lock_irqsave(&tasklist_lock, flags);
	me->is_child_subreaper = on;
	if (on)
		for_each_process(p) if (is_descendant(p, me)) p->signal->has_child_subreaper = true;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return 0;
}

/* ---------------------------------------------------------------- rights */

static long set_securebits(unsigned long bits)
{
	struct cred *cred = &current->cred;
	unsigned long locked = (cred->securebits & SECURE_ALL_LOCKS) >> 1;

	/* A locked bit stays, and so does its lock. */
	if (bits & ~(unsigned long)(SECURE_ALL_BITS | SECURE_ALL_LOCKS) ||
	    (bits ^ cred->securebits) & locked || ~bits & cred->securebits & SECURE_ALL_LOCKS ||
	    !capable(CAP_SETPCAP))
		return -EPERM;
	cred->securebits = (u32)bits;
	return 0;
}

static long set_keepcaps(unsigned long on)
{
	struct cred *cred = &current->cred;

	if (on > 1)
		return -EINVAL;
	if (cred->securebits & SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	cred->securebits = (cred->securebits & ~SECBIT_KEEP_CAPS) | (on ? SECBIT_KEEP_CAPS : 0);
	return 0;
}

static long ambient(unsigned long what, unsigned long cap)
{
	struct cred *cred = &current->cred;

	if (what == PR_CAP_AMBIENT_CLEAR_ALL) {
		if (cap)
			return -EINVAL;
		cred->cap_ambient = 0;
		return 0;
	}
	if (cap > CAP_LAST_CAP)
		return -EINVAL;
	switch (what) {
	case PR_CAP_AMBIENT_IS_SET:
		return !!(cred->cap_ambient & BIT_ULL(cap));
	case PR_CAP_AMBIENT_RAISE:
		if (!(cred->cap_permitted & cred->cap_inheritable & BIT_ULL(cap)) ||
		    cred->securebits & SECBIT_NO_CAP_AMBIENT_RAISE)
			return -EPERM;
		cred->cap_ambient |= BIT_ULL(cap);
		return 0;
	case PR_CAP_AMBIENT_LOWER:
		cred->cap_ambient &= ~BIT_ULL(cap);
		return 0;
	}
	return -EINVAL;
}

/* Those about rights; -ENOSYS: it is another. */
static long prctl_rights(int option, unsigned long a, unsigned long b, unsigned long rest)
{
	struct cred *cred = &current->cred;

	switch (option) {
	case PR_GET_KEEPCAPS:
		return !!(cred->securebits & SECBIT_KEEP_CAPS);
	case PR_SET_KEEPCAPS:
		return set_keepcaps(a);
	case PR_GET_SECUREBITS:
		return cred->securebits;
	case PR_SET_SECUREBITS:
		return set_securebits(a);
	case PR_CAPBSET_READ:
		return a > CAP_LAST_CAP ? -EINVAL : !!(cred->cap_bset & BIT_ULL(a));
	case PR_CAPBSET_DROP:
		if (!capable(CAP_SETPCAP))
			return -EPERM;
		if (a > CAP_LAST_CAP)
			return -EINVAL;
		cred->cap_bset &= ~BIT_ULL(a);
		return 0;
	case PR_CAP_AMBIENT:
		return rest ? -EINVAL : ambient(a, b);
	case PR_SET_NO_NEW_PRIVS:
		if (a != 1 || b || rest)
			return -EINVAL;
		cred->no_new_privs = true;
		return 0;
	case PR_GET_NO_NEW_PRIVS:
		return a || b || rest ? -EINVAL : cred->no_new_privs;
	}
	return -ENOSYS;
}

/* ---------------------------------------------------------------- the others */

static long prctl_set(int option, unsigned long a)
{
	switch (option) {
	case PR_SET_PDEATHSIG:
		if (a > _NSIG)
			return -EINVAL;
		current->pdeath_signal = (int)a;
		return 0;
	case PR_SET_DUMPABLE:
		if (a > 1)
			return -EINVAL;
		current->mm->not_dumpable = !a;
		return 0;
	case PR_SET_TIMING:
		return a == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
	case PR_SET_NAME:
		return set_name(a);
	case PR_SET_TSC:
		return a == PR_TSC_ENABLE ? 0 : -EINVAL;
	case PR_SET_TIMERSLACK:
		current->timer_slack_ns = a ?: current->default_timer_slack_ns;
		return 0;
	case PR_SET_CHILD_SUBREAPER:
		return set_subreaper(a);
	case PR_TASK_PERF_EVENTS_DISABLE:
	case PR_TASK_PERF_EVENTS_ENABLE:
		return 0; /* there are none */
	}
	return -EINVAL;
}

SYSCALL_DEFINE5(prctl, int, option, unsigned long, a, unsigned long, b, unsigned long, c,
		unsigned long, d)
{
	long ret = prctl_rights(option, a, b, c | d);

	if (ret != -ENOSYS)
		return ret;
	switch (option) {
	case PR_GET_PDEATHSIG:
		return get_int(current->pdeath_signal, a);
	case PR_GET_DUMPABLE:
		return !current->mm->not_dumpable;
	case PR_GET_TIMING:
		return PR_TIMING_STATISTICAL;
	case PR_GET_NAME:
		return get_name(a);
	case PR_GET_SECCOMP:
		return 0;
	case PR_GET_TSC:
		return get_int(PR_TSC_ENABLE, a);
	case PR_GET_TIMERSLACK:
		return (long)current->timer_slack_ns;
	case PR_MCE_KILL_GET:
		return a || b || c || d ? -EINVAL : PR_MCE_KILL_DEFAULT;
	case PR_GET_CHILD_SUBREAPER:
		return get_int(current->signal->is_child_subreaper, a);
	case PR_GET_TID_ADDRESS:
		return put_user(current->clear_child_tid, (int __user *__user *)a);
	case PR_GET_THP_DISABLE:
		return b || c || d ? -EINVAL : 0;
	}
	return prctl_set(option, a);
}
