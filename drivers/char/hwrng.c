// SPDX-License-Identifier: MIT
/* /dev/hwrng: the host's random bytes, through virtio-rng. */
#include "drivers/char/char.h"
#include "drivers/virtio/virtio_rng.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/errno.h"

#define HWRNG_MINOR 183
#define CHUNK	    64
#define WAIT_USEC   100000 /* between two looks for a signal */

/* Some bytes, waited for: how many, or -errno. */
static ssize_t get_bytes(u8 *bytes, size_t n, bool wait)
{
	ssize_t got;

	do {
		got = virtio_rng_read(bytes, n, wait ? WAIT_USEC : 0);
		if (got == -EAGAIN && wait && signal_pending(current))
			return -ERESTARTSYS;
	} while (got == -EAGAIN && wait);
	return got;
}

static ssize_t read_hwrng(struct kiocb *iocb, struct iov_iter *to)
{
	bool wait = !(iocb->ki_filp->f_flags & O_NONBLOCK);
	u8 bytes[CHUNK];
	ssize_t done = 0;

	while (iov_iter_count(to)) {
		ssize_t got = get_bytes(bytes, min(iov_iter_count(to), sizeof(bytes)), wait);

		if (got < 0)
			return done ? done : got;
		if (copy_to_iter(bytes, (size_t)got, to) != (size_t)got)
			return done ? done : -EFAULT;
		done += got;
		if (signal_pending(current))
			break;
	}
	return done;
}

static int open_hwrng(struct inode *inode, struct file *file)
{
	(void)inode;
	if (!(file->f_mode & FMODE_READ) || file->f_mode & FMODE_WRITE)
		return -EINVAL;
	return 0;
}

static const struct file_operations hwrng_fops = {
	.llseek = noop_llseek,
	.read_iter = read_hwrng,
	.open = open_hwrng,
};

void __init hwrng_dev_init(void)
{
	dev_create("hwrng", S_IFCHR | 0600, MKDEV(MISC_MAJOR, HWRNG_MINOR), &hwrng_fops, NULL);
}
