// SPDX-License-Identifier: MIT
/*
 * Mounts.  A dentry has a list of those that stand on it, one for each mount that it can be seen in.
 *
 * Who holds a mount: the tree of mounts, a path, and each mount that stands on it.  So a mount without
 * children that only the tree holds is not busy.  A lazy umount takes it out of the tree, and all that stands on
 * it, one by one: each goes with its last path, and nothing is mounted there any more.
 */
#include <linux/mount.h>

#include "kernel/core/panic.h"
#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

struct vfsmount *root_mnt;
static LIST_HEAD(mounts); /* tree_sem, and rename_lock to change it */
static u32 last_mnt_id;	  /* tree_sem */

/* Who writes, and MS_RDONLY; a leaf. */
static DEFINE_SPINLOCK(writers_lock);

int mnt_get_write(struct vfsmount *mnt)
{
	int error;

	spin_lock(&writers_lock);
	error = mnt_want_write(mnt);
	if (!error) {
		mnt->mnt_writers++;
		mnt->mnt_sb->s_writers++;
	}
	spin_unlock(&writers_lock);
	return error;
}

void mnt_put_write(struct vfsmount *mnt)
{
	spin_lock(&writers_lock);
	mnt->mnt_writers--;
	mnt->mnt_sb->s_writers--;
	spin_unlock(&writers_lock);
}

struct vfsmount *mnt_alloc(struct super_block *sb, struct dentry *root, const char *devname,
			   unsigned int flags)
{
	struct vfsmount *mnt = kzalloc(sizeof(*mnt), GFP_KERNEL);

	if (!mnt) {
		put_super(sb);
		return NULL;
	}
	mnt->mnt_count = 1;
	mnt->mnt_id = __atomic_add_fetch(&last_mnt_id, 1, __ATOMIC_RELAXED);
	mnt->mnt_flags = flags;
	mnt->mnt_sb = sb;
	mnt->mnt_dev = sb->s_dev;
	mnt->mnt_root = dget(root);
	mnt->mnt_parent = mnt;
	INIT_LIST_HEAD(&mnt->mnt_list);
	strscpy(mnt->mnt_devname, devname, sizeof(mnt->mnt_devname));
	return mnt;
}

static noinline void mnt_free(struct vfsmount *mnt)
{
	dput(mnt->mnt_root);
	put_super(mnt->mnt_sb);
	kfree(mnt);
}

void mntput(struct vfsmount *mnt)
{
	if (mnt && !__atomic_sub_fetch(&mnt->mnt_count, 1, __ATOMIC_ACQ_REL))
		mnt_free(mnt);
}

void path_put(const struct path *path)
{
	dput(path->dentry);
	mntput(path->mnt);
}

struct vfsmount *lookup_mnt(const struct path *path)
{
	struct vfsmount *mnt = path->dentry->d_mounts;

	while (mnt && mnt->mnt_parent != path->mnt)
		mnt = mnt->mnt_next;
	return mnt;
}

bool follow_mounts(struct path *path)
{
	struct vfsmount *mnt;
	bool crossed = false;

	while (path->dentry->d_mounts && (mnt = lookup_mnt(path))) {
		struct path inner = { mnt, mnt->mnt_root };

		path_get(&inner);
		path_put(path);
		*path = inner;
		crossed = true;
	}
	return crossed;
}

bool follow_up(struct path *path)
{
	struct path outer = { path->mnt->mnt_parent, path->mnt->mnt_mountpoint };

	if (outer.mnt == path->mnt)
		return false;
	path_get(&outer);
	path_put(path);
	*path = outer;
	return true;
}

/* mnt stands on the path, whose hold becomes its; tree_sem is written. */
static void attach(struct vfsmount *mnt, struct path *where)
{
	spin_lock(&rename_lock);
	mnt->mnt_parent = where->mnt;
	mnt->mnt_mountpoint = where->dentry;
	mnt->mnt_next = where->dentry->d_mounts;
	where->dentry->d_mounts = mnt;
	list_add_tail(&mnt->mnt_list, &mounts);
	spin_unlock(&rename_lock);
}

/* It stands nowhere: where it stood is the caller's to let go. */
static struct path detach(struct vfsmount *mnt)
{
	struct path where = { mnt->mnt_parent, mnt->mnt_mountpoint };
	struct vfsmount **link = &where.dentry->d_mounts;

	spin_lock(&rename_lock);
	while (*link != mnt)
		link = &(*link)->mnt_next;
	*link = mnt->mnt_next;
	mnt->mnt_parent = mnt;
	mnt->mnt_mountpoint = NULL;
	list_del_init(&mnt->mnt_list);
	spin_unlock(&rename_lock);
	return where;
}

