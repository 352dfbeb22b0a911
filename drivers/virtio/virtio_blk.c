// SPDX-License-Identifier: MIT
/*
 * virtio-blk (virtio 1.2, 5.2): read and write sectors of a disk.
 *
 * A request is a chain: a header that the device reads, the data, and a status
 * byte that it writes.  Header and status live in a record of their own while
 * the request is under way; the data goes straight to and from the caller's
 * memory, in as many pieces as that has physically.  Large transfers are cut
 * into requests of max_segments pieces, one after the other.
 *
 * VIRTIO_BLK_F_FLUSH is not negotiated: the device then keeps each write on
 * stable storage before it reports it (5.2.6.2), which is what a caller that
 * waits for each write wants.  One queue is used, also where there are more.
 */
#include "drivers/virtio/virtio_blk.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/rwsem.h"
#include "mm/page_alloc.h"
#include "mm/pgtable.h"

/* 5.2.3: feature bits. */
#define VIRTIO_BLK_F_SIZE_MAX 1
#define VIRTIO_BLK_F_SEG_MAX  2
#define VIRTIO_BLK_F_RO	      5
#define VIRTIO_BLK_F_BLK_SIZE 6

/* 5.2.4: offsets in the configuration. */
#define VIRTIO_BLK_CFG_CAPACITY 0
#define VIRTIO_BLK_CFG_SIZE_MAX 8
#define VIRTIO_BLK_CFG_SEG_MAX	12
#define VIRTIO_BLK_CFG_BLK_SIZE 20

/* 5.2.6: request types and status. */
#define VIRTIO_BLK_T_IN	   0
#define VIRTIO_BLK_T_OUT   1
#define VIRTIO_BLK_S_OK	   0
#define VIRTIO_BLK_S_UNSET 0xff /* ours: the device wrote none */

#define BLK_MAX_SEGMENTS 32	   /* of one request: 128 KiB of scattered pages */
#define BLK_MAX_SEGMENT	 0x400000u /* bytes: keeps a request's sum far from 4 GiB */
#define BLK_TIMEOUT_USEC 5000000   /* as long as a slow host may take, short of Linux's 30 s */

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
	u32 len;		/* bytes the device says it wrote */
	struct completion done; /* by the callback, after len */
	unsigned int segments;
	struct vring_sg sg[BLK_MAX_SEGMENTS + 2]; /* header, data, status */
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

static void virtio_blk_done(struct virtqueue *vq)
{
	struct virtio_blk_req *req;
	u32 len;

	while ((req = virtqueue_get_buf(vq, &len))) {
		req->len = len;
		complete(&req->done); /* the waiter frees it */
	}
}

/*
 * Enter as much of [buf, buf + bytes) as one request takes, joining what is
 * contiguous; the bytes entered, a multiple of the block size, or an errno.
 */
static ssize_t blk_map_data(const struct virtio_blk *blk, struct virtio_blk_req *req, char *buf,
			    size_t bytes)
{
	struct vring_sg *sg = req->sg; /* entry 0 is the header */
	size_t done = 0;

	req->segments = 0;
	while (done < bytes) {
		unsigned long va = (unsigned long)buf + done;
		size_t n = min(bytes - done, PAGE_SIZE - va % PAGE_SIZE);
		bool joins = false;
		phys_addr_t pa;

		if (virt_to_phys_walk(va, &pa))
			return -EFAULT;
		n = min(n, (size_t)blk->max_segment_size);
		if (req->segments)
			joins = sg->addr + sg->len == pa && sg->len + n <= blk->max_segment_size;
		if (joins) {
			sg->len += (u32)n;
		} else {
			if (req->segments == blk->max_segments)
				break;
			req->segments++;
			*++sg = (struct vring_sg){ pa, (u32)n };
		}
		done += n;
	}
	/* No more room for pieces: cut back to whole blocks. */
	while (done % blk->block_size) {
		size_t cut = min(done % blk->block_size, (size_t)sg->len);

		done -= cut;
		sg->len -= (u32)cut;
		if (!sg->len) {
			sg--;
			req->segments--;
		}
	}
	return done ? (ssize_t)done : -EINVAL;
}

