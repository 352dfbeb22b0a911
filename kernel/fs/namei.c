// SPDX-License-Identifier: MIT
/*
 * The walk over a path.
 *
 * The text is taken component by component.  Where one is a symlink, what is left of the text is put
 * aside and the link's own is walked; when that is at its end, the rest is taken up again.  A component
 * is the last one when nothing follows it in its text and nothing was put aside.
 */
#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/walk.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- names from programs */

static struct filename *alloc_filename(size_t size)
{
	struct filename *name = kmalloc(sizeof(*name) + size, GFP_KERNEL);

	if (name)
		name->name = name->iname;
	return name;
}

struct filename *getname_flags(const char __user *text, int lookup_flags)
{
	struct filename *name = alloc_filename(PATH_MAX);
	long len;

	if (!name)
		return ERR_PTR(-ENOMEM);
	len = strncpy_from_user(name->iname, text, PATH_MAX);
	if (len == PATH_MAX)
		len = -ENAMETOOLONG;
	if (!len && !(lookup_flags & LOOKUP_EMPTY))
		len = -ENOENT;
	if (len >= 0)
		return name;
	kfree(name);
	return ERR_PTR(len);
}

struct filename *getname_room(struct name_room *room, const char __user *text, int lookup_flags)
{
	long len = strncpy_from_user(room->text, text, SHORT_NAME);

	if (unlikely(len <= 0 || len == SHORT_NAME))
		return getname_flags(text, lookup_flags);
	room->name.name = room->text;
	return &room->name;
}

struct filename *getname(const char __user *text)
{
	return getname_flags(text, 0);
}

struct filename *getname_kernel(const char *text)
{
	size_t len = strlen(text);
	struct filename *name;

	if (len >= PATH_MAX)
		return ERR_PTR(-ENAMETOOLONG);
	name = alloc_filename(len + 1);
	if (!name)
		return ERR_PTR(-ENOMEM);
	memcpy(name->iname, text, len + 1);
	return name;
}

void putname(struct filename *name)
{
	if (!IS_ERR(name))
		kfree(name);
}

/* ---------------------------------------------------------------- one component */

/* The same place, so that nd holds another. */
static void go_to(struct nameidata *nd, const struct path *path)
{
	path_put(&nd->path);
	nd->path = *path;
}

/* Nothing above it is reached.  Most walks do not ask. */
static const struct path *nd_root(struct nameidata *nd)
{
	if (!nd->root.mnt)
		get_fs_root(&nd->root);
	return &nd->root;
}

static int go_to_root(struct nameidata *nd)
{
	const struct path *root = nd_root(nd);

	if (nd->flags & LOOKUP_BENEATH)
		return -EXDEV;
	if (nd->flags & LOOKUP_NO_XDEV && nd->path.mnt != root->mnt)
		return -EXDEV;
	path_get(root);
	go_to(nd, root);
	return 0;
}

/* Onto what stands there. */
static int enter_mounts(struct nameidata *nd)
{
	return follow_mounts(&nd->path) && nd->flags & LOOKUP_NO_XDEV ? -EXDEV : 0;
}

static int go_up(struct nameidata *nd)
{
	const struct path *root = nd_root(nd);
	struct path *path = &nd->path;

	for (;;) {
		if (path->dentry == root->dentry && path->mnt == root->mnt)
			return nd->flags & LOOKUP_BENEATH ? -EXDEV : 0;
		if (path->dentry != path->mnt->mnt_root)
			break;
		if (!follow_up(path))
			return 0;
		if (nd->flags & LOOKUP_NO_XDEV)
			return -EXDEV;
	}
	if (path->dentry->d_parent != path->dentry) {
		struct dentry *parent = dget(path->dentry->d_parent);

		dput(path->dentry);
		path->dentry = parent;
	}
	return enter_mounts(nd);
}

/* From a directory whose entries are made when they are asked for. */
static noinline struct dentry *lookup_made(struct dentry *dir, const struct qstr *name)
{
	struct dentry *dentry = d_alloc(dir, dir->d_sb, name);
	struct inode *inode;

	if (!dentry)
		return ERR_PTR(-ENOMEM);
	inode = dir->d_inode->i_op->lookup(dir->d_inode, dentry->d_name);
	if (IS_ERR(inode)) {
		dput(dentry);
		return inode == ERR_PTR(-ENOENT) ? NULL : ERR_PTR(PTR_ERR(inode));
	}
	d_instantiate(dentry, inode);
	return dentry;
}

