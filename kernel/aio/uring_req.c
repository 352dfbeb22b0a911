// SPDX-License-Identifier: MIT
/*
 * Requests of io_uring from their beginning to their end.
 *
 * Whose turn it is: a request that has become ready is begun by the thread that is submitting to the
 * ring at that moment, if there is one of the same program, else by its own work in a worker, which
 * takes the place of the program meanwhile.
 */
#include "kernel/aio/uring.h"
#include "kernel/fs/file.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/task.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"
#include "mm/user/mm_struct.h"

#define LINK_FLAGS (IOSQE_IO_LINK | IOSQE_IO_HARDLINK)

static void uring_work(struct work_struct *work);

struct uring_req *uring_req_alloc(struct io_ring *ring)
{
	struct uring_req *req = kzalloc(sizeof(*req), GFP_KERNEL);
	unsigned long flags;

	if (!req)
		return NULL;
	req->ring = ring;
	req->mm = current->mm;
	INIT_LIST_HEAD(&req->queue);
	INIT_WORK(&req->work, uring_work);
	spin_lock_irqsave(&ring->lock, flags);
	list_add_tail(&req->node, &ring->requests);
	spin_unlock_irqrestore(&ring->lock, flags);
	return req;
}

static bool is_transfer(const struct uring_req *req)
{
	switch (req->sqe.opcode) {
	case IORING_OP_READV:
	case IORING_OP_WRITEV:
	case IORING_OP_READ:
	case IORING_OP_WRITE:
	case IORING_OP_READ_FIXED:
	case IORING_OP_WRITE_FIXED:
		return true;
	default:
		return false;
	}
}

/* With what it holds; it is in no list any more. */
static void free_memory(struct uring_req *req)
{
	if (req->file)
		fput(req->file);
	if (req->buffer)
		uring_put_buffer(req->buffer);
	if (is_transfer(req))
		kfree(req->rw.iov);
	kfree(req);
}

/* ring->lock held.  Nothing is under way any more in a closed ring: it goes. */
static bool free_if_over(struct io_ring *ring)
{
	if (!ring->closed || !list_empty(&ring->requests) || ring->starting)
		return false;
	queue_work(&system_unbound_wq, &ring->free_work);
	return true;
}

/* It is out of the ring: the last one of a closed ring takes that along. */
static void leave_ring(struct io_ring *ring, struct uring_req *req)
{
	list_del(&req->node);
	if (!free_if_over(ring) && wq_has_sleeper(&ring->gone))
		wake_up(&ring->gone);
}

void uring_req_free(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	leave_ring(ring, req);
	spin_unlock_irqrestore(&ring->lock, flags);
	free_memory(req);
}

void uring_queue_work(struct uring_req *req)
{
	queue_work(&system_unbound_wq, &req->work);
}

/* ---------------------------------------------------------------- the end */

/* ring->lock held.  Its turn has come. */
static void make_ready(struct uring_req *req)
{
	struct io_ring *ring = req->ring;

	req->waits = WAITS_NOT;
	if (ring->submitter && ring->submitter->mm == req->mm) {
		list_add_tail(&req->queue, &ring->ready);
		return;
	}
	req->starting = true;
	ring->starting++;
	uring_queue_work(req);
}