/* It was not taken out of the tree: what is mounted on it can be found. */
static bool is_in_tree(const struct vfsmount *mnt)
{
	return !list_empty(&mnt->mnt_list);
}

/* The new mount, held once, onto the path, both let go where that fails. */
static int add_mount(struct vfsmount *mnt, struct path *where, bool bind)
{
	bool directory = d_is_dir(where->dentry);
	int error = 0;

	down_write(&tree_sem);
	follow_mounts(where);
	if (!is_in_tree(where->mnt))
		error = -EINVAL;
	else if (!bind && where->dentry == where->mnt->mnt_root &&
		 mnt->mnt_dev == where->mnt->mnt_dev && mnt->mnt_root == where->dentry)
		error = -EBUSY; /* the same once more */
	else if (directory != d_is_dir(mnt->mnt_root))
		error = -ENOTDIR;
	else if (where->dentry->d_inode->i_flags & S_DEAD ||
		 (where->dentry != where->mnt->mnt_root &&
		  !(where->dentry->d_flags & DCACHE_HASHED)))
		error = -ENOENT;
	else
		attach(mnt, where);
	up_write(&tree_sem);
	if (error) {
		path_put(where);
		mntput(mnt);
	}
	return error;
}

static int new_mount(const char *device, struct path *where, const char *type, unsigned int flags,
		     const char *data)
{
	struct file_system_type *fs = find_filesystem(type);
	struct super_block *sb = fs ? fs->mount(fs, data) : ERR_PTR(-ENODEV);
	struct vfsmount *mnt;

	if (IS_ERR(sb)) {
		path_put(where);
		return PTR_ERR(sb);
	}
	mnt = mnt_alloc(sb, sb->s_root, device, flags);
	if (!mnt) {
		path_put(where);
		return -ENOMEM;
	}
	if (fs->dev_per_mount)
		mnt->mnt_dev = new_anon_dev();
	return add_mount(mnt, where, false);
}

static int bind_mount(const char *from, struct path *where)
{
	struct path source;
	struct vfsmount *mnt;
	int error = kern_path(from, LOOKUP_FOLLOW, &source);

	if (error) {
		path_put(where);
		return error;
	}
	if (!is_in_tree(source.mnt)) {
		path_put(&source);
		path_put(where);
		return -EINVAL;
	}
	get_super(source.mnt->mnt_sb);
	mnt = mnt_alloc(source.mnt->mnt_sb, source.dentry, source.mnt->mnt_devname,
			source.mnt->mnt_flags);
	if (mnt)
		mnt->mnt_dev = source.mnt->mnt_dev;
	path_put(&source);
	if (!mnt) {
		path_put(where);
		return -ENOMEM;
	}
	return add_mount(mnt, where, true);
}

/* What stands there is stood elsewhere. */
static int move_mount(const char *from, struct path *where)
{
	struct path source, old;
	int error = kern_path(from, LOOKUP_FOLLOW, &source);

	if (error) {
		path_put(where);
		return error;
	}
	down_write(&tree_sem);
	follow_mounts(where);
	error = -EINVAL;
	if (source.dentry == source.mnt->mnt_root && source.mnt->mnt_parent != source.mnt &&
	    is_in_tree(where->mnt) && d_is_dir(source.dentry) == d_is_dir(where->dentry)) {
		const struct vfsmount *up = where->mnt;

		while (up != source.mnt && up->mnt_parent != up)
			up = up->mnt_parent;
		error = up == source.mnt ? -ELOOP : 0;
	}
	if (!error) {
		old = detach(source.mnt);
		attach(source.mnt, where);
	}
	up_write(&tree_sem);
	path_put(error ? where : &old);
	path_put(&source);
	return error;
}

#define MS_KEPT \
	(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME | MS_NODIRATIME | MS_RELATIME)

/* Read-only where nobody writes: the mount alone (`bind`), or all that shows the same. */
static int set_mount_flags(struct vfsmount *mnt, unsigned int flags, bool bind)
{
	u32 writers;
	int error = 0;

	spin_lock(&writers_lock);
	writers = bind ? mnt->mnt_writers : mnt->mnt_sb->s_writers;
	if (flags & ~mnt->mnt_flags & MS_RDONLY && writers)
		error = -EBUSY;
	else
		WRITE_ONCE(mnt->mnt_flags, flags);
	spin_unlock(&writers_lock);
	return error;
}

static int remount(struct path *where, unsigned int flags, bool bind)
{
	int error = -EINVAL;

	down_write(&tree_sem); /* nobody changes names */
	if (where->dentry == where->mnt->mnt_root)
		error = set_mount_flags(where->mnt, flags, bind);
	up_write(&tree_sem);
	path_put(where);
	return error;
}

