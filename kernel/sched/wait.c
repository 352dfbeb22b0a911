// SPDX-License-Identifier: MIT
/* Wait queues: in, out, and waking. */
#include "kernel/sched/wait.h"

void prepare_to_wait(wait_queue_head_t *wq, wait_queue_entry_t *wait, u32 state)
{
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	if (list_empty(&wait->entry))
		list_add(&wait->entry, &wq->head);
	set_current_state(state);
	spin_unlock_irqrestore(&wq->lock, flags);
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

void wake_up(wait_queue_head_t *wq)
{
	wait_queue_entry_t *wait, *tmp;
	unsigned long flags;

	spin_lock_irqsave(&wq->lock, flags);
	list_for_each_entry_safe(wait, tmp, &wq->head, entry) {
		wake_up_process(wait->task);
		list_del_init(&wait->entry);
	}
	spin_unlock_irqrestore(&wq->lock, flags);
	preempt_check_resched();
}
