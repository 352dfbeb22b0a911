// SPDX-License-Identifier: MIT
/*
 * virtio on the machine at hand: data that the build put on the disk, writes
 * that come back, requests that must fail, interrupts that are counted, and
 * nothing left behind when the functions are taken from their driver.
 */
#include "drivers/virtio/virtio_blk.h"
#include "drivers/virtio/virtio_pci.h"
#include "drivers/virtio/virtio_ring.h"
#include "drivers/virtio/virtio_rng.h"
#include "kernel/core/panic.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "mm/vmalloc.h"
#include "tests/guest/guest_test.h"
#include "tests/vm_areas.h"

#define DISK_MAGIC    "TERRIER DISK v1\n" /* 16 bytes at the start of sector 0 */
#define DISK_WORDS    (SECTOR_SIZE / sizeof(u64))
#define DISK_SCRATCH  1024 /* sectors from here on may be written */
#define MANY_SECTORS  600  /* more pages, when scattered, than one request holds */
#define SCRATCH_COUNT 40
#define RNG_USEC      1000000

/* The build's formula for word i of sector n. */
static u64 disk_word(u64 n, u64 i)
{
	return (n * DISK_WORDS + i) * 0x9e3779b97f4a7c15ULL + 0x5445525249455221ULL;
}

static bool disk_sector_good(u64 sector, const void *data)
{
	const char *bytes = data;
	u64 i = 0;

	if (!sector) {
		if (memcmp(bytes, DISK_MAGIC, 16))
			return false;
		i = 2;
	}
	for (; i < DISK_WORDS; i++) {
		u64 word;

		memcpy(&word, bytes + i * sizeof(word), sizeof(word));
		if (word != disk_word(sector, i))
			return false;
	}
	return true;
}

/* There is an n-th disk. */
static bool disk_is_there(unsigned int n)
{
	struct virtio_blk *blk = virtio_blk_get(n);

	virtio_blk_put(blk);
	return blk;
}

/*
 * The disk that the build made, to be put, or NULL after saying why this test cannot run; a mute
 * disk fails.
 */
static struct virtio_blk *build_disk(void)
{
	struct virtio_blk *blk;
	bool ours = false;
	u8 *sector;
	int ret;

	for (unsigned int n = 0; (blk = virtio_blk_get(n)); n++) {
		if (blk->bdev.block_size != SECTOR_SIZE ||
		    blk->bdev.capacity < DISK_SCRATCH + SCRATCH_COUNT) {
			virtio_blk_put(blk);
			continue;
		}
		sector = kmalloc(SECTOR_SIZE, GFP_KERNEL);
		ret = sector ? virtio_blk_read(blk, 0, sector, 1) : -ENOMEM;
		EXPECT_EQ(ret, 0);
		if (!ret)
			ours = !memcmp(sector, DISK_MAGIC, 16);
		kfree(sector);
		if (ours)
			return blk;
		virtio_blk_put(blk);
		if (ret)
			return NULL;
	}
	guest_skip(disk_is_there(0) ? "no disk that the build made" : "no virtio disk");
	return NULL;
}

GUEST_TEST(virtio, disk_content)
{
	static const u64 sectors[] = { 0, 1, 1023 };
	struct virtio_blk *blk = build_disk();
	u8 *buf;

	if (!blk)
		return;
	buf = kmalloc(SECTOR_SIZE, GFP_KERNEL);
	ASSERT(buf);
	for (unsigned int i = 0; i < ARRAY_SIZE(sectors); i++) {
		memset(buf, 0, SECTOR_SIZE);
		EXPECT_EQ(virtio_blk_read(blk, sectors[i], buf, 1), 0);
		EXPECT(disk_sector_good(sectors[i], buf));
	}
	kfree(buf);
	virtio_blk_put(blk);
}

