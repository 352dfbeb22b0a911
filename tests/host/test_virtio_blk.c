// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio_ring.c drivers/virtio/vring.c drivers/virtio/virtio_blk.c
/*
 * What virtio_blk makes of a bio for disks of odd limits (virtio 1.2, 5.2.4 to 5.2.6): whole blocks, no more
 * pieces than the device or its queue takes, none too long, in order also where some had to wait.
 */
#include "drivers/virtio/virtio_blk.h"

#include "drivers/block/blkdev.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"
#include "tests/host/fake_blk.h"
#include "tests/host/test.h"

#define DATA	 0x100000UL /* physical: what bios transfer; nobody looks at it */
#define CAPACITY 0x10000

static struct virtio_device vdev;
static struct virtqueue *queue;
static struct {
	u64 capacity;
	u32 size_max, seg_max, unused, block_size;
} config;
static u16 queue_size, seen;
static bool stalls; /* it takes requests, and is done with none */

/* ---- the device ---- */

static struct {
	u64 sector;
	u32 type, bytes;
	u64 first; /* where its data begins */
} taken[64];
static unsigned int nr_taken;
static u16 heads[64];
static unsigned int nr_heads;

static void take(u16 head)
{
	const struct vring_desc *d = &queue->vring.desc[head];
	unsigned int n = 0;
	u32 header[4];

	memcpy(header, (u8 *)(d->addr + PAGE_OFFSET), sizeof(header));
	EXPECT_EQ(d->len, sizeof(header));
	taken[nr_taken].type = header[0];
	taken[nr_taken].sector = header[2];
	taken[nr_taken].bytes = 0;
	for (d = &queue->vring.desc[d->next]; d->flags & VRING_DESC_F_NEXT;
	     d = &queue->vring.desc[d->next]) {
		EXPECT(d->len && d->len <= config.size_max);
		EXPECT_EQ(!(d->flags & VRING_DESC_F_WRITE), header[0]); /* 1: OUT */
		if (!n++)
			taken[nr_taken].first = d->addr;
		taken[nr_taken].bytes += d->len;
	}
	EXPECT(n && n <= config.seg_max && n + 2 <= queue_size);
	EXPECT_EQ(taken[nr_taken].bytes % config.block_size, 0);
	EXPECT_EQ(d->len, 1);
	*(u8 *)(d->addr + PAGE_OFFSET) = 0;
	heads[nr_heads++] = head;
	nr_taken++;
}

static void use_all(void)
{
	struct vring_used *used = queue->vring.used;

	for (unsigned int i = 0; i < nr_heads; i++) {
		u32 in = taken[nr_taken - nr_heads + i].type ? 0 :
							       taken[nr_taken - nr_heads + i].bytes;

		used->ring[used->idx++ & (queue_size - 1)] =
			(struct vring_used_elem){ heads[i], 1 + in };
	}
	nr_heads = 0;
}

static void notify(struct virtqueue *vq)
{
	for (; seen != vq->vring.avail_idx; seen++)
		take(vq->vring.avail->ring[seen & (queue_size - 1)]);
	if (!stalls)
		use_all();
}

static u8 get_status(struct virtio_device *v)
{
	(void)v;
	return 0;
}

static int find_vqs(struct virtio_device *v, unsigned int n, const struct virtqueue_info *info,
		    struct virtqueue **vqs)
{
	EXPECT_EQ(n, 1);
	*vqs = queue = vring_create_virtqueue(v, 0, queue_size, info);
	queue->irq = 5;
	seen = 0;
	return 0;
}

static void del_vqs(struct virtio_device *v)
{
	(void)v;
	vring_del_virtqueue(queue);
}

static const char *bus_name(struct virtio_device *v)
{
	(void)v;
	return "bus";
}

static const struct virtio_config_ops ops = { .get_status = get_status,
					      .notify = notify,
					      .find_vqs = find_vqs,
					      .del_vqs = del_vqs,
					      .bus_name = bus_name };

int virtio_cread(struct virtio_device *v, unsigned int offset, void *buf, unsigned int len)
{
	(void)v;
	memcpy(buf, (u8 *)&config + offset, len);
	return 0;
}

void virtio_device_ready(struct virtio_device *v)
{
	(void)v;
}

void virtio_drop_queues(struct virtio_device *v)
{
	del_vqs(v);
}

void virtio_break_device(struct virtio_device *v)
{
	v->broken = true;
}

/* ---- waiting, work and the block layer ---- */

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw, u64 ns)
{
	(void)wq, (void)dw, (void)ns;
	return true;
}

bool cancel_delayed_work_sync(struct delayed_work *dw)
{
	(void)dw;
	return false;
}

u64 wait_for_completion_timeout(struct completion *c, u64 ns)
{
	(void)ns;
	vring_interrupt(queue);
	return try_wait_for_completion(c);
}

void wait_for_completion(struct completion *c)
{
	EXPECT(try_wait_for_completion(c));
}

void sleep_ns(u64 ns)
{
	test_clock_ns += ns;
}

void sleeping_is_wrong(void)
{
	EXPECT(false);
}

static unsigned int ended;

void bio_part_done(struct bio *bio, int status)
{
	if (status)
		bio->status = status;
	if (!--bio->parts)
		bio->end_io(bio);
}