/* Fill in the ends, hand the chain over and wait for it. */
static int blk_submit(struct virtio_blk *blk, struct virtio_blk_req *req, bool write, u64 sector)
{
	unsigned int n = req->segments;
	int ret;

	req->hdr = (struct virtio_blk_outhdr){
		.type = write ? VIRTIO_BLK_T_OUT : VIRTIO_BLK_T_IN,
		.sector = sector,
	};
	req->status = VIRTIO_BLK_S_UNSET;
	init_completion(&req->done);
	req->sg[0] = (struct vring_sg){ __pa(&req->hdr), sizeof(req->hdr) };
	req->sg[n + 1] = (struct vring_sg){ __pa(&req->status), sizeof(req->status) };

	/* The ring may be full of others' requests for a while. */
	poll_sleeping((ret = virtqueue_add(blk->vq, req->sg, write ? n + 1 : 1, write ? 1 : n + 1,
					   req)) != -ENOSPC,
		      BLK_TIMEOUT_USEC);
	if (ret)
		return ret;
	ret = virtqueue_wait(blk->vq, &req->done, BLK_TIMEOUT_USEC);
	if (ret) {
		/* Header, status and the caller's data must not be the device's any more, ... */
		virtio_break_device(blk->vdev);
		if (!virtqueue_keeps(blk->vq, req)) /* ... nor the callback's, on another CPU */
			wait_for_completion(&req->done);
	}
	return ret;
}

/* One request from the start of a transfer: bytes done, or an errno after a line. */
static ssize_t blk_request(struct virtio_blk *blk, bool write, u64 sector, char *buf, size_t bytes)
{
	struct virtio_blk_req *req = kmalloc(sizeof(*req), GFP_KERNEL);
	u32 expected = sizeof(req->status); /* 5.2.6: what the device has to write */
	ssize_t n = -ENOMEM;
	u8 status = VIRTIO_BLK_S_UNSET;
	int ret;

	if (req)
		n = blk_map_data(blk, req, buf, bytes);
	if (n > 0) {
		ret = blk_submit(blk, req, write, sector);
		status = READ_ONCE(req->status);
		expected += write ? 0 : (u32)n;
		if (!ret && (status != VIRTIO_BLK_S_OK || req->len < expected))
			ret = -EIO;
		if (ret)
			n = ret;
	}
	if (n < 0)
		vdev_err(blk->vdev, "%s: %s at sector %llu failed: %s (status 0x%02x)\n", blk->name,
			 write ? "write" : "read", (unsigned long long)sector, error_name((int)n),
			 status);
	kfree(req);
	return n;
}

int virtio_blk_transfer(struct virtio_blk *blk, bool write, u64 sector, void *buf, u32 nr)
{
	size_t bytes = (size_t)nr << SECTOR_SHIFT;
	u32 mask = blk->block_size - 1;
	char *p = buf;

	if (!nr || (bytes & mask) || (sector << SECTOR_SHIFT & mask)) {
		vdev_err(blk->vdev, "%s: %u sectors at %llu are not whole blocks of %u bytes\n",
			 blk->name, nr, (unsigned long long)sector, blk->block_size);
		return -EINVAL;
	}
	while (bytes) {
		ssize_t n = blk_request(blk, write, sector, p, bytes);

		if (n < 0)
			return (int)n;
		p += n;
		bytes -= (size_t)n;
		sector += (u64)n >> SECTOR_SHIFT;
	}
	return 0;
}

static bool blk_in_range(const struct virtio_blk *blk, u64 sector, u32 nr)
{
	u64 capacity = READ_ONCE(blk->capacity);

	if (nr <= capacity && sector <= capacity - nr)
		return true;
	vdev_err(blk->vdev, "%s: %u sectors at %llu are beyond its %llu\n", blk->name, nr,
		 (unsigned long long)sector, (unsigned long long)capacity);
	return false;
}

int virtio_blk_read(struct virtio_blk *blk, u64 sector, void *buf, u32 nr)
{
	return blk_in_range(blk, sector, nr) ? virtio_blk_transfer(blk, false, sector, buf, nr) :
					       -EIO;
}

int virtio_blk_write(struct virtio_blk *blk, u64 sector, const void *buf, u32 nr)
{
	if (!blk_in_range(blk, sector, nr))
		return -EIO;
	if (blk->read_only) {
		vdev_err(blk->vdev, "%s: is read-only\n", blk->name);
		return -EPERM;
	}
	return virtio_blk_transfer(blk, true, sector, (void *)buf, nr);
}

