// SPDX-License-Identifier: MIT
/*
 * /dev/edu: the device's buffer as a file of EDU_BUFFER bytes.
 *
 *   write()   the device reads the program's memory into its buffer
 *   read()    the device writes its buffer into the program's memory
 *
 * Nothing is copied in between.  The page that the program names is pinned, which keeps it where it
 * is whatever the program does meanwhile, munmap() and exit() included; the device is given
 * its physical address; it is let go when the device is done.
 */
#include "drivers/edu/edu.h"

#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/errno.h"
#include "mm/user/gup.h"

#define EDU_DEV \
	MKDEV(240, 0) /* "local/experimental use": Linux's Documentation/admin-guide/devices.txt */

/* What lies in one page of what the program named: bytes, or -errno. */
static ssize_t transfer_page(struct iov_iter *iter, u32 pos, enum edu_direction direction)
{
	bool written = direction == EDU_FROM_DEVICE;
	unsigned long start, offset;
	struct page *page;
	size_t len;
	int ret;

	start = (unsigned long)iov_iter_user_range(iter, &len);
	offset = start % PAGE_SIZE;
	len = min(len, PAGE_SIZE - offset);
	ret = pin_user_pages_fast(start - offset, 1, written ? FOLL_WRITE : 0, &page);
	if (ret != 1)
		return ret ? ret : -EFAULT;
	ret = edu_dma(page_to_phys(page) + offset, pos, (u32)len, direction);
	unpin_user_pages_dirty_lock(&page, 1, written && !ret);
	return ret ? ret : (ssize_t)len;
}

static ssize_t transfer(struct kiocb *iocb, struct iov_iter *iter, enum edu_direction direction)
{
	ssize_t done = 0, n;

	if (!user_backed_iter(iter))
		return -EINVAL;
	if (iocb->ki_pos >= EDU_BUFFER)
		return direction == EDU_FROM_DEVICE ? 0 : -ENOSPC;
	iov_iter_truncate(iter, (u64)(EDU_BUFFER - iocb->ki_pos));
	while (iov_iter_count(iter)) {
		n = transfer_page(iter, (u32)iocb->ki_pos, direction);
		if (n < 0)
			return done ? done : n;
		iov_iter_advance(iter, (size_t)n);
		iocb->ki_pos += n;
		done += n;
	}
	return done;
}

static ssize_t edu_read(struct kiocb *iocb, struct iov_iter *to)
{
	return transfer(iocb, to, EDU_FROM_DEVICE);
}

static ssize_t edu_write(struct kiocb *iocb, struct iov_iter *from)
{
	return transfer(iocb, from, EDU_TO_DEVICE);
}

static loff_t edu_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, EDU_BUFFER);
}

static const struct file_operations edu_fops = {
	.llseek = edu_llseek,
	.read_iter = edu_read,
	.write_iter = edu_write,
};

void __init edu_dev_init(void)
{
	dev_create("edu", S_IFCHR | 0600, EDU_DEV, &edu_fops, NULL);
}
