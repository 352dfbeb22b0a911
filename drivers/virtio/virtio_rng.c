// SPDX-License-Identifier: MIT
/*
 * virtio-rng (virtio 1.2, 5.4): one queue, into which empty buffers go and from
 * which they come back with random bytes.
 *
 * The host may take its time (it can be told to ration), so a silence is no
 * fault: the driver's own buffer stays with the device, and a later read finds
 * the bytes in it.  Each byte is given out once.  One device is used; further
 * ones are made ready and left alone.
 */
#include "drivers/virtio/virtio_rng.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/cpu/random.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "mm/page_alloc.h"

#define RNG_BUFFER    64
#define RNG_BOOT_USEC 100000

struct virtio_rng {
	struct virtio_device *vdev;
	struct virtqueue *vq;
	u8 buffer[RNG_BUFFER];	/* the device's while `asked` and not `came` */
	struct completion done; /* by the callback, after len */
	bool asked, came;
	u32 len;   /* bytes that came */
	u32 taken; /* of them, given out */
};

/* Which one is in use, and its buffer; the callback touches only len and done. */
static DEFINE_MUTEX(rng_mutex);
static struct virtio_rng *the_rng;

static void virtio_rng_done(struct virtqueue *vq)
{
	struct virtio_rng *rng;
	u32 len;

	while ((rng = virtqueue_get_buf(vq, &len))) {
		rng->len = len;
		complete(&rng->done);
	}
}

/* Give the buffer to the device, unless it is there or still holds bytes. */
static int rng_ask(struct virtio_rng *rng)
{
	struct vring_sg sg = { __pa(rng->buffer), RNG_BUFFER };
	int ret;

	if (rng->asked)
		return 0;
	rng->came = false;
	reinit_completion(&rng->done);
	ret = virtqueue_add(rng->vq, &sg, 0, 1, rng);
	if (!ret)
		rng->asked = true;
	return ret;
}

/* Take what has come; wiped behind us, so that nothing is given twice. */
static ssize_t rng_take(struct virtio_rng *rng, void *buf, size_t n)
{
	size_t have = rng->len - rng->taken;

	n = min(n, have);
	memcpy(buf, rng->buffer + rng->taken, n);
	memset(rng->buffer + rng->taken, 0, n);
	rng->taken += (u32)n;
	if (rng->taken == rng->len) {
		rng->taken = 0;
		rng->asked = false;
	}
	return n ? (ssize_t)n : -EAGAIN; /* 5.4.6: a device should write at least one byte */
}

struct virtio_device *virtio_rng_device(void)
{
	return the_rng ? the_rng->vdev : NULL;
}

/* There are bytes in the buffer: 0. */
static int rng_wait(struct virtio_rng *rng, u64 usec)
{
	int ret = rng->came ? 0 : virtqueue_wait(rng->vq, &rng->done, usec);

	if (!ret)
		rng->came = true;
	return ret;
}

static ssize_t rng_read(struct virtio_rng *rng, void *buf, size_t n, u64 usec)
{
	int ret = rng_ask(rng);

	if (!ret)
		ret = rng_wait(rng, usec);
	if (!ret)
		return rng_take(rng, buf, n);
	if (ret == -ETIMEDOUT)
		return -EAGAIN;
	virtio_break_device(rng->vdev);
	return ret;
}

ssize_t virtio_rng_read(void *buf, size_t n, u64 usec)
{
	ssize_t ret = 0;

	mutex_lock(&rng_mutex);
	if (!the_rng)
		ret = -ENODEV;
	else if (n)
		ret = rng_read(the_rng, buf, n, usec);
	mutex_unlock(&rng_mutex);
	return ret;
}

/* It is the one in use, or none is. */
static void set_rng(struct virtio_rng *rng)
{
	mutex_lock(&rng_mutex);
	the_rng = rng;
	mutex_unlock(&rng_mutex);
}

static int virtio_rng_probe(struct virtio_device *vdev)
{
	static const struct virtqueue_info info = { "input", virtio_rng_done };
	struct virtio_rng *rng = kzalloc(sizeof(*rng), GFP_KERNEL);
	u8 bytes[RNG_BUFFER];
	ssize_t n;
	int ret;

	if (!rng)
		return -ENOMEM;
	rng->vdev = vdev;
	init_completion(&rng->done);
	ret = vdev->config->find_vqs(vdev, 1, &info, &rng->vq);
	if (ret) {
		kfree(rng); /* which no queue has heard of */
		return ret;
	}
	vdev->priv = rng;
	virtio_device_ready(vdev);
	if (the_rng)
		return 0;
	set_rng(rng);
	n = virtio_rng_read(bytes, sizeof(bytes), RNG_BOOT_USEC);
	if (n > 0) {
		add_device_randomness(bytes, (size_t)n);
		vdev_info(vdev, "%ld random bytes came\n", (long)n);
	} else {
		vdev_err(vdev, "no random bytes yet: %s\n", error_name((int)n));
	}
	return 0;
}

static void virtio_rng_remove(struct virtio_device *vdev)
{
	if (the_rng == vdev->priv)
		set_rng(NULL); /* once nobody waits for it */
	vdev->config->del_vqs(vdev);
	kfree(vdev->priv);
	vdev->priv = NULL;
}

const struct virtio_driver virtio_rng_driver = {
	.name = "virtio_rng",
	.type = VIRTIO_ID_RNG,
	.probe = virtio_rng_probe,
	.remove = virtio_rng_remove,
};
