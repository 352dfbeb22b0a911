/* SPDX-License-Identifier: MIT */
/* Where the archive of the first files comes from: the loader's modules, or QEMU's fw_cfg. */
#ifndef DRIVERS_FIRMWARE_INITRD_H
#define DRIVERS_FIRMWARE_INITRD_H

#include "kernel/lib/compiler.h"

/*
 * Unpack what there is, and give back its memory: each module of the loader's that is an archive, then
 * fw_cfg's file opt/terrier/initrd.  Other modules stay where they are.  False: there was none.  Boot, in a thread, before the ports of fw_cfg are somebody's.
 */
bool initrd_load(void);

/* Module `i` of boot_info's, for memunmap(); NULL: it is empty, or no RAM of its own.  Boot, in a thread. */
void *initrd_map_module(unsigned int i);

#endif
