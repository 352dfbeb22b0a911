/* SPDX-License-Identifier: MIT */
/*
 * Block devices over virtio (virtio 1.2, 5.2).  A sector is 512 bytes here,
 * whatever the device's own block size is.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_BLK_H
#define DRIVERS_VIRTIO_VIRTIO_BLK_H

#include "drivers/virtio/virtio.h"

#define MAX_DISKS 16 /* with a driver: vda to vdp */

#define SECTOR_SHIFT 9
#define SECTOR_SIZE  (1U << SECTOR_SHIFT)

struct virtqueue;

struct virtio_blk {
	struct virtio_device *vdev;
	struct virtqueue *vq;
	char name[8];	      /* "vda" */
	u64 capacity;	      /* sectors; follows the device when it is resized */
	u32 block_size;	      /* bytes: requests are multiples of it; 512 .. PAGE_SIZE */
	u32 max_segments;     /* data pieces in one request */
	u32 max_segment_size; /* bytes of one */
	bool read_only;
};

/*
 * The n-th disk (0 = first), or NULL.  It stays until virtio_blk_put(), which the thread that got
 * it calls; one that is pulled meanwhile fails.  Threads that may sleep, and have no other.
 */
struct virtio_blk *virtio_blk_get(unsigned int n);
void virtio_blk_put(struct virtio_blk *blk); /* NULL: nothing */

/*
 * Read or write `nr` sectors from `sector` on.  `buf` is any mapped kernel
 * memory, at any alignment.  Returns when the device is done: 0, -EIO (beyond
 * the capacity, or the device says so), -EINVAL (nr 0, or not a multiple of
 * block_size), -EPERM (read-only), -EFAULT (buf is not mapped), -ENOMEM,
 * -ETIMEDOUT (the device is then broken).  A failure that is not the caller's
 * gets a line.  In threads that may sleep, several at a time.  To write is promised, too; only
 * tests do yet.
 */
int virtio_blk_read(struct virtio_blk *blk, u64 sector, void *buf, u32 nr);
int virtio_blk_write(struct virtio_blk *blk, u64 sector, const void *buf, u32 nr);

/* The same without looking at the capacity, for tests: the device itself judges the range. */
int virtio_blk_transfer(struct virtio_blk *blk, bool write, u64 sector, void *buf, u32 nr);

#endif
