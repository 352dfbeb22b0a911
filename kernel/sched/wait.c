// SPDX-License-Identifier: MIT
/* Wait queues: in, out, and waking. */
#include "kernel/sched/wait.h"

#include "kernel/signal/errno.h"

/* With the lock. */
static __always_inline void add_entry(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	if (wait->flags & WQ_FLAG_EXCLUSIVE)
		list_add_tail(&wait->entry, &wq->head);
	else
		list_add(&wait->entry, &wq->head);
}

void add_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	add_entry(wq, wait);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void add_wait_queue_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	wait->flags |= WQ_FLAG_EXCLUSIVE;
	add_wait_queue(wq, wait);
}

void remove_wait_queue(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&wait->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

int prepare_to_wait_event(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	unsigned long flags;
	int ret = 0;

	spin_lock_irqsave(&wq->lock, flags);
	if (unlikely(signal_pending_state(state, current))) {
		list_del_init(&wait->entry);
		ret = -ERESTARTSYS;
	} else {
		if (list_empty(&wait->entry))
			add_entry(wq, wait);
		set_current_state(state);
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	return ret;
}

void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (list_empty(&wait->entry))
		add_entry(wq, wait);
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	__set_current_state(TASK_RUNNING);
	if (__atomic_load_n(&wait->entry.next, __ATOMIC_ACQUIRE) != &wait->entry ||
	    wait->entry.prev != &wait->entry)
		remove_wait_queue(wq, wait);
}

int default_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	(void)flags;
	(void)key;
	return wake_up_state(wait->private, mode);
}

int autoremove_wake_function(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	int woken = default_wake_function(wait, mode, flags, key);

	if (woken) {
		list_del(&wait->entry);
		wait->entry.prev = &wait->entry;
		/* The last access to it: finish_wait() does not take the lock then. */
		__atomic_store_n(&wait->entry.next, &wait->entry, __ATOMIC_RELEASE);
	}
	return woken;
}

void __wake_up_locked(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key)
{
	wait_queue_entry_t *wait, *tmp;

	list_for_each_entry_safe(wait, tmp, &wq->head, entry) {
		unsigned int flags = wait->flags;
		int woken = wait->func(wait, mode, 0, key);

		if (woken < 0)
			break;
		if (woken && flags & WQ_FLAG_EXCLUSIVE && !--nr)
			break;
	}
}

void __wake_up(wait_queue_head_t *wq, unsigned int mode, unsigned int nr, void *key)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	__wake_up_locked(wq, mode, nr, key);
	spin_unlock_irqrestore(&wq->lock, flags);
	preempt_check_resched();
}
