// SPDX-License-Identifier: MIT
/*
 * virtio-blk (virtio 1.2, 5.2): bios become requests, and end.
 *
 * A request is a chain: a header that the device reads, the data, and a status
 * byte that it writes.  Header and status live in a record of their own while
 * the request is under way; the data goes straight to and from the memory that the
 * bio names.  A bio of more than max_segments pieces becomes several requests, which are
 * under way at the same time; what finds no room in the ring waits for it in a list.
 *
 * They end in the queue's interrupt.  Should that stay away, `watch` looks from time to time as
 * long as any is under way, and breaks a device that has ended none for BLK_TIMEOUT: then all end
 * with -ETIMEDOUT, as they do when the device is pulled.
 *
 * VIRTIO_BLK_F_FLUSH is not negotiated: the device then keeps each write on
 * stable storage before it reports it (5.2.6.2), which is what a caller that
 * waits for each write wants.  One queue is used, also where there are more.
 */
#include "drivers/virtio/virtio_blk.h"

#include "drivers/block/blkdev.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/rwsem.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

/* 5.2.3: feature bits. */
#define VIRTIO_BLK_F_SIZE_MAX 1
#define VIRTIO_BLK_F_SEG_MAX  2
#define VIRTIO_BLK_F_GEOMETRY 4
#define VIRTIO_BLK_F_RO	      5
#define VIRTIO_BLK_F_BLK_SIZE 6

/* 5.2.4: offsets in the configuration. */
#define VIRTIO_BLK_CFG_CAPACITY 0
#define VIRTIO_BLK_CFG_SIZE_MAX 8
#define VIRTIO_BLK_CFG_SEG_MAX	12
#define VIRTIO_BLK_CFG_GEOMETRY 16
#define VIRTIO_BLK_CFG_BLK_SIZE 20

/* 5.2.6: request types and status. */
#define VIRTIO_BLK_T_IN	   0
#define VIRTIO_BLK_T_OUT   1
#define VIRTIO_BLK_S_OK	   0
#define VIRTIO_BLK_S_UNSET 0xff /* ours: the device wrote none */

#define BLK_MAX_SEGMENTS 32		       /* of one request: 128 KiB of scattered pages */
#define BLK_MAX_SEGMENT	 0x400000u	       /* bytes: keeps a request's sum far from 4 GiB */
#define BLK_LOOK	 (100 * NSEC_PER_MSEC) /* between two looks whether the interrupt came */
#define BLK_TIMEOUT	 (5 * NSEC_PER_SEC)    /* as a slow host may take, short of Linux's 30 s */

/* 5.2.6: what the device reads; and what it and we need besides. */
struct virtio_blk_outhdr {
	u32 type;
	u32 reserved;
	u64 sector;
};
_Static_assert(sizeof(struct virtio_blk_outhdr) == 16, "virtio 5.2.6");

struct virtio_blk_req {
	struct virtio_blk_outhdr hdr;
	u8 status;
	struct bio *bio;	/* whose part it is */
	struct list_head entry; /* of those that wait */
	unsigned int segments;
	u32 bytes;	      /* of data */
	struct vring_sg sg[]; /* header, data, status */
};

static DECLARE_RWSEM(disks_sem); /* the table; read by who uses a disk, so that it stays */
static struct virtio_blk *disks[MAX_DISKS];

struct virtio_blk *virtio_blk_get(unsigned int n)
{
	struct virtio_blk *blk;

	down_read(&disks_sem);
	blk = n < MAX_DISKS ? disks[n] : NULL;
	if (!blk)
		up_read(&disks_sem);
	return blk;
}

void virtio_blk_put(struct virtio_blk *blk)
{
	if (blk)
		up_read(&disks_sem);
}

static struct virtio_blk *to_virtio_blk(struct block_device *bdev)
{
	return container_of(bdev, struct virtio_blk, bdev);
}

/* ---------------------------------------------------------------- the end of requests */