struct dentry *lookup_child(struct dentry *dir, const struct qstr *name)
{
	struct dentry *child = d_find(dir, name);

	if (!child && dir->d_inode->i_op->lookup)
		child = lookup_made(dir, name);
	return child;
}

struct dentry *new_child(struct nameidata *nd)
{
	struct dentry *dir = nd->path.dentry, *child;

	/* Who is asked for each name has said that this one is none. */
	if (dir->d_inode->i_flags & S_DEAD || dir->d_inode->i_op->lookup)
		return ERR_PTR(-ENOENT);
	if (mnt_want_write(nd->path.mnt))
		return ERR_PTR(-EROFS);
	child = d_alloc(dir, dir->d_sb, &nd->last);
	return child ? child : ERR_PTR(-ENOMEM);
}

/* ---------------------------------------------------------------- symlinks */

/*
 * nd->path stays the directory that the link is in.  *text is what follows the link; afterwards it is
 * what is to be walked: NULL, when the link was a place, and nd is there.
 */
static noinline int follow_link(struct nameidata *nd, struct dentry *link, const char **text)
{
	const struct path at = { nd->path.mnt, link };
	struct path place = { NULL, NULL };
	struct link_target target = { .path = &place };
	int error;

	if (nd->links++ >= MAXSYMLINKS || nd->flags & LOOKUP_NO_SYMLINKS)
		return -ELOOP;
	touch_atime(&at);
	error = link->d_inode->i_op->get_link(link->d_inode, &target);
	if (error)
		return error;
	if (!target.text) {
		if (nd->flags & (LOOKUP_NO_MAGICLINKS | LOOKUP_BENEATH | LOOKUP_IN_ROOT)) {
			path_put(&place);
			return nd->flags & LOOKUP_NO_MAGICLINKS ? -ELOOP : -EXDEV;
		}
		go_to(nd, &place);
		return 0;
	}
	if (!*target.text) {
		kfree(target.allocated);
		return -ENOENT;
	}
	if (**text)
		nd->rest[nd->depth++] = (struct walk_rest){ *text, nd->allocated };
	else
		kfree(nd->allocated);
	nd->allocated = target.allocated;
	*text = target.text;
	return *target.text == '/' ? go_to_root(nd) : 0;
}

/* ---------------------------------------------------------------- the walk */

/* Of one that begins with a dot. */
static enum last_type type_of(const struct qstr *name)
{
	if (name->len == 1)
		return LAST_DOT;
	return name->len == 2 && name->name[1] == '.' ? LAST_DOTDOT : LAST_NORM;
}

/* Is the component at which the walk is the last one? */
static bool is_last(const struct nameidata *nd, const char *text)
{
	return !*text && !nd->depth;
}

/* Into nd->last, or to what it is a link to: then *text goes on there. */
static int step(struct nameidata *nd, const char **text)
{
	struct dentry *child = lookup_child(nd->path.dentry, &nd->last);
	bool last = is_last(nd, *text);
	int error;

	if (!child) {
		nd->missing = last;
		return -ENOENT;
	}
	if (IS_ERR(child))
		return PTR_ERR(child);
	if (S_ISLNK(child->d_inode->i_mode) &&
	    (!last || nd->flags & LOOKUP_FOLLOW || nd->must_be_dir)) {
		error = follow_link(nd, child, text);
		dput(child);
		return error;
	}
	dput(nd->path.dentry);
	nd->path.dentry = child;
	return child->d_mounts ? enter_mounts(nd) : 0;
}

/* The next component into nd->last, and *text behind it and its slashes: false, the text is over. */
static bool next_component(struct nameidata *nd, const char **text)
{
	const char *s = *text;

	while (*s == '/')
		s++;
	*text = s;
	if (!*s)
		return false;
	nd->last.name = s;
	nd->last.hash = hash_component(s, &nd->last.len);
	nd->last_type = unlikely(*s == '.') ? type_of(&nd->last) : LAST_NORM;
	s += nd->last.len;
	while (*s == '/')
		s++;
	*text = s;
	return true;
}

