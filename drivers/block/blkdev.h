/* SPDX-License-Identifier: MIT */
/* Block devices as files: /dev/vda. */
#ifndef DRIVERS_BLOCK_BLKDEV_H
#define DRIVERS_BLOCK_BLKDEV_H

#include "drivers/block/bio.h"

struct sink;

/*
 * The device gets its node, which holds a reference / it is pulled: no open() finds it any more, and
 * who has it open gets errors.  `index` is its place among its like: vda is 0.  0 or -errno, said.
 * In a thread that may sleep.
 */
int add_block_node(struct block_device *bdev, unsigned int index);
void remove_block_node(struct block_device *bdev, unsigned int index);

/* The device was resized, whether or not it has a node.  Any context. */
void set_capacity(struct block_device *bdev, u64 sectors);

/* The device whose place that is, with a reference: put_block_device(); NULL: none.  Any context. */
struct block_device *nth_block_device(unsigned int n);

/* Print /proc/partitions and /proc/diskstats. */
void show_partitions(struct sink *out);
void show_diskstats(struct sink *out);

#endif