/* Scattered memory at an odd address: many pieces, several requests, every byte in its place. */
GUEST_TEST(virtio, disk_many_sectors)
{
	struct virtio_blk *blk = build_disk();
	unsigned int bad = 0;
	u8 *area, *buf;

	if (!blk)
		return;
	area = vmalloc(MANY_SECTORS * SECTOR_SIZE + 32);
	ASSERT(area);
	memset(area, 0xa5, MANY_SECTORS * SECTOR_SIZE + 32);
	buf = area + 13;
	EXPECT_EQ(virtio_blk_read(blk, 0, buf, MANY_SECTORS), 0);
	for (unsigned int n = 0; n < MANY_SECTORS; n++)
		bad += !disk_sector_good(n, buf + n * SECTOR_SIZE);
	EXPECT_EQ(bad, 0);
	for (unsigned int i = 0; i < 13; i++)
		EXPECT_EQ(area[i], 0xa5);
	EXPECT_EQ(buf[MANY_SECTORS * SECTOR_SIZE], 0xa5);
	vfree(area);
	virtio_blk_put(blk);
}

/* ---- several at a time ---- */

#define DEPTH	 40 /* bios of two requests each: more than the ring has room for */
#define BIO_SIZE (SECTOR_SIZE * 66)

struct deep_bio {
	struct bio bio;
	struct bio_segment segments[BIO_SIZE / SECTOR_SIZE];
};
static struct completion deep_done;
static u32 deep_left; /* atomic */

static void deep_end(struct bio *bio)
{
	(void)bio;
	if (!__atomic_sub_fetch(&deep_left, 1, __ATOMIC_ACQ_REL))
		complete(&deep_done);
}

/* Reads from sector i on, each sector to a piece of its own, in front of the one before. */
static void deep_begin(struct deep_bio *d, struct virtio_blk *blk, u64 i, u8 *buf)
{
	const unsigned int n = ARRAY_SIZE(d->segments);

	for (unsigned int k = 0; k < n; k++)
		d->segments[k] =
			(struct bio_segment){ __pa(buf) + (n - 1 - k) * SECTOR_SIZE, SECTOR_SIZE };
	d->bio = (struct bio){ .bdev = &blk->bdev,
			       .op = BIO_READ,
			       .sector = i,
			       .segments = d->segments,
			       .nr_segments = n,
			       .end_io = deep_end };
	submit_bio(&d->bio);
}

static unsigned int deep_wrong(const struct deep_bio *d, const u8 *buf)
{
	const unsigned int n = ARRAY_SIZE(d->segments);
	unsigned int wrong = d->bio.status != 0;

	for (unsigned int k = 0; k < n; k++)
		wrong += !disk_sector_good(d->bio.sector + k, buf + (n - 1 - k) * SECTOR_SIZE);
	return wrong;
}

/* More than the ring holds, under way at once, out of a plug; each ends once, with its own data. */
GUEST_TEST(virtio, disk_many_at_a_time)
{
	struct virtio_blk *blk = build_disk();
	struct deep_bio *d;
	struct blk_plug plug;
	unsigned long kicks;
	unsigned int wrong = 0;
	u8 *buf;

	if (!blk)
		return;
	d = kcalloc(DEPTH, sizeof(*d), GFP_KERNEL);
	buf = kcalloc(DEPTH, BIO_SIZE, GFP_KERNEL);
	ASSERT(d && buf);
	init_completion(&deep_done);
	deep_left = DEPTH;
	kicks = blk->vq->kicks;
	blk_start_plug(&plug);
	for (unsigned int i = 0; i < DEPTH; i++)
		deep_begin(&d[i], blk, i, buf + i * BIO_SIZE);
	EXPECT_EQ(deep_left, DEPTH);
	blk_finish_plug(&plug);
	EXPECT(wait_for_completion_timeout(&deep_done, 10 * NSEC_PER_SEC));
	/* What the plug let go at once had one; what came into the ring later may have had one each. */
	EXPECT(blk->vq->kicks - kicks < 2 * DEPTH);
	for (unsigned int i = 0; i < DEPTH; i++)
		wrong += deep_wrong(&d[i], buf + i * BIO_SIZE);
	EXPECT_EQ(wrong, 0);
	EXPECT_EQ(blk->under_way, 0);
	EXPECT(list_empty(&blk->waiting));
	kfree(buf);
	kfree(d);
	virtio_blk_put(blk);
}