int kern_mount_at(const char *device, const char *where, const char *type, unsigned long flags,
		  const char *data)
{
	unsigned int kept = flags & MS_KEPT;
	struct path path;
	int error = kern_path(where, LOOKUP_FOLLOW, &path);

	if (error)
		return error;
	if (!(flags & MS_NOATIME))
		kept |= MS_RELATIME;
	if (flags & MS_REMOUNT)
		return remount(&path, kept, flags & MS_BIND);
	if (flags & MS_BIND)
		return bind_mount(device, &path);
	if (flags & (MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)) { /* there are no others */
		error = path.dentry == path.mnt->mnt_root ? 0 : -EINVAL;
		path_put(&path);
		return error;
	}
	if (flags & MS_MOVE)
		return move_mount(device, &path);
	return new_mount(device, &path, type, kept, data);
}

/* Mounts that stand on it. */
static bool has_children(const struct vfsmount *mnt)
{
	struct vfsmount *child;

	list_for_each_entry(child, &mounts, mnt_list)
		if (child->mnt_parent == mnt && child != mnt)
			return true;
	return false;
}

static bool is_below(const struct vfsmount *mnt, const struct vfsmount *top)
{
	while (mnt != top && mnt->mnt_parent != mnt)
		mnt = mnt->mnt_parent;
	return mnt == top;
}

/* A mount and all that stands on it leave the tree; tree_sem is written.  A list by mnt_next, to be let go. */
static struct vfsmount *detach_tree(struct vfsmount *top)
{
	struct vfsmount *mnt, *next, *gone = NULL;
	LIST_HEAD(leaving);

	spin_lock(&rename_lock);
	list_for_each_entry_safe(mnt, next, &mounts, mnt_list) { /* while the way up is there */
		if (!is_below(mnt, top))
			continue;
		list_del(&mnt->mnt_list);
		list_add_tail(&mnt->mnt_list, &leaving);
	}
	spin_unlock(&rename_lock);
	while (!list_empty(&leaving)) {
		mnt = list_first_entry(&leaving, struct vfsmount, mnt_list);
		mnt->mnt_was_at = detach(mnt);
		mnt->mnt_next = gone;
		gone = mnt;
	}
	return gone;
}

/* What the tree held of them, and they of it. */
static void let_go(struct vfsmount *gone)
{
	while (gone) {
		struct vfsmount *mnt = gone;

		gone = mnt->mnt_next;
		path_put(&mnt->mnt_was_at);
		mntput(mnt);
	}
}

static int umount_path(struct path *path, int flags)
{
	struct vfsmount *mnt = path->mnt, *gone = NULL;
	int error = 0;

	down_write(&tree_sem);
	if (path->dentry != mnt->mnt_root || mnt->mnt_parent == mnt)
		error = -EINVAL;
	/* The tree holds it, and the path. */
	else if (!(flags & MNT_DETACH) && (has_children(mnt) || READ_ONCE(mnt->mnt_count) != 2))
		error = -EBUSY;
	else
		gone = detach_tree(mnt);
	up_write(&tree_sem);
	path_put(path);
	let_go(gone);
	return error;
}

int kern_umount(const char *where, int flags)
{
	struct path path;
	int error = kern_path(where, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);

	return error ? error : umount_path(&path, flags);
}

/* An argument of mount(2), which may be absent: NULL, text to be freed, or ERR_PTR. */
static char *mount_string(const char __user *text)
{
	return text ? strndup_user(text, PAGE_SIZE) : NULL;
}

SYSCALL_DEFINE5(mount, char __user *, device, char __user *, where, char __user *, type,
		unsigned long, flags, void __user *, data)
{
	char *text[4] = { mount_string(device), mount_string(where), mount_string(type),
			  mount_string(data) };
	long error = 0;

	for (unsigned int i = 0; i < 4; i++)
		if (IS_ERR(text[i])) {
			error = error ? error : PTR_ERR(text[i]);
			text[i] = NULL;
		}
	if ((flags & MS_MGC_MSK) == MS_MGC_VAL)
		flags &= ~MS_MGC_MSK;
	if (!error && !text[1])
		error = -EFAULT;
	if (!error && !text[2] &&
	    !(flags &
	      (MS_REMOUNT | MS_BIND | MS_MOVE | MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE)))
		error = -EINVAL;
	if (!error && !text[0] && flags & (MS_BIND | MS_MOVE) && !(flags & MS_REMOUNT))
		error = -EINVAL;
	if (!error)
		error = kern_mount_at(text[0] ? text[0] : "none", text[1], text[2], flags, text[3]);
	for (unsigned int i = 0; i < 4; i++)
		kfree(text[i]);
	return error;
}

