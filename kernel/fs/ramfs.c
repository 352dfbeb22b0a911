// SPDX-License-Identifier: MIT
/*
 * The file system of memory: its names are the dentries, its content is the page cache.
 *
 * It is mounted as rootfs and tmpfs, which has a limit and says how much of it is used, and as ramfs.  An
 * entry adds BOGO_DIRENT to the size of its directory, as on Linux.
 */
#include <linux/falloc.h>
#include <linux/fs.h>
#include <linux/magic.h>

#include "kernel/core/sink.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/pagemap.h"
#include "kernel/fs/shmem.h"
#include "mm/commit.h"
#include "mm/slab.h"

#define BOGO_DIRENT 20 /* bytes */

static const struct inode_operations ramfs_file_inode_operations;
static const struct inode_operations ramfs_symlink_inode_operations;
static const struct file_operations ramfs_file_operations;
static const struct address_space_operations ramfs_aops;

struct inode *ramfs_get_inode(struct super_block *sb, umode_t mode, dev_t rdev)
{
	struct inode *inode = new_inode(sb, mode, rdev);

	if (!inode)
		return NULL;
	switch (mode & S_IFMT) {
	case S_IFREG:
		inode->i_op = &ramfs_file_inode_operations;
		inode->i_fop = &ramfs_file_operations;
		inode->i_mapping->a_ops = &ramfs_aops;
		break;
	case S_IFDIR:
		inode->i_op = &ramfs_dir_inode_operations;
		inode->i_fop = &simple_dir_operations;
		inode->i_size = 2 * BOGO_DIRENT;
		break;
	case S_IFLNK:
		inode->i_op = &ramfs_symlink_inode_operations;
		break;
	}
	return inode;
}

/* ---------------------------------------------------------------- names */

/* The directory has one entry more, or less, and with it `links` links. */
static void dir_changed(struct inode *dir, int entries, int links)
{
	dir->i_size += entries * BOGO_DIRENT;
	dir->i_nlink += links;
	inode_update_time(dir);
}

static int add_inode(struct inode *dir, struct dentry *dentry, struct inode *inode)
{
	if (!inode)
		return -ENOSPC;
	d_instantiate(dentry, inode);
	dir_changed(dir, 1, S_ISDIR(inode->i_mode));
	return 0;
}

static int ramfs_mknod(struct inode *dir, struct dentry *dentry, umode_t mode, dev_t dev)
{
	return add_inode(dir, dentry, ramfs_get_inode(dir->i_sb, mode, dev));
}

static int ramfs_create(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ramfs_mknod(dir, dentry, mode, 0);
}

static int ramfs_mkdir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	return ramfs_mknod(dir, dentry, S_IFDIR | mode, 0);
}

static int ramfs_symlink(struct inode *dir, struct dentry *dentry, const char *target)
{
	struct inode *inode = ramfs_get_inode(dir->i_sb, S_IFLNK | 0777, 0);

	if (!inode)
		return -ENOSPC;
	inode->i_link = kstrdup(target, GFP_KERNEL);
	if (!inode->i_link) {
		iput(inode);
		return -ENOMEM;
	}
	inode->i_size = strlen(target);
	return add_inode(dir, dentry, inode);
}

static int ramfs_link(struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = old->d_inode;

	ihold(inode);
	d_instantiate(dentry, inode);
	inode->i_nlink++;
	inode_set_ctime(inode);
	dir_changed(dir, 1, 0);
	return 0;
}

static int ramfs_unlink(struct inode *dir, struct dentry *dentry)
{
	dentry->d_inode->i_nlink--;
	inode_set_ctime(dentry->d_inode);
	dir_changed(dir, -1, 0);
	return 0;
}

static int ramfs_rmdir(struct inode *dir, struct dentry *dentry)
{
	dentry->d_inode->i_nlink = 0;
	inode_set_ctime(dentry->d_inode);
	dir_changed(dir, -1, -1);
	return 0;
}

/* Each directory loses what it had and gets what the other had. */
static void exchange(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
		     struct dentry *new)
{
	int links = d_is_dir(new) - d_is_dir(old);

	dir_changed(old_dir, 0, old_dir == new_dir ? 0 : links);
	dir_changed(new_dir, 0, old_dir == new_dir ? 0 : -links);
	inode_set_ctime(new->d_inode);
}

static int ramfs_rename(struct inode *old_dir, struct dentry *old, struct inode *new_dir,
			struct dentry *new, unsigned int flags)
{
	int links = d_is_dir(old);

