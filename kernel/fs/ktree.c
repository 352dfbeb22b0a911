// SPDX-License-Identifier: MIT
/*
 * Trees of kernel files.
 *
 * What was made once is a dentry that stays, and a struct knode behind its inode.  What a directory's lookup() tells
 * gets an inode and a knode of its own each time, which go with the last holder.
 *
 * A reader of a text has it in his open file (struct ktext): it is made anew when he reads from the beginning.
 */
#include "kernel/fs/ktree.h"

#include <linux/fs.h>
#include <linux/magic.h>

#include "kernel/core/panic.h"
#include "kernel/core/sink.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/sched/mutex.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

#define TEXT_FIRST 1024		/* bytes that a text has room for at first */
#define TEXT_MAX   (64UL << 20) /* of a process with as many mappings as there may be */
#define CHUNK	   PAGE_SIZE	/* of binary files, and the most that store() is given */

struct knode {
	const struct knode_ops *ops;
	const struct ktree_dir_ops *dir; /* NULL: a directory of what was made in it */
	void *private;
};

struct ktree {
	struct file_system_type type;
	struct super_block *sb;
};

static const struct inode_operations dir_iops, made_dir_iops, file_iops, link_iops;
static const struct file_operations dir_fops, file_fops;
static const struct knode_ops no_ops;

static struct knode *knode_of(const struct inode *inode)
{
	return inode->i_private;
}

/* ---------------------------------------------------------------- inodes */

/* In /proc a directory knows which names there can be; in /sys any could be made, if that were allowed. */
static bool knows_names(const struct super_block *sb, const struct ktree_dir_ops *dir)
{
	return dir || sb->s_magic == PROC_SUPER_MAGIC;
}

static const struct inode_operations *inode_ops(const struct super_block *sb, umode_t mode,
						const struct ktree_dir_ops *dir)
{
	if (S_ISDIR(mode))
		return knows_names(sb, dir) ? &dir_iops : &made_dir_iops;
	return S_ISLNK(mode) ? &link_iops : &file_iops;
}

/* What an inode is by its mode; the knode becomes its. */
static struct inode *make_inode(struct super_block *sb, umode_t mode, const struct knode_ops *ops,
				const struct ktree_dir_ops *dir, void *private)
{
	struct knode *knode = kmalloc(sizeof(*knode), GFP_KERNEL);
	struct inode *inode = knode ? new_inode(sb, mode, 0) : NULL;

	if (!inode) {
		kfree(knode);
		return NULL;
	}
	*knode = (struct knode){ ops ? ops : &no_ops, dir, private };
	inode->i_private = knode;
	if (knode->ops->mmap)
		init_rwsem(
			&inode->i_rwsem); /* of a class of its own: taken within mmap_lock, see file_mmap() */
	inode->i_op = inode_ops(sb, mode, dir);
	inode->i_fop = S_ISDIR(mode) ? &dir_fops : &file_fops;
	return inode;
}

static void evict_knode(struct inode *inode)
{
	struct knode *knode = knode_of(inode);

	if (knode->ops->release)
		knode->ops->release(knode->private);
	kfree(knode);
}

static loff_t size_of(struct inode *inode)
{
	const struct knode *knode = knode_of(inode);
	loff_t size = i_size_read(inode);

	down_read(&inode->i_rwsem);
	if (knode->ops->size && !(inode->i_flags & S_DEAD))
		size = knode->ops->size(knode->private);
	up_read(&inode->i_rwsem);
	return size;
}

static int ktree_getattr(const struct path *path, struct kstat *stat)
{
	struct inode *inode = path->dentry->d_inode;
	const struct knode *knode = knode_of(inode);

	stat->size = size_of(inode);
	if (knode->dir && knode->dir->nlink)
		stat->nlink = knode->dir->nlink(knode->private);
	return 0;
}

