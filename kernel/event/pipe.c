// SPDX-License-Identifier: MIT
/*
 * Reading and writing pipes.
 *
 * What is written goes into the page of the last buffer, if it fits there whole, and else into pages
 * of its own; so up to PIPE_BUF bytes, a page, stay together.  A writer who finds the ring full and a
 * reader who finds it empty sleep, one after the other: who is done wakes the next of its kind if
 * there is something left for that one.
 */
#include "kernel/event/pipe.h"

#include <asm/ioctls.h>

#include "kernel/core/syscall.h"
#include "kernel/event/event.h"
#include "kernel/event/poll.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/signal/signal.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define PIPE_SIZE_MAX (1U << 31)
#define STAMPS_HZ     250

static const struct file_operations pipefifo_fops;

static void wake_readers(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_poll(&pipe->rd_wait, EPOLLIN | EPOLLRDNORM);
}

static void wake_writers(struct pipe_inode_info *pipe)
{
	wake_up_interruptible_poll(&pipe->wr_wait, EPOLLOUT | EPOLLWRNORM);
}

/* A stamp of the time is as old as Linux's clock for those may be: a tick.  It costs more than a short read. */
static bool is_stamp_due(const struct pipe_inode_info *pipe, u64 *last)
{
	u64 now = rdtsc();

	if (now - *last < pipe->stamp_ticks)
		return false;
	*last = now;
	return true;
}

/* ---------------------------------------------------------------- the struct */

static struct pipe_inode_info *alloc_pipe_info(void)
{
	struct pipe_inode_info *pipe = kzalloc(sizeof(*pipe), GFP_KERNEL);

	if (!pipe)
		return NULL;
	pipe->bufs = kcalloc(PIPE_DEF_BUFFERS, sizeof(*pipe->bufs), GFP_KERNEL);
	if (!pipe->bufs) {
		kfree(pipe);
		return NULL;
	}
	pipe->ring_size = PIPE_DEF_BUFFERS;
	pipe->stamp_ticks = tsc_hz() / STAMPS_HZ;
	mutex_init(&pipe->mutex);
	init_waitqueue_head(&pipe->rd_wait);
	init_waitqueue_head(&pipe->wr_wait);
	return pipe;
}

static void free_pipe_info(struct pipe_inode_info *pipe)
{
	for (unsigned int n = pipe->tail; n != pipe->head; n++)
		__free_page(pipe_buffer(pipe, n)->page);
	if (pipe->tmp_page)
		__free_page(pipe->tmp_page);
	kfree(pipe->bufs);
	kfree(pipe);
}

static void put_pipe_info(struct inode *inode, struct pipe_inode_info *pipe)
{
	bool last;

	spin_lock(&inode->i_lock);
	last = --pipe->files == 0;
	if (last)
		inode->i_pipe = NULL;
	spin_unlock(&inode->i_lock);
	if (last)
		free_pipe_info(pipe);
}

/* The pipe of an inode, which has one from now on; one more file holds it. */
static struct pipe_inode_info *get_pipe_info(struct inode *inode)
{
	struct pipe_inode_info *new = NULL, *pipe;

	if (!READ_ONCE(inode->i_pipe)) {
		new = alloc_pipe_info();
		if (!new)
			return NULL;
	}
	for (;;) {
		spin_lock(&inode->i_lock);
		if (!inode->i_pipe && new) {
			inode->i_pipe = new;
			new = NULL;
		}
		pipe = inode->i_pipe;
		if (pipe)
			pipe->files++;
		spin_unlock(&inode->i_lock);
		if (pipe)
			break;
		new = alloc_pipe_info(); /* the last file has gone meanwhile */
		if (!new)
			return NULL;
	}
	if (new)
		free_pipe_info(new);
	return pipe;
}

/* ---------------------------------------------------------------- reading */

/* The first buffer's page is free. */
static void drop_first(struct pipe_inode_info *pipe)
{
	struct page *page = pipe_buffer(pipe, pipe->tail)->page;

	if (!pipe->tmp_page)
		pipe->tmp_page = page;
	else
		__free_page(page);
	WRITE_ONCE(pipe->tail, pipe->tail + 1);
}

