// SPDX-License-Identifier: MIT
/* A tree of kernel files: what /proc and /sys count on. */
#include <linux/fs.h>
#include <linux/magic.h>

#include "kernel/core/sink.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/ktree.h"
#include "kernel/fs/mount.h"
#include "kernel/fs/namei.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"

static struct dentry *tree; /* registered once: a file system stays */

static struct dentry *get_tree(void)
{
	if (!tree)
		tree = ktree_register("t.ktree", PROC_SUPER_MAGIC);
	return tree;
}

static bool mount_tree(void)
{
	get_tree();
	return !kern_mkdir("/t.k", 0755) && !kern_mount_at("t", "/t.k", "t.ktree", 0, NULL);
}

static void umount_tree(void)
{
	EXPECT_EQ(kern_umount("/t.k", 0), 0);
	EXPECT_EQ(kern_rmdir("/t.k"), 0);
}

static int shows, lines = 1;

static int show_lines(struct sink *out, void *private)
{
	shows++;
	for (int i = 0; i < lines; i++)
		sink_printf(out, "%s %d\n", (char *)private, i);
	return 0;
}

static char stored[32];

static ssize_t store(void *private, const char *text, size_t n)
{
	(void)private;
	if (text[0] == '!')
		return -EINVAL;
	strscpy(stored, text, sizeof(stored));
	return n;
}

static const struct knode_ops text_ops = { .show = show_lines, .store = store };

