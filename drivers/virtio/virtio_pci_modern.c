// SPDX-License-Identifier: MIT
/*
 * The modern virtio-pci transport: the core's verbs in terms of registers.
 */
#include "drivers/virtio/virtio_pci.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/timeout.h"
#include "mm/iomap.h"

#define VP_RESET_USEC	   1000000 /* 4.1.4.3.2 names no bound; a device that needs more is gone */
#define VP_GENERATION_LOOP 16	   /* reads of a field that changes meanwhile */

static struct virtio_pci_modern_device *to_mdev(struct virtio_device *vdev)
{
	return &to_vp_device(vdev)->mdev;
}

static u8 vp_get_status(struct virtio_device *vdev)
{
	return vp_modern_get_status(to_mdev(vdev));
}

static void vp_set_status(struct virtio_device *vdev, u8 status)
{
	vp_modern_set_status(to_mdev(vdev), status);
}

/* 4.1.4.3.2: after writing 0, wait until it reads 0.  A function that was pulled never does. */
static int vp_reset(struct virtio_device *vdev)
{
	struct virtio_pci_modern_device *mdev = to_mdev(vdev);

	if (!pci_device_is_present(mdev->pci_dev)) {
		pci_report_gone(mdev->pci_dev);
		return -ENODEV;
	}
	vp_modern_set_status(mdev, 0);
	if (poll_sleeping(vp_modern_get_status(mdev) == 0, VP_RESET_USEC))
		return 0;
	pci_clear_master(mdev->pci_dev);
	vp_warn(mdev->pci_dev, "does not reset: status 0x%02x, bus mastering taken away\n",
		vp_modern_get_status(mdev));
	return -EIO;
}

static u64 vp_get_features(struct virtio_device *vdev)
{
	return vp_modern_get_features(to_mdev(vdev));
}

static void vp_set_features(struct virtio_device *vdev, u64 features)
{
	vp_modern_set_features(to_mdev(vdev), features);
}

/* 2.5.3: two halves belong together when the generation stood still around them. */
static int vp_get_u64(struct virtio_pci_modern_device *mdev, void __iomem *field, u64 *value)
{
	for (int i = 0; i < VP_GENERATION_LOOP; i++) {
		u8 generation = vp_modern_generation(mdev);

		*value = ioread32(field);
		*value |= (u64)ioread32(field + 4) << 32;
		if (vp_modern_generation(mdev) == generation)
			return 0;
	}
	return -EIO;
}

static int vp_get(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len)
{
	struct virtio_pci_modern_device *mdev = to_mdev(vdev);
	void __iomem *field = mdev->device + offset;
	int ret = 0;

	if (!mdev->device || (u64)offset + len > mdev->device_len) {
		vp_warn(mdev->pci_dev, "no configuration field at 0x%x: there are 0x%lx bytes\n",
			offset, (unsigned long)mdev->device_len);
		return -EINVAL;
	}
	switch (len) {
	case 1:
		*(u8 *)buf = ioread8(field);
		break;
	case 2:
		*(u16 *)buf = ioread16(field);
		break;
	case 4:
		*(u32 *)buf = ioread32(field);
		break;
	case 8:
		ret = vp_get_u64(mdev, field, buf);
		break;
	default:
		ret = -EINVAL;
	}
	if (ret == -EIO)
		vp_warn(mdev->pci_dev, "configuration field 0x%x never stands still\n", offset);
	return ret;
}

