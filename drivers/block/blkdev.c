// SPDX-License-Identifier: MIT
/*
 * Block devices as files.
 *
 * All files of a device share its one inode's page cache: read() and write() go through that, block
 * after block, and fsync() and sync() bring to the device what is dirty.  O_DIRECT goes past it
 * (drivers/block/direct.c), after what is dirty there has been written.  With the last file that is
 * open the cache goes: what a disk holds by then, another machine may change.  O_EXCL is one's at a time.
 *
 * A device keeps each write on stable storage before it says so (drivers/virtio/virtio_blk.c): there
 * is no cache of its own to be flushed.
 */
#include "drivers/block/blkdev.h"

#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/hdreg.h>

#include "drivers/block/direct.h"
#include "kernel/core/sink.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/mutex.h"
#include "kernel/time/time.h"
#include "mm/highmem.h"
#include "mm/uaccess.h"

#define BLOCK_MAJOR 254 /* what Linux gives to virtio-blk where nobody else has it */
#define MINORS	    16	/* of one device: itself and its partitions, of which there are none */
#define MAX_DEVICES 16
#define READ_AHEAD  256 /* sectors, as Linux says of its own; nothing is read ahead */

static DEFINE_SPINLOCK(devices_lock);
static DEFINE_MUTEX(
	openers_lock); /* taken outside of all locks of pages; held while they are written */
static struct block_device *devices[MAX_DEVICES]; /* devices_lock: those that can be opened */

/* With a reference, or NULL. */
static struct block_device *get_device(unsigned int index)
{
	struct block_device *bdev = NULL;

	spin_lock(&devices_lock);
	if (index < MAX_DEVICES && devices[index]) {
		bdev = devices[index];
		hold_block_device(bdev);
	}
	spin_unlock(&devices_lock);
	return bdev;
}

static void set_device(unsigned int index, struct block_device *bdev)
{
	spin_lock(&devices_lock);
	devices[index] = bdev;
	spin_unlock(&devices_lock);
}

static struct block_device *bdev_of(const struct file *file)
{
	return file->f_mapping->private_data;
}

/* ---------------------------------------------------------------- the page cache's side */

static int transfer_page(struct address_space *mapping, struct page *page, enum bio_op op)
{
	struct block_device *bdev = mapping->private_data;
	loff_t pos = (loff_t)page->index << PAGE_SHIFT, left = i_size_read(mapping->host) - pos;
	struct bio_segment segment = { page_to_phys(page), (u32)min(left, (loff_t)PAGE_SIZE) };
	struct bio bio = { .bdev = bdev,
			   .op = op,
			   .sector = (u64)pos >> SECTOR_SHIFT,
			   .segments = &segment,
			   .nr_segments = 1 };

	if (left <= 0)
		return -EIO;
	return submit_bio_wait(&bio);
}

/* The last page of a device may be cut: what is behind its end is zeros. */
static int blkdev_read_page(struct address_space *mapping, struct page *page)
{
	loff_t left = i_size_read(mapping->host) - ((loff_t)page->index << PAGE_SHIFT);
	int ret = transfer_page(mapping, page, BIO_READ);

	if (ret)
		return ret;
	if (left < (loff_t)PAGE_SIZE) {
		char *p = kmap_local_page(page);

		memset(p + left, 0, PAGE_SIZE - (size_t)left);
		kunmap_local(p);
	}
	SetPageUptodate(page);
	return 0;
}

static int blkdev_write_page(struct address_space *mapping, struct page *page)
{
	return transfer_page(mapping, page, BIO_WRITE);
}

static bool is_dirty(struct address_space *mapping, pgoff_t index, pgoff_t end)
{
	struct page *page;
	bool dirty = false;

	while (!dirty && index <= end && (page = find_get_next_page(mapping, index, end))) {
		dirty = PageDirty(page);
		index = page->index + 1;
		put_page(page);
	}
	return dirty;
}

