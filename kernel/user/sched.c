// SPDX-License-Identifier: MIT
/*
 * System calls that ask the scheduler for something: CPUs, nice levels and policies.  What is asked
 * of a real-time policy is kept and told, and see sched_set_policy() for what it does.
 */
#include "kernel/sched/sched.h"

#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/time_types.h>

#include "kernel/core/percpu.h"
#include "kernel/core/syscall.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/rq.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

#define MAX_RT_PRIO	  100 /* real-time priorities are 1 to 99 */
#define SCHED_ATTR_KNOWN  ((u32)sizeof(struct sched_attr))
#define SCHED_FLAGS_KNOWN (SCHED_FLAG_RESET_ON_FORK | SCHED_FLAG_KEEP_ALL)

SYSCALL_DEFINE0(sched_yield)
{
	yield();
	return 0;
}

SYSCALL_DEFINE3(getcpu, unsigned int __user *, cpu, unsigned int __user *, node, void __user *,
		unused)
{
	(void)unused;
	if (cpu && put_user(raw_smp_processor_id(), cpu))
		return -EFAULT;
	return node && put_user(0, node) ? -EFAULT : 0;
}

/* The thread of that number, held, or the caller for 0; ERR_PTR(-ESRCH). */
static struct task_struct *find_thread(pid_t pid)
{
	struct task_struct *t = current;

	if (pid)
		t = find_get_task_by_vpid(pid);
	else
		get_task_struct(t);
	return t ?: ERR_PTR(-ESRCH);
}

/* ---------------------------------------------------------------- CPUs */

/* Bytes of a set, as Linux has it for so many CPUs: whole words. */
static unsigned int cpumask_size(void)
{
	return DIV_ROUND_UP(nr_cpu_ids, 64) * sizeof(u64);
}

/* One of the kernel's that belongs to a CPU stays there. */
static bool is_bound(const struct task_struct *t)
{
	return !t->mm && cpumask_weight(&t->cpus_mask) == 1;
}

SYSCALL_DEFINE3(sched_setaffinity, pid_t, pid, unsigned int, len, u64 __user *, user_mask)
{
	struct cpumask mask = { { 0 } };
	struct task_struct *t;
	long ret;

	if (copy_from_user(&mask, user_mask, min(len, cpumask_size())))
		return -EFAULT;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	ret = is_bound(t) ? -EINVAL : set_cpus_allowed(t, &mask);
	put_task_struct(t);
	return ret;
}

SYSCALL_DEFINE3(sched_getaffinity, pid_t, pid, unsigned int, len, u64 __user *, user_mask)
{
	unsigned int size = min(len, cpumask_size());
	struct task_struct *t;
	struct cpumask mask;

	if (len * 8ULL < nr_cpu_ids || !IS_ALIGNED(len, sizeof(u64)))
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	cpumask_and(&mask, &t->cpus_mask, &cpu_online_mask);
	put_task_struct(t);
	return copy_to_user(user_mask, &mask, size) ? -EFAULT : (long)size;
}

/* ---------------------------------------------------------------- policies */

static bool is_realtime(int policy)
{
	return policy == SCHED_FIFO || policy == SCHED_RR;
}

static bool is_policy(int policy)
{
	return policy == SCHED_NORMAL || policy == SCHED_BATCH || policy == SCHED_IDLE ||
	       is_realtime(policy);
}

/* Of a policy that is not real-time the priority is 0. */
static bool is_valid(int policy, u32 priority)
{
	return is_policy(policy) &&
	       (is_realtime(policy) ? priority >= 1 && priority < MAX_RT_PRIO : priority == 0);
}

