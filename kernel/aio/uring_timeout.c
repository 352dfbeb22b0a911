// SPDX-License-Identifier: MIT
/*
 * io_uring: timeouts, and cancelling.
 *
 * A timeout ends when its time has come, when so many results have come as it asked for, or when it is
 * cancelled.  Who takes it out of the ring's list says how; its work, which stops the timer, tells it.
 */
#include "kernel/aio/timespec.h"
#include "kernel/aio/uring.h"
#include "kernel/fs/file.h"
#include "kernel/lib/errno.h"

#define CLOCKS (IORING_TIMEOUT_BOOTTIME | IORING_TIMEOUT_REALTIME)

void uring_end_timeout(struct uring_req *req, int res)
{
	list_del_init(&req->timeout.node);
	req->waits = WAITS_NOT;
	req->done = true;
	req->res = res;
	uring_queue_work(req);
}

static enum hrtimer_restart timeout_strikes(struct hrtimer *timer)
{
	struct uring_req *req = container_of(timer, struct uring_req, timeout.timer);
	struct io_ring *ring = req->ring;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	if (req->waits == WAITS_TIME)
		uring_end_timeout(req, -ETIME);
	spin_unlock_irqrestore(&ring->lock, flags);
	return HRTIMER_NORESTART;
}

void uring_timeouts_counted(struct io_ring *ring)
{
	struct uring_req *req, *next;

	list_for_each_entry_safe(req, next, &ring->timeouts, timeout.node)
		if (req->timeout.count && ring->events - req->timeout.since >= req->timeout.count)
			uring_end_timeout(req, 0);
}

void uring_timeout_stop(struct uring_req *req)
{
	hrtimer_cancel(&req->timeout.timer);
}

/* ns of ktime_get() at which it is over. */
static u64 when(const struct timespec64 *ts, u32 flags)
{
	u64 ns = timespec64_span(ts), now = ktime_get();

	if (!(flags & IORING_TIMEOUT_ABS))
		return ns >= KTIME_MAX - now ? KTIME_MAX : now + ns;
	if (flags & IORING_TIMEOUT_REALTIME) {
		s64 offset = ktime_get_real() - (s64)now;

		return (s64)ns > offset ? (u64)((s64)ns - offset) : 0;
	}
	return ns;
}

static int bad_clock(u32 flags)
{
	return (flags & CLOCKS) == CLOCKS;
}

static int get_time(struct uring_req *req, u64 from, u32 flags)
{
	struct timespec64 ts;

	if (get_timespec64(&ts, (const void __user *)from))
		return -EFAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0)
		return -EINVAL;
	req->timeout.expires = when(&ts, flags);
	return 0;
}

int uring_timeout_prep(struct uring_req *req)
{
	const struct io_uring_sqe *sqe = &req->sqe;

	if (sqe->addr3 || sqe->__pad2[0] || sqe->buf_index || sqe->len != 1 || sqe->splice_fd_in)
		return -EINVAL;
	if (sqe->timeout_flags & ~(IORING_TIMEOUT_ABS | CLOCKS | IORING_TIMEOUT_ETIME_SUCCESS) ||
	    bad_clock(sqe->timeout_flags))
		return -EINVAL;
	req->timeout.count = (u32)sqe->off;
	hrtimer_init(&req->timeout.timer, timeout_strikes);
	return get_time(req, sqe->addr, sqe->timeout_flags);
}

long uring_timeout(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	unsigned long flags;

	spin_lock_irqsave(&ring->lock, flags);
	req->timeout.since = ring->events;
	req->waits = WAITS_TIME;
	list_add_tail(&req->timeout.node, &ring->timeouts);
	hrtimer_start(&req->timeout.timer, req->timeout.expires, HRTIMER_MODE_ABS);
	spin_unlock_irqrestore(&ring->lock, flags);
	return URING_PENDING;
}

