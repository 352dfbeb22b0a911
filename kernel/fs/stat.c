// SPDX-License-Identifier: MIT
/* What programs ask of a file: its attributes, where a link leads, whether it may be used. */
#include <asm/stat.h>
#include <linux/mount.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

static void fill_from_inode(struct kstat *stat, struct inode *inode)
{
	*stat = (struct kstat){
		.result_mask = STATX_BASIC_STATS | STATX_BTIME,
		.attributes_mask = STATX_ATTR_AUTOMOUNT | STATX_ATTR_DAX,
		.mode = inode->i_mode,
		.nlink = inode->i_nlink,
		.blksize = inode->i_sb->s_blocksize,
		.ino = inode->i_ino,
		.dev = inode->i_sb->s_dev,
		.rdev = inode->i_rdev,
		.uid = inode->i_uid,
		.gid = inode->i_gid,
		.size = i_size_read(inode),
	};
	spin_lock(&inode->i_lock);
	stat->atime = inode->i_atime;
	stat->mtime = inode->i_mtime;
	stat->ctime = inode->i_ctime;
	stat->btime = inode->i_crtime;
	spin_unlock(&inode->i_lock);
}

int vfs_getattr(const struct path *path, struct kstat *stat, u32 request_mask)
{
	struct inode *inode = path->dentry->d_inode;

	(void)request_mask;
	fill_from_inode(stat, inode);
	if (path->mnt)
		stat->dev = path->mnt->mnt_dev;
	return inode->i_op->getattr ? inode->i_op->getattr(path, stat) : 0;
}

/* ---------------------------------------------------------------- stat */

static int copy_stat(struct stat __user *to, const struct kstat *k)
{
	struct stat s = {
		.st_dev = new_encode_dev(k->dev),
		.st_ino = k->ino,
		.st_nlink = k->nlink,
		.st_mode = k->mode,
		.st_uid = k->uid,
		.st_gid = k->gid,
		.st_rdev = new_encode_dev(k->rdev),
		.st_size = k->size,
		.st_blksize = k->blksize,
		.st_blocks = k->blocks,
		.st_atime = k->atime.tv_sec,
		.st_atime_nsec = k->atime.tv_nsec,
		.st_mtime = k->mtime.tv_sec,
		.st_mtime_nsec = k->mtime.tv_nsec,
		.st_ctime = k->ctime.tv_sec,
		.st_ctime_nsec = k->ctime.tv_nsec,
	};

	return copy_to_user(to, &s, sizeof(s)) ? -EFAULT : 0;
}

