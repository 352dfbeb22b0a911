// SPDX-License-Identifier: MIT
/*
 * io_uring: waiting for a file to be ready, which POLL_ADD asks for and a read or write may need.
 *
 * Queues are entered and left, and the file looked at, by the request's work alone.  Wake-ups and
 * cancelling only have it run.
 */
#include "kernel/aio/uring.h"
#include "kernel/lib/errno.h"

static int poll_wake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct uring_req *req = wait->private;
	__poll_t mask = key_to_poll(key);

	(void)mode;
	(void)flags;
	if (!mask || mask & req->poll.events)
		uring_queue_work(req);
	return 1;
}

struct uring_poll_table {
	struct poll_table_struct table;
	struct uring_req *req;
};

/* A file with more than two queues is not known. */
static void poll_queue(struct file *file, wait_queue_head_t *head, poll_table *table)
{
	struct uring_req *req = container_of(table, struct uring_poll_table, table)->req;
	struct uring_poll_entry *entry = req->poll.entries;

	(void)file;
	entry += entry->head ? 1 : 0;
	if (entry->head)
		return;
	init_waitqueue_func_entry(&entry->wait, poll_wake);
	entry->wait.private = req;
	entry->head = head;
	add_wait_queue(head, &entry->wait);
}

static __poll_t look(struct uring_req *req, poll_queue_proc proc)
{
	struct uring_poll_table table = { .req = req };

	init_poll_funcptr(&table.table, proc);
	table.table._key = req->poll.events;
	return vfs_poll(req->file, &table.table) & req->poll.events;
}

long uring_wait_for_file(struct uring_req *req, __poll_t events)
{
	struct io_ring *ring = req->ring;
	unsigned long flags;

	req->poll.events = events | EPOLLERR | EPOLLHUP;
	spin_lock_irqsave(&ring->lock, flags);
	req->waits = WAITS_POLL;
	uring_queue_work(req);
	spin_unlock_irqrestore(&ring->lock, flags);
	return URING_PENDING;
}

/* True: there is something to tell. */
static bool is_over(struct uring_req *req)
{
	__poll_t mask;

	if (READ_ONCE(req->poll.cancelled) || READ_ONCE(req->ring->closed)) {
		req->poll.res = -ECANCELED;
		return true;
	}
	mask = look(req, req->poll.entries[0].head ? NULL : poll_queue);
	req->poll.res = (__force long)mask;
	return mask || !req->poll.entries[0].head;
}

static void leave_queues(struct uring_req *req)
{
	for (int i = 0; i < 2; i++) {
		struct uring_poll_entry *entry = &req->poll.entries[i];

		if (entry->head)
			remove_wait_queue(entry->head, &entry->wait);
		entry->head = NULL;
	}
}

bool uring_poll_run(struct uring_req *req, long *res)
{
	unsigned long flags;

	if (!req->poll.over) {
		if (!is_over(req))
			return false;
		leave_queues(req);
		spin_lock_irqsave(&req->ring->lock, flags);
		req->waits = WAITS_NOT;
		spin_unlock_irqrestore(&req->ring->lock, flags);
		req->poll.over = true;
	}
	/* Nobody can have it run any more; who did so a moment ago has it run once again. */
	if (work_pending(&req->work))
		return false;
	req->poll.over = false;
	*res = req->poll.res;
	return true;
}

/* ---------------------------------------------------------------- operations */

int uring_poll_prep(struct uring_req *req)
{
	/* One event each: a request that stays for more is of a later kernel. */
	return req->sqe.buf_index || req->sqe.off || req->sqe.addr || req->sqe.len ? -EINVAL : 0;
}

long uring_poll_add(struct uring_req *req)
{
	__poll_t mask;

	req->poll.events =
		(__force __poll_t)(req->sqe.poll32_events & 0xffff) | EPOLLERR | EPOLLHUP;
	mask = look(req, NULL);
	if (mask)
		return (__force long)mask;
	if (!file_can_poll(req->file))
		return -EINVAL;
	return uring_wait_for_file(req, req->poll.events);
}

int uring_poll_remove_prep(struct uring_req *req)
{
	const struct io_uring_sqe *sqe = &req->sqe;

	return sqe->buf_index || sqe->splice_fd_in || sqe->len || sqe->off || sqe->poll32_events ?
		       -EINVAL :
		       0;
}

long uring_poll_remove(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	struct uring_req *other;
	unsigned long flags;
	long ret = -ENOENT;

	spin_lock_irqsave(&ring->lock, flags);
	list_for_each_entry(other, &ring->requests, node) {
		if (other->waits != WAITS_POLL || other->sqe.opcode != IORING_OP_POLL_ADD ||
		    other->sqe.user_data != req->sqe.addr || other->poll.cancelled)
			continue;
		uring_cancel(other);
		ret = 0;
		break;
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	return ret;
}
