// SPDX-License-Identifier: MIT
/* The names of error numbers, for messages. */
#include "kernel/lib/errno.h"

#include "kernel/lib/compiler.h"

#define NAME(e) [e] = #e

static const char *const names[] = {
	NAME(EPERM),	 NAME(ENOENT),	NAME(EINTR),  NAME(EIO),	NAME(ENXIO),
	NAME(E2BIG),	 NAME(EAGAIN),	NAME(ENOMEM), NAME(EFAULT),	NAME(EBUSY),
	NAME(EEXIST),	 NAME(ENODEV),	NAME(EINVAL), NAME(ENOSPC),	NAME(ERANGE),
	NAME(ENOSYS),	 NAME(EPROTO),	NAME(EILSEQ), NAME(EOPNOTSUPP), NAME(EOVERFLOW),
	NAME(ETIMEDOUT), NAME(EDEADLK), NAME(ETIME),
};

const char *error_name(int error)
{
	unsigned int number = error < 0 ? -(unsigned int)error : (unsigned int)error;

	return number < ARRAY_SIZE(names) && names[number] ? names[number] : "an error unknown";
}
