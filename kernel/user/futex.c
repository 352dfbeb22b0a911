// SPDX-License-Identifier: MIT
/* Futexes: to wait for one word, and to wake; the call.  See futex_internal.h. */
#include "kernel/user/futex.h"

#include <linux/futex.h>
#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/cpu/barrier.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/pagemap.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/signal/errno.h"
#include "kernel/time/timespec.h"
#include "kernel/user/futex_internal.h"
#include "mm/uaccess.h"
#include "mm/user/mm_struct.h"

#define NR_BUCKETS 256

static struct futex_bucket buckets[NR_BUCKETS];

/* ---------------------------------------------------------------- keys and buckets */

/* Anonymous memory that is only read is nobody's to share: Linux says so, whoever asks. */
static int shared_key(u32 __user *uaddr, struct futex_key *key)
{
	unsigned long addr = (unsigned long)uaddr;
	struct mm_struct *mm = current->mm;
	const struct vm_area_struct *vma;
	const struct inode *inode;
	bool there;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	there = vma && (vma->vm_flags & VM_WRITE || (vma->vm_file && vma->vm_flags & VM_READ));
	if (vma && vma->vm_file && vma->vm_flags & VM_MAYSHARE) {
		inode = vma->vm_file->f_mapping
				->host; /* one of a disk, by whatever name it was opened */
		*key = (struct futex_key){
			inode,
			(u64)linear_page_index(vma, addr) << PAGE_SHIFT | (addr & ~PAGE_MASK),
			inode->i_ino,
		};
	}
	mmap_read_unlock(mm);
	return there ? 0 : -EFAULT;
}

int futex_get_key(u32 __user *uaddr, bool shared, struct futex_key *key)
{
	if (!IS_ALIGNED((unsigned long)uaddr, sizeof(u32)))
		return -EINVAL;
	if (!access_ok(uaddr, sizeof(u32)))
		return -EFAULT;
	*key = (struct futex_key){ current->mm, (unsigned long)uaddr, 0 };
	return shared ? shared_key(uaddr, key) : 0;
}

struct futex_bucket *futex_bucket_of(const struct futex_key *key)
{
	u64 hash = ((u64)key->space >> 4) + (key->place >> 2);

	/* Knuth's multiplier: the upper bits depend on all. */
	return &buckets[hash * 0x9e3779b97f4a7c15ULL >> 56];
}
_Static_assert(NR_BUCKETS == 1 << (64 - 56), "futex_bucket_of()");

/* ---------------------------------------------------------------- waking */

void futex_wake_waiter(struct futex_waiter *w)
{
	struct task_struct *t = w->task;

	get_task_struct(t);
	list_del(&w->list);
	smp_store_release(&w->bucket, NULL);
	wake_up_process(t);
	put_task_struct(t);
}

int futex_wake_some(struct futex_bucket *b, const struct futex_key *key, int nr, u32 bitset)
{
	struct futex_waiter *w, *next;
	int woken = 0;

	list_for_each_entry_safe(w, next, &b->waiters, list) {
		if (!futex_same_key(&w->key, key) || !(w->bitset & bitset))
			continue;
		futex_wake_waiter(w);
		if (++woken >= nr)
			break;
	}
	return woken;
}

static long futex_wake(u32 __user *uaddr, bool shared, int nr, u32 bitset)
{
	struct futex_bucket *b;
	struct futex_key key;
	long ret = futex_get_key(uaddr, shared, &key);

	if (!bitset)
		return -EINVAL;
	if (ret)
		return ret;
	b = futex_bucket_of(&key);
	spin_lock(&b->lock);
	ret = futex_wake_some(b, &key, nr, bitset);
	spin_unlock(&b->lock);
	return ret;
}

long futex_wake_shared(u32 __user *uaddr, int nr)
{
	return futex_wake(uaddr, true, nr, FUTEX_BITSET_MATCH_ANY);
}

/* ---------------------------------------------------------------- waiting */

int futex_enqueue(struct futex_waiter *w, u32 __user *uaddr, u32 val)
{
	struct futex_bucket *b = futex_bucket_of(&w->key);
	u32 now;

	for (;;) {
		spin_lock(&b->lock);
		if (likely(get_user(now, uaddr) == 0))
			break;
		spin_unlock(&b->lock);
		if (get_user(now, uaddr))
			return -EFAULT;
	}
	if (now != val) {
		spin_unlock(&b->lock);
		return -EWOULDBLOCK;
	}
	w->bucket = b;
	list_add_tail(&w->list, &b->waiters);
	spin_unlock(&b->lock);
	return 0;
}

bool futex_dequeue(struct futex_waiter *w)
{
	struct futex_bucket *b;

	while ((b = smp_load_acquire(&w->bucket)) != NULL) {
		spin_lock(&b->lock);
		if (likely(b == w->bucket)) {
			list_del(&w->list);
			spin_unlock(&b->lock);
			return true;
		}
		spin_unlock(&b->lock);
	}
	return false;
}

static bool any_woken(const struct futex_waiter *w, unsigned int n)
{
	while (n && smp_load_acquire(&w->bucket))
		n--, w++;
	return n;
}

