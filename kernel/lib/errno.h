/* SPDX-License-Identifier: MIT */
/* Error numbers, as in POSIX and Linux; functions return them negated. */
#ifndef KERNEL_LIB_ERRNO_H
#define KERNEL_LIB_ERRNO_H

#include <asm/errno.h>

#include "kernel/lib/compiler.h"

/* "ENODEV" of ENODEV or -ENODEV; "an error unknown" of a number that is none.  Any context. */
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

static inline long PTR_ERR(__force const void *ptr)
{
	return (long)ptr;
}

#define IOMEM_ERR_PTR(error) ((void __iomem __force *)ERR_PTR(error))

static inline bool IS_ERR(__force const void *ptr)
{
	return unlikely((unsigned long)ptr >= -(unsigned long)MAX_ERRNO);
}

#endif