	inode_set_ctime(old->d_inode);
	if (flags & 2 /* RENAME_EXCHANGE */) {
		exchange(old_dir, old, new_dir, new);
		return 0;
	}
	if (new &&links)
		ramfs_rmdir(new_dir, new);
	else if (new)
		ramfs_unlink(new_dir, new);
	dir_changed(old_dir, -1, -links);
	dir_changed(new_dir, 1, links);
	return 0;
}

static struct inode *ramfs_tmpfile(struct inode *dir, umode_t mode)
{
	struct inode *inode = ramfs_get_inode(dir->i_sb, mode, 0);

	if (!inode)
		return ERR_PTR(-ENOSPC);
	inode->i_nlink = 0;
	return inode;
}

int simple_get_link(struct inode *inode, struct link_target *target)
{
	target->text = inode->i_link;
	return 0;
}

/* ---------------------------------------------------------------- content */

/* Pages that a range lacks come to it, all or none; the size is left. */
static long fill_range(struct inode *inode, loff_t offset, loff_t end)
{
	pgoff_t first = offset / PAGE_SIZE, last = (end - 1) / PAGE_SIZE;
	long error = check_new_size(inode, end);

	if (!error && inode->i_sb->s_max_pages && last - first >= inode->i_sb->s_max_pages)
		error = -ENOSPC;
	return error ? error : filemap_reserve(inode->i_mapping, first, last);
}

static long ramfs_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	struct inode *inode = file_inode(file);
	loff_t end = offset + len;
	long error = 0;

	if (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE))
		return -EOPNOTSUPP;
	down_write(&inode->i_rwsem);
	if (mode & FALLOC_FL_PUNCH_HOLE) {
		truncate_inode_pages_range(inode->i_mapping, offset, end - 1);
	} else {
		error = fill_range(inode, offset, end);
		if (!error && !(mode & FALLOC_FL_KEEP_SIZE) && end > inode->i_size)
			WRITE_ONCE(inode->i_size, end);
	}
	if (!error)
		inode_update_time(inode);
	up_write(&inode->i_rwsem);
	return error;
}

/* Where data, or a hole, begins: at `pos` or behind; the end of the file is a hole. */
static loff_t seek_hole_data(struct inode *inode, loff_t pos, bool hole)
{
	loff_t size = inode->i_size;

	while (pos < size) {
		struct page *page = find_get_next_page(inode->i_mapping, pos / PAGE_SIZE, ~0UL);
		loff_t start = page ? (loff_t)page->index * (loff_t)PAGE_SIZE : size;

		if (page)
			put_page(page);
		if (!hole)
			return start < size ? max(start, pos) : -ENXIO;
		if (start > pos)
			return pos;
		pos = start + (loff_t)PAGE_SIZE;
	}
	return hole ? size : -ENXIO;
}

static loff_t ramfs_llseek(struct file *file, loff_t offset, int whence)
{
	struct inode *inode = file_inode(file);
	loff_t pos;

	if (whence != SEEK_DATA && whence != SEEK_HOLE)
		return generic_file_llseek(file, offset, whence);
	if (offset < 0)
		return -ENXIO;
	down_read(&inode->i_rwsem);
	pos = offset < inode->i_size ? seek_hole_data(inode, offset, whence == SEEK_HOLE) : -ENXIO;
	up_read(&inode->i_rwsem);
	if (pos >= 0)
		WRITE_ONCE(file->f_pos, pos);
	return pos;
}

static int noop_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	(void)file, (void)start, (void)end, (void)datasync;
	return 0;
}

static int ramfs_getattr(const struct path *path, struct kstat *stat)
{
	stat->blocks = READ_ONCE(path->dentry->d_inode->i_mapping->nrpages) * (PAGE_SIZE / 512);
	return 0;
}

static const struct address_space_operations ramfs_aops;

static const struct file_operations ramfs_file_operations = {
	.llseek = ramfs_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.fsync = noop_fsync,
	.fallocate = ramfs_fallocate,
};

static const struct inode_operations ramfs_file_inode_operations = {
	.getattr = ramfs_getattr,
};

static const struct inode_operations ramfs_symlink_inode_operations = {
	.get_link = simple_get_link,
};

const struct inode_operations ramfs_dir_inode_operations = {
	.create = ramfs_create,
	.link = ramfs_link,
	.unlink = ramfs_unlink,
	.symlink = ramfs_symlink,
	.mkdir = ramfs_mkdir,
	.rmdir = ramfs_rmdir,
	.mknod = ramfs_mknod,
	.rename = ramfs_rename,
	.tmpfile = ramfs_tmpfile,
};

/* ---------------------------------------------------------------- the whole */

