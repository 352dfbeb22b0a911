// SPDX-License-Identifier: MIT
/*
 * Devices as files.
 *
 * A registry, by type and number, of who answers; and one super block, /dev's, which is a ramfs with a node for
 * each.  An open() takes the registry's lock for the look alone.
 */
#include "kernel/fs/devfs.h"

#include <linux/magic.h>

#include "kernel/core/panic.h"
#include "kernel/core/printk.h"
#include "kernel/fs/internal.h"
#include "mm/slab.h"

struct device_file {
	struct tree_node node; /* by key */
	u64 key;
	const struct file_operations *fops;
	void *private;
	umode_t mode;
	char name[32];
};

static struct tree_root devices; /* devices_lock */
static DEFINE_SPINLOCK(devices_lock);
static struct super_block *dev_sb;

/* Characters first. */
static u64 key_of(umode_t mode, dev_t dev)
{
	return (u64)S_ISBLK(mode) << 32 | dev;
}

static struct device_file *of_node(struct tree_node *node)
{
	return tree_entry(node, struct device_file, node);
}

/* devices_lock is held. */
static struct device_file *find_device(u64 key)
{
	struct tree_node *node = devices.node;

	while (node && of_node(node)->key != key)
		node = key < of_node(node)->key ? node->left : node->right;
	return node ? of_node(node) : NULL;
}

/* The one that has its number, or NULL and it is in. */
static struct device_file *insert_device(struct device_file *device)
{
	struct tree_node **link = &devices.node, *parent = NULL;

	while (*link) {
		parent = *link;
		if (of_node(parent)->key == device->key)
			return of_node(parent);
		link = device->key < of_node(parent)->key ? &parent->left : &parent->right;
	}
	tree_link(&device->node, parent, link);
	tree_insert(&device->node, &devices);
	return NULL;
}

static int device_open(struct inode *inode, struct file *file)
{
	const struct device_file *device;
	const struct file_operations *fops = NULL;

	spin_lock(&devices_lock);
	device = find_device(key_of(inode->i_mode, inode->i_rdev));
	if (device) {
		fops = device->fops;
		file->private_data = device->private;
	}
	spin_unlock(&devices_lock);
	if (!fops)
		return -ENXIO;
	file->f_op = fops;
	return fops->open ? fops->open(inode, file) : 0;
}

const struct file_operations def_chr_fops = {
	.open = device_open,
	.llseek = noop_llseek,
};

const struct file_operations def_blk_fops = {
	.open = device_open,
};

/* ---------------------------------------------------------------- nodes */

/* The directory of the name, held, made where it is not there; *name is what is left.  tree_sem is written. */
static struct dentry *make_directories(const char **name)
{
	struct dentry *dir = dget(dev_sb->s_root);

	for (;;) {
		struct qstr part = { .name = *name };
		struct dentry *child;

		part.hash = hash_component(*name, &part.len);
		if (!(*name)[part.len])
			return dir;
		child = d_find(dir, &part);
		if (!child) {
			child = d_alloc(dir, dev_sb, &part);
			if (child && ramfs_dir_inode_operations.mkdir(dir->d_inode, child, 0755)) {
				dput(child);
				child = NULL;
			}
			if (child)
				d_add(child, false);
		}
		dput(dir);
		if (!child)
			return NULL;
		dir = child;
		*name += part.len + 1;
	}
}

static int make_node(const char *name, umode_t mode, dev_t dev)
{
	struct dentry *dir, *child = NULL;
	struct qstr last;
	int error = -ENOMEM;

	down_write(&tree_sem);
	dir = make_directories(&name);
	if (dir) {
		last.name = name;
		last.hash = hash_component(name, &last.len);
		child = d_find(dir, &last);
		error = -EEXIST;
	}
	if (dir && !child) {
		child = d_alloc(dir, dev_sb, &last);
		error = child ? ramfs_dir_inode_operations.mknod(dir->d_inode, child, mode, dev) :
				-ENOMEM;
		if (!error)
			d_add(child, false);
	}
	up_write(&tree_sem);
	dput(child);
	dput(dir);
	return error;
}

/* The node that the name leads to, held, or NULL.  tree_sem is held. */
static struct dentry *find_node(const char *name)
{
	struct dentry *dir = dget(dev_sb->s_root);

	while (dir && *name) {
		struct qstr part = { .name = name };
		struct dentry *child;

		part.hash = hash_component(name, &part.len);
		child = d_find(dir, &part);
		dput(dir);
		dir = child;
		name += part.len + (name[part.len] == '/');
	}
	return dir;
}

