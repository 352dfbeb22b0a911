// SPDX-License-Identifier: MIT
/*
 * To open a file.
 *
 * The walk is made with tree_sem read.  Where the last name is not there and O_CREAT is asked for, it is
 * made once more with tree_sem written, which may find that somebody was faster.  The file's own open() comes
 * afterwards, with nothing held: it may wait for ever, as a fifo's does.
 */
#include <linux/mount.h>
#include <linux/openat2.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/walk.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define FMODE_EXEC_FLAG 0x20 /* __FMODE_EXEC: in flags, from do_open_execat() */
#define VALID_OPEN_FLAGS                                                                      \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND | O_NONBLOCK | O_SYNC | \
	 O_DSYNC | FASYNC | O_DIRECT | O_LARGEFILE | O_DIRECTORY | O_NOFOLLOW | O_NOATIME |   \
	 O_CLOEXEC | O_PATH | O_TMPFILE)

/* What is to be opened, and how. */
struct opening {
	int flags;
	umode_t mode; /* of a new one */
	unsigned int lookup;
	bool created;
};

/* What Linux takes as it is, and what is nonsense. */
static __always_inline int check_flags(struct opening *op, bool strict)
{
	int flags = op->flags;

	if (strict && flags & ~VALID_OPEN_FLAGS)
		return -EINVAL;
	if (strict && !(flags & (O_CREAT | __O_TMPFILE)) && op->mode)
		return -EINVAL;
	flags &= VALID_OPEN_FLAGS | FMODE_EXEC_FLAG;
	if (flags & __O_TMPFILE) {
		if ((flags & O_TMPFILE) != O_TMPFILE || !(flags & (O_WRONLY | O_RDWR)))
			return -EINVAL;
		if (flags & O_CREAT)
			return -EINVAL;
	}
	if (flags & O_PATH) {
		if (strict && flags & ~(O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC))
			return -EINVAL;
		flags &= O_DIRECTORY | O_NOFOLLOW | O_PATH | O_CLOEXEC;
	}
	if (flags & __O_SYNC)
		flags |= O_DSYNC;
	op->flags = flags;
	op->mode = op->flags & (O_CREAT | __O_TMPFILE) ? (op->mode & 07777) : 0;
	if (flags & O_DIRECTORY)
		op->lookup |= LOOKUP_DIRECTORY;
	if (!(flags & O_NOFOLLOW) && !(flags & O_CREAT && flags & O_EXCL))
		op->lookup |= LOOKUP_FOLLOW;
	return 0;
}

/* tree_sem is written, and nd is at the directory: the file is made, and nd is at it. */
static int create_last(struct nameidata *nd, struct opening *op)
{
	struct inode *dir = nd->path.dentry->d_inode;
	struct dentry *child;
	int error;

	if (nd->must_be_dir)
		return -EISDIR;
	child = new_child(nd);
	if (IS_ERR(child))
		return PTR_ERR(child);
	error = dir->i_op->create ?
			dir->i_op->create(dir, child, S_IFREG | (op->mode & ~current_umask())) :
			-EACCES;
	if (error) {
		dput(child);
		return error;
	}
	d_add(child, false);
	dput(nd->path.dentry);
	nd->path.dentry = child;
	op->created = true;
	return 0;
}

/* To the place, which *path is then, held. */
static __always_inline int walk_to_open(int dfd, struct filename *name, struct opening *op,
					bool create, struct path *path)
{
	struct nameidata nd;
	int error = walk_begin(&nd, dfd, name, op->lookup);

	if (error)
		return error;
	if (create)
		down_write(&tree_sem);
	else
		down_read(&tree_sem);
	error = walk(&nd, name->name);
	if (error == -ENOENT && nd.missing && create)
		error = create_last(&nd, op);
	else if (error == -ENOENT && nd.missing && op->flags & O_CREAT)
		error = -ESTALE; /* once more, to create it */
	/* What a slash follows is no name to create. */
	else if (!error && op->flags & O_CREAT && nd.must_be_dir)
		error = -EISDIR;
	else if (error == -ENOTDIR && op->flags & O_CREAT && nd.must_be_dir)
		error = -EISDIR;
	if (create)
		up_write(&tree_sem);
	else
		up_read(&tree_sem);
	if (error)
		walk_end(&nd);
	else
		walk_end_at(&nd, path);
	return error;
}

static bool wants_write(const struct opening *op)
{
	return op->flags & (O_WRONLY | O_RDWR) || op->flags & O_TRUNC;
}

