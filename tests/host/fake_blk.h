/* SPDX-License-Identifier: MIT */
#ifndef TESTS_HOST_FAKE_BLK_H
#define TESTS_HOST_FAKE_BLK_H
/*
 * What drivers/virtio/virtio_blk.c needs of the kernel and is the same for all who play its device: completions
 * that are counted, disks without names, pages out of the host's heap.  Included once, by the one who plays.
 */
#include "drivers/block/blkdev.h"
#include "kernel/sched/completion.h"
#include "kernel/time/hrtimer.h"
#include "mm/page_alloc.h"
#include "tests/host/test.h"

struct workqueue_struct {
	int none;
};
struct workqueue_struct system_wq;

enum hrtimer_restart delayed_work_timer(struct hrtimer *timer)
{
	(void)timer;
	return HRTIMER_NORESTART;
}

void hrtimer_init(struct hrtimer *timer, enum hrtimer_restart (*function)(struct hrtimer *timer))
{
	(void)timer, (void)function;
}

void init_completion(struct completion *c)
{
	c->done = 0;
}

void complete(struct completion *c)
{
	c->done++;
}

bool try_wait_for_completion(struct completion *c)
{
	bool was = c->done;

	c->done -= was;
	return was;
}

int add_block_node(struct block_device *bdev, unsigned int index)
{
	(void)bdev, (void)index;
	return 0;
}

void remove_block_node(struct block_device *bdev, unsigned int index)
{
	(void)bdev, (void)index;
}

void set_capacity(struct block_device *bdev, u64 sectors)
{
	bdev->capacity = sectors;
}

void put_block_device(struct block_device *bdev)
{
	if (!--bdev->users)
		bdev->release(bdev);
}

unsigned long __get_free_pages(gfp_t flags, unsigned int order)
{
	size_t size = PAGE_SIZE << order;
	char *raw = test_alloc(size + PAGE_SIZE),
	     *p = (char *)ALIGN((unsigned long)raw + 8, PAGE_SIZE);

	(void)flags;
	memset(p, 0, size);
	memcpy(p - 8, &raw, sizeof(raw));
	return (unsigned long)p;
}

void free_pages(unsigned long va, unsigned int order)
{
	char *raw;

	(void)order;
	if (!va)
		return;
	memcpy(&raw, (char *)va - 8, sizeof(raw));
	test_free(raw);
}

int pin_page(struct page *page)
{
	(void)page;
	return 0;
}

void unpin_page(struct page *page)
{
	(void)page;
}

#endif
