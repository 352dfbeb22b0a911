// SPDX-License-Identifier: MIT
/* Terminals: opened, read, written, and the bytes that come from them. */
#include <linux/capability.h>

#include "drivers/tty/tty.h"
#include "kernel/event/poll.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/fasync.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"

#define BATCH	    64	/* bytes that are received with interrupts off */
#define READ_CHUNK  256 /* ... that are copied at once */
#define WRITE_CHUNK 64	/* ... that are written with interrupts off, before output processing */
#define TENTH	    (NSEC_PER_SEC / 10)

#define DEV_TTY	    MKDEV(5, 0)
#define DEV_CONSOLE MKDEV(5, 1)

DEFINE_MUTEX(tty_mutex);

static struct tty_struct *console_tty; /* the first that was registered */

/* ---------------------------------------------------------------- receiving */

static void discipline_write(struct n_tty *n, const u8 *s, size_t len)
{
	struct tty_struct *tty = container_of(n, struct tty_struct, n);

	tty->ops->write(tty, s, len);
}

/* They are sent when the lock has gone. */
static void discipline_signal(struct n_tty *n, int sig)
{
	container_of(n, struct tty_struct, n)->signals |= BIT(sig);
}

static const struct n_tty_ops discipline_ops = { discipline_write, discipline_signal };

/* With the lock: what waits in the driver and has room; false: not all of it. */
static bool receive_batch(struct tty_struct *tty)
{
	size_t room = min(n_tty_room(&tty->n), (size_t)BATCH), len = 0;
	u8 batch[BATCH];
	int c;

	while (len < room && (c = tty->ops->getchar(tty)) >= 0)
		batch[len++] = (u8)c;
	n_tty_receive(&tty->n, batch, len);
	return len < room || !room;
}

static void send_signals(u32 signals, pid_t pgrp)
{
	for (; signals && pgrp; signals &= signals - 1)
		kill_pgrp(pgrp, __builtin_ctz(signals), 1);
}

bool tty_receive(struct tty_struct *tty)
{
	bool heard, done = true, readable;
	unsigned long flags;
	u32 signals;
	pid_t pgrp;

	do {
		spin_lock_irqsave(&tty->lock, flags);
		heard = tty->listed && !tty->deaf;
		if (heard)
			done = receive_batch(tty);
		readable = n_tty_readable(&tty->n, 1);
		signals = tty->signals;
		tty->signals = 0;
		pgrp = tty->pgrp;
		spin_unlock_irqrestore(&tty->lock, flags);
		send_signals(signals, pgrp);
	} while (!done);
	if (readable) {
		wake_up_interruptible_poll(&tty->read_wait, EPOLLIN | EPOLLRDNORM);
		kill_fasync(&tty->fasync, SIGIO, POLL_IN);
	}
	if (!n_tty_is_stopped(&tty->n) && wq_has_sleeper(&tty->write_wait))
		wake_up_interruptible_poll(&tty->write_wait, EPOLLOUT);
	return heard;
}

void tty_set_deaf(struct tty_struct *tty, bool deaf)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	tty->deaf = deaf;
	spin_unlock_irqrestore(&tty->lock, flags);
	tty_receive(tty);
}

/* ---------------------------------------------------------------- reading */

static bool may_not_wait(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

/* Of a read: what ends it besides its bytes. */
struct tty_read {
	unsigned int hangups; /* of the terminal when it began */
	size_t least;	      /* bytes, of which one is enough to end it when no more come */
	u64 first, next;      /* ns that it waits for the first byte, for each that follows */
};

/* The rules of VMIN and VTIME. */
static void begin_read(struct tty_struct *tty, struct tty_read *r)
{
	const struct ktermios *t = &tty->n.termios;
	unsigned long flags;

	*r = (struct tty_read){ .first = TIMEOUT_FOREVER, .next = TIMEOUT_FOREVER };
	spin_lock_irqsave(&tty->lock, flags);
	r->hangups = tty->hangups;
	if (!(t->c_lflag & ICANON)) {
		r->least = t->c_cc[VMIN];
		if (!r->least) {
			r->least = 1;
			r->first = r->next = t->c_cc[VTIME] * TENTH;
		} else if (t->c_cc[VTIME]) {
			r->next = t->c_cc[VTIME] * TENTH;
		}
	}
	spin_unlock_irqrestore(&tty->lock, flags);
}

/* Some of what can be read: bytes; -EAGAIN: nothing can. */
static ssize_t take(struct tty_struct *tty, u8 *buf, size_t len, bool *end)
{
	ssize_t n = -EAGAIN;
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	if (n_tty_readable(&tty->n, 1))
		n = (ssize_t)n_tty_read(&tty->n, buf, len, end);
	spin_unlock_irqrestore(&tty->lock, flags);
	return n;
}

static void skip_eof(struct tty_struct *tty)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	n_tty_skip_eof(&tty->n);
	spin_unlock_irqrestore(&tty->lock, flags);
}