/* What the first buffer has goes to the reader: bytes, or -EFAULT.  *packet: it ends a read. */
static ssize_t read_first(struct pipe_inode_info *pipe, struct iov_iter *to, bool *packet)
{
	struct pipe_buffer *buf = pipe_buffer(pipe, pipe->tail);
	size_t chars = min((size_t)buf->len, iov_iter_count(to));

	if (copy_to_iter(page_address(buf->page) + buf->offset, chars, to) < chars)
		return -EFAULT;
	*packet = buf->packet;
	buf->offset += (unsigned int)chars;
	buf->len -= (unsigned int)chars;
	if (buf->packet || !buf->len)
		drop_first(pipe);
	return (ssize_t)chars;
}

/* All that is there and asked for, after the first byte or at once: bytes, 0, or -EFAULT. */
static ssize_t read_present(struct pipe_inode_info *pipe, struct iov_iter *to)
{
	ssize_t ret = 0, n;
	bool packet = false;

	while (!pipe_empty(pipe) && iov_iter_count(to) && !packet) {
		n = read_first(pipe, to, &packet);
		if (n < 0)
			return ret ? ret : n;
		ret += n;
	}
	return ret;
}

static bool may_not_wait(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

static ssize_t pipe_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct pipe_inode_info *pipe = iocb->ki_filp->private_data;
	bool was_full = false, wake_next = false;
	ssize_t ret = 0;

	if (!iov_iter_count(to))
		return 0;
	mutex_lock(&pipe->mutex);
	for (;;) {
		if (!pipe_empty(pipe)) {
			was_full = pipe_full(pipe); /* whether a page is free now or not */
			ret = read_present(pipe, to);
			break;
		}
		if (!pipe->writers)
			break;
		if (may_not_wait(iocb)) {
			ret = -EAGAIN;
			break;
		}
		mutex_unlock(&pipe->mutex);
		if (__wait_event(pipe->rd_wait, !pipe_empty(pipe) || !READ_ONCE(pipe->writers),
				 TASK_INTERRUPTIBLE, WQ_FLAG_EXCLUSIVE, TIMEOUT_FOREVER) < 0)
			return -ERESTARTSYS;
		mutex_lock(&pipe->mutex);
		wake_next = true;
	}
	wake_next = wake_next && !pipe_empty(pipe);
	mutex_unlock(&pipe->mutex);
	if (was_full)
		wake_writers(pipe);
	if (wake_next)
		wake_readers(pipe);
	kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
	if (ret > 0 && is_stamp_due(pipe, &pipe->read_stamp))
		file_accessed(iocb->ki_filp);
	return ret;
}

/* ---------------------------------------------------------------- writing */

/* What is odd of the bytes goes behind those of the last buffer, if it fits: bytes, or -EFAULT. */
static ssize_t write_merged(struct pipe_inode_info *pipe, struct iov_iter *from)
{
	size_t chars = iov_iter_count(from) & (PAGE_SIZE - 1), n;
	struct pipe_buffer *buf;

	if (!chars || pipe_empty(pipe))
		return 0;
	buf = pipe_buffer(pipe, pipe->head - 1);
	if (buf->packet || buf->offset + buf->len + chars > PAGE_SIZE)
		return 0;
	n = copy_from_iter(page_address(buf->page) + buf->offset + buf->len, chars, from);
	if (n < chars)
		return -EFAULT;
	buf->len += (unsigned int)n;
	return (ssize_t)n;
}

/* A page more: bytes, or -ENOMEM, -EFAULT. */
static ssize_t write_page(struct pipe_inode_info *pipe, struct iov_iter *from, bool packet)
{
	size_t chars = min(iov_iter_count(from), (size_t)PAGE_SIZE), n;
	struct page *page = pipe->tmp_page;

	if (!page)
		page = alloc_page(GFP_KERNEL);
	if (!page)
		return -ENOMEM;
	pipe->tmp_page = page; /* where it is not used now */
	n = copy_from_iter(page_address(page), chars, from);
	if (n < chars)
		return -EFAULT;
	pipe->tmp_page = NULL;
	*pipe_buffer(pipe, pipe->head) = (struct pipe_buffer){ page, 0, (unsigned int)n, packet };
	WRITE_ONCE(pipe->head, pipe->head + 1);
	return (ssize_t)n;
}

/* As much as there is room for, which is added to *written: 0, or an error. */
static ssize_t write_present(struct pipe_inode_info *pipe, struct iov_iter *from, bool packet,
			     ssize_t *written)
{
	ssize_t n;

	if (!pipe->readers) {
		send_sig(SIGPIPE, current, 0);
		return -EPIPE;
	}
	for (n = write_merged(pipe, from); n >= 0; n = write_page(pipe, from, packet)) {
		*written += n;
		if (!iov_iter_count(from) || pipe_full(pipe))
			return 0;
	}
	return n;
}