static long set_policy(pid_t pid, int policy, const struct sched_param __user *user_param)
{
	bool reset = policy >= 0 && policy & SCHED_RESET_ON_FORK;
	struct task_struct *t;
	int priority;
	long ret = -EINVAL;

	if (!user_param || pid < 0)
		return -EINVAL;
	if (copy_from_user(&priority, user_param, sizeof(priority)))
		return -EFAULT;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	if (policy == -1) {
		policy = t->policy;
		reset = t->sched_reset_on_fork;
	}
	policy &= ~SCHED_RESET_ON_FORK;
	if (is_valid(policy, (u32)priority)) {
		t->sched_reset_on_fork = reset;
		sched_set_policy(t, (unsigned int)policy, (unsigned int)priority);
		ret = 0;
	}
	put_task_struct(t);
	return ret;
}

SYSCALL_DEFINE3(sched_setscheduler, pid_t, pid, int, policy, struct sched_param __user *, param)
{
	return policy < 0 ? -EINVAL : set_policy(pid, policy, param);
}

SYSCALL_DEFINE2(sched_setparam, pid_t, pid, struct sched_param __user *, param)
{
	return set_policy(pid, -1, param);
}

SYSCALL_DEFINE1(sched_getscheduler, pid_t, pid)
{
	struct task_struct *t;
	long policy;

	if (pid < 0)
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	policy = t->policy | (t->sched_reset_on_fork ? SCHED_RESET_ON_FORK : 0);
	put_task_struct(t);
	return policy;
}

SYSCALL_DEFINE2(sched_getparam, pid_t, pid, struct sched_param __user *, param)
{
	struct task_struct *t;
	int priority;

	if (!param || pid < 0)
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	priority = t->rt_priority;
	put_task_struct(t);
	return copy_to_user(param, &priority, sizeof(priority)) ? -EFAULT : 0;
}

