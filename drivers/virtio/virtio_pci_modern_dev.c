// SPDX-License-Identifier: MIT
/*
 * A modern virtio-pci function: its structures found, claimed and mapped, and
 * the registers of its common configuration.
 *
 * Claim, then map: the BARs in which usable capabilities lie are claimed as
 * "virtio-pci-modern", then each structure is mapped on its own, as Linux does
 * it.  What a capability says is judged in virtio_pci_cap.c, at the search and
 * again when mapping, since nothing keeps a device from changing its mind.
 *
 * Registers go through ioread/iowrite: a structure may lie in an I/O BAR.
 */
#include "drivers/pci/cap.h"
#include "drivers/virtio/virtio_pci.h"
#include "kernel/lib/errno.h"
#include "mm/iomap.h"
#include "mm/layout.h"

static u32 vp_config_read(const void *ctx, int where)
{
	u32 value = 0;

	pci_read_config_dword(ctx, where, &value);
	return value;
}

static int vp_config_first(const void *ctx)
{
	return pci_find_capability(ctx, PCI_CAP_ID_VNDR);
}

static u64 vp_config_bar_len(const void *ctx, int bar)
{
	return pci_resource_len(ctx, bar);
}

static struct vp_config_space vp_config_space(const struct pci_dev *dev)
{
	return (struct vp_config_space){ dev->name, dev, vp_config_read, vp_config_first,
					 vp_config_bar_len };
}

void __iomem *noinline vp_modern_map_capability(struct virtio_pci_modern_device *mdev, int off,
						size_t minlen, u32 align, u64 start, u64 size,
						size_t *len)
{
	struct pci_dev *dev = mdev->pci_dev;
	struct vp_config_space cs = vp_config_space(dev);
	u64 offset = 0, length = 0, bar_len = 0;
	const char *fault;
	struct vp_cap cap;
	void __iomem *p;

	vp_cap_read(&cs, off, &cap);
	if (cap.bar <= PCI_STD_RESOURCE_END && mdev->modern_bars & (1 << cap.bar))
		bar_len = pci_resource_len(dev, cap.bar);
	fault = vp_cap_window(&cap, bar_len, minlen, align, start, size, &offset, &length);
	if (fault) {
		vp_warn(dev, "capability at 0x%x refused: %s (BAR %u offset 0x%x length 0x%x)\n",
			(unsigned int)off, fault, cap.bar, cap.offset, cap.length);
		return NULL;
	}
	p = pci_iomap_range(dev, cap.bar, offset, length);
	if (!p)
		vp_warn(dev, "cannot map 0x%llx bytes at 0x%llx of BAR %u\n",
			(unsigned long long)length, (unsigned long long)offset, cap.bar);
	else if (len)
		*len = length;
	return p;
}

/* Judge the structures; which must be there, and the mask of BARs in which they lie. */
static int vp_modern_find_caps(struct pci_dev *dev, struct vp_caps *caps, int *bars)
{
	struct vp_config_space cs = vp_config_space(dev);

	vp_scan_capabilities(&cs, caps);
	if (caps->type[VIRTIO_PCI_CAP_COMMON_CFG].err == -ENOENT)
		return -ENODEV; /* not modern at all */
	*bars = 0;
	for (int type = VIRTIO_PCI_CAP_COMMON_CFG; type <= VIRTIO_PCI_CAP_LAST; type++) {
		if (!caps->type[type].err) {
			*bars |= 1 << caps->type[type].cap.bar;
		} else if (type != VIRTIO_PCI_CAP_DEVICE_CFG || caps->type[type].err != -ENOENT) {
			/* 4.1.4.6: only a device without configuration lacks that structure. */
			vp_warn(dev, "refused: no usable capability of type %d\n", type);
			return -EINVAL;
		}
	}
	return 0;
}

