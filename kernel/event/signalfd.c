// SPDX-License-Identifier: MIT
/*
 * signalfd(): signals that are read.  Such a file is a set alone: who reads takes those of its own that
 * are pending, as rt_sigtimedwait() does, whoever made the file.
 */
#include <linux/signalfd.h>

#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/signal/pending.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

struct signalfd_ctx {
	u64 set; /* a word: a look without a lock */
};

/* ---------------------------------------------------------------- what is read */

/* Which part of siginfo means something: sigaction(2), "The siginfo_t argument". */
static void fill_by_code(struct signalfd_siginfo *out, const kernel_siginfo_t *info)
{
	out->ssi_pid = (u32)info->si_pid;
	out->ssi_uid = info->si_uid;
	if (info->si_code < 0) {
		out->ssi_ptr = (u64)info->si_ptr;
		out->ssi_int = info->si_int;
	}
}

static void fill_by_signal(struct signalfd_siginfo *out, const kernel_siginfo_t *info)
{
	switch (info->si_signo) {
	case SIGILL:
	case SIGFPE:
	case SIGSEGV:
	case SIGBUS:
	case SIGTRAP:
		out->ssi_addr = (u64)info->si_addr;
		break;
	case SIGCHLD:
		out->ssi_pid = (u32)info->si_pid;
		out->ssi_uid = info->si_uid;
		out->ssi_status = info->si_status;
		out->ssi_utime = (u64)info->si_utime;
		out->ssi_stime = (u64)info->si_stime;
		break;
	default:
		out->ssi_band = (u32)info->si_band;
		out->ssi_fd = info->si_fd;
	}
}

static void fill(struct signalfd_siginfo *out, const kernel_siginfo_t *info)
{
	*out = (struct signalfd_siginfo){
		.ssi_signo = (u32)info->si_signo,
		.ssi_errno = info->si_errno,
		.ssi_code = info->si_code,
	};
	if (info->si_code == SI_TIMER) {
		out->ssi_tid = (u32)info->si_tid;
		out->ssi_overrun = (u32)info->si_overrun;
		out->ssi_ptr = (u64)info->si_ptr;
		out->ssi_int = info->si_int;
	} else if (info->si_code == SI_SIGIO) {
		out->ssi_band = (u32)info->si_band;
		out->ssi_fd = info->si_fd;
	} else if (info->si_code > SI_USER && info->si_code < SI_KERNEL) {
		fill_by_signal(out, info);
	} else {
		fill_by_code(out, info);
	}
}

static int take(u64 set, kernel_siginfo_t *info)
{
	unsigned long flags;
	int sig;

	spin_lock_irqsave(&current->sighand->siglock, flags);
	sig = dequeue_signal(~set, info);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return sig;
}

static ssize_t signalfd_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct signalfd_ctx *ctx = iocb->ki_filp->private_data;
	bool nonblock = iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
	struct signalfd_siginfo out;
	kernel_siginfo_t info;
	ssize_t done = 0;

	if (iov_iter_count(to) < sizeof(out))
		return -EINVAL;
	while (iov_iter_count(to) >= sizeof(out)) {
		int sig = take(READ_ONCE(ctx->set), &info);

		if (!sig && (done || nonblock))
			return done ?: -EAGAIN;
		if (!sig && wait_event_interruptible(signalfd_wait,
						     (sig = take(READ_ONCE(ctx->set), &info)) != 0))
			return -ERESTARTSYS;
		fill(&out, &info);
		if (copy_to_iter(&out, sizeof(out), to) != sizeof(out))
			return done ?: -EFAULT;
		done += sizeof(out);
	}
	return done;
}

static __poll_t signalfd_poll(struct file *file, poll_table *wait)
{
	struct signalfd_ctx *ctx = file->private_data;
	unsigned long flags;
	bool ready;
	u64 mask;

	poll_wait(file, &signalfd_wait, wait);
	mask = ~READ_ONCE(ctx->set);
	spin_lock_irqsave(&current->sighand->siglock, flags);
	ready = next_signal(&current->pending, mask) ||
		next_signal(&current->signal->shared_pending, mask);
	spin_unlock_irqrestore(&current->sighand->siglock, flags);
	return ready ? EPOLLIN : 0;
}

static int signalfd_release(struct inode *inode, struct file *file)
{
	(void)inode;
	kfree(file->private_data);
	return 0;
}

static void signalfd_show_fdinfo(struct sink *out, struct file *file)
{
	const struct signalfd_ctx *ctx = file->private_data;

	sink_printf(out, "sigmask:\t%016llx\n", (unsigned long long)ctx->set);
}

static const struct file_operations signalfd_fops = {
	.read_iter = signalfd_read,
	.llseek = noop_llseek,
	.poll = signalfd_poll,
	.release = signalfd_release,
	.show_fdinfo = signalfd_show_fdinfo,
};

/* ---------------------------------------------------------------- system calls */

static int make(u64 set, int flags)
{
	struct signalfd_ctx *ctx = kmalloc(sizeof(*ctx), GFP_KERNEL);
	int fd;

	if (!ctx)
		return -ENOMEM;
	ctx->set = set;
	fd = anon_inode_getfd("[signalfd]", &signalfd_fops, ctx, O_RDWR | flags);
	if (fd < 0)
		kfree(ctx);
	return fd;
}

/* The file of that descriptor has another set from now on. */
static int change(int fd, u64 set)
{
	struct fd f = fdget((unsigned int)fd);
	int ret = -EBADF;

	if (f.file && f.file->f_op == &signalfd_fops) {
		struct signalfd_ctx *ctx = f.file->private_data;

		WRITE_ONCE(ctx->set, set);
		wake_up(&signalfd_wait);
		ret = fd;
	} else if (f.file) {
		ret = -EINVAL;
	}
	fdput(f);
	return ret;
}

static int do_signalfd(int fd, const sigset_t __user *uset, size_t size, int flags)
{
	u64 set;

	if (size != sizeof(set))
		return -EINVAL;
	if (copy_from_user(&set, uset, sizeof(set)))
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	set &= ~SIG_KERNEL_ONLY_MASK;
	return fd == -1 ? make(set, flags) : change(fd, set);
}

SYSCALL_DEFINE4(signalfd4, int, fd, const sigset_t __user *, uset, size_t, size, int, flags)
{
	return do_signalfd(fd, uset, size, flags);
}

SYSCALL_DEFINE3(signalfd, int, fd, const sigset_t __user *, uset, size_t, size)
{
	return do_signalfd(fd, uset, size, 0);
}
