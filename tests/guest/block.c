// SPDX-License-Identifier: MIT
/*
 * Block devices as files, by the kernel's own calls, on the disk that the build made: what the cache
 * and what the device says is the same, edges and errors are Linux's, and nothing is left behind.
 */
#include "drivers/block/blkdev.h"

#include <linux/fs.h>

#include "drivers/virtio/virtio_blk.h"
#include "drivers/virtio/virtio_pci.h"
#include "kernel/core/sink.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/fs/pagemap.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/completion.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

#define DISK	   "/dev/vda"
#define SCRATCH	   (1024 * 512LL) /* bytes from here on may be written: tests/guest/virtio.c */
#define MANY_BYTES (600 * 512UL)

static struct file *open_disk(int flags)
{
	struct file *file = filp_open(DISK, flags, 0);

	if (IS_ERR(file)) {
		guest_skip("no " DISK);
		return NULL;
	}
	return file;
}

/* The same of a disk that keeps what is written: the one that the build made (tests/mkdisk.py). */
static struct file *open_build_disk(int flags)
{
	struct file *file = open_disk(O_RDONLY);
	char magic[16] = "";
	loff_t pos = 0;
	bool is_built;

	if (!file)
		return NULL;
	is_built = kernel_read(file, magic, sizeof(magic), &pos) == sizeof(magic) &&
		   !memcmp(magic, "TERRIER DISK v1\n", sizeof(magic));
	filp_close(file, NULL);
	if (is_built)
		return open_disk(flags);
	guest_skip("no disk that the build made");
	return NULL;
}

static loff_t disk_size(void)
{
	struct virtio_blk *blk = virtio_blk_get(0);
	loff_t size = blk ? (loff_t)(blk->bdev.capacity << SECTOR_SHIFT) : 0;

	virtio_blk_put(blk);
	return size;
}

/* NULL: it is none of PCI's. */
static struct pci_dev *virtio_function(const struct virtio_device *vdev)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (dev->driver == &virtio_pci_driver &&
		    &((struct virtio_pci_device *)dev->driver_data)->vdev == vdev)
			return dev;
	return NULL;
}

static ssize_t read_at(struct file *file, void *buf, size_t bytes, loff_t pos)
{
	return kernel_read(file, buf, bytes, &pos);
}

static ssize_t write_at(struct file *file, const void *buf, size_t bytes, loff_t pos)
{
	return kernel_write(file, buf, bytes, &pos);
}

/* Whatever its offset and length, by the cache; aligned, past it: the driver's own words. */
GUEST_TEST(block, reads)
{
	struct file *file = open_disk(O_RDONLY), *direct;
	struct virtio_blk *blk;
	u8 *want, *got;

	if (!file)
		return;
	direct = filp_open(DISK, O_RDONLY | O_DIRECT, 0);
	want = kmalloc(MANY_BYTES, GFP_KERNEL);
	got = kmalloc(MANY_BYTES, GFP_KERNEL);
	blk = virtio_blk_get(0);
	EXPECT(!IS_ERR(direct) && want && got && blk);
	EXPECT_EQ(virtio_blk_read(blk, 0, want, 600), 0);
	virtio_blk_put(blk);
	EXPECT_EQ(read_at(file, got, MANY_BYTES, 0), (ssize_t)MANY_BYTES);
	EXPECT(!memcmp(got, want, MANY_BYTES));
	memset(got, 0, MANY_BYTES);
	EXPECT_EQ(read_at(direct, got, MANY_BYTES, 0), (ssize_t)MANY_BYTES);
	EXPECT(!memcmp(got, want, MANY_BYTES));
	EXPECT_EQ(read_at(file, got, 1000, 4095), 1000);
	EXPECT(!memcmp(got, want + 4095, 1000));
	filp_close(direct, NULL);
	filp_close(file, NULL);
	kfree(want);
	kfree(got);
}