/* May what was found be opened so? */
static __always_inline int may_open(const struct path *path, struct opening *op)
{
	const struct inode *inode = path->dentry->d_inode;

	if (op->flags & O_CREAT && !op->created) {
		if (op->flags & O_EXCL)
			return -EEXIST;
		if (S_ISDIR(inode->i_mode))
			return -EISDIR;
	}
	switch (inode->i_mode & S_IFMT) {
	case S_IFLNK:
		return -ELOOP;
	case S_IFDIR:
		if (wants_write(op))
			return -EISDIR;
		return op->flags & FMODE_EXEC_FLAG ? -EACCES : 0;
	case S_IFBLK:
	case S_IFCHR:
		if (path->mnt->mnt_flags & MS_NODEV)
			return -EACCES;
		/* fallthrough */
	case S_IFIFO:
	case S_IFSOCK:
		if (op->flags & FMODE_EXEC_FLAG)
			return -EACCES;
		op->flags &= ~O_TRUNC;
		return 0;
	}
	if (op->flags & FMODE_EXEC_FLAG && path->mnt->mnt_flags & MS_NOEXEC)
		return -EACCES;
	return wants_write(op) ? mnt_want_write(path->mnt) : 0;
}

static int truncate_opened(struct file *file)
{
	struct iattr attr = { .ia_valid = ATTR_SIZE };
	struct inode *inode = file->f_inode;
	int error = get_write_access(inode);

	if (error)
		return error;
	down_write(&inode->i_rwsem);
	error = notify_change(file->f_path.dentry, &attr);
	up_write(&inode->i_rwsem);
	put_write_access(inode);
	return error;
}

/* The path's hold is the file's, or gone. */
static __always_inline int open_place(struct file *file, const struct path *path,
				      struct opening *op)
{
	bool truncate;
	int error = op->flags & O_PATH ? 0 : may_open(path, op);

	if (error) {
		path_put(path);
		return error;
	}
	truncate = op->flags & O_TRUNC && !op->created && !(op->flags & O_PATH);
	file->f_flags = op->flags & ~(FMODE_EXEC_FLAG | O_CLOEXEC);
	error = do_dentry_open(file, path);
	if (!error && truncate)
		error = truncate_opened(file);
	return error;
}

/* In the directory that was found: a file without a name. */
static noinline int open_tmpfile(struct file *file, struct path *dir, struct opening *op)
{
	struct inode *parent = dir->dentry->d_inode, *inode;
	struct path path = { dir->mnt, NULL };
	char text[24];
	struct qstr name = { text, 0, 0 };

	if (!parent->i_op->tmpfile)
		return -EOPNOTSUPP;
	if (mnt_want_write(dir->mnt))
		return -EROFS;
	inode = parent->i_op->tmpfile(parent, S_IFREG | (op->mode & ~current_umask()));
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	name.len = snprintf(text, sizeof(text), "#%lu", inode->i_ino);
	path.dentry = d_alloc(dir->dentry, dir->dentry->d_sb, &name);
	if (!path.dentry) {
		iput(inode);
		return -ENOMEM;
	}
	path.dentry->d_flags |= DCACHE_REMOVED;
	d_instantiate(path.dentry, inode);
	mntget(path.mnt);
	op->created = true;
	op->flags &= ~(__O_TMPFILE | O_DIRECTORY | O_TRUNC);
	return open_place(file, &path, op);
}

static struct file *open_at(int dfd, struct filename *name, struct opening *op)
{
	struct file *file = alloc_empty_file(op->flags);
	bool create = false;
	struct path path;
	int error;

	if (!file)
		return ERR_PTR(-ENFILE);
	do
		error = walk_to_open(dfd, name, op, create, &path);
	while (error == -ESTALE && (create = !create));
	if (!error && op->flags & __O_TMPFILE) {
		error = open_tmpfile(file, &path, op);
		path_put(&path);
	} else if (!error) {
		error = open_place(file, &path, op);
	}
	if (error) {
		fput(file);
		return ERR_PTR(error);
	}
	return file;
}

struct file *do_filp_open(int dfd, struct filename *name, int flags, umode_t mode,
			  unsigned int lookup_flags)
{
	struct opening op = { .flags = flags, .mode = mode, .lookup = lookup_flags };
	int error = IS_ERR(name) ? PTR_ERR(name) : check_flags(&op, false);

	return error ? ERR_PTR(error) : open_at(dfd, name, &op);
}

struct file *filp_open(const char *text, int flags, umode_t mode)
{
	struct filename *name = getname_kernel(text);
	struct file *file = do_filp_open(AT_FDCWD, name, flags, mode, 0);