SYSCALL_DEFINE2(umount2, char __user *, name, int, flags)
{
	struct path path;
	int error;

	if (flags & ~(MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (flags & MNT_EXPIRE && flags & (MNT_FORCE | MNT_DETACH))
		return -EINVAL;
	error = user_path_at(AT_FDCWD, name, flags & UMOUNT_NOFOLLOW ? 0 : LOOKUP_FOLLOW, &path);
	return error ? error : umount_path(&path, flags);
}

/* ---------------------------------------------------------------- as text */

/* Blanks and the like come out as \040. */
static void show_mangled(struct sink *out, const char *text)
{
	for (; *text; text++) {
		if (strchr(" \t\n\\#", *text))
			sink_printf(out, "\\%03o", *text);
		else
			sink_write(out, text, 1);
	}
}

static void show_mount_options(struct sink *out, const struct vfsmount *mnt)
{
	static const struct {
		unsigned int flag;
		const char *name;
	} options[] = {
		{ MS_NOSUID, ",nosuid" },	  { MS_NODEV, ",nodev" },
		{ MS_NOEXEC, ",noexec" },	  { MS_NOATIME, ",noatime" },
		{ MS_NODIRATIME, ",nodiratime" }, { MS_RELATIME, ",relatime" },
	};

	sink_printf(out, "%s", mnt->mnt_flags & MS_RDONLY ? "ro" : "rw");
	for (unsigned int i = 0; i < ARRAY_SIZE(options); i++)
		if (mnt->mnt_flags & options[i].flag)
			sink_printf(out, "%s", options[i].name);
}

static void show_super_options(struct sink *out, const struct vfsmount *mnt)
{
	if (mnt->mnt_sb->s_op->show_options)
		mnt->mnt_sb->s_op->show_options(out, mnt->mnt_sb);
}

static void show_mount(struct sink *out, const struct vfsmount *mnt, const char *where)
{
	show_mangled(out, mnt->mnt_devname);
	sink_printf(out, " ");
	show_mangled(out, where);
	sink_printf(out, " %s ", mnt->mnt_sb->s_type->name);
	show_mount_options(out, mnt);
	show_super_options(out, mnt);
	sink_printf(out, " 0 0\n");
}

static void show_info(struct sink *out, const struct vfsmount *mnt, const char *where)
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	const char *root = buf ? dentry_path(mnt->mnt_root, buf, PATH_MAX) : "?";

	sink_printf(out, "%d %d %u:%u ", mnt->mnt_id, mnt->mnt_parent->mnt_id, MAJOR(mnt->mnt_dev),
		    MINOR(mnt->mnt_dev));
	show_mangled(out, IS_ERR(root) ? "?" : root);
	kfree(buf);
	sink_printf(out, " ");
	show_mangled(out, where);
	sink_printf(out, " ");
	show_mount_options(out, mnt);
	sink_printf(out, " - %s ", mnt->mnt_sb->s_type->name);
	show_mangled(out, mnt->mnt_devname);
	sink_printf(out, " %s", mnt->mnt_flags & MS_RDONLY ? "ro" : "rw");
	show_super_options(out, mnt);
	sink_printf(out, "\n");
}

/* Of those that current can reach. */
static void for_each_mount(struct sink *out,
			   void (*show)(struct sink *out, const struct vfsmount *mnt,
					const char *where))
{
	char *buf = kmalloc(PATH_MAX, GFP_KERNEL);
	struct vfsmount *mnt;

	if (!buf)
		return;
	down_read(&tree_sem);
	list_for_each_entry(mnt, &mounts, mnt_list) {
		struct path path = { mnt, mnt->mnt_root };
		const char *where = d_cwd(&path, buf, PATH_MAX);

		if (!IS_ERR(where) && *where == '/')
			show(out, mnt, where);
	}
	up_read(&tree_sem);
	kfree(buf);
}

void show_mounts(struct sink *out)
{
	for_each_mount(out, show_mount);
}

void show_mountinfo(struct sink *out)
{
	for_each_mount(out, show_info);
}

void __init mount_init(void)
{
	struct file_system_type *type = find_filesystem("rootfs");
	struct super_block *sb = type->mount(type, NULL);

	root_mnt = IS_ERR(sb) ? NULL : mnt_alloc(sb, sb->s_root, "rootfs", 0);
	if (!root_mnt)
		panic("no memory for the root of files");
	list_add_tail(&root_mnt->mnt_list, &mounts);
}