/* The end of the device, and beyond. */
GUEST_TEST(block, the_last_file_takes_the_cache_along)
{
	struct file *file = open_disk(O_RDONLY), *other;
	unsigned long before = nr_file_pages();
	char byte;
	loff_t pos = 0;

	if (!file)
		return;
	other = filp_open(DISK, O_RDONLY, 0);
	ASSERT(!IS_ERR(other));
	EXPECT_EQ(kernel_read(file, &byte, 1, &pos), 1);
	EXPECT_EQ(nr_file_pages(), before + 1);
	filp_close(file, NULL);
	EXPECT_EQ(nr_file_pages(), before + 1);
	filp_close(other, NULL);
	EXPECT_EQ(nr_file_pages(), before);
}

GUEST_TEST(block, end)
{
	struct file *file = open_disk(O_RDWR);
	loff_t size = disk_size();
	u8 buf[1024];

	if (!file)
		return;
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_END), size);
	EXPECT_EQ(read_at(file, buf, sizeof(buf), size - 512), 512);
	EXPECT_EQ(read_at(file, buf, sizeof(buf), size), 0);
	EXPECT_EQ(read_at(file, buf, sizeof(buf), size + 4096), 0);
	EXPECT_EQ(write_at(file, buf, sizeof(buf), size), -ENOSPC);
	EXPECT_EQ(write_at(file, buf, 0, size), 0);
	filp_close(file, NULL);
}

/* What fits is written, told, and there once nobody has it open any more; the rest is still the caller's. */
GUEST_TEST(block, a_write_over_the_end)
{
	static const int flags[] = { O_RDWR, O_RDWR | O_DIRECT };
	loff_t size = disk_size();
	u8 *buf, *got;

	buf = kmalloc(1024, GFP_KERNEL);
	got = kmalloc(512, GFP_KERNEL);
	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		struct file *file = open_build_disk(flags[i]);
		struct kvec kvec = { buf, 1024 };
		struct virtio_blk *blk;
		struct iov_iter iter;
		struct kiocb kiocb;

		if (!file)
			break;
		memset(buf, 0xe0 + (int)i, 1024);
		init_sync_kiocb(&kiocb, file);
		kiocb.ki_pos = size - 512;
		iov_iter_kvec(&iter, ITER_SOURCE, &kvec, 1, 1024);
		EXPECT_EQ(vfs_iter_write(file, &kiocb, &iter), 512);
		EXPECT_EQ(kiocb.ki_pos, size);
		EXPECT_EQ(iov_iter_count(&iter), 512);
		filp_close(file, NULL);
		blk = virtio_blk_get(0);
		EXPECT_EQ(virtio_blk_read(blk, (u64)(size >> SECTOR_SHIFT) - 1, got, 1), 0);
		EXPECT(!memcmp(got, buf, 512));
		virtio_blk_put(blk);
	}
	kfree(buf);
	kfree(got);
}

/* What is not whole blocks of the device, or not at a multiple of 512 in memory, is no direct I/O. */
GUEST_TEST(block, direct_alignment)
{
	struct file *file = open_disk(O_RDONLY | O_DIRECT);
	u8 *page;

	if (!file)
		return;
	page = (u8 *)__get_free_pages(0, 0);
	EXPECT_EQ(read_at(file, page, 512, 512), 512);
	EXPECT_EQ(read_at(file, page + 512, 1024, 0), 1024);
	EXPECT_EQ(read_at(file, page, 512, 100), -EINVAL);
	EXPECT_EQ(read_at(file, page, 100, 0), -EINVAL);
	EXPECT_EQ(read_at(file, page + 4, 512, 0), -EINVAL);
	EXPECT_EQ(read_at(file, page, 0, 0), 0);
	filp_close(file, NULL);
	free_pages((unsigned long)page, 0);
}

