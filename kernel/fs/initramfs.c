// SPDX-License-Identifier: MIT
/*
 * Unpacking an archive.
 *
 * Names of one file (hard links) are told by its number on the file system that it was on; the content
 * comes with one of them.  A directory's times are set when all is in it: the archive is read once more.
 */
#define pr_fmt(fmt) "initramfs: " fmt
#include "kernel/fs/initramfs.h"

#include "kernel/core/printk.h"
#include "kernel/fs/cpio.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "mm/slab.h"

/* A file that has more names, as long as the archive is read. */
struct linked {
	struct list_head list;
	u32 ino, major, minor, type;
	unsigned int archive;
	const char *name; /* in the archive */
};

#define SAY_MAX 10 /* files that are named when they cannot be made */

struct unpacking {
	const char *what;
	struct list_head linked;
	unsigned int files, failed;
};

/* The name that the file has already; NULL: none, and it is noted where there is memory. */
static const char *find_linked(struct unpacking *u, const struct cpio_entry *e)
{
	struct linked *l;

	if (e->nlink < 2 || S_ISDIR(e->mode))
		return NULL;
	list_for_each_entry(l, &u->linked, list)
		if (l->archive == e->archive && l->ino == e->ino && l->major == e->major &&
		    l->minor == e->minor && l->type == (e->mode & S_IFMT))
			return l->name;
	l = kmalloc(sizeof(*l), GFP_KERNEL);
	if (l) {
		*l = (struct linked){ .ino = e->ino,
				      .major = e->major,
				      .minor = e->minor,
				      .type = e->mode & S_IFMT,
				      .archive = e->archive,
				      .name = e->name };
		list_add(&l->list, &u->linked);
	}
	return NULL;
}

static void forget_linked(struct unpacking *u)
{
	struct linked *l, *next;

	list_for_each_entry_safe(l, next, &u->linked, list)
		kfree(l);
	INIT_LIST_HEAD(&u->linked);
}

static int write_body(const struct cpio_entry *e, bool truncate)
{
	struct file *file =
		filp_open(e->name, O_WRONLY | O_CREAT | O_NOFOLLOW | (truncate ? O_TRUNC : 0),
			  e->mode & 07777);
	loff_t pos = 0;
	ssize_t n = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	while (pos < e->size && n >= 0)
		n = kernel_write(file, e->body + pos, e->size - pos, &pos);
	filp_close(file, NULL);
	return n < 0 ? n : 0;
}

static int make_symlink(const struct cpio_entry *e)
{
	char *target = kmalloc(e->size + 1UL, GFP_KERNEL);
	int error;

	if (!target)
		return -ENOMEM;
	memcpy(target, e->body, e->size);
	target[e->size] = '\0';
	error = *target ? kern_symlink(target, e->name) : -ENOENT;
	kfree(target);
	return error;
}

/* What is there already goes, but for a directory in a directory's place. */
static void clear_way(const struct cpio_entry *e)
{
	struct path path;
	bool directory;

	if (kern_path(e->name, 0, &path))
		return;
	directory = d_is_dir(path.dentry);
	path_put(&path);
	if (directory && !S_ISDIR(e->mode))
		kern_rmdir(e->name);
	else if (!directory)
		kern_unlink(e->name);
}

static int make_entry(struct unpacking *u, const struct cpio_entry *e)
{
	const char *other = find_linked(u, e);
	int error;

	clear_way(e);
	if (other) {
		error = kern_link(other, e->name);
		return error || !e->size || !S_ISREG(e->mode) ? error : write_body(e, false);
	}
	switch (e->mode & S_IFMT) {
	case S_IFREG:
		return write_body(e, true);
	case S_IFDIR:
		error = kern_mkdir(e->name, e->mode & 07777);
		return error == -EEXIST ? 0 : error;
	case S_IFLNK:
		return e->size < PATH_MAX ? make_symlink(e) : -ENAMETOOLONG;
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return kern_mknod(e->name, e->mode, MKDEV(e->rmajor & 0xfff, e->rminor & 0xfffff));
	default:
		return -EINVAL;
	}
}

#define ATTR_TIMES (ATTR_ATIME | ATTR_MTIME)

/* Those of `valid`; of what is of the entry's kind alone. */
static int set_attributes(const struct cpio_entry *e, unsigned int valid)
{
	struct iattr attr = {
		.ia_valid = valid,
		.ia_mode = e->mode,
		.ia_uid = e->uid,
		.ia_gid = e->gid,
		.ia_atime.tv_sec = e->mtime,
		.ia_mtime.tv_sec = e->mtime,
	};
	struct path path;
	int error = kern_path(e->name, 0, &path);

	if (error)
		return error;
	down_write(&path.dentry->d_inode->i_rwsem);
	if ((path.dentry->d_inode->i_mode & S_IFMT) == (e->mode & S_IFMT))
		error = notify_change(path.dentry, &attr);
	up_write(&path.dentry->d_inode->i_rwsem);
	path_put(&path);
	return error;
}

static void say_failed(struct unpacking *u, const struct cpio_entry *e, int error)
{
	if (u->failed++ < SAY_MAX)
		pr_warn("%s: %s cannot be made: %s\n", u->what, e->name, error_name(error));
}

/* Times of directories, which have changed while files were made in them. */
static void set_directory_times(const void *data, size_t size)
{
	struct cpio cpio = { .data = data, .size = size };
	struct cpio_entry e;

	while (cpio_next(&cpio, &e) > 0)
		if (S_ISDIR(e.mode))
			set_attributes(&e, ATTR_TIMES);
}

static void say_end(const struct unpacking *u, const struct cpio *cpio, int ret)
{
	const char *packed = compression_name(cpio->data + cpio->offset, cpio->size - cpio->offset);

	if (ret == -EINVAL && packed)
		pr_err("%s: what is at offset %#zx is compressed (%s): only plain cpio archives are read\n",
		       u->what, cpio->offset, packed);
	else if (ret == -EINVAL)
		pr_err("%s: no archive from offset %#zx on: %s\n", u->what, cpio->offset,
		       cpio->wrong);
	else if (ret)
		pr_err("%s: no memory for all of it\n", u->what);
	if (u->failed > SAY_MAX)
		pr_warn("%s: %u files could not be made\n", u->what, u->failed);
	pr_info("%s: %u files of %zu KiB\n", u->what, u->files, cpio->offset >> 10);
}

int initramfs_unpack(const void *data, size_t size, const char *what)
{
	struct cpio cpio = { .data = data, .size = size };
	struct unpacking u = { .what = what, .linked = LIST_HEAD_INIT(u.linked) };
	struct cpio_entry e;
	int ret, error;

	while ((ret = cpio_next(&cpio, &e)) > 0) {
		error = make_entry(&u, &e);
		if (!error)
			error = set_attributes(&e, ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_TIMES);
		u.files += !error;
		if (error)
			say_failed(&u, &e, error);
		if (error == -ENOSPC || error == -ENOMEM) {
			ret = -ENOSPC;
			break;
		}
	}
	forget_linked(&u);
	if (cpio.offset)
		set_directory_times(data, cpio.offset);
	say_end(&u, &cpio, ret);
	return ret;
}