SYSCALL_DEFINE1(sched_get_priority_max, int, policy)
{
	if (is_realtime(policy))
		return MAX_RT_PRIO - 1;
	return is_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

SYSCALL_DEFINE1(sched_get_priority_min, int, policy)
{
	if (is_realtime(policy))
		return 1;
	return is_policy(policy) || policy == SCHED_DEADLINE ? 0 : -EINVAL;
}

/* A turn among many: Linux's slice of SCHED_RR; of the others our least one; SCHED_FIFO has none. */
SYSCALL_DEFINE2(sched_rr_get_interval, pid_t, pid, struct __kernel_timespec __user *, interval)
{
	struct __kernel_timespec ts = { 0, 0 };
	struct task_struct *t;

	if (pid < 0)
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	if (t->policy == SCHED_RR)
		ts.tv_nsec = 100 * NSEC_PER_MSEC;
	else if (t->policy != SCHED_FIFO)
		ts.tv_nsec = (long long)(sched_ticks.slice_least * NSEC_PER_MSEC /
					 (sched_ticks.hz / 1000));
	put_task_struct(t);
	return copy_to_user(interval, &ts, sizeof(ts)) ? -EFAULT : 0;
}

/* ---------------------------------------------------------------- struct sched_attr */

/* From a program of any version: what it does not know is 0, what we do not know has to be. */
static long read_attr(struct sched_attr *attr, struct sched_attr __user *user_attr)
{
	u32 size;
	long ret;

	if (get_user(size, &user_attr->size))
		return -EFAULT;
	size = size ?: SCHED_ATTR_SIZE_VER0;
	ret = size < SCHED_ATTR_SIZE_VER0 || size > PAGE_SIZE ?
		      -E2BIG :
		      copy_struct_from_user(attr, sizeof(*attr), user_attr, size);
	if (ret == -E2BIG && put_user(SCHED_ATTR_KNOWN, &user_attr->size))
		return -EFAULT;
	attr->sched_nice = max(min(attr->sched_nice, NICE_MAX), NICE_MIN);
	return ret;
}

static long set_attr(struct task_struct *t, struct sched_attr *attr)
{
	bool reset = attr->sched_flags & SCHED_FLAG_RESET_ON_FORK;
	int policy = (int)attr->sched_policy;

	if (attr->sched_flags & SCHED_FLAG_KEEP_POLICY) {
		policy = t->policy;
		reset = t->sched_reset_on_fork;
	}
	if (attr->sched_flags & SCHED_FLAG_KEEP_PARAMS) {
		attr->sched_priority = t->rt_priority;
		attr->sched_nice = t->nice;
	}
	if (!is_valid(policy, attr->sched_priority))
		return -EINVAL;
	t->sched_reset_on_fork = reset;
	sched_set_policy(t, (unsigned int)policy, attr->sched_priority);
	if (!is_realtime(policy))
		set_user_nice(t, attr->sched_nice);
	return 0;
}

SYSCALL_DEFINE3(sched_setattr, pid_t, pid, struct sched_attr __user *, user_attr, unsigned int,
		flags)
{
	struct sched_attr attr;
	struct task_struct *t;
	long ret;

	if (!user_attr || pid < 0 || flags)
		return -EINVAL;
	ret = read_attr(&attr, user_attr);
	if (ret)
		return ret;
	if ((int)attr.sched_policy < 0 || attr.sched_flags & ~(u64)SCHED_FLAGS_KNOWN)
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	ret = set_attr(t, &attr);
	put_task_struct(t);
	return ret;
}

SYSCALL_DEFINE4(sched_getattr, pid_t, pid, struct sched_attr __user *, user_attr, unsigned int,
		size, unsigned int, flags)
{
	struct sched_attr attr = { .size = min(size, SCHED_ATTR_KNOWN) };
	struct task_struct *t;

	if (!user_attr || pid < 0 || size > PAGE_SIZE || size < SCHED_ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	t = find_thread(pid);
	if (IS_ERR(t))
		return PTR_ERR(t);
	attr.sched_policy = t->policy;
	if (t->sched_reset_on_fork)
		attr.sched_flags |= SCHED_FLAG_RESET_ON_FORK;
	if (is_realtime(t->policy))
		attr.sched_priority = t->rt_priority;
	else
		attr.sched_nice = t->nice;
	put_task_struct(t);
	return copy_to_user(user_attr, &attr, attr.size) ? -EFAULT : 0;
}

/* ---------------------------------------------------------------- nice levels */

/* What a call is about: all threads that `which` and `who` name. */
struct nice_call {
	bool set;
	int nice; /* to be set; or the best that was seen */
	long ret;
};

static void nice_one(struct task_struct *t, struct nice_call *call)
{
	if (call->set)
		set_user_nice(t, call->nice);
	else
		call->nice = min(call->nice, (int)t->nice);
	call->ret = 0;
}

static void nice_process(struct task_struct *leader, struct nice_call *call)
{
	struct task_struct *t;

	for_each_thread(leader, t) nice_one(t, call);
}

static void nice_many(int which, u32 who, struct nice_call *call)
{
	struct task_struct *p;
	unsigned long flags;

	if (which == PRIO_PGRP && !who)
		who = (u32)task_pgrp_nr(current);
	if (which == PRIO_USER && !who)
		who = current->cred.uid;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (which == PRIO_PGRP)
		for_each_pgrp((pid_t)who, p) nice_process(p, call);
	else
		for_each_process(p) if (p->cred.uid == who) nice_process(p, call);
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static long nice_call(int which, u32 who, struct nice_call *call)
{
	struct task_struct *t;

	call->ret = -ESRCH;
	if (which == PRIO_PGRP || which == PRIO_USER) {
		nice_many(which, who, call);
	} else if (which == PRIO_PROCESS) {
		t = find_thread((pid_t)who);
		if (IS_ERR(t))
			return -ESRCH;
		nice_one(t, call);
		put_task_struct(t);
	} else {
		return -EINVAL;
	}
	return call->ret;
}

SYSCALL_DEFINE3(setpriority, int, which, u32, who, int, nice)
{
	struct nice_call call = { .set = true, .nice = max(min(nice, NICE_MAX), NICE_MIN) };

	return nice_call(which, who, &call);
}

/* 40 to 1, so that an answer is not taken for an error. */
SYSCALL_DEFINE2(getpriority, int, which, u32, who)
{
	struct nice_call call = { .nice = NICE_MAX };
	long ret = nice_call(which, who, &call);

	return ret ?: NICE_MAX + 1 - call.nice;
}
