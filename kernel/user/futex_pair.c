// SPDX-License-Identifier: MIT
/* Futexes: what is about two words at a time.  See futex_internal.h. */
#include <linux/futex.h>

#include "kernel/cpu/barrier.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/user/futex_internal.h"
#include "mm/uaccess.h"

/* Nobody waits for the second one, so that their order does not matter. */
static void lock_both(struct futex_bucket *a, struct futex_bucket *b)
{
	for (;;) {
		spin_lock(&a->lock);
		if (a == b || spin_trylock(&b->lock))
			return;
		spin_unlock(&a->lock);
		cpu_relax();
	}
}

static void unlock_both(struct futex_bucket *a, struct futex_bucket *b)
{
	spin_unlock(&a->lock);
	if (a != b)
		spin_unlock(&b->lock);
}

struct word_pair {
	struct futex_key key[2];
	struct futex_bucket *bucket[2];
};

static int get_keys(struct word_pair *p, u32 __user *first, u32 __user *second, bool shared)
{
	int ret = futex_get_key(first, shared, &p->key[0]);

	if (!ret)
		ret = futex_get_key(second, shared, &p->key[1]);
	if (ret)
		return ret;
	p->bucket[0] = futex_bucket_of(&p->key[0]);
	p->bucket[1] = futex_bucket_of(&p->key[1]);
	return 0;
}

/* Wake nr_wake that wait for the first word; nr_requeue more wait for the second one from now on. */
static int move_some(struct word_pair *p, int nr_wake, int nr_requeue)
{
	struct futex_waiter *w, *next;
	int done = 0;

	list_for_each_entry_safe(w, next, &p->bucket[0]->waiters, list) {
		if (done - nr_wake >= nr_requeue)
			break;
		if (!futex_same_key(&w->key, &p->key[0]))
			continue;
		if (++done <= nr_wake) {
			futex_wake_waiter(w);
			continue;
		}
		w->key = p->key[1];
		/* One that stays there stays in its place: behind the last one it would be met again. */
		if (p->bucket[0] == p->bucket[1])
			continue;
		list_del(&w->list);
		list_add_tail(&w->list, &p->bucket[1]->waiters);
		smp_store_release(&w->bucket, p->bucket[1]);
	}
	return done;
}

long futex_requeue(u32 __user *first, u32 __user *second, bool shared, int nr_wake, int nr_requeue,
		   const u32 *cmp)
{
	struct word_pair p;
	u32 now;
	long ret;

	if (nr_wake < 0 || nr_requeue < 0)
		return -EINVAL;
	ret = get_keys(&p, first, second, shared);
	if (ret)
		return ret;
	for (;;) {
		lock_both(p.bucket[0], p.bucket[1]);
		if (!cmp || likely(get_user(now, first) == 0))
			break;
		unlock_both(p.bucket[0], p.bucket[1]);
		if (get_user(now, first))
			return -EFAULT;
	}
	ret = cmp && now != *cmp ? -EAGAIN : move_some(&p, nr_wake, nr_requeue);
	unlock_both(p.bucket[0], p.bucket[1]);
	return ret;
}

/* What FUTEX_WAKE_OP does to the second word: <linux/futex.h>, FUTEX_OP(). */
struct futex_op {
	unsigned int op, cmp;
	int oparg, cmparg;
};

static struct futex_op decode_op(u32 code)
{
	struct futex_op op = {
		.op = code >> 28 & 7,
		.cmp = code >> 24 & 0xf,
		.oparg = (int)(code << 8) >> 20,
		.cmparg = (int)(code << 20) >> 20,
	};

	if (code >> 28 & FUTEX_OP_OPARG_SHIFT)
		op.oparg = (int)BIT(op.oparg & 31);
	return op;
}

static u32 apply_op(const struct futex_op *op, u32 old)
{
	u32 arg = (u32)op->oparg;

	switch (op->op) {
	case FUTEX_OP_SET:
		return arg;
	case FUTEX_OP_ADD:
		return old + arg;
	case FUTEX_OP_OR:
		return old | arg;
	case FUTEX_OP_ANDN:
		return old & ~arg;
	default:
		return old ^ arg;
	}
}

static bool compare_op(const struct futex_op *op, int old)
{
	switch (op->cmp) {
	case FUTEX_OP_CMP_EQ:
		return old == op->cmparg;
	case FUTEX_OP_CMP_NE:
		return old != op->cmparg;
	case FUTEX_OP_CMP_LT:
		return old < op->cmparg;
	case FUTEX_OP_CMP_LE:
		return old <= op->cmparg;
	case FUTEX_OP_CMP_GT:
		return old > op->cmparg;
	default:
		return old >= op->cmparg;
	}
}

/* Atomically, to the program's word; *old: what it was.  0 or -EFAULT. */
static int change_word(u32 __user *uaddr, const struct futex_op *op, u32 *old)
{
	u32 seen, expected = 0;
	int ret;

	for (;;) {
		seen = expected;
		ret = cmpxchg_user(uaddr, &seen, apply_op(op, expected));
		if (ret || seen == expected)
			break;
		expected = seen;
	}
	*old = expected;
	return ret;
}

/* It can be written: it is, with what stands there. */
static int fault_in_writeable(u32 __user *uaddr)
{
	u32 same = 0;

	return cmpxchg_user(uaddr, &same, 0);
}

long futex_wake_op(u32 __user *first, u32 __user *second, bool shared, int nr_wake, int nr_wake2,
		   u32 code)
{
	struct futex_op op = decode_op(code);
	struct word_pair p;
	u32 old;
	long ret = get_keys(&p, first, second, shared);

	if (ret)
		return ret;
	if (op.op > FUTEX_OP_XOR || op.cmp > FUTEX_OP_CMP_GE)
		return -ENOSYS;
	for (;;) {
		lock_both(p.bucket[0], p.bucket[1]);
		if (likely(change_word(second, &op, &old) == 0))
			break;
		unlock_both(p.bucket[0], p.bucket[1]);
		if (fault_in_writeable(second))
			return -EFAULT;
	}
	ret = futex_wake_some(p.bucket[0], &p.key[0], nr_wake, FUTEX_BITSET_MATCH_ANY);
	if (compare_op(&op, (int)old))
		ret += futex_wake_some(p.bucket[1], &p.key[1], nr_wake2, FUTEX_BITSET_MATCH_ANY);
	unlock_both(p.bucket[0], p.bucket[1]);
	return ret;
}