/* A bio that is wrong ends without the device. */
GUEST_TEST(virtio, bad_bios)
{
	struct virtio_blk *blk = build_disk();
	struct bio_segment s;
	struct bio bio = { .segments = &s, .nr_segments = 1 };
	unsigned long added;
	u8 *buf;

	if (!blk)
		return;
	buf = kmalloc(SECTOR_SIZE, GFP_KERNEL);
	ASSERT(buf);
	s = (struct bio_segment){ __pa(buf), SECTOR_SIZE };
	bio.bdev = &blk->bdev;
	added = blk->vq->added;
	bio.sector = blk->bdev.capacity;
	EXPECT_EQ(submit_bio_wait(&bio), -EIO);
	bio.sector = ~0ULL;
	EXPECT_EQ(submit_bio_wait(&bio), -EIO);
	bio.sector = 0;
	s.len = SECTOR_SIZE - 1;
	EXPECT_EQ(submit_bio_wait(&bio), -EINVAL);
	s.len = 0;
	EXPECT_EQ(submit_bio_wait(&bio), -EINVAL);
	EXPECT_EQ(blk->vq->added, added);
	s.len = SECTOR_SIZE;
	EXPECT_EQ(submit_bio_wait(&bio), 0);
	EXPECT(disk_sector_good(0, buf));
	kfree(buf);
	virtio_blk_put(blk);
}

/* Write a pattern over scratch sectors, read it into another place, then put the old data back. */
static void write_and_restore(struct virtio_blk *blk, u8 *old, u8 *pattern, u8 *back)
{
	const size_t bytes = SCRATCH_COUNT * SECTOR_SIZE;

	ASSERT(!virtio_blk_read(blk, DISK_SCRATCH, old, SCRATCH_COUNT));
	for (size_t i = 0; i < bytes; i++)
		pattern[i] = (u8)(~old[i] ^ i);
	EXPECT_EQ(virtio_blk_write(blk, DISK_SCRATCH, pattern, SCRATCH_COUNT), 0);
	EXPECT_EQ(virtio_blk_read(blk, DISK_SCRATCH, back, SCRATCH_COUNT), 0);
	EXPECT(!memcmp(pattern, back, bytes));
	EXPECT_EQ(virtio_blk_write(blk, DISK_SCRATCH, old, SCRATCH_COUNT), 0);
	EXPECT_EQ(virtio_blk_read(blk, DISK_SCRATCH, back, SCRATCH_COUNT), 0);
	EXPECT(!memcmp(old, back, bytes));
	EXPECT_EQ(virtio_blk_read(blk, DISK_SCRATCH - 1, back, 1), 0); /* the neighbour stands */
	EXPECT(disk_sector_good(DISK_SCRATCH - 1, back));
}

GUEST_TEST(virtio, disk_write)
{
	struct virtio_blk *blk = build_disk();
	const size_t bytes = SCRATCH_COUNT * SECTOR_SIZE;
	u8 *old, *pattern, *back;

	if (!blk)
		return;
	if (blk->bdev.read_only) {
		guest_skip("%s is read-only", blk->bdev.name);
		virtio_blk_put(blk);
		return;
	}
	old = kmalloc(bytes, GFP_KERNEL);
	pattern = vmalloc(bytes + 8);
	back = vmalloc(bytes);
	EXPECT(old && pattern && back);
	if (old && pattern && back)
		write_and_restore(blk, old, pattern + 7, back);
	vfree(back);
	vfree(pattern);
	kfree(old);
	virtio_blk_put(blk);
}

