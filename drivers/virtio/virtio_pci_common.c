// SPDX-License-Identifier: MIT
/*
 * The PCI driver for virtio functions: vendor 1af4, devices 1000 to 107f.
 *
 * Every one that has the modern interface is claimed and mapped, whether or not
 * a driver for its type is here.  One that has only the legacy interface (I/O
 * BAR 0, virtio 1.2, 4.1.4.8) is claimed and otherwise left alone.
 */
#include "drivers/virtio/virtio_pci.h"
#include "kernel/lib/errno.h"

#define VIRTIO_PCI_LEGACY_BARS BIT(0)
#define VIRTIO_PCI_ABI_VERSION 0 /* 4.1.2.3: revision id of a transitional function */

/* Not modern: hold its BAR as Linux's legacy driver would. */
static int virtio_pci_legacy_probe(struct virtio_pci_device *vp_dev)
{
	struct pci_dev *dev = vp_dev->pci_dev;
	int ret;

	if (dev->device >= VIRTIO_PCI_MODERN_MIN || dev->revision != VIRTIO_PCI_ABI_VERSION) {
		vp_warn(dev, "neither a modern nor a legacy interface\n");
		return -ENODEV;
	}
	ret = pci_request_selected_regions(dev, VIRTIO_PCI_LEGACY_BARS, "virtio-pci-legacy");
	if (ret)
		return ret;
	vp_dev->is_legacy = true;
	vp_info(dev, "%s with the legacy interface only: left alone\n",
		virtio_type_name(dev->subsystem_device));
	return 0;
}

/* Modern: claimed and mapped; now it may use memory, and its type's driver gets it. */
static int virtio_pci_start(struct virtio_pci_device *vp_dev)
{
	int ret;

	pci_set_master(vp_dev->pci_dev); /* rings are read and written by the device */
	ret = register_virtio_device(&vp_dev->vdev);
	if (ret)
		virtio_pci_modern_remove(vp_dev);
	return ret;
}

static int noinline virtio_pci_probe(struct pci_dev *pci_dev, const struct pci_device_id *id)
{
	struct virtio_pci_device *vp_dev;
	int ret;

	(void)id;
	if (pci_dev->device < VIRTIO_PCI_DEVICE_MIN || pci_dev->device > VIRTIO_PCI_DEVICE_MAX)
		return -ENODEV; /* the vendor's other devices, such as ivshmem */
	vp_dev = pcim_kzalloc(pci_dev, sizeof(*vp_dev), GFP_KERNEL);
	if (!vp_dev)
		return -ENOMEM;
	vp_dev->pci_dev = pci_dev;
	vp_dev->intx_irq = -1;
	ret = pcim_enable_device(pci_dev);
	if (ret)
		return ret;
	ret = virtio_pci_modern_probe(vp_dev);
	if (ret == -ENODEV)
		ret = virtio_pci_legacy_probe(vp_dev);
	else if (!ret)
		ret = virtio_pci_start(vp_dev);
	if (!ret)
		pci_dev->driver_data = vp_dev;
	return ret;
}

static void virtio_pci_remove(struct pci_dev *pci_dev)
{
	struct virtio_pci_device *vp_dev = pci_dev->driver_data;

	if (vp_dev->is_legacy) {
		pci_release_selected_regions(pci_dev, VIRTIO_PCI_LEGACY_BARS);
	} else {
		unregister_virtio_device(&vp_dev->vdev);
		pci_clear_master(pci_dev);
		virtio_pci_modern_remove(vp_dev);
	}
}

static const struct pci_device_id virtio_pci_id_table[] = {
	{ VIRTIO_PCI_VENDOR_ID, PCI_ANY_ID },
	{ 0, 0 },
};

struct pci_driver virtio_pci_driver = {
	.name = "virtio-pci",
	.id_table = virtio_pci_id_table,
	.probe = virtio_pci_probe,
	.remove = virtio_pci_remove,
};
