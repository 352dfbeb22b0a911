// SPDX-License-Identifier: MIT
/* Sets and queues of signals. */
#include "kernel/signal/pending.h"

#include "mm/slab.h"

static u32 nr_queued; /* atomic: of all processes, which are all root's */

struct sigqueue *sigpending_take(struct sigpending *pending, int sig)
{
	struct sigqueue *first = NULL, *q;

	list_for_each_entry(q, &pending->list, list) {
		if (q->info.si_signo != sig)
			continue;
		if (first)
			goto more; /* it stays pending */
		first = q;
	}
	pending->signal &= ~sigmask(sig);
more:
	if (first)
		list_del_init(&first->list);
	return first;
}

void sigpending_remove(struct sigpending *pending, struct sigqueue *q)
{
	const struct sigqueue *other;

	list_del_init(&q->list);
	list_for_each_entry(other, &pending->list, list)
		if (other->info.si_signo == q->info.si_signo)
			return;
	pending->signal &= ~sigmask(q->info.si_signo);
}

void sigpending_flush(struct sigpending *pending, u64 mask)
{
	struct sigqueue *q, *next;

	if (!(pending->signal & mask))
		return;
	pending->signal &= ~mask;
	list_for_each_entry_safe(q, next, &pending->list, list) {
		if (!sig_in(q->info.si_signo, mask))
			continue;
		list_del_init(&q->list);
		sigqueue_free(q);
	}
}

struct sigqueue *sigqueue_alloc(const struct task_struct *t, bool heed_limit)
{
	u32 n = __atomic_add_fetch(&nr_queued, 1, __ATOMIC_RELAXED);
	struct sigqueue *q = NULL;

	if (!heed_limit || n <= task_rlimit(t, RLIMIT_SIGPENDING))
		q = kmalloc(sizeof(*q), GFP_KERNEL);
	if (!q) {
		__atomic_sub_fetch(&nr_queued, 1, __ATOMIC_RELAXED);
		return NULL;
	}
	INIT_LIST_HEAD(&q->list);
	q->taken = NULL;
	return q;
}

void sigqueue_free(struct sigqueue *q)
{
	if (!q || q->taken)
		return;
	__atomic_sub_fetch(&nr_queued, 1, __ATOMIC_RELAXED);
	kfree(q);
}

unsigned int sigqueue_count(void)
{
	return READ_ONCE(nr_queued);
}
