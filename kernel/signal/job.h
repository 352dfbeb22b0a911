/* SPDX-License-Identifier: MIT */
/*
 * What the files of this room share with those that make and end processes (kernel/user): job control
 * and relatives.  Locks are kernel/signal/signal.h's.
 */
#ifndef KERNEL_SIGNAL_JOB_H
#define KERNEL_SIGNAL_JOB_H

#include "kernel/signal/signal.h"

/* task->jobctl: under siglock. */
#define JOBCTL_STOP_SIGMASK 0xffffU /* which signal stops it */
#define JOBCTL_STOP_DEQUEUED \
	BIT(16) /* one that may stop was taken: a stop that follows is its doing */
#define JOBCTL_STOP_PENDING BIT(17) /* it has to stop */
#define JOBCTL_STOP_CONSUME BIT(18) /* ... and counts in group_stop_count */
#define JOBCTL_STOPPED	    BIT(26) /* it is */
/* All of a stop that has not happened. */
#define JOBCTL_STOP_MASK    (JOBCTL_STOP_DEQUEUED | JOBCTL_STOP_PENDING | JOBCTL_STOP_CONSUME)

/* With siglock of t held / with tasklist_lock; `group`: to any thread of the process. */
int send_signal_locked(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group);
int do_send_sig_info(int sig, struct kernel_siginfo *info, struct task_struct *t, bool group);
int kill_everybody(int sig, struct kernel_siginfo *info);

/* That action is to ignore it. */
bool sig_handler_ignored(__sighandler_t handler, int sig);

/* All threads of t's process are to end, with `exit_code` for its parent.  siglock is held. */
void zap_process(struct task_struct *t, int exit_code);

/*
 * Take one of `these`, wait `ns` for one at the most: its number and *info, or -EAGAIN, -EINTR.  In a
 * thread of a process.
 */
int wait_for_signal(u64 these, u64 ns, struct kernel_siginfo *info);

/* t is a thread less that is to stop: true where its process has stopped thereby.  siglock is held. */
bool task_participate_group_stop(struct task_struct *t);

/* t cannot take what is pending for its process, of `which`: others are to look.  siglock is held. */
void retarget_shared_pending(struct task_struct *t, u64 which);

/* What is pending and known of it goes.  siglock is held, or nobody else knows them. */
void flush_sigqueue(struct sigpending *pending);
/* execve(): what had a handler has its default; all of them, ignored ones too, with `force`. */
void flush_signal_handlers(struct task_struct *t, bool force);

/*
 * sigaltstack() with `sp` as the program's stack pointer: 0, -EPERM, -EINVAL, -ENOMEM.  Either may be
 * NULL.
 */
int do_sigaltstack(const stack_t *ss, stack_t *old, unsigned long sp);

#define SS_FLAG_BITS SS_AUTODISARM

/* sp is on the caller's stack for handlers, and that is not one that is given up while one runs. */
static inline bool on_sig_stack(unsigned long sp)
{
	/* Above its lowest byte, and not above its end. */
	return sp - current->sas_ss_sp - 1 < current->sas_ss_size &&
	       !(current->sas_ss_flags & SS_AUTODISARM);
}

static inline int sas_ss_flags(unsigned long sp)
{
	if (!current->sas_ss_size)
		return SS_DISABLE;
	return on_sig_stack(sp) ? SS_ONSTACK : 0;
}

/* ---------------------------------------------------------------- parents: notify.c */

/*
 * t, a leader that has become a zombie, tells its parent by `sig`: true, the parent does not want to know
 * (SIGCHLD ignored, SA_NOCLDWAIT), and nobody will ask.  tasklist_lock is held.
 */
bool do_notify_parent(struct task_struct *t, int sig);
/* Woken when any process has ended: who looks for one looks again. */
extern wait_queue_head_t process_ended;
/* The process has stopped or gone on: CLD_STOPPED, CLD_CONTINUED.  tasklist_lock is held. */
void do_notify_parent_cldstop(struct task_struct *t, int why);

/* ---------------------------------------------------------------- groups: group.c */

/* A leader becomes one of all processes, in the group and session of `like`, or, pid 1, in none: 0. */
void attach_process(struct task_struct *leader, const struct task_struct *like);
/* It is none any more. */
void detach_process(struct task_struct *leader);
/* A thread other than the old leader takes that one's place in everything above. */
void replace_leader(struct task_struct *old, struct task_struct *leader);

/*
 * `t` ends, or its child does (parent: whose; else t's own): where a group is left that way without anybody
 * in its session who could continue it, and some of it is stopped, it gets SIGHUP and SIGCONT.
 */
void kill_orphaned_pgrp(struct task_struct *t, struct task_struct *parent);

/* The session's terminal, if there is a driver for such, is told that its leader is going. */
extern void (*disassociate_ctty)(int on_exit);
/* What a terminal is, and its group in front (0: none), for who shows it.  Any context. */
extern void (*describe_tty)(const struct tty_struct *tty, dev_t *dev, pid_t *pgrp);

/* ---------------------------------------------------------------- timers: itimer.c */

void init_signal_timers(struct signal_struct *signal);
/* None strikes any more.  May wait for one that runs: no lock is held. */
void exit_signal_timers(struct signal_struct *signal);
/* CPU time is to be looked at: RLIMIT_CPU is set.  siglock is held. */
void start_cpu_timer(struct signal_struct *signal);
/* SIGALRM was taken: a timer with an interval begins anew.  siglock is held. */
void restart_real_timer(struct signal_struct *signal);

#endif