/* What had its turn has begun: who waits for the end of a timeout and for what follows need not wait for it. */
static void has_begun(struct io_ring *ring)
{
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	ring->starting--;
	if (!free_if_over(ring))
		uring_tell_waiters(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
}

static unsigned int chain_length(const struct uring_req *req)
{
	unsigned int n = 0;

	for (; req; req = req->link)
		n++;
	return n;
}

/* ring->lock held: those at the head of the queue that need not wait any more. */
static void release_drained(struct io_ring *ring)
{
	struct uring_req *req;

	while (!list_empty(&ring->drained)) {
		req = list_first_entry(&ring->drained, struct uring_req, queue);
		if (req->sqe.flags & IOSQE_IO_DRAIN && ring->active)
			return;
		list_del_init(&req->queue);
		ring->active += chain_length(req);
		make_ready(req);
	}
}

static bool breaks_chain(const struct uring_req *req, long res)
{
	if (is_transfer(req))
		return res < 0 || (size_t)res != req->rw.expected;
	if (req->sqe.opcode == IORING_OP_TIMEOUT && res == -ETIME)
		return !(req->sqe.timeout_flags & IORING_TIMEOUT_ETIME_SUCCESS);
	return res < 0;
}

/* ring->lock held.  Its result is told, or waits for room; where it may be freed it is in `freed`. */
static void finish(struct uring_req *req, long res, bool skip, struct list_head *freed)
{
	struct io_ring *ring = req->ring;

	ring->active--;
	req->res = (s32)res;
	if (req->sqe.opcode == IORING_OP_TIMEOUT && req->done)
		ring->timed_out++;
	else
		ring->events += !skip;
	if (skip || ring->closed || uring_post(ring, req->sqe.user_data, req->res)) {
		list_add_tail(&req->queue, freed);
		return;
	}
	req->mm = NULL; /* it is over: uring_exit_mm() does not wait for it */
	list_add_tail(&req->queue, &ring->overflow);
}

/* ring->lock held: what is linked to a request that failed does not begin. */
static void cancel_chain(struct uring_req *req, bool skip, struct list_head *freed)
{
	struct uring_req *next;

	for (; req; req = next) {
		next = req->link;
		finish(req, req->failed ? req->res : -ECANCELED, skip, freed);
	}
}

void uring_complete(struct uring_req *req, long res)
{
	struct io_ring *ring = req->ring;
	bool failed = req->failed || breaks_chain(req, res);
	bool skip = req->sqe.flags & IOSQE_CQE_SKIP_SUCCESS;
	struct uring_req *next = req->link;
	struct file *file = req->file;
	LIST_HEAD(freed);
	unsigned long flags;

	req->file = NULL;
	if (res == -ERESTARTSYS || res == -ERESTARTNOINTR || res == -ERESTARTNOHAND)
		res = -EINTR; /* nobody could begin it anew */
	spin_lock_irqsave(&ring->lock, flags);
	finish(req, res, skip && !failed, &freed);
	if (next && failed && !(req->sqe.flags & IOSQE_IO_HARDLINK))
		cancel_chain(next, skip, &freed);
	else if (next)
		make_ready(next);
	release_drained(ring);
	uring_timeouts_counted(ring);
	uring_tell(ring);
	list_for_each_entry(req, &freed, queue)
		leave_ring(ring, req);
	spin_unlock_irqrestore(&ring->lock, flags);
	list_for_each_entry_safe(req, next, &freed, queue)
		free_memory(req);
	if (file)
		fput(file);
}

/* ---------------------------------------------------------------- the beginning */

/* All of a chain take their files now, while the program's table is there; that one is missing is told later. */
static void take_files(struct uring_req *req)
{
	for (; req; req = req->link) {
		if (req->failed || !uring_ops[req->sqe.opcode].needs_file)
			continue;
		if (req->sqe.flags & IOSQE_FIXED_FILE)
			req->file = uring_fixed_file(req->ring, (unsigned int)req->sqe.fd);
		else
			req->file = fget((unsigned int)req->sqe.fd);
	}
}

static long issue(struct uring_req *req)
{
	const struct uring_op *op = &uring_ops[req->sqe.opcode];

	if (READ_ONCE(req->ring->closed))
		return -ECANCELED;
	return op->needs_file && !req->file ? -EBADF : op->issue(req);
}

static void run(struct uring_req *req)
{
	long res = req->failed ? req->res : issue(req);

	if (res != URING_PENDING)
		uring_complete(req, res);
}

/* In the place of the program, as long as that has not gone. */
static void run_for_program(struct uring_req *req)
{
	struct mm_struct *mm = req->mm;
	long res = -ECANCELED;
	bool there = mmget_not_zero(mm);

	if (there) {
		switch_to_user_mm(mm);
		res = issue(req);
		switch_to_user_mm(NULL);
	}
	if (res != URING_PENDING)
		uring_complete(req, res);
	if (there)
		mmput(mm);
}

static void run_work(struct uring_req *req)
{
	long res = 0;

	if (req->waits == WAITS_POLL || req->poll.over) {
		if (!uring_poll_run(req, &res))
			return;
		if (res < 0 || req->sqe.opcode == IORING_OP_POLL_ADD) {
			uring_complete(req, res);
			return;
		}
	}
	if (req->sqe.opcode == IORING_OP_TIMEOUT && !req->failed)
		uring_timeout_stop(req);
	if (req->done || req->failed)
		uring_complete(req, req->res);
	else
		run_for_program(req);
}

/* The request, and with it the ring, may be gone in the end. */
static void uring_work(struct work_struct *work)
{
	struct uring_req *req = container_of(work, struct uring_req, work);
	struct io_ring *ring = req->ring;
	bool starting = req->starting;

	req->starting = false;
	run_work(req);
	if (starting)
		has_begun(ring);
}

static bool has_to_wait(struct io_ring *ring, struct uring_req *req)
{
	return !list_empty(&ring->drained) || (req->sqe.flags & IOSQE_IO_DRAIN && ring->active);
}

void uring_start(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	unsigned long flags;
	bool worker = req->sqe.flags & IOSQE_ASYNC || uring_ops[req->sqe.opcode].worker, wait;

	take_files(req);
	if (ring->drain_next)
		req->sqe.flags |= IOSQE_IO_DRAIN;
	ring->drain_next = false;
	for (struct uring_req *member = req->link; member; member = member->link)
		if (member->sqe.flags & IOSQE_IO_DRAIN) {
			req->sqe.flags |= IOSQE_IO_DRAIN;
			ring->drain_next = true;
		}
	spin_lock_irqsave(&ring->lock, flags);
	wait = !req->failed && has_to_wait(ring, req);
	if (wait) {
		req->waits = WAITS_DRAIN;
		list_add_tail(&req->queue, &ring->drained);
	} else {
		ring->active += chain_length(req);
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	if (wait)
		return;
	if (worker && !req->failed)
		uring_queue_work(req);
	else
		run(req);
}

void uring_run_ready(struct io_ring *ring)
{
	struct uring_req *req = NULL;
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&ring->lock, flags);
		if (list_empty(&ring->ready)) {
			ring->submitter = NULL;
			spin_unlock_irqrestore(&ring->lock, flags);
			return;
		}
		req = list_first_entry(&ring->ready, struct uring_req, queue);
		list_del_init(&req->queue);
		spin_unlock_irqrestore(&ring->lock, flags);
		run(req);
	}
}

