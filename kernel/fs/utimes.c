// SPDX-License-Identifier: MIT
/* The times of a file, as programs set them: one call, and its older forms. */
#include <linux/stat.h>
#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/attr.h"
#include "kernel/fs/namei.h"
#include "mm/uaccess.h"

#define UTIME_NOW  ((1L << 30) - 1L) /* in tv_nsec; Linux's, not in its headers */
#define UTIME_OMIT ((1L << 30) - 2L)

/* The old ABI's, whose header is no more. */
struct utimbuf {
	long actime, modtime;
};

static bool valid(const struct timespec64 *t)
{
	return (t->tv_nsec >= 0 && t->tv_nsec < 1000000000) || t->tv_nsec == UTIME_NOW ||
	       t->tv_nsec == UTIME_OMIT;
}

/* One of the two: `flag` is set in attr where it changes. */
static void set_time(struct iattr *attr, unsigned int flag, struct timespec64 *stamp,
		     const struct timespec64 *t)
{
	if (t && t->tv_nsec == UTIME_OMIT)
		return;
	*stamp = !t || t->tv_nsec == UTIME_NOW ? current_time() : *t;
	attr->ia_valid |= flag;
}

/* times NULL: now.  name NULL: dfd itself. */
static long set_times(int dfd, const char __user *name, const struct timespec64 *times, int flags)
{
	struct iattr attr = { 0 };
	unsigned int lookup = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;

	if (times && (!valid(&times[0]) || !valid(&times[1])))
		return -EINVAL;
	if (!name && dfd == AT_FDCWD)
		return -EFAULT;
	if (flags & (name ? ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) : ~0))
		return -EINVAL;
	set_time(&attr, ATTR_ATIME, &attr.ia_atime, times);
	set_time(&attr, ATTR_MTIME, &attr.ia_mtime, times ? &times[1] : NULL);
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return name ? change_at(dfd, name, lookup, &attr) : change_fd(dfd, &attr);
}

SYSCALL_DEFINE4(utimensat, int, dfd, const char __user *, name, struct __kernel_timespec __user *,
		utimes, int, flags)
{
	struct __kernel_timespec u[2];
	struct timespec64 t[2];

	if (!utimes)
		return set_times(dfd, name, NULL, flags);
	if (copy_from_user(u, utimes, sizeof(u)))
		return -EFAULT;
	for (int i = 0; i < 2; i++)
		t[i] = (struct timespec64){ u[i].tv_sec, u[i].tv_nsec };
	if (t[0].tv_nsec == UTIME_OMIT && t[1].tv_nsec == UTIME_OMIT)
		return 0;
	return set_times(dfd, name, t, flags);
}

static long set_times_usec(int dfd, const char __user *name,
			   const struct __kernel_old_timeval __user *utimes)
{
	struct __kernel_old_timeval u[2];
	struct timespec64 t[2];

	if (!utimes)
		return set_times(dfd, name, NULL, 0);
	if (copy_from_user(u, utimes, sizeof(u)))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (u[i].tv_usec < 0 || u[i].tv_usec >= 1000000)
			return -EINVAL;
		t[i] = (struct timespec64){ u[i].tv_sec, u[i].tv_usec * 1000 };
	}
	return set_times(dfd, name, t, 0);
}

SYSCALL_DEFINE3(futimesat, int, dfd, const char __user *, name,
		struct __kernel_old_timeval __user *, utimes)
{
	return set_times_usec(dfd, name, utimes);
}

SYSCALL_DEFINE2(utimes, const char __user *, name, struct __kernel_old_timeval __user *, utimes)
{
	return set_times_usec(AT_FDCWD, name, utimes);
}

SYSCALL_DEFINE2(utime, const char __user *, name, struct utimbuf __user *, utimes)
{
	struct utimbuf u;
	struct timespec64 t[2];

	if (!utimes)
		return set_times(AT_FDCWD, name, NULL, 0);
	if (copy_from_user(&u, utimes, sizeof(u)))
		return -EFAULT;
	t[0] = (struct timespec64){ u.actime, 0 };
	t[1] = (struct timespec64){ u.modtime, 0 };
	return set_times(AT_FDCWD, name, t, 0);
}
