// SPDX-License-Identifier: MIT
/*
 * clone() and its kin: a thread that goes on where its parent does, with a copy of what it has or
 * with the same.
 */
#include "kernel/user/process.h"

#include <linux/sched.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/job.h"
#include "kernel/signal/pending.h"
#include "kernel/user/entry.h"
#include "kernel/user/pidfd.h"
#include "kernel/user/user.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

/* What is asked for; clone()'s and clone3()'s arguments are made one of these. */
struct kernel_clone_args {
	u64 flags; /* CLONE_* */
	int __user *pidfd, *child_tid, *parent_tid;
	int exit_signal;
	unsigned long stack; /* the stack pointer; 0: the parent's */
	unsigned long tls;
};

#define TIMER_SLACK_NS 50000 /* Linux's for a new process */

/* New namespaces, which are not offered. */
#define CLONE_NEW_ANYTHING                                                             \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

static struct kmem_cache *signal_cache, *sighand_cache;

static u32 nr_threads; /* of processes, but pid 1's first: atomic */
static u32 thread_limit;

/* ---------------------------------------------------------------- signals */

static struct sighand_struct *new_sighand(const struct sighand_struct *like)
{
	struct sighand_struct *sighand = kmem_cache_alloc(sighand_cache, GFP_KERNEL);

	if (!sighand)
		return NULL;
	spin_lock_init(&sighand->siglock);
	sighand->count = 1;
	if (like)
		memcpy(sighand->action, like->action, sizeof(sighand->action));
	else
		memset(sighand->action, 0, sizeof(sighand->action));
	return sighand;
}

static void put_sighand(struct sighand_struct *sighand)
{
	if (sighand && !__atomic_sub_fetch(&sighand->count, 1, __ATOMIC_ACQ_REL))
		kmem_cache_free(sighand_cache, sighand);
}

int unshare_sighand(void)
{
	struct sighand_struct *old = current->sighand, *new;
	unsigned long flags;

	if (__atomic_load_n(&old->count, __ATOMIC_ACQUIRE) == 1)
		return 0;
	new = new_sighand(NULL);
	if (!new)
		return -ENOMEM;
	spin_lock_irqsave(&tasklist_lock, flags);
	spin_acquire(&old->siglock);
	memcpy(new->action, old->action, sizeof(new->action));
	current->sighand = new;
	spin_release(&old->siglock);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_sighand(old);
	return 0;
}

static int copy_sighand(u64 clone_flags, struct task_struct *t)
{
	unsigned long flags;

	if (clone_flags & CLONE_SIGHAND) {
		t->sighand = current->sighand;
		__atomic_add_fetch(&t->sighand->count, 1, __ATOMIC_RELAXED);
		return 0;
	}
	t->sighand = new_sighand(NULL);
	if (!t->sighand)
		return -ENOMEM;
	spin_lock_irqsave(&current->sighand->siglock, flags);
	memcpy(t->sighand->action, current->sighand->action, sizeof(t->sighand->action));
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	if (clone_flags & CLONE_CLEAR_SIGHAND)
		flush_signal_handlers(t, false);
	return 0;
}

static struct signal_struct *new_signal(const struct signal_struct *like)
{
	struct signal_struct *signal = kmem_cache_alloc(signal_cache, GFP_KERNEL | __GFP_ZERO);

	if (!signal)
		return NULL;
	INIT_LIST_HEAD(&signal->thread_head);
	INIT_LIST_HEAD(&signal->posix_timers);
	init_waitqueue_head(&signal->wait_chldexit);
	init_sigpending(&signal->shared_pending);
	init_signal_timers(signal);
	signal->live = signal->nr_threads = 1;
	if (like) {
		memcpy(signal->rlim, like->rlim, sizeof(signal->rlim));
		signal->oom_score_adj = like->oom_score_adj;
		signal->has_child_subreaper = like->has_child_subreaper || like->is_child_subreaper;
	}
	return signal;
}

