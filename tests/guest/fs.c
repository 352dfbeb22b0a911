// SPDX-License-Identifier: MIT
/*
 * Files, by the calls that the kernel itself has: names and walks, content and holes, mounts, and
 * what there is afterwards of memory, which is what there was before.  Answers are Linux's, by
 * its source and man-pages.
 */
#include <linux/fs.h>
#include <linux/mount.h>

#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/fs/shmem.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

/* What is in use: after a test it is so again. */
struct in_use {
	unsigned long objects, pages;
};

static struct in_use count_use(void)
{
	flush_delayed_fput();
	return (struct in_use){ nr_slab_objects(), nr_file_pages() };
}

#define EXPECT_SAME_USE(before)                            \
	do {                                               \
		struct in_use _now = count_use();          \
		EXPECT_EQ(_now.objects, (before).objects); \
		EXPECT_EQ(_now.pages, (before).pages);     \
	} while (0)

static int open_error(const char *name, int flags)
{
	struct file *file = filp_open(name, flags, 0644);

	if (IS_ERR(file))
		return PTR_ERR(file);
	filp_close(file, NULL);
	return 0;
}

static int write_file(const char *name, const char *text)
{
	struct file *file = filp_open(name, O_CREAT | O_WRONLY | O_TRUNC, 0644);
	loff_t pos = 0;
	ssize_t n;

	if (IS_ERR(file))
		return PTR_ERR(file);
	n = kernel_write(file, text, strlen(text), &pos);
	filp_close(file, NULL);
	return n;
}

static int path_error(const char *name, unsigned int flags)
{
	struct path path;
	int error = kern_path(name, flags, &path);

	if (!error)
		path_put(&path);
	return error;
}

static unsigned long ino_of(const char *name)
{
	struct path path;
	unsigned long ino;

	if (kern_path(name, 0, &path))
		return 0;
	ino = path.dentry->d_inode->i_ino;
	path_put(&path);
	return ino;
}

GUEST_TEST(fs, content_is_what_was_written)
{
	struct in_use before = count_use();
	char buf[16] = "";
	struct file *file = filp_open("/t.content", O_CREAT | O_EXCL | O_RDWR, 0600);
	loff_t pos = 0;

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_write(file, "hello", 5, &pos), 5);
	EXPECT_EQ(pos, 5);
	pos = 8190; /* across pages, and a hole before it */
	EXPECT_EQ(kernel_write(file, "abcd", 4, &pos), 4);
	EXPECT_EQ(file->f_inode->i_size, 8194);
	pos = 8189;
	EXPECT_EQ(kernel_read(file, buf, 16, &pos), 5);
	EXPECT(!memcmp(buf, "\0abcd", 5));
	EXPECT_EQ(kernel_read(file, buf, 16, &pos), 0);
	pos = 3;
	EXPECT_EQ(kernel_read(file, buf, 4, &pos), 4);
	EXPECT(!memcmp(buf, "lo\0\0", 4));
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 3);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_END), 8194);
	EXPECT_EQ(vfs_llseek(file, -1, SEEK_SET), -EINVAL);
	EXPECT_EQ(filp_close(file, NULL), 0);
	EXPECT_EQ(open_error("/t.content", O_CREAT | O_EXCL | O_RDWR), -EEXIST);
	EXPECT_EQ(kern_unlink("/t.content"), 0);
	EXPECT_EQ(open_error("/t.content", O_RDONLY), -ENOENT);
	EXPECT_SAME_USE(before);
}

/* SIGKILL is 9. */
static void set_killed(bool killed)
{
	current->pending.signal = killed ? BIT_ULL(9 - 1) : 0;
	if (killed)
		set_tsk_thread_flag(current, TIF_SIGPENDING);
	else
		clear_tsk_thread_flag(current, TIF_SIGPENDING);
}