GUEST_TEST(virtio, disk_beyond_capacity)
{
	struct virtio_blk *blk = build_disk();
	u8 *buf;

	if (!blk)
		return;
	buf = kmalloc(2 * SECTOR_SIZE, GFP_KERNEL);
	ASSERT(buf);
	EXPECT_EQ(virtio_blk_read(blk, blk->bdev.capacity, buf, 1), -EIO);
	EXPECT_EQ(virtio_blk_read(blk, blk->bdev.capacity - 1, buf, 2), -EIO);
	EXPECT_EQ(virtio_blk_read(blk, ~0ULL, buf, 2), -EIO);
	EXPECT_EQ(virtio_blk_write(blk, blk->bdev.capacity, buf, 1), -EIO);
	EXPECT_EQ(virtio_blk_transfer(blk, BIO_READ, blk->bdev.capacity, buf, 1),
		  -EIO); /* its own word */
	EXPECT_EQ(virtio_blk_read(blk, 0, buf, 0), -EINVAL);
	EXPECT_EQ(virtio_blk_read(blk, 0, NULL, 1), -EFAULT);
	EXPECT_EQ(virtio_blk_read(blk, blk->bdev.capacity - 1, buf, 1), 0); /* and it goes on */
	kfree(buf);
	virtio_blk_put(blk);
}

GUEST_TEST(virtio, disk_interrupts)
{
	struct virtio_blk *blk = virtio_blk_get(0);
	unsigned long interrupts, polled;
	u64 count;
	u8 *buf;

	if (!blk || blk->vq->irq < 0) {
		guest_skip(blk ? "its queue has no interrupt" : "no virtio disk");
		virtio_blk_put(blk);
		return;
	}
	buf = kmalloc(blk->bdev.block_size, GFP_KERNEL);
	ASSERT(buf);
	interrupts = blk->vq->interrupts;
	polled = blk->vq->polled;
	count = irq_count(blk->vq->irq);
	for (unsigned int i = 0; i < 3; i++)
		EXPECT_EQ(virtio_blk_read(blk, 0, buf, blk->bdev.block_size >> SECTOR_SHIFT), 0);
	EXPECT_EQ(blk->vq->interrupts - interrupts, 3); /* one waited for: one each */
	EXPECT_EQ(blk->vq->polled, polled);
	EXPECT(irq_count(blk->vq->irq) - count >= 3); /* more where it is shared */
	EXPECT_EQ(blk->vq->vring.num_free, blk->vq->vring.num);
	kfree(buf);
	virtio_blk_put(blk);
}

/* Exactly n bytes, however few come at a time: 0, or why not. */
static ssize_t rng_fill(u8 *buf, size_t n)
{
	while (n) {
		ssize_t got = virtio_rng_read(buf, n, RNG_USEC);

		if (got < 0)
			return got;
		buf += got;
		n -= (size_t)got;
	}
	return 0;
}

GUEST_TEST(virtio, rng)
{
	u8 a[32] = { 0 }, b[32] = { 0 };
	static const u8 zero[32];
	ssize_t ret;

	if (!virtio_rng_device()) {
		guest_skip("no virtio-rng");
		return;
	}
	ret = rng_fill(a, sizeof(a));
	if (!ret)
		ret = rng_fill(b, sizeof(b));
	if (ret == -EAGAIN) {
		guest_skip("the host rations its random bytes");
		return;
	}
	EXPECT_EQ(ret, 0);
	EXPECT(memcmp(a, b, sizeof(a)));
	EXPECT(memcmp(a, zero, sizeof(a)));
	EXPECT(memcmp(b, zero, sizeof(b)));
}