static unsigned int lookup_of(int flags)
{
	return (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
	       (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
}

static int stat_at(int dfd, const char __user *name, int flags, struct stat __user *to)
{
	struct path path;
	struct kstat stat;
	int error;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	error = user_path_at(dfd, name, lookup_of(flags), &path);
	if (error)
		return error;
	error = vfs_getattr(&path, &stat, STATX_BASIC_STATS);
	path_put(&path);
	return error ? error : copy_stat(to, &stat);
}

SYSCALL_DEFINE2(stat, const char __user *, name, struct stat __user *, to)
{
	return stat_at(AT_FDCWD, name, 0, to);
}

SYSCALL_DEFINE2(lstat, const char __user *, name, struct stat __user *, to)
{
	return stat_at(AT_FDCWD, name, AT_SYMLINK_NOFOLLOW, to);
}

SYSCALL_DEFINE4(newfstatat, int, dfd, const char __user *, name, struct stat __user *, to, int,
		flags)
{
	return stat_at(dfd, name, flags, to);
}

SYSCALL_DEFINE2(fstat, unsigned int, fd, struct stat __user *, to)
{
	struct fd f = fdget_raw(fd);
	struct kstat stat;
	int error;

	if (!f.file)
		return -EBADF;
	error = vfs_getattr(&f.file->f_path, &stat, STATX_BASIC_STATS);
	fdput(f);
	return error ? error : copy_stat(to, &stat);
}

static struct statx_timestamp timestamp(struct timespec64 t)
{
	return (struct statx_timestamp){ .tv_sec = t.tv_sec, .tv_nsec = t.tv_nsec };
}

static int copy_statx(struct statx __user *to, const struct kstat *k)
{
	struct statx s = {
		.stx_mask = k->result_mask,
		.stx_blksize = k->blksize,
		.stx_attributes = k->attributes,
		.stx_nlink = k->nlink,
		.stx_uid = k->uid,
		.stx_gid = k->gid,
		.stx_mode = k->mode,
		.stx_ino = k->ino,
		.stx_size = k->size,
		.stx_blocks = k->blocks,
		.stx_attributes_mask = k->attributes_mask,
		.stx_atime = timestamp(k->atime),
		.stx_btime = timestamp(k->btime),
		.stx_ctime = timestamp(k->ctime),
		.stx_mtime = timestamp(k->mtime),
		.stx_rdev_major = MAJOR(k->rdev),
		.stx_rdev_minor = MINOR(k->rdev),
		.stx_dev_major = MAJOR(k->dev),
		.stx_dev_minor = MINOR(k->dev),
		.stx_mnt_id = k->mnt_id,
	};

	return copy_to_user(to, &s, sizeof(s)) ? -EFAULT : 0;
}

SYSCALL_DEFINE5(statx, int, dfd, const char __user *, name, unsigned int, flags, unsigned int, mask,
		struct statx __user *, to)
{
	struct kstat stat;
	struct path path;
	int error;

	if (mask & STATX__RESERVED || (flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE)
		return -EINVAL;
	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE))
		return -EINVAL;
	error = user_path_at(dfd, name, lookup_of(flags), &path);
	if (error)
		return error;
	error = vfs_getattr(&path, &stat, mask);
	stat.mnt_id = path.mnt->mnt_id;
	stat.result_mask |= STATX_MNT_ID;
	stat.attributes_mask |= STATX_ATTR_MOUNT_ROOT;
	if (path.dentry == path.mnt->mnt_root)
		stat.attributes |= STATX_ATTR_MOUNT_ROOT;
	path_put(&path);
	return error ? error : copy_statx(to, &stat);
}

/* ---------------------------------------------------------------- links */

/* What a link that is a place looks like. */
static long copy_place(struct path *place, char __user *buf, int size)
{
	char *page = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	long n = -ENOMEM;

	if (page) {
		text = d_path(place, page, PATH_MAX);
		n = IS_ERR(text) ? PTR_ERR(text) : (long)min(strlen(text), (size_t)size);
		if (n > 0 && copy_to_user(buf, text, n))
			n = -EFAULT;
	}
	kfree(page);
	path_put(place);
	return n;
}

static long copy_link(struct inode *inode, char __user *buf, int size)
{
	struct path place = { NULL, NULL };
	struct link_target target = { .path = &place };
	long n = inode->i_op->get_link(inode, &target);

	if (n)
		return n;
	if (!target.text)
		return copy_place(&place, buf, size);
	n = min(strlen(target.text), (size_t)size);
	if (copy_to_user(buf, target.text, n))
		n = -EFAULT;
	kfree(target.allocated);
	return n;
}

static long readlink_at(int dfd, const char __user *name, char __user *buf, int size)
{
	struct filename *text;
	struct path path;
	bool empty;
	long ret;

	if (size <= 0)
		return -EINVAL;
	text = getname_flags(name, LOOKUP_EMPTY);
	if (IS_ERR(text))
		return PTR_ERR(text);
	empty = !text->name[0];
	ret = filename_lookup(dfd, text, LOOKUP_EMPTY, &path);
	putname(text);
	if (ret)
		return ret;
	if (S_ISLNK(path.dentry->d_inode->i_mode)) {
		touch_atime(&path);
		ret = copy_link(path.dentry->d_inode, buf, size);
	} else {
		ret = empty ? -ENOENT : -EINVAL;
	}
	path_put(&path);
	return ret;
}

SYSCALL_DEFINE4(readlinkat, int, dfd, const char __user *, name, char __user *, buf, int, size)
{
	return readlink_at(dfd, name, buf, size);
}

SYSCALL_DEFINE3(readlink, const char __user *, name, char __user *, buf, int, size)
{
	return readlink_at(AT_FDCWD, name, buf, size);
}

/* ---------------------------------------------------------------- access */

#define MAY_EXEC  1
#define MAY_WRITE 2

/* Root may all but execute what nobody may, and write what is read-only. */
static int check_access(const struct path *path, int mode)
{
	const struct inode *inode = path->dentry->d_inode;

	if (mode & MAY_EXEC && S_ISREG(inode->i_mode) &&
	    (!(inode->i_mode & 0111) || path->mnt->mnt_flags & MS_NOEXEC))
		return -EACCES;
	if (mode & MAY_WRITE &&
	    (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode) || S_ISLNK(inode->i_mode)))
		return mnt_want_write(path->mnt);
	return 0;
}

static long access_at(int dfd, const char __user *name, int mode, int flags)
{
	struct path path;
	int error;

	if (mode & ~7 || flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	error = user_path_at(dfd, name, lookup_of(flags), &path);
	if (error)
		return error;
	error = check_access(&path, mode);
	path_put(&path);
	return error;
}

SYSCALL_DEFINE2(access, const char __user *, name, int, mode)
{
	return access_at(AT_FDCWD, name, mode, 0);
}

SYSCALL_DEFINE3(faccessat, int, dfd, const char __user *, name, int, mode)
{
	return access_at(dfd, name, mode, 0);
}

SYSCALL_DEFINE4(faccessat2, int, dfd, const char __user *, name, int, mode, int, flags)
{
	return access_at(dfd, name, mode, flags);
}