/* With 0 or an errno; nothing of the record is the device's any more. */
static void end_request(struct virtio_blk *blk, struct virtio_blk_req *req, int ret)
{
	unsigned long flags;

	if (ret)
		vdev_err(blk->vdev, "%s: %s at sector %llu failed: %s (status 0x%02x)\n",
			 blk->bdev.name, req->bio->op == BIO_WRITE ? "write" : "read",
			 (unsigned long long)req->hdr.sector, error_name(ret), req->status);
	spin_lock_irqsave(&blk->lock, flags);
	blk->under_way--;
	spin_unlock_irqrestore(&blk->lock, flags);
	bio_part_done(req->bio, ret);
	kfree(req);
}

/* 5.2.6: of a read the device has to write the data, too. */
static int request_result(const struct virtio_blk_req *req, u32 len)
{
	u32 expected = sizeof(req->status) + (req->bio->op == BIO_READ ? req->bytes : 0);

	return READ_ONCE(req->status) == VIRTIO_BLK_S_OK && len >= expected ? 0 : -EIO;
}

/* Into the ring: 0, -ENOSPC: not now, or another errno. */
static int add_request(struct virtio_blk *blk, struct virtio_blk_req *req)
{
	unsigned int n = req->segments, out = req->bio->op == BIO_WRITE ? n + 1 : 1;

	return virtqueue_add_quiet(blk->vq, req->sg, out, n + 2 - out, req);
}

/* There is room again: those that wait, as many as there is. */
static void add_waiting(struct virtio_blk *blk)
{
	struct virtio_blk_req *req;
	unsigned long flags;
	bool added = false;

	spin_lock_irqsave(&blk->lock, flags);
	while (!list_empty(&blk->waiting)) {
		req = list_first_entry(&blk->waiting, struct virtio_blk_req, entry);
		if (add_request(blk, req)) /* a broken device's are ended by fail_all() */
			break;
		list_del(&req->entry);
		added = true;
	}
	spin_unlock_irqrestore(&blk->lock, flags);
	if (added)
		virtqueue_kick(blk->vq);
}

static void virtio_blk_done(struct virtqueue *vq)
{
	struct virtio_blk *blk = vq->vdev->priv;
	struct virtio_blk_req *req;
	bool any = false;
	u32 len;

	for (; (req = virtqueue_get_buf(vq, &len)); any = true)
		end_request(blk, req, request_result(req, len));
	if (any)
		WRITE_ONCE(blk->progress, ktime_get());
	if (!list_empty(&blk->waiting))
		add_waiting(blk);
}

/* The device answers no more: whatever is under way ends.  May sleep. */
static void fail_all(struct virtio_blk *blk, int ret)
{
	struct virtio_blk_req *req, *next;
	unsigned long flags;
	LIST_HEAD(waiting);

	virtio_break_device(blk->vdev);
	spin_lock_irqsave(&blk->lock, flags);
	blk->gone = true;
	list_splice_tail_init(&blk->waiting, &waiting);
	spin_unlock_irqrestore(&blk->lock, flags);
	while ((req = virtqueue_detach(blk->vq)))
		end_request(blk, req, ret);
	list_for_each_entry_safe(req, next, &waiting, entry)
		end_request(blk, req, ret);
}

static void blk_watch(struct work_struct *work)
{
	struct virtio_blk *blk = container_of(work, struct virtio_blk, watch.work);
	bool late = false, lied = READ_ONCE(blk->vq->vring.fault);
	u64 nap = virtqueue_look(blk->vq, &blk->look);
	unsigned long flags;

	spin_lock_irqsave(&blk->lock, flags);
	blk->watched = blk->under_way;
	if (blk->watched)
		late = ktime_get() - READ_ONCE(blk->progress) >= BLK_TIMEOUT;
	spin_unlock_irqrestore(&blk->lock, flags);
	if (late || lied)
		fail_all(blk, lied ? -EIO : -ETIMEDOUT);
	else if (blk->watched)
		schedule_delayed_work(&blk->watch, nap);
}

/* ---------------------------------------------------------------- their beginning */

