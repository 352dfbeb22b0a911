// SPDX-License-Identifier: MIT
// sources: drivers/virtio/virtio.c
/*
 * The steps of virtio 1.2, 3.1.1, against a device that notices the wrong order: a status bit that is lost or comes too
 * early, features that were not offered or come too late, FEATURES_OK that is not read again, queues that go
 * before the reset.
 */
#include "drivers/pci/pci.h"
#include "drivers/virtio/virtio.h"
#include "drivers/virtio/virtio_mmio.h"
#include "drivers/virtio/virtio_pci.h"
#include "tests/host/test.h"

#define ACKNOWLEDGE 1
#define DRIVER	    2
#define DRIVER_OK   4
#define FEATURES_OK 8
#define FAILED	    0x80

#define OFFERED \
	(BIT_ULL(VIRTIO_F_VERSION_1) | BIT_ULL(VIRTIO_RING_F_EVENT_IDX) | BIT_ULL(3) | BIT_ULL(50))

/* ---- the device ---- */

static struct {
	u64 offered, accepted;
	u8 status;
	bool was_reset, read_again, picky, mute;
	int queues; /* made; -1: given back */
} device;

static u8 get_status(struct virtio_device *vdev)
{
	(void)vdev;
	device.read_again = true;
	return device.status;
}

static void set_status(struct virtio_device *vdev, u8 status)
{
	u8 new = status & ~device.status;

	(void)vdev;
	EXPECT(device.was_reset);
	EXPECT_EQ(device.status & ~status, 0); /* 2.1.1: no bit is cleared but by a reset */
	EXPECT(new && !(new &(new - 1)));
	if (new == DRIVER)
		EXPECT(device.status & ACKNOWLEDGE);
	if (new == FEATURES_OK)
		EXPECT(device.status & DRIVER);
	if (new == DRIVER_OK)
		EXPECT(device.status & FEATURES_OK && device.read_again && device.queues == 1);
	if (new == FEATURES_OK && device.picky)
		status &= ~FEATURES_OK;
	device.read_again = false;
	device.status = status;
}

static int reset(struct virtio_device *vdev)
{
	(void)vdev;
	if (device.mute)
		return -EIO;
	device.status = 0;
	device.was_reset = true;
	return 0;
}

static u64 get_features(struct virtio_device *vdev)
{
	(void)vdev;
	EXPECT(device.status & DRIVER);
	return device.offered;
}

static void set_features(struct virtio_device *vdev, u64 features)
{
	(void)vdev;
	EXPECT_EQ(features & ~device.offered, 0);
	EXPECT(!(device.status & FEATURES_OK));
	device.accepted = features;
}

static void del_vqs(struct virtio_device *vdev)
{
	(void)vdev;
	EXPECT_EQ(device.status, 0); /* it may write to their memory else */
	device.queues = -1;
}

static const char *bus_name(struct virtio_device *vdev)
{
	(void)vdev;
	return "nowhere";
}

static const struct virtio_config_ops ops = {
	.get_status = get_status,
	.set_status = set_status,
	.reset = reset,
	.get_features = get_features,
	.set_features = set_features,
	.del_vqs = del_vqs,
	.bus_name = bus_name,
};

/* ---- the drivers: of these two types, here this one ---- */

static int probed, probe_result;

static int probe(struct virtio_device *vdev)
{
	EXPECT(device.status & FEATURES_OK && device.read_again);
	EXPECT_EQ(vdev->features, device.accepted);
	probed++;
	device.queues = 1;
	if (!probe_result)
		virtio_device_ready(vdev);
	return probe_result;
}

static void remove(struct virtio_device *vdev)
{
	EXPECT(vdev->broken);
	vdev->config->del_vqs(vdev);
}

const struct virtio_driver virtio_blk_driver = { .name = "blk",
						 .type = VIRTIO_ID_BLOCK,
						 .features = BIT_ULL(3),
						 .probe = probe,
						 .remove = remove };
const struct virtio_driver virtio_rng_driver = { .name = "rng", .type = VIRTIO_ID_RNG };

struct pci_driver virtio_pci_driver;

int pci_register_driver(struct pci_driver *drv)
{
	(void)drv;
	return 0;
}

void virtio_mmio_init(void)
{
}

void pci_lock_rescan_remove(void)
{
}

void pci_unlock_rescan_remove(void)
{
}

static struct virtio_device vdev;

static void start(u16 type)
{
	memset(&device, 0, sizeof(device));
	device.offered = OFFERED;
	device.status = 0xf; /* as a boot ROM left it */
	memset(&vdev, 0, sizeof(vdev));
	vdev.type = type;
	vdev.config = &ops;
	probed = 0;
	probe_result = 0;
}

TEST(the_steps_of_a_device)
{
	start(VIRTIO_ID_BLOCK);
	EXPECT_EQ(register_virtio_device(&vdev), 0);
	EXPECT_EQ(probed, 1);
	EXPECT_EQ(device.status, ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
	/* What both understand: 50 is nobody's here. */
	EXPECT_EQ(device.accepted, OFFERED & ~BIT_ULL(50));
	unregister_virtio_device(&vdev);
	EXPECT_EQ(device.status, 0);
	EXPECT_EQ(device.queues, -1);
	EXPECT(vdev.broken && list_empty(&virtio_devices));
}

TEST(nobody_s_type_is_greeted)
{
	start(VIRTIO_ID_NET);
	EXPECT_EQ(register_virtio_device(&vdev), 0);
	EXPECT_EQ(device.status, ACKNOWLEDGE);
	unregister_virtio_device(&vdev);
}

TEST(what_is_refused_has_failed)
{
	start(VIRTIO_ID_BLOCK);
	device.picky = true; /* 3.1.1, step 6: FEATURES_OK does not stay */
	EXPECT_EQ(register_virtio_device(&vdev), 0);
	EXPECT_EQ(probed, 0);
	EXPECT_EQ(device.status, FAILED);
	unregister_virtio_device(&vdev);

	start(VIRTIO_ID_BLOCK);
	device.offered &= ~BIT_ULL(VIRTIO_F_VERSION_1);
	EXPECT_EQ(register_virtio_device(&vdev), 0);
	EXPECT_EQ(probed, 0);
	EXPECT_EQ(device.accepted, 0);
	EXPECT_EQ(device.status, FAILED);
	unregister_virtio_device(&vdev);

	start(VIRTIO_ID_BLOCK);
	probe_result = -ENOMEM;
	EXPECT_EQ(register_virtio_device(&vdev), 0);
	EXPECT_EQ(probed, 1);
	EXPECT_EQ(device.queues, -1);
	EXPECT_EQ(device.status, FAILED);
	EXPECT(!vdev.driver && !vdev.features);
	unregister_virtio_device(&vdev);
}

TEST(one_that_does_not_reset_is_none)
{
	start(VIRTIO_ID_BLOCK);
	device.mute = true;
	EXPECT_EQ(register_virtio_device(&vdev), (u64)-EIO);
	EXPECT_EQ(device.status, 0xf);
	EXPECT(list_empty(&virtio_devices));
}

/* Once, however often it is asked; and then for good. */
TEST(a_broken_device_is_reset)
{
	start(VIRTIO_ID_BLOCK);
	register_virtio_device(&vdev);
	virtio_break_device(&vdev);
	EXPECT(vdev.broken);
	EXPECT_EQ(device.status, 0);
	EXPECT(test_log_has("taken out of service"));
	test_log_clear();
	virtio_break_device(&vdev);
	EXPECT(!test_log_has("taken out of service"));
	unregister_virtio_device(&vdev);
}
