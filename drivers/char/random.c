// SPDX-License-Identifier: MIT
/* /dev/random and /dev/urandom: the same, since the generator is seeded before the first program runs. */
#include <linux/random.h>

#include "drivers/char/char.h"
#include "kernel/cpu/random.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/sched/sched.h"
#include "mm/uaccess.h"

#define CHUNK	    256
#define ENTROPY_MAX 256 /* bits: Linux's poolsize */

/* A page at a time for who has a signal: what is shorter comes whole. */
static bool should_stop(size_t done)
{
	if (done % PAGE_SIZE)
		return false;
	cond_resched();
	return signal_pending(current);
}

static ssize_t read_random(struct kiocb *iocb, struct iov_iter *to)
{
	size_t done = 0, n, got;
	u8 bytes[CHUNK];

	(void)iocb;
	while (iov_iter_count(to)) {
		n = min(iov_iter_count(to), sizeof(bytes));
		get_random_bytes(bytes, n);
		got = copy_to_iter(bytes, n, to);
		done += got;
		if (got < n || should_stop(done))
			break;
	}
	memset(bytes, 0, sizeof(bytes));
	return done || !iov_iter_count(to) ? (ssize_t)done : -EFAULT;
}

/* What a program brings is mixed in, and counts for nothing. */
static ssize_t write_random(struct kiocb *iocb, struct iov_iter *from)
{
	size_t done = 0, n, got;
	u8 bytes[CHUNK];

	(void)iocb;
	while (iov_iter_count(from)) {
		n = min(iov_iter_count(from), sizeof(bytes));
		got = copy_from_iter(bytes, n, from);
		add_device_randomness(bytes, got);
		done += got;
		if (got < n || should_stop(done))
			break;
	}
	return done || !iov_iter_count(from) ? (ssize_t)done : -EFAULT;
}

static long random_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	(void)file;
	if (cmd != RNDGETENTCNT)
		return -EINVAL;
	return put_user((int)ENTROPY_MAX, (int __user *)arg);
}

static const struct file_operations random_fops = {
	.llseek = noop_llseek,
	.read_iter = read_random,
	.write_iter = write_random,
	.unlocked_ioctl = random_ioctl,
};

void __init random_dev_init(void)
{
	dev_create("random", S_IFCHR | 0666, MKDEV(MEM_MAJOR, 8), &random_fops, NULL);
	dev_create("urandom", S_IFCHR | 0666, MKDEV(MEM_MAJOR, 9), &random_fops, NULL);
}