/* Past the cache, which agrees with the device then: what is dirty there was written, for a write it is dropped. */
static ssize_t blkdev_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t start = iocb->ki_pos, end = start + (loff_t)iov_iter_count(iter) - 1;
	bool cached = READ_ONCE(mapping->nrpages);
	ssize_t ret;

	if (cached && iocb->ki_flags & IOCB_NOWAIT &&
	    is_dirty(mapping, (pgoff_t)start / PAGE_SIZE, (pgoff_t)end / PAGE_SIZE))
		return -EAGAIN;
	ret = cached ? filemap_write_and_wait_range(mapping, start, end) : 0;
	if (ret)
		return ret;
	if (cached && iov_iter_rw(iter) == ITER_SOURCE)
		invalidate_inode_pages2_range(mapping, start / PAGE_SIZE, end / PAGE_SIZE);
	return blkdev_direct_io(bdev_of(iocb->ki_filp), iocb, iter);
}

static const struct address_space_operations blkdev_aops = {
	.read_page = blkdev_read_page,
	.write_page = blkdev_write_page,
	.direct_IO = blkdev_direct_IO,
};

/* ---------------------------------------------------------------- the file's side */

static loff_t blkdev_size(const struct file *file)
{
	return i_size_read(file->f_mapping->host);
}

static int blkdev_open(struct inode *inode, struct file *file)
{
	struct block_device *bdev = get_device(MINOR(inode->i_rdev) / MINORS);
	int error = 0;

	if (!bdev)
		return -ENXIO;
	file->f_mapping = bdev->inode->i_mapping;
	file->f_mode |= FMODE_NOWAIT;
	mutex_lock(&openers_lock);
	if (file->f_flags & O_EXCL && bdev->holder) {
		error = -EBUSY;
	} else {
		bdev->openers++;
		if (file->f_flags & O_EXCL)
			bdev->holder = file;
	}
	mutex_unlock(&openers_lock);
	if (error)
		put_block_device(bdev);
	return error;
}

static int blkdev_release(struct inode *inode, struct file *file)
{
	struct block_device *bdev = bdev_of(file);

	(void)inode;
	mutex_lock(&openers_lock);
	if (bdev->openers == 1)
		filemap_write_and_wait_range(file->f_mapping, 0, MAX_LFS_FILESIZE);
	if (bdev->holder == file)
		bdev->holder = NULL;
	if (--bdev->openers == 0)
		truncate_inode_pages(file->f_mapping, 0);
	mutex_unlock(&openers_lock);
	put_block_device(bdev);
	return 0;
}

static loff_t blkdev_llseek(struct file *file, loff_t offset, int whence)
{
	return fixed_size_llseek(file, offset, whence, blkdev_size(file));
}

static ssize_t blkdev_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	loff_t left = blkdev_size(iocb->ki_filp) - iocb->ki_pos;
	size_t count = iov_iter_count(to), cut;
	ssize_t ret;

	if (left <= 0)
		return 0;
	iov_iter_truncate(to, (u64)left);
	cut = count - iov_iter_count(to);
	ret = generic_file_read_iter(iocb, to);
	iov_iter_reexpand(to, iov_iter_count(to) + cut);
	return ret;
}

/* The position moves with what was written.  A direct write need not be alone: the device orders nothing. */
static ssize_t write_within(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	ssize_t ret;

	if (iocb->ki_flags & IOCB_DIRECT)
		return blkdev_direct_IO(iocb, from);
	down_write(&inode->i_rwsem);
	ret = generic_perform_write(iocb, from);
	up_write(&inode->i_rwsem);
	return ret;
}

static int blkdev_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	(void)datasync;
	return filemap_write_and_wait_range(file->f_mapping, start, end);
}

