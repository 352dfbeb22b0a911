// SPDX-License-Identifier: MIT
/* The order in which there come to be files. */
#include "kernel/fs/internal.h"

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
