/* SPDX-License-Identifier: MIT */
/* QEMU's firmware configuration device: files that the machine's maker left for the guest. */
#ifndef DRIVERS_FIRMWARE_FW_CFG_H
#define DRIVERS_FIRMWARE_FW_CFG_H

#include "kernel/lib/compiler.h"

/* Append the words of the file `name` to the command line; of one too long, those that fit. */
void fw_cfg_append_cmdline(const char *name);

/*
 * The file `name` in new memory, which is given back by vfree(), and its size; NULL: there is none, or, said, no
 * memory for it, it cannot be read, or the ports are somebody's.  In a thread, at boot.
 */
void *fw_cfg_load(const char *name, size_t *size);

#endif
