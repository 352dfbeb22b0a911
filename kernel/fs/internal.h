/* SPDX-License-Identifier: MIT */
/* What the files of kernel/fs/ know of each other.  Locks: kernel/fs/fs.h. */
#ifndef KERNEL_FS_INTERNAL_H
#define KERNEL_FS_INTERNAL_H

#include "kernel/fs/fs.h"
#include "kernel/fs/mount.h"

extern struct rw_semaphore tree_sem;
extern spinlock_t rename_lock;

/* ---------------------------------------------------------------- dentry.c */

/* A name of a component, not terminated. */
struct qstr {
	const char *name;
	u32 len, hash;
};

/* The hash of the component that begins at s, up to '/' or the end; its length in *len. */
u32 hash_component(const char *s, u32 *len);

/* A negative dentry, held once, that is in no tree; it holds the parent (NULL: a root's own).  NULL. */
struct dentry *d_alloc(struct dentry *parent, struct super_block *sb, const struct qstr *name);
/* The child of that name that stays, held, or NULL.  tree_sem is held. */
struct dentry *d_find(struct dentry *parent, const struct qstr *name);
/* It is in its parent's tree and listed, first or last, and the tree holds it.  tree_sem is written. */
void d_add(struct dentry *dentry, bool last);
/* It is there no more; the tree's hold is the caller's. */
void d_drop(struct dentry *dentry);
/* Into another place under another name, whose dentry is not there.  The name is taken from `name`. */
void d_move(struct dentry *dentry, struct dentry *new);
/* Both change their places. */
void d_exchange(struct dentry *a, struct dentry *b);
/* No child that stays. */
bool d_empty(const struct dentry *dentry);
/* `child` is `dir` or below it, on the way up by d_parent. */
bool is_subdir(const struct dentry *child, const struct dentry *dir);
/* A root of `sb`, with the inode; NULL: no memory, and the inode is let go. */
struct dentry *d_make_root(struct super_block *sb, struct inode *inode);

/* The inode becomes the dentry's. */
static inline void d_instantiate(struct dentry *dentry, struct inode *inode)
{
	dentry->d_inode = inode;
}

/* ---------------------------------------------------------------- mount.c */

/* A mount that is nowhere yet, held once.  The super block's count becomes its.  NULL. */
struct vfsmount *mnt_alloc(struct super_block *sb, struct dentry *root, const char *devname,
			   unsigned int flags);
/* What stands on the path, or NULL.  Not held.  tree_sem is held, or rename_lock. */
struct vfsmount *lookup_mnt(const struct path *path);
/* *path, held, becomes the root of what stands on it, as long as something does.  tree_sem is held. */
bool follow_mounts(struct path *path);
/* *path is a mount's root and becomes where that stands; false: it stands nowhere. */
bool follow_up(struct path *path);
/* 0, or -EROFS. */
static inline int mnt_want_write(const struct vfsmount *mnt)
{
	return mnt->mnt_flags & 1 /* MS_RDONLY */ ? -EROFS : 0;
}
/* The same for longer: it does not become read-only before mnt_put_write(). */
int mnt_get_write(struct vfsmount *mnt);
void mnt_put_write(struct vfsmount *mnt);
/* The root of all: its first mount. */
extern struct vfsmount *root_mnt;
/* That of files without a place. */
extern struct vfsmount *pseudo_mnt;

/* ---------------------------------------------------------------- super.c */

/* A number for what is on no device.  Any thread. */
dev_t new_anon_dev(void);
struct super_block *alloc_super(struct file_system_type *type, unsigned long magic,
				const struct super_operations *op);
void get_super(struct super_block *sb);
/* A mount less; without one all that it has goes. */
void put_super(struct super_block *sb);
struct file_system_type *find_filesystem(const char *name);

/* ---------------------------------------------------------------- file_table.c */

/* A file without anything, held once; NULL. */
struct file *alloc_empty_file(int flags);
/* The path's holds become the file's, f_op is the inode's, which is asked: 0 or -errno (the path is let go). */
int do_dentry_open(struct file *file, const struct path *path);

/* The same with these operations, which are not asked: for files that have no name.  The file. */
struct file *open_with_fops(struct file *file, const struct path *path,
			    const struct file_operations *fops);

/* ---------------------------------------------------------------- others */

void __init pagemap_init(void);
void __init inode_init(void);
void __init dentry_init(void);
void __init file_table_init(void);
void __init mount_init(void);
void __init devfs_init(void);
void __init ramfs_init(void);
void __init anon_inode_init(void);
void __init files_init(void);

extern const struct file_operations def_chr_fops, def_blk_fops; /* devfs.c */
extern const struct file_operations empty_fops;			/* of an O_PATH file */

/* readdir.c, for file systems whose names are the dentries. */
extern const struct file_operations simple_dir_operations;
/* The dots, and the names that stay: false, there was no room for all. */
bool dcache_emit(struct file *file, struct dir_context *ctx);
loff_t dcache_dir_llseek(struct file *file, loff_t offset, int whence);
ssize_t generic_read_dir(struct kiocb *iocb, struct iov_iter *to);

/* ramfs.c, for those who are like it. */
extern const struct inode_operations ramfs_dir_inode_operations;
struct inode *ramfs_get_inode(struct super_block *sb, umode_t mode, dev_t rdev);
int simple_get_link(struct inode *inode, struct link_target *target);

static inline unsigned int DT_of(umode_t mode)
{
	return mode >> 12 & 15; /* as Linux has both numbers */
}

#endif
