/* SPDX-License-Identifier: MIT */
/*
 * SIGIO: an open file with O_ASYNC has its owner (F_SETOWN) told by a signal that it can be read or
 * written now.
 *
 * What files are of, a pipe or a terminal, has a list of those that want it: a pointer, NULL at first.
 * The entry of a file goes when O_ASYNC is cleared or the file closed, before release().
 */
#ifndef KERNEL_FS_FASYNC_H
#define KERNEL_FS_FASYNC_H

#include <asm/siginfo.h>
#include <asm/signal.h>

#include "kernel/fs/fs.h"

struct fasync_struct;

/* f_op->fasync's work: O_ASYNC on or off.  1: it has changed; 0; -ENOMEM.  In a thread that may sleep. */
int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list);

/* Owners of the files in the list get `sig`, band POLL_IN or POLL_OUT, or what F_SETSIG chose. */
void __kill_fasync(struct fasync_struct **list, int sig, int band);

/* The same for a list that is empty mostly.  Any context but NMI; tasklist_lock is not held. */
static inline void kill_fasync(struct fasync_struct **list, int sig, int band)
{
	if (unlikely(READ_ONCE(*list)))
		__kill_fasync(list, sig, band);
}

/* Who is told: a number of that type, F_OWNER_*; without `force` only where nobody is yet.  Any context. */
void f_setown(struct file *file, int type, pid_t pid, bool force);

/* F_SETFL's and FIOASYNC's: O_ASYNC is to be on or off.  0 or -errno; without f_op->fasync `absent`. */
int set_async(unsigned int fd, struct file *file, bool on, int absent);

#endif