static ssize_t pipe_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct pipe_inode_info *pipe = file->private_data;
	bool packet = file->f_flags & O_DIRECT, was_empty, wake_next = false;
	ssize_t written = 0, ret = 0;

	if (!iov_iter_count(from))
		return 0;
	mutex_lock(&pipe->mutex);
	was_empty = pipe_empty(pipe);
	for (;;) {
		ret = write_present(pipe, from, packet, &written);
		if (ret || !iov_iter_count(from))
			break;
		if (may_not_wait(iocb))
			ret = -EAGAIN;
		else if (signal_pending(current))
			ret = -ERESTARTSYS;
		if (ret)
			break;
		mutex_unlock(&pipe->mutex);
		if (was_empty)
			wake_readers(pipe);
		kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
		/* A signal is seen after one more look. */
		(void)wait_event_interruptible_exclusive(
			pipe->wr_wait, !pipe_full(pipe) || !READ_ONCE(pipe->readers));
		mutex_lock(&pipe->mutex);
		was_empty = pipe_empty(pipe);
		wake_next = true;
	}
	wake_next = wake_next && !pipe_full(pipe);
	mutex_unlock(&pipe->mutex);
	if (was_empty || pipe->poll_usage)
		wake_readers(pipe);
	kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
	if (wake_next)
		wake_writers(pipe);
	if (written && is_stamp_due(pipe, &pipe->write_stamp))
		inode_update_time(file_inode(file));
	return written ? written : ret;
}

/* ---------------------------------------------------------------- what else a file does */

static __poll_t pipe_poll(struct file *file, poll_table *wait)
{
	struct pipe_inode_info *pipe = file->private_data;
	__poll_t mask = 0;

	WRITE_ONCE(pipe->poll_usage, true);
	if (file->f_mode & FMODE_READ) {
		poll_wait(file, &pipe->rd_wait, wait);
		if (!pipe_empty(pipe))
			mask |= EPOLLIN | EPOLLRDNORM;
		/* Of a fifo that was opened without waiting: not before a writer has come. */
		if (!READ_ONCE(pipe->writers) && file->f_pos != (loff_t)pipe->w_counter + 1)
			mask |= EPOLLHUP;
	}
	if (file->f_mode & FMODE_WRITE) {
		poll_wait(file, &pipe->wr_wait, wait);
		if (!pipe_full(pipe))
			mask |= EPOLLOUT | EPOLLWRNORM;
		if (!READ_ONCE(pipe->readers))
			mask |= EPOLLERR;
	}
	return mask;
}

static long pipe_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *pipe = file->private_data;
	int count = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&pipe->mutex);
	for (unsigned int n = pipe->tail; n != pipe->head; n++)
		count += (int)pipe_buffer(pipe, n)->len;
	mutex_unlock(&pipe->mutex);
	return put_user(count, (int __user *)arg);
}

/* With the mutex: the ring has so many buffers from now on. */
static int pipe_resize(struct pipe_inode_info *pipe, unsigned int nr)
{
	unsigned int used = pipe->head - pipe->tail;
	struct pipe_buffer *bufs;

	if (nr < used)
		return -EBUSY;
	bufs = kmalloc(nr * sizeof(*bufs), GFP_KERNEL);
	if (!bufs)
		return -ENOMEM;
	for (unsigned int i = 0; i < used; i++)
		bufs[i] = *pipe_buffer(pipe, pipe->tail + i);
	kfree(pipe->bufs);
	pipe->bufs = bufs;
	pipe->ring_size = nr;
	WRITE_ONCE(pipe->tail, 0);
	WRITE_ONCE(pipe->head, used);
	return 0;
}

static long pipe_set_size(struct pipe_inode_info *pipe, unsigned long size)
{
	unsigned int nr = 1;
	int err;

	if (size > PIPE_SIZE_MAX)
		return -EINVAL;
	while (nr * PAGE_SIZE < size)
		nr *= 2;
	err = pipe_resize(pipe, nr);
	return err ? err : (long)(nr * PAGE_SIZE);
}

static long pipe_fcntl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct pipe_inode_info *pipe = file->private_data;
	long ret;

	mutex_lock(&pipe->mutex);
	ret = cmd == F_SETPIPE_SZ ? pipe_set_size(pipe, arg) : (long)(pipe->ring_size * PAGE_SIZE);
	mutex_unlock(&pipe->mutex);
	if (cmd == F_SETPIPE_SZ)
		wake_writers(pipe);
	return ret;
}

