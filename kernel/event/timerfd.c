// SPDX-License-Identifier: MIT
/*
 * timerfd: a timer whose expiries are read as numbers.
 *
 * The timer runs by ktime_get().  Where the program gave a time of day, the distance to that changes
 * when somebody sets the clock: all such are in a list, and are started anew then.  One with an
 * interval is started again only when somebody asks, so that a short one costs nothing meanwhile.
 *
 * Locks: list_lock, then a timer's wqh.lock, with interrupts off.
 */
#include <linux/time.h>
#include <linux/timerfd.h>

#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/event/clock.h"
#include "kernel/event/deadline.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/signal/errno.h"
#include "kernel/time/hrtimer.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define SETTIME_FLAGS (TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)

struct timerfd_ctx {
	struct hrtimer timer;
	wait_queue_head_t wqh;
	struct list_head link; /* in by_wall_clock, or empty; list_lock */
	int clockid;

	/* wqh.lock. */
	u64 expires;	/* ns of ktime_get(); 0: it is not set */
	u64 interval;	/* ns, or 0 */
	u64 ticks;	/* not read yet */
	bool expired;	/* and not started again */
	bool cancel;	/* a read is to fail when the clock is set */
	bool cancelled; /* it was */
	int flags;	/* the last settime's */
};

static LIST_HEAD(by_wall_clock);
static DEFINE_SPINLOCK(list_lock);

static const struct file_operations timerfd_fops;

static enum hrtimer_restart timerfd_strike(struct hrtimer *timer)
{
	struct timerfd_ctx *ctx = container_of(timer, struct timerfd_ctx, timer);
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	ctx->expired = true;
	WRITE_ONCE(ctx->ticks, ctx->ticks + 1);
	wake_up_locked_poll(&ctx->wqh, EPOLLIN);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return HRTIMER_NORESTART;
}

/* The next expiry of the interval after now, and how many there were up to it.  With the lock. */
static u64 forward(struct timerfd_ctx *ctx)
{
	u64 now = ktime_get(), n;

	if (now < ctx->expires)
		return 0;
	n = (now - ctx->expires) / ctx->interval + 1;
	ctx->expires += n * ctx->interval;
	return n;
}

/* One that struck and has an interval goes on; what it has missed is counted.  With the lock. */
static u64 catch_up(struct timerfd_ctx *ctx)
{
	u64 missed;

	if (!ctx->expired || !ctx->interval)
		return 0;
	missed = forward(ctx);
	hrtimer_start(&ctx->timer, ctx->expires, HRTIMER_MODE_ABS);
	ctx->expired = false;
	return missed ? missed - 1 : 0;
}

static void remaining(const struct timerfd_ctx *ctx, struct __kernel_itimerspec *its)
{
	u64 now = ktime_get(), left = ctx->expires > now ? ctx->expires - now : 0;

	its->it_value = ns_to_kernel_timespec(left);
	its->it_interval = ns_to_kernel_timespec(ctx->interval);
}

/* ---------------------------------------------------------------- the clock was set */

void timerfd_clock_was_set(s64 step)
{
	struct timerfd_ctx *ctx;
	unsigned long flags;

	spin_lock_irqsave(&list_lock, flags);
	list_for_each_entry(ctx, &by_wall_clock, link) {
		spin_lock(&ctx->wqh.lock);
		if (ctx->expires)
			ctx->expires = (s64)ctx->expires > step ?
					       min(ctx->expires - (u64)step, KTIME_MAX) :
					       1;
		if (ctx->expires && !ctx->expired)
			hrtimer_start(&ctx->timer, ctx->expires, HRTIMER_MODE_ABS);
		if (ctx->cancel) {
			ctx->cancelled = true;
			WRITE_ONCE(ctx->ticks, ctx->ticks + 1);
			wake_up_locked_poll(&ctx->wqh, EPOLLIN);
		}
		spin_unlock(&ctx->wqh.lock);
	}
	spin_unlock_irqrestore(&list_lock, flags);
}

/* Somebody set the clock since the last look, and the program wanted to know.  With the lock. */
static bool was_cancelled(struct timerfd_ctx *ctx)
{
	bool was = ctx->cancel && ctx->cancelled;

	if (was)
		ctx->cancelled = false;
	return was;
}

/* ---------------------------------------------------------------- the file */

