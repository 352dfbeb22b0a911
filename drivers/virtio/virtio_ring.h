/* SPDX-License-Identifier: MIT */
/*
 * A virtqueue: a split ring in memory, its lock, its notification and its interrupt.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_RING_H
#define DRIVERS_VIRTIO_VIRTIO_RING_H

#include "drivers/virtio/virtio.h"
#include "drivers/virtio/vring.h"
#include "kernel/irq/irq.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/timeout.h"

/*
 * Rings are made no longer than this, where the device would allow more: it
 * holds all that our drivers have under way at once, in one page.
 */
#define VIRTQUEUE_MAX_NUM 128

struct virtqueue {
	struct virtio_device *vdev;
	u16 index; /* the device's number for it */
	struct virtqueue_info info;
	struct vring vring; /* under lock */
	spinlock_t lock;
	void *mem; /* the ring, in whole pages */
	unsigned int order;
	void __iomem *notify; /* the transport's: where to write */
	u16 msix_vector;      /* entry, or VIRTIO_MSI_NO_VECTOR */
	int irq;	      /* below 0: none, completions are polled */
	bool silent;	      /* an interrupt was missed: do not wait for the next one */
	unsigned long added, completed, kicks, interrupts; /* under lock */
	unsigned long polled;  /* by who waits, without the lock: a lost count does no harm */
	struct list_head node; /* in vdev->vqs */
};

/*
 * Memory and records for a queue of up to `num` entries (a power of two), in
 * vdev->vqs.  NULL without memory.  The transport then tells the device.
 */
struct virtqueue *vring_create_virtqueue(struct virtio_device *vdev, u16 index, u16 num,
					 const struct virtqueue_info *info);
/* Free it; the device has been reset. */
void vring_del_virtqueue(struct virtqueue *vq);

/* Guest physical addresses of the three parts. */
phys_addr_t virtqueue_desc_addr(const struct virtqueue *vq);
phys_addr_t virtqueue_avail_addr(const struct virtqueue *vq);
phys_addr_t virtqueue_used_addr(const struct virtqueue *vq);

/*
 * Hand a request to the device and notify it where it wants that; as
 * vring_add(), and -EIO on a broken device.  What the pieces point to belongs
 * to the device until the token is back or virtio_break_device() has returned.
 */
int virtqueue_add(struct virtqueue *vq, const struct vring_sg *sg, unsigned int out,
		  unsigned int in, void *token);

/*
 * Take a completed request's token, NULL: none, or the device is broken.  A lie of the device
 * gets its line here.
 */
void *virtqueue_get_buf(struct virtqueue *vq, u32 *len);

/*
 * After virtio_break_device(): the token stays in the queue for good.  False where somebody has
 * taken it, who may be about to use it.  Any context but NMI.
 */
bool virtqueue_keeps(struct virtqueue *vq, const void *token);

/*
 * Sleep until the queue's callback completes `done`, at most `usec`.
 * 0, -ETIMEDOUT, or -EIO when the device lied or was broken.  Without an interrupt
 * the used ring is polled; what is used and whose interrupt stays away is taken all
 * the same, and said once.  In a thread that may sleep.
 */
int virtqueue_wait(struct virtqueue *vq, struct completion *done, u64 usec);

/* The transport's interrupt: something may have been used. */
irqreturn_t vring_interrupt(struct virtqueue *vq);

#endif