static int pipe_fasync(int fd, struct file *file, int on)
{
	struct pipe_inode_info *pipe = file->private_data;
	int ret = 0;

	if (file->f_mode & FMODE_READ)
		ret = fasync_helper(fd, file, on, &pipe->fasync_readers);
	if (ret < 0 || !(file->f_mode & FMODE_WRITE))
		return ret;
	ret = fasync_helper(fd, file, on, &pipe->fasync_writers);
	if (ret < 0 && file->f_mode & FMODE_READ)
		fasync_helper(-1, file, 0, &pipe->fasync_readers);
	return ret;
}

static int pipe_release(struct inode *inode, struct file *file)
{
	struct pipe_inode_info *pipe = file->private_data;

	mutex_lock(&pipe->mutex);
	if (file->f_mode & FMODE_READ)
		pipe->readers--;
	if (file->f_mode & FMODE_WRITE)
		pipe->writers--;
	if (!pipe->readers != !pipe->writers) {
		wake_up_interruptible_all(&pipe->rd_wait);
		wake_up_interruptible_all(&pipe->wr_wait);
		kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
		kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
	}
	mutex_unlock(&pipe->mutex);
	put_pipe_info(inode, pipe);
	return 0;
}

/* ---------------------------------------------------------------- splicing */

struct pipe_inode_info *pipe_of(const struct file *file)
{
	return file->f_op == &pipefifo_fops ? file->private_data : NULL;
}

void pipe_add_page(struct pipe_inode_info *pipe, struct page *page, unsigned int len)
{
	*pipe_buffer(pipe, pipe->head) = (struct pipe_buffer){ page, 0, len, false };
	WRITE_ONCE(pipe->head, pipe->head + 1);
}

void pipe_consume(struct pipe_inode_info *pipe, unsigned int bytes)
{
	struct pipe_buffer *buf = pipe_buffer(pipe, pipe->tail);

	buf->offset += bytes;
	buf->len -= bytes;
	if (!buf->len)
		drop_first(pipe);
}

void pipe_move_first(struct pipe_inode_info *from, struct pipe_inode_info *to)
{
	*pipe_buffer(to, to->head) = *pipe_buffer(from, from->tail);
	WRITE_ONCE(to->head, to->head + 1);
	WRITE_ONCE(from->tail, from->tail + 1);
}

void pipe_told_readers(struct pipe_inode_info *pipe)
{
	wake_readers(pipe);
	kill_fasync(&pipe->fasync_readers, SIGIO, POLL_IN);
}

void pipe_told_writers(struct pipe_inode_info *pipe)
{
	wake_writers(pipe);
	kill_fasync(&pipe->fasync_writers, SIGIO, POLL_OUT);
}

/* ---------------------------------------------------------------- opening */

/* Until the other side has opened once more than `seen`.  The mutex is held, but not while it sleeps. */
static int wait_for_partner(struct pipe_inode_info *pipe, const unsigned int *counter)
{
	unsigned int seen = *counter;
	int err;

	mutex_unlock(&pipe->mutex);
	err = wait_event_interruptible(pipe->rd_wait, READ_ONCE(*counter) != seen);
	mutex_lock(&pipe->mutex);
	return err;
}

/* f_pos has no other use in a pipe: what w_counter was, and 1, of one that did not wait for a writer. */
static int open_to_read(struct pipe_inode_info *pipe, struct file *file)
{
	int err = 0;

	pipe->r_counter++;
	if (!pipe->readers++)
		wake_up_interruptible_all(&pipe->rd_wait);
	if (pipe->writers)
		return 0;
	if (file->f_flags & O_NONBLOCK)
		file->f_pos = (loff_t)pipe->w_counter + 1;
	else
		err = wait_for_partner(pipe, &pipe->w_counter);
	if (err && !--pipe->readers)
		wake_up_interruptible_all(&pipe->wr_wait);
	return err;
}

static int open_to_write(struct pipe_inode_info *pipe, const struct file *file)
{
	int err = 0;

	if (file->f_flags & O_NONBLOCK && !pipe->readers)
		return -ENXIO;
	pipe->w_counter++;
	if (!pipe->writers++)
		wake_up_interruptible_all(&pipe->rd_wait);
	if (!pipe->readers)
		err = wait_for_partner(pipe, &pipe->r_counter);
	if (err && !--pipe->writers)
		wake_up_interruptible_all(&pipe->rd_wait);
	return err;
}

