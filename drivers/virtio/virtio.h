/* SPDX-License-Identifier: MIT */
/*
 * virtio devices, whatever bus they sit on: identity, features, status, queues.
 *
 * A transport (virtio-pci) finds a device and registers it with an ops table;
 * the core walks it through the status handshake and gives it to the driver of
 * its type.  Sections are those of the virtio 1.2 specification.  All fields
 * of a modern device are little endian, as the CPU is: none is converted.
 *
 * Locks: PCI's mutex (drivers/pci/pci.h) guards the list of devices, and which driver has which,
 * also of those that are on no PCI bus.  Inner to it are virtio_device.lock, a mutex, and
 * virtqueue.lock, with interrupts off.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_H
#define DRIVERS_VIRTIO_VIRTIO_H

#include "kernel/core/printk.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/list.h"
#include "kernel/sched/mutex.h"

/* 2.1: device status bits. */
#define VIRTIO_CONFIG_S_ACKNOWLEDGE BIT(0)
#define VIRTIO_CONFIG_S_DRIVER	    BIT(1)
#define VIRTIO_CONFIG_S_DRIVER_OK   BIT(2)
#define VIRTIO_CONFIG_S_FEATURES_OK BIT(3)
#define VIRTIO_CONFIG_S_NEEDS_RESET BIT(6)
#define VIRTIO_CONFIG_S_FAILED	    BIT(7)

/* 6: feature bits that belong to the transport and the ring, by number. */
#define VIRTIO_RING_F_EVENT_IDX	 29
#define VIRTIO_F_VERSION_1	 32
#define VIRTIO_F_ACCESS_PLATFORM 33
#define VIRTIO_F_ORDER_PLATFORM	 36

/* 5: device types. */
#define VIRTIO_ID_NET	1
#define VIRTIO_ID_BLOCK 2
#define VIRTIO_ID_RNG	4

struct virtio_device;
struct virtqueue;

/* What a driver asks of a queue: a name for interrupts, and whom to call. */
struct virtqueue_info {
	const char *name;			/* lives as long as the driver */
	void (*callback)(struct virtqueue *vq); /* on its interrupt; must not wait */
};

/* A transport's verbs.  None but get_status, get and notify may be called from an interrupt. */
struct virtio_config_ops {
	u8 (*get_status)(struct virtio_device *vdev);
	void (*set_status)(struct virtio_device *vdev, u8 status);
	/*
	 * Back to status 0; -EIO when it does not get there in time, the device then cut off
	 * from memory where its bus can do that (PCI); -ENODEV when it is gone.
	 */
	int (*reset)(struct virtio_device *vdev);
	u64 (*get_features)(struct virtio_device *vdev);
	void (*set_features)(struct virtio_device *vdev, u64 features);
	/* Device configuration, all of one generation: see virtio_cread(). */
	int (*get)(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len);
	/* Make queues 0 .. n-1 with their interrupts.  On failure the core resets and deletes. */
	int (*find_vqs)(struct virtio_device *vdev, unsigned int n,
			const struct virtqueue_info *info, struct virtqueue **vqs);
	/* The device is reset.  An interrupt on its way is over when this returns. */
	void (*del_vqs)(struct virtio_device *vdev);
	void (*notify)(struct virtqueue *vq);
	const char *(*bus_name)(struct virtio_device *vdev);
};

struct virtio_driver;

struct virtio_device {
	int index;
	char name[16];		       /* "virtio0" */
	u16 type;		       /* VIRTIO_ID_* */
	u64 device_features, features; /* offered, negotiated */
	const struct virtio_config_ops *config;
	const struct virtio_driver *driver;
	void *priv;		     /* the driver's */
	struct mutex lock;	     /* broken, and the reset that sets it */
	bool broken;		     /* was reset for good: no more requests */
	unsigned int config_changes; /* interrupts for a change of configuration */
	struct list_head vqs;
	struct list_head node; /* in virtio_devices */
};

struct virtio_driver {
	const char *name;
	u16 type;
	u64 features; /* those of the device type that it understands */
	/* Find queues, make the device ready, say what is there.  0 or a negative errno. */
	int (*probe)(struct virtio_device *vdev);
	/*
	 * The device is broken, so who waits for it gives up soon: wait until nobody uses its
	 * queues, then del_vqs(), and forget it.  In a thread that may sleep.
	 */
	void (*remove)(struct virtio_device *vdev);
	void (*config_changed)(struct virtio_device *vdev); /* from the interrupt; may be NULL */
};

extern struct list_head virtio_devices; /* in the order they were found */

static inline bool virtio_has_feature(const struct virtio_device *vdev, unsigned int bit)
{
	return vdev->features & BIT_ULL(bit);
}

/*
 * Read a field of the device's configuration: len is 1, 2, 4 or 8 and offset
 * a multiple of it (of 4 for 8).  0, -EINVAL (not inside the device's
 * structure), -EIO (it never stood still).  Any context.
 */
int virtio_cread(struct virtio_device *vdev, unsigned int offset, void *buf, unsigned int len);

/* The driver has its queues: from here on the device works.  3.1.1 step 8. */
void virtio_device_ready(struct virtio_device *vdev);

/*
 * After a lie or a silence: reset the device.  When this returns, it touches no
 * memory any more (see reset) and every further request fails with -EIO.  May be called
 * more than once; in a thread that may sleep.
 */
void virtio_break_device(struct virtio_device *vdev);

/*
 * For a probe that fails: the device is reset, before its queues' memory goes, and no callback comes after
 * this; so the driver's own goes behind it.  More than once does no harm.  In a thread that may sleep.
 */
void virtio_drop_queues(struct virtio_device *vdev);

/* From the transport's interrupt: configuration changed. */
void virtio_config_changed(struct virtio_device *vdev);

/*
 * From the transport, with type and config filled: name it, greet it, and give
 * it to its driver.  0 also where there is no driver or where that failed
 * (said in a line): the transport keeps what it claimed, as Linux does.
 * A negative errno when the device does not even reset.
 */
int register_virtio_device(struct virtio_device *vdev);
/* The reverse: broken, and its driver and queues gone.  In a thread that may sleep. */
void unregister_virtio_device(struct virtio_device *vdev);

/* "blk", "rng", ...; "unknown" for a type that section 5 does not list. */
const char *virtio_type_name(u16 type);

/* Offer the devices to their transports, PCI and memory, and so to the drivers. */
void virtio_init(void);

extern const struct virtio_driver virtio_blk_driver, virtio_rng_driver;

#define vdev_info(vdev, fmt, ...)                                                              \
	pr_info("%s %s: " fmt, (vdev)->driver ? (vdev)->driver->name : "virtio", (vdev)->name, \
		##__VA_ARGS__)
#define vdev_err(vdev, fmt, ...)                                                              \
	pr_err("%s %s: " fmt, (vdev)->driver ? (vdev)->driver->name : "virtio", (vdev)->name, \
	       ##__VA_ARGS__)

#endif
