/* SPDX-License-Identifier: MIT */
/*
 * Mounts: which tree stands on which directory.  All fields but the count are tree_sem's, those that d_path()
 * looks at rename_lock's as well.
 */
#ifndef KERNEL_FS_MOUNT_H
#define KERNEL_FS_MOUNT_H

#include "kernel/fs/fs.h"

/* umount2()'s flags, Linux's numbers. */
#define MNT_FORCE	1
#define MNT_DETACH	2
#define MNT_EXPIRE	4
#define UMOUNT_NOFOLLOW 8

struct vfsmount {
	u32 mnt_count; /* holders, of which the tree of mounts is one; atomic */
	int mnt_id;
	unsigned int mnt_flags; /* MS_RDONLY (writers_lock), MS_NOSUID, MS_NODEV, MS_NOEXEC ... */
	struct super_block *mnt_sb;
	dev_t mnt_dev; /* what stat(2) tells of files in it: mnt_sb's, or its own */
	struct dentry *mnt_root;
	struct vfsmount *mnt_parent;   /* itself: at the root, or nowhere */
	struct dentry *mnt_mountpoint; /* in the parent */
	struct vfsmount *mnt_next;     /* that stands on the same dentry: d_mounts */
	struct list_head mnt_list; /* of all, in order of their making; empty: it was taken out */
	u32 mnt_writers;	   /* files that are open to be written */
	struct path mnt_was_at;	   /* of one that was taken out, what it still holds there */
	char mnt_devname[64];
};

static inline void mntget(struct vfsmount *mnt)
{
	__atomic_fetch_add(&mnt->mnt_count, 1, __ATOMIC_RELAXED);
}
void mntput(struct vfsmount *mnt);

static inline void path_get(const struct path *path)
{
	mntget(path->mnt);
	dget(path->dentry);
}

/*
 * mount(2) from the kernel: a file system of `type` on the directory `where`, or, for the first, "/" of all.
 * 0 or -errno.  In a thread.
 */
int kern_mount_at(const char *device, const char *where, const char *type, unsigned long flags,
		  const char *data);
/* 0; -EBUSY while somebody holds anything there; -EINVAL: nothing is mounted there. */
int kern_umount(const char *where, int flags);

/* Print /proc/PID/mounts and mountinfo, as current's root sees them. */
void show_mounts(struct sink *out);
void show_mountinfo(struct sink *out);

/* Root is there (empty), /dev, /proc and /sys can be mounted: boot, in a thread, before any file is used. */
void fs_init(void);
/* /dev, /proc and /sys are what they are called, in directories that are made where they are not there.  Boot. */
void fs_mount_trees(void);

#endif
