/* SPDX-License-Identifier: MIT */
/*
 * Readiness: what a file can do now, and being told when that changes.
 *
 *	static __poll_t my_poll(struct file *file, poll_table *wait)
 *	{
 *		poll_wait(file, &mine->wq, wait);
 *		return READ_ONCE(mine->data) ? EPOLLIN | EPOLLRDNORM : 0;
 *	}
 *
 * poll_wait() first, then the look: what happens in between wakes.  Who makes the file ready calls
 * wake_up_poll(&mine->wq, EPOLLIN | EPOLLRDNORM) afterwards.  A file_operations without poll is
 * always ready to be read and written.
 *
 * A poll_table is what the asker brings: a function that is given each queue.  poll() and select()
 * put one entry into each queue and sleep once, until any of them wakes (kernel/event/poll.c); epoll
 * leaves its entries there (kernel/event/epoll.c), and so do asynchronous polls.
 */
#ifndef KERNEL_EVENT_POLL_H
#define KERNEL_EVENT_POLL_H

#include <linux/eventpoll.h>
#include <linux/poll.h>

#include "kernel/fs/fs.h"
#include "kernel/sched/wait.h"

#define DEFAULT_POLLMASK (EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM)

typedef struct poll_table_struct poll_table;
typedef void (*poll_queue_proc)(struct file *file, wait_queue_head_t *wq, poll_table *table);

struct poll_table_struct {
	poll_queue_proc _qproc; /* NULL: only look */
	__poll_t _key; /* EPOLL* that are of interest; others may be left out of the answer */
};

static inline void init_poll_funcptr(poll_table *table, poll_queue_proc qproc)
{
	table->_qproc = qproc;
	table->_key = ~(__poll_t)0;
}

static inline void poll_wait(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	if (table && table->_qproc)
		table->_qproc(file, wq, table);
}

static inline __poll_t poll_requested_events(const poll_table *table)
{
	return table ? table->_key : ~(__poll_t)0;
}

static inline bool file_can_poll(const struct file *file)
{
	return file->f_op->poll;
}

/* What the file is ready for, EPOLL*.  In a thread that may sleep. */
static inline __poll_t vfs_poll(struct file *file, poll_table *table)
{
	return file->f_op->poll ? file->f_op->poll(file, table) : DEFAULT_POLLMASK;
}

/*
 * The queues that one sleeper is in: what poll(), select() and whoever waits for several files needs.
 *
 *	poll_initwait(&w);
 *	for (;;) {
 *		look at each by vfs_poll(file, &w.pt): none of those it has been asked for already is queued twice
 *		if (one is ready)
 *			break;
 *		w.pt._qproc = NULL;
 *		left = poll_schedule(&w, left);
 *	}
 *	poll_freewait(&w);
 */
#define POLL_INLINE_ENTRIES 8

struct poll_entry {
	wait_queue_entry_t wait;
	wait_queue_head_t *wq;
	struct file *file;
	__poll_t key;
};

struct poll_page;

struct poll_wqueues {
	poll_table pt;
	struct task_struct *task;
	struct poll_page *pages; /* those that have no room below */
	bool triggered;		 /* a queue has woken it */
	int error;		 /* -ENOMEM: a queue is missing */
	unsigned int nr;	 /* of `inline_entries` */
	struct poll_entry inline_entries[POLL_INLINE_ENTRIES];
};

void poll_initwait(struct poll_wqueues *pwq);
void poll_freewait(struct poll_wqueues *pwq);
/* Sleep until a queue wakes, a signal comes or ns are over: what is left.  A wake-up since the last look counts. */
u64 poll_schedule(struct poll_wqueues *pwq, u64 ns);

#endif
