/* SPDX-License-Identifier: MIT */
/*
 * How processes begin and end: fork(), exit(), wait().
 *
 * A thread that has ended is a zombie until it is released: a leader by its parent's wait(), or at
 * once where the parent does not care; any other thread by itself.  Pid 1 does not end: when
 * its program has, its thread stays for the others' sake and waits for their children.
 */
#ifndef KERNEL_USER_PROCESS_H
#define KERNEL_USER_PROCESS_H

#include "kernel/signal/signal.h"
#include "mm/user/mm_struct.h"

/* Slabs.  Boot, before the first process. */
void process_init(void);

/* The calling kernel thread becomes a process of its own: pid 1.  0 or -ENOMEM.  May sleep. */
int become_process(void);

/* The thread ends / all of its process do; `code` as wait() tells it.  In a thread that may sleep. */
void __noreturn do_exit(long code);
void __noreturn do_group_exit(int code);

/* Where pid 1's program ends: its thread calls it, once; by kernel/user/init.c. */
void __noreturn init_ended(int code);

/* What wait4() does, for the kernel itself: `ru` may be NULL. */
long kernel_wait4(pid_t pid, int *status, int options, struct rusage *ru);

/*
 * t, which is current, leaves its memory, by exit or exec: its futexes are let go, who waits for its
 * end there is woken, and who waits in vfork() goes on.  May sleep.
 */
void mm_release(struct task_struct *t);
/* The process had that much memory: for ru_maxrss. */
void note_maxrss(struct signal_struct *signal, const struct mm_struct *mm);

/* Nobody else has the caller's table of actions: 0 or -ENOMEM.  May sleep. */
int unshare_sighand(void);

/* t, which has ended, is nobody's any more: its number is free, its structures go.  tasklist_lock is not held. */
void release_task(struct task_struct *t);
/* For who holds tasklist_lock: the first half / and, without it, the second. */
struct released {
	struct task_struct *task;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
};
struct released unhash_task(struct task_struct *t);
void free_released(struct released *r);

/* What was used, in the ABI's form. */
void fill_rusage(struct rusage *ru, const struct task_usage *usage);

/* cred.c: supplementary groups of the parent are the child's too / go. */
void copy_cred(struct task_struct *child);
void put_cred(struct cred *cred);
void cred_exec(struct cred *cred);
/* All that root has. */
void cred_root(struct cred *cred);

/* t's supplementary groups, those behind the first `from`, `max` at the most: how many.  Takes tasklist_lock. */
int get_groups(struct task_struct *t, int from, gid_t *gids, int max);

/* restart_block.fn where no call goes on. */
long do_no_restart_syscall(struct restart_block *restart);

#endif
