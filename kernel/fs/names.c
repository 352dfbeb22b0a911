// SPDX-License-Identifier: MIT
/*
 * What changes names: to make, to remove, to link, to rename.
 *
 * Each walks to the directories with tree_sem written, looks at what is there, has the file system do its
 * part and then changes the tree.  What lost its name is let go when tree_sem is free again: its content
 * may be large.
 */
#include "kernel/core/syscall.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/walk.h"
#include "mm/slab.h"

#define RENAME_NOREPLACE 1 /* Linux's numbers */
#define RENAME_EXCHANGE	 2

/* A name in a directory that is about to change. */
struct place {
	struct nameidata nd;
	struct filename *name;
	struct dentry *child; /* held; NULL: nothing is there */
};

/* tree_sem is taken by the caller in between, where both are needed at the same time. */
static int place_begin(struct place *p, int dfd, struct filename *name)
{
	p->name = name;
	p->child = NULL;
	if (IS_ERR(name))
		return PTR_ERR(name);
	return walk_begin(&p->nd, dfd, name, LOOKUP_PARENT);
}

static void place_end(struct place *p)
{
	dput(p->child);
	walk_end(&p->nd);
}

/* To the directory, then to what has the name. */
static int place_walk(struct place *p)
{
	return walk(&p->nd, p->name->name);
}

static int place_find(struct place *p)
{
	struct dentry *child;

	if (p->nd.last.len > NAME_MAX)
		return -ENAMETOOLONG;
	child = lookup_child(p->nd.path.dentry, &p->nd.last);
	if (IS_ERR(child))
		return PTR_ERR(child);
	p->child = child;
	return 0;
}

static struct inode *place_dir(const struct place *p)
{
	return p->nd.path.dentry->d_inode;
}

/* ---------------------------------------------------------------- to make */

/* What is to be made. */
struct making {
	umode_t mode;
	dev_t dev;
	const char *target; /* of a symlink */
	struct path *old;   /* another name of this */
};

static int make_inode(struct inode *dir, struct dentry *child, const struct making *m)
{
	const struct inode_operations *op = dir->i_op;
	umode_t rights = m->mode & 07777;

	if (m->old)
		return op->link ? op->link(m->old->dentry, dir, child) : -EPERM;
	switch (m->mode & S_IFMT) {
	case S_IFDIR:
		return op->mkdir ? op->mkdir(dir, child, rights) : -EPERM;
	case S_IFLNK:
		return op->symlink ? op->symlink(dir, child, m->target) : -EPERM;
	case S_IFREG:
		return op->create ? op->create(dir, child, m->mode) : -EACCES;
	default:
		return op->mknod ? op->mknod(dir, child, m->mode, m->dev) : -EPERM;
	}
}

/* A link is asked for: may it be one of that? */
static int check_link(const struct place *p, const struct path *old)
{
	const struct inode *inode = old->dentry->d_inode;

	if (old->mnt != p->nd.path.mnt)
		return -EXDEV;
	if (S_ISDIR(inode->i_mode))
		return -EPERM;
	return inode->i_nlink || !(old->dentry->d_flags & DCACHE_REMOVED) ? 0 : -ENOENT;
}

static int make_child(struct place *p, const struct making *m)
{
	struct dentry *child;
	int error;

	if (p->nd.last_type != LAST_NORM)
		return -EEXIST;
	error = place_find(p);
	if (error)
		return error;
	if (p->child)
		return -EEXIST;
	if (p->nd.must_be_dir && (m->old || !S_ISDIR(m->mode)))
		return -ENOENT;
	child = p->child = new_child(&p->nd);
	if (IS_ERR(child)) {
		p->child = NULL;
		return PTR_ERR(child);
	}
	error = m->old ? check_link(p, m->old) : 0;
	if (!error)
		error = make_inode(place_dir(p), child, m);
	if (!error)
		d_add(child, false);
	return error;
}