/* ---------------------------------------------------------------- before its time */

bool uring_cancel(struct uring_req *req)
{
	struct io_ring *ring = req->ring;

	switch (req->waits) {
	case WAITS_POLL:
		WRITE_ONCE(req->poll.cancelled, true);
		break;
	case WAITS_DRAIN:
		list_del_init(&req->queue);
		ring->active += chain_length(req);
		req->waits = WAITS_NOT;
		req->done = true;
		req->res = -ECANCELED;
		break;
	case WAITS_TIME:
		uring_end_timeout(req, -ECANCELED);
		return true;
	default:
		return false;
	}
	uring_queue_work(req);
	return true;
}

void uring_cancel_mm(struct io_ring *ring, const struct mm_struct *mm)
{
	struct uring_req *req;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	list_for_each_entry(req, &ring->requests, node)
		if (req->mm == mm)
			uring_cancel(req);
	spin_unlock_irqrestore(&ring->lock, flags);
}

void uring_close(struct io_ring *ring)
{
	struct uring_req *req, *next;
	LIST_HEAD(freed);
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	ring->closed = true;
	list_for_each_entry(req, &ring->requests, node)
		uring_cancel(req);
	list_splice_tail_init(&ring->overflow, &freed);
	free_if_over(ring);
	spin_unlock_irqrestore(&ring->lock, flags);
	list_for_each_entry_safe(req, next, &freed, queue)
		uring_req_free(req);
}