	putname(name);
	return file;
}

struct file *do_open_execat(int dfd, struct filename *name, int flags)
{
	struct opening op = { .flags = O_LARGEFILE | O_RDONLY | FMODE_EXEC_FLAG };
	struct file *file;
	int error;

	if (flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return ERR_PTR(-EINVAL);
	if (IS_ERR(name))
		return ERR_PTR(PTR_ERR(name));
	op.lookup = (flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW) |
		    (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0);
	file = open_at(dfd, name, &op);
	if (IS_ERR(file))
		return file;
	/* Root may execute what somebody may. */
	error = S_ISREG(file->f_inode->i_mode) && file->f_inode->i_mode & 0111 ?
			deny_write_access(file) :
			-EACCES;
	if (error) {
		fput(file);
		return ERR_PTR(error);
	}
	return file;
}

void put_exec(struct file *file)
{
	allow_write_access(file);
	fput(file);
}

struct file *open_exec(const char *text)
{
	struct filename *name = getname_kernel(text);
	struct file *file = do_open_execat(AT_FDCWD, name, 0);

	putname(name);
	return file;
}

/* ---------------------------------------------------------------- from programs */

static __always_inline long open_fd(int dfd, const char __user *text, struct opening *op)
{
	struct name_room room;
	struct filename *name = getname_room(&room, text, op->lookup);
	struct file *file;
	int fd;

	if (IS_ERR(name))
		return PTR_ERR(name);
	fd = get_unused_fd_flags(op->flags);
	if (fd >= 0) {
		file = open_at(dfd, name, op);
		if (IS_ERR(file)) {
			put_unused_fd(fd);
			fd = PTR_ERR(file);
		} else {
			fd_install(fd, file);
		}
	}
	putname_room(name, &room);
	return fd;
}

static long open_as_asked(int dfd, const char __user *text, int flags, umode_t mode)
{
	struct opening op = { .flags = flags | O_LARGEFILE, .mode = mode };
	int error = check_flags(&op, false);

	return error ? error : open_fd(dfd, text, &op);
}

SYSCALL_DEFINE3(open, const char __user *, name, int, flags, umode_t, mode)
{
	return open_as_asked(AT_FDCWD, name, flags & VALID_OPEN_FLAGS, mode);
}

SYSCALL_DEFINE4(openat, int, dfd, const char __user *, name, int, flags, umode_t, mode)
{
	return open_as_asked(dfd, name, flags & VALID_OPEN_FLAGS, mode);
}

SYSCALL_DEFINE2(creat, const char __user *, name, umode_t, mode)
{
	return open_as_asked(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

static int resolve_flags(u64 resolve, unsigned int *lookup)
{
	static const struct {
		unsigned int resolve, lookup;
	} map[] = {
		{ RESOLVE_NO_XDEV, LOOKUP_NO_XDEV },
		{ RESOLVE_NO_MAGICLINKS, LOOKUP_NO_MAGICLINKS },
		{ RESOLVE_NO_SYMLINKS, LOOKUP_NO_SYMLINKS },
		{ RESOLVE_BENEATH, LOOKUP_BENEATH },
		{ RESOLVE_IN_ROOT, LOOKUP_IN_ROOT },
	};

	if (resolve & RESOLVE_BENEATH && resolve & RESOLVE_IN_ROOT)
		return -EINVAL;
	if (resolve & RESOLVE_CACHED)
		return -EAGAIN;
	for (unsigned int i = 0; i < ARRAY_SIZE(map); i++)
		if (resolve & map[i].resolve) {
			*lookup |= map[i].lookup;
			resolve &= ~(u64)map[i].resolve;
		}
	return resolve ? -EINVAL : 0;
}

SYSCALL_DEFINE4(openat2, int, dfd, const char __user *, name, struct open_how __user *, uhow,
		size_t, size)
{
	struct open_how how;
	struct opening op = { 0 };
	int error;

	if (size < sizeof(how))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	error = copy_struct_from_user(&how, sizeof(how), uhow, size);
	if (error)
		return error;
	if (how.flags >> 32 || how.mode & ~07777ULL)
		return -EINVAL;
	op.flags = how.flags;
	op.mode = how.mode;
	error = resolve_flags(how.resolve, &op.lookup);
	if (!error)
		error = check_flags(&op, true);
	if (error)
		return error;
	op.flags |= op.flags & O_PATH ? 0 : O_LARGEFILE;
	return open_fd(dfd, name, &op);
}