/* The name is the callee's to put. */
static int make_at(int dfd, struct filename *name, const struct making *m)
{
	struct place p;
	int error = place_begin(&p, dfd, name);

	if (!error) {
		down_write(&tree_sem);
		error = place_walk(&p);
		if (!error)
			error = make_child(&p, m);
		up_write(&tree_sem);
		place_end(&p);
	}
	putname(name);
	return error;
}

static int mknod_at(int dfd, struct filename *name, umode_t mode, dev_t dev)
{
	struct making m = { .mode = mode & ~current_umask(), .dev = dev };

	switch (mode & S_IFMT) {
	case 0:
		m.mode |= S_IFREG;
		break;
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		break;
	default:
		putname(name);
		return S_ISDIR(mode) ? -EPERM : -EINVAL;
	}
	return make_at(dfd, name, &m);
}

static int mkdir_at(int dfd, struct filename *name, umode_t mode)
{
	struct making m = { .mode = S_IFDIR | (mode & 01777 & ~current_umask()) };

	return make_at(dfd, name, &m);
}

static int symlink_at(struct filename *target, int dfd, struct filename *name)
{
	struct making m = { .mode = S_IFLNK };
	int error;

	if (IS_ERR(target)) {
		putname(name);
		return PTR_ERR(target);
	}
	m.target = target->name;
	error = make_at(dfd, name, &m);
	putname(target);
	return error;
}

static int link_at(int old_dfd, struct filename *old_name, int dfd, struct filename *name,
		   unsigned int flags)
{
	struct path old;
	struct making m = { .old = &old };
	int error = filename_lookup(old_dfd, old_name, flags, &old);

	putname(old_name);
	if (error) {
		putname(name);
		return error;
	}
	error = make_at(dfd, name, &m);
	path_put(&old);
	return error;
}

/* ---------------------------------------------------------------- to remove */

static void remove_child(struct place *p)
{
	p->child->d_inode->i_flags |= S_ISDIR(p->child->d_inode->i_mode) ? S_DEAD : 0;
	d_drop(p->child);
	dput(p->child); /* the tree's; p has one as well */
}

/* What is there may go. */
static int check_removal(struct place *p)
{
	if (!p->child)
		return -ENOENT;
	return mnt_want_write(p->nd.path.mnt);
}

static int unlink_child(struct place *p)
{
	const struct inode_operations *op = place_dir(p)->i_op;
	int error = p->nd.last_type == LAST_NORM ? place_find(p) : -EISDIR;

	if (!error)
		error = check_removal(p);
	if (error)
		return error;
	if (d_is_dir(p->child))
		return -EISDIR;
	if (p->nd.must_be_dir)
		return -ENOTDIR;
	if (!op->unlink)
		return -EPERM;
	if (p->child->d_mounts)
		return -EBUSY;
	error = op->unlink(place_dir(p), p->child);
	if (!error)
		remove_child(p);
	return error;
}

static int rmdir_child(struct place *p)
{
	static const int answers[] = {
		[LAST_DOTDOT] = -ENOTEMPTY,
		[LAST_DOT] = -EINVAL,
		[LAST_ROOT] = -EBUSY,
	};
	const struct inode_operations *op = place_dir(p)->i_op;
	int error = p->nd.last_type == LAST_NORM ? place_find(p) : answers[p->nd.last_type];

	if (!error)
		error = check_removal(p);
	if (error)
		return error;
	if (!d_is_dir(p->child))
		return -ENOTDIR;
	if (!op->rmdir)
		return -EPERM;
	if (p->child->d_mounts)
		return -EBUSY;
	if (!d_empty(p->child))
		return -ENOTEMPTY;
	error = op->rmdir(place_dir(p), p->child);
	if (!error)
		remove_child(p);
	return error;
}

static int remove_at(int dfd, struct filename *name, int (*remove)(struct place *p))
{
	struct place p;
	int error = place_begin(&p, dfd, name);

	if (!error) {
		down_write(&tree_sem);
		error = place_walk(&p);
		if (!error)
			error = remove(&p);
		up_write(&tree_sem);
		place_end(&p);
	}
	putname(name);
	return error;
}

/* ---------------------------------------------------------------- to rename */

