// SPDX-License-Identifier: MIT
/* File systems that there are, and those that are in use. */
#include "kernel/core/printk.h"
#include "kernel/core/sink.h"
#include "kernel/fs/internal.h"
#include "mm/slab.h"

static LIST_HEAD(filesystems); /* boot only */
static u32 last_anon_dev;      /* atomic */

void register_filesystem(struct file_system_type *type)
{
	list_add_tail(&type->list, &filesystems);
}

struct file_system_type *find_filesystem(const char *name)
{
	struct file_system_type *type;

	list_for_each_entry(type, &filesystems, list)
		if (!strcmp(type->name, name))
			return type;
	return NULL;
}

void show_filesystems(struct sink *out)
{
	struct file_system_type *type;

	list_for_each_entry(type, &filesystems, list)
		sink_printf(out, "%s\t%s\n", type->requires_dev ? "" : "nodev", type->name);
}

dev_t new_anon_dev(void)
{
	return MKDEV(0, __atomic_add_fetch(&last_anon_dev, 1, __ATOMIC_RELAXED));
}

struct super_block *alloc_super(struct file_system_type *type, unsigned long magic,
				const struct super_operations *op)
{
	struct super_block *sb = kzalloc(sizeof(*sb), GFP_KERNEL);

	if (!sb)
		return NULL;
	sb->s_type = type;
	sb->s_op = op;
	sb->s_magic = magic;
	sb->s_active = 1;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_dev = new_anon_dev();
	return sb;
}

void get_super(struct super_block *sb)
{
	__atomic_fetch_add(&sb->s_active, 1, __ATOMIC_RELAXED);
}

/* The names that stay are let go, from the leaves up. */
static void shrink_tree(struct dentry *root)
{
	struct dentry *d = root;

	for (;;) {
		struct dentry *parent = d->d_parent;

		if (d->d_children.node) {
			d = tree_entry(d->d_children.node, struct dentry, d_node);
			continue;
		}
		if (d == root)
			break;
		d_drop(d);
		dput(d);
		d = parent;
	}
}

void put_super(struct super_block *sb)
{
	if (__atomic_sub_fetch(&sb->s_active, 1, __ATOMIC_ACQ_REL))
		return;
	if (sb->s_root) {
		shrink_tree(sb->s_root);
		dput(sb->s_root);
	}
	WARN(sb->s_inodes, "%s: %u inodes are in use after umount\n", sb->s_type->name,
	     sb->s_inodes);
	if (sb->s_op->put_super)
		sb->s_op->put_super(sb);
	kfree(sb);
}
