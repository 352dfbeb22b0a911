// SPDX-License-Identifier: MIT
/*
 * splice(), tee() and vmsplice(): from and to pipes without the program's memory in between.
 *
 * A page goes from one pipe to the other as it is; all else is copied once: a file's page, which stays in
 * its cache, and what a program shows by vmsplice(), which it may change afterwards.
 */
#include <linux/fcntl.h>

#include "kernel/core/syscall.h"
#include "kernel/event/pipe.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/signal/signal.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define SPLICE_F_NONBLOCK 2
#define SPLICE_F_ALL	  0xf /* the others are hints */

/* How a transfer between pipes, or a pipe and a file, is to be made. */
struct splice {
	size_t len;
	bool nonblock;
	bool keep; /* tee(): what is read stays */
};

/* ---------------------------------------------------------------- waiting */

/* Until there is something: 1; 0: nothing will be; -EAGAIN, -ERESTARTSYS.  The mutex is held, but not meanwhile. */
static int wait_to_read(struct pipe_inode_info *pipe, bool nonblock)
{
	int err;

	while (pipe_empty(pipe)) {
		if (!pipe->writers)
			return 0;
		if (nonblock)
			return -EAGAIN;
		mutex_unlock(&pipe->mutex);
		err = wait_event_interruptible(pipe->rd_wait,
					       !pipe_empty(pipe) || !READ_ONCE(pipe->writers));
		mutex_lock(&pipe->mutex);
		if (err)
			return -ERESTARTSYS;
	}
	return 1;
}

/* Until there is room: 1, or -errno. */
static int wait_to_write(struct pipe_inode_info *pipe, bool nonblock)
{
	int err;

	for (;;) {
		if (!pipe->readers) {
			send_sig(SIGPIPE, current, 0);
			return -EPIPE;
		}
		if (!pipe_full(pipe))
			return 1;
		if (nonblock)
			return -EAGAIN;
		mutex_unlock(&pipe->mutex);
		err = wait_event_interruptible(pipe->wr_wait,
					       !pipe_full(pipe) || !READ_ONCE(pipe->readers));
		mutex_lock(&pipe->mutex);
		if (err)
			return -ERESTARTSYS;
	}
}

/* ---------------------------------------------------------------- a file and a pipe */

/* A page of the file behind what is in the pipe: bytes, 0 at the end, or -errno. */
static ssize_t read_into_pipe(struct file *in, loff_t *pos, struct pipe_inode_info *pipe,
			      size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL);
	ssize_t n;

	if (!page)
		return -ENOMEM;
	n = kernel_read(in, page_address(page), min(len, (size_t)PAGE_SIZE), pos);
	if (n > 0)
		pipe_add_page(pipe, page, (unsigned int)n);
	else
		__free_page(page);
	return n;
}

static ssize_t file_to_pipe(struct file *in, loff_t *pos, struct pipe_inode_info *pipe,
			    const struct splice *s)
{
	ssize_t done = 0, n;

	mutex_lock(&pipe->mutex);
	n = wait_to_write(pipe, s->nonblock);
	while (n > 0 && (size_t)done < s->len && !pipe_full(pipe)) {
		n = read_into_pipe(in, pos, pipe, s->len - (size_t)done);
		done += max(n, (ssize_t)0);
		if (n > 0 && n < (ssize_t)PAGE_SIZE)
			break;
	}
	mutex_unlock(&pipe->mutex);
	if (done)
		pipe_told_readers(pipe);
	return done ?: n;
}

static ssize_t pipe_to_file(struct pipe_inode_info *pipe, struct file *out, loff_t *pos,
			    const struct splice *s)
{
	ssize_t done = 0, n;

	mutex_lock(&pipe->mutex);
	n = wait_to_read(pipe, s->nonblock);
	while (n > 0 && (size_t)done < s->len && !pipe_empty(pipe)) {
		struct pipe_buffer *buf = pipe_buffer(pipe, pipe->tail);
		size_t len = min((size_t)buf->len, s->len - (size_t)done);

		n = kernel_write(out, page_address(buf->page) + buf->offset, len, pos);
		if (n > 0)
			pipe_consume(pipe, (unsigned int)n);
		done += max(n, (ssize_t)0);
		if (n < (ssize_t)len)
			break;
	}
	mutex_unlock(&pipe->mutex);
	if (done)
		pipe_told_writers(pipe);
	return done ?: n;
}

