// SPDX-License-Identifier: MIT
/* syslog(2): the kernel's messages as text, "<6>[    0.123456] ...", and which of them consoles show. */
#include "drivers/char/kmsg.h"
#include "kernel/core/printk.h"
#include "kernel/core/printk_ring.h"
#include "kernel/core/syscall.h"
#include "kernel/sched/mutex.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

/* syslog(2)'s numbers. */
enum {
	ACTION_CLOSE,
	ACTION_OPEN,
	ACTION_READ,
	ACTION_READ_ALL,
	ACTION_READ_CLEAR,
	ACTION_CLEAR,
	ACTION_CONSOLE_OFF,
	ACTION_CONSOLE_ON,
	ACTION_CONSOLE_LEVEL,
	ACTION_SIZE_UNREAD,
	ACTION_SIZE_BUFFER,
};

#define MIN_CONSOLE_LEVEL 1
#define STAMP_MAX	  32

static DEFINE_MUTEX(syslog_lock); /* all below */
static u64 read_pos;		  /* of ACTION_READ, which is everybody's */
static struct {
	u32 number;
	size_t bytes;
} begun; /* how much it has had of the newest message that it had any of */
static u64 cleared;
static int level_when_off = -1; /* -1: consoles are on */
static struct kmsg_record record;
static char text[2 * KMSG_MAX_TEXT + STAMP_MAX]; /* of `record`; it has few lines */

u64 kmsg_cleared(void)
{
	return READ_ONCE(cleared);
}

/* The record's text, a stamp in front of each line, in `text`: its bytes. */
static size_t format_text(void)
{
	unsigned long usec = record.ns / 1000;
	size_t n = 0, at = 0;

	do {
		size_t end = at;

		while (end < record.len && record.text[end] != '\n')
			end++;
		n += (size_t)scnprintf(text + n, sizeof(text) - n, "<%u>[%5lu.%06lu] %.*s\n",
				       record.prio, usec / 1000000, usec % 1000000, (int)(end - at),
				       record.text + at);
		at = end + 1;
	} while (at < record.len);
	return n;
}

/* Bytes of all that comes after `pos`. */
static size_t size_from(u64 pos)
{
	size_t sum = 0;

	while (kmsg_next(&pos, &record))
		sum += format_text();
	return sum;
}

/* Whole messages from `pos` on, as many as fit into `size` bytes: how many bytes, or -EFAULT. */
static long copy_messages(char __user *buf, size_t size, u64 pos)
{
	size_t done = 0;

	while (kmsg_next(&pos, &record)) {
		size_t n = format_text();

		if (n > size - done)
			break;
		if (copy_to_user(buf + done, text, n))
			return -EFAULT;
		done += n;
	}
	return (long)done;
}

/* The newest that fit. */
static long read_all(char __user *buf, size_t size)
{
	size_t sum = size_from(cleared);
	u64 pos = cleared;

	while (sum > size && kmsg_next(&pos, &record))
		sum -= format_text();
	return copy_messages(buf, size, pos);
}

static bool is_there(u64 pos)
{
	struct kmsg_record look;

	return kmsg_next(&pos, &look);
}

/* Bytes of `record` that ACTION_READ has had. */
static size_t bytes_had(void)
{
	return record.number == begun.number ? begun.bytes : 0;
}

/* What was not read yet, whole messages but for the first: what does not fit of that comes next time. */
static long copy_new(char __user *buf, size_t size)
{
	u64 next = read_pos;
	size_t done = 0;

	while (done < size && kmsg_next(&next, &record)) {
		size_t had = bytes_had(), whole = format_text(), n = min(whole - had, size - done);

		if (done && had + n < whole)
			break;
		if (copy_to_user(buf + done, text + had, n))
			return done ? (long)done : -EFAULT;
		begun.number = record.number;
		begun.bytes = had + n;
		if (begun.bytes == whole)
			read_pos = next;
		done += n;
	}
	return (long)done;
}

static long size_unread(void)
{
	u64 next = read_pos;
	size_t had = kmsg_next(&next, &record) ? bytes_had() : 0;

	return (long)(size_from(read_pos) - had);
}

/* Those that come. */
static long read_new(char __user *buf, size_t size)
{
	int err = 0;

	while (!err && !is_there(read_pos)) { /* another reader may be faster */
		mutex_unlock(&syslog_lock);
		err = kmsg_wait_event(is_there(READ_ONCE(read_pos)));
		mutex_lock(&syslog_lock);
	}
	return err ? -ERESTARTSYS : copy_new(buf, size);
}

static long set_console(int action, int len)
{
	int now =
		console_loglevel() + 1; /* Linux's shows what is below it, ours what is not above */

	if (action == ACTION_CONSOLE_LEVEL && (len < 1 || len > 8))
		return -EINVAL;
	if (action == ACTION_CONSOLE_OFF) {
		if (level_when_off < 0)
			level_when_off = now;
		now = MIN_CONSOLE_LEVEL;
	} else {
		if (action == ACTION_CONSOLE_LEVEL)
			now = len;
		else if (level_when_off >= 0)
			now = level_when_off;
		level_when_off = -1;
	}
	console_set_loglevel(now - 1);
	return 0;
}

static long do_syslog(int action, char __user *buf, int len)
{
	long ret;

	switch (action) {
	case ACTION_CLOSE:
	case ACTION_OPEN:
		return 0;
	case ACTION_READ:
	case ACTION_READ_ALL:
	case ACTION_READ_CLEAR:
		if (!buf || len < 0)
			return -EINVAL;
		if (!len)
			return 0;
		if (!access_ok(buf, (size_t)len))
			return -EFAULT;
		if (action == ACTION_READ)
			return read_new(buf, (size_t)len);
		ret = read_all(buf, (size_t)len);
		if (action == ACTION_READ_CLEAR)
			cleared = kmsg_end();
		return ret;
	case ACTION_CLEAR:
		cleared = kmsg_end();
		return 0;
	case ACTION_CONSOLE_OFF:
	case ACTION_CONSOLE_ON:
	case ACTION_CONSOLE_LEVEL:
		return set_console(action, len);
	case ACTION_SIZE_UNREAD:
		return size_unread();
	case ACTION_SIZE_BUFFER:
		return RING_SIZE;
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE3(syslog, int, action, char __user *, buf, int, len)
{
	long ret;

	mutex_lock(&syslog_lock);
	ret = do_syslog(action, buf, len);
	mutex_unlock(&syslog_lock);
	return ret;
}
