// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio_ring.c drivers/virtio/vring.c drivers/virtio/virtio_blk.c
/*
 * A disk that lies: virtio_blk and its queue, with a device that states any limits, uses chains in any order, late,
 * never, or such that it was not given, and interrupts when it likes.  Each bio ends once, with what it asked for or
 * an error; no request is touched after its end, and none is left when the disk is gone.
 *
 * The input is a list of what happens.  Time passes only when it says so, or when somebody waits.
 */
#include "drivers/block/blkdev.h"
#include "drivers/virtio/virtio_blk.h"
#include "mm/page_alloc.h"
#include "tests/fuzz/fuzz.h"
#include "tests/host/fake_blk.h"

#define MAX_BIOS 32
#define MAX_HELD 128
#define MEMORY	 0x40000 /* what bios transfer to and from */

static struct choices input;
static struct virtio_device vdev;
static struct virtqueue *the_queue;
static bool is_reset; /* the device touches no memory any more */

/* ---- the device ---- */

/* A chain that it was given, copied when it was: what it does to the ring later does not change it. */
static struct held {
	u16 head;
	const void *token; /* the driver's record of it */
	unsigned int bio;  /* of the sector in its header; MAX_BIOS: none of ours */
	u8 *status;
	u32 writable;
} held[MAX_HELD];
static unsigned int nr_held;
static bool has_failed[MAX_BIOS]; /* the device said so of a part */
static u16 seen_avail;
static u64 config[4];

static void take_chain(u16 head)
{
	const struct vring *vr = &the_queue->vring;
	struct held h = { .head = head, .token = vr->slots[head].token };
	const struct vring_desc *d = &vr->desc[head];
	u64 data = 0, sector;

	memcpy(&sector, (u8 *)(d->addr + PAGE_OFFSET) + 8, sizeof(sector)); /* virtio 5.2.6 */
	h.bio = sector >> 32 ? (unsigned int)(sector >> 32) - 1 : MAX_BIOS;
	MUST(h.bio <= MAX_BIOS);
	for (unsigned int n = 0; n < vr->num; n++) {
		MUST(d->len);
		h.writable += d->flags & VRING_DESC_F_WRITE ? d->len : 0;
		if (n && d->flags & VRING_DESC_F_NEXT) {
			MUST(d->addr < MEMORY && d->len <= MEMORY - d->addr);
			data += d->len;
		}
		if (!(d->flags & VRING_DESC_F_NEXT))
			break;
		d = &vr->desc[d->next];
	}
	MUST(!(d->flags & VRING_DESC_F_NEXT) && d->len == 1 && data && data % SECTOR_SIZE == 0);
	h.status = (u8 *)(d->addr + PAGE_OFFSET);
	for (unsigned int i = 0; i < nr_held; i++) /* it had said that it was done with that one */
		if (held[i].head == head)
			held[i--] = held[--nr_held];
	MUST(nr_held < MAX_HELD);
	held[nr_held++] = h;
}

/* What was made available, at the moment that it was. */
static void look_at_ring(void)
{
	const struct vring *vr = &the_queue->vring;

	for (; seen_avail != vr->avail_idx && !is_reset; seen_avail++)
		take_chain(vr->avail->ring[seen_avail & (vr->num - 1)]);
}

static void put_used(u32 id, u32 len)
{
	struct vring_used *used = the_queue->vring.used;

	used->ring[used->idx & (the_queue->vring.num - 1)] = (struct vring_used_elem){ id, len };
	used->idx++;
}

static void use_one(void)
{
	u8 which = choose8(&input), status = choose8(&input);
	struct held *h;
	bool is_there;

	if (!nr_held || is_reset)
		return;
	h = &held[which % nr_held];
	/* Whom it had told that it was done with that, its memory is another's: nothing could stop it. */
	is_there = the_queue->vring.slots[h->head].token == h->token;
	if (status < 0xf0 && is_there)
		*h->status = status < 0xc0 ? 0 : status;
	if (status >= 0xc0 && is_there && h->bio < MAX_BIOS)
		has_failed[h->bio] = true; /* or has written none, which is no success */
	put_used(h->head, status % 8 == 7 ? choose32(&input) : h->writable);
	*h = held[--nr_held];
}

