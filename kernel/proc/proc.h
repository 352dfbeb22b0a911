/* SPDX-License-Identifier: MIT */
/*
 * /proc: what the kernel knows of itself and of each process, in Linux's words.
 *
 * Each room prints what it knows by a function that takes a sink; here these get their names.  Rooms above this one
 * bring theirs by proc_create_text().
 */
#ifndef KERNEL_PROC_PROC_H
#define KERNEL_PROC_PROC_H

#include "kernel/fs/ktree.h"

/* The root; made by proc_init(). */
extern struct dentry *proc_root;

/* /proc, with all that the rooms below know: in a thread, once fs_init() has run. */
void proc_init(void);

/* A text at a path below /proc, whose directories are made; `mode` is the rights.  Boot, in a thread. */
void proc_create_text(const char *path, umode_t mode, void (*show)(struct sink *out));

/* Each file's part. */
void proc_task_init(void);
void sysctl_init(void);

/* whatis PID:ADDR: whatis_set_user(). */
int proc_whatis(struct sink *out, pid_t pid, unsigned long addr);

/* Print /proc/meminfo. */
void show_meminfo(struct sink *out);

#endif
