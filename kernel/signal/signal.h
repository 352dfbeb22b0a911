/* SPDX-License-Identifier: MIT */
/*
 * Processes as signals see them, and the signals themselves.
 *
 *   process    the threads that share a signal_struct.  Its number, tgid, is its first thread's, the
 *              leader's, which stays as a zombie until all others are gone
 *   group      processes that job control treats as one (pgrp), and a session of groups (session):
 *              both are named by the number of the process that began them
 *   signal     1 to 64.  Up to 31 one is pending or it is not; from SIGRTMIN on each that is sent
 *              arrives, in the order sent
 *   pending    sent and not taken yet: to a thread (task->pending), or to any thread of a process
 *              (signal->shared_pending)
 *   action     what a process does when it takes one: sighand->action[sig - 1]
 *   blocked    a thread does not take it for now: task->blocked, a bit sig - 1 each
 *   fatal      nobody handles it and its default is to end the process: all threads get SIGKILL
 *   stop       job control's: each thread waits in TASK_STOPPED until SIGCONT or SIGKILL
 *
 * TIF_SIGPENDING says that a thread is to look, before it goes back to user mode; who sleeps so that
 * a signal ends it (TASK_INTERRUPTIBLE, TASK_KILLABLE) is woken.  Kernel threads have neither
 * signal nor sighand, and no signal does anything to them.
 *
 * Locks, in their order, all with interrupts off:
 *
 *   tasklist_lock      who is whose parent and child, group and session, exit states; the threads of a
 *                      process, which change under siglock as well; and that another thread's ->signal and ->sighand stay what they are:
 *                      NULL from release_task() on.  One's own do so without it
 *   sighand->siglock   actions, what is pending and blocked, the fields of signal_struct that say so
 *   the pid table's, wait queues', run queues'
 *
 * Timers' functions and interrupts' may take both.
 */
#ifndef KERNEL_SIGNAL_SIGNAL_H
#define KERNEL_SIGNAL_SIGNAL_H

#include <linux/resource.h>
#include <linux/signal.h>

#include "kernel/sched/pid.h"
#include "kernel/sched/wait.h"
#include "kernel/signal/errno.h"
#include "kernel/time/hrtimer.h"

struct tty_struct;

#define _NSIG	     64
#define sigmask(s)   (1ULL << ((s)-1))
#define RLIM_NLIMITS 16

/* What is sent: Linux's kernel_siginfo is what a program gets, without the padding to 128 bytes. */
typedef struct kernel_siginfo {
	struct {
		int si_signo;
		int si_errno;
		int si_code;
		union __sifields _sifields;
	};
} kernel_siginfo_t;

/* In the place of a siginfo: of a process that asked for it / of the kernel. */
#define SEND_SIG_NOINFO ((struct kernel_siginfo *)0)
#define SEND_SIG_PRIV	((struct kernel_siginfo *)1)

/* The action of a signal, as rt_sigaction() has it. */
struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	spinlock_t siglock;
	u32 count; /* processes that share it; atomic */
	struct k_sigaction action[_NSIG];
};

/* What a process's threads, or its children that were waited for, have used. */
struct task_usage {
	u64 utime, stime; /* ns */
	u64 nvcsw, nivcsw;
	u64 min_flt, maj_flt;
	u64 inblock, oublock; /* 512 bytes each */
	struct task_io io;
	unsigned long maxrss; /* pages */
};

/* A timer by the CPU time of a process: ns; 0: none. */
struct cpu_itimer {
	u64 expires, incr;
};

/* signal->flags: Linux's numbers. */
#define SIGNAL_STOP_STOPPED   0x01 /* all threads are */
#define SIGNAL_STOP_CONTINUED 0x02 /* SIGCONT came, and wait() has not told yet */
#define SIGNAL_GROUP_EXIT     0x04 /* all are on their way out: group_exit_code */
#define SIGNAL_CLD_STOPPED    0x10 /* the parent is to be told */
#define SIGNAL_CLD_CONTINUED  0x20
#define SIGNAL_CLD_MASK	      (SIGNAL_CLD_STOPPED | SIGNAL_CLD_CONTINUED)
#define SIGNAL_UNKILLABLE     0x40 /* pid 1: what it does not handle does nothing to it */

