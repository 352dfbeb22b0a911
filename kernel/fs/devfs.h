/* SPDX-License-Identifier: MIT */
/*
 * Devices as files: which driver is behind a device number, and the file system of /dev.
 *
 *	dev_create("hpet", S_IFCHR | 0600, MKDEV(10, 228), &hpet_fops, hpet);
 *
 * makes the node in /dev, also where that is not mounted yet, and answers an open() of any node with that
 * number, wherever mknod() made it.  Nodes can be renamed and removed by programs, as in devtmpfs.
 */
#ifndef KERNEL_FS_DEVFS_H
#define KERNEL_FS_DEVFS_H

#include "kernel/fs/fs.h"

/*
 * `name` is from /dev on and may have slashes (directories are made); it is copied.  `mode` is S_IFCHR or S_IFBLK
 * and the rights.  When fops->open(), which may be absent, is called, file->private_data is `private`, file->f_op
 * is fops; a block device sets file->f_mapping to its own there.  0; -EBUSY, said, where the number is taken, and
 * -EEXIST the name; -ENOMEM.  In a thread.
 */
int dev_create(const char *name, umode_t mode, dev_t dev, const struct file_operations *fops,
	       void *private);

/*
 * No open() finds it any more, and the node is gone where it still has that number.  Files that are open stay:
 * fops and private are theirs until they are closed.  In a thread.
 */
void dev_remove(const char *name, umode_t mode, dev_t dev);

/* The first character device whose number is info->dev or above, for who shows it: false, there is none. */
struct device_info {
	dev_t dev;
	umode_t mode;
	char name[32];
};
bool next_char_device(struct device_info *info);

/* Print /proc/devices: the majors in use, by type, as Linux calls them. */
void show_devices(struct sink *out);

#endif