static ssize_t blkdev_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	loff_t start = iocb->ki_pos, left = blkdev_size(file) - start;
	size_t count = iov_iter_count(from), cut;
	ssize_t ret, error = 0;

	if (bdev_of(file)->read_only)
		return -EPERM;
	if (!count)
		return 0;
	if (left <= 0)
		return -ENOSPC;
	if ((iocb->ki_flags & (IOCB_NOWAIT | IOCB_DIRECT)) == IOCB_NOWAIT)
		return -EOPNOTSUPP;
	iov_iter_truncate(from, (u64)left);
	cut = count - iov_iter_count(from);
	inode_update_time(file_inode(file));
	ret = write_within(iocb, from);
	if (ret > 0 && iocb->ki_flags & IOCB_DSYNC)
		error = blkdev_fsync(file, start, start + ret - 1, 0);
	iov_iter_reexpand(from, iov_iter_count(from) + cut);
	return error ? error : ret;
}

/* As fdisk and its like want it: the device's, else what Linux makes up (its virtio_blk.c). */
static long get_geometry(const struct block_device *bdev, void __user *arg)
{
	struct hd_geometry geo = { .heads = bdev->geometry.heads,
				   .sectors = bdev->geometry.sectors,
				   .cylinders = bdev->geometry.cylinders };

	if (!geo.heads)
		geo = (struct hd_geometry){ .heads = 1 << 6,
					    .sectors = 1 << 5,
					    .cylinders = (unsigned short)(bdev->capacity >> 11) };
	return copy_to_user(arg, &geo, sizeof(geo)) ? -EFAULT : 0;
}

/* The largest up to a page of which the device is a multiple. */
static u32 soft_block_size(const struct block_device *bdev)
{
	u64 bytes = bdev->capacity << SECTOR_SHIFT;
	u32 size = bdev->block_size;

	while (size < PAGE_SIZE && !(bytes & size))
		size <<= 1;
	return size;
}

/* There are none to be found: who may look, and when, is answered as on Linux. */
static int look_for_partitions(struct file *file)
{
	const struct file *holder = READ_ONCE(bdev_of(file)->holder);

	if (!capable(CAP_SYS_ADMIN))
		return -EACCES;
	return holder && holder != file ? -EBUSY : 0;
}

#define PUT(type, value) put_user((type)(value), (type __user *)arg)

