// SPDX-License-Identifier: MIT
/* Pairs of connected sockets. */
#include "kernel/event/unix_pair.h"

#include <asm/ioctls.h>

#include "kernel/event/poll.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/file.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define STREAM_PIECE 16384 /* bytes of a stream in one message */
#define OVERHEAD     32	   /* of sndbuf that a message may not have: Linux's */

/* Which directions are shut. */
#define SHUT_RECEIVE 1U
#define SHUT_SEND    2U
#define SHUT_BOTH    3U

struct message {
	struct list_head node;
	size_t len, done; /* done: bytes that were received of it, a stream's */
	u8 data[];
};

struct unix_end {
	struct unix_pair *pair;
	/* The pair's lock; a look without it for who sleeps and polls. */
	struct list_head queue; /* to be received here, the oldest first */
	size_t queued;		/* bytes of memory in it */
	unsigned int shut;
	int error; /* what the next call is to tell, once */
	bool closed;
	bool refused; /* SOCK_DGRAM: it was told that the other is closed */

	wait_queue_head_t wait; /* to receive here, and to send from here */
	struct fasync_struct *fasync;
	unsigned int sndbuf, rcvbuf;
};

struct unix_pair {
	struct mutex lock;
	int type;
	struct unix_cred cred;
	u32 files; /* that are open: atomic */
	struct unix_end end[2];
};

static const struct file_operations unix_fops;

static struct unix_end *peer_of(const struct unix_end *end)
{
	return &end->pair->end[end == &end->pair->end[0]];
}

static bool is_stream(const struct unix_end *end)
{
	return end->pair->type == SOCK_STREAM;
}

static size_t memory_of(const struct message *m)
{
	return sizeof(*m) + m->len;
}

/* ---------------------------------------------------------------- sending */

/* A quarter is a good time to wake who waits: there is something to do for it then. */
static bool is_writable(const struct unix_end *end)
{
	return READ_ONCE(peer_of(end)->queued) * 4 <= READ_ONCE(end->sndbuf);
}

static bool has_room(const struct unix_end *end)
{
	return READ_ONCE(peer_of(end)->queued) < READ_ONCE(end->sndbuf);
}

/* Why nothing can be sent: 0 or -errno.  The lock is held. */
static int send_error(struct unix_end *end)
{
	const struct unix_end *peer = peer_of(end);
	int error = 0;

	if (end->pair->type == SOCK_SEQPACKET) {
		error = end->error;
		end->error = 0;
	}
	if (error)
		return -error;
	if (end->shut & SHUT_SEND)
		return -EPIPE;
	if (end->refused)
		return -ENOTCONN;
	if (peer->closed) { /* SOCK_DGRAM: the others are shut by that */
		WRITE_ONCE(end->refused, true);
		return -ECONNREFUSED;
	}
	return peer->shut & SHUT_RECEIVE ? -EPIPE : 0;
}

static struct message *make_message(struct iov_iter *from, size_t len)
{
	struct message *m = kmalloc(sizeof(*m) + len, GFP_KERNEL);

	if (!m)
		return ERR_PTR(-ENOBUFS);
	m->len = len;
	m->done = 0;
	if (copy_from_iter(m->data, len, from) == len)
		return m;
	kfree(m);
	return ERR_PTR(-EFAULT);
}

/* Into the other's queue, when there is room: 0, or -errno and it is the caller's still. */
static int queue_message(struct unix_end *end, struct message *m, unsigned int flags)
{
	struct unix_end *peer = peer_of(end);
	struct mutex *lock = &end->pair->lock;
	int error;

	mutex_lock(lock);
	while (!(error = send_error(end)) && !has_room(end)) {
		mutex_unlock(lock);
		if (flags & MSG_DONTWAIT)
			return -EAGAIN;
		if (wait_event_interruptible(end->wait, has_room(end) || peer->closed ||
								READ_ONCE(end->shut) & SHUT_SEND))
			return -ERESTARTSYS;
		mutex_lock(lock);
	}
	if (!error) {
		list_add_tail(&m->node, &peer->queue);
		WRITE_ONCE(peer->queued, peer->queued + memory_of(m));
	}
	mutex_unlock(lock);
	if (error)
		return error;
	wake_up_interruptible_poll(&peer->wait, EPOLLIN | EPOLLRDNORM);
	kill_fasync(&peer->fasync, SIGIO, POLL_IN);
	return 0;
}