/* What is there, and what the flags say of it. */
static int check_rename(struct place *from, struct place *to, unsigned int flags)
{
	bool exchange = flags & RENAME_EXCHANGE;

	if (!from->child)
		return -ENOENT;
	if (flags & RENAME_NOREPLACE && to->child)
		return -EEXIST;
	if (exchange && !to->child)
		return -ENOENT;
	if (exchange && !d_is_dir(to->child) && to->nd.must_be_dir)
		return -ENOTDIR;
	if (!d_is_dir(from->child) && (from->nd.must_be_dir || (!exchange && to->nd.must_be_dir)))
		return -ENOTDIR;
	if (is_subdir(to->nd.path.dentry, from->child))
		return -EINVAL;
	if (to->child && is_subdir(from->nd.path.dentry, to->child))
		return exchange ? -EINVAL : -ENOTEMPTY;
	return mnt_want_write(from->nd.path.mnt);
}

/* What is in the way may go. */
static int check_target(const struct place *from, const struct place *to)
{
	if (d_is_dir(from->child) && !d_is_dir(to->child))
		return -ENOTDIR;
	if (!d_is_dir(from->child) && d_is_dir(to->child))
		return -EISDIR;
	return 0;
}

static int rename_child(struct place *from, struct place *to, unsigned int flags)
{
	const struct inode_operations *op = place_dir(from)->i_op;
	struct dentry *fresh;
	int error;

	if (to->child && to->child->d_inode == from->child->d_inode)
		return 0;
	if (to->child && !(flags & RENAME_EXCHANGE)) {
		error = check_target(from, to);
		if (error)
			return error;
	}
	if (!op->rename)
		return -EPERM;
	if (from->child->d_mounts || (to->child && to->child->d_mounts))
		return -EBUSY;
	if (to->child && !(flags & RENAME_EXCHANGE) && !d_empty(to->child))
		return -ENOTEMPTY;
	fresh = new_child(&to->nd);
	if (IS_ERR(fresh))
		return PTR_ERR(fresh);
	error = op->rename(place_dir(from), from->child, place_dir(to), to->child, flags);
	if (!error && flags & RENAME_EXCHANGE) {
		d_exchange(from->child, to->child);
	} else if (!error) {
		if (to->child)
			remove_child(to);
		d_move(from->child, fresh);
	}
	dput(fresh);
	return error;
}

static int rename_places(struct place *from, struct place *to, unsigned int flags)
{
	int error = place_walk(from);

	if (!error)
		error = place_walk(to);
	if (error)
		return error;
	if (from->nd.path.mnt != to->nd.path.mnt)
		return -EXDEV;
	if (from->nd.last_type != LAST_NORM)
		return -EBUSY;
	if (to->nd.last_type != LAST_NORM)
		return flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	error = place_find(from);
	if (!error && !from->child)
		error = -ENOENT;
	if (!error)
		error = place_find(to);
	if (!error)
		error = check_rename(from, to, flags);
	return error ? error : rename_child(from, to, flags);
}

static int rename_at(int old_dfd, struct filename *old, int new_dfd, struct filename *new,
		     unsigned int flags)
{
	struct place *places = NULL;
	int error = -EINVAL;

	if (!(flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE)) &&
	    flags != (RENAME_NOREPLACE | RENAME_EXCHANGE)) {
		places = kmalloc_array(2, sizeof(*places), GFP_KERNEL); /* for a stack too much */
		error = places ? place_begin(&places[0], old_dfd, old) : -ENOMEM;
	}
	if (!error) {
		error = place_begin(&places[1], new_dfd, new);
		if (!error) {
			down_write(&tree_sem);
			error = rename_places(&places[0], &places[1], flags);
			up_write(&tree_sem);
			place_end(&places[1]);
		}
		place_end(&places[0]);
	}
	kfree(places);
	putname(old);
	putname(new);
	return error;
}

/* ---------------------------------------------------------------- from the kernel */

int kern_mknod(const char *name, umode_t mode, dev_t dev)
{
	struct making m = { .mode = mode, .dev = dev };

	return make_at(AT_FDCWD, getname_kernel(name), &m);
}