/* 4.1.5.1.3: one queue, made and mapped; its size is the device's or less. */
static struct virtqueue *vp_setup_vq(struct virtio_pci_device *vp_dev, u16 index,
				     const struct virtqueue_info *info)
{
	struct virtio_pci_modern_device *mdev = &vp_dev->mdev;
	u16 size = vp_modern_get_queue_size(mdev, index), num;
	struct virtqueue *vq;

	if (!size || !is_power_of_2(size) || size > VRING_MAX_NUM) {
		vp_warn(mdev->pci_dev, "queue %u refused: %s (%u)\n", index,
			size ? "its size is no power of two" : "absent", size);
		return NULL;
	}
	if (vp_modern_get_queue_enable(mdev, index)) {
		vp_warn(mdev->pci_dev, "queue %u refused: enabled after a reset\n", index);
		return NULL;
	}
	num = min(size, (u16)VIRTQUEUE_MAX_NUM);
	if (num != size && vp_modern_set_queue_size(mdev, index, num) != num) {
		vp_warn(mdev->pci_dev, "queue %u refused: size %u is not taken\n", index, num);
		return NULL;
	}
	vq = vring_create_virtqueue(&vp_dev->vdev, index, num, info);
	if (!vq) {
		vp_warn(mdev->pci_dev, "no memory for queue %u of %u entries\n", index, num);
		return NULL;
	}
	vq->notify = vp_modern_map_vq_notify(mdev, index);
	return vq->notify ? vq : NULL; /* without it the core deletes the queue again */
}

static int vp_find_vqs(struct virtio_device *vdev, unsigned int n,
		       const struct virtqueue_info *info, struct virtqueue **vqs)
{
	struct virtio_pci_device *vp_dev = to_vp_device(vdev);
	struct virtio_pci_modern_device *mdev = &vp_dev->mdev;
	u16 present = vp_modern_get_num_queues(mdev);

	if (n > present) {
		vp_warn(mdev->pci_dev, "has %u queues, needs %u\n", present, n);
		return -ENOENT;
	}
	for (unsigned int i = 0; i < n; i++) {
		vqs[i] = vp_setup_vq(vp_dev, (u16)i, &info[i]);
		if (!vqs[i])
			return -EINVAL;
	}
	vp_request_irqs(vp_dev);
	for (unsigned int i = 0; i < n; i++) {
		vp_modern_queue_address(mdev, (u16)i, virtqueue_desc_addr(vqs[i]),
					virtqueue_avail_addr(vqs[i]), virtqueue_used_addr(vqs[i]));
		vp_modern_set_queue_enable(mdev, (u16)i); /* last: all else is fixed by it */
	}
	return 0;
}

/* The device has been reset, so nothing is written to what goes here. */
static void vp_del_vqs(struct virtio_device *vdev)
{
	struct virtio_pci_device *vp_dev = to_vp_device(vdev);
	struct virtqueue *vq, *next;

	vp_free_irqs(vp_dev);
	list_for_each_entry_safe(vq, next, &vdev->vqs, node) {
		if (vq->notify)
			vp_modern_unmap_vq_notify(&vp_dev->mdev, vq->notify);
		vring_del_virtqueue(vq);
	}
}

/* 4.1.5.2: the queue's number, 16 bits, to its own address. */
static void vp_notify(struct virtqueue *vq)
{
	iowrite16(vq->index, vq->notify);
}

static const char *vp_bus_name(struct virtio_device *vdev)
{
	return to_vp_device(vdev)->pci_dev->name;
}

static const struct virtio_config_ops virtio_pci_config_ops = {
	.get_status = vp_get_status,
	.set_status = vp_set_status,
	.reset = vp_reset,
	.get_features = vp_get_features,
	.set_features = vp_set_features,
	.get = vp_get,
	.find_vqs = vp_find_vqs,
	.del_vqs = vp_del_vqs,
	.notify = vp_notify,
	.bus_name = vp_bus_name,
};

int noinline virtio_pci_modern_probe(struct virtio_pci_device *vp_dev)
{
	struct pci_dev *dev = vp_dev->pci_dev;
	int ret;

	vp_dev->mdev.pci_dev = dev;
	ret = vp_modern_probe(&vp_dev->mdev);
	if (ret)
		return ret;
	/* 4.1.2.1, 4.1.2.3: a transitional function has its type in the subsystem id. */
	vp_dev->vdev.type = dev->device < VIRTIO_PCI_MODERN_MIN ?
				    dev->subsystem_device :
				    dev->device - VIRTIO_PCI_MODERN_MIN;
	vp_dev->vdev.config = &virtio_pci_config_ops;
	return 0;
}

void virtio_pci_modern_remove(struct virtio_pci_device *vp_dev)
{
	vp_modern_remove(&vp_dev->mdev);
}
