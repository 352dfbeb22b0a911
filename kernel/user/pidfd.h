/* SPDX-License-Identifier: MIT */
/*
 * Processes as files: a descriptor that names one, is readable once it has ended, and keeps its
 * number from becoming another's.
 */
#ifndef KERNEL_USER_PIDFD_H
#define KERNEL_USER_PIDFD_H

#include "kernel/fs/file.h"

/*
 * A file of the process of that number, which the caller holds (hold_pid()) and the file does from now
 * on, and a descriptor that is reserved for it in *fd.  ERR_PTR, and it is held no more.  In a thread.  `flags`: O_NONBLOCK.
 */
struct file *pidfd_prepare(pid_t nr, unsigned int flags, int *fd);

/* The number that a descriptor names, *nonblock by its O_NONBLOCK; -EBADF: it is none of these. */
pid_t pidfd_number(unsigned int fd, bool *nonblock);

#endif
