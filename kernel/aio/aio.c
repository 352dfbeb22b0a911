// SPDX-License-Identifier: MIT
/*
 * Requests of asynchronous I/O: from io_submit() to their events.
 *
 * A read or write is begun by the thread that submits it.  What the file does at once has its event
 * at once; a file that says -EIOCBQUEUED (direct I/O) has it when the device is done, in an
 * interrupt.  fsync() runs in a worker.  A poll waits in the file's queue, and is the only one that
 * io_cancel() can end.
 */
#include "kernel/aio/aio.h"

#include "drivers/block/bio.h"
#include "kernel/core/syscall.h"
#include "kernel/event/eventfd.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/workqueue.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define KIOCB_KEY      0 /* what the kernel writes into a program's aio_key */
#define PLUG_THRESHOLD 2 /* of more requests the devices are told at once */

struct aio_poll {
	wait_queue_head_t *head; /* it waits there */
	wait_queue_entry_t wait;
	__poll_t events;
	__poll_t woken; /* what its queue said has happened: told as it is, as Linux does */
	bool early; /* its queue was woken before it could be cancelled, under the queue's lock */
	bool cancelled;
	bool over; /* it is in no queue and no list any more */
};

struct aio_kiocb {
	union {
		struct kiocb rw;
		bool datasync;
		struct aio_poll poll;
	};
	struct work_struct work; /* fsync's and poll's */
	struct kioctx *ctx;
	struct file *file;
	struct eventfd_ctx *eventfd; /* NULL: none */
	struct io_event event;
	struct list_head active; /* a poll's: of those that can be cancelled */
};

/* All of it is over.  Any context. */
static void aio_complete(struct aio_kiocb *req, long res)
{
	struct eventfd_ctx *eventfd = req->eventfd;

	/* Restarting would begin it anew: nobody is there who could. */
	if (res == -ERESTARTSYS || res == -ERESTARTNOINTR || res == -ERESTARTNOHAND ||
	    res == -ERESTART_RESTARTBLOCK)
		res = -EINTR;
	req->event.res = res;
	fput(req->file);
	if (eventfd)
		eventfd_signal(eventfd);
	aio_end(req->ctx, &req->event);
	if (eventfd)
		eventfd_ctx_put(eventfd);
	kfree(req);
}

/* ---------------------------------------------------------------- reads and writes */

static void aio_complete_rw(struct kiocb *iocb, long res)
{
	aio_complete(container_of(iocb, struct aio_kiocb, rw), res);
}

static int aio_prep_rw(struct aio_kiocb *req, const struct iocb *iocb)
{
	int ret;

	init_sync_kiocb(&req->rw, req->file);
	req->rw.ki_complete = aio_complete_rw;
	req->rw.ki_pos = iocb->aio_offset;
	ret = kiocb_set_rw_flags(&req->rw, iocb->aio_rw_flags);
	req->rw.ki_flags &= ~IOCB_HIPRI; /* nobody polls for its end */
	return ret;
}

static int aio_import(struct iov_iter *iter, struct iovec **iov, const struct iocb *iocb,
		      int direction, bool vectored)
{
	void __user *buf = (void __user *)iocb->aio_buf;
	ssize_t ret;

	if (!vectored) {
		*iov = NULL;
		return import_ubuf(direction, buf, iocb->aio_nbytes, iter);
	}
	ret = import_iovec(direction, buf, (unsigned int)iocb->aio_nbytes, UIO_FASTIOV, iov, iter);
	return ret < 0 ? (int)ret : 0;
}

/* 0: it was begun, and its event comes or has come; else an errno and it was not. */
static int aio_rw(struct aio_kiocb *req, const struct iocb *iocb, int direction, bool vectored)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	bool write = direction == ITER_SOURCE;
	ssize_t res;
	int ret = aio_prep_rw(req, iocb);

	if (ret)
		return ret;
	if (!(req->file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	if (!(write ? (void *)req->file->f_op->write_iter : (void *)req->file->f_op->read_iter))
		return -EINVAL;
	ret = aio_import(&iter, &iov, iocb, direction, vectored);
	if (ret)
		return ret;
	ret = rw_verify_area(req->file, &req->rw.ki_pos, iov_iter_count(&iter));
	if (!ret) {
		res = write ? req->file->f_op->write_iter(&req->rw, &iter) :
			      req->file->f_op->read_iter(&req->rw, &iter);
		if (res != -EIOCBQUEUED)
			aio_complete(req, res);
	}
	kfree(iov);
	return ret;
}

/* ---------------------------------------------------------------- fsync */

static void aio_fsync_work(struct work_struct *work)
{
	struct aio_kiocb *req = container_of(work, struct aio_kiocb, work);

	aio_complete(req, vfs_fsync_range(req->file, 0, MAX_LFS_FILESIZE, req->datasync));
}

static int aio_fsync(struct aio_kiocb *req, const struct iocb *iocb, bool datasync)
{
	if (iocb->aio_buf || iocb->aio_offset || iocb->aio_nbytes || iocb->aio_rw_flags)
		return -EINVAL;
	if (!req->file->f_op->fsync)
		return -EINVAL;
	req->datasync = datasync;
	INIT_WORK(&req->work, aio_fsync_work);
	queue_work(&system_unbound_wq, &req->work);
	return 0;
}

/* ---------------------------------------------------------------- polls */

/*
 * io_submit() puts a poll into the file's queue: what happens from then on wakes it.  All that touches it
 * afterwards happens in its work, one run at a time: wake-ups and io_cancel() only have it run.
 */
static int aio_poll_wake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct aio_kiocb *req = container_of(wait, struct aio_kiocb, poll.wait);
	__poll_t mask = key_to_poll(key);

	(void)mode;
	(void)flags;
	if (mask & req->poll.events)
		WRITE_ONCE(req->poll.woken, mask);
	if (mask && !(mask & req->poll.events))
		return 1;
	if (list_empty(&req->active))
		req->poll.early = true;
	else
		queue_work(&system_unbound_wq, &req->work);
	return 1;
}

