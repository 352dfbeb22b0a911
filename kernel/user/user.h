/* SPDX-License-Identifier: MIT */
/* Users, and the number of their threads: cred.user of each thread holds one, NULL for root. */
#ifndef KERNEL_USER_USER_H
#define KERNEL_USER_USER_H

#include "kernel/lib/types.h"

struct cred;
struct user_struct;

/*
 * current, whose `cred` is, becomes uid's: 0, -EAGAIN without memory.  Too many are no error, since
 * programs do not look whether setuid() failed: execve() fails instead.  May sleep.
 */
int change_user(struct cred *cred, uid_t uid);
/* A thread more, by who has one / a thread less.  Any context. */
void count_for_user(struct user_struct *user);
void put_user_of(struct user_struct *user);

/* current's user may have the thread that was counted last / current may call execve().  No: -EAGAIN. */
bool may_fork(void);
bool may_exec(void);

#endif
