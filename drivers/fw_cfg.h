/* SPDX-License-Identifier: MIT */
/* QEMU's firmware configuration device: files that the machine's maker left for the guest. */
#ifndef DRIVERS_FW_CFG_H
#define DRIVERS_FW_CFG_H

#include "kernel/compiler.h"

/*
 * Copy the file `name` into buf of `size` bytes; no 0 is added.  Returns its
 * length; -ENODEV where there is no such device, -EBUSY where its ports are
 * taken (said), -ENOENT where it has no such file, -E2BIG where the file is
 * longer than `size` (said; buf is unchanged).  Boot code only.
 */
int fw_cfg_read_file(const char *name, void *buf, size_t size);

#endif
