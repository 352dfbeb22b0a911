// SPDX-License-Identifier: MIT
/*
 * io_uring: reads, writes and fsync.
 *
 * A file that can be polled is asked for what it can do at once, and else waited for.  One that cannot
 * is read and written as read() would, by the thread that submits: a device calls back for direct I/O,
 * and what remains is memory or a disk's buffered pages.
 */
#include "kernel/aio/uring.h"
#include "kernel/lib/errno.h"
#include "mm/slab.h"

static bool is_fixed(const struct uring_req *req)
{
	return req->sqe.opcode == IORING_OP_READ_FIXED || req->sqe.opcode == IORING_OP_WRITE_FIXED;
}

static bool is_vectored(const struct uring_req *req)
{
	return req->sqe.opcode == IORING_OP_READV || req->sqe.opcode == IORING_OP_WRITEV;
}

static bool is_write(const struct uring_req *req)
{
	switch (req->sqe.opcode) {
	case IORING_OP_WRITEV:
	case IORING_OP_WRITE:
	case IORING_OP_WRITE_FIXED:
		return true;
	default:
		return false;
	}
}

/* A part of a registered buffer, whose pages but the first begin at their beginning. */
static int import_fixed(struct uring_req *req, int direction)
{
	const struct uring_buffer *b = req->buffer;
	u64 addr = req->sqe.addr, len = req->sqe.len;
	size_t skip;

	if (!b || addr < b->start || addr > b->end || len > b->end - addr)
		return -EFAULT;
	skip = PFN_DOWN(addr) - PFN_DOWN(b->start);
	iov_iter_bvec(&req->rw.iter, direction, b->bvec + skip, b->nr_pages - skip, len);
	if (skip)
		req->rw.iter.iov_offset = addr % PAGE_SIZE;
	else
		req->rw.iter.iov_offset = addr - b->start;
	return 0;
}

static int import(struct uring_req *req)
{
	int direction = is_write(req) ? ITER_SOURCE : ITER_DEST;
	void __user *addr = (void __user *)req->sqe.addr;
	ssize_t ret;

	if (is_fixed(req))
		return import_fixed(req, direction);
	if (!is_vectored(req))
		return import_ubuf(direction, addr, req->sqe.len, &req->rw.iter);
	req->rw.iov = req->rw.fast;
	ret = import_iovec(direction, addr, req->sqe.len, UIO_FASTIOV, &req->rw.iov, &req->rw.iter);
	if (ret < 0)
		req->rw.iov = NULL;
	return ret < 0 ? (int)ret : 0;
}

/* Addresses are taken in now, so that the program may use its array anew; what they are worth is told later. */
int uring_rw_prep(struct uring_req *req)
{
	struct io_ring *ring = req->ring;

	if (is_fixed(req)) {
		if (req->sqe.buf_index >= ring->nr_buffers)
			return -EFAULT;
		req->buffer = uring_get_buffer(ring, req->sqe.buf_index);
	}
	req->rw.bad = import(req);
	req->rw.expected = iov_iter_count(&req->rw.iter);
	return ring->chain && is_vectored(req) ? req->rw.bad : 0;
}

static void complete_rw(struct kiocb *kiocb, long res)
{
	uring_complete(container_of(kiocb, struct uring_req, rw.kiocb), res);
}

/* For the file, with its position: 0 or -errno. */
static int prepare_kiocb(struct uring_req *req, fmode_t mode)
{
	struct kiocb *kiocb = &req->rw.kiocb;
	struct file *file = req->file;
	int ret;

	if (req->rw.bad)
		return req->rw.bad;
	if (!(file->f_mode & mode))
		return -EBADF;
	init_sync_kiocb(kiocb, file);
	ret = kiocb_set_rw_flags(kiocb, (int)req->sqe.rw_flags);
	if (ret)
		return ret;
	if (req->ring->flags & IORING_SETUP_IOPOLL)
		return -EOPNOTSUPP; /* no device is polled for its end */
	if (kiocb->ki_flags & IOCB_HIPRI)
		return -EINVAL;
	kiocb->ki_complete = complete_rw;
	kiocb->ki_pos = (loff_t)req->sqe.off;
	if (kiocb->ki_pos == -1)
		kiocb->ki_pos = file->f_mode & FMODE_STREAM ? 0 : file->f_pos;
	return rw_verify_area(file, &kiocb->ki_pos, iov_iter_count(&req->rw.iter));
}

static bool is_ready(struct file *file, __poll_t events)
{
	poll_table table;

	init_poll_funcptr(&table, NULL);
	table._key = events;
	return vfs_poll(file, &table) & (events | EPOLLERR | EPOLLHUP);
}

static ssize_t transfer(struct uring_req *req)
{
	const struct file_operations *fops = req->file->f_op;
	ssize_t (*method)(struct kiocb *, struct iov_iter *) =
		is_write(req) ? fops->write_iter : fops->read_iter;

	if (is_write(req))
		req->rw.kiocb.ki_flags |= IOCB_WRITE;
	return method ? method(&req->rw.kiocb, &req->rw.iter) : -EINVAL;
}

static long do_rw(struct uring_req *req, fmode_t mode, __poll_t events)
{
	struct file *file = req->file;
	bool may_wait;
	long ret = prepare_kiocb(req, mode);

	if (ret)
		return ret;
	may_wait = file_can_poll(file) && !(req->rw.kiocb.ki_flags & IOCB_NOWAIT);
	if (may_wait) {
		if (!is_ready(file, events))
			return uring_wait_for_file(req, events);
		req->rw.kiocb.ki_flags |= IOCB_NOWAIT;
	}
	ret = transfer(req);
	if (ret == -EAGAIN && may_wait)
		return uring_wait_for_file(req, events);
	if (ret >= 0 && req->sqe.off == ~0ULL && !(file->f_mode & FMODE_STREAM))
		file->f_pos = req->rw.kiocb.ki_pos;
	return ret;
}

long uring_read(struct uring_req *req)
{
	return do_rw(req, FMODE_READ, EPOLLIN);
}

long uring_write(struct uring_req *req)
{
	return do_rw(req, FMODE_WRITE, EPOLLOUT);
}

int uring_fsync_prep(struct uring_req *req)
{
	const struct io_uring_sqe *sqe = &req->sqe;

	if (sqe->addr || sqe->buf_index || sqe->splice_fd_in ||
	    sqe->fsync_flags & ~IORING_FSYNC_DATASYNC || (loff_t)sqe->off < 0)
		return -EINVAL;
	return 0;
}

long uring_fsync(struct uring_req *req)
{
	loff_t start = (loff_t)req->sqe.off, end = (loff_t)(req->sqe.off + req->sqe.len);

	return vfs_fsync_range(req->file, start, end > 0 ? end : MAX_LFS_FILESIZE,
			       req->sqe.fsync_flags & IORING_FSYNC_DATASYNC);
}