static long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	const struct block_device *bdev = bdev_of(file);

	switch (cmd) {
	case BLKGETSIZE64:
		return PUT(u64, bdev->capacity << SECTOR_SHIFT);
	case BLKGETSIZE:
		return PUT(unsigned long, bdev->capacity);
	case BLKSSZGET:
	case BLKIOMIN:
		return PUT(int, bdev->block_size);
	case BLKPBSZGET:
		return PUT(unsigned int, bdev->block_size);
	case BLKBSZGET:
		return PUT(int, soft_block_size(bdev));
	case BLKIOOPT:
	case BLKALIGNOFF:
	case BLKDISCARDZEROES:
		return PUT(int, 0);
	case BLKROGET:
		return PUT(int, bdev->read_only);
	case BLKROTATIONAL:
		return PUT(unsigned short, 1);
	case BLKSECTGET:
		return PUT(unsigned short, 2560);
	case BLKRAGET:
	case BLKFRAGET:
		return arg ? PUT(long, READ_AHEAD) : -EINVAL;
	case BLKFLSBUF:
		filemap_write_and_wait_range(file->f_mapping, 0, MAX_LFS_FILESIZE);
		return invalidate_inode_pages2_range(file->f_mapping, 0, ~0UL) == -EBUSY ? -EBUSY :
											   0;
	case BLKRRPART:
		return look_for_partitions(file);
	case HDIO_GETGEO:
		return get_geometry(bdev, (void __user *)arg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations blkdev_fops = {
	.open = blkdev_open,
	.release = blkdev_release,
	.llseek = blkdev_llseek,
	.read_iter = blkdev_read_iter,
	.write_iter = blkdev_write_iter,
	.fsync = blkdev_fsync,
	.unlocked_ioctl = blkdev_ioctl,
};

/* ---------------------------------------------------------------- the node */

static void sync_devices(void)
{
	struct block_device *bdev;

	for (unsigned int i = 0; i < MAX_DEVICES; i++) {
		bdev = get_device(i);
		if (!bdev)
			continue;
		filemap_write_and_wait_range(bdev->inode->i_mapping, 0, MAX_LFS_FILESIZE);
		put_block_device(bdev);
	}
}

int add_block_node(struct block_device *bdev, unsigned int index)
{
	struct inode *inode = new_pseudo_inode(S_IFBLK | 0600);
	int ret;

	if (!inode)
		return -ENOMEM;
	inode->i_size = (loff_t)(bdev->capacity << SECTOR_SHIFT);
	inode->i_mapping->a_ops = &blkdev_aops;
	inode->i_mapping->private_data = bdev;
	bdev->inode = inode;
	hold_block_device(bdev);
	set_device(index, bdev);
	fs_set_sync_devices(sync_devices);
	ret = dev_create(bdev->name, S_IFBLK | 0660, MKDEV(BLOCK_MAJOR, index * MINORS),
			 &blkdev_fops, NULL);
	if (ret)
		remove_block_node(bdev, index);
	return ret;
}

void remove_block_node(struct block_device *bdev, unsigned int index)
{
	bool there = devices[index] == bdev;

	if (!there)
		return;
	dev_remove(bdev->name, S_IFBLK, MKDEV(BLOCK_MAJOR, index * MINORS));
	set_device(index, NULL);
	put_block_device(bdev);
}

void set_capacity(struct block_device *bdev, u64 sectors)
{
	WRITE_ONCE(bdev->capacity, sectors);
	if (bdev->inode)
		WRITE_ONCE(bdev->inode->i_size, (loff_t)(sectors << SECTOR_SHIFT));
}

/* ---------------------------------------------------------------- /proc */

struct block_device *nth_block_device(unsigned int n)
{
	return get_device(n);
}

void show_partitions(struct sink *out)
{
	struct block_device *bdev;
	bool any = false;

	for (unsigned int i = 0; i < MAX_DEVICES; i++) {
		bdev = get_device(i);
		if (!bdev)
			continue;
		if (!any)
			sink_printf(out, "major minor  #blocks  name\n\n");
		any = true;
		if (bdev->capacity)
			sink_printf(out, "%4d  %7d %10llu %s\n", BLOCK_MAJOR, (int)i * MINORS,
				    (unsigned long long)bdev->capacity >> 1, bdev->name);
		put_block_device(bdev);
	}
}

static u64 ms(u64 ns)
{
	return ns / NSEC_PER_MSEC;
}

static void show_stats(struct sink *out, const struct block_device *bdev, unsigned int index)
{
	const struct block_stats *r = &bdev->stats[BIO_READ], *w = &bdev->stats[BIO_WRITE];

	sink_printf(out, "%4d %7d %s %llu 0 %llu %llu %llu 0 %llu %llu %u %llu %llu 0 0 0 0 0 0\n",
		    BLOCK_MAJOR, (int)index * MINORS, bdev->name, (unsigned long long)r->ios,
		    (unsigned long long)r->sectors, (unsigned long long)ms(r->ns),
		    (unsigned long long)w->ios, (unsigned long long)w->sectors,
		    (unsigned long long)ms(w->ns), READ_ONCE(bdev->in_flight),
		    (unsigned long long)ms(bdev->busy_ns), (unsigned long long)ms(r->ns + w->ns));
}

void show_diskstats(struct sink *out)
{
	struct block_device *bdev;

	for (unsigned int i = 0; i < MAX_DEVICES; i++) {
		bdev = get_device(i);
		if (!bdev)
			continue;
		show_stats(out, bdev, i);
		put_block_device(bdev);
	}
}
