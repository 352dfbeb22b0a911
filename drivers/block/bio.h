/* SPDX-License-Identifier: MIT */
/*
 * Requests to block devices, and the devices as those see them who make requests.
 *
 *   bio       one transfer: a direction, where on the device, and which physical memory.  Its
 *             maker owns it and the memory, which is the device's until end_io() is called
 *   segment   a piece of memory that is contiguous.  How many a device takes at a time is its
 *             driver's affair: it cuts a bio as it has to
 *   plug      bios that a thread makes one after the other are held back until it is done, and
 *             the device is told once
 *
 * A device stays as long as somebody has a reference, also when it was pulled: what is asked of it
 * then fails.
 */
#ifndef DRIVERS_BLOCK_BIO_H
#define DRIVERS_BLOCK_BIO_H

#include "kernel/lib/list.h"

#define SECTOR_SHIFT 9
#define SECTOR_SIZE  (1U << SECTOR_SHIFT)

struct block_device;
struct inode;

struct bio_segment {
	phys_addr_t addr;
	u32 len;
};

enum bio_op { BIO_READ, BIO_WRITE };

struct bio {
	struct block_device *bdev;
	enum bio_op op;
	u64 sector;
	const struct bio_segment *segments; /* bytes in all: a multiple of the block size */
	unsigned int nr_segments;
	int status; /* at its end: 0 or a negative errno */
	/* It is over.  From any context, an interrupt mostly, also before submit_bio() returns. */
	void (*end_io)(struct bio *bio);
	void *private;

	/* The driver's and the plug's. */
	u32 parts; /* that are not over; atomic */
	struct list_head node;
	u64 began; /* ns of ktime_get() */
};

/* What was done, since the device is there; atomic each. */
struct block_stats {
	u64 ios, sectors, ns;
};

/* Heads and sectors that mean nothing, but stand in partition tables; virtio 1.2, 5.2.4. */
struct block_geometry {
	u16 cylinders;
	u8 heads, sectors;
};

struct block_device {
	char name[8];	/* "vda" */
	u64 capacity;	/* sectors; follows the device when it is resized */
	u32 block_size; /* bytes: transfers are multiples of it; 512 .. PAGE_SIZE */
	bool read_only;
	struct block_geometry geometry; /* as the device tells it; zeroes: it does not */
	struct inode *inode;	     /* whose page cache all its files share; NULL: it is no file */
	u32 openers;		     /* files of it (drivers/block/blkdev.c) */
	struct file *holder;	     /* the one of them that has it for itself: O_EXCL */
	u32 users;		     /* atomic: references */
	struct block_stats stats[2]; /* by enum bio_op */
	u32 in_flight;		     /* bios; atomic */
	u64 busy_since, busy_ns;     /* when in_flight became 1; how long it was not 0 */
	/* Begin it; `more`: another follows at once, so that the device need not be told yet. */
	void (*submit)(struct block_device *bdev, struct bio *bio, bool more);
	void (*release)(struct block_device *bdev); /* the last reference has gone; may sleep */
};

/* In a driver's submit(): a part more of the bio is under way / is over, with 0 or an errno. */
static inline void bio_add_part(struct bio *bio)
{
	__atomic_add_fetch(&bio->parts, 1, __ATOMIC_RELAXED);
}
void bio_part_done(struct bio *bio, int status);

/*
 * Begin a transfer, whose fields up to `private` are set.  It ends by end_io() in any case: -EIO
 * beyond the capacity or where the device says so, -EINVAL for what is not whole blocks,
 * -EPERM to write on what is read-only, -ENOMEM, -ETIMEDOUT.  In a thread, which need not be
 * able to sleep.
 */
void submit_bio(struct bio *bio);

/* The same, and its status when it is over.  end_io and private are used.  May sleep. */
int submit_bio_wait(struct bio *bio);

/* From start to finish the thread's bios wait, so that each device is told of all at once. */
struct blk_plug {
	struct list_head bios;
};
void blk_start_plug(struct blk_plug *plug);
void blk_finish_plug(struct blk_plug *plug);

/* A reference more of a device that the caller has one of / one less.  To give one back may sleep. */
static inline void hold_block_device(struct block_device *bdev)
{
	__atomic_add_fetch(&bdev->users, 1, __ATOMIC_RELAXED);
}
void put_block_device(struct block_device *bdev);

#endif