static int send_one(struct unix_end *end, struct iov_iter *from, size_t len, unsigned int flags)
{
	struct message *m = make_message(from, len);
	int error;

	if (IS_ERR(m))
		return (int)PTR_ERR(m);
	error = queue_message(end, m, flags);
	if (error)
		kfree(m);
	return error;
}

static ssize_t send_stream(struct unix_end *end, struct iov_iter *from, unsigned int flags)
{
	ssize_t sent = 0;
	int error = 0;

	while (iov_iter_count(from) && !error) {
		size_t len = min(iov_iter_count(from), (size_t)STREAM_PIECE);

		error = send_one(end, from, len, flags);
		if (!error)
			sent += (ssize_t)len;
	}
	if (sent)
		return sent;
	if (error == -EPIPE && !(flags & MSG_NOSIGNAL))
		send_sig(SIGPIPE, current, 0);
	return error;
}

ssize_t unix_send(struct unix_end *end, struct iov_iter *from, unsigned int flags)
{
	size_t len = iov_iter_count(from);

	if (flags & MSG_OOB)
		return -EOPNOTSUPP;
	if (is_stream(end))
		return send_stream(end, from, flags);
	if (len > READ_ONCE(end->sndbuf) - OVERHEAD)
		return -EMSGSIZE;
	return send_one(end, from, len, flags) ?: (ssize_t)len;
}

/* ---------------------------------------------------------------- receiving */

/* The first message is gone. */
static void drop_message(struct unix_end *end, struct message *m)
{
	list_del(&m->node);
	WRITE_ONCE(end->queued, end->queued - memory_of(m));
	kfree(m);
	if (is_writable(peer_of(end)))
		wake_up_interruptible_poll(&peer_of(end)->wait, EPOLLOUT | EPOLLWRNORM);
}

/* As much of the queue as there is room for: bytes, or -EFAULT. */
static ssize_t copy_stream(struct unix_end *end, struct iov_iter *to, bool peek)
{
	struct message *m, *next;
	ssize_t done = 0;

	list_for_each_entry_safe(m, next, &end->queue, node) {
		size_t want = min(m->len - m->done, iov_iter_count(to));
		size_t n = copy_to_iter(m->data + m->done, want, to);

		if (n < want)
			return done ?: -EFAULT;
		done += (ssize_t)n;
		if (!peek) {
			m->done += n;
			if (m->done == m->len)
				drop_message(end, m);
		}
		if (!iov_iter_count(to))
			break;
	}
	return done;
}

/* One, cut to what there is room for. */
static ssize_t copy_message(struct unix_end *end, struct iov_iter *to, unsigned int flags,
			    bool *truncated)
{
	struct message *m = list_first_entry(&end->queue, struct message, node);
	size_t n = min(m->len, iov_iter_count(to)), copied = copy_to_iter(m->data, n, to);
	ssize_t ret = (ssize_t)(flags & MSG_TRUNC ? m->len : n);

	*truncated = n < m->len;
	if (!(flags & MSG_PEEK))
		drop_message(end, m);
	return copied < n ? -EFAULT : ret;
}

static bool has_news(const struct unix_end *end)
{
	return READ_ONCE(end->queued) || READ_ONCE(end->error) ||
	       READ_ONCE(end->shut) & SHUT_RECEIVE;
}

/* Until something is in the queue: 1; 0: nothing will be; or -errno.  The lock is held, but not while it sleeps. */
static int wait_for_message(struct unix_end *end, unsigned int flags)
{
	struct mutex *lock = &end->pair->lock;
	int error;

	while (list_empty(&end->queue)) {
		error = end->error;
		end->error = 0;
		if (error)
			return -error;
		if (end->shut & SHUT_RECEIVE &&
		    (end->pair->type != SOCK_DGRAM || !(flags & MSG_DONTWAIT)))
			return 0;
		if (flags & MSG_DONTWAIT)
			return -EAGAIN;
		mutex_unlock(lock);
		error = wait_event_interruptible(end->wait, has_news(end));
		mutex_lock(lock);
		if (error)
			return -ERESTARTSYS;
	}
	return 1;
}