static void vp_modern_unmap(struct virtio_pci_modern_device *mdev)
{
	pci_iounmap(mdev->pci_dev, mdev->device);
	pci_iounmap(mdev->pci_dev, mdev->notify_base);
	pci_iounmap(mdev->pci_dev, mdev->isr);
	pci_iounmap(mdev->pci_dev, mdev->common);
	mdev->device = mdev->notify_base = mdev->isr = NULL;
	mdev->common = NULL;
}

/*
 * A page per queue (page-per-vq=on) makes the notify structure megabytes long:
 * unless it is within one page, each queue maps its own two bytes later.
 */
static bool vp_notify_within_page(const struct vp_cap *notify)
{
	return notify->offset % PAGE_SIZE + (u64)notify->length <= PAGE_SIZE;
}

int noinline vp_modern_probe(struct virtio_pci_modern_device *mdev)
{
	const size_t size = sizeof(struct virtio_pci_common_cfg);
	struct vp_caps caps;
	const struct vp_cap *common = &caps.type[VIRTIO_PCI_CAP_COMMON_CFG].cap;
	const struct vp_cap *notify = &caps.type[VIRTIO_PCI_CAP_NOTIFY_CFG].cap;
	const struct vp_cap *isr = &caps.type[VIRTIO_PCI_CAP_ISR_CFG].cap;
	const struct vp_cap *device = &caps.type[VIRTIO_PCI_CAP_DEVICE_CFG].cap;
	int ret, bars;

	ret = vp_modern_find_caps(mdev->pci_dev, &caps, &bars);
	if (ret)
		return ret;
	ret = pci_request_selected_regions(mdev->pci_dev, bars, "virtio-pci-modern");
	if (ret)
		return ret;
	mdev->modern_bars = bars;
	mdev->notify_cap = *notify;

	mdev->common = vp_modern_map_capability(mdev, common->pos, size, 4, 0, size, NULL);
	if (!mdev->common)
		goto err;
	mdev->isr = vp_modern_map_capability(mdev, isr->pos, 1, 1, 0, 1, NULL);
	if (!mdev->isr)
		goto err;
	if (vp_notify_within_page(notify)) {
		mdev->notify_base = vp_modern_map_capability(mdev, notify->pos, notify->length, 2,
							     0, notify->length, NULL);
		if (!mdev->notify_base)
			goto err;
	}
	if (!caps.type[VIRTIO_PCI_CAP_DEVICE_CFG].err) {
		mdev->device = vp_modern_map_capability(mdev, device->pos, 1, 4, 0, PAGE_SIZE,
							&mdev->device_len);
		if (!mdev->device)
			goto err;
	}
	return 0;
err:
	vp_modern_remove(mdev);
	return -EINVAL;
}

void vp_modern_remove(struct virtio_pci_modern_device *mdev)
{
	vp_modern_unmap(mdev);
	pci_release_selected_regions(mdev->pci_dev, mdev->modern_bars);
	mdev->modern_bars = 0;
}

u8 vp_modern_get_status(struct virtio_pci_modern_device *mdev)
{
	return ioread8(&mdev->common->device_status);
}

void vp_modern_set_status(struct virtio_pci_modern_device *mdev, u8 status)
{
	iowrite8(status, &mdev->common->device_status);
}

u8 vp_modern_generation(struct virtio_pci_modern_device *mdev)
{
	return ioread8(&mdev->common->config_generation);
}

/* 4.1.4.3: 32 feature bits at a time, behind a selector. */
u64 vp_modern_get_features(struct virtio_pci_modern_device *mdev)
{
	u64 features;

	iowrite32(0, &mdev->common->device_feature_select);
	features = ioread32(&mdev->common->device_feature);
	iowrite32(1, &mdev->common->device_feature_select);
	return features | (u64)ioread32(&mdev->common->device_feature) << 32;
}