/* The text of a link is over: what had been put aside. */
static const char *take_up_rest(struct nameidata *nd)
{
	const struct walk_rest *rest = &nd->rest[--nd->depth];

	kfree(nd->allocated);
	nd->allocated = rest->allocated;
	return rest->text;
}

static int one_component(struct nameidata *nd, const char **text)
{
	if (!S_ISDIR(nd->path.dentry->d_inode->i_mode))
		return -ENOTDIR;
	if (nd->last.len > NAME_MAX)
		return -ENAMETOOLONG;
	if (is_last(nd, *text) && nd->last.name[nd->last.len])
		nd->must_be_dir = true;
	if (likely(nd->last_type == LAST_NORM))
		return step(nd, text);
	return nd->last_type == LAST_DOT ? 0 : go_up(nd);
}

int walk(struct nameidata *nd, const char *text)
{
	/* Where it begins walk_begin() has seen to, but for a root that is not current's. */
	int error = *text == '/' && nd->root.mnt ? go_to_root(nd) : 0;

	nd->last_type = LAST_ROOT;
	while (!error) {
		if (!next_component(nd, &text)) {
			if (!nd->depth)
				break;
			text = take_up_rest(nd);
			continue;
		}
		if (nd->flags & LOOKUP_PARENT && is_last(nd, text)) {
			nd->must_be_dir = nd->last.name[nd->last.len];
			return d_is_dir(nd->path.dentry) ? 0 : -ENOTDIR;
		}
		error = one_component(nd, &text);
	}
	if (!error && (nd->must_be_dir || nd->flags & LOOKUP_DIRECTORY) &&
	    !d_is_dir(nd->path.dentry) && !(nd->flags & LOOKUP_PARENT))
		error = -ENOTDIR;
	return error;
}

static int begin_at_fd(struct nameidata *nd, int dfd, bool need_dir)
{
	struct fd f = fdget_raw(dfd);

	if (!f.file)
		return -EBADF;
	if (need_dir && !d_is_dir(f.file->f_path.dentry)) {
		fdput(f);
		return -ENOTDIR;
	}
	nd->path = f.file->f_path;
	path_get(&nd->path);
	fdput(f);
	return 0;
}

int walk_begin(struct nameidata *nd, int dfd, const struct filename *name, unsigned int flags)
{
	int error = 0;

	nd->flags = flags;
	nd->links = nd->depth = 0;
	nd->must_be_dir = nd->missing = false;
	nd->allocated = NULL;
	nd->root = (struct path){ NULL, NULL };
	if (name->name[0] == '/' && !(flags & LOOKUP_IN_ROOT))
		get_fs_root(&nd->path);
	else if (dfd == AT_FDCWD)
		get_fs_pwd(&nd->path);
	else
		error = begin_at_fd(nd, dfd, name->name[0]);
	if (error)
		return error;
	if (flags & (LOOKUP_BENEATH | LOOKUP_IN_ROOT)) {
		nd->root = nd->path;
		path_get(&nd->root);
	}
	return 0;
}

void walk_end_at(struct nameidata *nd, struct path *path)
{
	while (nd->depth)
		take_up_rest(nd);
	if (nd->allocated)
		kfree(nd->allocated);
	if (nd->root.mnt)
		path_put(&nd->root);
	*path = nd->path;
}

void walk_end(struct nameidata *nd)
{
	struct path path;

	walk_end_at(nd, &path);
	path_put(&path);
}

/* ---------------------------------------------------------------- for others */

int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path)
{
	struct nameidata nd;
	int error;

	if (IS_ERR(name))
		return PTR_ERR(name);
	error = walk_begin(&nd, dfd, name, flags);
	if (error)
		return error;
	down_read(&tree_sem);
	error = walk(&nd, name->name);
	up_read(&tree_sem);
	if (error)
		walk_end(&nd);
	else
		walk_end_at(&nd, path);
	return error;
}

int user_path_at(int dfd, const char __user *text, unsigned int flags, struct path *path)
{
	struct name_room room;
	struct filename *name = getname_room(&room, text, flags);
	int error = filename_lookup(dfd, name, flags, path);

	putname_room(name, &room);
	return error;
}

int kern_path(const char *text, unsigned int flags, struct path *path)
{
	struct filename *name = getname_kernel(text);
	int error = filename_lookup(AT_FDCWD, name, flags, path);

	putname(name);
	return error;
}
