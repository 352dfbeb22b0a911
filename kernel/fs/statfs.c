// SPDX-License-Identifier: MIT
/* What programs ask of a file system. */
#include <asm/statfs.h>
#include <linux/mount.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "mm/uaccess.h"

#define ST_VALID 0x0020 /* of f_flags: Linux's, not in its headers */

static long mount_flags(const struct vfsmount *mnt)
{
	/* Those of mount() up to MS_NOEXEC have the same numbers. */
	long flags = mnt->mnt_flags & (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC);

	if (mnt->mnt_flags & MS_NOATIME)
		flags |= 0x400;
	if (mnt->mnt_flags & MS_NODIRATIME)
		flags |= 0x800;
	if (mnt->mnt_flags & MS_RELATIME)
		flags |= 0x1000;
	return flags | ST_VALID;
}

static int statfs_path(const struct path *path, struct statfs __user *to)
{
	struct super_block *sb = path->dentry->d_sb;
	struct kstatfs k = { .f_type = sb->s_magic, .f_bsize = PAGE_SIZE, .f_namelen = NAME_MAX };
	struct statfs s = { 0 };
	int error = sb->s_op->statfs ? sb->s_op->statfs(sb, &k) : 0;

	if (error)
		return error;
	s.f_type = k.f_type;
	s.f_bsize = k.f_bsize;
	s.f_blocks = k.f_blocks;
	s.f_bfree = k.f_bfree;
	s.f_bavail = k.f_bavail;
	s.f_files = k.f_files;
	s.f_ffree = k.f_ffree;
	s.f_fsid.val[0] = k.f_fsid[0];
	s.f_fsid.val[1] = k.f_fsid[1];
	s.f_namelen = k.f_namelen;
	s.f_frsize = k.f_frsize ? k.f_frsize : k.f_bsize;
	s.f_flags = mount_flags(path->mnt);
	return copy_to_user(to, &s, sizeof(s)) ? -EFAULT : 0;
}

SYSCALL_DEFINE2(statfs, const char __user *, name, struct statfs __user *, to)
{
	struct path path;
	int error = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	error = statfs_path(&path, to);
	path_put(&path);
	return error;
}

SYSCALL_DEFINE2(fstatfs, unsigned int, fd, struct statfs __user *, to)
{
	struct fd f = fdget_raw(fd);
	int error;

	if (!f.file)
		return -EBADF;
	error = statfs_path(&f.file->f_path, to);
	fdput(f);
	return error;
}