static void start_request(struct virtio_blk *blk, struct virtio_blk_req *req)
{
	unsigned long flags;
	bool watch;
	int ret;

	bio_add_part(req->bio);
	spin_lock_irqsave(&blk->lock, flags);
	if (!blk->under_way++)
		WRITE_ONCE(blk->progress, ktime_get());
	watch = !blk->watched && !blk->gone;
	blk->watched |= watch;
	ret = blk->gone ? -EIO : list_empty(&blk->waiting) ? add_request(blk, req) : -ENOSPC;
	if (ret == -ENOSPC) {
		list_add_tail(&req->entry, &blk->waiting);
		ret = 0;
	}
	spin_unlock_irqrestore(&blk->lock, flags);
	if (watch)
		schedule_delayed_work(&blk->watch, blk->vq->irq < 0 ? 0 : BLK_LOOK);
	if (ret)
		end_request(blk, req, ret);
}

/* Where a bio's next request begins: `offset` bytes into that segment. */
struct bio_position {
	unsigned int segment;
	u32 offset;
	u64 sector;
};

static void advance(const struct bio *bio, struct bio_position *at, u32 bytes)
{
	at->sector += bytes >> SECTOR_SHIFT;
	while (bytes) {
		u32 n = min(bytes, bio->segments[at->segment].len - at->offset);

		at->offset += n;
		bytes -= n;
		if (at->offset == bio->segments[at->segment].len) {
			at->segment++;
			at->offset = 0;
		}
	}
}

/* As many pieces as one request takes, cut back to whole blocks. */
static void fill_segments(const struct virtio_blk *blk, struct virtio_blk_req *req,
			  struct bio_position at)
{
	const struct bio *bio = req->bio;
	struct vring_sg *sg = req->sg; /* entry 0 is the header */
	u32 cut;

	while (at.segment < bio->nr_segments && req->segments < blk->max_segments) {
		const struct bio_segment *s = &bio->segments[at.segment];
		u32 n = min(s->len - at.offset, blk->max_segment_size);

		*++sg = (struct vring_sg){ s->addr + at.offset, n };
		req->segments++;
		req->bytes += n;
		advance(bio, &at, n);
	}
	while ((cut = min(req->bytes % blk->bdev.block_size, sg->len))) {
		sg->len -= cut;
		req->bytes -= cut;
		if (sg->len)
			continue;
		sg--;
		req->segments--;
	}
}

/* Data's entries that the rest of a bio may need: of one piece, as most are, one. */
static unsigned int room_for(const struct virtio_blk *blk, const struct bio *bio)
{
	if (bio->nr_segments == 1 && bio->segments[0].len <= blk->max_segment_size)
		return 1;
	return blk->max_segments;
}

/* The part of the bio that begins there; NULL without memory, or where no whole block has room. */
static struct virtio_blk_req *make_request(const struct virtio_blk *blk, struct bio *bio,
					   const struct bio_position *at)
{
	unsigned int entries = room_for(blk, bio) + 2;
	struct virtio_blk_req *req =
		kmalloc(sizeof(*req) + entries * sizeof(req->sg[0]), GFP_KERNEL);

	if (!req)
		return NULL;
	req->bio = bio;
	req->segments = 0;
	req->bytes = 0;
	req->status = VIRTIO_BLK_S_UNSET;
	req->hdr = (struct virtio_blk_outhdr){
		.type = bio->op == BIO_WRITE ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN,
		.sector = at->sector,
	};
	fill_segments(blk, req, *at);
	if (!req->bytes) {
		kfree(req);
		return NULL;
	}
	req->sg[0] = (struct vring_sg){ __pa(&req->hdr), sizeof(req->hdr) };
	req->sg[req->segments + 1] = (struct vring_sg){ __pa(&req->status), sizeof(req->status) };
	return req;
}

/* While somebody is at the queue, it stays.  False: it is about to go, or the device is broken. */
static bool enter_queue(struct virtio_blk *blk)
{
	unsigned long flags;
	bool gone;

	spin_lock_irqsave(&blk->lock, flags);
	gone = blk->gone;
	blk->visitors += !gone;
	spin_unlock_irqrestore(&blk->lock, flags);
	return !gone;
}

static void leave_queue(struct virtio_blk *blk)
{
	unsigned long flags;

	spin_lock_irqsave(&blk->lock, flags);
	blk->visitors--;
	spin_unlock_irqrestore(&blk->lock, flags);
}

