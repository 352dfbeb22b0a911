// SPDX-License-Identifier: MIT
/* Files without a place: pipes, events and the like.  Their inodes are of a file system that nobody mounts. */
#include "kernel/core/panic.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/shmem.h"
#include "kernel/lib/vsprintf.h"

struct vfsmount *pseudo_mnt;
static struct inode *anon_inode; /* that they all share which need none of their own */

static const struct super_operations pseudo_ops = {
	.evict_inode = shmem_evict_inode,
};
static struct file_system_type pseudo_type = { .name = "anon_inodefs" };

struct inode *new_pseudo_inode(umode_t mode)
{
	struct inode *inode = new_inode(pseudo_mnt->mnt_sb, mode, 0);

	if (inode)
		inode->i_flags |= S_PRIVATE;
	return inode;
}

/* The path's holds become the file's. */
static struct file *open_pseudo(const struct path *path, int flags,
				const struct file_operations *fops)
{
	struct file *file = alloc_empty_file(flags);

	if (!file) {
		path_put(path);
		return ERR_PTR(-ENFILE);
	}
	return open_with_fops(file, path, fops);
}

struct file *alloc_file_pseudo(struct inode *inode, const char *name, int flags,
			       const struct file_operations *fops)
{
	struct qstr text = { name, strlen(name), 0 };
	struct path path = { pseudo_mnt, d_alloc(NULL, pseudo_mnt->mnt_sb, &text) };

	if (!path.dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	path.dentry->d_flags |= DCACHE_PSEUDO;
	d_instantiate(path.dentry, inode);
	mntget(path.mnt);
	return open_pseudo(&path, flags, fops);
}

struct file *alloc_file_clone(struct file *base, int flags, const struct file_operations *fops)
{
	path_get(&base->f_path);
	return open_pseudo(&base->f_path, flags, fops);
}

struct file *anon_inode_getfile(const char *name, const struct file_operations *fops, void *priv,
				int flags)
{
	char text[64];
	struct file *file;

	snprintf(text, sizeof(text), "anon_inode:%s", name);
	ihold(anon_inode);
	file = alloc_file_pseudo(anon_inode, text, flags & (O_ACCMODE | O_NONBLOCK), fops);
	if (!IS_ERR(file))
		file->private_data = priv;
	return file;
}

int anon_inode_getfd(const char *name, const struct file_operations *fops, void *priv, int flags)
{
	int fd = get_unused_fd_flags(flags);
	struct file *file;

	if (fd < 0)
		return fd;
	file = anon_inode_getfile(name, fops, priv, flags);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}

void __init anon_inode_init(void)
{
	struct super_block *sb =
		alloc_super(&pseudo_type, 0x09041934 /* ANON_INODE_FS_MAGIC */, &pseudo_ops);

	pseudo_mnt = sb ? mnt_alloc(sb, NULL, "none", 0) : NULL;
	anon_inode = pseudo_mnt ? new_pseudo_inode(S_IRUSR | S_IWUSR) : NULL;
	if (!anon_inode)
		panic("no memory for files without a place");
}