static int copy_signal(u64 clone_flags, struct task_struct *t)
{
	init_sigpending(&t->pending);
	if (clone_flags & CLONE_THREAD) {
		t->signal = current->signal;
		return 0;
	}
	t->signal = new_signal(current->signal);
	if (!t->signal)
		return -ENOMEM;
	t->signal->tgid = task_pid_nr(t);
	return 0;
}

/* ---------------------------------------------------------------- memory */

static int copy_mm(u64 clone_flags, struct task_struct *t)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return 0;
	if (clone_flags & CLONE_VM)
		mmget(mm);
	else
		mm = dup_mm(t, mm);
	if (!mm)
		return -ENOMEM;
	t->mm = mm;
	return 0;
}

/* ---------------------------------------------------------------- the thread */

/* Its first steps, in its own context; then it goes to user mode. */
static void begin_in_child(void *unused)
{
	(void)unused;
	if (current->set_child_tid)
		(void)put_user((int)current->pid, current->set_child_tid);
}

static void uncount_thread(void)
{
	__atomic_sub_fetch(&nr_threads, 1, __ATOMIC_RELAXED);
}

static struct task_struct *new_thread(const char *name)
{
	struct task_struct *t;

	if (__atomic_add_fetch(&nr_threads, 1, __ATOMIC_RELAXED) > thread_limit) {
		uncount_thread();
		return NULL;
	}
	t = create_thread(begin_in_child, NULL, name);
	if (!t)
		uncount_thread();
	return t;
}

/* What is the thread's own, and like its parent's at first. */
static void copy_thread_fields(struct task_struct *t, const struct kernel_clone_args *args)
{
	u64 flags = args->flags;

	copy_cred(t);
	t->flags = PF_FORKNOEXEC | (current->flags & PF_NPROC_EXCEEDED);
	t->personality = current->personality;
	t->timer_slack_ns = t->default_timer_slack_ns = current->timer_slack_ns;
	t->start_time = ktime_get();
	t->blocked = current->blocked;
	t->restart_block.fn = do_no_restart_syscall;
	/* On the same memory the same stack for handlers would be a trap. */
	if ((flags & (CLONE_VM | CLONE_VFORK)) != CLONE_VM) {
		t->sas_ss_sp = current->sas_ss_sp;
		t->sas_ss_size = current->sas_ss_size;
		t->sas_ss_flags = current->sas_ss_flags;
	}
	t->set_child_tid = flags & CLONE_CHILD_SETTID ? args->child_tid : NULL;
	t->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? args->child_tid : NULL;
	INIT_LIST_HEAD(&t->children);
	INIT_LIST_HEAD(&t->sibling);
}

/* What it has is given back, in the order in which it was taken, as far as it was. */
static void forget_thread(struct task_struct *t)
{
	if (t->mm)
		mmput(t->mm);
	t->mm = NULL;
	if (t->signal && t->signal != current->signal) {
		exit_signal_timers(t->signal);
		kmem_cache_free(signal_cache, t->signal);
	}
	put_sighand(t->sighand);
	exit_fs(t);
	exit_files(t);
	put_cred(&t->cred);
	t->signal = NULL;
	t->sighand = NULL;
	put_task_struct(t);
	uncount_thread();
}

static int copy_all(struct task_struct *t, const struct kernel_clone_args *args)
{
	u64 flags = args->flags;
	int err = may_fork() ? copy_files(flags, t) : -EAGAIN;

	if (!err)
		err = copy_fs(flags, t);
	if (!err)
		err = copy_sighand(flags, t);
	if (!err)
		err = copy_signal(flags, t);
	if (!err)
		err = copy_mm(flags, t);
	if (!err)
		copy_thread(t, current_pt_regs(), args->stack, flags, args->tls);
	return err;
}

/* One more of the caller's process. */
static void join_process(struct task_struct *t)
{
	t->tgid = current->tgid;
	t->group_leader = current->group_leader;
	t->real_parent = current->group_leader->real_parent;
	t->exit_signal = -1;
	t->signal->nr_threads++;
	__atomic_add_fetch(&t->signal->live, 1, __ATOMIC_RELAXED);
	list_add_tail(&t->thread_node, &t->signal->thread_head);
}