static void virtio_blk_submit(struct block_device *bdev, struct bio *bio, bool more)
{
	struct virtio_blk *blk = to_virtio_blk(bdev);
	struct bio_position at = { .sector = bio->sector };
	struct virtio_blk_req *req;
	u32 bytes;

	if (!enter_queue(blk)) {
		WRITE_ONCE(bio->status, -EIO);
		return;
	}
	while (at.segment < bio->nr_segments) {
		req = make_request(blk, bio, &at);
		if (!req) {
			WRITE_ONCE(bio->status, -ENOMEM);
			break;
		}
		bytes = req->bytes;
		start_request(blk, req); /* it may be over, and freed */
		advance(bio, &at, bytes);
	}
	if (!more)
		virtqueue_kick(blk->vq);
	leave_queue(blk);
}

/* ---------------------------------------------------------------- kernel memory */

#define SYNC_SEGMENTS 64

/*
 * Enter as much of [buf, buf + bytes), whole sectors, as there are segments for, joining what is
 * contiguous: the bytes, or -EFAULT.
 */
static ssize_t map_buffer(struct bio_segment *segments, struct bio *bio, char *buf, size_t bytes)
{
	struct bio_segment *s = NULL; /* the last */
	size_t done = 0;

	bio->nr_segments = 0;
	while (done < bytes) {
		unsigned long va = (unsigned long)buf + done;
		u32 n = (u32)min(bytes - done, PAGE_SIZE - va % PAGE_SIZE);
		phys_addr_t pa;

		if (virt_to_phys_walk(va, &pa))
			return -EFAULT;
		if (s && s->addr + s->len == pa && s->len < BLK_MAX_SEGMENT) {
			s->len += n;
		} else {
			if (bio->nr_segments == SYNC_SEGMENTS)
				break;
			s = &segments[bio->nr_segments++];
			*s = (struct bio_segment){ pa, n };
		}
		done += n;
	}
	return (ssize_t)done;
}

/* The last pieces go, until whole blocks are left. */
static size_t cut_to_blocks(struct bio *bio, struct bio_segment *segments, size_t bytes, u32 block)
{
	while (bytes % block) {
		struct bio_segment *last = &segments[bio->nr_segments - 1];
		u32 cut = (u32)min(bytes % block, (size_t)last->len);

		last->len -= cut;
		bytes -= cut;
		bio->nr_segments -= !last->len;
	}
	return bytes;
}

static void wake_waiter(struct bio *bio)
{
	complete(bio->private);
}

/* The same as submit_bio_wait(), but for the capacity, and looking at the queue by itself. */
static int transfer_bio(struct virtio_blk *blk, struct bio *bio)
{
	DECLARE_COMPLETION_ONSTACK(done);
	int ret;

	bio->bdev = &blk->bdev;
	bio->end_io = wake_waiter;
	bio->private = &done;
	bio->parts = 1;
	bio->status = 0;
	virtio_blk_submit(&blk->bdev, bio, false);
	bio_part_done(bio, 0);
	ret = virtqueue_wait(blk->vq, &done, BLK_TIMEOUT / NSEC_PER_USEC);
	if (ret) {
		fail_all(blk, ret);
		wait_for_completion(&done);
	}
	return bio->status;
}

int virtio_blk_transfer(struct virtio_blk *blk, enum bio_op op, u64 sector, void *buf, u32 nr)
{
	struct bio_segment segments[SYNC_SEGMENTS];
	struct bio bio = { .op = op, .sector = sector, .segments = segments };
	size_t bytes = (size_t)nr << SECTOR_SHIFT;
	u32 block = blk->bdev.block_size;
	char *p = buf;
	ssize_t n;
	int ret = 0;

	if (!nr || bytes % block || (sector << SECTOR_SHIFT) % block) {
		vdev_err(blk->vdev, "%s: %u sectors at %llu are not whole blocks of %u bytes\n",
			 blk->bdev.name, nr, (unsigned long long)sector, block);
		return -EINVAL;
	}
	while (bytes && !ret) {
		n = map_buffer(segments, &bio, p, bytes);
		if (n < 0) {
			vdev_err(blk->vdev, "%s: %p is not mapped\n", blk->bdev.name, p);
			return (int)n;
		}
		n = (ssize_t)cut_to_blocks(&bio, segments, (size_t)n, block);
		ret = transfer_bio(blk, &bio);
		p += n;
		bytes -= (size_t)n;
		bio.sector += (u64)n >> SECTOR_SHIFT;
	}
	return ret;
}