/* Nobody changes what these files are. */
static int ktree_setattr(struct dentry *dentry, struct iattr *attr)
{
	(void)dentry;
	/* O_TRUNC of a file that is written as a whole */
	return attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

/* ---------------------------------------------------------------- texts */

/* Memory for a text, made before it is asked for: who writes it may have a lock that the allocator takes. */
struct ktext {
	struct mutex lock; /* what follows */
	char *text;	   /* NULL: not made yet */
	size_t len;
};

static int call_show(struct inode *inode, struct sink *out)
{
	const struct knode *knode = knode_of(inode);
	int error = -ENODEV;

	down_read(&inode->i_rwsem);
	if (!(inode->i_flags & S_DEAD))
		error = knode->ops->show(out, knode->private);
	up_read(&inode->i_rwsem);
	return error;
}

/* show() is called with a sink of some size, again and again, until all of what it says had room. */
static int make_text(struct ktext *t, struct inode *inode)
{
	struct buffer_sink b = { .size = TEXT_FIRST };
	size_t size = TEXT_FIRST;
	int error;

	do {
		kvfree(t->text);
		t->text = size <= TEXT_MAX ? kvmalloc(size, GFP_KERNEL) : NULL;
		if (!t->text)
			return -ENOMEM;
		buffer_sink_init(&b, t->text, size);
		error = call_show(inode, &b.sink);
		size = ALIGN(size + b.lost, TEXT_FIRST) * 2; /* it may be longer next time */
	} while (!error && b.lost);
	t->len = b.len;
	return error;
}

static ssize_t read_text(struct kiocb *iocb, struct iov_iter *to)
{
	struct ktext *t = iocb->ki_filp->private_data;
	ssize_t ret = 0;
	size_t n;

	mutex_lock(&t->lock);
	if (!iocb->ki_pos || !t->text)
		ret = make_text(t, file_inode(iocb->ki_filp));
	if (ret) {
		kvfree(t->text);
		t->text = NULL;
	} else if ((u64)iocb->ki_pos < t->len) {
		n = min(iov_iter_count(to), t->len - (size_t)iocb->ki_pos);
		ret = (ssize_t)copy_to_iter(t->text + iocb->ki_pos, n, to);
		if (!ret && n)
			ret = -EFAULT;
	}
	mutex_unlock(&t->lock);
	if (ret > 0)
		iocb->ki_pos += ret;
	return ret;
}

/* ---------------------------------------------------------------- bytes */

static ssize_t call_read(struct inode *inode, char *buf, loff_t pos, size_t n)
{
	const struct knode *knode = knode_of(inode);
	ssize_t ret = -ENODEV;

	down_read(&inode->i_rwsem);
	if (!(inode->i_flags & S_DEAD))
		ret = knode->ops->read(knode->private, buf, pos, n);
	up_read(&inode->i_rwsem);
	return ret;
}

static ssize_t call_write(struct inode *inode, const char *buf, loff_t pos, size_t n)
{
	const struct knode *knode = knode_of(inode);
	ssize_t ret = -ENODEV;

	down_read(&inode->i_rwsem);
	if (!(inode->i_flags & S_DEAD))
		ret = knode->ops->store ? knode->ops->store(knode->private, buf, n) :
					  knode->ops->write(knode->private, buf, pos, n);
	up_read(&inode->i_rwsem);
	return ret;
}

/* Of n bytes at pos, those that lie in a file of that size; 0: nobody knows how large it is. */
static size_t within(loff_t size, loff_t pos, size_t n)
{
	if (!size)
		return n;
	return pos < size ? min(n, (size_t)(size - pos)) : 0;
}

/* A piece: its bytes, 0 at the end, or -errno.  *more: it was done whole, and another may follow. */
static ssize_t move_piece(struct kiocb *iocb, struct iov_iter *iter, char *buf, loff_t size,
			  bool write, bool *more)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	size_t n = within(size, iocb->ki_pos, min(iov_iter_count(iter), (size_t)CHUNK));
	ssize_t got;

	*more = false;
	if (!n)
		return write ? -EFBIG : 0;
	if (write) {
		if (copy_from_iter(buf, n, iter) != n)
			return -EFAULT;
		buf[n] = '\0';
		got = call_write(inode, buf, iocb->ki_pos, n);
	} else {
		got = call_read(inode, buf, iocb->ki_pos, n);
		if (got > 0 && copy_to_iter(buf, (size_t)got, iter) != (size_t)got)
			return -EFAULT;
	}
	*more = got == (ssize_t)n;
	return got;
}

