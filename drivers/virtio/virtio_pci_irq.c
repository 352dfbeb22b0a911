// SPDX-License-Identifier: MIT
/*
 * Interrupts of a virtio-pci function (virtio 1.2, 4.1.5.1.2 and 4.1.5.3-4).
 *
 * MSI-X is preferred: a message tells by its entry what it is about, and the
 * ISR byte must then not be read.  With the pin, the ISR byte tells whether it
 * was us and what for, and reading it lets go of the pin.  MSI-X is enabled
 * before vectors are written, and each is read back: 0xffff is a refusal.
 *
 *	entries had    entry 0           entry 1 .. n
 *	n + 1          configuration     queue 0 .. n-1
 *	1              all of it         -
 */
#include "drivers/virtio/virtio_pci.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "mm/iomap.h"
#include "mm/slab.h"

static irqreturn_t vp_config_interrupt(int irq, void *dev_id)
{
	struct virtio_pci_device *vp_dev = dev_id;

	(void)irq;
	virtio_config_changed(&vp_dev->vdev);
	return IRQ_HANDLED;
}

static irqreturn_t vp_queue_interrupt(int irq, void *dev_id)
{
	(void)irq;
	return vring_interrupt(dev_id);
}

static void vp_all_queues(struct virtio_pci_device *vp_dev)
{
	struct virtqueue *vq;

	list_for_each_entry(vq, &vp_dev->vdev.vqs, node)
		vring_interrupt(vq);
}

/* One entry for everything: only the generation tells a change of configuration. */
static irqreturn_t vp_shared_interrupt(int irq, void *dev_id)
{
	struct virtio_pci_device *vp_dev = dev_id;
	u8 generation = vp_modern_generation(&vp_dev->mdev);

	(void)irq;
	vp_all_queues(vp_dev);
	if (generation != vp_dev->generation) {
		vp_dev->generation = generation;
		virtio_config_changed(&vp_dev->vdev);
	}
	return IRQ_HANDLED;
}

static irqreturn_t vp_pin_interrupt(int irq, void *dev_id)
{
	struct virtio_pci_device *vp_dev = dev_id;
	u8 isr = ioread8(vp_dev->mdev.isr);

	(void)irq;
	/* Whoever shares the pin; all ones is a function that was pulled. */
	if (!isr || isr == 0xff)
		return IRQ_NONE;
	if (isr & VIRTIO_PCI_ISR_CONFIG)
		virtio_config_changed(&vp_dev->vdev);
	if (isr & VIRTIO_PCI_ISR_QUEUE)
		vp_all_queues(vp_dev);
	return IRQ_HANDLED;
}

/* A handler for the next entry. */
static int vp_request_vector(struct virtio_pci_device *vp_dev, const char *what,
			     irq_handler_t handler, void *dev_id)
{
	struct vp_vector *vec = &vp_dev->vectors[vp_dev->nr_vectors];
	int ret;

	vec->irq = pci_irq_vector(vp_dev->pci_dev, vp_dev->nr_vectors);
	if (vec->irq < 0)
		return vec->irq;
	vec->dev_id = dev_id;
	snprintf(vec->name, sizeof(vec->name), "%s%s%s", vp_dev->vdev.name, *what ? "-" : "", what);
	ret = request_irq(vec->irq, handler, 0, vec->name, dev_id);
	if (!ret)
		vp_dev->nr_vectors++;
	return ret;
}