int uring_timeout_remove_prep(struct uring_req *req)
{
	const struct io_uring_sqe *sqe = &req->sqe;

	if (sqe->flags & IOSQE_FIXED_FILE || sqe->addr3 || sqe->__pad2[0] || sqe->buf_index ||
	    sqe->len || sqe->splice_fd_in)
		return -EINVAL;
	if (!(sqe->timeout_flags & IORING_TIMEOUT_UPDATE_MASK))
		return sqe->timeout_flags ? -EINVAL : 0;
	/* There are no linked timeouts whose time could be changed. */
	if (bad_clock(sqe->timeout_flags) ||
	    sqe->timeout_flags & ~(IORING_TIMEOUT_UPDATE | IORING_TIMEOUT_ABS))
		return -EINVAL;
	return get_time(req, sqe->addr2, sqe->timeout_flags);
}

/* ring->lock held. */
static struct uring_req *find_timeout(struct io_ring *ring, u64 user_data)
{
	struct uring_req *req;

	list_for_each_entry(req, &ring->timeouts, timeout.node)
		if (req->sqe.user_data == user_data)
			return req;
	return NULL;
}

/* -EALREADY: its time has just come. */
static int change_timeout(struct uring_req *req, u64 expires)
{
	if (hrtimer_try_to_cancel(&req->timeout.timer) < 0)
		return -EALREADY;
	req->timeout.count = 0;
	hrtimer_start(&req->timeout.timer, expires, HRTIMER_MODE_ABS);
	return 0;
}

long uring_timeout_remove(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	struct uring_req *other;
	unsigned long flags;
	long ret = 0;

	spin_lock_irqsave(&ring->lock, flags);
	other = find_timeout(ring, req->sqe.addr);
	if (!other)
		ret = -ENOENT;
	else if (req->sqe.timeout_flags & IORING_TIMEOUT_UPDATE)
		ret = change_timeout(other, req->timeout.expires);
	else
		uring_end_timeout(other, -ECANCELED);
	spin_unlock_irqrestore(&ring->lock, flags);
	return ret;
}

/* ---------------------------------------------------------------- cancelling by description */

#define CANCEL_ALL   (IORING_ASYNC_CANCEL_ALL | IORING_ASYNC_CANCEL_ANY)
#define CANCEL_FLAGS (CANCEL_ALL | IORING_ASYNC_CANCEL_FD | IORING_ASYNC_CANCEL_FD_FIXED)

int uring_cancel_prep(struct uring_req *req)
{
	const struct io_uring_sqe *sqe = &req->sqe;
	u32 flags = sqe->cancel_flags;

	if (sqe->off || sqe->splice_fd_in || flags & ~CANCEL_FLAGS)
		return -EINVAL;
	if (flags & IORING_ASYNC_CANCEL_FD && flags & IORING_ASYNC_CANCEL_ANY)
		return -EINVAL;
	if (flags & IORING_ASYNC_CANCEL_FD) {
		if (sqe->flags & IOSQE_FIXED_FILE || flags & IORING_ASYNC_CANCEL_FD_FIXED)
			req->file = uring_fixed_file(req->ring, (unsigned int)sqe->fd);
		else
			req->file = fget((unsigned int)sqe->fd);
	}
	return 0;
}

static bool is_meant(const struct uring_req *req, const struct uring_req *other)
{
	u32 flags = req->sqe.cancel_flags;

	if (other == req || (other->waits != WAITS_POLL && other->waits != WAITS_TIME))
		return false;
	if (other->waits == WAITS_POLL && other->poll.cancelled)
		return false;
	if (flags & IORING_ASYNC_CANCEL_ANY)
		return true;
	if (flags & IORING_ASYNC_CANCEL_FD)
		return other->file == req->file;
	return other->sqe.user_data == req->sqe.addr;
}

long uring_async_cancel(struct uring_req *req)
{
	struct io_ring *ring = req->ring;
	struct uring_req *other;
	unsigned long flags;
	long nr = 0;

	if (req->sqe.cancel_flags & IORING_ASYNC_CANCEL_FD && !req->file)
		return -EBADF;
	spin_lock_irqsave(&ring->lock, flags);
	list_for_each_entry(other, &ring->requests, node) {
		if (!is_meant(req, other))
			continue;
		uring_cancel(other);
		nr++;
		if (!(req->sqe.cancel_flags & CANCEL_ALL))
			break;
	}
	spin_unlock_irqrestore(&ring->lock, flags);
	if (req->sqe.cancel_flags & CANCEL_ALL)
		return nr;
	return nr ? 0 : -ENOENT;
}