static int timerfd_release(struct inode *inode, struct file *file)
{
	struct timerfd_ctx *ctx = file->private_data;
	unsigned long flags;

	(void)inode;
	spin_lock_irqsave(&list_lock, flags);
	list_del_init(&ctx->link);
	spin_unlock_irqrestore(&list_lock, flags);
	hrtimer_cancel(&ctx->timer);
	kfree(ctx);
	return 0;
}

static __poll_t timerfd_poll(struct file *file, poll_table *wait)
{
	struct timerfd_ctx *ctx = file->private_data;

	poll_wait(file, &ctx->wqh, wait);
	return READ_ONCE(ctx->ticks) ? EPOLLIN : 0;
}

/* What a reader gets: 0: nothing yet. */
static int take_ticks(struct timerfd_ctx *ctx, u64 *ticks)
{
	unsigned long flags;
	int err = 0;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	*ticks = 0;
	if (was_cancelled(ctx)) {
		err = -ECANCELED;
		ctx->expired = false;
	} else if (ctx->ticks) {
		*ticks = ctx->ticks + catch_up(ctx);
		ctx->expired = false;
	}
	WRITE_ONCE(ctx->ticks, 0);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	return err;
}

static ssize_t timerfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct timerfd_ctx *ctx = iocb->ki_filp->private_data;
	bool wait = !(iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT);
	u64 ticks;
	int err, signal = 0;

	if (iov_iter_count(to) < sizeof(ticks))
		return -EINVAL;
	for (;;) {
		if (wait)
			signal = wait_event_interruptible(ctx->wqh, READ_ONCE(ctx->ticks));
		err = take_ticks(ctx, &ticks);
		if (err || ticks)
			break;
		if (signal || !wait)
			return signal ? signal : -EAGAIN;
	}
	if (err)
		return err;
	return copy_to_iter(&ticks, sizeof(ticks), to) == sizeof(ticks) ? (ssize_t)sizeof(ticks) :
									  -EFAULT;
}

static void timerfd_show_fdinfo(struct sink *out, struct file *file)
{
	struct timerfd_ctx *ctx = file->private_data;
	struct __kernel_itimerspec its;
	unsigned long flags;

	spin_lock_irqsave(&ctx->wqh.lock, flags);
	remaining(ctx, &its);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	sink_printf(out, "clockid: %d\nticks: %llu\nsettime flags: 0%o\n", ctx->clockid,
		    (unsigned long long)READ_ONCE(ctx->ticks), (unsigned int)ctx->flags);
	sink_printf(out, "it_value: (%llu, %llu)\nit_interval: (%llu, %llu)\n",
		    (unsigned long long)its.it_value.tv_sec,
		    (unsigned long long)its.it_value.tv_nsec,
		    (unsigned long long)its.it_interval.tv_sec,
		    (unsigned long long)its.it_interval.tv_nsec);
}

static const struct file_operations timerfd_fops = {
	.read_iter = timerfd_read,
	.poll = timerfd_poll,
	.llseek = noop_llseek,
	.release = timerfd_release,
	.show_fdinfo = timerfd_show_fdinfo,
};

/* ---------------------------------------------------------------- the calls */

SYSCALL_DEFINE2(timerfd_create, int, clockid, int, flags)
{
	struct timerfd_ctx *ctx;
	int fd;

	if (flags & ~(TFD_CLOEXEC | TFD_NONBLOCK) ||
	    (clockid != CLOCK_MONOTONIC && clockid != CLOCK_REALTIME &&
	     clockid != CLOCK_REALTIME_ALARM && clockid != CLOCK_BOOTTIME &&
	     clockid != CLOCK_BOOTTIME_ALARM))
		return -EINVAL;
	ctx = kzalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return -ENOMEM;
	hrtimer_init(&ctx->timer, timerfd_strike);
	init_waitqueue_head(&ctx->wqh);
	INIT_LIST_HEAD(&ctx->link);
	ctx->clockid = clockid;
	fd = anon_inode_getfd("[timerfd]", &timerfd_fops, ctx, O_RDWR | flags);
	if (fd < 0)
		kfree(ctx);
	return fd;
}

static int timerfd_fget(int fd, struct fd *f)
{
	*f = fdget((unsigned int)fd);
	if (!f->file)
		return -EBADF;
	if (f->file->f_op == &timerfd_fops)
		return 0;
	fdput(*f);
	return -EINVAL;
}

static bool is_wall_clock(const struct timerfd_ctx *ctx)
{
	return ctx->clockid == CLOCK_REALTIME || ctx->clockid == CLOCK_REALTIME_ALARM;
}