static void lie(void)
{
	u32 id = choose8(&input), len = choose8(&input);

	if (is_reset)
		return;
	if (id & 0x80)
		the_queue->vring.used->idx = (u16)choose_bytes(&input, 2);
	else
		put_used(id, len);
}

static void interrupt(void)
{
	if (the_queue)
		vring_interrupt(the_queue);
}

static u8 get_status(struct virtio_device *v)
{
	(void)v;
	return 0;
}

static void notify(struct virtqueue *vq)
{
	(void)vq;
	look_at_ring();
	if (choose8(&input) & 1)
		use_one();
	if (choose8(&input) & 1)
		interrupt();
}

static int find_vqs(struct virtio_device *v, unsigned int n, const struct virtqueue_info *info,
		    struct virtqueue **vqs)
{
	MUST(n == 1);
	*vqs = the_queue = vring_create_virtqueue(v, 0, (u16)(1 << choose8(&input) % 7), info);
	the_queue->irq = choose8(&input) & 1 ? 5 : -1;
	seen_avail = nr_held = 0;
	return 0;
}

static void del_vqs(struct virtio_device *v)
{
	(void)v;
	MUST(is_reset);
	vring_del_virtqueue(the_queue);
	the_queue = NULL;
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
	MUST(offset + len <= sizeof(config));
	memcpy(buf, (u8 *)config + offset, len);
	return choose8(&input) == 0xff ? -EIO : 0;
}

void virtio_device_ready(struct virtio_device *v)
{
	(void)v;
}

void virtio_drop_queues(struct virtio_device *v)
{
	is_reset = true;
	if (the_queue)
		del_vqs(v);
}

/* The last that the device may do comes while it is reset: a used entry, an interrupt. */
void virtio_break_device(struct virtio_device *v)
{
	if (v->broken)
		return;
	look_at_ring();
	if (choose8(&input) & 1)
		use_one();
	if (choose8(&input) & 1)
		interrupt();
	v->broken = is_reset = true;
	nr_held = 0;
	if (choose8(&input) & 1)
		interrupt();
}

/* ---- time, waiting and work ---- */

static struct delayed_work *queued;
static u64 due;
static void something_happens(void);

static void time_passes(u64 ns)
{
	test_clock_ns += ns;
	if (queued && test_clock_ns >= due) {
		struct delayed_work *work = queued;

		queued = NULL;
		work->work.func(&work->work);
	}
}

bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dw, u64 ns)
{
	(void)wq;
	due = queued ? due : test_clock_ns + ns;
	queued = dw;
	return true;
}

bool cancel_delayed_work_sync(struct delayed_work *dw)
{
	bool was = queued == dw;

	queued = NULL;
	return was;
}

u64 wait_for_completion_timeout(struct completion *c, u64 ns)
{
	if (!c->done && input.left)
		something_happens();
	if (c->done)
		return c->done--;
	time_passes(ns);
	return 0;
}

void wait_for_completion(struct completion *c)
{
	MUST(c->done); /* all that it waited for has ended */
	c->done--;
}

void sleep_ns(u64 ns)
{
	time_passes(ns);
}

void sleeping_is_wrong(void)
{
	panic("it sleeps where it must not");
}

/* ---- the block layer ---- */

static struct bio bios[MAX_BIOS];
static struct bio_segment segments[MAX_BIOS][4];
static bool is_under_way[MAX_BIOS];

void bio_part_done(struct bio *bio, int status)
{
	if (status)
		bio->status = status;
	MUST(bio->parts);
	if (!--bio->parts)
		bio->end_io(bio);
}

