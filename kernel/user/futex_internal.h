/* SPDX-License-Identifier: MIT */
/*
 * Futexes: sleep while a word of the program's memory has a value, and wake those who do.
 *
 *   key      what a word is, wherever it is mapped: of a shared mapping of a file, the file and the
 *            place in it; else the address space and the address
 *   bucket   those that wait for words whose keys have the same hash, the longest first
 *
 * Who waits looks at the word with the bucket's lock held and stands in it before that is given up;
 * who has changed the word takes the lock and looks who stands there.  So either the one sees the
 * new value or the other the waiter.  The word is read in atomic context: where its page is not
 * there, it is fetched without the lock and all is done again.
 *
 * A bucket's lock is a leaf but for a run queue's.  A waiter is on its own stack: who takes it out of a bucket holds the thread
 * before `bucket` is NULL, from where on it may go.
 *
 * Priority inheritance is not offered.
 */
#ifndef KERNEL_USER_FUTEX_INTERNAL_H
#define KERNEL_USER_FUTEX_INTERNAL_H

#include "kernel/core/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/sched/task.h"

struct futex_key {
	const void *space; /* an mm or an inode */
	u64 place;	   /* in it */
	u64 ino;	   /* of an inode, which nobody holds: another may lie there by now */
};

struct futex_bucket {
	spinlock_t lock;
	struct list_head waiters;
};

struct futex_waiter {
	struct list_head list;
	struct futex_bucket *bucket; /* NULL: woken.  Under its lock */
	struct futex_key key;
	u32 bitset; /* woken by those that name one of these bits */
	struct task_struct *task;
};

/* 0; -EINVAL: not aligned; -EFAULT: nothing can be there. */
int futex_get_key(u32 __user *uaddr, bool shared, struct futex_key *key);
struct futex_bucket *futex_bucket_of(const struct futex_key *key);

static inline bool futex_same_key(const struct futex_key *a, const struct futex_key *b)
{
	return a->space == b->space && a->place == b->place && a->ino == b->ino;
}

/* It stands in its key's bucket: 0; -EWOULDBLOCK: the word is not `val`; -EFAULT. */
int futex_enqueue(struct futex_waiter *w, u32 __user *uaddr, u32 val);
/* Out of its bucket, which may be another by now: false where it has been woken. */
bool futex_dequeue(struct futex_waiter *w);
/*
 * Until one of n is woken, a signal comes, or `expires` of ktime_get(), or TIMEOUT_FOREVER: 0 is that the
 * time is over.
 */
u64 futex_sleep(const struct futex_waiter *w, unsigned int n, u64 expires);

/* What a timeout counts by; as a time of ktime_get() in *expires.  0, -EFAULT, -EINVAL. */
enum futex_clock { FUTEX_FROM_NOW, FUTEX_MONOTONIC, FUTEX_REALTIME };
struct __kernel_timespec;
int futex_read_timeout(const struct __kernel_timespec __user *utime, enum futex_clock clock,
		       u64 *expires);

/* With the lock of its bucket held: one that waits / up to `nr` of them; how many. */
void futex_wake_waiter(struct futex_waiter *w);
int futex_wake_some(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset);

/*
 * FUTEX_REQUEUE and, where `cmp` is not NULL, FUTEX_CMP_REQUEUE: wake nr_wake that wait for the first
 * word, and have nr_requeue more wait for the second one: how many in all.
 */
long futex_requeue(u32 __user *first, u32 __user *second, bool shared, int nr_wake, int nr_requeue,
		   const u32 *cmp);
/* FUTEX_WAKE_OP: change the second word, wake those of the first and, by what it was, of the second. */
long futex_wake_op(u32 __user *first, u32 __user *second, bool shared, int nr_wake, int nr_wake2,
		   u32 code);

#endif