static void begin_process(struct task_struct *t, const struct kernel_clone_args *args)
{
	struct task_struct *leader = current->group_leader;

	if (args->flags & CLONE_PARENT) {
		t->real_parent = leader->real_parent;
		t->exit_signal = leader->exit_signal;
	} else {
		t->real_parent = leader;
		t->exit_signal = args->exit_signal;
	}
	t->signal->tty = current->signal->tty;
	list_add_tail(&t->thread_node, &t->signal->thread_head);
	list_add_tail(&t->sibling, &t->real_parent->children);
	attach_process(t, leader);
}

/*
 * From here on it is found.  What was sent to the parent and others since copy_process() began, when `many`
 * such had come, would have been its too: it is the parent's first, -ERESTARTNOINTR.  So is a stop, of which a
 * thread more would not know.  What is the parent's alone waits: a fork goes on however fast a timer is.
 */
static int publish(struct task_struct *t, const struct kernel_clone_args *args, u32 many)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&tasklist_lock, flags);
	spin_acquire(&current->sighand->siglock);
	recalc_sigpending();
	if (fatal_signal_pending(current))
		err = -EINTR;
	else if (signal_pending(current) &&
		 (current->signal->sent_to_many != many || current->jobctl & JOBCTL_STOP_PENDING))
		err = -ERESTARTNOINTR;
	else if (args->flags & CLONE_THREAD)
		join_process(t);
	else
		begin_process(t, args);
	if (!err) {
		get_task_struct(t); /* until it is released */
		attach_pid(t);
	}
	spin_release(&current->sighand->siglock);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return err;
}

static int check_flags(u64 flags)
{
	if (flags & CLONE_NEW_ANYTHING)
		return -EINVAL;
	if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
		return -EINVAL;
	if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
		return -EINVAL;
	/* Children of pid 1's parent would be nobody's. */
	if (flags & CLONE_PARENT && current->signal->flags & SIGNAL_UNKILLABLE)
		return -EINVAL;
	if (flags & CLONE_PIDFD && flags & (CLONE_DETACHED | CLONE_THREAD))
		return -EINVAL;
	return 0;
}

/* The descriptor that the parent gets for it, reserved and told; ERR_PTR. */
static struct file *make_pidfd(const struct task_struct *t, int __user *ufd, int *fd)
{
	struct file *file;

	hold_pid(task_pid_nr(t));
	file = pidfd_prepare(task_pid_nr(t), 0, fd);
	if (IS_ERR(file) || !put_user(*fd, ufd))
		return file;
	put_unused_fd((unsigned int)*fd);
	fput(file);
	return ERR_PTR(-EFAULT);
}

/* All that may fail, and then it is there for others. */
static int make_process(struct task_struct *t, const struct kernel_clone_args *args, u32 many)
{
	struct file *pidfd = NULL;
	int fd, err = copy_all(t, args);

	if (!err && args->flags & CLONE_PIDFD) {
		pidfd = make_pidfd(t, args->pidfd, &fd);
		if (IS_ERR(pidfd))
			return (int)PTR_ERR(pidfd);
	}
	if (!err)
		err = publish(t, args, many);
	if (pidfd && err) {
		put_unused_fd((unsigned int)fd);
		fput(pidfd);
	} else if (pidfd) {
		fd_install((unsigned int)fd, pidfd);
	}
	return err;
}

/* The thread, held for the caller, not woken yet; or ERR_PTR. */
static struct task_struct *copy_process(const struct kernel_clone_args *args)
{
	u32 many = READ_ONCE(current->signal->sent_to_many);
	struct task_struct *t;
	int err = check_flags(args->flags);

	if (err)
		return ERR_PTR(err);
	if (signal_pending(current))
		return ERR_PTR(-ERESTARTNOINTR); /* first what has come */
	t = new_thread(current->comm);
	if (!t)
		return ERR_PTR(-EAGAIN);
	copy_thread_fields(t, args);
	get_task_struct(t);
	err = make_process(t, args, many);
	if (!err)
		return t;
	put_task_struct(t);
	forget_thread(t);
	return ERR_PTR(err);
}

