/* SPDX-License-Identifier: MIT */
/*
 * The virtio-pci transport's own structures: shared by its files, not by drivers.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_PCI_H
#define DRIVERS_VIRTIO_VIRTIO_PCI_H

#include "drivers/pci/pci.h"
#include "drivers/virtio/virtio.h"
#include "drivers/virtio/virtio_pci_cap.h"
#include "drivers/virtio/virtio_pci_regs.h"

/* The mapped structures of a modern function: vp_modern_probe() to vp_modern_remove(). */
struct virtio_pci_modern_device {
	struct pci_dev *pci_dev;
	int modern_bars; /* those claimed as "virtio-pci-modern" */
	struct virtio_pci_common_cfg __iomem *common;
	void __iomem *isr;
	void __iomem *device; /* NULL: the device has no configuration */
	size_t device_len;
	void __iomem *notify_base; /* the whole structure, or NULL: mapped queue by queue */
	struct vp_cap notify_cap;
};

/* One MSI-X entry and who is told. */
struct vp_vector {
	int irq;
	char name[32]; /* "virtio0-config", "virtio0-req.0" */
	void *dev_id;
};

struct virtio_pci_device {
	struct virtio_device vdev;
	struct pci_dev *pci_dev;
	struct virtio_pci_modern_device mdev;
	bool is_legacy;
	bool msix; /* MSI-X is enabled */
	struct vp_vector *vectors;
	unsigned int nr_vectors; /* those with a handler */
	int intx_irq;		 /* below 0: the pin is not in use */
	u8 generation;		 /* of the configuration, when last looked at */
};

#define to_vp_device(vdev_) container_of(vdev_, struct virtio_pci_device, vdev)

/*
 * Find, claim and map a function's modern structures; mdev->pci_dev is set and
 * enabled.  0, -ENODEV (no modern interface), -EINVAL (it lies, said in a line),
 * -EBUSY (a BAR is taken), -ENOMEM; nothing is held on failure.
 */
int vp_modern_probe(struct virtio_pci_modern_device *mdev);
void vp_modern_remove(struct virtio_pci_modern_device *mdev);

/*
 * Map a part of the structure that the capability at `off` describes: from
 * `start` on, at least `minlen` and at most `size` bytes, aligned to `align`.
 * *len (may be NULL) gets the bytes mapped.  NULL after a line.
 */
void __iomem *vp_modern_map_capability(struct virtio_pci_modern_device *mdev, int off,
				       size_t minlen, u32 align, u64 start, u64 size, size_t *len);
/* Where to write a queue's number; NULL after a line.  vp_modern_unmap_vq_notify undoes it. */
void __iomem *vp_modern_map_vq_notify(struct virtio_pci_modern_device *mdev, u16 index);
void vp_modern_unmap_vq_notify(struct virtio_pci_modern_device *mdev, void __iomem *notify);

/* Registers of the common configuration. */
u8 vp_modern_get_status(struct virtio_pci_modern_device *mdev);
void vp_modern_set_status(struct virtio_pci_modern_device *mdev, u8 status);
u8 vp_modern_generation(struct virtio_pci_modern_device *mdev);
u64 vp_modern_get_features(struct virtio_pci_modern_device *mdev);
void vp_modern_set_features(struct virtio_pci_modern_device *mdev, u64 features);
u16 vp_modern_get_num_queues(struct virtio_pci_modern_device *mdev);
u16 vp_modern_get_queue_size(struct virtio_pci_modern_device *mdev, u16 index);
/* What the device kept of it: another value, or VIRTIO_MSI_NO_VECTOR, when it refused. */
u16 vp_modern_set_queue_size(struct virtio_pci_modern_device *mdev, u16 index, u16 size);
u16 vp_modern_queue_vector(struct virtio_pci_modern_device *mdev, u16 index, u16 vector);
u16 vp_modern_config_vector(struct virtio_pci_modern_device *mdev, u16 vector);
void vp_modern_queue_address(struct virtio_pci_modern_device *mdev, u16 index, phys_addr_t desc,
			     phys_addr_t avail, phys_addr_t used);
bool vp_modern_get_queue_enable(struct virtio_pci_modern_device *mdev, u16 index);
void vp_modern_set_queue_enable(struct virtio_pci_modern_device *mdev, u16 index);

/* The modern transport on top of it: fills vdev's type and config. */
int virtio_pci_modern_probe(struct virtio_pci_device *vp_dev);
void virtio_pci_modern_remove(struct virtio_pci_device *vp_dev);

/*
 * Interrupts for the queues in vdev.vqs, which are made but not yet enabled:
 * MSI-X with an entry for each and one for the configuration, MSI-X with one
 * entry for all, the pin, or none: then, said in a line, they are polled
 * (virtio_pci_irq.c).
 */
void vp_request_irqs(struct virtio_pci_device *vp_dev);
/* The device has been reset; the queues are still there. */
void vp_free_irqs(struct virtio_pci_device *vp_dev);

extern struct pci_driver virtio_pci_driver;

#define vp_info(dev, fmt, ...) pr_info("virtio-pci %s: " fmt, (dev)->name, ##__VA_ARGS__)
#define vp_warn(dev, fmt, ...) pr_warn("virtio-pci %s: " fmt, (dev)->name, ##__VA_ARGS__)

#endif
