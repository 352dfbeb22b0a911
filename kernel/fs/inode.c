// SPDX-License-Identifier: MIT
/* Inodes: what all files have, whatever file system they are of. */
#include <linux/mount.h>

#include "kernel/fs/internal.h"
#include "kernel/fs/locks.h"
#include "mm/slab.h"

static struct kmem_cache *inode_cache;
static const struct file_operations *fifo_fops;

struct timespec64 current_time(void)
{
	struct timespec64 now;

	ktime_get_real_ts64(&now);
	return now;
}

/* What has an inode, but no content: a socket that nobody listens at, a fifo while there are no pipes. */
static int no_open(struct inode *inode, struct file *file)
{
	(void)inode, (void)file;
	return -ENXIO;
}

static const struct file_operations no_open_fops = {
	.open = no_open,
};

void fs_set_fifo_fops(const struct file_operations *fops)
{
	fifo_fops = fops;
}

static int fifo_open(struct inode *inode, struct file *file)
{
	if (!fifo_fops)
		return -ENXIO;
	file->f_op = fifo_fops;
	return fifo_fops->open(inode, file);
}

static const struct file_operations def_fifo_fops = {
	.open = fifo_open,
};

static const struct file_operations *special_fops(umode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFCHR:
		return &def_chr_fops;
	case S_IFBLK:
		return &def_blk_fops;
	case S_IFIFO:
		return &def_fifo_fops;
	default:
		return &no_open_fops;
	}
}

struct inode *new_inode(struct super_block *sb, umode_t mode, dev_t rdev)
{
	static const struct inode_operations no_operations;
	struct inode *inode = kmem_cache_zalloc(inode_cache, GFP_KERNEL);

	if (!inode)
		return NULL;
	inode->i_mode = mode;
	inode->i_count = 1;
	inode->i_nlink = S_ISDIR(mode) ? 2 : 1;
	inode->i_rdev = S_ISCHR(mode) || S_ISBLK(mode) ? rdev : 0;
	inode->i_ino = __atomic_add_fetch(&sb->s_next_ino, 1, __ATOMIC_RELAXED);
	inode->i_sb = sb;
	inode->i_op = &no_operations;
	inode->i_fop = special_fops(mode);
	inode->i_atime = inode->i_mtime = inode->i_ctime = inode->i_crtime = current_time();
	spin_lock_init(&inode->i_lock);
	init_rwsem(&inode->i_rwsem);
	address_space_init(&inode->i_data, inode);
	inode->i_mapping = &inode->i_data;
	__atomic_add_fetch(&sb->s_inodes, 1, __ATOMIC_RELAXED);
	return inode;
}

void ihold(struct inode *inode)
{
	__atomic_fetch_add(&inode->i_count, 1, __ATOMIC_RELAXED);
}

static noinline void evict(struct inode *inode)
{
	struct super_block *sb = inode->i_sb;

	truncate_inode_pages(&inode->i_data, 0);
	if (sb->s_op->evict_inode)
		sb->s_op->evict_inode(inode);
	if (S_ISLNK(inode->i_mode))
		kfree(inode->i_link);
	locks_free_context(inode);
	kmem_cache_free(inode_cache, inode);
	__atomic_sub_fetch(&sb->s_inodes, 1, __ATOMIC_RELAXED);
}

void iput(struct inode *inode)
{
	if (inode && !__atomic_sub_fetch(&inode->i_count, 1, __ATOMIC_ACQ_REL))
		evict(inode);
}

/* One more of those who write, 1, or of those who run it, -1, where there is none of the others. */
static int count_access(struct inode *inode, s32 one)
{
	s32 old = READ_ONCE(inode->i_writecount);

	do {
		if (one > 0 ? old < 0 : old > 0)
			return -ETXTBSY;
	} while (!__atomic_compare_exchange_n(&inode->i_writecount, &old, old + one, false,
					      __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
	return 0;
}

int get_write_access(struct inode *inode)
{
	return count_access(inode, 1);
}

void put_write_access(struct inode *inode)
{
	__atomic_sub_fetch(&inode->i_writecount, 1, __ATOMIC_RELEASE);
}

int deny_write_access(struct file *file)
{
	return count_access(file_inode(file), -1);
}

void allow_write_access(struct file *file)
{
	__atomic_add_fetch(&file_inode(file)->i_writecount, 1, __ATOMIC_RELEASE);
}

static bool before(const struct timespec64 *a, const struct timespec64 *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec <= b->tv_nsec;
}

/* As relatime: when it is older than a change, or than a day. */
static bool atime_needs_update(const struct inode *inode, const struct timespec64 *now)
{
	return before(&inode->i_atime, &inode->i_mtime) ||
	       before(&inode->i_atime, &inode->i_ctime) ||
	       now->tv_sec - inode->i_atime.tv_sec >= 24 * 60 * 60;
}

void touch_atime(const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	struct timespec64 now;

	if (path->mnt->mnt_flags & (MS_NOATIME | MS_RDONLY))
		return;
	now = current_time();
	if (!atime_needs_update(inode, &now))
		return;
	spin_lock(&inode->i_lock);
	inode->i_atime = now;
	spin_unlock(&inode->i_lock);
}

void inode_update_time(struct inode *inode)
{
	struct timespec64 now = current_time();

	spin_lock(&inode->i_lock);
	inode->i_mtime = inode->i_ctime = now;
	spin_unlock(&inode->i_lock);
}

void inode_set_ctime(struct inode *inode)
{
	struct timespec64 now = current_time();

	spin_lock(&inode->i_lock);
	inode->i_ctime = now;
	spin_unlock(&inode->i_lock);
}

int simple_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;

	if (attr->ia_valid & ATTR_SIZE) {
		if (!S_ISREG(inode->i_mode) || !inode->i_mapping->a_ops)
			return -EINVAL;
		truncate_setsize(inode, attr->ia_size);
	}
	spin_lock(&inode->i_lock);
	if (attr->ia_valid & ATTR_MODE)
		inode->i_mode = (inode->i_mode & S_IFMT) | (attr->ia_mode & 07777);
	if (attr->ia_valid & ATTR_UID)
		inode->i_uid = attr->ia_uid;
	if (attr->ia_valid & ATTR_GID)
		inode->i_gid = attr->ia_gid;
	if (attr->ia_valid & ATTR_ATIME)
		inode->i_atime = attr->ia_atime;
	if (attr->ia_valid & ATTR_MTIME)
		inode->i_mtime = attr->ia_mtime;
	if (attr->ia_valid & ATTR_CTIME)
		inode->i_ctime = attr->ia_ctime;
	spin_unlock(&inode->i_lock);
	return 0;
}

int notify_change(struct dentry *dentry, struct iattr *attr)
{
	const struct inode_operations *op = dentry->d_inode->i_op;

	attr->ia_valid |= ATTR_CTIME;
	attr->ia_ctime = current_time();
	if (attr->ia_valid & ATTR_SIZE && !(attr->ia_valid & ATTR_MTIME)) {
		attr->ia_valid |= ATTR_MTIME;
		attr->ia_mtime = attr->ia_ctime;
	}
	return op->setattr ? op->setattr(dentry, attr) : simple_setattr(dentry, attr);
}

void __init inode_init(void)
{
	inode_cache = kmem_cache_create("inode_cache", sizeof(struct inode), 0, SLAB_PANIC, NULL);
}
