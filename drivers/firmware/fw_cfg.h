/* SPDX-License-Identifier: MIT */
/* QEMU's firmware configuration device: files that the machine's maker left for the guest. */
#ifndef DRIVERS_FIRMWARE_FW_CFG_H
#define DRIVERS_FIRMWARE_FW_CFG_H

#include "kernel/lib/compiler.h"

/*
 * Copy the file `name` into buf, up to `size` bytes; no 0 is added.  Returns the
 * file's whole length (more than `size`: cut off, and said); -ENODEV where there
 * is no such device, -EBUSY where its ports are taken (said), -ENOENT where it has
 * no such file.  Boot code only.
 */
int fw_cfg_read_file(const char *name, void *buf, size_t size);

/* Append the file's words to the command line; of one too long, those that fit. */
void fw_cfg_append_cmdline(const char *name);

#endif