static ssize_t receive(struct unix_end *end, struct iov_iter *to, unsigned int flags,
		       bool *truncated)
{
	bool all = flags & MSG_WAITALL && !(flags & MSG_PEEK);
	ssize_t done = 0, n;

	do {
		n = wait_for_message(end, flags);
		if (n > 0)
			n = is_stream(end) ? copy_stream(end, to, flags & MSG_PEEK) :
					     copy_message(end, to, flags, truncated);
		if (n <= 0)
			return done ?: n;
		done += n;
	} while (is_stream(end) && all && iov_iter_count(to));
	return done;
}

ssize_t unix_receive(struct unix_end *end, struct iov_iter *to, unsigned int flags, bool *truncated)
{
	ssize_t ret;

	*truncated = false;
	if (flags & MSG_OOB)
		return is_stream(end) ? -EINVAL : -EOPNOTSUPP;
	if (is_stream(end) && !iov_iter_count(to))
		return 0;
	mutex_lock(&end->pair->lock);
	ret = receive(end, to, flags, truncated);
	mutex_unlock(&end->pair->lock);
	return ret;
}

/* ---------------------------------------------------------------- shutting and asking */

/* All who wait at an end look again. */
static void wake_end(struct unix_end *end)
{
	wake_up_interruptible_all(&end->wait);
	kill_fasync(&end->fasync, SIGIO, POLL_IN);
}

int unix_shutdown(struct unix_end *end, int how)
{
	struct unix_end *peer = peer_of(end);
	unsigned int bits = (unsigned int)how + 1; /* SHUT_RD, _WR, _RDWR */

	if (how < SHUT_RD || how > SHUT_RDWR)
		return -EINVAL;
	mutex_lock(&end->pair->lock);
	end->shut |= bits;
	if (end->pair->type != SOCK_DGRAM)
		peer->shut |= (bits & SHUT_RECEIVE ? SHUT_SEND : 0) |
			      (bits & SHUT_SEND ? SHUT_RECEIVE : 0);
	mutex_unlock(&end->pair->lock);
	wake_end(end);
	wake_end(peer);
	return 0;
}

int unix_type(const struct unix_end *end)
{
	return end->pair->type;
}

bool unix_is_connected(const struct unix_end *end)
{
	return !READ_ONCE(end->refused);
}

int unix_take_error(struct unix_end *end)
{
	int error;

	mutex_lock(&end->pair->lock);
	error = end->error;
	end->error = 0;
	mutex_unlock(&end->pair->lock);
	return error;
}

struct unix_cred unix_peer_cred(const struct unix_end *end)
{
	return end->pair->cred;
}

unsigned int *unix_sndbuf(struct unix_end *end)
{
	return &end->sndbuf;
}

unsigned int *unix_rcvbuf(struct unix_end *end)
{
	return &end->rcvbuf;
}

/* ---------------------------------------------------------------- files */

struct unix_end *unix_end_of(const struct file *file)
{
	return file->f_op == &unix_fops ? file->private_data : NULL;
}

static unsigned int flags_of(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT ? MSG_DONTWAIT :
										     0;
}

static ssize_t unix_read(struct kiocb *iocb, struct iov_iter *to)
{
	bool truncated;

	if (!iov_iter_count(to))
		return 0;
	return unix_receive(iocb->ki_filp->private_data, to, flags_of(iocb), &truncated);
}

static ssize_t unix_write(struct kiocb *iocb, struct iov_iter *from)
{
	return unix_send(iocb->ki_filp->private_data, from, flags_of(iocb));
}

