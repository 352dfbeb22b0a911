// SPDX-License-Identifier: MIT
/*
 * The virtio core: devices, the status handshake, and the table of drivers.
 *
 * A device comes from a transport, already claimed and mapped, and is walked
 * through the steps of 3.1.1: reset, ACKNOWLEDGE, DRIVER, features,
 * FEATURES_OK and its re-read, the driver's own set-up with queues, DRIVER_OK.
 * Whatever fails before the end sets FAILED and leaves the device to itself.
 *
 * Only the modern interface is spoken: a device that does not offer
 * VIRTIO_F_VERSION_1 is left alone.  A device without a driver here stays
 * acknowledged, and its transport's claim stays: that is what Linux shows too.
 */
#include "drivers/virtio/virtio.h"
#include "drivers/virtio/virtio_mmio.h"
#include "drivers/virtio/virtio_pci.h"
#include "drivers/virtio/virtio_ring.h"
#include "kernel/core/command.h"
#include "kernel/lib/errno.h"

/* With PCI's mutex. */
LIST_HEAD(virtio_devices);

static const struct virtio_driver *const virtio_drivers[] = {
	&virtio_blk_driver,
	&virtio_rng_driver,
};

/* What the core and the ring understand, for every device type. */
#define VIRTIO_CORE_FEATURES                                              \
	(BIT_ULL(VIRTIO_F_VERSION_1) | BIT_ULL(VIRTIO_RING_F_EVENT_IDX) | \
	 BIT_ULL(VIRTIO_F_ACCESS_PLATFORM) | BIT_ULL(VIRTIO_F_ORDER_PLATFORM))

/* Section 5's list. */
static const struct {
	u16 type;
	const char *name;
} virtio_types[] = {
	{ 1, "net" },	     { 2, "blk" },	     { 3, "console" },	  { 4, "rng" },
	{ 5, "balloon" },    { 8, "scsi" },	     { 9, "9p" },	  { 16, "gpu" },
	{ 18, "input" },     { 19, "vsock" },	     { 20, "crypto" },	  { 23, "iommu" },
	{ 24, "mem" },	     { 25, "sound" },	     { 26, "fs" },	  { 27, "pmem" },
	{ 28, "rpmb" },	     { 32, "scmi" },	     { 34, "i2c" },	  { 36, "can" },
	{ 38, "paramserv" }, { 39, "audio policy" }, { 40, "bluetooth" }, { 41, "gpio" },
};

const char *virtio_type_name(u16 type)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(virtio_types); i++)
		if (virtio_types[i].type == type)
			return virtio_types[i].name;
	return "unknown";
}

static void virtio_add_status(struct virtio_device *vdev, u8 bits)
{
	vdev->config->set_status(vdev, vdev->config->get_status(vdev) | bits);
}

int virtio_cread(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len)
{
	return vdev->config->get(vdev, offset, buf, len);
}

void virtio_device_ready(struct virtio_device *vdev)
{
	virtio_add_status(vdev, VIRTIO_CONFIG_S_DRIVER_OK);
}

void virtio_drop_queues(struct virtio_device *vdev)
{
	vdev->config->reset(vdev);
	vdev->config->del_vqs(vdev);
}

/* False where it was broken already. */
static bool reset_for_good(struct virtio_device *vdev)
{
	bool works;

	mutex_lock(&vdev->lock);
	works = !vdev->broken;
	if (works) {
		vdev->config->reset(vdev);
		WRITE_ONCE(vdev->broken, true);
	}
	mutex_unlock(&vdev->lock);
	return works;
}

void virtio_break_device(struct virtio_device *vdev)
{
	if (reset_for_good(vdev))
		vdev_err(vdev, "taken out of service\n");
}

void virtio_config_changed(struct virtio_device *vdev)
{
	vdev->config_changes++;
	if (vdev->config->get_status(vdev) & VIRTIO_CONFIG_S_NEEDS_RESET)
		vdev_err(vdev, "asks to be reset\n"); /* 2.1.2: requests time out from here on */
	else if (vdev->driver && vdev->driver->config_changed)
		vdev->driver->config_changed(vdev);
}

/* 3.1.1 steps 4 to 6. */
static int virtio_negotiate(struct virtio_device *vdev)
{
	u64 offered = vdev->config->get_features(vdev);

	vdev->device_features = offered;
	if (!(offered & BIT_ULL(VIRTIO_F_VERSION_1))) {
		vdev_err(vdev, "refused: no VERSION_1 among its features 0x%llx\n",
			 (unsigned long long)offered);
		return -ENODEV;
	}
	vdev->features = offered & (vdev->driver->features | VIRTIO_CORE_FEATURES);
	vdev->config->set_features(vdev, vdev->features);
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FEATURES_OK);
	if (!(vdev->config->get_status(vdev) & VIRTIO_CONFIG_S_FEATURES_OK)) {
		vdev_err(vdev, "refuses features 0x%llx of the 0x%llx it offers\n",
			 (unsigned long long)vdev->features, (unsigned long long)offered);
		return -ENODEV;
	}
	return 0;
}