/* Handlers, and entries in the device: `each` queue has its own, or all share entry 0. */
static int vp_wire_msix(struct virtio_pci_device *vp_dev, bool each)
{
	struct virtqueue *vq;
	int ret;

	ret = each ? vp_request_vector(vp_dev, "config", vp_config_interrupt, vp_dev) :
		     vp_request_vector(vp_dev, "", vp_shared_interrupt, vp_dev);
	if (ret)
		return ret;
	if (vp_modern_config_vector(&vp_dev->mdev, 0) != 0)
		return -EBUSY;
	list_for_each_entry(vq, &vp_dev->vdev.vqs, node) {
		u16 entry = each ? (u16)vp_dev->nr_vectors : 0;

		if (each) {
			ret = vp_request_vector(vp_dev, vq->info.name, vp_queue_interrupt, vq);
			if (ret)
				return ret;
		}
		if (vp_modern_queue_vector(&vp_dev->mdev, vq->index, entry) != entry)
			return -EBUSY;
		vq->msix_vector = entry;
		vq->irq = vp_dev->vectors[entry].irq;
	}
	return 0;
}

/* The device may not use an entry that goes away. */
static void vp_unwire(struct virtio_pci_device *vp_dev)
{
	struct virtqueue *vq;

	vp_modern_config_vector(&vp_dev->mdev, VIRTIO_MSI_NO_VECTOR);
	list_for_each_entry(vq, &vp_dev->vdev.vqs, node) {
		vp_modern_queue_vector(&vp_dev->mdev, vq->index, VIRTIO_MSI_NO_VECTOR);
		vq->msix_vector = VIRTIO_MSI_NO_VECTOR;
		vq->irq = -1;
	}
}

static int vp_request_msix(struct virtio_pci_device *vp_dev, unsigned int n, bool each)
{
	int ret;

	vp_dev->vectors = kcalloc(n, sizeof(*vp_dev->vectors), GFP_KERNEL);
	if (!vp_dev->vectors)
		return -ENOMEM;
	ret = pci_enable_msix(vp_dev->pci_dev, n);
	if (!ret) {
		vp_dev->msix = true;
		ret = vp_wire_msix(vp_dev, each);
		if (!ret)
			return 0;
		vp_unwire(vp_dev);
	}
	vp_free_irqs(vp_dev);
	return ret;
}

static int vp_request_pin(struct virtio_pci_device *vp_dev)
{
	struct virtqueue *vq;
	int irq = pci_intx_irq(vp_dev->pci_dev), ret;

	if (irq < 0)
		return irq;
	ret = request_irq(irq, vp_pin_interrupt, IRQF_SHARED, vp_dev->vdev.name, vp_dev);
	if (ret)
		return ret;
	vp_dev->intx_irq = irq;
	list_for_each_entry(vq, &vp_dev->vdev.vqs, node)
		vq->irq = irq;
	return 0;
}

void vp_request_irqs(struct virtio_pci_device *vp_dev)
{
	unsigned int queues = 0;
	struct virtqueue *vq;
	int ret;

	list_for_each_entry(vq, &vp_dev->vdev.vqs, node)
		queues++;
	vp_dev->generation = vp_modern_generation(&vp_dev->mdev);
	if (vp_dev->pci_dev->msix_cap &&
	    (!vp_request_msix(vp_dev, queues + 1, true) || !vp_request_msix(vp_dev, 1, false)))
		return;
	ret = vp_request_pin(vp_dev);
	if (!ret)
		return;
	vp_warn(vp_dev->pci_dev, "no interrupt (%s): its queues are polled\n", error_name(ret));
	list_for_each_entry(vq, &vp_dev->vdev.vqs, node)
		vring_disable_cb(&vq->vring);
}

void vp_free_irqs(struct virtio_pci_device *vp_dev)
{
	while (vp_dev->nr_vectors) {
		struct vp_vector *vec = &vp_dev->vectors[--vp_dev->nr_vectors];

		free_irq(vec->irq, vec->dev_id);
	}
	if (vp_dev->msix)
		pci_disable_msix(vp_dev->pci_dev);
	vp_dev->msix = false;
	kfree(vp_dev->vectors);
	vp_dev->vectors = NULL;
	if (vp_dev->intx_irq >= 0)
		free_irq(vp_dev->intx_irq, vp_dev);
	vp_dev->intx_irq = -1;
}
