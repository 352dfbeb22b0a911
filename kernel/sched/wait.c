// SPDX-License-Identifier: MIT
/* Wait queues: in, out, and waking. */
#include "kernel/sched/wait.h"

static void enqueue(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state, bool exclusive)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	wait->exclusive = exclusive;
	if (list_empty(&wait->entry)) {
		if (exclusive)
			list_add_tail(&wait->entry, &wq->head);
		else
			list_add(&wait->entry, &wq->head);
	}
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	enqueue(wq, wait, state, false);
}

void prepare_to_wait_exclusive(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	enqueue(wq, wait, state, true);
}

void finish_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait)
{
	unsigned long flags;

	__set_current_state(TASK_RUNNING);
	/* Always with the lock: who wakes may hold it still, and the entry is the caller's stack. */
	spin_lock_irqsave(&wq->lock, flags);
	list_del_init(&wait->entry);
	spin_unlock_irqrestore(&wq->lock, flags);
}

void __wake_up(wait_queue_head_t *wq, unsigned int exclusive)
{
	wait_queue_entry_t *wait, *tmp;
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_for_each_entry_safe(wait, tmp, &wq->head, entry) {
		bool woken = wake_up_process(wait->task);

		list_del_init(&wait->entry);
		if (woken && wait->exclusive && --exclusive == 0)
			break;
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	preempt_check_resched();
}