/* ---------------------------------------------------------------- two pipes */

/* Nobody waits for the second with the first in his hand: another may go the opposite way. */
static void lock_both(struct pipe_inode_info *a, struct pipe_inode_info *b)
{
	mutex_lock(&a->mutex);
	while (!mutex_trylock(&b->mutex)) {
		struct pipe_inode_info *first = a;

		mutex_unlock(&a->mutex);
		a = b;
		b = first;
		mutex_lock(&a->mutex);
	}
}

static void unlock_both(struct pipe_inode_info *a, struct pipe_inode_info *b)
{
	mutex_unlock(&a->mutex);
	mutex_unlock(&b->mutex);
}

/* Some bytes of the buffer on a page of their own, behind what is in the pipe: 0 or -ENOMEM. */
static int copy_buffer(struct pipe_inode_info *to, const struct pipe_buffer *buf, size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), page_address(buf->page) + buf->offset, len);
	pipe_add_page(to, page, (unsigned int)len);
	return 0;
}

/* Both locks are held: bytes, or -ENOMEM. */
static ssize_t move_buffers(struct pipe_inode_info *from, struct pipe_inode_info *to,
			    const struct splice *s)
{
	unsigned int at = from->tail;
	size_t done = 0;

	while (done < s->len && at != from->head && !pipe_full(to)) {
		const struct pipe_buffer *buf = pipe_buffer(from, at);
		size_t len = min((size_t)buf->len, s->len - done);

		if (!s->keep && len == buf->len)
			pipe_move_first(from, to);
		else if (copy_buffer(to, buf, len))
			return done ? (ssize_t)done : -ENOMEM;
		else if (!s->keep)
			pipe_consume(from, (unsigned int)len);
		done += len;
		at = s->keep ? at + 1 : from->tail;
	}
	return (ssize_t)done;
}

/* 1: there is something in the one and room in the other, most likely. */
static int wait_for_both(struct pipe_inode_info *from, struct pipe_inode_info *to, bool nonblock)
{
	int ret;

	mutex_lock(&from->mutex);
	ret = wait_to_read(from, nonblock);
	mutex_unlock(&from->mutex);
	if (ret <= 0)
		return ret;
	mutex_lock(&to->mutex);
	ret = wait_to_write(to, nonblock);
	mutex_unlock(&to->mutex);
	return ret;
}

static ssize_t pipe_to_pipe(struct pipe_inode_info *from, struct pipe_inode_info *to,
			    const struct splice *s)
{
	ssize_t n;

	do {
		n = wait_for_both(from, to, s->nonblock);
		if (n <= 0)
			return n;
		lock_both(from, to);
		n = to->readers ? move_buffers(from, to, s) : 0;
		unlock_both(from, to);
	} while (!n);
	if (n > 0)
		pipe_told_readers(to);
	if (n > 0 && !s->keep)
		pipe_told_writers(from);
	return n;
}

/* ---------------------------------------------------------------- the calls */

static long check_offsets(const struct file *in, const loff_t __user *off_in,
			  const struct file *out, const loff_t __user *off_out)
{
	bool from = pipe_of(in), to = pipe_of(out);

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!from && !to)
		return -EINVAL;
	if ((from && off_in) || (to && off_out))
		return -ESPIPE;
	if (from && to)
		return pipe_of(in) == pipe_of(out) ? -EINVAL : 0;
	if (from && off_out && !(out->f_mode & FMODE_PWRITE))
		return -EINVAL;
	if (from && (out->f_flags & O_APPEND || !(out->f_mode & FMODE_CAN_WRITE)))
		return -EINVAL;
	if (to && ((off_in && !(in->f_mode & FMODE_PREAD)) || !(in->f_mode & FMODE_CAN_READ)))
		return -EINVAL;
	return 0;
}

static long do_splice(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos,
		      struct splice *s)
{
	struct pipe_inode_info *from = pipe_of(in), *to = pipe_of(out);