void vp_modern_set_features(struct virtio_pci_modern_device *mdev, u64 features)
{
	iowrite32(0, &mdev->common->driver_feature_select);
	iowrite32(lower_32_bits(features), &mdev->common->driver_feature);
	iowrite32(1, &mdev->common->driver_feature_select);
	iowrite32(upper_32_bits(features), &mdev->common->driver_feature);
}

u16 vp_modern_get_num_queues(struct virtio_pci_modern_device *mdev)
{
	return ioread16(&mdev->common->num_queues);
}

u16 vp_modern_get_queue_size(struct virtio_pci_modern_device *mdev, u16 index)
{
	iowrite16(index, &mdev->common->queue_select);
	return ioread16(&mdev->common->queue_size);
}

u16 vp_modern_set_queue_size(struct virtio_pci_modern_device *mdev, u16 index, u16 size)
{
	iowrite16(index, &mdev->common->queue_select);
	iowrite16(size, &mdev->common->queue_size);
	return ioread16(&mdev->common->queue_size);
}

u16 vp_modern_queue_vector(struct virtio_pci_modern_device *mdev, u16 index, u16 vector)
{
	iowrite16(index, &mdev->common->queue_select);
	iowrite16(vector, &mdev->common->queue_msix_vector);
	return ioread16(&mdev->common->queue_msix_vector); /* 4.1.5.1.2.2: to be read back */
}

u16 vp_modern_config_vector(struct virtio_pci_modern_device *mdev, u16 vector)
{
	iowrite16(vector, &mdev->common->config_msix_vector);
	return ioread16(&mdev->common->config_msix_vector);
}

/* 4.1.3.1: a 64-bit field is two 32-bit registers. */
static void vp_iowrite64_twopart(u64 value, u32 __iomem *lo, u32 __iomem *hi)
{
	iowrite32(lower_32_bits(value), lo);
	iowrite32(upper_32_bits(value), hi);
}

void vp_modern_queue_address(struct virtio_pci_modern_device *mdev, u16 index, phys_addr_t desc,
			     phys_addr_t avail, phys_addr_t used)
{
	struct virtio_pci_common_cfg __iomem *cfg = mdev->common;

	iowrite16(index, &cfg->queue_select);
	vp_iowrite64_twopart(desc, &cfg->queue_desc_lo, &cfg->queue_desc_hi);
	vp_iowrite64_twopart(avail, &cfg->queue_driver_lo, &cfg->queue_driver_hi);
	vp_iowrite64_twopart(used, &cfg->queue_device_lo, &cfg->queue_device_hi);
}

bool vp_modern_get_queue_enable(struct virtio_pci_modern_device *mdev, u16 index)
{
	iowrite16(index, &mdev->common->queue_select);
	return ioread16(&mdev->common->queue_enable);
}

void vp_modern_set_queue_enable(struct virtio_pci_modern_device *mdev, u16 index)
{
	iowrite16(index, &mdev->common->queue_select);
	iowrite16(1, &mdev->common->queue_enable);
}

void __iomem *vp_modern_map_vq_notify(struct virtio_pci_modern_device *mdev, u16 index)
{
	u16 off;
	s64 offset;

	iowrite16(index, &mdev->common->queue_select);
	off = ioread16(&mdev->common->queue_notify_off);
	offset = vp_notify_offset(&mdev->notify_cap, off);
	if (offset < 0) {
		vp_warn(mdev->pci_dev,
			"queue %u: notify offset 0x%x * 0x%x is beyond the structure (0x%x)\n",
			index, off, mdev->notify_cap.notify_off_multiplier,
			mdev->notify_cap.length);
		return NULL;
	}
	if (mdev->notify_base)
		return mdev->notify_base + offset;
	return vp_modern_map_capability(mdev, mdev->notify_cap.pos, 2, 2, (u64)offset, 2, NULL);
}

void vp_modern_unmap_vq_notify(struct virtio_pci_modern_device *mdev, void __iomem *notify)
{
	if (!mdev->notify_base)
		pci_iounmap(mdev->pci_dev, notify);
}
