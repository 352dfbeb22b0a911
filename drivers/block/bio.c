// SPDX-License-Identifier: MIT
/*
 * Bios on their way to a driver.
 */
#include "drivers/block/bio.h"

#include "kernel/fs/fs.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/task.h"
#include "kernel/time/time.h"

static size_t bio_bytes(const struct bio *bio)
{
	size_t bytes = 0;

	for (unsigned int i = 0; i < bio->nr_segments; i++)
		bytes += bio->segments[i].len;
	return bytes;
}

static void add(u64 *counter, u64 n)
{
	__atomic_add_fetch(counter, n, __ATOMIC_RELAXED);
}

static void account_start(struct bio *bio)
{
	struct block_device *bdev = bio->bdev;

	bio->began = ktime_get();
	if (bio->op == BIO_READ)
		current->inblock += bio_bytes(bio) >> SECTOR_SHIFT;
	if (__atomic_add_fetch(&bdev->in_flight, 1, __ATOMIC_RELAXED) == 1)
		WRITE_ONCE(bdev->busy_since, bio->began);
}

static void account_end(const struct bio *bio)
{
	struct block_device *bdev = bio->bdev;
	struct block_stats *stats = &bdev->stats[bio->op];
	u64 now = ktime_get();

	add(&stats->ios, 1);
	add(&stats->sectors, bio_bytes(bio) >> SECTOR_SHIFT);
	add(&stats->ns, now - bio->began);
	if (!__atomic_sub_fetch(&bdev->in_flight, 1, __ATOMIC_RELAXED))
		add(&bdev->busy_ns, now - READ_ONCE(bdev->busy_since));
}

void bio_part_done(struct bio *bio, int status)
{
	if (status)
		WRITE_ONCE(bio->status, status);
	if (__atomic_sub_fetch(&bio->parts, 1, __ATOMIC_ACQ_REL))
		return;
	if (bio->began)
		account_end(bio);
	bio->end_io(bio);
}

static int bio_check(const struct bio *bio)
{
	const struct block_device *bdev = bio->bdev;
	size_t bytes = bio_bytes(bio), mask = bdev->block_size - 1;
	u64 capacity = READ_ONCE(bdev->capacity), sectors = bytes >> SECTOR_SHIFT;

	if (!bytes || bytes & mask || (bio->sector << SECTOR_SHIFT) & mask)
		return -EINVAL;
	if (bio->op == BIO_WRITE && bdev->read_only)
		return -EPERM;
	return sectors <= capacity && bio->sector <= capacity - sectors ? 0 : -EIO;
}

static void start_bio(struct bio *bio, bool more)
{
	bio->bdev->submit(bio->bdev, bio, more);
	bio_part_done(bio, 0); /* submit()'s own */
}

void submit_bio(struct bio *bio)
{
	struct blk_plug *plug = current->plug;
	int ret = bio_check(bio);

	bio->parts = 1;
	bio->status = 0;
	bio->began = 0;
	if (!ret)
		account_start(bio);
	if (ret)
		bio_part_done(bio, ret);
	else if (plug)
		list_add_tail(&bio->node, &plug->bios);
	else
		start_bio(bio, false);
}

void blk_start_plug(struct blk_plug *plug)
{
	INIT_LIST_HEAD(&plug->bios);
	current->plug = plug;
}

/* The last for each device has it told. */
static bool another_follows(const struct blk_plug *plug, const struct bio *bio)
{
	const struct bio *next;

	list_for_each_entry(next, &plug->bios, node)
		if (next->bdev == bio->bdev)
			return true;
	return false;
}

static void flush_plug(struct blk_plug *plug)
{
	struct bio *bio;

	while (!list_empty(&plug->bios)) {
		bio = list_first_entry(&plug->bios, struct bio, node);
		list_del(&bio->node);
		start_bio(bio, another_follows(plug, bio));
	}
}

void blk_finish_plug(struct blk_plug *plug)
{
	current->plug = NULL;
	flush_plug(plug);
}

static void wake_waiter(struct bio *bio)
{
	complete(bio->private);
}

int submit_bio_wait(struct bio *bio)
{
	DECLARE_COMPLETION_ONSTACK(done);

	bio->end_io = wake_waiter;
	bio->private = &done;
	submit_bio(bio);
	if (current->plug) /* nobody else would begin what we wait for */
		flush_plug(current->plug);
	wait_for_completion(&done);
	return bio->status;
}

void put_block_device(struct block_device *bdev)
{
	if (__atomic_sub_fetch(&bdev->users, 1, __ATOMIC_ACQ_REL))
		return;
	iput(bdev->inode);
	bdev->release(bdev);
}