struct signal_struct {
	pid_t tgid;

	/* tasklist_lock. */
	struct list_head thread_head; /* task->thread_node of each, the leader first */
	unsigned int nr_threads;      /* not released yet */
	pid_t pgrp, session;	      /* a look without the lock: READ_ONCE */
	u32 sent_to_many;	      /* signals that came to it and to others at once */
	bool leader;		      /* of the session */
	bool is_child_subreaper;
	bool has_child_subreaper; /* one of its ancestors is one */
	struct tty_struct
		*tty; /* the controlling terminal or NULL: kernel/drivers' of the terminal,
				     also under siglock */

	u32 live;			 /* threads that have not begun to exit; atomic */
	wait_queue_head_t wait_chldexit; /* wait() */

	/* siglock. */
	struct sigpending shared_pending;
	u32 flags; /* SIGNAL_* */
	int group_exit_code;
	unsigned int group_stop_count;	     /* threads that have to stop yet */
	struct task_struct *group_exec_task; /* one that wants to be the only one */
	int notify_count;		     /* how many others it waits for */
	struct hrtimer real_timer;	     /* ITIMER_REAL */
	u64 it_real_incr;		     /* ns */
	struct cpu_itimer it[2];	     /* ITIMER_VIRTUAL and ITIMER_PROF, less 1 */
	struct hrtimer cpu_timer; /* looks whether one of those, or RLIMIT_CPU, has come */
	struct list_head posix_timers;
	int next_posix_timer_id;
	struct task_usage usage; /* threads that are over */
	struct task_usage child; /* children that were waited for */

	struct rlimit rlim[RLIM_NLIMITS]; /* under siglock; a look without: rlimit() */
	short oom_score_adj;
};

/* The process's soft limit, RLIMIT_*.  A look. */
static inline unsigned long task_rlimit(const struct task_struct *t, unsigned int limit)
{
	return READ_ONCE(t->signal->rlim[limit].rlim_cur);
}

static inline unsigned long task_rlimit_max(const struct task_struct *t, unsigned int limit)
{
	return READ_ONCE(t->signal->rlim[limit].rlim_max);
}

/* The caller's; for a kernel thread without end. */
static inline unsigned long rlimit(unsigned int limit)
{
	return current->signal ? task_rlimit(current, limit) : RLIM_INFINITY;
}

static inline bool thread_group_leader(const struct task_struct *t)
{
	return t->group_leader == t;
}

extern spinlock_t tasklist_lock;

/* Woken with each signal that becomes pending, anybody's: kernel/event/signalfd.c. */
extern wait_queue_head_t signalfd_wait;

/*
 * t's sighand, locked, interrupts off: NULL, and nothing is locked, of a thread that was released or
 * is the kernel's.  The caller holds t.  Any context but NMI.
 */
struct sighand_struct *lock_task_sighand(struct task_struct *t, unsigned long *flags);

static inline void unlock_task_sighand(struct task_struct *t, unsigned long *flags)
{
	spin_unlock_irqrestore(&t->sighand->siglock, *flags);
}

/* ---------------------------------------------------------------- sending: send.c */

/*
 * Send `sig` to the thread / to any thread of its process / to each process of a group: `priv`: it
 * is the kernel that does (si_code SI_KERNEL), not the caller.  `info` is copied.  0, -ESRCH: nobody
 * was there; -EAGAIN: a real-time signal of a program for which no memory or RLIMIT_SIGPENDING is
 * left; -EINVAL.  Signal 0 only looks.  Any context but NMI; takes tasklist_lock and siglock.
 */
int send_sig(int sig, struct task_struct *t, int priv);
int send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t);
int group_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t);
int kill_pgrp(pid_t pgrp, int sig, int priv);
int kill_pgrp_info(pid_t pgrp, int sig, struct kernel_siginfo *info);
int kill_pid_info(int sig, struct kernel_siginfo *info, pid_t pid);