static int virtio_dev_probe(struct virtio_device *vdev, const struct virtio_driver *drv)
{
	int ret;

	vdev->driver = drv;
	virtio_add_status(vdev, VIRTIO_CONFIG_S_DRIVER);
	ret = virtio_negotiate(vdev);
	if (!ret)
		ret = drv->probe(vdev);
	if (!ret)
		return 0;
	virtio_drop_queues(vdev);
	virtio_add_status(vdev, VIRTIO_CONFIG_S_FAILED);
	vdev->driver = NULL;
	vdev->features = 0;
	return ret;
}

static int virtio_free_index(void)
{
	struct virtio_device *vdev;
	int index = 0;

again:
	list_for_each_entry(vdev, &virtio_devices, node) {
		if (vdev->index == index) {
			index++;
			goto again;
		}
	}
	return index;
}

int register_virtio_device(struct virtio_device *vdev)
{
	int ret;

	INIT_LIST_HEAD(&vdev->vqs);
	mutex_init(&vdev->lock);
	vdev->index = virtio_free_index();
	snprintf(vdev->name, sizeof(vdev->name), "virtio%d", vdev->index);
	ret = vdev->config->reset(vdev);
	if (ret)
		return ret;
	virtio_add_status(vdev, VIRTIO_CONFIG_S_ACKNOWLEDGE);
	list_add_tail(&vdev->node, &virtio_devices);

	for (unsigned int i = 0; i < ARRAY_SIZE(virtio_drivers); i++) {
		if (virtio_drivers[i]->type != vdev->type)
			continue;
		ret = virtio_dev_probe(vdev, virtio_drivers[i]);
		if (ret)
			vdev_err(vdev, "%s at %s failed: %s\n", virtio_drivers[i]->name,
				 vdev->config->bus_name(vdev), error_name(ret));
		return 0;
	}
	vdev_info(vdev, "%s (type %u) at %s: no driver\n", virtio_type_name(vdev->type), vdev->type,
		  vdev->config->bus_name(vdev));
	return 0;
}

void unregister_virtio_device(struct virtio_device *vdev)
{
	reset_for_good(vdev);
	if (vdev->driver)
		vdev->driver->remove(vdev);
	vdev->driver = NULL;
	list_del_init(&vdev->node);
}

void __init virtio_init(void)
{
	pci_register_driver(&virtio_pci_driver);
	virtio_mmio_init();
}

static void show_queue(struct sink *out, const struct virtqueue *vq)
{
	sink_printf(out,
		    "  queue %u %s: size %u, free %u, irq %d, added %lu, completed %lu, kicks %lu, "
		    "interrupts %lu, polled %lu%s%s\n",
		    vq->index, vq->info.name, vq->vring.num, vq->vring.num_free, vq->irq, vq->added,
		    vq->completed, vq->kicks, vq->interrupts, vq->polled,
		    vq->vring.fault ? ", refused: " : "", vq->vring.fault ? vq->vring.fault : "");
}

static void show_device(struct sink *out, struct virtio_device *vdev)
{
	static const char *const bits[] = { "ACKNOWLEDGE", "DRIVER", "DRIVER_OK",   "FEATURES_OK",
					    "4",	   "5",	     "NEEDS_RESET", "FAILED" };
	u8 status = vdev->config->get_status(vdev);
	struct virtqueue *vq;

	sink_printf(out, "%s %s %s driver %s%s\n", vdev->name, vdev->config->bus_name(vdev),
		    virtio_type_name(vdev->type), vdev->driver ? vdev->driver->name : "none",
		    vdev->broken ? " out of service" : "");
	sink_printf(out, "  status 0x%02x", status);
	for (unsigned int i = 0; i < ARRAY_SIZE(bits); i++)
		if (status & BIT(i))
			sink_printf(out, " %s", bits[i]);
	sink_printf(out, ", config changes %u\n", vdev->config_changes);
	sink_printf(out, "  features 0x%016llx of 0x%016llx\n", (unsigned long long)vdev->features,
		    (unsigned long long)vdev->config->get_features(vdev));
	list_for_each_entry(vq, &vdev->vqs, node)
		show_queue(out, vq);
}

static int cmd_virtio(struct sink *out, int argc, char **argv)
{
	struct virtio_device *vdev;

	(void)argv;
	if (argc != 1)
		return -EINVAL;
	pci_lock_rescan_remove();
	list_for_each_entry(vdev, &virtio_devices, node)
		show_device(out, vdev);
	pci_unlock_rescan_remove();
	return 0;
}

MONITOR_COMMAND(virtio, "", "virtio devices: status, features, queues", cmd_virtio);