/* As much as a program can ask for is gigabytes: who is to end does not do all of it. */
GUEST_TEST(fs, who_is_killed_leaves_off)
{
	static const struct {
		const char *path;
		ssize_t reads, writes; /* of four pages */
	} files[] = {
		{ "/t.killed", -EINTR, -EINTR },
		{ "/dev/zero", PAGE_SIZE, 4 * PAGE_SIZE },
		{ "/dev/urandom", PAGE_SIZE, PAGE_SIZE },
	};
	char *buf = kzalloc(4 * PAGE_SIZE, GFP_KERNEL);
	loff_t pos = 0, end = 0;

	ASSERT(buf);
	for (unsigned int i = 0; i < ARRAY_SIZE(files); i++, pos = 0, end = 0) {
		struct file *file = filp_open(files[i].path, O_CREAT | O_RDWR, 0600);

		ASSERT(!IS_ERR(file));
		EXPECT_EQ(kernel_write(file, buf, 4 * PAGE_SIZE, &end), 4 * PAGE_SIZE);
		set_killed(true);
		EXPECT_EQ(kernel_read(file, buf, 4 * PAGE_SIZE, &pos), files[i].reads);
		EXPECT_EQ(kernel_write(file, buf, 4 * PAGE_SIZE, &pos), files[i].writes);
		set_killed(false);
		filp_close(file, NULL);
	}
	kern_unlink("/t.killed");
	kfree(buf);
}

GUEST_TEST(fs, holes_are_zeros_and_take_nothing)
{
	struct in_use before = count_use();
	struct file *file = filp_open("/t.hole", O_CREAT | O_RDWR, 0600);
	loff_t pos = 1UL << 40;
	char c = 1;

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_write(file, "x", 1, &pos), 1);
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 1);
	pos = 123456789;
	EXPECT_EQ(kernel_read(file, &c, 1, &pos), 1);
	EXPECT_EQ(c, 0);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_DATA), 1UL << 40);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_HOLE), 0);
	EXPECT_EQ(vfs_llseek(file, 1UL << 40, SEEK_HOLE), (1UL << 40) + 1);
	EXPECT_EQ(vfs_llseek(file, (1UL << 40) + 1, SEEK_DATA), -ENXIO);
	EXPECT_EQ(file->f_op->fallocate(file, 0, 0, 8192), 0);
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 3);
	EXPECT_EQ(vfs_truncate(&file->f_path, 4097), 0);
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 2);
	EXPECT_EQ(vfs_truncate(&file->f_path, 1UL << 41), 0); /* larger: what is new is zero */
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 2);
	EXPECT_EQ(file->f_op->fallocate(file, 3, 0, 1UL << 41), 0); /* a hole, all of it */
	EXPECT_EQ(file->f_inode->i_mapping->nrpages, 0);
	filp_close(file, NULL);
	EXPECT_EQ(kern_unlink("/t.hole"), 0);
	EXPECT_SAME_USE(before);
}

/* The rest of a page that a file no longer reaches is zero when the file is longer again. */
GUEST_TEST(fs, what_was_cut_off_does_not_come_back)
{
	struct file *file = filp_open("/t.cut", O_CREAT | O_RDWR, 0600);
	char buf[8];
	loff_t pos = 0;

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_write(file, "12345678", 8, &pos), 8);
	EXPECT_EQ(vfs_truncate(&file->f_path, 3), 0);
	EXPECT_EQ(vfs_truncate(&file->f_path, 8), 0);
	pos = 0;
	EXPECT_EQ(kernel_read(file, buf, 8, &pos), 8);
	EXPECT(!memcmp(buf, "123\0\0\0\0\0", 8));
	filp_close(file, NULL);
	EXPECT_EQ(kern_unlink("/t.cut"), 0);
}

