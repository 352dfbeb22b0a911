/* SPDX-License-Identifier: MIT */
/*
 * QEMU's educational device (docs/specs/edu.txt of QEMU), -device edu: the worked example of a
 * driver.  It computes factorials, and copies bytes between memory and a buffer of its own.
 *
 *   edu.c       the device: claim, map, interrupt, registers.  Start there
 *   edu_dev.c   /dev/edu: a program's own pages are what the device copies
 *   edu_cmd.c   the monitor's command
 */
#ifndef DRIVERS_EDU_EDU_H
#define DRIVERS_EDU_EDU_H

#include "kernel/lib/types.h"

/* Bytes of the device's buffer: it has one more, but QEMU 7.2 dies of a transfer that ends there. */
#define EDU_BUFFER 4095
#define EDU_MAX_N  12 /* 13! does not fit into the register */

enum edu_direction { EDU_TO_DEVICE, EDU_FROM_DEVICE };

/*
 * All of these are for threads that may sleep, one at a time (the device's mutex).  -ENODEV: there
 * is no device, -ETIMEDOUT: it did not answer and is not asked again; both also of one that was
 * pulled meanwhile.
 */

/* *n becomes its factorial; `polled`: the register is watched, else an interrupt waited for. -EINVAL: n > 12. */
int edu_factorial(u32 *n, bool polled);

/*
 * Copy `len` bytes between memory at `addr`, which the caller keeps for the time, and the device's
 * buffer from `offset` on.  -EINVAL: not inside the buffer; -EFAULT, said: the device cannot
 * reach the memory.
 */
int edu_dma(phys_addr_t addr, u32 offset, u32 len, enum edu_direction direction);

/* The same of any memory of the kernel, by way of the coherent buffer that driver and device share. */
int edu_copy(void *data, u32 offset, u32 len, enum edu_direction direction);

void edu_init(void);	 /* once drivers may be registered */
void edu_dev_init(void); /* /dev/edu, where a device was there at boot */

#endif