	s->nonblock |= (from && in->f_flags & O_NONBLOCK) || (to && out->f_flags & O_NONBLOCK);
	if (from && to)
		return pipe_to_pipe(from, to, s);
	return from ? pipe_to_file(from, out, out_pos, s) : file_to_pipe(in, in_pos, to, s);
}

/* At a place of the program's choice, or the file's own, which moves on. */
static long splice_at(struct file *in, loff_t __user *off_in, struct file *out,
		      loff_t __user *off_out, struct splice *s)
{
	struct file *file = pipe_of(in) ? out : in;
	loff_t __user *off = pipe_of(in) ? off_out : off_in;
	loff_t own = 0, *pos = off ? &own : file->f_mode & FMODE_STREAM ? NULL : &file->f_pos;
	long ret;

	if (off && copy_from_user(&own, off, sizeof(own)))
		return -EFAULT;
	if (own < 0)
		return -EINVAL;
	ret = do_splice(in, pos, out, pos, s);
	if (ret >= 0 && off && copy_to_user(off, &own, sizeof(own)))
		ret = -EFAULT;
	return ret;
}

SYSCALL_DEFINE6(splice, int, fd_in, loff_t __user *, off_in, int, fd_out, loff_t __user *, off_out,
		size_t, len, unsigned int, flags)
{
	struct splice s = { .len = min(len, (size_t)MAX_RW_COUNT),
			    .nonblock = flags & SPLICE_F_NONBLOCK };
	struct fd in, out;
	long ret = -EBADF;

	if (!len)
		return 0;
	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	in = fdget((unsigned int)fd_in);
	out = fdget((unsigned int)fd_out);
	if (in.file && out.file)
		ret = check_offsets(in.file, off_in, out.file, off_out);
	if (!ret)
		ret = splice_at(in.file, off_in, out.file, off_out, &s);
	if (in.file)
		fdput(in);
	if (out.file)
		fdput(out);
	return ret;
}

static long do_tee(struct file *in, struct file *out, struct splice *s)
{
	struct pipe_inode_info *from = pipe_of(in), *to = pipe_of(out);

	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!from || !to || from == to)
		return -EINVAL;
	s->nonblock |= (in->f_flags | out->f_flags) & O_NONBLOCK;
	return pipe_to_pipe(from, to, s);
}

SYSCALL_DEFINE4(tee, int, fd_in, int, fd_out, size_t, len, unsigned int, flags)
{
	struct splice s = { .len = min(len, (size_t)MAX_RW_COUNT),
			    .nonblock = flags & SPLICE_F_NONBLOCK,
			    .keep = true };
	struct fd in, out;
	long ret = -EBADF;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	if (!len)
		return 0;
	in = fdget((unsigned int)fd_in);
	out = fdget((unsigned int)fd_out);
	if (in.file && out.file)
		ret = do_tee(in.file, out.file, &s);
	if (in.file)
		fdput(in);
	if (out.file)
		fdput(out);
	return ret;
}

static long do_vmsplice(struct file *file, const struct iovec __user *uvec, unsigned long n,
			bool nonblock)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	bool write = file->f_mode & FMODE_WRITE;
	struct iov_iter iter;
	struct kiocb kiocb;
	long ret;

	if (!pipe_of(file))
		return -EBADF;
	if (n > UIO_MAXIOV)
		return -EINVAL;
	ret = import_iovec(write, uvec, (unsigned int)n, UIO_FASTIOV, &iov, &iter);
	if (ret <= 0)
		return ret;
	init_sync_kiocb(&kiocb, file);
	if (nonblock)
		kiocb.ki_flags |= IOCB_NOWAIT;
	ret = write ? vfs_iter_write(file, &kiocb, &iter) : vfs_iter_read(file, &kiocb, &iter);
	kfree(iov);
	return ret;
}

SYSCALL_DEFINE4(vmsplice, int, fd, const struct iovec __user *, uvec, unsigned long, n,
		unsigned int, flags)
{
	struct fd f;
	long ret;

	if (flags & ~SPLICE_F_ALL)
		return -EINVAL;
	f = fdget((unsigned int)fd);
	if (!f.file)
		return -EBADF;
	ret = do_vmsplice(f.file, uvec, n, flags & SPLICE_F_NONBLOCK);
	fdput(f);
	return ret;
}