GUEST_TEST(ktree, a_text_is_made_when_it_is_read_from_its_beginning)
{
	unsigned long objects;
	struct dentry *knode;
	struct file *file;
	char buf[64];
	loff_t pos = 0;

	ASSERT(mount_tree());
	objects = nr_slab_objects();
	knode = ktree_create(get_tree(), "text", 0644, 0, &text_ops, "line");
	ASSERT(!IS_ERR(knode));
	EXPECT(ktree_create(get_tree(), "text", 0644, 0, &text_ops, "line") == ERR_PTR(-EEXIST));
	shows = 0;
	lines = 2;
	file = filp_open("/t.k/text", O_RDWR | O_TRUNC, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(shows, 0);
	EXPECT_EQ(kernel_read(file, buf, 3, &pos), 3);
	lines = 1;
	EXPECT_EQ(kernel_read(file, buf, 64, &pos), 11); /* the text that was begun */
	EXPECT(!memcmp(buf, "e 0\nline 1\n", 11));
	EXPECT_EQ(kernel_read(file, buf, 64, &pos), 0);
	EXPECT_EQ(shows, 1);
	pos = 0;
	EXPECT_EQ(kernel_read(file, buf, 64, &pos), 7);
	EXPECT_EQ(shows, 2);
	pos = 0;
	EXPECT_EQ(kernel_write(file, "abc", 3, &pos), 3);
	EXPECT(!strcmp(stored, "abc"));
	EXPECT_EQ(kernel_write(file, "!", 1, &pos), -EINVAL);
	lines = 3000; /* in many pieces */
	pos = 0;
	EXPECT_EQ(kernel_read(file, buf, 1, &pos), 1);
	pos = 7 * 10 + 8 * 90 + 9 * 900 + 10 * 1234;
	EXPECT_EQ(kernel_read(file, buf, 10, &pos), 10);
	EXPECT(!memcmp(buf, "line 2234\n", 10));
	filp_close(file, NULL);
	ktree_remove(knode);
	EXPECT_EQ(nr_slab_objects(), objects);
	umount_tree();
}

GUEST_TEST(ktree, what_was_removed_is_called_no_more)
{
	struct dentry *dir, *file_knode;
	struct file *file;
	char buf[8];
	loff_t pos = 0;

	ASSERT(mount_tree());
	dir = ktree_mkdir_path(get_tree(), "a/b", 0555);
	ASSERT(!IS_ERR(dir));
	EXPECT(ktree_find(get_tree(), "a/b") == dir);
	file_knode = ktree_create(dir, "f", 0444, 0, &text_ops, "x");
	ASSERT(!IS_ERR(file_knode));
	file = filp_open("/t.k/a/b/f", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	shows = 0;
	ktree_remove(ktree_find(get_tree(), "a"));
	EXPECT_EQ(kernel_read(file, buf, 8, &pos), -ENODEV);
	EXPECT_EQ(shows, 0);
	EXPECT(!ktree_find(get_tree(), "a"));
	EXPECT(filp_open("/t.k/a/b/f", O_RDONLY, 0) == ERR_PTR(-ENOENT));
	filp_close(file, NULL);
	umount_tree();
}

/* A directory of the numbers 10 to 12, each a directory with one file. */
static int held;

static void let_go(void *private)
{
	(void)private;
	held--;
}

static const struct knode_ops number_ops = { .show = show_lines, .release = let_go };

static int number_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	if (strcmp(name, "name"))
		return -ENOENT;
	held++;
	*entry = (struct ktree_entry){ .mode = S_IFREG | 0444,
				       .ops = &number_ops,
				       .private = private };
	return 0;
}

static const struct ktree_dir_ops number_dir = { .lookup = number_lookup };

static int root_lookup(void *private, const char *name, struct ktree_entry *entry)
{
	u64 number;

	(void)private;
	if (kstrtoull(name, 10, &number) || number < 10 || number > 12)
		return -ENOENT;
	held++;
	*entry = (struct ktree_entry){ .mode = S_IFDIR | 0555,
				       .ops = &number_ops,
				       .dir = &number_dir,
				       .private = "number",
				       .ino = 1000 + number };
	return 0;
}

static int root_iterate(void *private, struct dir_context *ctx)
{
	char name[8];

	(void)private;
	for (; ctx->pos <= KTREE_FIRST + 2; ctx->pos++) {
		int len = snprintf(name, sizeof(name), "%d", (int)(ctx->pos - KTREE_FIRST) + 10);

		if (!dir_emit(ctx, name, len, 1000 + ctx->pos - KTREE_FIRST + 10, 4))
			break;
	}
	return 0;
}

static const struct ktree_dir_ops root_dir = { .lookup = root_lookup, .iterate = root_iterate };

struct names {
	struct dir_context ctx;
	char text[64];
};

static bool add_name(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
		     unsigned int type)
{
	struct names *n = container_of(ctx, struct names, ctx);
	size_t used = strlen(n->text);

	(void)pos, (void)ino, (void)type;
	scnprintf(n->text + used, sizeof(n->text) - used, "%.*s ", len, name);
	return true;
}

GUEST_TEST(ktree, names_that_come_and_go_are_asked_for_each_time)
{
	struct names n = { .ctx.actor = add_name };
	struct dentry *dir;
	struct file *file;
	struct path path;
	char buf[64], *text;
	loff_t pos = 0;

	ASSERT(mount_tree());
	dir = ktree_mkdir_dynamic(get_tree(), "dyn", 0555, &root_dir, NULL);
	ASSERT(!IS_ERR(dir));
	EXPECT(!IS_ERR(ktree_symlink(dir, "eleven", "11/name")));
	lines = 1;
	file = filp_open("/t.k/dyn/eleven", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(held, 2); /* the directory and the file */
	EXPECT_EQ(kernel_read(file, buf, 64, &pos), 9);
	text = file_path(file, buf, sizeof(buf));
	EXPECT(!IS_ERR(text) && !strcmp(text, "/t.k/dyn/11/name"));
	filp_close(file, NULL);
	EXPECT_EQ(held, 0);
	EXPECT_EQ(kern_path("/t.k/dyn/13", 0, &path), -ENOENT);
	EXPECT_EQ(kern_path("/t.k/dyn/12/name/x", 0, &path), -ENOTDIR);
	EXPECT_EQ(kern_mkdir("/t.k/dyn/new", 0755), -ENOENT); /* as in /proc */
	EXPECT_EQ(kern_unlink("/t.k/dyn/12/name"), -EPERM);
	EXPECT_EQ(kern_path("/t.k/dyn/12/../12/./name/", 0, &path), -ENOTDIR);
	ASSERT(!kern_path("/t.k/dyn/12/../12", 0, &path));
	EXPECT_EQ(path.dentry->d_inode->i_ino, 1012);
	path_put(&path);
	EXPECT_EQ(held, 0);
	file = filp_open("/t.k/dyn", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(iterate_dir(file, &n.ctx), 0);
	EXPECT(!strcmp(n.text, ". .. eleven 10 11 12 "));
	filp_close(file, NULL);
	ktree_remove(dir);
	umount_tree();
}

static ssize_t read_alphabet(void *private, char *buf, loff_t pos, size_t n)
{
	(void)private;
	if (pos >= 26)
		return 0;
	n = min(n, (size_t)(26 - pos));
	for (size_t i = 0; i < n; i++)
		buf[i] = 'a' + pos + i;
	return n;
}

static char letters[8];

static ssize_t write_letters(void *private, const char *buf, loff_t pos, size_t n)
{
	(void)private;
	memcpy(letters + pos, buf, n);
	return n;
}

static const struct knode_ops letters_ops = { .write = write_letters };

/* A file of a size takes and gives what lies within it; of one without, the methods say what there is. */
GUEST_TEST(ktree, a_size_bounds_what_is_read_and_written)
{
	struct dentry *sized, *alphabet;
	struct file *file;
	char buf[32];
	loff_t pos = 4;

	ASSERT(mount_tree());
	sized = ktree_create(get_tree(), "sized", 0600, sizeof(letters), &letters_ops, NULL);
	alphabet = ktree_create(get_tree(), "alphabet", 0400, 10,
				&(struct knode_ops){ .read = read_alphabet }, NULL);
	ASSERT(!IS_ERR(sized) && !IS_ERR(alphabet));
	file = filp_open("/t.k/sized", O_WRONLY, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_write(file, "abcdef", 6, &pos), 4);
	EXPECT(!memcmp(letters, "\0\0\0\0abcd", 8));
	EXPECT_EQ(pos, 8);
	EXPECT_EQ(kernel_write(file, "e", 1, &pos), -EFBIG);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_END), 8);
	filp_close(file, NULL);
	file = filp_open("/t.k/alphabet", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	pos = 8;
	EXPECT_EQ(kernel_read(file, buf, 26, &pos), 2);
	EXPECT_EQ(kernel_read(file, buf, 26, &pos), 0);
	filp_close(file, NULL);
	ktree_remove(sized);
	ktree_remove(alphabet);
	umount_tree();
}

static int fails; /* times that show() is to fail */

static int show_or_fail(struct sink *out, void *private)
{
	(void)private;
	sink_printf(out, "some");
	return fails-- > 0 ? -EIO : 0;
}

static ssize_t store_half(void *private, const char *text, size_t n)
{
	(void)private;
	strscpy(stored, text, sizeof(stored));
	EXPECT_EQ(text[n], '\0');
	return n > 1000 ? (ssize_t)n - 1 : (ssize_t)n;
}

static const struct knode_ops failing_ops = { .show = show_or_fail, .store = store_half };

/* What failed is made anew, wherever one reads on; a text is stored as it is, and terminated. */
GUEST_TEST(ktree, what_fails_is_told_and_tried_again)
{
	unsigned long objects = nr_slab_objects();
	struct dentry *knode, *folder;
	struct file *file;
	char buf[32], *text = kmalloc(PAGE_SIZE + 8, GFP_KERNEL);
	loff_t pos = 0;
	u32 links;

	ASSERT(text && mount_tree());
	links = get_tree()->d_inode->i_nlink;
	folder = ktree_mkdir(get_tree(), "folder", 0555);
	EXPECT_EQ(get_tree()->d_inode->i_nlink, links + 1);
	knode = ktree_create(folder, "fails", 0600, 0, &failing_ops, NULL);
	ASSERT(!IS_ERR(folder) && !IS_ERR(knode));
	file = filp_open("/t.k/folder/fails", O_RDWR, 0);
	ASSERT(!IS_ERR(file));
	fails = 1;
	EXPECT_EQ(kernel_read(file, buf, 32, &pos), -EIO);
	pos = 2; /* nothing was kept of it */
	EXPECT_EQ(kernel_read(file, buf, 32, &pos), 2);
	EXPECT(!memcmp(buf, "me", 2));
	fails = 1;
	pos = 0;
	EXPECT_EQ(kernel_read(file, buf, 32, &pos), -EIO);
	EXPECT_EQ(vfs_llseek(file, 0, SEEK_END), -EINVAL);
	memset(text, 'x', PAGE_SIZE + 8);
	pos = 0;
	EXPECT_EQ(kernel_write(file, text, 7, &pos), 7);
	EXPECT(!strcmp(stored, "xxxxxxx"));
	pos = 0;
	EXPECT_EQ(kernel_write(file, text, PAGE_SIZE, &pos), PAGE_SIZE - 1);
	filp_close(file, NULL);
	ktree_remove(folder);
	EXPECT_EQ(get_tree()->d_inode->i_nlink, links);
	umount_tree();
	kfree(text);
	EXPECT_EQ(nr_slab_objects(), objects);
}

static int link_to_root(struct path *path, void *private)
{
	(void)private;
	get_fs_root(path);
	return 0;
}

static loff_t alphabet_size(void *private)
{
	(void)private;
	return 26;
}

static const struct knode_ops alphabet_ops = { .read = read_alphabet, .size = alphabet_size };
static const struct knode_ops place_ops = { .link_path = link_to_root };

GUEST_TEST(ktree, binary_files_and_links_to_places)
{
	struct dentry *bin, *place;
	struct file *file;
	struct path path;
	char buf[32];
	loff_t pos = 20;

	ASSERT(mount_tree());
	bin = ktree_create(get_tree(), "bin", 0400, 0, &alphabet_ops, NULL);
	place = ktree_create_link(get_tree(), "place", &place_ops, NULL);
	ASSERT(!IS_ERR(bin) && !IS_ERR(place));
	file = filp_open("/t.k/place/t.k/bin", O_RDONLY, 0);
	ASSERT(!IS_ERR(file));
	EXPECT_EQ(kernel_read(file, buf, 32, &pos), 6);
	EXPECT(!memcmp(buf, "uvwxyz", 6));
	EXPECT_EQ(vfs_llseek(file, -1, SEEK_END), 25);
	filp_close(file, NULL);
	EXPECT_EQ(kern_path("/t.k/place", LOOKUP_FOLLOW | LOOKUP_NO_MAGICLINKS, &path), -ELOOP);
	ktree_remove(bin);
	ktree_remove(place);
	umount_tree();
}