static bool blk_in_range(const struct virtio_blk *blk, u64 sector, u32 nr)
{
	u64 capacity = READ_ONCE(blk->bdev.capacity);

	if (nr <= capacity && sector <= capacity - nr)
		return true;
	vdev_err(blk->vdev, "%s: %u sectors at %llu are beyond its %llu\n", blk->bdev.name, nr,
		 (unsigned long long)sector, (unsigned long long)capacity);
	return false;
}

int virtio_blk_read(struct virtio_blk *blk, u64 sector, void *buf, u32 nr)
{
	return blk_in_range(blk, sector, nr) ? virtio_blk_transfer(blk, BIO_READ, sector, buf, nr) :
					       -EIO;
}

int virtio_blk_write(struct virtio_blk *blk, u64 sector, const void *buf, u32 nr)
{
	if (!blk_in_range(blk, sector, nr))
		return -EIO;
	if (blk->bdev.read_only) {
		vdev_err(blk->vdev, "%s: is read-only\n", blk->bdev.name);
		return -EPERM;
	}
	return virtio_blk_transfer(blk, BIO_WRITE, sector, (void *)buf, nr);
}

/* Limits and block size as the device states them; -EINVAL after a line where they are absurd. */
static int blk_read_limits(struct virtio_blk *blk)
{
	struct virtio_device *vdev = blk->vdev;
	u32 seg_max = BLK_MAX_SEGMENTS, size_max = BLK_MAX_SEGMENT, block_size = SECTOR_SIZE;
	u16 num = blk->vq->vring.num;
	int ret = virtio_cread(vdev, VIRTIO_BLK_CFG_CAPACITY, &blk->bdev.capacity, 8);

	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_SEG_MAX))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_SEG_MAX, &seg_max, 4);
	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_SIZE_MAX))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_SIZE_MAX, &size_max, 4);
	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_GEOMETRY))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_GEOMETRY, &blk->bdev.geometry,
				   sizeof(blk->bdev.geometry));
	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_BLK_SIZE))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_BLK_SIZE, &block_size, 4);
	if (ret)
		return ret;
	if (num < 3 || !size_max || !is_power_of_2(block_size) || block_size < SECTOR_SIZE ||
	    block_size > PAGE_SIZE) {
		vdev_err(vdev, "refused: queue of %u, segments of %u, blocks of %u bytes\n", num,
			 size_max, block_size);
		return -EINVAL;
	}
	blk->bdev.block_size = block_size;
	blk->max_segment_size = min(size_max, BLK_MAX_SEGMENT);
	blk->max_segments = max(1U, min(min(seg_max, (u32)BLK_MAX_SEGMENTS), (u32)num - 2));
	blk->bdev.read_only = virtio_has_feature(vdev, VIRTIO_BLK_F_RO);
	return 0;
}

/* Size, and how the disk begins: up to a line of text, or a few bytes. */
static void blk_announce(struct virtio_blk *blk)
{
	u64 mib = blk->bdev.capacity / 2048, rest = blk->bdev.capacity % 2048;
	u8 *block = kmalloc(blk->bdev.block_size, GFP_KERNEL);
	char text[41];
	size_t n = 0;

	vdev_info(blk->vdev, "[%s] %llu 512-byte sectors (%llu.%llu MiB), blocks of %u%s\n",
		  blk->bdev.name, (unsigned long long)blk->bdev.capacity, (unsigned long long)mib,
		  (unsigned long long)rest * 10 / 2048, blk->bdev.block_size,
		  blk->bdev.read_only ? ", read-only" : "");
	if (block && blk->bdev.capacity &&
	    !virtio_blk_read(blk, 0, block, blk->bdev.block_size >> SECTOR_SHIFT)) {
		while (n < sizeof(text) - 1 && block[n] >= ' ' && block[n] <= '~') {
			text[n] = (char)block[n];
			n++;
		}
		text[n] = '\0';
		vdev_info(blk->vdev, "[%s] begins %02x %02x %02x %02x \"%s\"\n", blk->bdev.name,
			  block[0], block[1], block[2], block[3], text);
	}
	kfree(block);
}