u64 futex_sleep(const struct futex_waiter *w, unsigned int n, u64 expires)
{
	u64 now, left = TIMEOUT_FOREVER;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (expires != TIMEOUT_FOREVER) {
			now = ktime_get();
			left = expires > now ? expires - now : 0;
		}
		if (any_woken(w, n) || !left || signal_pending(current))
			break;
		schedule_timeout(left);
	}
	__set_current_state(TASK_RUNNING);
	return left;
}

static long futex_wait(u32 __user *uaddr, bool shared, u32 val, u64 expires, u32 bitset);

static long restart_wait(struct restart_block *r)
{
	return futex_wait(r->futex.uaddr, r->futex.flags, r->futex.val, r->futex.time,
			  r->futex.bitset);
}

/* A time that has begun goes on: it is not counted anew. */
static long interrupted(u32 __user *uaddr, bool shared, u32 val, u64 expires, u32 bitset)
{
	struct restart_block *r = &current->restart_block;

	if (expires == TIMEOUT_FOREVER)
		return -ERESTARTSYS;
	r->fn = restart_wait;
	r->futex.uaddr = uaddr;
	r->futex.flags = shared;
	r->futex.val = val;
	r->futex.time = expires;
	r->futex.bitset = bitset;
	return -ERESTART_RESTARTBLOCK;
}

/* `expires`: of ktime_get(), or TIMEOUT_FOREVER. */
static long futex_wait(u32 __user *uaddr, bool shared, u32 val, u64 expires, u32 bitset)
{
	struct futex_waiter w = { .bitset = bitset, .task = current };
	long ret = -EINVAL;
	u64 left;

	if (bitset)
		ret = futex_get_key(uaddr, shared, &w.key);
	if (!ret)
		ret = futex_enqueue(&w, uaddr, val);
	if (ret)
		return ret;
	left = futex_sleep(&w, 1, expires);
	if (!futex_dequeue(&w))
		return 0;
	return left ? interrupted(uaddr, shared, val, expires, bitset) : -ETIMEDOUT;
}

/* ---------------------------------------------------------------- the call */

static bool has_timeout(int command)
{
	return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
}

static enum futex_clock clock_of(int op)
{
	if ((op & FUTEX_CMD_MASK) == FUTEX_WAIT)
		return FUTEX_FROM_NOW;
	return op & FUTEX_CLOCK_REALTIME ? FUTEX_REALTIME : FUTEX_MONOTONIC;
}

int futex_read_timeout(const struct __kernel_timespec __user *utime, enum futex_clock clock,
		       u64 *expires)
{
	struct __kernel_timespec ts;
	u64 now = ktime_get(), real, ns;

	if (copy_from_user(&ts, utime, sizeof(ts)))
		return -EFAULT;
	if (ts.tv_sec < 0 || (u64)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	ns = (u64)ts.tv_sec >= KTIME_MAX / NSEC_PER_SEC ?
		     KTIME_MAX :
		     (u64)ts.tv_sec * NSEC_PER_SEC + (u64)ts.tv_nsec;
	if (clock == FUTEX_FROM_NOW) {
		*expires = min(now + ns, (u64)KTIME_MAX);
	} else if (clock == FUTEX_REALTIME) {
		real = (u64)ktime_get_real();
		*expires = ns > real ? min(now + (ns - real), (u64)KTIME_MAX) : 0;
	} else {
		*expires = ns;
	}
	return 0;
}

SYSCALL_DEFINE6(futex, u32 __user *, uaddr, int, op, u32, val,
		const struct __kernel_timespec __user *, utime, u32 __user *, uaddr2, u32, val3)
{
	int command = op & FUTEX_CMD_MASK, ret, val2 = (int)(unsigned long)utime;
	bool shared = !(op & FUTEX_PRIVATE_FLAG);
	u64 expires = TIMEOUT_FOREVER;

	if (utime && has_timeout(command)) {
		ret = futex_read_timeout(utime, clock_of(op), &expires);
		if (ret)
			return ret;
	}
	if (op & FUTEX_CLOCK_REALTIME && command != FUTEX_WAIT_BITSET)
		return -ENOSYS;
	switch (command) {
	case FUTEX_WAIT:
		return futex_wait(uaddr, shared, val, expires, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAIT_BITSET:
		return futex_wait(uaddr, shared, val, expires, val3);
	case FUTEX_WAKE:
		return futex_wake(uaddr, shared, (int)val, FUTEX_BITSET_MATCH_ANY);
	case FUTEX_WAKE_BITSET:
		return futex_wake(uaddr, shared, (int)val, val3);
	case FUTEX_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, NULL);
	case FUTEX_CMP_REQUEUE:
		return futex_requeue(uaddr, uaddr2, shared, (int)val, val2, &val3);
	case FUTEX_WAKE_OP:
		return futex_wake_op(uaddr, uaddr2, shared, (int)val, val2, val3);
	}
	return -ENOSYS;
}

/* ---------------------------------------------------------------- boot */

void __init futex_init(void)
{
	for (unsigned int i = 0; i < NR_BUCKETS; i++) {
		spin_lock_init(&buckets[i].lock);
		INIT_LIST_HEAD(&buckets[i].waiters);
	}
}