/* A piece at a time; what was done before an error counts. */
static ssize_t move_bytes(struct kiocb *iocb, struct iov_iter *iter, bool write)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	bool is_text = write && knode_of(inode)->ops->store, more = true; /* taken as it is */
	loff_t size = is_text ? 0 : size_of(inode);
	char *buf = kmalloc(CHUNK + write, GFP_KERNEL);
	ssize_t done = 0, got = 0;

	if (!buf)
		return -ENOMEM;
	while (more && iov_iter_count(iter)) {
		got = move_piece(iocb, iter, buf, size, write, &more);
		if (got <= 0)
			break;
		done += got;
		iocb->ki_pos += got;
	}
	kfree(buf);
	return done ? done : got;
}

/* ---------------------------------------------------------------- files */

static ssize_t file_read(struct kiocb *iocb, struct iov_iter *to)
{
	const struct knode_ops *ops = knode_of(file_inode(iocb->ki_filp))->ops;

	if (ops->show)
		return read_text(iocb, to);
	return ops->read ? move_bytes(iocb, to, false) : -EIO;
}

static ssize_t file_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	const struct knode_ops *ops = knode_of(inode)->ops;

	if (ops->stores_nothing && !iov_iter_count(from))
		return call_write(inode, "", iocb->ki_pos, 0);
	return ops->store || ops->write ? move_bytes(iocb, from, true) : -EIO;
}

static int file_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct inode *inode = file_inode(file);
	const struct knode *knode = knode_of(inode);
	int error = -ENODEV;

	/* Who shows an mm takes its mmap_lock within the inode's: not here the other way round. */
	if (!knode->ops->mmap)
		return -ENODEV;
	down_read(&inode->i_rwsem);
	if (!(inode->i_flags & S_DEAD))
		error = knode->ops->mmap(file, vma, knode->private);
	up_read(&inode->i_rwsem);
	return error;
}

/* In /sys not even root opens a file for what nobody may do with it. */
static int check_rights(const struct inode *inode, const struct file *file)
{
	if (inode->i_sb->s_magic != SYSFS_MAGIC)
		return 0;
	if (file->f_mode & FMODE_WRITE && !(inode->i_mode & 0222))
		return -EACCES;
	return file->f_mode & FMODE_READ && !(inode->i_mode & 0444) ? -EACCES : 0;
}

