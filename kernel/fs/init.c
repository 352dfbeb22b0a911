// SPDX-License-Identifier: MIT
/* The order in which there come to be files. */
#include "kernel/core/printk.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"

void __init fs_init(void)
{
	pagemap_init();
	inode_init();
	dentry_init();
	file_table_init();
	files_init();
	ramfs_init();
	anon_inode_init();
	mount_init();
	devfs_init();
}

void __init fs_mount_trees(void)
{
	static const struct {
		const char *where, *type;
	} trees[] = { { "/dev", "devtmpfs" }, { "/proc", "proc" }, { "/sys", "sysfs" } };

	for (unsigned int i = 0; i < ARRAY_SIZE(trees); i++) {
		int error = kern_mkdir(trees[i].where, 0755);

		if (!find_filesystem(trees[i].type))
			continue;
		if (!error || error == -EEXIST)
			error = kern_mount_at(trees[i].type, trees[i].where, trees[i].type, 0,
					      NULL);
		if (error)
			pr_err("%s cannot be mounted: %s\n", trees[i].where, error_name(error));
	}
}