/* Cache and device agree: dirty pages are seen by direct reads, direct writes by the cache. */
GUEST_TEST(block, coherence)
{
	struct file *file = open_build_disk(O_RDWR), *direct;
	u8 *buf;

	if (!file)
		return;
	direct = filp_open(DISK, O_RDWR | O_DIRECT, 0);
	buf = kmalloc(4096, GFP_KERNEL);
	memset(buf, 0x11, 4096);
	EXPECT_EQ(write_at(file, buf, 4096, SCRATCH), 4096);
	memset(buf, 0, 4096);
	EXPECT_EQ(read_at(direct, buf, 4096, SCRATCH), 4096);
	EXPECT_EQ(buf[0], 0x11);
	memset(buf, 0x22, 4096);
	EXPECT_EQ(write_at(direct, buf, 4096, SCRATCH), 4096);
	EXPECT_EQ(read_at(file, buf, 1, SCRATCH + 4095), 1);
	EXPECT_EQ(buf[0], 0x22);
	EXPECT_EQ(write_at(file, "xy", 2, SCRATCH + 1), 2);
	EXPECT_EQ(vfs_fsync_range(file, 0, MAX_LFS_FILESIZE, 0), 0);
	EXPECT_EQ(read_at(direct, buf, 512, SCRATCH), 512);
	EXPECT(!memcmp(buf, "\x22xy\x22", 4));
	filp_close(direct, NULL);
	filp_close(file, NULL);
	kfree(buf);
}

static bool is_on_disk(const char *text)
{
	struct virtio_blk *blk = virtio_blk_get(0);
	u8 *buf = kmalloc(512, GFP_KERNEL);
	bool is;

	is = !virtio_blk_read(blk, SCRATCH >> SECTOR_SHIFT, buf, 1) &&
	     !memcmp(buf, text, strlen(text));
	virtio_blk_put(blk);
	kfree(buf);
	return is;
}

/* At each write of who asks for it; else at the latest when nobody has the disk open any more. */
GUEST_TEST(block, what_is_written_arrives)
{
	static const int flags[] = { O_DSYNC, O_SYNC };
	struct file *file;

	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		const char *text = i ? "sync" : "data";

		file = open_build_disk(O_RDWR | flags[i]);
		if (!file)
			return;
		EXPECT_EQ(write_at(file, text, 4, SCRATCH), 4);
		EXPECT(is_on_disk(text));
		filp_close(file, NULL);
	}
	file = open_build_disk(O_RDWR);
	EXPECT_EQ(write_at(file, "last", 4, SCRATCH), 4);
	filp_close(file, NULL);
	EXPECT(is_on_disk("last"));
}

static ssize_t write_with(struct file *file, const char *text, int rwf)
{
	struct kvec kvec = { (void *)text, strlen(text) };
	struct iov_iter iter;
	struct kiocb kiocb;

	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = SCRATCH;
	EXPECT_EQ(kiocb_set_rw_flags(&kiocb, rwf), 0);
	iov_iter_kvec(&iter, ITER_SOURCE, &kvec, 1, kvec.iov_len);
	return vfs_iter_write(file, &kiocb, &iter);
}

/* At the one write that asks for it, and of what lies where somebody asks for it. */
GUEST_TEST(block, what_is_asked_for_arrives)
{
	struct file *file = open_build_disk(O_RDWR);

	if (!file)
		return;
	EXPECT_EQ(write_with(file, "one data", RWF_DSYNC), 8);
	EXPECT(is_on_disk("one data"));
	EXPECT_EQ(write_with(file, "one sync", RWF_SYNC), 8);
	EXPECT(is_on_disk("one sync"));
	EXPECT_EQ(write_with(file, "no haste", 0), 8);
	EXPECT_EQ(filemap_write_and_wait_range(file->f_mapping, 0, SCRATCH - 1), 0);
	EXPECT_EQ(filemap_write_and_wait_range(file->f_mapping, SCRATCH + PAGE_SIZE,
					       MAX_LFS_FILESIZE),
		  0);
	EXPECT(is_on_disk("one sync"));
	EXPECT_EQ(filemap_write_and_wait_range(file->f_mapping, SCRATCH + 8, SCRATCH + 8), 0);
	EXPECT(is_on_disk("no haste"));
	filp_close(file, NULL);
}

/* Who waits for one bio in the midst of a plug does not wait for itself. */
GUEST_TEST(block, waits_in_a_plug)
{
	struct file *file = open_disk(O_RDONLY);
	struct blk_plug plug;
	u8 byte;

	if (!file)
		return;
	invalidate_inode_pages2_range(file->f_mapping, 0, ~0UL);
	blk_start_plug(&plug);
	EXPECT_EQ(read_at(file, &byte, 1, 65536), 1);
	blk_finish_plug(&plug);
	filp_close(file, NULL);
}

struct async {
	struct kiocb kiocb;
	struct completion done;
	long res;
};