static int file_open(struct inode *inode, struct file *file)
{
	const struct knode *knode = knode_of(inode);
	struct ktext *t;
	int error = check_rights(inode, file);

	if (error)
		return error;
	if (knode->ops->fops) {
		file->f_op = knode->ops->fops;
		file->private_data = knode->private;
		return file->f_op->open ? file->f_op->open(inode, file) : 0;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	mutex_init(&t->lock);
	file->private_data = t;
	if (knode->ops->mapping)
		file->f_mapping = knode->ops->mapping();
	return 0;
}

static int file_release(struct inode *inode, struct file *file)
{
	struct ktext *t = file->private_data;

	(void)inode;
	kvfree(t->text);
	kfree(t);
	return 0;
}

/* A text has no end that is known before it is made. */
static loff_t file_llseek(struct file *file, loff_t offset, int whence)
{
	const struct knode *knode = knode_of(file_inode(file));

	if (whence == SEEK_END && knode->ops->show)
		return -EINVAL;
	return generic_file_llseek_size(file, offset, whence, MAX_LFS_FILESIZE,
					size_of(file_inode(file)));
}

static const struct file_operations file_fops = {
	.llseek = file_llseek,
	.read_iter = file_read,
	.write_iter = file_write,
	.mmap = file_mmap,
	.open = file_open,
	.release = file_release,
};

static const struct inode_operations file_iops = {
	.getattr = ktree_getattr,
	.setattr = ktree_setattr,
};

/* ---------------------------------------------------------------- links */

static int link_text(const struct knode *knode, struct link_target *target)
{
	char *text = kmalloc(PATH_MAX, GFP_KERNEL);
	struct buffer_sink b;
	int error;

	if (!text)
		return -ENOMEM;
	buffer_sink_init(&b, text, PATH_MAX);
	error = knode->ops->link(&b.sink, knode->private);
	if (!error && b.lost)
		error = -ENAMETOOLONG;
	if (error)
		kfree(text);
	else
		target->text = target->allocated = text;
	return error;
}

static int get_link(struct inode *inode, struct link_target *target)
{
	struct knode *knode = knode_of(inode);

	if (inode->i_link) {
		target->text = inode->i_link;
		return 0;
	}
	if (knode->ops->link)
		return link_text(knode, target);
	return knode->ops->link_path(target->path, knode->private);
}

static const struct inode_operations link_iops = {
	.get_link = get_link,
	.getattr = ktree_getattr,
	.setattr = ktree_setattr,
};

/* ---------------------------------------------------------------- directories */

static struct inode *dir_lookup(struct inode *dir, const char *name)
{
	const struct knode *knode = knode_of(dir);
	struct ktree_entry entry;
	struct inode *inode;
	int error;

	if (!knode->dir)
		return ERR_PTR(-ENOENT);
	error = knode->dir->lookup(knode->private, name, &entry);
	if (error)
		return ERR_PTR(error);
	inode = make_inode(dir->i_sb, entry.mode, entry.ops, entry.dir, entry.private);
	if (!inode) {
		if (entry.ops && entry.ops->release)
			entry.ops->release(entry.private);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_uid = entry.uid;
	inode->i_gid = entry.gid;
	if (entry.ino)
		inode->i_ino = entry.ino;
	return inode;
}

/* What was made, at positions from 2 on; then what comes by itself. */
static int dir_iterate(struct file *file, struct dir_context *ctx)
{
	const struct knode *knode = knode_of(file_inode(file));

	if (!knode->dir || ctx->pos < KTREE_FIRST) {
		if (!dcache_emit(file, ctx) || !knode->dir)
			return 0;
		ctx->pos = KTREE_FIRST;
	}
	return knode->dir->iterate(knode->private, ctx);
}

static const struct inode_operations dir_iops = {
	.lookup = dir_lookup,
	.getattr = ktree_getattr,
	.setattr = ktree_setattr,
};

static const struct inode_operations made_dir_iops = {
	.getattr = ktree_getattr,
	.setattr = ktree_setattr,
};

static const struct file_operations dir_fops = {
	.llseek = dcache_dir_llseek,
	.read_iter = generic_read_dir,
	.iterate_shared = dir_iterate,
};

/* ---------------------------------------------------------------- making them */

static const struct super_operations ktree_super_ops = {
	.evict_inode = evict_knode,
};

static struct super_block *ktree_mount(struct file_system_type *type, const char *data)
{
	struct ktree *tree = container_of(type, struct ktree, type);

	(void)data;
	get_super(tree->sb);
	return tree->sb;
}

struct dentry *ktree_register(const char *fs_name, unsigned long magic)
{
	struct ktree *tree = kzalloc(sizeof(*tree), GFP_KERNEL);

	if (tree) {
		tree->type.name = fs_name;
		tree->type.mount = ktree_mount;
		tree->type.dev_per_mount = magic == PROC_SUPER_MAGIC;
		tree->sb = alloc_super(&tree->type, magic, &ktree_super_ops);
	}
	if (tree && tree->sb && magic == PROC_SUPER_MAGIC)
		tree->sb->s_blocksize = 1024;
	if (tree && tree->sb)
		tree->sb->s_root = d_make_root(
			tree->sb, make_inode(tree->sb, S_IFDIR | 0555, NULL, NULL, NULL));
	if (!tree || !tree->sb || !tree->sb->s_root)
		panic("no memory for the files of %s", fs_name);
	register_filesystem(&tree->type);
	return tree->sb->s_root;
}

/* The inode, which may be NULL, becomes `name` in parent: the dentry, or ERR_PTR, and it is let go. */
static struct dentry *add_child(struct dentry *parent, const struct qstr *name, struct inode *inode)
{
	struct dentry *child = inode ? d_alloc(parent, parent->d_sb, name) : NULL, *other;

	if (!child) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_instantiate(child, inode);
	down_write(&tree_sem);
	other = d_find(parent, name);
	if (!other) {
		d_add(child, true);
		parent->d_inode->i_nlink += S_ISDIR(inode->i_mode);
	}
	up_write(&tree_sem);
	dput(child); /* the tree holds it */
	if (!other)
		return child;
	dput(other);
	return ERR_PTR(-EEXIST);
}

static struct dentry *make_child(struct dentry *parent, const char *text, struct inode *inode)
{
	struct qstr name = { .name = text };

	name.hash = hash_component(text, &name.len);
	return add_child(parent, &name, inode);
}

struct dentry *ktree_mkdir_dynamic(struct dentry *parent, const char *name, umode_t mode,
				   const struct ktree_dir_ops *dir, void *private)
{
	return make_child(parent, name,
			  make_inode(parent->d_sb, S_IFDIR | mode, NULL, dir, private));
}

struct dentry *ktree_mkdir(struct dentry *parent, const char *name, umode_t mode)
{
	return ktree_mkdir_dynamic(parent, name, mode, NULL, NULL);
}

void ktree_set_dynamic(struct dentry *knode, const struct ktree_dir_ops *dir, void *private)
{
	knode_of(knode->d_inode)->private = private;
	knode_of(knode->d_inode)->dir = dir;
	knode->d_inode->i_op = inode_ops(knode->d_sb, S_IFDIR, dir);
}

struct dentry *ktree_create(struct dentry *parent, const char *name, umode_t mode, loff_t size,
			    const struct knode_ops *ops, void *private)
{
	struct inode *inode = make_inode(parent->d_sb, S_IFREG | mode, ops, NULL, private);

	if (inode)
		inode->i_size = size;
	return make_child(parent, name, inode);
}

struct dentry *ktree_create_link(struct dentry *parent, const char *name,
				 const struct knode_ops *ops, void *private)
{
	return make_child(parent, name,
			  make_inode(parent->d_sb, S_IFLNK | 0777, ops, NULL, private));
}

struct dentry *ktree_symlink(struct dentry *parent, const char *name, const char *target)
{
	struct inode *inode = make_inode(parent->d_sb, S_IFLNK | 0777, NULL, NULL, NULL);
	char *text = kstrdup(target, GFP_KERNEL);

	if (!inode || !text) {
		iput(inode);
		kfree(text);
		return ERR_PTR(-ENOMEM);
	}
	inode->i_link = text;
	if (parent->d_sb->s_magic != SYSFS_MAGIC)
		inode->i_size = (loff_t)strlen(text);
	return make_child(parent, name, inode);
}

/* The next component of *path in `dir`, which moves on: not held, for the tree holds it.  NULL. */
static struct dentry *next_child(struct dentry *dir, const char **path, struct qstr *name)
{
	struct dentry *child;

	name->name = *path;
	name->hash = hash_component(*path, &name->len);
	*path += name->len + ((*path)[name->len] == '/');
	down_read(&tree_sem);
	child = d_find(dir, name);
	up_read(&tree_sem);
	dput(child);
	return child;
}

struct dentry *ktree_find(struct dentry *from, const char *path)
{
	struct qstr name;

	while (from && *path)
		from = next_child(from, &path, &name);
	return from;
}

struct dentry *ktree_mkdir_path(struct dentry *from, const char *path, umode_t mode)
{
	struct dentry *child;
	struct qstr name;

	while (*path) {
		child = next_child(from, &path, &name);
		if (!child)
			child = add_child(from, &name,
					  make_inode(from->d_sb, S_IFDIR | mode, NULL, NULL, NULL));
		if (IS_ERR(child))
			return child;
		from = child;
	}
	return from;
}

/* The deepest of those below, or `knode` itself.  tree_sem is written. */
static struct dentry *deepest(struct dentry *knode)
{
	while (!list_empty(&knode->d_subdirs))
		knode = list_first_entry(&knode->d_subdirs, struct dentry, d_child);
	return knode;
}

void ktree_remove(struct dentry *knode)
{
	struct dentry *last;

	do {
		down_write(&tree_sem);
		last = deepest(knode);
		last->d_parent->d_inode->i_nlink -= S_ISDIR(last->d_inode->i_mode);
		d_drop(last);
		up_write(&tree_sem);
		down_write(&last->d_inode->i_rwsem); /* its callbacks have returned */
		last->d_inode->i_flags |= S_DEAD;
		up_write(&last->d_inode->i_rwsem);
		dput(last);
	} while (last != knode);
}