/* Until there is something: 1; 0: the read is over; or an error. */
static int wait_to_read(struct tty_struct *tty, const struct kiocb *iocb, struct tty_read *r,
			u64 *left)
{
	s64 ret;

	if (READ_ONCE(tty->hangups) != r->hangups || !*left)
		return 0;
	if (may_not_wait(iocb))
		return -EAGAIN;
	ret = wait_event_interruptible_timeout(
		tty->read_wait, n_tty_readable(&tty->n, 1) || READ_ONCE(tty->hangups) != r->hangups,
		*left);
	if (ret < 0)
		return (int)ret;
	if (*left != TIMEOUT_FOREVER)
		*left = (u64)ret;
	return 1;
}

static ssize_t read_bytes(struct tty_struct *tty, struct kiocb *iocb, struct iov_iter *to)
{
	u8 buf[READ_CHUNK];
	struct tty_read r;
	bool end = false;
	ssize_t done = 0, n;
	u64 left;

	begin_read(tty, &r);
	left = r.first;
	while (iov_iter_count(to) && !end) {
		n = take(tty, buf, min(iov_iter_count(to), sizeof(buf)), &end);
		if (n == -EAGAIN) {
			if (done && (size_t)done >= r.least)
				break;
			n = wait_to_read(tty, iocb, &r, &left);
			if (n > 0)
				continue;
			return done ? done : n;
		}
		if (copy_to_iter(buf, (size_t)n, to) != (size_t)n)
			return done ? done : -EFAULT;
		done += n;
		left = r.next;
	}
	if (!end)
		skip_eof(tty);
	return done;
}

static ssize_t tty_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct tty_file *tf = iocb->ki_filp->private_data;
	struct tty_struct *tty = tf->tty;
	ssize_t ret;

	if (tty_hung_up(tf))
		return 0;
	ret = tf->console ? 0 : tty_check_change(tty, SIGTTIN);
	if (ret)
		return ret;
	if (may_not_wait(iocb)) {
		if (!mutex_trylock(&tty->read_mutex))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->read_mutex)) {
		return -ERESTARTSYS;
	}
	ret = read_bytes(tty, iocb, to);
	mutex_unlock(&tty->read_mutex);
	tty_receive(tty); /* there may be room for more */
	return ret;
}

/* ---------------------------------------------------------------- writing */

/* A piece, unless output is stopped: false. */
static bool write_piece(struct tty_struct *tty, const u8 *s, size_t len)
{
	u8 out[8 * WRITE_CHUNK];
	unsigned long flags;
	bool may;

	spin_lock_irqsave(&tty->lock, flags);
	may = !n_tty_is_stopped(&tty->n);
	if (may)
		tty->ops->write(tty, out, n_tty_output(&tty->n, s, len, out));
	spin_unlock_irqrestore(&tty->lock, flags);
	return may;
}

/* All of a piece: 0, or why not. */
static int write_all(struct tty_file *tf, const struct kiocb *iocb, const u8 *s, size_t len)
{
	struct tty_struct *tty = tf->tty;

	for (;;) {
		if (signal_pending(current))
			return -ERESTARTSYS;
		if (tty_hung_up(tf))
			return -EIO;
		if (write_piece(tty, s, len))
			return 0;
		if (may_not_wait(iocb))
			return -EAGAIN;
		/* A signal is seen above. */
		(void)wait_event_interruptible(tty->write_wait,
					       !n_tty_is_stopped(&tty->n) || tty_hung_up(tf));
	}
}

static ssize_t write_bytes(struct tty_file *tf, struct kiocb *iocb, struct iov_iter *from)
{
	u8 piece[WRITE_CHUNK];
	ssize_t done = 0;
	size_t len;
	int err;

	while ((len = min(iov_iter_count(from), sizeof(piece)))) {
		if (copy_from_iter(piece, len, from) != len)
			return done ? done : -EFAULT;
		err = write_all(tf, iocb, piece, len);
		if (err)
			return done ? done : err;
		done += (ssize_t)len;
		cond_resched();
	}
	return done;
}

static ssize_t tty_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct tty_file *tf = iocb->ki_filp->private_data;
	struct tty_struct *tty = tf->tty;
	ssize_t ret = 0;

	if (tty_hung_up(tf))
		return -EIO;
	if (!tf->console && READ_ONCE(tty->n.termios.c_lflag) & TOSTOP)
		ret = tty_check_change(tty, SIGTTOU);
	if (ret)
		return ret;
	if (may_not_wait(iocb)) {
		if (!mutex_trylock(&tty->write_mutex))
			return -EAGAIN;
	} else if (mutex_lock_interruptible(&tty->write_mutex)) {
		return -ERESTARTSYS;
	}
	ret = write_bytes(tf, iocb, from);
	mutex_unlock(&tty->write_mutex);
	return ret;
}

