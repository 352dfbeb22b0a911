/* SPDX-License-Identifier: MIT */
/* Files of memory without a place: what is shared and anonymous, and memfd_create(). */
#ifndef KERNEL_FS_SHMEM_H
#define KERNEL_FS_SHMEM_H

#include "kernel/fs/fs.h"

/*
 * A file of `size` bytes of zeros, to be read, written and mapped; its memory goes with its last holder.  `name`
 * is what /proc/PID/maps shows: "/NAME (deleted)".  ERR_PTR.  In a thread.
 */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags);

#endif
