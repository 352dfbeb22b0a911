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
int show_tgid_io(struct sink *out, void *task);
int show_tid_io(struct sink *out, void *task);
int show_syscall(struct sink *out, void *task);
int show_task_maps(struct sink *out, void *task);
int show_task_smaps(struct sink *out, void *task);
int show_task_smaps_rollup(struct sink *out, void *task);
ssize_t store_clear_refs(void *task, const char *text, size_t n);

/* A number with a sign or not, and blanks around it or not, to a base as kstrtoull() takes it: 0 or -EINVAL. */
int proc_parse_int(const char *text, unsigned int base, int *value);

/* R, S, D, T, X, Z, I: and the word for it, "R (running)". */
const char *task_state_word(const struct task_struct *t);

/* fd/, fdinfo/ and map_files/. */
extern const struct ktree_dir_ops proc_fd_dir, proc_fdinfo_dir, proc_map_files_dir;

/* What is in the process's memory: proc/PID/mem, cmdline, environ, auxv. */
extern const struct knode_ops proc_mem_ops, proc_cmdline_ops, proc_environ_ops, proc_auxv_ops,
	proc_pagemap_ops;

#endif