static int open_both(struct pipe_inode_info *pipe)
{
	pipe->readers++;
	pipe->writers++;
	pipe->r_counter++;
	pipe->w_counter++;
	if (pipe->readers == 1 || pipe->writers == 1)
		wake_up_interruptible_all(&pipe->rd_wait);
	return 0;
}

static int fifo_open(struct inode *inode, struct file *file)
{
	fmode_t mode = file->f_mode & (FMODE_READ | FMODE_WRITE);
	struct pipe_inode_info *pipe = get_pipe_info(inode);
	int err;

	if (!pipe)
		return -ENOMEM;
	file->private_data = pipe;
	stream_open(inode, file);
	mutex_lock(&pipe->mutex);
	if (mode == FMODE_READ)
		err = open_to_read(pipe, file);
	else if (mode == FMODE_WRITE)
		err = open_to_write(pipe, file);
	else
		err = mode ? open_both(pipe) : -EINVAL;
	mutex_unlock(&pipe->mutex);
	if (err)
		put_pipe_info(inode, pipe);
	return err;
}

static const struct file_operations pipefifo_fops = {
	.open = fifo_open,
	.read_iter = pipe_read,
	.write_iter = pipe_write,
	.poll = pipe_poll,
	.unlocked_ioctl = pipe_ioctl,
	.fcntl = pipe_fcntl,
	.fasync = pipe_fasync,
	.release = pipe_release,
};

/* Both ends of a new one: the first reads, the second writes. */
static int create_pipe_files(struct file **ends, int flags)
{
	struct inode *inode = new_pseudo_inode(S_IFIFO | 0600);
	struct pipe_inode_info *pipe;
	char name[32];

	if (!inode)
		return -ENFILE;
	pipe = get_pipe_info(inode);
	if (!pipe) {
		iput(inode);
		return -ENFILE;
	}
	pipe->files = 2;
	pipe->readers = pipe->writers = pipe->r_counter = pipe->w_counter = 1;
	scnprintf(name, sizeof(name), "pipe:[%lu]", inode->i_ino);
	ends[1] = alloc_file_pseudo(inode, name, O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT)),
				    &pipefifo_fops);
	if (IS_ERR(ends[1])) {
		free_pipe_info(pipe);
		return (int)PTR_ERR(ends[1]);
	}
	ends[1]->private_data = pipe;
	ends[0] = alloc_file_clone(ends[1], O_RDONLY | (flags & O_NONBLOCK), &pipefifo_fops);
	if (IS_ERR(ends[0])) {
		put_pipe_info(inode, pipe);
		fput(ends[1]);
		return (int)PTR_ERR(ends[0]);
	}
	ends[0]->private_data = pipe;
	stream_open(inode, ends[0]);
	stream_open(inode, ends[1]);
	return 0;
}

/* Two descriptors that are reserved. */
static int get_two_fds(int *fd, int flags)
{
	fd[0] = get_unused_fd_flags((unsigned int)flags);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = get_unused_fd_flags((unsigned int)flags);
	if (fd[1] >= 0)
		return 0;
	put_unused_fd((unsigned int)fd[0]);
	return fd[1];
}

static int do_pipe2(int __user *fildes, int flags)
{
	struct file *ends[2] = { NULL };
	int fd[2], err;

	if (flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT))
		return -EINVAL;
	err = create_pipe_files(ends, flags);
	if (err)
		return err;
	err = get_two_fds(fd, flags);
	if (!err && copy_to_user(fildes, fd, sizeof(fd))) {
		put_unused_fd((unsigned int)fd[0]);
		put_unused_fd((unsigned int)fd[1]);
		err = -EFAULT;
	}
	if (err) {
		fput(ends[0]);
		fput(ends[1]);
		return err;
	}
	fd_install((unsigned int)fd[0], ends[0]);
	fd_install((unsigned int)fd[1], ends[1]);
	return 0;
}

SYSCALL_DEFINE2(pipe2, int __user *, fildes, int, flags)
{
	return do_pipe2(fildes, flags);
}

SYSCALL_DEFINE1(pipe, int __user *, fildes)
{
	return do_pipe2(fildes, 0);
}

void __init pipe_init(void)
{
	fs_set_fifo_fops(&pipefifo_fops);
}