/* A register access or two: the device agrees with what was negotiated. */
GUEST_TEST(virtio, status)
{
	struct virtio_device *vdev;

	list_for_each_entry(vdev, &virtio_devices, node) {
		u8 status = vdev->config->get_status(vdev);
		bool one_too_many = vdev->type == VIRTIO_ID_BLOCK && !vdev->driver &&
				    disk_is_there(MAX_DISKS - 1);

		EXPECT(!!(status & VIRTIO_CONFIG_S_ACKNOWLEDGE) == !one_too_many);
		EXPECT(!!(status & VIRTIO_CONFIG_S_FAILED) == one_too_many);
		EXPECT(!(status & VIRTIO_CONFIG_S_NEEDS_RESET));
		EXPECT_EQ(!!(status & VIRTIO_CONFIG_S_DRIVER_OK), vdev->driver != NULL);
		EXPECT(!vdev->driver || virtio_has_feature(vdev, VIRTIO_F_VERSION_1));
		EXPECT_EQ(vdev->features & ~vdev->device_features, 0);
	}
}

/* A configuration field beyond the structure is refused, not read. */
GUEST_TEST(virtio, config_bounds)
{
	struct virtio_blk *blk = virtio_blk_get(0);
	u64 value = 0;

	if (!blk) {
		guest_skip("no virtio disk");
		return;
	}
	EXPECT_EQ(virtio_cread(blk->vdev, 0, &value, 8), 0);
	EXPECT_EQ(value, blk->bdev.capacity);
	EXPECT_EQ(virtio_cread(blk->vdev, 0x1000, &value, 4), -EINVAL);
	EXPECT_EQ(virtio_cread(blk->vdev, 0xffffffff, &value, 4), -EINVAL);
	virtio_blk_put(blk);
}

/* The function that a device is, or NULL where it is on no PCI bus. */
static struct pci_dev *function_of(const struct virtio_device *vdev)
{
	struct pci_dev *dev;

	for_each_pci_dev(dev)
		if (dev->driver == &virtio_pci_driver &&
		    &((struct virtio_pci_device *)dev->driver_data)->vdev == vdev)
			return dev;
	return NULL;
}

static void probe_anew(struct pci_dev *dev)
{
	pci_lock_rescan_remove();
	pci_release_driver(dev);
	pci_unlock_rescan_remove();
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), 1);
}

/*
 * A used entry for a request that was never made, as a broken device would
 * enter it: the queue is refused, the device reset, and a new probe mends it.
 */
GUEST_TEST(virtio, device_lies)
{
	struct virtio_device *vdev = virtio_rng_device();
	struct virtqueue *vq;
	struct pci_dev *dev;
	ssize_t ret;
	u8 byte;

	if (!vdev) {
		guest_skip("no virtio-rng");
		return;
	}
	dev = function_of(vdev);
	if (!dev) {
		guest_skip("it is on no PCI bus, so nothing can probe it anew");
		return;
	}
	vq = list_first_entry(&vdev->vqs, struct virtqueue, node);
	if (vq->vring.outstanding) {
		guest_skip("the host rations its random bytes");
		return;
	}
	vq->vring.used->idx++;
	vq->info.callback(vq);
	EXPECT(vq->vring.fault != NULL);
	do /* bytes fetched before are still given out */
		ret = virtio_rng_read(&byte, 1, RNG_USEC);
	while (ret > 0);
	EXPECT_EQ(ret, -EIO);
	EXPECT(vdev->broken);
	EXPECT_EQ(vdev->config->get_status(vdev), 0);
	EXPECT_EQ(virtio_rng_read(&byte, 1, RNG_USEC), -EIO);
	probe_anew(dev);
	ret = virtio_rng_read(&byte, 1, RNG_USEC);
	EXPECT(ret == 1 || ret == -EAGAIN);
}

static void leave_in_queue(struct virtqueue *vq)
{
	(void)vq;
}

