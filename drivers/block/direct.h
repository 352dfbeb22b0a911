/* SPDX-License-Identifier: MIT */
/*
 * Direct I/O: a device reads and writes the program's own pages, pinned meanwhile.
 */
#ifndef DRIVERS_BLOCK_DIRECT_H
#define DRIVERS_BLOCK_DIRECT_H

#include "drivers/block/bio.h"
#include "kernel/fs/fs.h"
#include "kernel/fs/iov_iter.h"

/*
 * For a_ops->direct_IO of a block device: what is left of the iter, at iocb->ki_pos, which lies within
 * the device.  Bytes, when it is over; or -EIOCBQUEUED, and iocb->ki_complete() is called.  -EINVAL: position,
 * lengths or addresses are not multiples of the block size (of memory: of 512).  In a thread that may
 * sleep, with mmap_lock not held.
 */
ssize_t blkdev_direct_io(struct block_device *bdev, struct kiocb *iocb, struct iov_iter *iter);

#endif