static __poll_t tty_poll(struct file *file, poll_table *wait)
{
	struct tty_file *tf = file->private_data;
	struct tty_struct *tty = tf->tty;
	const u8 *cc = tty->n.termios.c_cc;
	__poll_t mask = 0;

	if (tty_hung_up(tf))
		return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDNORM | EPOLLWRNORM;
	poll_wait(file, &tty->read_wait, wait);
	poll_wait(file, &tty->write_wait, wait);
	if (n_tty_readable(&tty->n, !cc[VTIME] && cc[VMIN] ? cc[VMIN] : 1))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (!n_tty_is_stopped(&tty->n))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

/* Unless somebody was named, it is the group in front that is told. */
static int tty_fasync(int fd, struct file *file, int on)
{
	struct tty_file *tf = file->private_data;
	pid_t pgrp = READ_ONCE(tf->tty->pgrp);
	int ret;

	if (on && tty_hung_up(tf))
		return -ENOTTY;
	ret = fasync_helper(fd, file, on, &tf->tty->fasync);
	if (ret > 0 && on)
		f_setown(file, pgrp ? F_OWNER_PGRP : F_OWNER_PID, pgrp ?: task_tgid_nr(current),
			 false);
	return ret;
}

/* ---------------------------------------------------------------- opening */

/* Whether its bytes are received: tty_mutex is held. */
static void set_listed(struct tty_struct *tty, bool listed)
{
	unsigned long flags;

	spin_lock_irqsave(&tty->lock, flags);
	tty->listed = listed;
	n_tty_flush_input(&tty->n);
	tty->n.stopped = tty->n.held = false;
	tty->exclusive = false;
	spin_unlock_irqrestore(&tty->lock, flags);
	tty->ops->listen(tty, listed);
}

static struct tty_struct *tty_of(dev_t dev, void *private)
{
	if (dev == DEV_TTY)
		return get_current_tty();
	return dev == DEV_CONSOLE ? console_tty : private;
}

static int tty_open(struct inode *inode, struct file *file)
{
	struct tty_struct *tty = tty_of(inode->i_rdev, file->private_data);
	bool console = inode->i_rdev == DEV_CONSOLE;
	struct tty_file *tf;

	nonseekable_open(inode, file);
	if (!tty)
		return -ENXIO;
	if (READ_ONCE(tty->exclusive) && !capable(CAP_SYS_ADMIN))
		return -EBUSY;
	tf = kzalloc(sizeof(*tf), GFP_KERNEL);
	if (!tf)
		return -ENOMEM;
	mutex_lock(&tty_mutex);
	*tf = (struct tty_file){ tty, tty->hangups, console };
	file->private_data = tf;
	if (!tty->count++)
		set_listed(tty, true);
	if (!console && !(file->f_flags & O_NOCTTY) && file->f_mode & FMODE_READ)
		tty_open_set_controlling(tty);
	mutex_unlock(&tty_mutex);
	tty_receive(tty); /* what was typed ahead */
	return 0;
}

static int tty_release(struct inode *inode, struct file *file)
{
	struct tty_file *tf = file->private_data;
	struct tty_struct *tty = tf->tty;

	(void)inode;
	mutex_lock(&tty_mutex);
	if (!--tty->count) {
		set_listed(tty, false);
		tty_forget_session(tty);
	}
	mutex_unlock(&tty_mutex);
	kfree(tf);
	return 0;
}

static const struct file_operations tty_fops = {
	.open = tty_open,
	.release = tty_release,
	.read_iter = tty_read,
	.write_iter = tty_write,
	.poll = tty_poll,
	.unlocked_ioctl = tty_ioctl,
	.fasync = tty_fasync,
};

/* Linux's for a serial port that is the console. */
static const struct ktermios standard_termios = {
	.c_iflag = ICRNL | IXON,
	.c_oflag = OPOST | ONLCR,
	.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL,
	.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
	.c_cc = { [VINTR] = 3,
		  [VQUIT] = 28,
		  [VERASE] = 127,
		  [VKILL] = 21,
		  [VEOF] = 4,
		  [VMIN] = 1,
		  [VSTART] = 17,
		  [VSTOP] = 19,
		  [VSUSP] = 26,
		  [VREPRINT] = 18,
		  [VDISCARD] = 15,
		  [VWERASE] = 23,
		  [VLNEXT] = 22 },
	.c_ispeed = 115200,
	.c_ospeed = 115200,
};

void __init tty_register(struct tty_struct *tty)
{
	mutex_init(&tty->read_mutex);
	mutex_init(&tty->write_mutex);
	init_waitqueue_head(&tty->read_wait);
	init_waitqueue_head(&tty->write_wait);
	spin_lock_init(&tty->lock);
	n_tty_init(&tty->n, &discipline_ops, &standard_termios);
	dev_create(tty->name, S_IFCHR | 0600, tty->dev, &tty_fops, tty);
	if (console_tty)
		return;
	console_tty = tty;
	dev_create("console", S_IFCHR | 0600, DEV_CONSOLE, &tty_fops, NULL);
	dev_create("tty", S_IFCHR | 0666, DEV_TTY, &tty_fops, NULL);
	tty_jobctrl_init();
}