/* What is used and not taken when the device breaks is nobody's to take any more. */
GUEST_TEST(virtio, broken_queue_keeps_what_was_not_taken)
{
	struct virtio_device *vdev = virtio_rng_device();
	struct pci_dev *dev = vdev ? function_of(vdev) : NULL;
	u8 *bytes = kmalloc(2, GFP_KERNEL);
	struct virtqueue *vq;
	u32 len;

	ASSERT(bytes);
	vq = dev ? list_first_entry(&vdev->vqs, struct virtqueue, node) : NULL;
	if (!vq || vq->vring.outstanding) {
		guest_skip(vq ? "the host rations its random bytes" : "no virtio-rng on PCI");
		kfree(bytes);
		return;
	}
	vq->info.callback = leave_in_queue;
	for (unsigned int i = 0; i < 2; i++) {
		struct vring_sg sg = { __pa(bytes + i), 1 };

		EXPECT_EQ(virtqueue_add(vq, &sg, 0, 1, bytes + i), 0);
		EXPECT(poll_timeout(vring_pending(&vq->vring), RNG_USEC));
		if (i == 0)
			EXPECT(virtqueue_get_buf(vq, &len) == bytes);
	}
	virtio_break_device(vdev);
	EXPECT(!virtqueue_get_buf(vq, &len));
	EXPECT(virtqueue_detach(vq) == bytes + 1);
	EXPECT(!virtqueue_detach(vq));
	probe_anew(dev);
	kfree(bytes);
}

static unsigned int take_all_away(void)
{
	struct pci_dev *dev;
	unsigned int n = 0;

	pci_lock_rescan_remove();
	for_each_pci_dev(dev) {
		if (dev->driver == &virtio_pci_driver) {
			pci_release_driver(dev);
			n++;
		}
	}
	pci_unlock_rescan_remove();
	return n;
}

/* They are offered and taken again: no mapping and no page is lost by it. */
static bool all_comes_back(unsigned int n)
{
	unsigned int areas = nr_vm_areas();
	unsigned long pages;

	vm_unmap_aliases();	 /* what the mappings kept is free again, */
	kmem_cache_shrink_all(); /* and what slabs keep */
	pages = nr_free_pages();
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), n);
	EXPECT(nr_vm_areas() > areas);
	EXPECT_EQ(take_all_away(), n);
	vm_unmap_aliases();
	kmem_cache_shrink_all();
	return nr_vm_areas() == areas && nr_free_pages() == pages;
}

/* Take all functions from the driver and offer them again: what was held comes back. */
GUEST_TEST(virtio, remove_and_probe)
{
	unsigned int n = take_all_away(), warns = warn_count();
	struct virtio_blk *blk;
	int irq = -1;

	if (!n) {
		guest_skip("no virtio function");
		return;
	}
	EXPECT(list_empty(&virtio_devices));
	EXPECT(!disk_is_there(0) && !virtio_rng_device());
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), n);
	blk = virtio_blk_get(0);
	if (blk && blk->vq->msix_vector != VIRTIO_MSI_NO_VECTOR)
		irq = blk->vq->irq;
	virtio_blk_put(blk);
	EXPECT_EQ(take_all_away(), n);
	EXPECT(irq < 0 || !irq_get_data(irq));
	/* Once or twice a worker may begin meanwhile, which has a stack. */
	EXPECT(all_comes_back(n) || all_comes_back(n) || all_comes_back(n));
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), n);
	EXPECT_EQ(warn_count(), warns);
}

/* What a removal does, in its order. */
static char steps[4];

static int note_reset(struct virtio_device *vdev)
{
	(void)vdev;
	strscpy(steps, "r", sizeof(steps));
	return 0;
}

static void note_step(char step)
{
	size_t n = strlen(steps);

	if (n < sizeof(steps) - 1) {
		steps[n] = step;
		steps[n + 1] = '\0';
	}
}

static void note_del_vqs(struct virtio_device *vdev)
{
	(void)vdev;
	note_step('q');
}

static void note_remove(struct virtio_device *vdev)
{
	note_step(vdev->broken ? 'b' : 'd');
	vdev->config->del_vqs(vdev);
}