/*
 * The caller cannot go on without taking it: where it is blocked or ignored, it ends the process.
 * `addr`: of SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP.  For what the caller's own user mode did.
 */
void force_sig(int sig);
void force_sig_fault(int sig, int code, void __user *addr);
void force_fatal_sig(int sig); /* it ends the process, whoever handles it */

/* t is to look: woken also out of what only SIGKILL ends (`fatal`).  siglock of t is held. */
void signal_wake_up(struct task_struct *t, bool fatal);

/* The caller's TIF_SIGPENDING is what pending and blocked say.  siglock is held: else one sent just now is lost. */
void recalc_sigpending(void);

/* Would `sig` do something to the caller now: it is neither blocked nor ignored?  For the terminal. */
bool is_current_pgrp_orphaned(void);
static inline bool sig_blocked_or_ignored(int sig)
{
	return (current->blocked & sigmask(sig)) ||
	       current->sighand->action[sig - 1].sa.sa_handler == SIG_IGN;
}

/* ---------------------------------------------------------------- taking: take.c */

/*
 * Take the first pending of those not in `mask`: its number and *info, or 0.  siglock is held.  For
 * signalfd and rt_sigtimedwait().
 */
int dequeue_signal(u64 mask, struct kernel_siginfo *info);

/* What a handler is run for; where there is none, nothing of the first two. */
struct ksignal {
	struct k_sigaction ka;
	kernel_siginfo_t info;
	int sig;
	bool dies; /* it has none: the process is to end with `sig` */
};

/*
 * Take signals until one has a handler or ends the process: true.  Stops where one says so.  On
 * the way to user mode, interrupts on.
 */
bool get_signal(struct ksignal *ksig);

/* The caller's blocked signals are `set`, but for SIGKILL and SIGSTOP. */
void set_current_blocked(u64 set);
/* The same until the call that is being made ends: then, or after the handler, it is as before. */
int set_user_sigmask(const sigset_t __user *umask, size_t sigsetsize);
static inline void restore_saved_sigmask_unless(bool interrupted)
{
	if (!interrupted && current->restore_sigmask) {
		current->restore_sigmask = false;
		set_current_blocked(current->saved_sigmask);
	}
}

/* 0, -EFAULT; -E2BIG: there is more in it than is known and kept.  The second takes si_signo for `sig`. */
int copy_siginfo_to_user(siginfo_t __user *to, const kernel_siginfo_t *from);
int copy_siginfo_from_user(kernel_siginfo_t *to, const siginfo_t __user *from);
int __copy_siginfo_from_user(int sig, kernel_siginfo_t *to, const siginfo_t __user *from);

/* ---------------------------------------------------------------- looking processes up */

/* Linux's names for numbers that are fields here. */
static inline pid_t task_pid_nr(const struct task_struct *t)
{
	return (pid_t)t->pid;
}

static inline pid_t task_tgid_nr(const struct task_struct *t)
{
	return (pid_t)t->tgid;
}

/* 0 of a thread that has been released. */
pid_t task_pgrp_nr(struct task_struct *t);
pid_t task_session_nr(struct task_struct *t);

/*
 * Walks, under tasklist_lock: the threads of t's process; the processes of a group; all processes (their
 * leaders).
 */
#define for_each_thread(t, i) list_for_each_entry(i, &(t)->signal->thread_head, thread_node)
/* The group is looked up once: a number that is given out meanwhile has another list than none. */
#define for_each_pgrp(nr, p)                                                  \
	for (struct list_head *group_ = pid_group(nr); group_; group_ = NULL) \
		list_for_each_entry(p, group_, pgrp_node)
#define for_each_process(p) list_for_each_entry(p, &process_list, process_node)
extern struct list_head process_list;
/* What the threads of t's process have used, those that run too.  Takes the locks. */
void process_usage(struct task_struct *t, struct task_usage *usage);
/* The same of one thread alone. */
void thread_usage(struct task_struct *t, struct task_usage *usage);

#endif
