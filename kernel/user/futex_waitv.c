// SPDX-License-Identifier: MIT
/* futex_waitv(): to wait for the first of several words, by one waiter for each. */
#include <linux/futex.h>
#include <linux/time.h>
#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/signal/errno.h"
#include "kernel/user/futex_internal.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

struct wait_list {
	unsigned int n;
	struct {
		u32 __user *uaddr;
		u32 val;
		bool shared;
	} word[FUTEX_WAITV_MAX];
	struct futex_waiter waiter[FUTEX_WAITV_MAX];
};

/* What a program waits for: 0 or -errno. */
static int read_waiters(struct wait_list *l, const struct futex_waitv __user *uwaiters)
{
	for (unsigned int i = 0; i < l->n; i++) {
		struct futex_waitv w;

		if (copy_from_user(&w, uwaiters + i, sizeof(w)))
			return -EFAULT;
		if (w.flags & ~(u32)(FUTEX_32 | FUTEX_PRIVATE_FLAG) || w.__reserved ||
		    !(w.flags & FUTEX_32))
			return -EINVAL;
		l->word[i].uaddr = (u32 __user *)w.uaddr;
		l->word[i].val = (u32)w.val;
		l->word[i].shared = !(w.flags & FUTEX_PRIVATE_FLAG);
		l->waiter[i] =
			(struct futex_waiter){ .bitset = FUTEX_BITSET_MATCH_ANY, .task = current };
	}
	return 0;
}

static int get_keys(struct wait_list *l)
{
	int err = 0;

	for (unsigned int i = 0; i < l->n && !err; i++)
		err = futex_get_key(l->word[i].uaddr, l->word[i].shared, &l->waiter[i].key);
	return err;
}

/* The first n stand nowhere any more: the last that was woken, or -1. */
static int leave_all(struct wait_list *l, unsigned int n)
{
	int woken = -1;

	for (unsigned int i = 0; i < n; i++)
		if (!futex_dequeue(&l->waiter[i]))
			woken = (int)i;
	return woken;
}

/* In all buckets: -1; else none, and it is over: which was woken meanwhile, or *err. */
static int enter_all(struct wait_list *l, int *err)
{
	for (unsigned int i = 0; i < l->n; i++) {
		*err = futex_enqueue(&l->waiter[i], l->word[i].uaddr, l->word[i].val);
		if (*err)
			return leave_all(l, i);
	}
	return -1;
}

static long wait_for_one(struct wait_list *l, u64 expires)
{
	int err = get_keys(l), woken;
	u64 left;

	if (err)
		return err;
	woken = enter_all(l, &err);
	if (woken >= 0 || err)
		return woken >= 0 ? woken : err;
	left = futex_sleep(l->waiter, l->n, expires);
	woken = leave_all(l, l->n);
	if (woken >= 0)
		return woken;
	return left ? -ERESTARTSYS : -ETIMEDOUT;
}

SYSCALL_DEFINE5(futex_waitv, const struct futex_waitv __user *, uwaiters, unsigned int, n,
		unsigned int, flags, const struct __kernel_timespec __user *, utime, int, clock)
{
	u64 expires = TIMEOUT_FOREVER;
	struct wait_list *l;
	long ret = 0;

	if (flags || !n || n > FUTEX_WAITV_MAX || !uwaiters)
		return -EINVAL;
	if (utime && clock != CLOCK_MONOTONIC && clock != CLOCK_REALTIME)
		return -EINVAL;
	if (utime)
		ret = futex_read_timeout(utime,
					 clock == CLOCK_REALTIME ? FUTEX_REALTIME : FUTEX_MONOTONIC,
					 &expires);
	if (ret)
		return ret;
	l = kmalloc(sizeof(*l), GFP_KERNEL);
	if (!l)
		return -ENOMEM;
	l->n = n;
	ret = read_waiters(l, uwaiters);
	if (!ret)
		ret = wait_for_one(l, expires);
	kfree(l);
	return ret;
}
