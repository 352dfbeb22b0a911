/* SPDX-License-Identifier: MIT */
/* Between the files that make /proc/PID. */
#ifndef KERNEL_PROC_TASK_H
#define KERNEL_PROC_TASK_H

#include "kernel/proc/proc.h"
#include "kernel/sched/task.h"

/* `private` of a file in /proc/PID is the thread, held. */
void proc_put_task(void *task);

/* /proc/PID is of the process, /proc/PID/task/TID of the thread. */
int show_tgid_stat(struct sink *out, void *task);
int show_tid_stat(struct sink *out, void *task);
int show_status(struct sink *out, void *task);
int show_statm(struct sink *out, void *task);
int show_limits(struct sink *out, void *task);

/* R, S, D, T, X, Z, I: and the word for it, "R (running)". */
const char *task_state_word(const struct task_struct *t);

/* fd/ and fdinfo/. */
extern const struct ktree_dir_ops proc_fd_dir, proc_fdinfo_dir;

/* What is in the process's memory: proc/PID/mem, cmdline, environ, auxv. */
extern const struct knode_ops proc_mem_ops, proc_cmdline_ops, proc_environ_ops, proc_auxv_ops;

#endif
