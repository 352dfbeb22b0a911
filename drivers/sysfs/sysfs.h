/* SPDX-License-Identifier: MIT */
/*
 * /sys: the machine as programs look at it, pciutils' and acpica's first of all.
 *
 * Each file of this room makes the files of one subject.  What comes and goes (PCI functions) is looked
 * up anew each time; all else is made once, at boot.
 */
#ifndef DRIVERS_SYSFS_SYSFS_H
#define DRIVERS_SYSFS_SYSFS_H

#include "kernel/fs/ktree.h"

#define SYSFS_FILE_SIZE 4096 /* what stat tells of every text */

/* The root; made by sysfs_init(). */
extern struct dentry *sysfs_root;

/* All of /sys: in a thread, once drivers are there. */
void sysfs_init(void);

/* Each file's part. */
void sysfs_block_init(void);
void sysfs_class_init(void);
void sysfs_pci_init(void);
void sysfs_firmware_init(void);
void sysfs_system_init(void);

/*
 * A file at a path from the root, as ktree_create() makes it; directories on the way are made.  What fails is left
 * out.  Boot, in a thread.
 */
void sysfs_create(const char *path, umode_t mode, loff_t size, const struct knode_ops *ops,
		  void *private);
/* The same of a line of text that never changes, and of bytes that do not. */
void sysfs_create_word(const char *path, const char *word);

struct sysfs_bytes {
	const u8 *bytes;
	size_t size;
};
void sysfs_create_bytes(const char *path, umode_t mode, const struct sysfs_bytes *bytes);

/* What a program has written, in C's notation, a newline behind it or not: 0 or -EINVAL. */
int sysfs_parse_number(const char *text, u64 *value);

#endif