/* Limits and block size as the device states them; -EINVAL after a line where they are absurd. */
static int blk_read_limits(struct virtio_blk *blk)
{
	struct virtio_device *vdev = blk->vdev;
	u32 seg_max = BLK_MAX_SEGMENTS, size_max = BLK_MAX_SEGMENT, block_size = SECTOR_SIZE;
	u16 num = blk->vq->vring.num;
	int ret = virtio_cread(vdev, VIRTIO_BLK_CFG_CAPACITY, &blk->capacity, 8);

	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_SEG_MAX))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_SEG_MAX, &seg_max, 4);
	if (!ret && virtio_has_feature(vdev, VIRTIO_BLK_F_SIZE_MAX))
		ret = virtio_cread(vdev, VIRTIO_BLK_CFG_SIZE_MAX, &size_max, 4);
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
	blk->block_size = block_size;
	blk->max_segment_size = min(size_max, BLK_MAX_SEGMENT);
	blk->max_segments = max(1U, min(min(seg_max, (u32)BLK_MAX_SEGMENTS), (u32)num - 2));
	blk->read_only = virtio_has_feature(vdev, VIRTIO_BLK_F_RO);
	return 0;
}

/* Size, and how the disk begins: up to a line of text, or a few bytes. */
static void blk_announce(struct virtio_blk *blk)
{
	u64 mib = blk->capacity / 2048, rest = blk->capacity % 2048;
	u8 *block = kmalloc(blk->block_size, GFP_KERNEL);
	char text[41];
	size_t n = 0;

	vdev_info(blk->vdev, "[%s] %llu 512-byte sectors (%llu.%llu MiB), blocks of %u%s\n",
		  blk->name, (unsigned long long)blk->capacity, (unsigned long long)mib,
		  (unsigned long long)rest * 10 / 2048, blk->block_size,
		  blk->read_only ? ", read-only" : "");
	if (block && blk->capacity &&
	    !virtio_blk_read(blk, 0, block, blk->block_size >> SECTOR_SHIFT)) {
		while (n < sizeof(text) - 1 && block[n] >= ' ' && block[n] <= '~') {
			text[n] = (char)block[n];
			n++;
		}
		text[n] = '\0';
		vdev_info(blk->vdev, "[%s] begins %02x %02x %02x %02x \"%s\"\n", blk->name,
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
	snprintf(blk->name, sizeof(blk->name), "vd%c", 'a' + (int)n);
	ret = vdev->config->find_vqs(vdev, 1, &info, &blk->vq);
	if (!ret)
		ret = blk_read_limits(blk);
	if (ret) {
		kfree(blk);
		return ret;
	}
	vdev->priv = blk;
	virtio_device_ready(vdev);
	set_disk(n, blk);
	blk_announce(blk);
	return 0;
}

static void virtio_blk_remove(struct virtio_device *vdev)
{
	for (unsigned int n = 0; n < MAX_DISKS; n++)
		if (disks[n] == vdev->priv)
			set_disk(n, NULL); /* once nobody uses it */
	vdev->config->del_vqs(vdev);
	kfree(vdev->priv);
	vdev->priv = NULL;
}

/* 5.2.5: the disk was resized. */
static void virtio_blk_config_changed(struct virtio_device *vdev)
{
	struct virtio_blk *blk = vdev->priv;
	u64 capacity;

	if (!blk || virtio_cread(vdev, VIRTIO_BLK_CFG_CAPACITY, &capacity, 8) ||
	    capacity == blk->capacity)
		return;
	vdev_info(vdev, "[%s] now has %llu sectors\n", blk->name, (unsigned long long)capacity);
	WRITE_ONCE(blk->capacity, capacity);
}

const struct virtio_driver virtio_blk_driver = {
	.name = "virtio_blk",
	.type = VIRTIO_ID_BLOCK,
	.features = BIT_ULL(VIRTIO_BLK_F_SIZE_MAX) | BIT_ULL(VIRTIO_BLK_F_SEG_MAX) |
		    BIT_ULL(VIRTIO_BLK_F_RO) | BIT_ULL(VIRTIO_BLK_F_BLK_SIZE),
	.probe = virtio_blk_probe,
	.remove = virtio_blk_remove,
	.config_changed = virtio_blk_config_changed,
};