/* Its place in the table, which only PCI's mutex lets change. */
static void set_disk(unsigned int n, struct virtio_blk *blk)
{
	down_write(&disks_sem);
	disks[n] = blk;
	up_write(&disks_sem);
}

static void virtio_blk_release(struct block_device *bdev)
{
	kfree(to_virtio_blk(bdev));
}

static int virtio_blk_probe(struct virtio_device *vdev)
{
	static const struct virtqueue_info info = { "req.0", virtio_blk_done };
	struct virtio_blk *blk;
	unsigned int n = 0;
	int ret;

	while (n < MAX_DISKS && disks[n])
		n++;
	if (n == MAX_DISKS) {
		pr_err("%s: more than MAX_DISKS (%d) disks\n", vdev->name, MAX_DISKS);
		return -ENOSPC;
	}
	blk = kzalloc(sizeof(*blk), GFP_KERNEL);
	if (!blk)
		return -ENOMEM;
	blk->vdev = vdev;
	blk->bdev.submit = virtio_blk_submit;
	blk->bdev.release = virtio_blk_release;
	blk->bdev.users = 1;
	spin_lock_init(&blk->lock);
	INIT_LIST_HEAD(&blk->waiting);
	INIT_DELAYED_WORK(&blk->watch, blk_watch);
	vdev->priv = blk;
	snprintf(blk->bdev.name, sizeof(blk->bdev.name), "vd%c", 'a' + (int)n);
	ret = vdev->config->find_vqs(vdev, 1, &info, &blk->vq);
	if (!ret)
		ret = blk_read_limits(blk);
	if (ret) {
		virtio_drop_queues(vdev); /* a device may interrupt before it is ready */
		vdev->priv = NULL;
		kfree(blk);
		return ret;
	}
	virtio_device_ready(vdev);
	set_disk(n, blk);
	blk_announce(blk);
	add_block_node(&blk->bdev, n); /* without a node it still is the monitor's */
	return 0;
}

static void virtio_blk_remove(struct virtio_device *vdev)
{
	struct virtio_blk *blk = vdev->priv;

	for (unsigned int n = 0; n < MAX_DISKS; n++)
		if (disks[n] == blk) {
			remove_block_node(&blk->bdev, n);
			set_disk(n, NULL); /* once nobody uses it */
		}
	fail_all(blk, -EIO);
	poll_sleeping(!READ_ONCE(blk->visitors), ~0U);
	cancel_delayed_work_sync(&blk->watch);
	vdev->config->del_vqs(vdev);
	vdev->priv = NULL;
	put_block_device(&blk->bdev);
}

/* 5.2.5: the disk was resized. */
static void virtio_blk_config_changed(struct virtio_device *vdev)
{
	struct virtio_blk *blk = vdev->priv;
	u64 capacity;

	if (!blk || virtio_cread(vdev, VIRTIO_BLK_CFG_CAPACITY, &capacity, 8) ||
	    capacity == blk->bdev.capacity)
		return;
	vdev_info(vdev, "[%s] now has %llu sectors\n", blk->bdev.name,
		  (unsigned long long)capacity);
	set_capacity(&blk->bdev, capacity);
}

const struct virtio_driver virtio_blk_driver = {
	.name = "virtio_blk",
	.type = VIRTIO_ID_BLOCK,
	.features = BIT_ULL(VIRTIO_BLK_F_SIZE_MAX) | BIT_ULL(VIRTIO_BLK_F_SEG_MAX) |
		    BIT_ULL(VIRTIO_BLK_F_GEOMETRY) | BIT_ULL(VIRTIO_BLK_F_RO) |
		    BIT_ULL(VIRTIO_BLK_F_BLK_SIZE),
	.probe = virtio_blk_probe,
	.remove = virtio_blk_remove,
	.config_changed = virtio_blk_config_changed,
};
