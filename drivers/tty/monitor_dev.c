// SPDX-License-Identifier: MIT
/*
 * /dev/monitor: the monitor for programs.
 *
 *	cat /dev/monitor		the prompt on the console, until `exit` or ^D
 *	echo iomem > /dev/monitor	a command; what it says is shown on the console
 *	exec 3<> /dev/monitor		a command written to 3 is run, and what it said is read
 *	echo iomem >&3; cat <&3		from there, up to its end
 *
 * So a file that is only read is a session; one that is written to runs each line as a command, and
 * keeps the output if it can be read.  A line without its end is kept until that comes, or is run at the
 * close.
 */
#include "drivers/tty/tty.h"
#include "kernel/core/printk.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/monitor/monitor.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"

#define DEV_MONITOR MKDEV(10, 240) /* of misc's numbers for anybody's use */
#define LINE_BYTES  256
#define OUTPUT_MAX  (1UL << 20) /* what is said beyond is lost, which is said at its end */

struct monitor_file {
	struct sink sink;
	struct mutex mutex;
	char *output;
	size_t size, read, room;
	bool lost;
	size_t len; /* of line */
	char line[LINE_BYTES];
};

static bool make_room(struct monitor_file *m, size_t size)
{
	size_t room = m->room ? m->room : PAGE_SIZE;
	char *output;

	while (room < size)
		room *= 2;
	if (room == m->room)
		return true;
	output = size <= OUTPUT_MAX ? krealloc(m->output, room, GFP_KERNEL) : NULL;
	if (!output)
		return false;
	m->output = output;
	m->room = room;
	return true;
}

static void keep_output(struct sink *sink, const char *s, size_t n)
{
	struct monitor_file *m = container_of(sink, struct monitor_file, sink);

	m->lost = m->lost || !make_room(m, m->size + n);
	if (m->lost)
		return;
	memcpy(m->output + m->size, s, n);
	m->size += n;
}

static int run_line(struct monitor_file *m, struct file *file)
{
	bool keeps = file->f_mode & FMODE_READ;
	int ret;

	m->line[m->len] = '\0';
	m->len = 0;
	ret = monitor_execute_alone(keeps ? &m->sink : &console_sink, m->line);
	if (m->lost)
		pr_warn("/dev/monitor: what `%s` said beyond %zu bytes is lost\n", m->line,
			m->size);
	m->lost = false;
	return ret == -EINTR ? -ERESTARTSYS : 0;
}

static ssize_t write_lines(struct monitor_file *m, struct file *file, struct iov_iter *from)
{
	ssize_t done = 0;
	char c;
	int err;

	while (iov_iter_count(from)) {
		if (copy_from_iter(&c, 1, from) != 1)
			return done ? done : -EFAULT;
		done++;
		if (c != '\n') {
			if (m->len == LINE_BYTES - 1) {
				m->len = 0; /* what it begins with is no command */
				return -EMSGSIZE;
			}
			m->line[m->len++] = c;
			continue;
		}
		err = run_line(m, file);
		if (err)
			return err;
	}
	return done;
}

static ssize_t monitor_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct monitor_file *m = iocb->ki_filp->private_data;
	ssize_t ret;

	if (mutex_lock_interruptible(&m->mutex))
		return -ERESTARTSYS;
	ret = write_lines(m, iocb->ki_filp, from);
	mutex_unlock(&m->mutex);
	return ret;
}

static ssize_t monitor_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct monitor_file *m = iocb->ki_filp->private_data;
	size_t n;

	if (!(iocb->ki_filp->f_mode & FMODE_WRITE))
		return monitor_session() ? -ERESTARTSYS : 0;
	if (mutex_lock_interruptible(&m->mutex))
		return -ERESTARTSYS;
	n = copy_to_iter(m->output + m->read, min(m->size - m->read, iov_iter_count(to)), to);
	m->read += n;
	if (m->read == m->size)
		m->read = m->size = 0;
	mutex_unlock(&m->mutex);
	return (ssize_t)n;
}

static int monitor_open(struct inode *inode, struct file *file)
{
	struct monitor_file *m = kzalloc(sizeof(*m), GFP_KERNEL);

	if (!m)
		return -ENOMEM;
	m->sink.write = keep_output;
	mutex_init(&m->mutex);
	file->private_data = m;
	return nonseekable_open(inode, file);
}

static int monitor_release(struct inode *inode, struct file *file)
{
	struct monitor_file *m = file->private_data;

	(void)inode;
	if (m->len)
		run_line(m, file);
	kfree(m->output);
	kfree(m);
	return 0;
}

static const struct file_operations monitor_fops = {
	.open = monitor_open,
	.release = monitor_release,
	.read_iter = monitor_read,
	.write_iter = monitor_write,
};

void __init monitor_dev_init(void)
{
	dev_create("monitor", S_IFCHR | 0600, DEV_MONITOR, &monitor_fops, NULL);
}
