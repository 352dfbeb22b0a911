// SPDX-License-Identifier: MIT
/* An archive becomes files: all kinds, their links, owners and times. */
#include "kernel/fs/initramfs.h"

#include <linux/fs.h>

#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

static char archive[4096];
static size_t size;

static void add(const char *name, u32 ino, u32 mode, u32 nlink, const char *body)
{
	size += snprintf(archive + size, sizeof(archive) - size,
			 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ino, mode, 5,
			 6, nlink, 1000000000 + ino, (u32)strlen(body), 0, 0, 1, 3,
			 (u32)strlen(name) + 1, 0);
	memcpy(archive + size, name, strlen(name) + 1);
	size = ALIGN(size + strlen(name) + 1, 4UL);
	memcpy(archive + size, body, strlen(body));
	size = ALIGN(size + strlen(body), 4UL);
}

static struct inode *find(const char *name, struct path *path)
{
	return kern_path(name, 0, path) ? NULL : path->dentry->d_inode;
}

static void expect_file(const char *name, const char *text)
{
	struct file *file = filp_open(name, O_RDONLY, 0);
	char buf[32] = "";
	loff_t pos = 0;

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_read(file, buf, sizeof(buf) - 1, &pos), strlen(text));
	EXPECT(!strcmp(buf, text));
	filp_close(file, NULL);
}

static void build(void)
{
	memset(archive, 0, sizeof(archive));
	size = 0;
	add("t.ir", 1, 040750, 2, "");
	add("t.ir/file", 2, 0104711, 1, "content");
	add("t.ir/one", 3, 0100644, 2, "");
	add("t.ir/two", 3, 0100644, 2, "both");
	add("t.ir/link", 4, 0120777, 1, "file");
	add("./t.ir/dev", 5, 020600, 1, "");
	add("t.ir/none/x", 6, 0100600, 1, "x");
	add("TRAILER!!!", 0, 0, 1, "");
}

GUEST_TEST(initramfs, an_archive_becomes_files)
{
	unsigned long objects = nr_slab_objects();
	struct inode *inode;
	struct path path;

	EXPECT_EQ(kern_mkdir("/t.ir", 0700), 0);
	EXPECT_EQ(kern_symlink("elsewhere", "/t.ir/file"), 0); /* it is replaced, not followed */
	build();
	EXPECT_EQ(initramfs_unpack(archive, size, "a test's archive"), 0);
	inode = find("/t.ir/file", &path);
	ASSERT(inode);
	EXPECT_EQ(inode->i_mode, 0104711);
	EXPECT_EQ(inode->i_uid, 5);
	EXPECT_EQ(inode->i_gid, 6);
	EXPECT_EQ(inode->i_mtime.tv_sec, 1000000002);
	path_put(&path);
	inode = find("/t.ir", &path);
	ASSERT(inode);
	EXPECT_EQ(inode->i_mode, 040750);
	EXPECT_EQ(inode->i_mtime.tv_sec, 1000000001);
	path_put(&path);
	inode = find("/t.ir/one", &path);
	ASSERT(inode);
	EXPECT_EQ(inode->i_nlink, 2);
	path_put(&path);
	inode = find("/t.ir/dev", &path);
	ASSERT(inode);
	EXPECT_EQ(inode->i_mode, 020600);
	EXPECT_EQ(inode->i_rdev, MKDEV(1, 3));
	path_put(&path);
	expect_file("/t.ir/link", "content");
	expect_file("/t.ir/one", "both");
	EXPECT(!find("/t.ir/none", &path));
	EXPECT_EQ(kern_unlink("/t.ir/file"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/one"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/two"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/link"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/dev"), 0);
	EXPECT_EQ(kern_rmdir("/t.ir"), 0);
	EXPECT_EQ(nr_slab_objects(), objects);
}

GUEST_TEST(initramfs, what_is_no_archive_is_refused)
{
	build();
	EXPECT_EQ(initramfs_unpack("\x1f\x8b\x08 and so on", 14, "a test's gzip"), -EINVAL);
	EXPECT_EQ(initramfs_unpack(archive, 100, "a test's part"), -EINVAL);
	EXPECT_EQ(initramfs_unpack(archive, 0, "a test's nothing"), 0);
}