static struct bio *at_an_end; /* is submitted then */

static void submit(struct virtio_blk *blk, struct bio *bio);

static void end_bio(struct bio *bio)
{
	struct bio *next = at_an_end;

	ended += !bio->status;
	at_an_end = NULL;
	if (next)
		submit(vdev.priv, next);
}

/* ---- memory ---- */

int virt_to_phys_walk(unsigned long va, phys_addr_t *pa)
{
	*pa = va - PAGE_OFFSET;
	return 0;
}

/* ---- tests ---- */

static struct virtio_blk *begin(u64 features)
{
	struct virtio_blk *blk;

	vdev = (struct virtio_device){
		.name = "virtio0", .type = VIRTIO_ID_BLOCK, .features = features, .config = &ops
	};
	INIT_LIST_HEAD(&vdev.vqs);
	mutex_init(&vdev.lock);
	stalls = false;
	EXPECT_EQ(virtio_blk_driver.probe(&vdev), 0);
	blk = vdev.priv;
	vring_interrupt(queue);
	nr_taken = nr_heads = ended = 0;
	return blk;
}

static void end(void)
{
	virtio_blk_driver.remove(&vdev);
}

static void submit(struct virtio_blk *blk, struct bio *bio)
{
	bio->bdev = &blk->bdev;
	bio->end_io = end_bio;
	bio->parts = 1;
	bio->status = 0;
	blk->bdev.submit(&blk->bdev, bio, false);
	bio_part_done(bio, 0);
}

#define F_SIZE_MAX BIT_ULL(1)
#define F_SEG_MAX  BIT_ULL(2)
#define F_RO	   BIT_ULL(5)
#define F_BLK_SIZE BIT_ULL(6)

/* All of it, once, in order; take() looks at each request's own limits. */
static void check_taken(u64 sector, u32 bytes)
{
	u32 sum = 0;

	for (unsigned int i = 0; i < nr_taken; i++) {
		EXPECT_EQ(taken[i].sector, sector + sum / 512);
		sum += taken[i].bytes;
	}
	EXPECT_EQ(sum, bytes);
}

TEST(requests_keep_the_limits)
{
	static const struct {
		u32 size_max, seg_max, block_size;
		u16 queue_size;
	} cases[] = {
		{ 0x10000, 8, 512, 64 }, { 0x1800, 8, 4096, 64 }, { 0x1800, 3, 4096, 64 },
		{ 0x10000, 32, 512, 4 }, { 0x600, 32, 512, 8 },	  { 0xa00, 5, 2048, 8 },
		{ 0x600, 5, 4096, 64 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bio_segment pieces[] = { { DATA, 0x3000 },
						{ DATA + 0x10000, 0x1000 },
						{ DATA + 0x20000, 0x6000 } };
		struct bio bio = {
			.op = BIO_READ, .sector = 64, .segments = pieces, .nr_segments = 3
		};
		struct virtio_blk *blk;

		config.capacity = CAPACITY;
		config.size_max = cases[i].size_max;
		config.seg_max = cases[i].seg_max;
		config.block_size = cases[i].block_size;
		queue_size = cases[i].queue_size;
		blk = begin(F_SIZE_MAX | F_SEG_MAX | F_BLK_SIZE);
		for (unsigned int op = 0; op < 2; op++) {
			nr_taken = 0;
			bio.op = op ? BIO_WRITE : BIO_READ;
			submit(blk, &bio);
			for (unsigned int n = 0; n < 64 && ended <= op; n++)
				vring_interrupt(queue);
			EXPECT_EQ(ended, op + 1);
			check_taken(64, 0xa000);
			EXPECT_EQ(taken[0].first, DATA);
		}
		end();
	}
}

/* A queue that is full: who comes when a place gets free goes behind those that wait for it. */
TEST(nobody_overtakes)
{
	struct bio_segment piece = { DATA, 512 };
	struct bio bios[13];
	struct virtio_blk *blk;

	config.size_max = 0x10000;
	config.seg_max = 1;
	config.block_size = 512;
	queue_size = 8; /* two at a time */
	blk = begin(F_SIZE_MAX | F_SEG_MAX);
	stalls = true;
	for (unsigned int i = 0; i < ARRAY_SIZE(bios); i++)
		bios[i] = (struct bio){
			.op = BIO_WRITE, .sector = i, .segments = &piece, .nr_segments = 1
		};
	for (unsigned int i = 0; i < 12; i++)
		submit(blk, &bios[i]);
	EXPECT_EQ(nr_taken, 2);
	at_an_end = &bios[12]; /* as who wants the next block, once he has one */
	stalls = false;
	use_all();
	for (unsigned int n = 0; n < 64; n++)
		vring_interrupt(queue);
	EXPECT_EQ(ended, 13);
	check_taken(0, 13 * 512);
	end();
}

TEST(a_disk_that_may_only_be_read)
{
	struct virtio_blk *blk;
	static u8 buf[512];

	config.block_size = 512;
	queue_size = 8;
	blk = begin(F_RO);
	EXPECT(blk->bdev.read_only);
	EXPECT_EQ(virtio_blk_write(blk, 0, buf, 1), -EPERM);
	EXPECT_EQ(nr_taken, 0);
	end();
	blk = begin(0);
	EXPECT(!blk->bdev.read_only);
	end();
}
