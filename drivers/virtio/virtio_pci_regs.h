/* SPDX-License-Identifier: MIT */
/* Registers of a modern virtio-pci function (virtio 1.2, 4.1). */
#ifndef DRIVERS_VIRTIO_VIRTIO_PCI_REGS_H
#define DRIVERS_VIRTIO_VIRTIO_PCI_REGS_H

#include "kernel/lib/compiler.h"

#define VIRTIO_PCI_VENDOR_ID  0x1af4 /* 4.1.2 */
#define VIRTIO_PCI_DEVICE_MIN 0x1000 /* 4.1.2: transitional below _MODERN, ... */
#define VIRTIO_PCI_MODERN_MIN 0x1040 /* ... here device type + 0x1040 */
#define VIRTIO_PCI_DEVICE_MAX 0x107f

/* 4.1.4.3: common configuration; each field is accessed in its own width (4.1.3.1). */
struct virtio_pci_common_cfg {
	u32 device_feature_select;
	u32 device_feature;
	u32 driver_feature_select;
	u32 driver_feature;
	u16 config_msix_vector;
	u16 num_queues;
	u8 device_status;
	u8 config_generation;
	u16 queue_select;
	u16 queue_size;
	u16 queue_msix_vector;
	u16 queue_enable;
	u16 queue_notify_off;
	u32 queue_desc_lo, queue_desc_hi;     /* 64 bits, written as two halves (4.1.3.1) */
	u32 queue_driver_lo, queue_driver_hi; /* the available ring */
	u32 queue_device_lo, queue_device_hi; /* the used ring */
};

#define VIRTIO_PCI_COMMON_CFG_MIN 56 /* without what 1.2 put behind it */
_Static_assert(sizeof(struct virtio_pci_common_cfg) == VIRTIO_PCI_COMMON_CFG_MIN, "virtio 4.1.4.3");

#define VIRTIO_MSI_NO_VECTOR 0xffff /* 4.1.5.1.2 */

/* 4.1.4.5: the ISR status byte; reading clears it and lets go of the pin. */
#define VIRTIO_PCI_ISR_QUEUE  BIT(0)
#define VIRTIO_PCI_ISR_CONFIG BIT(1)

#endif