static int ramfs_statfs(struct super_block *sb, struct kstatfs *buf)
{
	buf->f_bsize = PAGE_SIZE;
	if (sb->s_magic != TMPFS_MAGIC)
		return 0;
	buf->f_blocks = sb->s_max_pages;
	buf->f_bfree = buf->f_bavail =
		sb->s_max_pages - min(READ_ONCE(sb->s_pages), sb->s_max_pages);
	buf->f_files = nr_ram_pages() / 2;
	buf->f_ffree = buf->f_files - min((u64)READ_ONCE(sb->s_inodes), buf->f_files);
	return 0;
}

static void ramfs_show_options(struct sink *out, struct super_block *sb)
{
	if (sb->s_magic == TMPFS_MAGIC && sb->s_max_pages != nr_ram_pages() / 2)
		sink_printf(out, ",size=%lluk",
			    (unsigned long long)sb->s_max_pages * (PAGE_SIZE / 1024));
}

static const struct super_operations ramfs_ops = {
	.statfs = ramfs_statfs,
	.show_options = ramfs_show_options,
};

/* What stands behind `name` in mount's options, or NULL. */
static const char *find_option(const char *data, const char *name)
{
	const char *at = data ? strstr(data, name) : NULL;

	return at && (at == data || at[-1] == ',') ? at + strlen(name) : NULL;
}

/* Of the root: its mode, and how large it may be; what else there is is read over. */
static void parse_options(struct super_block *sb, const char *data, umode_t *mode)
{
	const char *text = find_option(data, "mode=");
	char *end;
	u64 size;

	if (text)
		*mode = simple_strtoull(text, NULL, 8) & 07777;
	if (sb->s_magic != TMPFS_MAGIC)
		return;
	sb->s_max_pages = nr_ram_pages() / 2;
	text = find_option(data, "size=");
	if (!text)
		return;
	size = memparse(text, &end);
	sb->s_max_pages = *end == '%' ? nr_ram_pages() * size / 100 : DIV_ROUND_UP(size, PAGE_SIZE);
}

static struct super_block *ramfs_mount(struct file_system_type *type, const char *data)
{
	bool tmpfs = strcmp(type->name, "ramfs") != 0;
	struct super_block *sb = alloc_super(type, tmpfs ? TMPFS_MAGIC : RAMFS_MAGIC, &ramfs_ops);
	umode_t mode = !strcmp(type->name, "tmpfs") ? 01777 : 0755;

	if (!sb)
		return ERR_PTR(-ENOMEM);
	parse_options(sb, data, &mode);
	sb->s_root = d_make_root(sb, ramfs_get_inode(sb, S_IFDIR | mode, 0));
	if (!sb->s_root) {
		put_super(sb);
		return ERR_PTR(-ENOMEM);
	}
	return sb;
}

static struct file_system_type types[] = {
	{ .name = "rootfs", .mount = ramfs_mount },
	{ .name = "tmpfs", .mount = ramfs_mount },
	{ .name = "ramfs", .mount = ramfs_mount },
};

/* ---------------------------------------------------------------- files without a place */

static struct inode *shmem_get_inode(loff_t size, bool promised)
{
	unsigned long pages = promised ? DIV_ROUND_UP((u64)size, PAGE_SIZE) : 0;
	struct inode *inode;

	if (vm_enough_memory(pages))
		return NULL;
	inode = ramfs_get_inode(pseudo_mnt->mnt_sb, S_IFREG | 0777, 0);
	if (!inode) {
		vm_unacct_memory(pages);
		return NULL;
	}
	inode->i_nlink = 0;
	inode->i_size = size;
	inode->i_flags |= S_PROMISED;
	inode->i_private = (void *)pages;
	return inode;
}

void shmem_evict_inode(struct inode *inode)
{
	if (inode->i_flags & S_PROMISED)
		vm_unacct_memory((unsigned long)inode->i_private);
}

struct file *shmem_file_setup(const char *name, loff_t size, bool promised)
{
	char *text = kasprintf(GFP_KERNEL, "/%s (deleted)", name);
	struct inode *inode = shmem_get_inode(size, promised);
	struct file *file = ERR_PTR(-ENOMEM);

	if (text && inode) {
		ihold(inode);
		file = alloc_file_pseudo(inode, text, O_RDWR, &ramfs_file_operations);
	}
	if (!IS_ERR(file))
		file->f_mode |= FMODE_PREAD | FMODE_PWRITE;
	iput(inode);
	kfree(text);
	return file;
}

void __init ramfs_init(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(types); i++)
		register_filesystem(&types[i]);
}
