// SPDX-License-Identifier: MIT
/* eventfd(): a number that writers add to and readers take, all of it or one at a time. */

#include "kernel/event/eventfd.h"
#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"

/* The ABI's; no header of it has them but glibc's. */
#define EFD_SEMAPHORE 1
#define EFD_CLOEXEC   O_CLOEXEC
#define EFD_NONBLOCK  O_NONBLOCK

#define COUNT_MAX (~0ULL) /* an overflow, which only the kernel brings about; programs stay below */

struct eventfd_ctx {
	u32 usage; /* atomic */
	wait_queue_head_t wqh;
	u64 count; /* wqh.lock */
	unsigned int flags;
	unsigned int id; /* in /proc/PID/fdinfo */
};

static u32 next_id; /* atomic */

static void eventfd_put(struct eventfd_ctx *ctx)
{
	if (!__atomic_sub_fetch(&ctx->usage, 1, __ATOMIC_ACQ_REL))
		kfree(ctx);
}

static int eventfd_release(struct inode *inode, struct file *file)
{
	struct eventfd_ctx *ctx = file->private_data;

	(void)inode;
	wake_up_poll(&ctx->wqh, EPOLLHUP);
	eventfd_put(ctx);
	return 0;
}

static __poll_t eventfd_poll(struct file *file, poll_table *wait)
{
	struct eventfd_ctx *ctx = file->private_data;
	__poll_t mask = 0;
	u64 count;

	poll_wait(file, &ctx->wqh, wait);
	count = READ_ONCE(ctx->count);
	if (count > 0)
		mask |= EPOLLIN;
	if (count == COUNT_MAX)
		mask |= EPOLLERR;
	if (count < COUNT_MAX - 1)
		mask |= EPOLLOUT;
	return mask;
}

/* What a reader gets, if there is something: *value. */
static bool take(struct eventfd_ctx *ctx, u64 *value)
{
	unsigned long flags;
	bool taken;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	taken = ctx->count > 0;
	if (taken) {
		*value = ctx->flags & EFD_SEMAPHORE ? 1 : ctx->count;
		WRITE_ONCE(ctx->count, ctx->count - *value);
		wake_up_locked_poll(&ctx->wqh, EPOLLOUT);
	}
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return taken;
}

/* Add it, if that leaves it at `most` or below. */
static bool add(struct eventfd_ctx *ctx, u64 value, u64 most)
{
	unsigned long flags;
	bool added;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	added = ctx->count <= most && most - ctx->count >= value;
	if (added) {
		WRITE_ONCE(ctx->count, ctx->count + value);
		wake_up_locked_poll(&ctx->wqh, EPOLLIN);
	}
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return added;
}

static bool may_not_wait(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

static ssize_t eventfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct eventfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 value = 0;

	if (iov_iter_count(to) < sizeof(value))
		return -EINVAL;
	if (!take(ctx, &value)) {
		if (may_not_wait(iocb))
			return -EAGAIN;
		if (wait_event_interruptible(ctx->wqh, take(ctx, &value)))
			return -ERESTARTSYS;
	}
	return copy_to_iter(&value, sizeof(value), to) == sizeof(value) ? (ssize_t)sizeof(value) :
									  -EFAULT;
}

static ssize_t eventfd_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct eventfd_ctx *ctx = iocb->ki_filp->private_data;
	u64 value;

	if (iov_iter_count(from) < sizeof(value))
		return -EINVAL;
	if (copy_from_iter(&value, sizeof(value), from) != sizeof(value))
		return -EFAULT;
	if (value == COUNT_MAX)
		return -EINVAL;
	if (!add(ctx, value, COUNT_MAX - 1)) {
		if (may_not_wait(iocb))
			return -EAGAIN;
		if (wait_event_interruptible(ctx->wqh, add(ctx, value, COUNT_MAX - 1)))
			return -ERESTARTSYS;
	}
	return sizeof(value);
}

static void eventfd_show_fdinfo(struct sink *out, struct file *file)
{
	const struct eventfd_ctx *ctx = file->private_data;

	sink_printf(out, "eventfd-count: %16llx\neventfd-id: %u\n",
		    (unsigned long long)READ_ONCE(ctx->count), ctx->id);
}

static const struct file_operations eventfd_fops = {
	.read_iter = eventfd_read,
	.write_iter = eventfd_write,
	.poll = eventfd_poll,
	.llseek = noop_llseek,
	.release = eventfd_release,
	.show_fdinfo = eventfd_show_fdinfo,
};

static long do_eventfd(unsigned int count, int flags)
{
	struct eventfd_ctx *ctx;
	int fd;

	if (flags & ~(EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	ctx->usage = 1;
	init_waitqueue_head(&ctx->wqh);
	ctx->count = count;
	ctx->flags = (unsigned int)flags;
	ctx->id = __atomic_fetch_add(&next_id, 1, __ATOMIC_RELAXED);
	fd = anon_inode_getfd("[eventfd]", &eventfd_fops, ctx,
			      O_RDWR | (flags & (EFD_CLOEXEC | EFD_NONBLOCK)));
	if (fd < 0)
		eventfd_put(ctx);
	return fd;
}

SYSCALL_DEFINE2(eventfd2, unsigned int, count, int, flags)
{
	return do_eventfd(count, flags);
}

SYSCALL_DEFINE1(eventfd, unsigned int, count)
{
	return do_eventfd(count, 0);
}

/* ---------------------------------------------------------------- for others in the kernel */

struct eventfd_ctx *eventfd_ctx_fdget(int fd)
{
	struct fd f = fdget((unsigned int)fd);
	struct eventfd_ctx *ctx;

	if (!f.file)
		return ERR_PTR(-EBADF);
	if (f.file->f_op == &eventfd_fops) {
		ctx = f.file->private_data;
		__atomic_fetch_add(&ctx->usage, 1, __ATOMIC_RELAXED);
	} else {
		ctx = ERR_PTR(-EINVAL);
	}
	fdput(f);
	return ctx;
}

void eventfd_ctx_put(struct eventfd_ctx *ctx)
{
	eventfd_put(ctx);
}

void eventfd_signal(struct eventfd_ctx *ctx)
{
	add(ctx, 1, COUNT_MAX);
}
