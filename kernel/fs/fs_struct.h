/* SPDX-License-Identifier: MIT */
/*
 * Where a process stands: root, working directory, umask.  Shared by threads that were made with CLONE_FS.
 * Lock: `lock`, a leaf.
 */
#ifndef KERNEL_FS_FS_STRUCT_H
#define KERNEL_FS_FS_STRUCT_H

#include "kernel/fs/fs.h"
#include "kernel/sched/task.h"

struct fs_struct {
	u32 users; /* atomic */
	spinlock_t lock;
	umode_t umask;
	struct path root, pwd;
};

/* Those of current, held.  A kernel thread without a fs_struct stands at the root of all. */
void get_fs_root(struct path *root);
void get_fs_pwd(struct path *pwd);
/* Those of another, where it has some: 0, or -ENOENT.  For /proc/PID/root and cwd. */
int get_task_root(struct task_struct *task, struct path *root);
int get_task_pwd(struct task_struct *task, struct path *pwd);
umode_t current_umask(void);

/* For clone and its end: as copy_files() and its kin. */
int copy_fs(unsigned long clone_flags, struct task_struct *child);
void exit_fs(struct task_struct *task);
int unshare_fs_struct(void);
/* current, which has none, stands at the root of all, umask 022. */
int init_fs_struct(void);

#endif
