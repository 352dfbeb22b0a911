/* SPDX-License-Identifier: MIT */
/*
 * A tree of kernel files: what /proc and /sys are made of.
 *
 * A knode is a file or directory in it.  Most are made once and stay; a directory may also have entries that
 * come and go by themselves, which two callbacks tell of (/proc/PID, /proc/PID/fd): such a knode is described
 * by a struct ktree_entry each time that somebody looks it up.
 *
 * A text is made when a file is read from position 0, as a whole, into memory of the reader's open file; further
 * reads go on in that same text.  What show() says is written to a sink, perhaps with its own locks held.
 *
 * Removal: ktree_remove() returns when no callback of the node runs any more, and none will: what was opened
 * before answers -ENODEV.  So `private` may be freed afterwards.
 *
 * Locks: callbacks are called with the inode's i_rwsem read, lookup and iterate with tree_sem read: they
 * must not walk paths, nor make or remove knodes.
 */
#ifndef KERNEL_FS_KTREE_H
#define KERNEL_FS_KTREE_H

#include "kernel/fs/fs.h"

struct sink;

/* All in the thread that reads or writes, and may sleep.  Absent: -EIO as in sysfs, but for what their line says. */
struct knode_ops {
	/* A file of text: 0, or -errno, which read() returns then. */
	int (*show)(struct sink *out, void *private);
	/* What was written at once, with a 0 behind it: the bytes taken, or -errno. */
	ssize_t (*store)(void *private, const char *text, size_t n);
	bool stores_nothing; /* it is called for a write of 0 bytes, too */

	/*
	 * A binary file: bytes at pos, 0 at its end, or -errno.  Where its size is not 0, nothing beyond is asked for, and
	 * to write there is -EFBIG.
	 */
	ssize_t (*read)(void *private, char *buf, loff_t pos, size_t n);
	ssize_t (*write)(void *private, const char *buf, loff_t pos, size_t n);
	int (*mmap)(struct file *file, struct vm_area_struct *vma,
		    void *private); /* absent: -ENODEV */
	/* What its mappings are taken away by; asked for when it is opened.  Absent: the inode's own. */
	struct address_space *(*mapping)(void);

	/* A symlink: the text it leads to is written; or, by *path, a place, held.  0 or -errno. */
	int (*link)(struct sink *out, void *private);
	int (*link_path)(struct path *path, void *private);

	/* What stat tells as the size.  Absent: as it was made. */
	loff_t (*size)(void *private);

	/* Anything else: open() gives these to the file, private_data is `private`.  For poll and the like. */
	const struct file_operations *fops;

	/* An entry that was looked up is let go: `private` was held for it. */
	void (*release)(void *private);
};

/* What a lookup in a directory that changes by itself finds. */
struct ktree_entry {
	umode_t mode; /* S_IFDIR, S_IFREG or S_IFLNK, and the rights */
	const struct knode_ops *ops;
	const struct ktree_dir_ops *dir; /* of a directory */
	void *private;			 /* held for the entry, until ops->release() */
	u64 ino;			 /* 0: any */
	uid_t uid;
	gid_t gid;
};

struct ktree_dir_ops {
	/* 0 and *entry is filled in; -ENOENT. */
	int (*lookup)(void *private, const char *name, struct ktree_entry *entry);
	/*
	 * dir_emit() those from ctx->pos on, moving it, until that is false.  Positions begin at KTREE_FIRST; those
	 * below are ".", ".." and what was made for ever.  0 or -errno.
	 */
	int (*iterate)(void *private, struct dir_context *ctx);
	/* Links that stat tells; absent: 2 and those that were made. */
	unsigned int (*nlink)(void *private);
};
#define KTREE_FIRST 256

/* A knode is the dentry that it is seen as; the tree holds it until ktree_remove(). */
struct dentry;

/*
 * A new tree, which mount(2) knows as `fs_name` from now on: its root, a directory.  `magic` is statfs's.  Boot;
 * without memory there is no kernel.
 */
struct dentry *ktree_register(const char *fs_name, unsigned long magic);

/*
 * Make a directory, a file or a symlink with a fixed target in `parent`: the knode, or ERR_PTR(-EEXIST, -ENOMEM).
 * `name` is copied; `mode` is the rights alone, and `size` what stat tells.  In a thread.
 */
struct dentry *ktree_mkdir(struct dentry *parent, const char *name, umode_t mode);
struct dentry *ktree_create(struct dentry *parent, const char *name, umode_t mode, loff_t size,
			    const struct knode_ops *ops, void *private);
struct dentry *ktree_symlink(struct dentry *parent, const char *name, const char *target);
/* A symlink whose target ops->link or link_path tells. */
struct dentry *ktree_create_link(struct dentry *parent, const char *name,
				 const struct knode_ops *ops, void *private);

/* A directory that has more entries than those which were made in it. */
struct dentry *ktree_mkdir_dynamic(struct dentry *parent, const char *name, umode_t mode,
				   const struct ktree_dir_ops *dir, void *private);
void ktree_set_dynamic(struct dentry *knode, const struct ktree_dir_ops *dir, void *private);

/* The knode at a path below `from`, or NULL; directories that are not there are made, ERR_PTR. */
struct dentry *ktree_find(struct dentry *from, const char *path);
struct dentry *ktree_mkdir_path(struct dentry *from, const char *path, umode_t mode);

/* It and all below is gone.  In a thread that holds nothing that a callback takes. */
void ktree_remove(struct dentry *knode);

#endif
