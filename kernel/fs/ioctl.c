// SPDX-License-Identifier: MIT
/* ioctl(): what all files know, and the way to those who know more. */
#include <asm/ioctls.h>
#include <linux/fs.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "mm/uaccess.h"

long vfs_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	long ret =
		file->f_op->unlocked_ioctl ? file->f_op->unlocked_ioctl(file, cmd, arg) : -ENOTTY;

	return ret == -ENOIOCTLCMD ? -ENOTTY : ret;
}

static long set_nonblock(struct file *file, const int __user *arg)
{
	int on;

	if (get_user(on, arg))
		return -EFAULT;
	spin_lock(&file->f_lock);
	file->f_flags = on ? file->f_flags | O_NONBLOCK : file->f_flags & ~O_NONBLOCK;
	spin_unlock(&file->f_lock);
	return 0;
}

static long set_async_on(unsigned int fd, struct file *file, const int __user *arg)
{
	int on;

	return get_user(on, arg) ? -EFAULT : set_async(fd, file, on, -ENOTTY);
}

/* Bytes behind the position of a regular file. */
static long bytes_left(struct file *file, int __user *arg)
{
	loff_t left = i_size_read(file_inode(file)) - file->f_pos;

	return put_user((int)left, arg);
}

static long do_ioctl(unsigned int fd, struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct inode *inode = file_inode(file);

	switch (cmd) {
	case FIOCLEX:
	case FIONCLEX:
		set_close_on_exec(fd, cmd == FIOCLEX);
		return 0;
	case FIONBIO:
		return set_nonblock(file, (const int __user *)arg);
	case FIOASYNC:
		return set_async_on(fd, file, (const int __user *)arg);
	case FIOQSIZE:
		if (S_ISDIR(inode->i_mode) || S_ISREG(inode->i_mode) || S_ISLNK(inode->i_mode))
			return put_user(i_size_read(inode), (loff_t __user *)arg);
		return -ENOTTY;
	case FIGETBSZ:
		return put_user((int)inode->i_sb->s_blocksize, (int __user *)arg);
	case FIONREAD:
		if (S_ISREG(inode->i_mode))
			return bytes_left(file, (int __user *)arg);
		break;
	}
	return vfs_ioctl(file, cmd, arg);
}

SYSCALL_DEFINE3(ioctl, unsigned int, fd, unsigned int, cmd, unsigned long, arg)
{
	struct fd f = fdget(fd);
	long ret;

	if (!f.file)
		return -EBADF;
	ret = do_ioctl(fd, f.file, cmd, arg);
	fdput(f);
	return ret;
}
