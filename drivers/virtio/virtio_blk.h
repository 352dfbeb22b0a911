/* SPDX-License-Identifier: MIT */
/*
 * Block devices over virtio (virtio 1.2, 5.2).  A sector is 512 bytes here,
 * whatever the device's own block size is.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_BLK_H
#define DRIVERS_VIRTIO_VIRTIO_BLK_H

#include "drivers/block/bio.h"
#include "drivers/virtio/virtio.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/sched/workqueue.h"

#define MAX_DISKS 16 /* with a driver: vda to vdp */

struct virtio_blk {
	struct block_device bdev; /* what it is, to everybody else */
	struct virtio_device *vdev;
	struct virtqueue *vq;
	u32 max_segments;     /* data pieces in one request */
	u32 max_segment_size; /* bytes of one */

	spinlock_t lock;	    /* what follows; interrupts off, outside the queue's */
	struct list_head waiting;   /* requests for which the ring had no room */
	unsigned int under_way;	    /* requests that are not over, the waiting ones too */
	u64 progress;		    /* when one came to its end last, or the first was begun: ns */
	unsigned int visitors;	    /* threads that are at the queue: it stays */
	bool watched;		    /* `watch` looks after them */
	bool gone;		    /* broken or pulled: none is begun any more */
	struct virtqueue_look look; /* watch's */
	struct delayed_work watch;
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
int virtio_blk_transfer(struct virtio_blk *blk, enum bio_op op, u64 sector, void *buf, u32 nr);

#endif