/* Who waits for a request gives up before the driver waits for him, and before the queues go. */
GUEST_TEST(virtio, broken_before_its_driver_goes)
{
	static const struct virtio_config_ops ops = { .reset = note_reset,
						      .del_vqs = note_del_vqs };
	static const struct virtio_driver driver = { .name = "none", .remove = note_remove };
	struct virtio_device vdev = { .name = "virtio-none", .config = &ops, .driver = &driver };

	mutex_init(&vdev.lock);
	list_add_tail(&vdev.node, &virtio_devices);
	unregister_virtio_device(&vdev);
	EXPECT(!strcmp(steps, "rbq"));
	EXPECT(!vdev.driver && list_empty(&vdev.node));
}

static int make_queue(struct virtio_device *vdev, unsigned int n, const struct virtqueue_info *info,
		      struct virtqueue **vqs)
{
	vqs[0] = n == 1 ? vring_create_virtqueue(vdev, 0, 4, info) : NULL;
	return vqs[0] ? 0 : -ENOMEM;
}

static int absurd_config(struct virtio_device *vdev, unsigned int offset, void *buf,
			 unsigned int len)
{
	(void)vdev;
	(void)offset;
	memset(buf, 0xff, len);
	return 0;
}

/* The last interrupt comes while it is given back, for a request that was never made. */
static void interrupt_and_del_vqs(struct virtio_device *vdev)
{
	struct virtqueue *vq, *next;

	note_step(vdev->priv ? 'q' : '-');
	list_for_each_entry_safe(vq, next, &vdev->vqs, node) {
		vq->vring.used->idx++;
		vring_interrupt(vq);
		vring_del_virtqueue(vq);
	}
}

/* A disk that is refused may interrupt all the same: its record goes behind its queue. */
GUEST_TEST(virtio, refused_disk_interrupts)
{
	static const struct virtio_config_ops ops = { .reset = note_reset,
						      .find_vqs = make_queue,
						      .get = absurd_config,
						      .del_vqs = interrupt_and_del_vqs };
	struct virtio_device vdev = { .name = "virtio-none", .config = &ops, .features = ~0ULL };
	int ret;

	mutex_init(&vdev.lock);
	INIT_LIST_HEAD(&vdev.vqs);
	ret = virtio_blk_driver.probe(&vdev);
	if (ret == -ENOSPC) {
		guest_skip("no place for one more disk");
		return;
	}
	EXPECT_EQ(ret, -EINVAL);
	EXPECT(!strcmp(steps, "rq"));
	EXPECT(!vdev.priv && list_empty(&vdev.vqs));
}

/* Waits for a request of the disk's queue that no device has ever seen. */
struct waiter {
	struct virtio_blk *blk;
	bool gone; /* the disk has left the table before it was put */
	int ret;
	struct completion began, ended;
};

static int wait_for_nothing(void *arg)
{
	struct waiter *w = arg;
	struct completion never;

	init_completion(&never);
	w->blk = virtio_blk_get(0);
	complete(&w->began);
	w->ret = virtqueue_wait(w->blk->vq, &never, 60 * NSEC_PER_SEC / NSEC_PER_USEC);
	w->gone = list_empty(&w->blk->vdev->vqs);
	virtio_blk_put(w->blk);
	complete(&w->ended);
	return 0;
}

/* A disk that goes while a thread waits for it: the queue stays until the thread has given up. */
GUEST_TEST(virtio, removed_while_a_thread_waits)
{
	struct virtio_blk *blk = virtio_blk_get(0);
	bool on_pci = blk && function_of(blk->vdev);
	struct waiter w = { .blk = NULL };
	unsigned int n;

	virtio_blk_put(blk);
	if (!on_pci) {
		guest_skip("no virtio disk that can be taken away");
		return;
	}
	init_completion(&w.began);
	init_completion(&w.ended);
	ASSERT(!IS_ERR(kthread_run(wait_for_nothing, &w, "waiter")));
	wait_for_completion(&w.began);
	msleep(5); /* it sleeps in the wait */
	n = take_all_away();
	wait_for_completion(&w.ended);
	EXPECT_EQ(w.ret, -EIO);
	EXPECT(!w.gone);
	EXPECT_EQ(pci_register_driver(&virtio_pci_driver), n);
	EXPECT(disk_is_there(0));
}
