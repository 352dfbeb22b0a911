// SPDX-License-Identifier: MIT
/* What a process may use, and what it has used: limits, times, and the numbers of its relatives. */
#include <linux/capability.h>
#include <linux/resource.h>
#include <linux/times.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/signal/usage.h"
#include "kernel/time/time.h"
#include "kernel/user/process.h"
#include "mm/uaccess.h"

#define NR_OPEN_LIMIT (1UL << 20) /* Linux's fs.nr_open */

/* ---------------------------------------------------------------- limits */

/* Of t's process: the old one in *old; `new` NULL: only a look.  0, -EINVAL, -EPERM, -ESRCH. */
static int do_prlimit(struct task_struct *t, unsigned int resource, const struct rlimit *new,
		      struct rlimit *old)
{
	struct rlimit *rlim;
	unsigned long flags;
	int err = 0;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new) {
		if (new->rlim_cur > new->rlim_max)
			return -EINVAL;
		if (resource == RLIMIT_NOFILE && new->rlim_max > NR_OPEN_LIMIT)
			return -EPERM;
	}
	if (!lock_task_sighand(t, &flags))
		return -ESRCH;
	rlim = &t->signal->rlim[resource];
	if (new &&new->rlim_max > rlim->rlim_max && !capable(CAP_SYS_RESOURCE))
		err = -EPERM;
	*old = *rlim;
	if (new && !err)
		*rlim = *new;
	if (new && !err && resource == RLIMIT_CPU &&new->rlim_cur != RLIM_INFINITY)
		start_cpu_timer(t->signal);
	unlock_task_sighand(t, &flags);
	return err;
}

SYSCALL_DEFINE2(getrlimit, unsigned int, resource, struct rlimit __user *, urlim)
{
	struct rlimit old;
	int err = do_prlimit(current, resource, NULL, &old);

	if (err)
		return err;
	return copy_to_user(urlim, &old, sizeof(old)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(setrlimit, unsigned int, resource, struct rlimit __user *, urlim)
{
	struct rlimit new, old;

	if (copy_from_user(&new, urlim, sizeof(new)))
		return -EFAULT;
	return do_prlimit(current, resource, &new, &old);
}

SYSCALL_DEFINE4(prlimit64, pid_t, pid, unsigned int, resource, const struct rlimit64 __user *, unew,
		struct rlimit64 __user *, uold)
{
	struct rlimit new, old;
	struct task_struct *t;
	int err;

	_Static_assert(sizeof(struct rlimit) == sizeof(struct rlimit64), "both are of 64 bits");
	if (unew && copy_from_user(&new, unew, sizeof(new)))
		return -EFAULT;
	t = find_get_task_by_vpid(pid ?: task_pid_nr(current));
	if (!t)
		return -ESRCH;
	err = do_prlimit(t, resource, unew ? &new : NULL, &old);
	put_task_struct(t);
	if (!err && uold && copy_to_user(uold, &old, sizeof(old)))
		return -EFAULT;
	return err;
}

/* ---------------------------------------------------------------- usage */

static void children_usage(struct task_usage *usage)
{
	unsigned long flags;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	*usage = current->signal->child;
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
}

SYSCALL_DEFINE2(getrusage, int, who, struct rusage __user *, uru)
{
	struct task_usage usage;
	struct rusage ru;

	if (who == RUSAGE_SELF)
		process_usage(current, &usage);
	else if (who == RUSAGE_THREAD)
		thread_usage(current, &usage);
	else if (who == RUSAGE_CHILDREN)
		children_usage(&usage);
	else
		return -EINVAL;
	if (who != RUSAGE_CHILDREN && current->mm)
		usage.maxrss =
			max(usage.maxrss, max(current->mm->hiwater_rss, get_mm_rss(current->mm)));
	fill_rusage(&ru, &usage);
	return copy_to_user(uru, &ru, sizeof(ru)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(times, struct tms __user *, utms)
{
	struct task_usage self, child;
	struct tms tms;

	process_usage(current, &self);
	children_usage(&child);
	tms = (struct tms){
		.tms_utime = (long)nsec_to_clock_t(self.utime),
		.tms_stime = (long)nsec_to_clock_t(self.stime),
		.tms_cutime = (long)nsec_to_clock_t(child.utime),
		.tms_cstime = (long)nsec_to_clock_t(child.stime),
	};
	if (utms && copy_to_user(utms, &tms, sizeof(tms)))
		return -EFAULT;
	return (long)nsec_to_clock_t(ktime_get());
}

/* ---------------------------------------------------------------- numbers */

SYSCALL_DEFINE0(getpid)
{
	return task_tgid_nr(current);
}

SYSCALL_DEFINE0(gettid)
{
	return task_pid_nr(current);
}

SYSCALL_DEFINE0(getppid)
{
	const struct task_struct *me = current->group_leader, *parent;
	pid_t nr;

	/* Without a lock: it was the parent while its number was read, if it still is afterwards. */
	do {
		parent = READ_ONCE(me->real_parent);
		nr = (pid_t)READ_ONCE(parent->tgid);
	} while (unlikely(READ_ONCE(me->real_parent) != parent));
	return parent == me ? 0 : nr;
}
