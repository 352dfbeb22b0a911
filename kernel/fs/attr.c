// SPDX-License-Identifier: MIT
/* What changes a file's attributes: its size, mode and owner. */
#include "kernel/fs/attr.h"

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"

/* With what the mount allows. */
static int change_attr(const struct path *path, struct iattr *attr)
{
	struct inode *inode = path->dentry->d_inode;
	int error = mnt_want_write(path->mnt);

	if (error)
		return error;
	down_write(&inode->i_rwsem);
	error = notify_change(path->dentry, attr);
	up_write(&inode->i_rwsem);
	return error;
}

int change_at(int dfd, const char __user *name, unsigned int lookup, struct iattr *attr)
{
	struct path path;
	int error = user_path_at(dfd, name, lookup, &path);

	if (error)
		return error;
	error = change_attr(&path, attr);
	path_put(&path);
	return error;
}

int change_fd(unsigned int fd, struct iattr *attr)
{
	struct fd f = fdget(fd);
	int error;

	if (!f.file)
		return -EBADF;
	error = change_attr(&f.file->f_path, attr);
	fdput(f);
	return error;
}

/* ---------------------------------------------------------------- size */

int check_new_size(const struct inode *inode, loff_t size)
{
	if (size <= i_size_read(inode) || (u64)size <= rlimit(RLIMIT_FSIZE))
		return 0;
	send_sig(SIGXFSZ, current, 0);
	return -EFBIG;
}

int vfs_truncate(const struct path *path, loff_t length)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE, .ia_size = length };
	int error = check_new_size(path->dentry->d_inode, length);

	return error ? error : change_attr(path, &attr);
}

static int truncate_path(const struct path *path, loff_t length)
{
	struct inode *inode = path->dentry->d_inode;
	int error;

	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode))
		return -EINVAL;
	error = mnt_want_write(path->mnt);
	if (!error)
		error = get_write_access(inode);
	if (error)
		return error;
	error = vfs_truncate(path, length);
	put_write_access(inode);
	return error;
}

SYSCALL_DEFINE2(truncate, const char __user *, name, long, length)
{
	struct path path;
	int error;

	if (length < 0)
		return -EINVAL;
	error = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);
	if (error)
		return error;
	error = truncate_path(&path, length);
	path_put(&path);
	return error;
}

SYSCALL_DEFINE2(ftruncate, unsigned int, fd, long, length)
{
	struct fd f;
	int error = -EINVAL;

	if (length < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	if (S_ISREG(file_inode(f.file)->i_mode) && f.file->f_mode & FMODE_WRITE)
		error = vfs_truncate(&f.file->f_path, length);
	fdput(f);
	return error;
}

static long do_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	const struct inode *inode = file_inode(file);

	if (offset < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~0x7f) /* FALLOC_FL_SUPPORTED_MASK */
		return -EOPNOTSUPP;
	/* A hole does not change the size, nor is it room that is asked for. */
	if ((mode & 3) == 2)
		return -EOPNOTSUPP;
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (S_ISFIFO(inode->i_mode))
		return -ESPIPE;
	if (S_ISDIR(inode->i_mode))
		return -EISDIR;
	if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		return -ENODEV;
	if (offset + len < 0)
		return -EFBIG;
	return file->f_op->fallocate ? file->f_op->fallocate(file, mode, offset, len) : -EOPNOTSUPP;
}

SYSCALL_DEFINE4(fallocate, int, fd, int, mode, loff_t, offset, loff_t, len)
{
	struct fd f = fdget(fd);
	long error;

	if (!f.file)
		return -EBADF;
	error = do_fallocate(f.file, mode, offset, len);
	fdput(f);
	return error;
}

/* ---------------------------------------------------------------- mode and owner */

static struct iattr mode_attr(umode_t mode)
{
	return (struct iattr){ .ia_valid = ATTR_MODE, .ia_mode = mode };
}

SYSCALL_DEFINE2(fchmod, unsigned int, fd, umode_t, mode)
{
	struct iattr attr = mode_attr(mode);

	return change_fd(fd, &attr);
}

SYSCALL_DEFINE3(fchmodat, int, dfd, const char __user *, name, umode_t, mode)
{
	struct iattr attr = mode_attr(mode);

	return change_at(dfd, name, LOOKUP_FOLLOW, &attr);
}

SYSCALL_DEFINE2(chmod, const char __user *, name, umode_t, mode)
{
	struct iattr attr = mode_attr(mode);

	return change_at(AT_FDCWD, name, LOOKUP_FOLLOW, &attr);
}

/* -1: as it is. */
static struct iattr owner_attr(uid_t uid, gid_t gid)
{
	struct iattr attr = { .ia_uid = uid, .ia_gid = gid };

	if (uid != (uid_t)-1)
		attr.ia_valid |= ATTR_UID;
	if (gid != (gid_t)-1)
		attr.ia_valid |= ATTR_GID;
	return attr;
}

SYSCALL_DEFINE5(fchownat, int, dfd, const char __user *, name, uid_t, uid, gid_t, gid, int, flags)
{
	struct iattr attr = owner_attr(uid, gid);
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return change_at(dfd, name, lookup, &attr);
}

SYSCALL_DEFINE3(chown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	struct iattr attr = owner_attr(uid, gid);

	return change_at(AT_FDCWD, name, LOOKUP_FOLLOW, &attr);
}

SYSCALL_DEFINE3(lchown, const char __user *, name, uid_t, uid, gid_t, gid)
{
	struct iattr attr = owner_attr(uid, gid);

	return change_at(AT_FDCWD, name, 0, &attr);
}

SYSCALL_DEFINE3(fchown, unsigned int, fd, uid_t, uid, gid_t, gid)
{
	struct iattr attr = owner_attr(uid, gid);

	return change_fd(fd, &attr);
}
