/* SPDX-License-Identifier: MIT */
/*
 * The vendor capabilities by which a virtio-pci function says where its
 * structures lie (virtio 1.2, 4.1.4), read and judged.  Pure: configuration
 * space comes through callbacks, so that the host's tests can lie in it.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_PCI_CAP_H
#define DRIVERS_VIRTIO_VIRTIO_PCI_CAP_H

#include "kernel/lib/compiler.h"

/* 4.1.4: cfg_type.  Others exist and more may come: they are passed over. */
enum {
	VIRTIO_PCI_CAP_COMMON_CFG = 1,
	VIRTIO_PCI_CAP_NOTIFY_CFG = 2,
	VIRTIO_PCI_CAP_ISR_CFG = 3,
	VIRTIO_PCI_CAP_DEVICE_CFG = 4,
	VIRTIO_PCI_CAP_LAST = VIRTIO_PCI_CAP_DEVICE_CFG, /* of those that are used here */
};

/* One capability, decoded. */
struct vp_cap {
	u8 pos; /* in configuration space */
	u8 cap_vndr, cap_len, cfg_type, bar;
	u32 offset, length;	   /* in the BAR, bytes */
	u32 notify_off_multiplier; /* notify only: bytes */
};

/* What a function looks like from here. */
struct vp_config_space {
	const char *name; /* for messages: "0000:00:02.0" */
	const void *ctx;
	/* A dword; `where` is a multiple of 4 below 256. */
	u32 (*read)(const void *ctx, int where);
	/* Position of the first vendor capability, 0 where there is none. */
	int (*first)(const void *ctx);
	/* Bytes of BAR 0 .. 5, 0 where it is absent or has no address. */
	u64 (*bar_len)(const void *ctx, int bar);
};

/* Read the capability at `pos`; what does not fit in 256 bytes of space reads as 0. */
void vp_cap_read(const struct vp_config_space *cs, int pos, struct vp_cap *cap);

/*
 * The window of a structure from `start` on, at least `minlen` and at most
 * `size` bytes, aligned to `align` (a power of two): *offset in the BAR and
 * *len.  NULL when it is good, else what is wrong with it.
 */
const char *vp_cap_window(const struct vp_cap *cap, u64 bar_len, u64 minlen, u32 align, u64 start,
			  u64 size, u64 *offset, u64 *len);

/* The first usable capability of each type; err is 0, -ENOENT (none) or -EINVAL (none usable). */
struct vp_caps {
	struct {
		int err;
		struct vp_cap cap; /* while err is 0 */
	} type[VIRTIO_PCI_CAP_LAST + 1];
};

/* Walk the list once and judge it all; a capability that is not usable gets a line. */
void vp_scan_capabilities(const struct vp_config_space *cs, struct vp_caps *caps);

/*
 * Offset of a queue's notification address in the notify structure (4.1.4.4),
 * or -EINVAL when its two bytes do not lie within it.
 */
s64 vp_notify_offset(const struct vp_cap *notify, u16 queue_notify_off);

#endif