struct aio_poll_table {
	struct poll_table_struct table;
	struct aio_poll *poll;
};

static void aio_poll_queue(struct file *file, wait_queue_head_t *head, poll_table *table)
{
	struct aio_poll *poll = container_of(table, struct aio_poll_table, table)->poll;

	(void)file;
	if (poll->head)
		return;
	poll->head = head;
	add_wait_queue(head, &poll->wait);
}

static __poll_t aio_poll_look(struct aio_kiocb *req, poll_queue_proc proc)
{
	struct aio_poll_table table = { .poll = &req->poll };

	init_poll_funcptr(&table.table, proc);
	table.table._key = req->poll.events;
	return vfs_poll(req->file, &table.table) & req->poll.events;
}

/* True: there is something to tell. */
static bool aio_poll_is_over(struct aio_kiocb *req)
{
	if (READ_ONCE(req->poll.cancelled))
		return true;
	req->event.res = (__force s64)READ_ONCE(req->poll.woken);
	if (!req->event.res)
		req->event.res = (__force s64)aio_poll_look(req, NULL);
	return req->event.res;
}

static void aio_poll_work(struct work_struct *work)
{
	struct aio_kiocb *req = container_of(work, struct aio_kiocb, work);
	unsigned long flags;

	if (!req->poll.over && !aio_poll_is_over(req))
		return;
	remove_wait_queue(req->poll.head, &req->poll.wait);
	spin_lock_irqsave(&req->ctx->completion_lock, flags);
	list_del_init(&req->active);
	spin_unlock_irqrestore(&req->ctx->completion_lock, flags);
	req->poll.over = true;
	/* Nobody can have it run any more; who did so a moment ago has it run once again. */
	if (!work_pending(work))
		aio_complete(req, req->event.res);
}

/* From now on its work may run, end it and free it: early wake-ups are made up for under both locks. */
static void aio_poll_begin(struct aio_kiocb *req)
{
	wait_queue_head_t *head = req->poll.head;
	struct kioctx *ctx = req->ctx;
	unsigned long flags;

	spin_lock_irqsave(&ctx->completion_lock, flags);
	spin_lock(&head->lock);
	list_add_tail(&req->active, &ctx->active);
	if (req->poll.early)
		queue_work(&system_unbound_wq, &req->work);
	spin_unlock(&head->lock);
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
}

static int aio_poll(struct aio_kiocb *req, const struct iocb *iocb)
{
	__poll_t mask;

	if ((u16)iocb->aio_buf != iocb->aio_buf || iocb->aio_offset || iocb->aio_nbytes ||
	    iocb->aio_rw_flags || !file_can_poll(req->file))
		return -EINVAL;
	req->poll = (struct aio_poll){ .events = (__force __poll_t)(u32)iocb->aio_buf | EPOLLERR |
						 EPOLLHUP };
	init_waitqueue_func_entry(&req->poll.wait, aio_poll_wake);
	INIT_WORK(&req->work, aio_poll_work);
	INIT_LIST_HEAD(&req->active);
	mask = aio_poll_look(req, aio_poll_queue);
	if (!mask && !req->poll.head)
		return -EINVAL; /* nothing ever happens to this file */
	if (!mask) {
		aio_poll_begin(req);
		return 0;
	}
	if (req->poll.head)
		remove_wait_queue(req->poll.head, &req->poll.wait);
	aio_complete(req, (__force long)mask);
	return 0;
}

/* With the lock held it is in the list, and so lives. */
static void cancel_poll(struct aio_kiocb *req)
{
	WRITE_ONCE(req->poll.cancelled, true);
	queue_work(&system_unbound_wq, &req->work);
}