/* Whether it follows the time of day: list_lock and the ctx's are held, interrupts off. */
static void set_cancel(struct timerfd_ctx *ctx, int flags)
{
	bool wall = is_wall_clock(ctx) && flags & TFD_TIMER_ABSTIME;

	list_del_init(&ctx->link);
	if (wall)
		list_add(&ctx->link, &by_wall_clock);
	ctx->cancel = wall && flags & TFD_TIMER_CANCEL_ON_SET;
}

/* In ns of ktime_get(): when `value` is, and 0 where it is 0. */
static u64 expiry(const struct timerfd_ctx *ctx, int flags, u64 value)
{
	u64 now = ktime_get();
	s64 offset;

	if (!value)
		return 0;
	if (!(flags & TFD_TIMER_ABSTIME))
		return value >= KTIME_MAX - now ? KTIME_MAX : now + value;
	if (!is_wall_clock(ctx) || value == KTIME_MAX)
		return value;
	offset = wall_clock_offset();
	return (s64)value > offset ? value - (u64)offset : 1;
}

/* With both locks; the timer does not run. */
static int timerfd_set(struct timerfd_ctx *ctx, int flags, const struct __kernel_itimerspec *its)
{
	u64 value = timespec_to_ns(its->it_value.tv_sec, its->it_value.tv_nsec);

	ctx->expired = false;
	WRITE_ONCE(ctx->ticks, 0);
	ctx->interval = timespec_to_ns(its->it_interval.tv_sec, its->it_interval.tv_nsec);
	ctx->expires = expiry(ctx, flags, value);
	if (value) {
		hrtimer_start(&ctx->timer, ctx->expires, HRTIMER_MODE_ABS);
		if (was_cancelled(ctx))
			return -ECANCELED;
	}
	ctx->flags = flags;
	return 0;
}

/* Its function takes the lock: wait for it without. */
static unsigned long lock_stopped(struct timerfd_ctx *ctx)
{
	unsigned long flags;

	for (;;) {
		spin_lock_irqsave(&list_lock, flags);
		spin_lock(&ctx->wqh.lock);
		if (hrtimer_try_to_cancel(&ctx->timer) >= 0)
			return flags;
		spin_unlock(&ctx->wqh.lock);
		spin_unlock_irqrestore(&list_lock, flags);
		hrtimer_cancel(&ctx->timer);
	}
}

static bool timespec_valid(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && (u64)ts->tv_nsec < NSEC_PER_SEC;
}

SYSCALL_DEFINE4(timerfd_settime, int, fd, int, flags, const struct __kernel_itimerspec __user *,
		utmr, struct __kernel_itimerspec __user *, otmr)
{
	struct __kernel_itimerspec new, old;
	struct timerfd_ctx *ctx;
	unsigned long irq;
	struct fd f;
	int ret;

	if (copy_from_user(&new, utmr, sizeof(new)))
		return -EFAULT;
	if (flags & ~SETTIME_FLAGS || !timespec_valid(&new.it_value) ||
	    !timespec_valid(&new.it_interval))
		return -EINVAL;
	ret = timerfd_fget(fd, &f);
	if (ret)
		return ret;
	ctx = f.file->private_data;
	irq = lock_stopped(ctx);
	set_cancel(ctx, flags);
	if (ctx->expired && ctx->interval)
		forward(ctx);
	remaining(ctx, &old);
	ret = timerfd_set(ctx, flags, &new);
	spin_unlock(&ctx->wqh.lock);
	spin_unlock_irqrestore(&list_lock, irq);
	fdput(f);
	if (!ret && otmr && copy_to_user(otmr, &old, sizeof(old)))
		return -EFAULT;
	return ret;
}

SYSCALL_DEFINE2(timerfd_gettime, int, fd, struct __kernel_itimerspec __user *, otmr)
{
	struct __kernel_itimerspec its;
	struct timerfd_ctx *ctx;
	unsigned long flags;
	struct fd f;
	int ret = timerfd_fget(fd, &f);

	if (ret)
		return ret;
	ctx = f.file->private_data;
	spin_lock_irqsave(&ctx->wqh.lock, flags);
	WRITE_ONCE(ctx->ticks, ctx->ticks + catch_up(ctx));
	remaining(ctx, &its);
	spin_unlock_irqrestore(&ctx->wqh.lock, flags);
	fdput(f);
	return copy_to_user(otmr, &its, sizeof(its)) ? -EFAULT : 0;
}