static void end_bio(struct bio *bio)
{
	unsigned int n = (unsigned int)(bio - bios);

	MUST(n < MAX_BIOS && is_under_way[n] && bio->status <= 0);
	MUST(!has_failed[n] || bio->status);
	is_under_way[n] = false;
}

static void submit(struct virtio_blk *blk)
{
	unsigned int n = 0, pieces = 1 + choose8(&input) % 4;
	struct bio *bio;
	u32 block = blk->bdev.block_size;

	while (n < MAX_BIOS && is_under_way[n])
		n++;
	if (n == MAX_BIOS)
		return;
	bio = &bios[n];
	*bio = (struct bio){ .bdev = &blk->bdev,
			     .segments = segments[n],
			     .nr_segments = pieces,
			     .end_io = end_bio };
	bio->op = choose8(&input) & 1 ? BIO_WRITE : BIO_READ;
	bio->sector = (u64)(n + 1) << 32 | choose8(&input);
	has_failed[n] = false;
	for (unsigned int i = 0; i < pieces; i++)
		segments[n][i] =
			(struct bio_segment){ i * 0x10000UL, (1 + choose8(&input) % 8) * block };
	bio->parts = 1;
	is_under_way[n] = true;
	blk->bdev.submit(&blk->bdev, bio, choose8(&input) & 1);
	bio_part_done(bio, 0);
}

/* ---- memory ---- */

int virt_to_phys_walk(unsigned long va, phys_addr_t *pa)
{
	(void)va;
	*pa = 0x20000 + va % PAGE_SIZE; /* memory of the device's, whatever it is here */
	return 0;
}

/* ---- what happens ---- */

static void something_happens(void)
{
	u8 what = choose8(&input);

	if (!the_queue)
		return;
	look_at_ring();
	if (what % 8 < 3)
		use_one();
	else if (what % 8 < 5)
		interrupt();
	else if (what % 8 == 5)
		time_passes(choose8(&input) * 50 * NSEC_PER_MSEC);
	else if (what == 0xfe)
		lie();
	else if (what % 8 == 7 && virtio_blk_driver.config_changed)
		virtio_blk_driver.config_changed(&vdev);
}

static void work_the_disk(struct virtio_blk *blk)
{
	while (input.left && blk) {
		u8 what = choose8(&input);

		if (what % 4 < 2) {
			submit(blk);
			look_at_ring();
		} else {
			something_happens();
		}
	}
}

void fuzz(const u8 *data, size_t size)
{
	static const u32 blocks[] = { 512, 4096, 512, 1024, 0, 513, 8192, 0x80000000 };
	unsigned int kind;

	input = (struct choices){ data, size };
	vdev = (struct virtio_device){ .name = "virtio0",
				       .type = VIRTIO_ID_BLOCK,
				       .config = &ops,
				       .driver = &virtio_blk_driver };
	INIT_LIST_HEAD(&vdev.vqs);
	is_reset = false;
	queued = NULL;
	memset(is_under_way, 0, sizeof(is_under_way));
	vdev.features = (choose8(&input) & 0x7f) | (u64)(choose8(&input) & 1) << 29;
	kind = choose8(&input);
	config[0] = choose8(&input) & 1 ? 0 : choose64(&input);
	config[1] = (u64)(kind & 8 ? choose32(&input) : 0x10000) |
		    (u64)(kind & 16 ? choose32(&input) : 16) << 32;
	config[2] = (u64)blocks[kind % 8] << 32;
	if (virtio_blk_driver.probe(&vdev)) {
		MUST(!the_queue && !queued);
		return;
	}
	work_the_disk(vdev.priv);
	virtio_blk_driver.remove(&vdev);
	MUST(!the_queue && !queued);
	for (unsigned int n = 0; n < MAX_BIOS; n++)
		MUST(!is_under_way[n]);
}
