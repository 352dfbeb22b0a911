// SPDX-License-Identifier: MIT
/*
 * Virtqueues: memory for the ring, the lock around it, notification, and the
 * wait for a completion.
 *
 * A ring's memory is whole pages of the direct map, so it is contiguous, and
 * its guest physical address is what the device is given: nothing translates
 * between the two, also not where VIRTIO_F_ACCESS_PLATFORM was negotiated,
 * since this kernel leaves an IOMMU's translation off.
 *
 * Who waits for a request sleeps until the queue's callback completes it.  The interrupt that
 * calls it may be lost, or there is none: so the sleep is cut into pieces, and after each the used
 * ring is looked at, which is RAM: the device is not touched.
 */
#include "drivers/virtio/virtio_ring.h"
#include "drivers/virtio/virtio_pci_regs.h"
#include "kernel/cpu/barrier.h"
#include "kernel/lib/errno.h"
#include "mm/page_alloc.h"

#define IRQ_GRACE (100 * NSEC_PER_MSEC) /* a used entry this old has lost its interrupt */

/* Between two looks where no interrupt is expected: the first, and the longest. */
#define POLL_NS	    (20 * NSEC_PER_USEC)
#define POLL_MAX_NS NSEC_PER_MSEC

static unsigned int vring_order(u16 num)
{
	unsigned long pages = PFN_UP(vring_bytes(num));

	return ilog2(roundup_pow_of_two(pages));
}

struct virtqueue *vring_create_virtqueue(struct virtio_device *vdev, u16 index, u16 num,
					 const struct virtqueue_info *info)
{
	struct virtqueue *vq = kzalloc(sizeof(*vq), GFP_KERNEL);
	struct vring_slot *slots = kcalloc(num, sizeof(*slots), GFP_KERNEL);

	if (!vq || !slots)
		goto err;
	spin_lock_init(&vq->lock);
	vq->order = vring_order(num);
	vq->mem = (void *)__get_free_pages(__GFP_ZERO, vq->order);
	if (!vq->mem || pin_page(virt_to_page(vq->mem)))
		goto err;
	vq->vdev = vdev;
	vq->index = index;
	vq->info = *info;
	vq->msix_vector = VIRTIO_MSI_NO_VECTOR;
	vq->irq = -1;
	vring_init(&vq->vring, num, vq->mem, slots,
		   virtio_has_feature(vdev, VIRTIO_RING_F_EVENT_IDX));
	list_add_tail(&vq->node, &vdev->vqs);
	return vq;
err:
	if (vq)
		free_pages((unsigned long)vq->mem, vq->order);
	kfree(slots);
	kfree(vq);
	return NULL;
}

void vring_del_virtqueue(struct virtqueue *vq)
{
	list_del_init(&vq->node);
	unpin_page(virt_to_page(vq->mem)); /* the device was reset */
	free_pages((unsigned long)vq->mem, vq->order);
	kfree(vq->vring.slots);
	kfree(vq);
}

phys_addr_t virtqueue_desc_addr(const struct virtqueue *vq)
{
	return __pa(vq->vring.desc);
}

phys_addr_t virtqueue_avail_addr(const struct virtqueue *vq)
{
	return __pa(vq->vring.avail);
}

phys_addr_t virtqueue_used_addr(const struct virtqueue *vq)
{
	return __pa(vq->vring.used);
}

int virtqueue_add_quiet(struct virtqueue *vq, const struct vring_sg *sg, unsigned int out,
			unsigned int in, void *token)
{
	unsigned long flags;
	int ret = -EIO;

	spin_lock_irqsave(&vq->lock, flags);
	if (!READ_ONCE(vq->vdev->broken))
		ret = vring_add(&vq->vring, sg, out, in, token);
	vq->added += !ret;
	spin_unlock_irqrestore(&vq->lock, flags);
	return ret;
}

void virtqueue_kick(struct virtqueue *vq)
{
	unsigned long flags;
	bool kick;

	spin_lock_irqsave(&vq->lock, flags);
	kick = !READ_ONCE(vq->vdev->broken) && vring_kick_prepare(&vq->vring);
	vq->kicks += kick;
	spin_unlock_irqrestore(&vq->lock, flags);
	if (kick) /* a register write, and an exit from a guest: not under the lock */
		vq->vdev->config->notify(vq);
}

