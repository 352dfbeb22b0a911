// SPDX-License-Identifier: MIT
/* Work that an interrupt leaves to a thread: one queue, and its lock. */
#include "kernel/core/work.h"

#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"

static DEFINE_SPINLOCK(work_lock); /* the queue and each `pending`; a leaf */
static struct work_struct *queue, **queue_end = &queue;

bool schedule_work(struct work_struct *work)
{
	unsigned long flags;
	bool added;

	spin_lock_irqsave(&work_lock, flags);
	added = !work->pending;
	if (added) {
		work->pending = true;
		work->next = NULL;
		*queue_end = work;
		queue_end = &work->next;
	}
	spin_unlock_irqrestore(&work_lock, flags);
	return added;
}

/* Out of the queue, where it is in it. */
static void unlink_locked(struct work_struct *work)
{
	struct work_struct **link = &queue;

	lockdep_assert_held(&work_lock);
	while (*link && *link != work)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = work->next;
	if (queue_end == &work->next)
		queue_end = link;
	work->pending = false;
}

void cancel_work(struct work_struct *work)
{
	unsigned long flags;

	spin_lock_irqsave(&work_lock, flags);
	unlink_locked(work);
	spin_unlock_irqrestore(&work_lock, flags);
}

bool work_is_pending(void)
{
	return READ_ONCE(queue) != NULL;
}

/* The first of the queue, or NULL. */
static struct work_struct *take_first(void)
{
	struct work_struct *work;
	unsigned long flags;

	spin_lock_irqsave(&work_lock, flags);
	work = queue;
	if (work)
		unlink_locked(work);
	spin_unlock_irqrestore(&work_lock, flags);
	return work;
}

static unsigned int count_work(void)
{
	unsigned long flags;
	unsigned int n = 0;

	spin_lock_irqsave(&work_lock, flags);
	for (const struct work_struct *work = queue; work; work = work->next)
		n++;
	spin_unlock_irqrestore(&work_lock, flags);
	return n;
}

void run_pending_work(void)
{
	struct work_struct *work;
	unsigned int n;

	might_sleep();
	for (n = count_work(); n && (work = take_first()) != NULL; n--)
		work->func(work);
}
