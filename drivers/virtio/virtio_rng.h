/* SPDX-License-Identifier: MIT */
/* Random bytes from the host over virtio (virtio 1.2, 5.4). */
#ifndef DRIVERS_VIRTIO_VIRTIO_RNG_H
#define DRIVERS_VIRTIO_VIRTIO_RNG_H

#include "kernel/lib/compiler.h"

struct virtio_device;

/* The device in use, or NULL: tests take it away and bring it back. */
struct virtio_device *virtio_rng_device(void);

/*
 * Up to `n` bytes into buf: how many came (at least 1), -ENODEV (no device),
 * -EAGAIN (none within `usec`; the request stays and a later call takes them),
 * -EIO (the device is broken).  One at a time; in a thread that may sleep.
 */
ssize_t virtio_rng_read(void *buf, size_t n, u64 usec);

#endif