GUEST_TEST(fs, who_writes_and_who_runs_a_file_hold_each_other_off)
{
	struct in_use before = count_use();
	struct file *file = filp_open("/t.run", O_CREAT | O_RDWR, 0700), *program, *again;

	ASSERT(!IS_ERR(file));
	program = open_exec("/t.run");
	EXPECT_EQ(PTR_ERR(program), -ETXTBSY);
	filp_close(file, NULL);
	program = open_exec("/t.run");
	again = open_exec("/t.run");
	ASSERT(!IS_ERR(program) && !IS_ERR(again));
	EXPECT_EQ(open_error("/t.run", O_WRONLY), -ETXTBSY);
	EXPECT_EQ(open_error("/t.run", O_RDONLY | O_TRUNC), -ETXTBSY);
	EXPECT_EQ(open_error("/t.run", O_RDONLY), 0);
	put_exec(program);
	EXPECT_EQ(open_error("/t.run", O_RDWR), -ETXTBSY);
	put_exec(again);
	EXPECT_EQ(open_error("/t.run", O_RDWR), 0);
	EXPECT_EQ(kern_unlink("/t.run"), 0);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, a_file_lives_as_long_as_it_is_open)
{
	struct in_use before = count_use();
	struct file *file = filp_open("/t.gone", O_CREAT | O_RDWR, 0600);
	char buf[64], *path;
	loff_t pos = 0;

	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kern_unlink("/t.gone"), 0);
	EXPECT_EQ(kernel_write(file, "x", 1, &pos), 1);
	pos = 0;
	EXPECT_EQ(kernel_read(file, buf, 2, &pos), 1);
	path = file_path(file, buf, sizeof(buf));
	EXPECT(!IS_ERR(path) && !strcmp(path, "/t.gone (deleted)"));
	EXPECT_EQ(file->f_inode->i_nlink, 0);
	filp_close(file, NULL);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, names_are_walked_as_linux_walks_them)
{
	struct in_use before = count_use();

	EXPECT_EQ(kern_mkdir("/t.d", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.d/e/", 0755), 0);
	EXPECT_EQ(write_file("/t.d/f", "f"), 1);
	EXPECT_EQ(kern_mkdir("/t.d", 0755), -EEXIST);
	EXPECT_EQ(kern_mkdir("/", 0755), -EEXIST);
	EXPECT_EQ(kern_mkdir("/t.none/x", 0755), -ENOENT);
	EXPECT_EQ(kern_mkdir("/t.d/f/x", 0755), -ENOTDIR);
	EXPECT_EQ(ino_of("/t.d/./e/../../t.d//e/"), ino_of("/t.d/e"));
	EXPECT_EQ(ino_of("/../../t.d"), ino_of("/t.d"));
	EXPECT_EQ(path_error("/t.d/f/", 0), -ENOTDIR);
	EXPECT_EQ(path_error("/t.d/f/.", 0), -ENOTDIR);
	EXPECT_EQ(open_error("/t.d", O_WRONLY), -EISDIR);
	EXPECT_EQ(open_error("/t.d", O_RDONLY | O_CREAT), -EISDIR);
	EXPECT_EQ(open_error("/t.d/new/", O_RDWR | O_CREAT), -EISDIR);
	EXPECT_EQ(open_error("/t.d/f", O_RDONLY | O_DIRECTORY), -ENOTDIR);
	EXPECT_EQ(open_error("/t.d/f", O_RDONLY | O_DIRECT), -EINVAL);
	EXPECT_EQ(kern_rmdir("/t.d"), -ENOTEMPTY);
	EXPECT_EQ(kern_rmdir("/t.d/f"), -ENOTDIR);
	EXPECT_EQ(kern_rmdir("/t.d/e/."), -EINVAL);
	EXPECT_EQ(kern_rmdir("/t.d/e/.."), -ENOTEMPTY);
	EXPECT_EQ(kern_rmdir("/"), -EBUSY);
	EXPECT_EQ(kern_unlink("/t.d/e"), -EISDIR);
	EXPECT_EQ(kern_unlink("/t.d/f/"), -ENOTDIR);
	EXPECT_EQ(kern_unlink("/t.d/none"), -ENOENT);
	EXPECT_EQ(kern_unlink("/t.d/f"), 0);
	EXPECT_EQ(kern_rmdir("/t.d/e"), 0);
	EXPECT_EQ(kern_rmdir("/t.d"), 0);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, long_names_and_paths_are_refused)
{
	char *name = kmalloc(PATH_MAX + 8, GFP_KERNEL);

	ASSERT(name);
	memset(name, 'a', PATH_MAX + 8);
	name[0] = '/';
	name[1 + NAME_MAX + 1] = '\0';
	EXPECT_EQ(open_error(name, O_CREAT | O_RDWR), -ENAMETOOLONG);
	name[1 + NAME_MAX] = '\0';
	EXPECT_EQ(open_error(name, O_CREAT | O_RDWR), 0);
	EXPECT_EQ(kern_unlink(name), 0);
	memset(name, '/', PATH_MAX + 8);
	name[PATH_MAX] = '\0';
	EXPECT_EQ(path_error(name, 0), -ENAMETOOLONG);
	name[PATH_MAX - 1] = '\0';
	EXPECT_EQ(path_error(name, 0), 0);
	kfree(name);
}

GUEST_TEST(fs, symlinks_are_followed_forty_times)
{
	struct in_use before = count_use();
	char from[16], to[16];

	EXPECT_EQ(write_file("/t.l0", "end"), 3);
	for (int i = 1; i <= 41; i++) {
		snprintf(from, sizeof(from), "t.l%d", i - 1);
		snprintf(to, sizeof(to), "/t.l%d", i);
		EXPECT_EQ(kern_symlink(from, to), 0);
	}
	EXPECT_EQ(path_error("/t.l40", LOOKUP_FOLLOW), 0);
	EXPECT_EQ(path_error("/t.l41", LOOKUP_FOLLOW), -ELOOP);
	EXPECT_EQ(path_error("/t.l41", 0), 0);
	EXPECT_EQ(open_error("/t.l1", O_RDONLY | O_NOFOLLOW), -ELOOP);
	EXPECT_EQ(open_error("/t.l1", O_RDONLY | O_NOFOLLOW | O_PATH), 0);
	EXPECT_EQ(open_error("/t.l1", O_RDWR | O_CREAT | O_EXCL), -EEXIST);
	for (int i = 0; i <= 41; i++) {
		snprintf(to, sizeof(to), "/t.l%d", i);
		EXPECT_EQ(kern_unlink(to), 0);
	}
	EXPECT_SAME_USE(before);
}

/* Links within links: what is behind each is taken up again when the link is walked. */
GUEST_TEST(fs, a_walk_goes_on_behind_a_link)
{
	struct in_use before = count_use();

	EXPECT_EQ(kern_mkdir("/t.a", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.a/b", 0755), 0);
	EXPECT_EQ(write_file("/t.a/b/f", "f"), 1);
	EXPECT_EQ(kern_symlink("t.a", "/t.la"), 0);
	EXPECT_EQ(kern_symlink("../t.la/b/", "/t.a/lb"), 0);
	EXPECT_EQ(kern_symlink("/t.la/lb/../lb/f", "/t.lf"), 0);
	EXPECT_EQ(ino_of("/t.la/lb/f"), ino_of("/t.a/b/f"));
	EXPECT(ino_of("/t.lf") != ino_of("/t.a/b/f"));
	EXPECT_EQ(open_error("/t.lf", O_RDONLY), 0);
	EXPECT_EQ(kern_symlink("t.a/new", "/t.lnew"), 0);
	EXPECT_EQ(open_error("/t.lnew", O_RDONLY), -ENOENT);
	EXPECT_EQ(open_error("/t.lnew", O_RDWR | O_CREAT), 0); /* what it leads to is made */
	EXPECT(ino_of("/t.a/new"));
	EXPECT_EQ(kern_unlink("/t.a/new"), 0);
	EXPECT_EQ(kern_unlink("/t.lnew"), 0);
	EXPECT_EQ(kern_unlink("/t.lf"), 0);
	EXPECT_EQ(kern_unlink("/t.a/lb"), 0);
	EXPECT_EQ(kern_rmdir("/t.la"), -ENOTDIR);
	EXPECT_EQ(kern_unlink("/t.la"), 0);
	EXPECT_EQ(kern_unlink("/t.a/b/f"), 0);
	EXPECT_EQ(kern_rmdir("/t.a/b"), 0);
	EXPECT_EQ(kern_rmdir("/t.a"), 0);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, renames_are_linuxs)
{
	struct in_use before = count_use();
	unsigned long a, b;

	EXPECT_EQ(kern_mkdir("/t.r", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.r/d", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.r/d/sub", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.r/empty", 0755), 0);
	EXPECT_EQ(write_file("/t.r/a", "a"), 1);
	EXPECT_EQ(write_file("/t.r/b", "b"), 1);
	a = ino_of("/t.r/a");
	b = ino_of("/t.r/b");
	EXPECT_EQ(kern_rename("/t.r/none", "/t.r/x", 0), -ENOENT);
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/b", 1), -EEXIST);
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/x", 2), -ENOENT);
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/b", 3), -EINVAL);
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/b", 2), 0);
	EXPECT_EQ(ino_of("/t.r/a"), b);
	EXPECT_EQ(ino_of("/t.r/b"), a);
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/d", 0), -EISDIR);
	EXPECT_EQ(kern_rename("/t.r/d", "/t.r/a", 0), -ENOTDIR);
	EXPECT_EQ(kern_rename("/t.r/d", "/t.r/d/sub/x", 0), -EINVAL);
	EXPECT_EQ(kern_rename("/t.r/d/sub", "/t.r/d", 0), -ENOTEMPTY);
	EXPECT_EQ(kern_rename("/t.r/empty", "/t.r/d", 0), -ENOTEMPTY);
	EXPECT_EQ(kern_rename("/t.r/d", "/t.r/empty", 0), 0); /* over an empty one */
	EXPECT(ino_of("/t.r/empty/sub") && !ino_of("/t.r/d"));
	EXPECT_EQ(kern_rename("/t.r/a", "/t.r/empty/sub/a_name_longer_than_fits_into_a_dentry", 0),
		  0);
	EXPECT_EQ(ino_of("/t.r/empty/sub/a_name_longer_than_fits_into_a_dentry"), b);
	EXPECT_EQ(kern_rename("/t.r/b", "/t.r/empty/sub/a_name_longer_than_fits_into_a_dentry", 0),
		  0);
	EXPECT_EQ(ino_of("/t.r/empty/sub/a_name_longer_than_fits_into_a_dentry"), a);
	EXPECT_EQ(kern_rename("/t.r/.", "/t.r/x", 0), -EBUSY);
	EXPECT_EQ(kern_unlink("/t.r/empty/sub/a_name_longer_than_fits_into_a_dentry"), 0);
	EXPECT_EQ(kern_rmdir("/t.r/empty/sub"), 0);
	EXPECT_EQ(kern_rmdir("/t.r/empty"), 0);
	EXPECT_EQ(kern_rmdir("/t.r"), 0);
	EXPECT_SAME_USE(before);
}

/* Names of one hash (FNV-1a, 32 bits), of one length and of two, are told apart by their text. */
GUEST_TEST(fs, names_of_the_same_hash_are_told_apart)
{
	static const char *const names[] = { "/t.c/anqjbp", "/t.c/fudkdb",   "/t.c/costarring",
					     "/t.c/liquid", "/t.c/altarage", "/t.c/zinke" };
	struct in_use before = count_use();
	unsigned long inos[ARRAY_SIZE(names)];

	EXPECT_EQ(kern_mkdir("/t.c", 0755), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(open_error(names[i], O_RDONLY), -ENOENT);
		EXPECT_EQ(open_error(names[i], O_CREAT | O_EXCL | O_RDWR), 0);
		inos[i] = ino_of(names[i]);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(ino_of(names[i]), inos[i]);
		EXPECT_EQ(open_error(names[i], O_CREAT | O_EXCL | O_RDWR), -EEXIST);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(kern_unlink(names[i]), 0);
		EXPECT_EQ(ino_of(names[i]), 0);
		if (i + 1 < ARRAY_SIZE(names))
			EXPECT_EQ(ino_of(names[i + 1]), inos[i + 1]);
	}
	EXPECT_EQ(kern_rmdir("/t.c"), 0);
	EXPECT_SAME_USE(before);
}

static bool has_path(const char *name, const char *expected)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	struct path path;
	bool same;

	if (!buf || kern_path(name, 0, &path)) {
		kfree(buf);
		return false;
	}
	text = d_path(&path, buf, PATH_MAX);
	same = !IS_ERR(text) && !strcmp(text, expected);
	path_put(&path);
	kfree(buf);
	return same;
}

#define LONG "a_name_longer_than_fits_into_a_dentry"

/* Each is found by its new name, says it, and lets its text go with it. */
GUEST_TEST(fs, short_and_long_names_are_exchanged)
{
	static const char *const names[] = { "/t.x/d/" LONG, "/t.x/s", "/t.x/d/another_" LONG,
					     "/t.x/e" };
	struct in_use before = count_use();

	EXPECT_EQ(kern_mkdir("/t.x", 0755), 0);
	EXPECT_EQ(kern_mkdir("/t.x/d", 0755), 0);
	for (unsigned int a = 0; a < ARRAY_SIZE(names); a++) {
		for (unsigned int b = 0; b < a; b++) {
			unsigned long of_a, of_b;

			EXPECT_EQ(write_file(names[a], "a"), 1);
			EXPECT_EQ(kern_mkdir(names[b], 0755), 0);
			of_a = ino_of(names[a]);
			of_b = ino_of(names[b]);
			EXPECT_EQ(kern_rename(names[a], names[b], 2), 0);
			EXPECT_EQ(ino_of(names[a]), of_b);
			EXPECT_EQ(ino_of(names[b]), of_a);
			EXPECT(has_path(names[a], names[a]));
			EXPECT(has_path(names[b], names[b]));
			EXPECT_EQ(kern_rmdir(names[a]), 0);
			EXPECT_EQ(kern_rename(names[b], names[a], 0), 0);
			EXPECT(has_path(names[a], names[a]));
			EXPECT(!ino_of(names[b]));
			EXPECT_EQ(kern_unlink(names[a]), 0);
		}
	}
	EXPECT_EQ(kern_rmdir("/t.x/d"), 0);
	EXPECT_EQ(kern_rmdir("/t.x"), 0);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, hard_links_are_one_file)
{
	struct in_use before = count_use();
	struct path path;

	EXPECT_EQ(write_file("/t.h", "x"), 1);
	EXPECT_EQ(kern_link("/t.h", "/t.h2"), 0);
	EXPECT_EQ(kern_link("/t.h", "/t.h2"), -EEXIST);
	EXPECT_EQ(kern_link("/", "/t.h3"), -EPERM);
	EXPECT_EQ(ino_of("/t.h"), ino_of("/t.h2"));
	ASSERT(!kern_path("/t.h2", 0, &path));
	EXPECT_EQ(path.dentry->d_inode->i_nlink, 2);
	EXPECT_EQ(kern_rename("/t.h", "/t.h2", 0), 0); /* one file: nothing happens */
	EXPECT_EQ(kern_unlink("/t.h"), 0);
	EXPECT_EQ(path.dentry->d_inode->i_nlink, 1);
	path_put(&path);
	EXPECT_EQ(kern_unlink("/t.h2"), 0);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, directories_count_what_is_in_them)
{
	struct path path;
	loff_t size;

	EXPECT_EQ(kern_mkdir("/t.n", 0755), 0);
	ASSERT(!kern_path("/t.n", 0, &path));
	size = path.dentry->d_inode->i_size;
	EXPECT_EQ(path.dentry->d_inode->i_nlink, 2);
	EXPECT_EQ(kern_mkdir("/t.n/a", 0755), 0);
	EXPECT_EQ(write_file("/t.n/b", "x"), 1);
	EXPECT_EQ(path.dentry->d_inode->i_nlink, 3);
	EXPECT_EQ(path.dentry->d_inode->i_size, size + 40); /* tmpfs: 20 each */
	EXPECT_EQ(kern_rename("/t.n/a", "/t.a", 0), 0);
	EXPECT_EQ(path.dentry->d_inode->i_nlink, 2);
	EXPECT_EQ(kern_unlink("/t.n/b"), 0);
	EXPECT_EQ(path.dentry->d_inode->i_size, size);
	path_put(&path);
	EXPECT_EQ(kern_rmdir("/t.a"), 0);
	EXPECT_EQ(kern_rmdir("/t.n"), 0);
}

struct listing {
	struct dir_context ctx;
	char text[128];
	int room; /* entries that are taken until it is full */
};

static bool list_entry_name(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
			    unsigned int type)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	size_t used = strlen(l->text);

	(void)pos, (void)ino, (void)type;
	if (!l->room--)
		return false;
	scnprintf(l->text + used, sizeof(l->text) - used, "%.*s ", len, name);
	return true;
}

GUEST_TEST(fs, a_directory_is_read_in_parts_while_it_changes)
{
	struct in_use before = count_use();
	struct listing l = { .ctx.actor = list_entry_name, .room = 4 };
	struct file *dir;

	EXPECT_EQ(kern_mkdir("/t.ls", 0755), 0);
	EXPECT_EQ(write_file("/t.ls/1", "x"), 1);
	EXPECT_EQ(write_file("/t.ls/2", "x"), 1);
	EXPECT_EQ(write_file("/t.ls/3", "x"), 1);
	dir = filp_open("/t.ls", O_RDONLY | O_DIRECTORY, 0);
	ASSERT(!IS_ERR(dir));
	EXPECT_EQ(iterate_dir(dir, &l.ctx), 0);
	EXPECT(!strcmp(l.text, ". .. 3 2 ")); /* the newest first, as dcache_readdir() */
	EXPECT_EQ(kern_unlink("/t.ls/2"), 0);
	EXPECT_EQ(write_file("/t.ls/4", "x"), 1);
	l.text[0] = '\0';
	l.room = 9;
	EXPECT_EQ(iterate_dir(dir, &l.ctx), 0);
	EXPECT(!strcmp(l.text, "1 "));
	EXPECT_EQ(vfs_llseek(dir, 3, SEEK_SET), 3);
	l.text[0] = '\0';
	EXPECT_EQ(iterate_dir(dir, &l.ctx), 0);
	EXPECT(!strcmp(l.text, "3 1 "));
	EXPECT_EQ(kern_unlink("/t.ls/1"), 0);
	EXPECT_EQ(kern_unlink("/t.ls/3"), 0);
	EXPECT_EQ(kern_unlink("/t.ls/4"), 0);
	EXPECT_EQ(kern_rmdir("/t.ls"), 0);
	EXPECT_EQ(iterate_dir(dir, &l.ctx), -ENOENT);
	filp_close(dir, NULL);
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, mounts_cover_and_give_all_back)
{
	struct in_use before = count_use();
	char buf[64], *path;
	struct file *file;

	EXPECT_EQ(kern_mkdir("/t.m", 0755), 0);
	EXPECT_EQ(write_file("/t.m/under", "x"), 1);
	EXPECT_EQ(kern_mount_at("none", "/t.m", "nofs", 0, NULL), -ENODEV);
	EXPECT_EQ(kern_mount_at("none", "/t.m/under", "tmpfs", 0, NULL), -ENOTDIR);
	EXPECT_EQ(kern_mount_at("none", "/t.m", "tmpfs", 0, "mode=700"), 0);
	EXPECT(!ino_of("/t.m/under"));
	EXPECT_EQ(kern_mkdir("/t.m/d", 0755), 0);
	EXPECT_EQ(write_file("/t.m/d/f", "content"), 7);
	EXPECT_EQ(ino_of("/t.m/d/../.."), ino_of("/"));
	EXPECT_EQ(kern_rmdir("/t.m"), -EBUSY);
	EXPECT_EQ(kern_link("/t.m/d/f", "/t.f"), -EXDEV);
	EXPECT_EQ(kern_rename("/t.m/d/f", "/t.f", 0), -EXDEV);
	file = filp_open("/t.m/d/f", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	path = file_path(file, buf, sizeof(buf));
	EXPECT(!IS_ERR(path) && !strcmp(path, "/t.m/d/f"));
	EXPECT_EQ(kern_umount("/t.m", 0), -EBUSY);
	filp_close(file, NULL);
	EXPECT_EQ(kern_umount("/t.m/d", 0), -EINVAL);
	EXPECT_EQ(kern_mount_at("none", "/t.m", NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	EXPECT_EQ(open_error("/t.m/d/f", O_RDWR), -EROFS);
	EXPECT_EQ(kern_unlink("/t.m/d/f"), -EROFS);
	EXPECT_EQ(kern_umount("/t.m", 0), 0);
	EXPECT_EQ(kern_umount("/t.m", 0), -EINVAL);
	EXPECT_EQ(kern_umount("/", 0), -EINVAL);
	EXPECT_EQ(kern_unlink("/t.m/under"), 0);
	EXPECT_EQ(kern_rmdir("/t.m"), 0);
	EXPECT_SAME_USE(before);
}

static ssize_t sevens(struct kiocb *iocb, struct iov_iter *to);
static int opened;

static int sevens_open(struct inode *inode, struct file *file)
{
	(void)inode;
	opened++;
	EXPECT(file->private_data == &opened);
	return nonseekable_open(inode, file);
}

static const struct file_operations sevens_fops = {
	.open = sevens_open,
	.read_iter = sevens,
};

static ssize_t sevens(struct kiocb *iocb, struct iov_iter *to)
{
	(void)iocb;
	return copy_to_iter("7777", min(iov_iter_count(to), (size_t)4), to);
}

GUEST_TEST(fs, a_device_answers_at_any_node_of_its_number)
{
	struct in_use before = count_use();
	dev_t dev = MKDEV(240, 7);
	struct file *file;
	char buf[8];
	loff_t pos = 0;

	EXPECT_EQ(kern_mknod("/t.node", S_IFCHR | 0600, dev), 0);
	EXPECT_EQ(open_error("/t.node", O_RDONLY), -ENXIO);
	EXPECT_EQ(dev_create("t.sevens", S_IFCHR | 0600, dev, &sevens_fops, &opened), 0);
	EXPECT_EQ(dev_create("t.others", S_IFCHR | 0600, dev, &sevens_fops, NULL), -EBUSY);
	file = filp_open("/t.node", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_read(file, buf, 8, &pos), 4);
	EXPECT(!memcmp(buf, "7777", 4));
	EXPECT_EQ(kernel_write(file, buf, 1, &pos), -EBADF);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_SET), -ESPIPE);
	filp_close(file, NULL);
	EXPECT_EQ(kern_mkdir("/t.dev", 0755), 0);
	EXPECT_EQ(kern_mount_at("dev", "/t.dev", "devtmpfs", 0, NULL), 0);
	EXPECT_EQ(open_error("/t.dev/t.sevens", O_RDONLY), 0);
	EXPECT_EQ(opened, 2);
	dev_remove("t.sevens", S_IFCHR, dev);
	EXPECT_EQ(open_error("/t.dev/t.sevens", O_RDONLY), -ENOENT);
	EXPECT_EQ(open_error("/t.node", O_RDONLY), -ENXIO);
	EXPECT_EQ(kern_umount("/t.dev", 0), 0);
	EXPECT_EQ(kern_rmdir("/t.dev"), 0);
	EXPECT_EQ(kern_unlink("/t.node"), 0);
	opened = 0;
	EXPECT_SAME_USE(before);
}

GUEST_TEST(fs, files_without_a_name)
{
	struct in_use before = count_use();
	char buf[64], *path;
	struct file *file = shmem_file_setup("dev/zero", 10000, 0);
	struct page *page;

	ASSERT(!IS_ERR(file));
	path = file_path(file, buf, sizeof(buf));
	EXPECT(!IS_ERR(path) && !strcmp(path, "/dev/zero (deleted)"));
	EXPECT_EQ(file->f_inode->i_size, 10000);
	page = read_mapping_page(file->f_mapping, 1);
	ASSERT(!IS_ERR(page));
	EXPECT(page->mapping == file->f_mapping && page->index == 1 && PageUptodate(page));
	EXPECT_EQ(page_count(page), 2);
	fput(file);
	flush_delayed_fput();
	EXPECT(!page->mapping); /* the holder's alone now */
	EXPECT_EQ(page_count(page), 1);
	put_page(page);
	file = filp_open("/", O_TMPFILE | O_RDWR, 0600);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(file->f_inode->i_nlink, 0);
	filp_close(file, NULL);
	EXPECT_EQ(open_error("/", O_TMPFILE | O_RDONLY), -EINVAL);
	EXPECT_SAME_USE(before);
}
