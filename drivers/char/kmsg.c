// SPDX-License-Identifier: MIT
/*
 * /dev/kmsg: the kernel's messages as records, one for each read(), and a program's own among them.
 *
 *	6,339,5140900,-;NET: a message		level and facility, number, microseconds
 *
 * Each open file has a place of its own; what was overwritten before it was read is told once, by EPIPE.
 *
 * A message may come from any context, also from where nobody can be woken up.  So while somebody
 * waits for one, a worker looks ten times a second.
 */
#include <linux/fs.h>

#include "drivers/char/char.h"
#include "drivers/char/kmsg.h"
#include "kernel/core/printk.h"
#include "kernel/event/poll.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/sched/wait.h"
#include "kernel/sched/workqueue.h"
#include "kernel/signal/errno.h"

#define LOOK_NS	     (100 * NSEC_PER_MSEC)
#define LINE_MAX     992 /* bytes that a program may write at once: Linux's LOG_LINE_MAX */
#define EXT_TEXT_MAX 4096
#define LOG_USER     1
#define PRIO_MASK    0x7ffU /* a level's three bits, and a facility's eight */
#define LEVEL_WARN   4	    /* of a program's message that says none */

DECLARE_WAIT_QUEUE_HEAD(kmsg_wait);

static struct delayed_work look;

static void look_for_news(struct work_struct *work)
{
	static u64 seen; /* the worker's */
	u64 end = kmsg_end();

	(void)work;
	if (end != seen)
		wake_up(&kmsg_wait);
	seen = end;
	if (waitqueue_active(&kmsg_wait))
		schedule_delayed_work(&look, LOOK_NS);
}

void kmsg_start_looking(void)
{
	schedule_delayed_work(&look, LOOK_NS);
}

struct kmsg_user {
	struct mutex lock; /* what follows */
	u64 pos;
	bool begun;
	u32 next; /* the number that is expected, once something was read */
	struct kmsg_record rec;
	char text[EXT_TEXT_MAX];
};

/* What is no plain character is written as "\x1b". */
static size_t format_record(const struct kmsg_record *rec, char *text, size_t size)
{
	size_t n = (size_t)scnprintf(text, size, "%u,%u,%llu,-;", rec->prio, rec->number,
				     (unsigned long long)(rec->ns / NSEC_PER_USEC));

	for (unsigned int i = 0; i < rec->len; i++) {
		u8 c = (u8)rec->text[i];

		if (c < ' ' || c >= 127 || c == '\\')
			n += (size_t)scnprintf(text + n, size - n, "\\x%02x", c);
		else if (n < size - 2)
			text[n++] = (char)c;
	}
	text[n++] = '\n';
	return n;
}

/* The next record of the user's, which is passed; -EAGAIN: none.  -EPIPE: some are missing before it. */
static int next_record(struct kmsg_user *user)
{
	u64 pos = user->pos;

	if (!kmsg_next(&pos, &user->rec))
		return -EAGAIN;
	if (user->begun && user->rec.number != user->next) {
		user->next = user->rec.number;
		return -EPIPE;
	}
	user->begun = true;
	user->next = user->rec.number + 1;
	user->pos = pos;
	return 0;
}

static ssize_t read_one(struct kmsg_user *user, struct iov_iter *to, bool wait)
{
	size_t n;
	int err;

	err = next_record(user);
	if (err == -EAGAIN && wait && kmsg_wait_event((err = next_record(user)) != -EAGAIN))
		return -ERESTARTSYS;
	if (err)
		return err;
	n = format_record(&user->rec, user->text, sizeof(user->text));
	if (n > iov_iter_count(to))
		return -EINVAL;
	return copy_to_iter(user->text, n, to) == n ? (ssize_t)n : -EFAULT;
}

static ssize_t kmsg_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct kmsg_user *user = iocb->ki_filp->private_data;
	ssize_t ret;

	mutex_lock(&user->lock);
	ret = read_one(user, to, !(iocb->ki_filp->f_flags & O_NONBLOCK));
	mutex_unlock(&user->lock);
	return ret;
}

/* "<N>" in front: level and facility; a program has none but a user's or its own. */
static const char *parse_prio(const char *line, unsigned int *prio)
{
	const char *s = line + 1;
	unsigned int n = 0;

	*prio = LOG_USER << 3 | LEVEL_WARN;
	if (*line != '<')
		return line;
	while (*s >= '0' && *s <= '9')
		n = n * 10 + (unsigned int)(*s++ - '0');
	if (*s != '>')
		return line;
	n &= PRIO_MASK;
	*prio = n >> 3 ? n : LOG_USER << 3 | n;
	return s + 1;
}

static ssize_t kmsg_write(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = iov_iter_count(from);
	char line[LINE_MAX + 1];
	unsigned int prio;
	const char *text;

	(void)iocb;
	if (n > LINE_MAX)
		return -EINVAL;
	if (!copy_from_iter_full(line, n, from))
		return -EFAULT;
	line[n] = '\0';
	text = parse_prio(line, &prio);
	printk_emit((u16)prio, text, strlen(text));
	return (ssize_t)n;
}

/* SEEK_DATA: what syslog() has not cleared. */
static loff_t kmsg_lseek(struct file *file, loff_t offset, int whence)
{
	struct kmsg_user *user = file->private_data;

	if (offset)
		return -ESPIPE;
	if (whence != SEEK_SET && whence != SEEK_DATA && whence != SEEK_END)
		return -EINVAL;
	mutex_lock(&user->lock);
	user->begun = false;
	user->pos = whence == SEEK_SET ? 0 : whence == SEEK_END ? kmsg_end() : kmsg_cleared();
	mutex_unlock(&user->lock);
	return 0;
}

static __poll_t kmsg_poll(struct file *file, poll_table *wait)
{
	struct kmsg_user *user = file->private_data;
	__poll_t ready = 0;
	u64 pos;

	poll_wait(file, &kmsg_wait, wait);
	kmsg_start_looking();
	mutex_lock(&user->lock);
	pos = user->pos;
	if (kmsg_next(&pos, &user->rec)) {
		ready = EPOLLIN | EPOLLRDNORM;
		if (user->begun && user->rec.number != user->next)
			ready |= EPOLLERR | EPOLLPRI;
	}
	mutex_unlock(&user->lock);
	return ready;
}

static int kmsg_open(struct inode *inode, struct file *file)
{
	struct kmsg_user *user = kzalloc(sizeof(*user), GFP_KERNEL);

	(void)inode;
	if (!user)
		return -ENOMEM;
	mutex_init(&user->lock);
	file->private_data = user;
	return 0;
}

static int kmsg_release(struct inode *inode, struct file *file)
{
	(void)inode;
	kfree(file->private_data);
	return 0;
}

static const struct file_operations kmsg_fops = {
	.llseek = kmsg_lseek,
	.read_iter = kmsg_read,
	.write_iter = kmsg_write,
	.poll = kmsg_poll,
	.open = kmsg_open,
	.release = kmsg_release,
};

void __init kmsg_dev_init(void)
{
	INIT_DELAYED_WORK(&look, look_for_news);
	dev_create("kmsg", S_IFCHR | 0644, MKDEV(MEM_MAJOR, 11), &kmsg_fops, NULL);
}