static void async_done(struct kiocb *kiocb, long res)
{
	struct async *a = container_of(kiocb, struct async, kiocb);

	a->res = res;
	complete(&a->done);
}

/* A kiocb that may come back later does, once, and moves its own position. */
GUEST_TEST(block, direct_async)
{
	struct file *file = open_build_disk(O_RDONLY | O_DIRECT);
	struct async a = { 0 };
	struct bio_vec bvec;
	struct iov_iter iter;
	struct page *page;

	if (!file)
		return;
	page = alloc_pages(0, 0);
	bvec = (struct bio_vec){ page, 4096, 0 };
	init_sync_kiocb(&a.kiocb, file);
	init_completion(&a.done);
	a.kiocb.ki_complete = async_done;
	a.kiocb.ki_pos = 4096;
	iov_iter_bvec(&iter, ITER_DEST, &bvec, 1, 4096);
	EXPECT_EQ(vfs_iter_read(file, &a.kiocb, &iter), -EIOCBQUEUED);
	wait_for_completion(&a.done);
	EXPECT_EQ(a.res, 4096);
	EXPECT_EQ(a.kiocb.ki_pos, 8192);
	EXPECT(memcmp(page_address(page), "\0\0\0\0\0\0\0\0", 8));
	filp_close(file, NULL);
	__free_pages(page, 0);
}

/* /proc/partitions names it, /proc/diskstats counts what was read. */
GUEST_TEST(block, statistics)
{
	struct file *file = open_disk(O_RDONLY | O_DIRECT);
	struct virtio_blk *blk = virtio_blk_get(0);
	u64 ios, sectors;
	u8 *page;

	if (!file) {
		virtio_blk_put(blk);
		return;
	}
	page = (u8 *)__get_free_pages(0, 0);
	ios = blk->bdev.stats[BIO_READ].ios;
	sectors = blk->bdev.stats[BIO_READ].sectors;
	EXPECT_EQ(read_at(file, page, 4096, 0), 4096);
	EXPECT_EQ(blk->bdev.stats[BIO_READ].ios, ios + 1);
	EXPECT_EQ(blk->bdev.stats[BIO_READ].sectors, sectors + 8);
	EXPECT_EQ(blk->bdev.in_flight, 0);
	filp_close(file, NULL);
	free_pages((unsigned long)page, 0);
	virtio_blk_put(blk);
}

/* A disk that is pulled while files of it are open: they get errors, nobody else gets one, and it comes back. */
GUEST_TEST(block, pulled)
{
	struct file *file = open_disk(O_RDWR), *direct;
	struct virtio_blk *blk = virtio_blk_get(0);
	struct pci_dev *dev = blk ? virtio_function(blk->vdev) : NULL;
	u8 *buf;

	virtio_blk_put(blk);
	if (!file)
		return;
	if (!dev) {
		filp_close(file, NULL);
		guest_skip("no disk that can be taken away");
		return;
	}
	direct = filp_open(DISK, O_RDWR | O_DIRECT, 0);
	buf = kmalloc(4096, GFP_KERNEL);
	EXPECT_EQ(read_at(direct, buf, 4096, SCRATCH), 4096);
	EXPECT_EQ(write_at(file, buf, 4096, SCRATCH), 4096);
	pci_lock_rescan_remove();
	pci_release_driver(dev);
	pci_unlock_rescan_remove();
	EXPECT(IS_ERR(filp_open(DISK, O_RDONLY, 0)));
	EXPECT_EQ(read_at(direct, buf, 4096, 0), -EIO);
	EXPECT_EQ(write_at(direct, buf, 4096, 0), -EIO);
	EXPECT_EQ(vfs_fsync_range(file, 0, MAX_LFS_FILESIZE, 0), -EIO);
	EXPECT_EQ(filemap_write_and_wait_range(file->f_mapping, 0, MAX_LFS_FILESIZE), 0); /* once */
	filp_close(direct, NULL);
	filp_close(file, NULL);
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), 1);
	file = filp_open(DISK, O_RDONLY, 0);
	EXPECT(!IS_ERR(file) && read_at(file, buf, 4096, 0) == 4096);
	filp_close(file, NULL);
	kfree(buf);
}
