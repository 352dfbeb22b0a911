/* SPDX-License-Identifier: MIT */
/* Files of memory without a place: what is shared and anonymous, and memfd_create(). */
#ifndef KERNEL_FS_SHMEM_H
#define KERNEL_FS_SHMEM_H

#include "kernel/fs/fs.h"

/*
 * A file of `size` bytes of zeros, to be read, written and mapped; its memory goes with its last holder.  `name`
 * is what /proc/PID/maps shows: "/NAME (deleted)".  `promised`: all of it is, as long as the file is there
 * (mm/commit.h).  ERR_PTR.  In a thread.
 */
struct file *shmem_file_setup(const char *name, loff_t size, bool promised);
/* The inode of such a file goes: what was promised of it is taken back. */
void shmem_evict_inode(struct inode *inode);

#endif