int kern_mkdir(const char *name, umode_t mode)
{
	struct making m = { .mode = S_IFDIR | mode };

	return make_at(AT_FDCWD, getname_kernel(name), &m);
}

int kern_link(const char *old, const char *name)
{
	return link_at(AT_FDCWD, getname_kernel(old), AT_FDCWD, getname_kernel(name), 0);
}

int kern_symlink(const char *target, const char *name)
{
	return symlink_at(getname_kernel(target), AT_FDCWD, getname_kernel(name));
}

int kern_unlink(const char *name)
{
	return remove_at(AT_FDCWD, getname_kernel(name), unlink_child);
}

int kern_rmdir(const char *name)
{
	return remove_at(AT_FDCWD, getname_kernel(name), rmdir_child);
}

int kern_rename(const char *old, const char *name, unsigned int flags)
{
	return rename_at(AT_FDCWD, getname_kernel(old), AT_FDCWD, getname_kernel(name), flags);
}

/* ---------------------------------------------------------------- from programs */

SYSCALL_DEFINE4(mknodat, int, dfd, const char __user *, name, umode_t, mode, unsigned int, dev)
{
	return mknod_at(dfd, getname(name), mode, new_decode_dev(dev));
}

SYSCALL_DEFINE3(mknod, const char __user *, name, umode_t, mode, unsigned int, dev)
{
	return mknod_at(AT_FDCWD, getname(name), mode, new_decode_dev(dev));
}

SYSCALL_DEFINE3(mkdirat, int, dfd, const char __user *, name, umode_t, mode)
{
	return mkdir_at(dfd, getname(name), mode);
}

SYSCALL_DEFINE2(mkdir, const char __user *, name, umode_t, mode)
{
	return mkdir_at(AT_FDCWD, getname(name), mode);
}

SYSCALL_DEFINE3(symlinkat, const char __user *, target, int, dfd, const char __user *, name)
{
	return symlink_at(getname(target), dfd, getname(name));
}

SYSCALL_DEFINE2(symlink, const char __user *, target, const char __user *, name)
{
	return symlink_at(getname(target), AT_FDCWD, getname(name));
}

SYSCALL_DEFINE5(linkat, int, old_dfd, const char __user *, old, int, dfd, const char __user *, name,
		int, flags)
{
	unsigned int lookup = flags & AT_SYMLINK_FOLLOW ? LOOKUP_FOLLOW : 0;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup |= LOOKUP_EMPTY;
	return link_at(old_dfd, getname_flags(old, lookup), dfd, getname(name), lookup);
}

SYSCALL_DEFINE2(link, const char __user *, old, const char __user *, name)
{
	return link_at(AT_FDCWD, getname(old), AT_FDCWD, getname(name), 0);
}

SYSCALL_DEFINE3(unlinkat, int, dfd, const char __user *, name, int, flags)
{
	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	return remove_at(dfd, getname(name), flags & AT_REMOVEDIR ? rmdir_child : unlink_child);
}

SYSCALL_DEFINE1(unlink, const char __user *, name)
{
	return remove_at(AT_FDCWD, getname(name), unlink_child);
}

SYSCALL_DEFINE1(rmdir, const char __user *, name)
{
	return remove_at(AT_FDCWD, getname(name), rmdir_child);
}

SYSCALL_DEFINE5(renameat2, int, old_dfd, const char __user *, old, int, new_dfd,
		const char __user *, new, unsigned int, flags)
{
	return rename_at(old_dfd, getname(old), new_dfd, getname(new), flags);
}

SYSCALL_DEFINE4(renameat, int, old_dfd, const char __user *, old, int, new_dfd, const char __user *,
		new)
{
	return rename_at(old_dfd, getname(old), new_dfd, getname(new), 0);
}

SYSCALL_DEFINE2(rename, const char __user *, old, const char __user *, new)
{
	return rename_at(AT_FDCWD, getname(old), AT_FDCWD, getname(new), 0);
}
