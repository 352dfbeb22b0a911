/* SPDX-License-Identifier: MIT */
/* Error numbers, as in POSIX and Linux; functions return them negated. */
#ifndef KERNEL_LIB_ERRNO_H
#define KERNEL_LIB_ERRNO_H

#include "kernel/lib/compiler.h"

#define EPERM	   1
#define ENOENT	   2
#define EINTR	   4
#define EIO	   5
#define ENXIO	   6
#define E2BIG	   7
#define EAGAIN	   11
#define ENOMEM	   12
#define EFAULT	   14
#define EBUSY	   16
#define EEXIST	   17
#define ENODEV	   19
#define EINVAL	   22
#define ENOSPC	   28
#define ERANGE	   34
#define EDEADLK	   35
#define ENOSYS	   38
#define ETIME	   62
#define EPROTO	   71
#define EOVERFLOW  75
#define EILSEQ	   84
#define EOPNOTSUPP 95
#define ETIMEDOUT  110

/* "ENODEV" of ENODEV or -ENODEV; "an error unknown" of a number that is not above.  Any context. */
const char *error_name(int error);

/*
 * An error in the place of a pointer: the last MAX_ERRNO addresses are nobody's
 * (mm/fixmap.h leaves the last page empty).
 */
#define MAX_ERRNO 4095

static inline void *ERR_PTR(long error)
{
	return (void *)error;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return unlikely((unsigned long)ptr >= -(unsigned long)MAX_ERRNO);
}

#endif
