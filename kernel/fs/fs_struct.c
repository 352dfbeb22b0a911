// SPDX-License-Identifier: MIT
/* Where a process stands among the files; the calls that ask and change it. */
#include "kernel/fs/fs_struct.h"

#include <linux/sched.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/namei.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

static struct fs_struct *alloc_fs(void)
{
	struct fs_struct *fs = kzalloc(sizeof(*fs), GFP_KERNEL);

	if (fs) {
		fs->users = 1;
		spin_lock_init(&fs->lock);
	}
	return fs;
}

static __always_inline void get_place(struct task_struct *task, bool root, struct path *path)
{
	struct fs_struct *fs = task->fs;

	if (!fs) {
		*path = (struct path){ root_mnt, root_mnt->mnt_root };
		path_get(path);
		return;
	}
	spin_lock(&fs->lock);
	*path = root ? fs->root : fs->pwd;
	path_get(path);
	spin_unlock(&fs->lock);
}

void get_fs_root(struct path *root)
{
	get_place(current, true, root);
}

void get_fs_pwd(struct path *pwd)
{
	get_place(current, false, pwd);
}

/* task->fs of another goes away under fs_lock alone. */
static DEFINE_SPINLOCK(fs_lock);

static int get_task_place(struct task_struct *task, bool root, struct path *path)
{
	int error = -ENOENT;

	spin_lock(&fs_lock);
	if (task->fs) {
		get_place(task, root, path);
		error = 0;
	}
	spin_unlock(&fs_lock);
	return error;
}

int get_task_root(struct task_struct *task, struct path *root)
{
	return get_task_place(task, true, root);
}

int get_task_pwd(struct task_struct *task, struct path *pwd)
{
	return get_task_place(task, false, pwd);
}

umode_t current_umask(void)
{
	return current->fs ? READ_ONCE(current->fs->umask) : 0;
}

static struct fs_struct *copy_of(struct fs_struct *old)
{
	struct fs_struct *fs = alloc_fs();

	if (!fs)
		return NULL;
	spin_lock(&old->lock);
	fs->umask = old->umask;
	fs->root = old->root;
	fs->pwd = old->pwd;
	path_get(&fs->root);
	path_get(&fs->pwd);
	spin_unlock(&old->lock);
	return fs;
}

static void put_fs(struct fs_struct *fs)
{
	if (!fs || __atomic_sub_fetch(&fs->users, 1, __ATOMIC_ACQ_REL))
		return;
	path_put(&fs->root);
	path_put(&fs->pwd);
	kfree(fs);
}

/* task has `fs` from now on; what it had is let go. */
static void set_fs(struct task_struct *task, struct fs_struct *fs)
{
	struct fs_struct *old = task->fs;

	spin_lock(&fs_lock);
	task->fs = fs;
	spin_unlock(&fs_lock);
	put_fs(old);
}

int copy_fs(unsigned long clone_flags, struct task_struct *child)
{
	struct fs_struct *fs = current->fs;

	child->fs = NULL;
	if (!fs)
		return 0;
	if (clone_flags & CLONE_FS) {
		__atomic_fetch_add(&fs->users, 1, __ATOMIC_RELAXED);
		child->fs = fs;
		return 0;
	}
	child->fs = copy_of(fs);
	return child->fs ? 0 : -ENOMEM;
}

void exit_fs(struct task_struct *task)
{
	set_fs(task, NULL);
}

int unshare_fs_struct(void)
{
	struct fs_struct *fs;

	if (!current->fs || READ_ONCE(current->fs->users) == 1)
		return 0;
	fs = copy_of(current->fs);
	if (!fs)
		return -ENOMEM;
	set_fs(current, fs);
	return 0;
}

int init_fs_struct(void)
{
	struct fs_struct *fs = alloc_fs();

	if (!fs)
		return -ENOMEM;
	fs->umask = 022;
	get_place(current, true, &fs->root);
	get_place(current, false, &fs->pwd);
	set_fs(current, fs);
	return 0;
}

/* *slot of current's fs becomes the path, whose hold goes over. */
static void change_place(struct path *slot, const struct path *path)
{
	struct fs_struct *fs = current->fs;
	struct path old;

	spin_lock(&fs->lock);
	old = *slot;
	*slot = *path;
	spin_unlock(&fs->lock);
	path_put(&old);
}

SYSCALL_DEFINE1(umask, int, mask)
{
	return __atomic_exchange_n(&current->fs->umask, mask & 0777, __ATOMIC_RELAXED);
}

SYSCALL_DEFINE1(chdir, const char __user *, name)
{
	struct path path;
	int error = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (!error)
		change_place(&current->fs->pwd, &path);
	return error;
}

SYSCALL_DEFINE1(fchdir, unsigned int, fd)
{
	struct fd f = fdget_raw(fd);
	struct path path;

	if (!f.file)
		return -EBADF;
	path = f.file->f_path;
	if (!d_is_dir(path.dentry)) {
		fdput(f);
		return -ENOTDIR;
	}
	path_get(&path);
	fdput(f);
	change_place(&current->fs->pwd, &path);
	return 0;
}

SYSCALL_DEFINE1(chroot, const char __user *, name)
{
	struct path path;
	int error = user_path_at(AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, &path);

	if (!error)
		change_place(&current->fs->root, &path);
	return error;
}

SYSCALL_DEFINE2(getcwd, char __user *, buf, unsigned long, size)
{
	char *page = kmalloc(PATH_MAX, GFP_KERNEL), *text;
	struct path pwd;
	long ret;

	if (!page)
		return -ENOMEM;
	get_fs_pwd(&pwd);
	text = d_cwd(&pwd, page, PATH_MAX);
	if (pwd.dentry->d_flags & DCACHE_REMOVED)
		ret = -ENOENT;
	else if (IS_ERR(text))
		ret = PTR_ERR(text);
	else
		ret = page + PATH_MAX - text;
	path_put(&pwd);
	if (ret > 0 && (unsigned long)ret > size)
		ret = -ERANGE;
	if (ret > 0 && copy_to_user(buf, text, ret))
		ret = -EFAULT;
	kfree(page);
	return ret;
}