/* vfork()'s parent sleeps until the child has left its memory; SIGKILL ends that too. */
static void wait_for_vfork(struct task_struct *t, struct completion *done)
{
	unsigned long flags;

	if (!wait_for_completion_killable(done))
		return;
	spin_lock_irqsave(&tasklist_lock, flags);
	t->vfork_done = NULL;
	spin_unlock_irqrestore(&tasklist_lock, flags);
}

static long kernel_clone(const struct kernel_clone_args *args)
{
	DECLARE_COMPLETION_ONSTACK(vfork);
	struct task_struct *t;
	long nr;

	if (args->flags & CLONE_PIDFD && args->flags & CLONE_PARENT_SETTID &&
	    args->pidfd == args->parent_tid)
		return -EINVAL;
	t = copy_process(args);
	if (IS_ERR(t))
		return PTR_ERR(t);
	nr = task_pid_nr(t);
	if (args->flags & CLONE_PARENT_SETTID)
		(void)put_user((int)nr, args->parent_tid);
	if (args->flags & CLONE_VFORK)
		t->vfork_done = &vfork;
	wake_up_process(t);
	if (args->flags & CLONE_VFORK)
		wait_for_vfork(t, &vfork);
	put_task_struct(t);
	return nr;
}

/* ---------------------------------------------------------------- system calls */