static void remove_node(const char *name, umode_t mode, dev_t dev)
{
	struct dentry *node;
	bool ours;

	down_write(&tree_sem);
	node = find_node(name);
	ours = node && node->d_inode->i_rdev == dev &&
	       (node->d_inode->i_mode & S_IFMT) == (mode & S_IFMT);
	if (ours) {
		ramfs_dir_inode_operations.unlink(node->d_parent->d_inode, node);
		d_drop(node);
	}
	up_write(&tree_sem);
	if (ours)
		dput(node);
	dput(node);
}

int dev_create(const char *name, umode_t mode, dev_t dev, const struct file_operations *fops,
	       void *private)
{
	struct device_file *device = kzalloc(sizeof(*device), GFP_KERNEL), *holder;
	int error;

	if (!device)
		return -ENOMEM;
	device->key = key_of(mode, dev);
	device->fops = fops;
	device->private = private;
	device->mode = mode;
	strscpy(device->name, name, sizeof(device->name));
	spin_lock(&devices_lock);
	holder = insert_device(device);
	spin_unlock(&devices_lock);
	if (holder) {
		pr_err("devfs: %s: device number %u:%u is %s's\n", name, MAJOR(dev), MINOR(dev),
		       holder->name);
		kfree(device);
		return -EBUSY;
	}
	error = make_node(name, mode, dev);
	if (error)
		dev_remove(name, mode, dev);
	return error;
}

void dev_remove(const char *name, umode_t mode, dev_t dev)
{
	struct device_file *device;

	spin_lock(&devices_lock);
	device = find_device(key_of(mode, dev));
	if (device)
		tree_erase(&device->node, &devices);
	spin_unlock(&devices_lock);
	kfree(device);
	remove_node(name, mode, dev);
}

/* Linux's names of majors, which are its drivers'; some have several. */
static const struct {
	bool block;
	unsigned int major;
	const char *name;
} majors[] = {
	{ false, 1, "mem" },	      { false, 4, "ttyS" },  { false, 5, "/dev/tty" },
	{ false, 5, "/dev/console" }, { false, 10, "misc" }, { true, 254, "virtblk" },
};

bool next_char_device(struct device_info *info)
{
	const struct device_file *found = NULL;
	struct tree_node *node;

	spin_lock(&devices_lock);
	for (node = tree_first(&devices); node && !found; node = tree_next(node))
		if (of_node(node)->key >= info->dev)
			found = of_node(node);
	if (found && found->key >> 32) /* blocks are behind them */
		found = NULL;
	if (found) {
		*info = (struct device_info){ .dev = (dev_t)found->key, .mode = found->mode };
		strscpy(info->name, found->name, sizeof(info->name));
	}
	spin_unlock(&devices_lock);
	return found;
}

static bool major_is_used(bool block, unsigned int major)
{
	struct tree_node *node;
	bool used = false;

	spin_lock(&devices_lock);
	for (node = tree_first(&devices); node && !used; node = tree_next(node))
		used = (bool)(of_node(node)->key >> 32) == block &&
		       MAJOR((dev_t)of_node(node)->key) == major;
	spin_unlock(&devices_lock);
	return used;
}

static void show_type(struct sink *out, const char *title, bool block)
{
	sink_printf(out, "%s devices:\n", title);
	for (unsigned int i = 0; i < ARRAY_SIZE(majors); i++)
		if (majors[i].block == block && major_is_used(block, majors[i].major))
			sink_printf(out, "%3u %s\n", majors[i].major, majors[i].name);
}

void show_devices(struct sink *out)
{
	show_type(out, "Character", false);
	sink_printf(out, "\n");
	show_type(out, "Block", true);
}

/* ---------------------------------------------------------------- /dev */

static int devtmpfs_statfs(struct super_block *sb, struct kstatfs *buf)
{
	(void)sb;
	buf->f_bsize = PAGE_SIZE;
	return 0;
}

static const struct super_operations devtmpfs_ops = {
	.statfs = devtmpfs_statfs,
};

static struct super_block *devtmpfs_mount(struct file_system_type *type, const char *data)
{
	(void)type, (void)data;
	get_super(dev_sb);
	return dev_sb;
}

static struct file_system_type devtmpfs = {
	.name = "devtmpfs",
	.mount = devtmpfs_mount,
};

void __init devfs_init(void)
{
	register_filesystem(&devtmpfs);
	dev_sb = alloc_super(&devtmpfs, TMPFS_MAGIC, &devtmpfs_ops);
	if (dev_sb)
		dev_sb->s_root = d_make_root(dev_sb, ramfs_get_inode(dev_sb, S_IFDIR | 0755, 0));
	if (!dev_sb || !dev_sb->s_root)
		panic("no memory for /dev");
}
