/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: a process's table of open files.
 *
 * files_struct is shared by the threads that were made with CLONE_FILES, and `count` says how many.
 * Where that is 1 nobody else can take a file away, and fdget() needs neither lock nor a reference;
 * else file_lock is taken for the look.  All changes are made under file_lock.  It is a leaf.
 * Others (/proc) look at a task's table without holding it, and do not change it.
 */
#ifndef KERNEL_FS_FILE_H
#define KERNEL_FS_FILE_H

#include "kernel/core/spinlock.h"
#include "kernel/fs/fs.h"
#include "kernel/sched/task.h"

#define NR_OPEN_DEFAULT 64	  /* descriptors that need no allocation */
#define NR_OPEN_MAX	(1 << 20) /* Linux's sysctl_nr_open */

struct files_struct {
	u32 count; /* atomic */
	spinlock_t file_lock;
	unsigned int max_fds;
	unsigned int next_fd; /* none below it is free */
	struct file **fd;     /* NULL: free, or reserved */
	u64 *open_fds;	      /* a bit each: in use, or reserved */
	u64 *close_on_exec;
	struct file *fd_array[NR_OPEN_DEFAULT];
	u64 open_fds_init, close_on_exec_init;
};

struct fd {
	struct file *file; /* NULL: none */
	unsigned int flags;
};
#define FDPUT_FPUT	 1
#define FDPUT_POS_UNLOCK 2

/* The file of current's descriptor, for the time of a call; to be given to fdput().  O_PATH files not / as well. */
struct fd fdget(unsigned int fd);
struct fd fdget_raw(unsigned int fd);
struct fd fdget_pos_slow(unsigned int fd);
/* The same with f_pos_lock where it needs that: fdput_pos(). */
static __always_inline struct fd fdget_pos(unsigned int fd)
{
	const struct files_struct *files = current->files;
	struct file *file;

	if (likely(files && READ_ONCE(files->count) == 1 && fd < files->max_fds)) {
		file = files->fd[fd];
		/* Nobody else can take it away, nor move its position. */
		if (likely(file && !(file->f_mode & FMODE_PATH) &&
			   (!(file->f_mode & FMODE_ATOMIC_POS) || READ_ONCE(file->f_count) == 1)))
			return (struct fd){ file, 0 };
	}
	return fdget_pos_slow(fd);
}

static inline void fdput(struct fd fd)
{
	if (fd.flags & FDPUT_FPUT)
		fput(fd.file);
}

void fdput_pos_slow(struct fd fd);
static __always_inline void fdput_pos(struct fd fd)
{
	if (unlikely(fd.flags))
		fdput_pos_slow(fd);
}

/* The file with a reference that may be kept: fput().  NULL.  fget: not of an O_PATH one. */
struct file *fget(unsigned int fd);
struct file *fget_raw(unsigned int fd);

/*
 * A descriptor for current, the lowest from `start` on that is free, reserved: then fd_install() or
 * put_unused_fd().  `flags`: O_CLOEXEC.  -EMFILE, -ENOMEM.
 */
int alloc_fd(unsigned int start, unsigned int flags);
static inline int get_unused_fd_flags(unsigned int flags)
{
	return alloc_fd(0, flags);
}
void put_unused_fd(unsigned int fd);
/* The file's reference becomes the table's. */
void fd_install(unsigned int fd, struct file *file);
/* `fd` becomes the file's, one more reference, what was there is closed: fd or -errno. */
int replace_fd(unsigned int fd, struct file *file, unsigned int flags);
/* 0; -EBADF; what flush says. */
int close_fd(unsigned int fd);

/* The flag of one that is open. */
void set_close_on_exec(unsigned int fd, bool on);
bool get_close_on_exec(unsigned int fd);

/*
 * For clone and its end.  dup_fd: a table with the same files, or ERR_PTR.  copy_files: the child's `files` is
 * current's, shared with CLONE_FILES, or a copy: 0 or -ENOMEM.  exit_files: the task has none, and the
 * last one closes all.  unshare_files: nobody else has current's table.
 */
struct files_struct *dup_fd(struct files_struct *old);
int copy_files(unsigned long clone_flags, struct task_struct *child);
void exit_files(struct task_struct *task);
int unshare_files(void);
/* An empty table for current, which has none: the first process. */
int init_files(void);
/* For execve: descriptors that are to be closed then are closed.  The table is current's alone. */
void do_close_on_exec(struct files_struct *files);

/*
 * Another's descriptors, while it opens and closes some, or ends.  Any context that may take a spinlock; but who
 * has a file may be the last, and so does not let go of it with a lock held.
 *
 *   fget_task      the file, held, and how it is to be closed; NULL: there is none
 *   task_fd_path   where the file is, held (`path` may be NULL), and its f_mode: 0 or -ENOENT
 *   task_next_fd   *fd becomes the first one that is open from *fd on; false: no more
 *   task_max_fds   how many its table has room for; 0: it has none
 */
struct file *fget_task(const struct task_struct *task, unsigned int fd, bool *cloexec);
int task_fd_path(const struct task_struct *task, unsigned int fd, struct path *path, fmode_t *mode);
bool task_next_fd(const struct task_struct *task, unsigned int *fd);
unsigned int task_max_fds(const struct task_struct *task);

#endif
