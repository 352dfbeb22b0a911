/* SPDX-License-Identifier: MIT */
/*
 * virtio devices whose registers lie in memory, on no bus that tells of them
 * (virtio 1.2, 4.2): firmware or the command line does.
 */
#ifndef DRIVERS_VIRTIO_VIRTIO_MMIO_H
#define DRIVERS_VIRTIO_VIRTIO_MMIO_H

#include "kernel/core/resource.h"

/*
 * A device at `range`, which is in the register and whose owner's name it bears: claim
 * it, map it, and give it to its driver.  `irq` below 0: its queues are polled.
 * 0, -ENODEV (nothing is there: without a word), or another errno, after a line;
 * nothing is held then.  After vmalloc_init() and the interrupt controllers.
 */
int virtio_mmio_probe(const struct resource *range, int irq);

/* All that ACPI (LNRO0005) and the command line tell of. */
void virtio_mmio_init(void);

#endif