int virtqueue_add(struct virtqueue *vq, const struct vring_sg *sg, unsigned int out,
		  unsigned int in, void *token)
{
	int ret = virtqueue_add_quiet(vq, sg, out, in, token);

	if (!ret)
		virtqueue_kick(vq);
	return ret;
}

void *virtqueue_get_buf(struct virtqueue *vq, u32 *len)
{
	unsigned long flags;
	bool lied;
	void *token = NULL;

	spin_lock_irqsave(&vq->lock, flags);
	lied = !vq->vring.fault;
	if (!READ_ONCE(vq->vdev->broken))
		token = vring_get(&vq->vring, len);
	if (token)
		vq->completed++;
	lied = lied && vq->vring.fault;
	spin_unlock_irqrestore(&vq->lock, flags);
	if (lied)
		vdev_err(vq->vdev, "queue %u (%s) refused: %s: 0x%x\n", vq->index, vq->info.name,
			 vq->vring.fault, vq->vring.fault_value);
	return token;
}

void *virtqueue_detach(struct virtqueue *vq)
{
	void *token = NULL;
	unsigned long flags;

	spin_lock_irqsave(&vq->lock, flags);
	for (unsigned int i = 0; i < vq->vring.num && !token; i++) {
		token = vq->vring.slots[i].token;
		vq->vring.slots[i].token = NULL;
	}
	spin_unlock_irqrestore(&vq->lock, flags);
	return token;
}

irqreturn_t vring_interrupt(struct virtqueue *vq)
{
	unsigned long flags;
	bool pending;

	spin_lock_irqsave(&vq->lock, flags);
	pending = vring_pending(&vq->vring);
	vq->interrupts++;
	vq->silent = false;
	spin_unlock_irqrestore(&vq->lock, flags);
	if (pending)
		vq->info.callback(vq);
	return IRQ_HANDLED;
}

static bool expects_interrupt(const struct virtqueue *vq)
{
	return vq->irq >= 0 && !READ_ONCE(vq->silent);
}

/* Take what is used, without an interrupt that says so. */
static void virtqueue_poll(struct virtqueue *vq)
{
	if (!vring_pending(&vq->vring))
		return;
	vq->polled++;
	vq->info.callback(vq);
}

/* What is used was so at the last look, and nobody has taken it since. */
static bool lost_interrupt(struct virtqueue *vq, struct virtqueue_look *look)
{
	u16 now = READ_ONCE(vq->vring.last_used);
	bool lost = look->pending && look->at == now;

	look->pending = vring_pending(&vq->vring);
	look->at = now;
	return lost && look->pending;
}

u64 virtqueue_look(struct virtqueue *vq, struct virtqueue_look *look)
{
	if (expects_interrupt(vq)) {
		if (!lost_interrupt(vq, look))
			return IRQ_GRACE;
		WRITE_ONCE(vq->silent, true);
		vdev_err(vq->vdev, "queue %u (%s): a completion came without its interrupt %d\n",
			 vq->index, vq->info.name, vq->irq);
	}
	virtqueue_poll(vq);
	look->nap = min(look->nap ? look->nap * 2 : POLL_NS, (u64)POLL_MAX_NS);
	return look->nap;
}

int virtqueue_wait(struct virtqueue *vq, struct completion *done, u64 usec)
{
	u64 left = usec * NSEC_PER_USEC, nap;
	struct virtqueue_look look = { 0 };

	for (;;) {
		nap = min(virtqueue_look(vq, &look), left);
		if (wait_for_completion_timeout(done, nap))
			return 0;
		left -= nap;
		if (READ_ONCE(vq->vring.fault) || READ_ONCE(vq->vdev->broken))
			return try_wait_for_completion(done) ? 0 : -EIO;
		if (!left)
			return try_wait_for_completion(done) ? 0 : -ETIMEDOUT;
	}
}