SYSCALL_DEFINE0(fork)
{
	const struct kernel_clone_args args = { .exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

SYSCALL_DEFINE0(vfork)
{
	const struct kernel_clone_args args = { .flags = CLONE_VFORK | CLONE_VM,
						.exit_signal = SIGCHLD };

	return kernel_clone(&args);
}

SYSCALL_DEFINE5(clone, unsigned long, flags, unsigned long, stack, int __user *, parent_tid,
		int __user *, child_tid, unsigned long, tls)
{
	const struct kernel_clone_args args = {
		.flags = (u32)flags & ~CSIGNAL,
		.pidfd = parent_tid,
		.child_tid = child_tid,
		.parent_tid = parent_tid,
		.exit_signal = (int)(flags & CSIGNAL),
		.stack = stack,
		.tls = tls,
	};

	return kernel_clone(&args);
}

#define CLONE_LEGACY_FLAGS 0xffffffffULL

static bool clone3_args_valid(const struct clone_args *args)
{
	u64 flags = args->flags;

	if (flags & ~(CLONE_LEGACY_FLAGS | CLONE_CLEAR_SIGHAND | CLONE_INTO_CGROUP))
		return false;
	if (flags & (CLONE_DETACHED | (CSIGNAL & ~CLONE_NEWTIME)))
		return false;
	if ((flags & CLONE_SIGHAND) && (flags & CLONE_CLEAR_SIGHAND))
		return false;
	if (flags & (CLONE_THREAD | CLONE_PARENT) && args->exit_signal)
		return false;
	/* Neither a group of processes nor a number of one's choice is offered, nor other namespaces. */
	if (flags & (CLONE_INTO_CGROUP | CLONE_NEWTIME) || args->set_tid_size)
		return false;
	if (args->exit_signal & ~(u64)CSIGNAL || args->exit_signal > _NSIG)
		return false;
	if (!args->stack)
		return !args->stack_size;
	return args->stack_size && __access_ok(args->stack, args->stack_size);
}

/* The numbers that are asked for, one for each namespace, are looked at before they are refused. */
static int check_set_tid(const struct clone_args *args)
{
	pid_t numbers[32];

	if (args->set_tid_size > ARRAY_SIZE(numbers) || !args->set_tid != !args->set_tid_size)
		return -EINVAL;
	return copy_from_user(numbers, (const void __user *)args->set_tid,
			      args->set_tid_size * sizeof(pid_t)) ?
		       -EFAULT :
		       0;
}

SYSCALL_DEFINE2(clone3, struct clone_args __user *, uargs, size_t, size)
{
	struct kernel_clone_args args;
	struct clone_args a;
	int err;

	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < CLONE_ARGS_SIZE_VER0)
		return -EINVAL;
	err = copy_struct_from_user(&a, sizeof(a), uargs, size);
	if (!err)
		err = check_set_tid(&a);
	if (err)
		return err;
	if (!clone3_args_valid(&a))
		return -EINVAL;
	args = (struct kernel_clone_args){
		.flags = a.flags,
		.pidfd = (int __user *)a.pidfd,
		.child_tid = (int __user *)a.child_tid,
		.parent_tid = (int __user *)a.parent_tid,
		.exit_signal = (int)a.exit_signal,
		.stack = a.stack ? a.stack + a.stack_size : 0,
		.tls = a.tls,
	};
	return kernel_clone(&args);
}

SYSCALL_DEFINE1(set_tid_address, int __user *, tidptr)
{
	current->clear_child_tid = tidptr;
	return task_pid_nr(current);
}

/* ---------------------------------------------------------------- pid 1, and the end of all */

/* Linux's first limits: include/asm-generic/resource.h. */
static void first_limits(struct rlimit *rlim)
{
	static const struct {
		unsigned int limit;
		unsigned long cur, max;
	} limits[] = {
		{ RLIMIT_STACK, 8UL << 20, RLIM_INFINITY },
		{ RLIMIT_CORE, 0, RLIM_INFINITY },
		{ RLIMIT_NOFILE, 1024, 4096 },
		{ RLIMIT_MEMLOCK, 8UL << 20, 8UL << 20 },
		{ RLIMIT_MSGQUEUE, 819200, 819200 },
		{ RLIMIT_NICE, 0, 0 },
		{ RLIMIT_RTPRIO, 0, 0 },
	};
	unsigned long threads = thread_limit / 2;

	for (unsigned int i = 0; i < RLIM_NLIMITS; i++)
		rlim[i] = (struct rlimit){ RLIM_INFINITY, RLIM_INFINITY };
	for (unsigned int i = 0; i < ARRAY_SIZE(limits); i++)
		rlim[limits[i].limit] = (struct rlimit){ limits[i].cur, limits[i].max };
	rlim[RLIMIT_NPROC] = (struct rlimit){ threads, threads };
	rlim[RLIMIT_SIGPENDING] = rlim[RLIMIT_NPROC];
}

int become_process(void)
{
	struct task_struct *t = current;
	unsigned long flags;

	t->signal = new_signal(NULL);
	t->sighand = new_sighand(NULL);
	if (!t->signal || !t->sighand)
		return -ENOMEM;
	first_limits(t->signal->rlim);
	t->signal->tgid = task_pid_nr(t);
	t->signal->flags = SIGNAL_UNKILLABLE;
	init_sigpending(&t->pending);
	cred_root(&t->cred);
	t->timer_slack_ns = t->default_timer_slack_ns = TIMER_SLACK_NS;
	t->flags &= ~PF_KTHREAD;
	t->start_time = ktime_get();
	t->restart_block.fn = do_no_restart_syscall;
	INIT_LIST_HEAD(&t->children);
	INIT_LIST_HEAD(&t->sibling);
	t->real_parent = t; /* nobody asks: it does not end */
	t->exit_signal = SIGCHLD;
	get_task_struct(t);
	spin_lock_irqsave(&tasklist_lock, flags);
	list_add_tail(&t->thread_node, &t->signal->thread_head);
	attach_process(t, NULL);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	return 0;
}

void free_released(struct released *r)
{
	if (r->signal) {
		exit_signal_timers(r->signal);
		kmem_cache_free(signal_cache, r->signal);
	}
	put_sighand(r->sighand);
	put_cred(&r->task->cred);
	put_task_struct(r->task);
	uncount_thread();
}

/* So many that their stacks take an eighth of memory. */
static unsigned long __init max_threads(void)
{
	struct page_counts c;

	get_page_counts(&c);
	return (c.ram - c.reserved) * PAGE_SIZE / (8 * THREAD_SIZE);
}

void __init process_init(void)
{
	thread_limit = (u32)max_threads();
	signal_cache = kmem_cache_create("signal_cache", sizeof(struct signal_struct), 0,
					 SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
	sighand_cache = kmem_cache_create("sighand_cache", sizeof(struct sighand_struct), 0,
					  SLAB_HWCACHE_ALIGN | SLAB_PANIC, NULL);
}
