// SPDX-License-Identifier: MIT
/* fcntl(): a call of many. */
#include <linux/fcntl.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/locks.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

#define SETFL_MASK (O_APPEND | O_NONBLOCK | O_NDELAY | O_DIRECT | O_NOATIME)

static long set_flags(unsigned int fd, struct file *file, unsigned long arg)
{
	int error;

	if (arg & O_DIRECT && !S_ISFIFO(file_inode(file)->i_mode) &&
	    !(file->f_mapping->a_ops && file->f_mapping->a_ops->direct_IO))
		return -EINVAL;
	error = set_async(fd, file, arg & FASYNC, 0);
	if (error)
		return error;
	spin_lock(&file->f_lock);
	file->f_flags = (arg & SETFL_MASK) | (file->f_flags & ~SETFL_MASK);
	spin_unlock(&file->f_lock);
	return 0;
}

static long duplicate(struct file *file, unsigned long from, unsigned int flags)
{
	int fd;

	if (from >= rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	fd = alloc_fd(from, flags);
	if (fd >= 0)
		fd_install(fd, get_file(file));
	return fd;
}

/* ---------------------------------------------------------------- who is told */

/* A thread or a group has the number. */
static bool number_in_use(pid_t nr)
{
	struct task_struct *t = find_get_task_by_vpid(nr);
	unsigned long flags;
	bool used = t;

	if (t) {
		put_task_struct(t);
	} else {
		spin_lock_irqsave(&tasklist_lock, flags);
		used = !list_empty(pid_group(nr));
		spin_unlock_irqrestore(&tasklist_lock, flags);
	}
	return used;
}

static long set_file_owner(struct file *file, int type, int pid)
{
	if (pid && !number_in_use(pid))
		return -ESRCH;
	f_setown(file, type, pid, true);
	return 0;
}

/* Negative: a process group. */
static long set_owner(struct file *file, int who)
{
	if (who == -2147483647 - 1)
		return -EINVAL;
	return set_file_owner(file, who < 0 ? F_OWNER_PGRP : F_OWNER_PID, who < 0 ? -who : who);
}

static long get_owner(const struct file *file)
{
	return file->f_owner.type == F_OWNER_PGRP ? -file->f_owner.pid : file->f_owner.pid;
}

static long set_owner_ex(struct file *file, const struct f_owner_ex __user *arg)
{
	struct f_owner_ex owner;

	if (copy_from_user(&owner, arg, sizeof(owner)))
		return -EFAULT;
	if (owner.type != F_OWNER_TID && owner.type != F_OWNER_PID && owner.type != F_OWNER_PGRP)
		return -EINVAL;
	return set_file_owner(file, owner.type, owner.pid);
}

static long get_owner_ex(const struct file *file, struct f_owner_ex __user *arg)
{
	struct f_owner_ex owner = { .type = file->f_owner.type, .pid = file->f_owner.pid };

	return copy_to_user(arg, &owner, sizeof(owner)) ? -EFAULT : 0;
}

/* ---------------------------------------------------------------- locks */

static long lock_call(unsigned int fd, struct file *file, unsigned int cmd,
		      struct flock __user *arg)
{
	struct flock lock;
	long error;

	if (copy_from_user(&lock, arg, sizeof(lock)))
		return -EFAULT;
	if (cmd != F_GETLK && cmd != F_OFD_GETLK)
		return fcntl_setlk(fd, file, cmd, &lock);
	error = fcntl_getlk(file, cmd, &lock);
	if (!error && copy_to_user(arg, &lock, sizeof(lock)))
		error = -EFAULT;
	return error;
}

/* ---------------------------------------------------------------- the call */

static long do_fcntl(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case F_DUPFD:
		return duplicate(file, arg, 0);
	case F_DUPFD_CLOEXEC:
		return duplicate(file, arg, O_CLOEXEC);
	case F_GETFD:
		return get_close_on_exec(fd) ? FD_CLOEXEC : 0;
	case F_SETFD:
		set_close_on_exec(fd, arg & FD_CLOEXEC);
		return 0;
	case F_GETFL:
		return file->f_flags;
	case F_SETFL:
		return set_flags(fd, file, arg);
	case F_GETLK:
	case F_SETLK:
	case F_SETLKW:
	case F_OFD_GETLK:
	case F_OFD_SETLK:
	case F_OFD_SETLKW:
		return lock_call(fd, file, cmd, (struct flock __user *)arg);
	case F_GETOWN:
		return get_owner(file);
	case F_SETOWN:
		return set_owner(file, arg);
	case F_GETOWN_EX:
		return get_owner_ex(file, (struct f_owner_ex __user *)arg);
	case F_SETOWN_EX:
		return set_owner_ex(file, (const struct f_owner_ex __user *)arg);
	case F_GETSIG:
		return file->f_owner.signum;
	case F_SETSIG:
		if (arg > _NSIG)
			return -EINVAL;
		file->f_owner.signum = arg;
		return 0;
	case F_GETLEASE:
		return F_UNLCK;
	case F_SETPIPE_SZ:
	case F_GETPIPE_SZ:
		return file->f_op->fcntl ? file->f_op->fcntl(file, cmd, arg) : -EBADF;
	default:
		return -EINVAL;
	}
}

/* What there is of a file that was opened to be named alone. */
static bool fits_path(unsigned int cmd)
{
	return cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC || cmd == F_GETFD || cmd == F_SETFD ||
	       cmd == F_GETFL;
}

SYSCALL_DEFINE3(fcntl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct fd f = fdget_raw(fd);
	long ret = -EBADF;

	if (!f.file)
		return -EBADF;
	if (!(f.file->f_mode & FMODE_PATH) || fits_path(cmd))
		ret = do_fcntl(fd, f.file, cmd, arg);
	fdput(f);
	return ret;
}
