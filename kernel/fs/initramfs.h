/* SPDX-License-Identifier: MIT */
/* The first files: an archive that becomes the root. */
#ifndef KERNEL_FS_INITRAMFS_H
#define KERNEL_FS_INITRAMFS_H

#include "kernel/lib/compiler.h"

/*
 * Unpack the archive (kernel/fs/cpio.h) from the root on, over what is there.  `what` names it in messages.  0;
 * -EINVAL where it is none, or not to its end, after a line: what came before stays; -ENOSPC.  Single files
 * that cannot be made are said, and left out.  In a thread.
 */
int initramfs_unpack(const void *data, size_t size, const char *what);

#endif
