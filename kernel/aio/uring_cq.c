// SPDX-License-Identifier: MIT
/*
 * io_uring's results: the CQ ring, what waits for room in it, and who waits for them.
 *
 * The program moves cq.head, so what it says is only a number.
 */
#include "kernel/aio/timespec.h"
#include "kernel/aio/uring.h"
#include "kernel/event/eventfd.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

/* Results that the program has not taken. */
static u32 results(const struct io_ring *ring)
{
	return READ_ONCE(ring->cq_tail) - READ_ONCE(ring->shared->cq.head);
}

/* Whatever waits already goes first. */
bool uring_post(struct io_ring *ring, u64 user_data, s32 res)
{
	struct uring_shared *shared = ring->shared;

	if (!list_empty(&ring->overflow) || results(ring) >= ring->cq_entries) {
		__atomic_or_fetch(&shared->sq_flags, IORING_SQ_CQ_OVERFLOW, __ATOMIC_RELAXED);
		return false;
	}
	shared->cqes[ring->cq_tail & (ring->cq_entries - 1)] =
		(struct uring_cqe){ .user_data = user_data, .res = res };
	WRITE_ONCE(ring->cq_tail, ring->cq_tail + 1);
	__atomic_store_n(&shared->cq.tail, ring->cq_tail, __ATOMIC_RELEASE);
	return true;
}

void uring_tell_waiters(struct io_ring *ring)
{
	if (wq_has_sleeper(&ring->cq_wait))
		wake_up_poll(&ring->cq_wait, EPOLLIN | EPOLLRDNORM);
}

void uring_tell(struct io_ring *ring)
{
	uring_tell_waiters(ring);
	if (ring->eventfd && !(READ_ONCE(ring->shared->cq_flags) & IORING_CQ_EVENTFD_DISABLED))
		eventfd_signal(ring->eventfd);
}

/* As many as there is room for; those that are told go to `freed`. */
static bool flush_locked(struct io_ring *ring, struct list_head *freed)
{
	struct uring_req *req;
	LIST_HEAD(waiting);

	list_splice_tail_init(&ring->overflow, &waiting);
	while (!list_empty(&waiting)) {
		req = list_first_entry(&waiting, struct uring_req, queue);
		if (!uring_post(ring, req->sqe.user_data, req->res))
			break;
		list_del(&req->queue);
		list_add_tail(&req->queue, freed);
	}
	list_splice_tail_init(&waiting, &ring->overflow);
	if (!list_empty(&ring->overflow))
		return false;
	__atomic_and_fetch(&ring->shared->sq_flags, ~(u32)IORING_SQ_CQ_OVERFLOW, __ATOMIC_RELAXED);
	return true;
}

bool uring_flush_overflow(struct io_ring *ring)
{
	struct uring_req *req, *next;
	LIST_HEAD(freed);
	unsigned long flags;
	bool all;

	if (list_empty(&ring->overflow))
		return true;
	spin_lock_irqsave(&ring->lock, flags);
	all = flush_locked(ring, &freed);
	spin_unlock_irqrestore(&ring->lock, flags);
	list_for_each_entry_safe(req, next, &freed, queue)
		uring_req_free(req);
	return all;
}

__poll_t uring_poll_file(struct file *file, poll_table *wait)
{
	struct io_ring *ring = uring_of(file);
	__poll_t mask = 0;

	poll_wait(file, &ring->cq_wait, wait);
	if (__atomic_load_n(&ring->shared->sq.tail, __ATOMIC_ACQUIRE) - READ_ONCE(ring->sq_head) !=
	    ring->sq_entries)
		mask |= EPOLLOUT | EPOLLWRNORM;
	if (results(ring) || !list_empty(&ring->overflow))
		mask |= EPOLLIN | EPOLLRDNORM;
	return mask;
}

/* ---------------------------------------------------------------- waiting */

/* As many as are waited for; or a timeout has struck, and what follows it in its chain has begun. */
static bool has_come(struct io_ring *ring, u32 min, u32 timed_out)
{
	unsigned long flags;
	bool struck;

	if (results(ring) >= min)
		return true;
	spin_lock_irqsave(&ring->lock, flags);
	struck = ring->timed_out != timed_out && !ring->starting;
	spin_unlock_irqrestore(&ring->lock, flags);
	return struck;
}

static int sleep_for(struct io_ring *ring, u32 min, u64 left)
{
	u32 timed_out = READ_ONCE(ring->timed_out);
	s64 ret;

	for (;;) {
		if (!uring_flush_overflow(ring))
			return -EBUSY;
		if (has_come(ring, min, timed_out))
			return 0;
		ret = wait_event_interruptible_timeout(
			ring->cq_wait,
			!list_empty(&ring->overflow) || has_come(ring, min, timed_out), left);
		if (ret <= 0)
			return ret ? -EINTR : -ETIME;
		left = left == TIMEOUT_FOREVER ? left : (u64)ret;
	}
}

int uring_wait(struct io_ring *ring, u32 min, const sigset_t __user *sig, size_t sigsz,
	       const struct __kernel_timespec __user *uts)
{
	struct timespec64 ts;
	u64 left = TIMEOUT_FOREVER;
	int ret;

	uring_flush_overflow(ring);
	if (results(ring) >= min)
		return 0;
	if (uts) {
		if (get_timespec64(&ts, uts))
			return -EFAULT;
		left = timespec64_span(&ts);
	}
	if (sig) {
		ret = set_user_sigmask(sig, sigsz);
		if (ret)
			return ret;
	}
	ret = sleep_for(ring, min, left);
	restore_saved_sigmask_unless(ret == -EINTR);
	return results(ring) ? 0 : ret;
}