static __poll_t unix_poll(struct file *file, poll_table *wait)
{
	struct unix_end *end = file->private_data;
	unsigned int shut;
	__poll_t mask = 0;

	poll_wait(file, &end->wait, wait);
	shut = READ_ONCE(end->shut);
	if (READ_ONCE(end->error))
		mask |= EPOLLERR;
	if (shut == SHUT_BOTH)
		mask |= EPOLLHUP;
	if (shut & SHUT_RECEIVE)
		mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(end->queued))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (is_writable(end))
		mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
	return mask;
}

/* FIONREAD: all, but of datagrams the first. */
static long unix_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct unix_end *end = file->private_data;
	const struct message *m;
	int bytes = 0;

	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&end->pair->lock);
	list_for_each_entry(m, &end->queue, node) {
		bytes += (int)(m->len - m->done);
		if (end->pair->type == SOCK_DGRAM)
			break;
	}
	mutex_unlock(&end->pair->lock);
	return put_user(bytes, (int __user *)arg);
}

static int unix_fasync(int fd, struct file *file, int on)
{
	struct unix_end *end = file->private_data;

	return fasync_helper(fd, file, on, &end->fasync);
}

static void put_pair(struct unix_pair *pair)
{
	if (!__atomic_sub_fetch(&pair->files, 1, __ATOMIC_ACQ_REL))
		kfree(pair);
}

static int unix_release(struct inode *inode, struct file *file)
{
	struct unix_end *end = file->private_data, *peer = peer_of(end);
	struct message *m, *next;

	(void)inode;
	mutex_lock(&end->pair->lock);
	WRITE_ONCE(end->closed, true);
	if (end->pair->type != SOCK_DGRAM) {
		WRITE_ONCE(peer->shut, SHUT_BOTH);
		if (!list_empty(&end->queue))
			WRITE_ONCE(peer->error, ECONNRESET);
	}
	list_for_each_entry_safe(m, next, &end->queue, node)
		drop_message(end, m);
	mutex_unlock(&end->pair->lock);
	wake_end(peer);
	put_pair(end->pair);
	return 0;
}

static const struct file_operations unix_fops = {
	.read_iter = unix_read,
	.write_iter = unix_write,
	.poll = unix_poll,
	.unlocked_ioctl = unix_ioctl,
	.fasync = unix_fasync,
	.release = unix_release,
};

/* ---------------------------------------------------------------- making */

static struct unix_pair *alloc_pair(int type)
{
	struct unix_pair *pair = kzalloc(sizeof(*pair), GFP_KERNEL);

	if (!pair)
		return NULL;
	mutex_init(&pair->lock);
	pair->type = type;
	pair->cred =
		(struct unix_cred){ task_tgid_nr(current), current->cred.euid, current->cred.egid };
	pair->files = 1;
	for (unsigned int i = 0; i < 2; i++) {
		struct unix_end *end = &pair->end[i];

		end->pair = pair;
		INIT_LIST_HEAD(&end->queue);
		init_waitqueue_head(&end->wait);
		end->sndbuf = end->rcvbuf = SOCK_BUF_MAX;
	}
	return pair;
}

static struct file *open_end(struct unix_end *end, int flags)
{
	struct inode *inode = new_pseudo_inode(S_IFSOCK | 0777);
	struct file *file;
	char name[32];

	if (!inode)
		return ERR_PTR(-ENFILE);
	scnprintf(name, sizeof(name), "socket:[%lu]", inode->i_ino);
	file = alloc_file_pseudo(inode, name, O_RDWR | flags, &unix_fops);
	if (IS_ERR(file))
		return file;
	file->private_data = end;
	stream_open(inode, file);
	return file;
}

int unix_pair_create(int type, int flags, struct file **files)
{
	struct unix_pair *pair = alloc_pair(type);

	if (!pair)
		return -ENOMEM;
	files[0] = open_end(&pair->end[0], flags);
	if (IS_ERR(files[0])) {
		kfree(pair);
		return (int)PTR_ERR(files[0]);
	}
	pair->files = 2;
	files[1] = open_end(&pair->end[1], flags);
	if (!IS_ERR(files[1]))
		return 0;
	fput(files[0]);
	put_pair(pair);
	return (int)PTR_ERR(files[1]);
}
