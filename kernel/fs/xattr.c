// SPDX-License-Identifier: MIT
/* Extended attributes, which no file system here has. */
#include <linux/limits.h>
#include <linux/xattr.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

/* What is told of a file that cannot have the user's attributes at all; of others it is EOPNOTSUPP. */
#define GOT (-ENODATA)
#define SET (-EPERM)

/* 0, and whether it is one of the user's. */
static long check_name(const char __user *name, bool *users)
{
	char text[XATTR_NAME_MAX + 2];
	long n = strncpy_from_user(text, name, sizeof(text));

	if (n < 0)
		return n;
	*users = !strncmp(text, XATTR_USER_PREFIX, XATTR_USER_PREFIX_LEN);
	return n && n <= XATTR_NAME_MAX ? 0 : -ERANGE;
}

static long answer_of(const struct path *path, bool users, long answer)
{
	umode_t mode = path->dentry->d_inode->i_mode;

	if (answer && answer != GOT && mnt_want_write(path->mnt))
		return -EROFS;
	if (answer != GOT && answer != SET)
		return answer;
	return users && !S_ISREG(mode) && !S_ISDIR(mode) ? answer : -EOPNOTSUPP;
}

/* Of a path: `name` NULL where none is asked for. */
static long on_path(const char __user *path, unsigned int lookup, const char __user *name,
		    bool named, long answer)
{
	struct path place;
	bool users = false;
	long error = named ? check_name(name, &users) : 0;

	if (!error)
		error = user_path_at(AT_FDCWD, path, lookup, &place);
	if (error)
		return error;
	answer = answer_of(&place, users, answer);
	path_put(&place);
	return answer;
}

static long on_fd(unsigned int fd, const char __user *name, bool named, long answer)
{
	struct fd f = fdget(fd);
	bool users = false;
	long error;

	if (!f.file)
		return -EBADF;
	error = named ? check_name(name, &users) : 0;
	if (!error)
		error = answer_of(&f.file->f_path, users, answer);
	fdput(f);
	return error;
}

SYSCALL_DEFINE4(getxattr, const char __user *, path, const char __user *, name, void __user *,
		value, size_t, size)
{
	(void)value, (void)size;
	return on_path(path, LOOKUP_FOLLOW, name, true, GOT);
}

SYSCALL_DEFINE4(lgetxattr, const char __user *, path, const char __user *, name, void __user *,
		value, size_t, size)
{
	(void)value, (void)size;
	return on_path(path, 0, name, true, GOT);
}

SYSCALL_DEFINE4(fgetxattr, int, fd, const char __user *, name, void __user *, value, size_t, size)
{
	(void)value, (void)size;
	return on_fd(fd, name, true, GOT);
}

/* What is to be set is looked at before it is told that nothing can be. */
static long check_value(const void __user *value, size_t size, int flags)
{
	void *copy;

	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	copy = memdup_user(value, size);
	if (IS_ERR(copy))
		return PTR_ERR(copy);
	kfree(copy);
	return SET;
}

SYSCALL_DEFINE5(setxattr, const char __user *, path, const char __user *, name, const void __user *,
		value, size_t, size, int, flags)
{
	return on_path(path, LOOKUP_FOLLOW, name, true, check_value(value, size, flags));
}

SYSCALL_DEFINE5(lsetxattr, const char __user *, path, const char __user *, name,
		const void __user *, value, size_t, size, int, flags)
{
	return on_path(path, 0, name, true, check_value(value, size, flags));
}

SYSCALL_DEFINE5(fsetxattr, int, fd, const char __user *, name, const void __user *, value, size_t,
		size, int, flags)
{
	return on_fd(fd, name, true, check_value(value, size, flags));
}

/* There are none: an empty list. */
SYSCALL_DEFINE3(listxattr, const char __user *, path, char __user *, list, size_t, size)
{
	(void)list, (void)size;
	return on_path(path, LOOKUP_FOLLOW, NULL, false, 0);
}

SYSCALL_DEFINE3(llistxattr, const char __user *, path, char __user *, list, size_t, size)
{
	(void)list, (void)size;
	return on_path(path, 0, NULL, false, 0);
}

SYSCALL_DEFINE3(flistxattr, int, fd, char __user *, list, size_t, size)
{
	(void)list, (void)size;
	return on_fd(fd, NULL, false, 0);
}

SYSCALL_DEFINE2(removexattr, const char __user *, path, const char __user *, name)
{
	return on_path(path, LOOKUP_FOLLOW, name, true, SET);
}

SYSCALL_DEFINE2(lremovexattr, const char __user *, path, const char __user *, name)
{
	return on_path(path, 0, name, true, SET);
}

SYSCALL_DEFINE2(fremovexattr, int, fd, const char __user *, name)
{
	return on_fd(fd, name, true, SET);
}
