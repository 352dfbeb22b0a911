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

/* The same in two steps, for who has several: the device is not told before the second. */
int virtqueue_add_quiet(struct virtqueue *vq, const struct vring_sg *sg, unsigned int out,
			unsigned int in, void *token);
void virtqueue_kick(struct virtqueue *vq);

/*
 * Take a completed request's token, NULL: none, or the device is broken.  A lie of the device
 * gets its line here.
 */
void *virtqueue_get_buf(struct virtqueue *vq, u32 *len);

/*
 * After virtio_break_device(), which the device does not answer any more: take a token that it
 * still had; NULL: no more.  Any context but NMI.
 */
void *virtqueue_detach(struct virtqueue *vq);

/*
 * Whoever waits for a queue's callback looks at it from time to time, as the interrupt that
 * calls it may be lost, or there is none: then the used ring is polled, and the callback called.
 * An interrupt that stays away is said once.  Returns when to look again, in ns.  `look` is
 * the caller's, zeroed at first.  Any context from which the callback may be called.
 */
struct virtqueue_look {
	bool pending; /* something was used at the last look, ... */
	u16 at;	      /* ... when that many had been taken */
	u64 nap;
};
u64 virtqueue_look(struct virtqueue *vq, struct virtqueue_look *look);

/*
 * Sleep until the queue's callback completes `done`, at most `usec`, and look meanwhile.
 * 0, -ETIMEDOUT, or -EIO when the device lied or was broken.  In a thread that may sleep.
 */
int virtqueue_wait(struct virtqueue *vq, struct completion *done, u64 usec);

/* The transport's interrupt: something may have been used. */
irqreturn_t vring_interrupt(struct virtqueue *vq);

#endif