void aio_cancel_all(struct kioctx *ctx)
{
	struct aio_kiocb *req;
	unsigned long flags;

	spin_lock_irqsave(&ctx->completion_lock, flags);
	list_for_each_entry(req, &ctx->active, active)
		cancel_poll(req);
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
}

/* ---------------------------------------------------------------- calls */

static int begin_request(struct aio_kiocb *req, const struct iocb *iocb)
{
	switch (iocb->aio_lio_opcode) {
	case IOCB_CMD_PREAD:
		return aio_rw(req, iocb, ITER_DEST, false);
	case IOCB_CMD_PWRITE:
		return aio_rw(req, iocb, ITER_SOURCE, false);
	case IOCB_CMD_PREADV:
		return aio_rw(req, iocb, ITER_DEST, true);
	case IOCB_CMD_PWRITEV:
		return aio_rw(req, iocb, ITER_SOURCE, true);
	case IOCB_CMD_FSYNC:
		return aio_fsync(req, iocb, false);
	case IOCB_CMD_FDSYNC:
		return aio_fsync(req, iocb, true);
	case IOCB_CMD_POLL:
		return aio_poll(req, iocb);
	default:
		return -EINVAL;
	}
}

/* What it holds besides its place in the context: 0 or an errno, and free_request() lets go. */
static int fill_request(struct aio_kiocb *req, const struct iocb *iocb, struct iocb __user *uiocb)
{
	struct eventfd_ctx *eventfd;

	req->event = (struct io_event){ .data = iocb->aio_data, .obj = (u64)(unsigned long)uiocb };
	req->file = fget(iocb->aio_fildes);
	if (!req->file)
		return -EBADF;
	if (iocb->aio_flags & IOCB_FLAG_RESFD) {
		eventfd = eventfd_ctx_fdget((int)iocb->aio_resfd);
		if (IS_ERR(eventfd))
			return (int)PTR_ERR(eventfd);
		req->eventfd = eventfd;
	}
	return put_user(KIOCB_KEY, &uiocb->aio_key) ? -EFAULT : 0;
}

static void free_request(struct aio_kiocb *req)
{
	if (req->eventfd)
		eventfd_ctx_put(req->eventfd);
	if (req->file)
		fput(req->file);
	kfree(req);
}

static int submit_one(struct kioctx *ctx, struct iocb __user *uiocb)
{
	struct aio_kiocb *req;
	struct iocb iocb;
	int ret;

	if (copy_from_user(&iocb, uiocb, sizeof(iocb)))
		return -EFAULT;
	if (iocb.aio_reserved2 || (s64)iocb.aio_nbytes < 0)
		return -EINVAL;
	if (!aio_begin(ctx))
		return -EAGAIN;
	req = kzalloc(sizeof(*req), GFP_KERNEL);
	ret = req ? 0 : -EAGAIN;
	if (!ret) {
		req->ctx = ctx;
		ret = fill_request(req, &iocb, uiocb);
		if (!ret)
			ret = begin_request(req, &iocb);
		if (ret)
			free_request(req);
	}
	if (ret)
		aio_abort(ctx);
	return ret;
}

SYSCALL_DEFINE3(io_submit, aio_context_t, ctx_id, long, nr, struct iocb __user *__user *, iocbpp)
{
	struct kioctx *ctx;
	struct iocb __user *uiocb;
	struct blk_plug plug;
	long i, ret = 0;

	if (nr < 0)
		return -EINVAL;
	ctx = lookup_ioctx(ctx_id);
	if (!ctx)
		return -EINVAL;
	nr = min(nr, (long)ctx->nr);
	if (nr > PLUG_THRESHOLD)
		blk_start_plug(&plug);
	for (i = 0; i < nr && !ret; i++) {
		ret = get_user(uiocb, iocbpp + i) ? -EFAULT : submit_one(ctx, uiocb);
		if (ret)
			break;
	}
	if (nr > PLUG_THRESHOLD)
		blk_finish_plug(&plug);
	put_ioctx(ctx);
	return i ? i : ret;
}

SYSCALL_DEFINE3(io_cancel, aio_context_t, ctx_id, struct iocb __user *, uiocb,
		struct io_event __user *, result)
{
	struct aio_kiocb *req;
	struct kioctx *ctx;
	unsigned long flags;
	long ret = -EINVAL;
	u32 key;

	(void)result; /* its event comes by the ring */
	if (get_user(key, &uiocb->aio_key))
		return -EFAULT;
	if (key != KIOCB_KEY)
		return -EINVAL;
	ctx = lookup_ioctx(ctx_id);
	if (!ctx)
		return -EINVAL;
	spin_lock_irqsave(&ctx->completion_lock, flags);
	list_for_each_entry(req, &ctx->active, active)
		if (ret && req->event.obj == (u64)(unsigned long)uiocb) {
			cancel_poll(req);
			ret = -EINPROGRESS;
			break;
		}
	spin_unlock_irqrestore(&ctx->completion_lock, flags);
	put_ioctx(ctx);
	return ret;
}
