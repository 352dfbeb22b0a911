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
static u32 major, minor; /* of the file system that it is on */

static void add(const char *name, u32 ino, u32 mode, u32 nlink, const char *body)
{
	size += snprintf(archive + size, sizeof(archive) - size,
			 "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", ino, mode, 5,
			 6, nlink, 1000000000 + ino, (u32)strlen(body), major, minor, 1, 3,
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

static void begin(void)
{
	memset(archive, 0, sizeof(archive));
	size = 0;
}

static void build(void)
{
	begin();
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

static u32 links_of(const char *name)
{
	struct path path;
	struct inode *inode = find(name, &path);
	u32 links = inode ? inode->i_nlink : 0;

	if (inode)
		path_put(&path);
	return links;
}

/* Files are one where number, file system and kind are the same, in one archive. */
GUEST_TEST(initramfs, names_of_one_file_are_of_one_archive)
{
	static const char *const names[] = { "/t.ir/a", "/t.ir/b", "/t.ir/c", "/t.ir/d",
					     "/t.ir/p", "/t.ir/q", "/t.ir/e", "/t.ir/f" };

	begin();
	add("t.ir", 1, 040755, 3, "");
	add("t.ir/a", 3, 0100644, 2, "of a");
	major = 8;
	add("t.ir/b", 3, 0100644, 2, "of b");
	minor = 1;
	add("t.ir/c", 3, 0100644, 2, "of c");
	major = 0;
	add("t.ir/d", 3, 0100644, 2, "of d");
	minor = 0;
	add("t.ir/p", 3, 010644, 2, "");
	add("t.ir/q", 3, 010644, 2, "");
	add("TRAILER!!!", 0, 0, 1, "");
	add("t.ir/e", 3, 0100644, 2, "of e");
	add("t.ir/f", 3, 0100644, 2, "");
	add("TRAILER!!!", 0, 0, 1, "");
	EXPECT_EQ(initramfs_unpack(archive, size, "a test's archives"), 0);
	expect_file("/t.ir/a", "of a");
	expect_file("/t.ir/b", "of b");
	expect_file("/t.ir/c", "of c");
	expect_file("/t.ir/d", "of d");
	expect_file("/t.ir/e", "of e");
	expect_file("/t.ir/f", "of e");
	EXPECT_EQ(links_of("/t.ir/a"), 1);
	EXPECT_EQ(links_of("/t.ir/q"), 2);
	EXPECT_EQ(links_of("/t.ir/e"), 2);
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_EQ(kern_unlink(names[i]), 0);
	EXPECT_EQ(kern_rmdir("/t.ir"), 0);
}

/* What an archive has comes in the place of what was there, but for a directory that is not empty. */
GUEST_TEST(initramfs, what_was_there_is_replaced)
{
	unsigned long objects = nr_slab_objects();
	struct inode *inode;
	struct path path;

	begin();
	add("t.ir", 1, 040755, 5, "");
	add("t.ir/file", 2, 0100644, 1, "longer than what follows");
	add("t.ir/empty", 3, 040755, 2, "");
	add("t.ir/full", 4, 040755, 2, "");
	add("t.ir/full/x", 5, 0100644, 1, "x");
	add("t.ir/was_file", 6, 0100644, 1, "x");
	add("t.ir/odd", 8, 0150644, 1, "");
	add("t.ir/odd", 8, 0644, 1, "");
	add("TRAILER!!!", 0, 0, 1, "");
	add("t.ir/file", 2, 0100644, 1, "short");
	add("t.ir/empty", 3, 0100644, 1, "a file");
	add("t.ir/full", 4, 0100644, 1, "a file");
	add("t.ir/was_file", 6, 040700, 2, "");
	add("t.ir/was_file/in", 7, 0120777, 1, "../file");
	EXPECT_EQ(initramfs_unpack(archive, size, "a test's archives"), 0);
	expect_file("/t.ir/file", "short");
	expect_file("/t.ir/empty", "a file");
	inode = find("/t.ir/empty", &path);
	ASSERT(inode);
	EXPECT_EQ(inode->i_mode, 0100644); /* not what the folder had */
	path_put(&path);
	EXPECT(!find("/t.ir/odd", &path));
	expect_file("/t.ir/full/x", "x");
	expect_file("/t.ir/was_file/in", "short");
	EXPECT_EQ(kern_unlink("/t.ir/was_file/in"), 0);
	EXPECT_EQ(kern_rmdir("/t.ir/was_file"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/full/x"), 0);
	EXPECT_EQ(kern_rmdir("/t.ir/full"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/empty"), 0);
	EXPECT_EQ(kern_unlink("/t.ir/file"), 0);
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
