// SPDX-License-Identifier: MIT
/* /proc/PID/fd and fdinfo: the files that a process has open, by their numbers. */
#include <linux/fs.h>

#include "kernel/core/sink.h"
#include "kernel/fs/file.h"
#include "kernel/fs/mount.h"
#include "kernel/lib/string.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/proc/task.h"
#include "mm/slab.h"

#define NAME_LEN 16
#define DT_REG	 8 /* getdents(2)'s */
#define DT_LNK	 10

/* An entry that was looked up. */
struct proc_fd {
	struct task_struct *task; /* held */
	unsigned int fd;
};

/* A descriptor's number without anything in front or behind: 0 or -ENOENT. */
static int parse_fd(const char *name, unsigned int *fd)
{
	u64 n;

	if ((name[0] == '0' && name[1]) || kstrtoull(name, 10, &n) || n >= NR_OPEN_MAX)
		return -ENOENT;
	*fd = (unsigned int)n;
	return 0;
}

/* The file, held, or NULL; how it is to be closed in *cloexec, which may be NULL. */
static struct file *get_fd(struct task_struct *task, unsigned int fd, bool *cloexec)
{
	struct files_struct *files = get_files_struct(task);
	struct file *file;

	if (!files)
		return NULL;
	file = files_fget_raw(files, fd);
	if (cloexec)
		*cloexec = files_close_on_exec(files, fd);
	put_files_struct(files);
	return file;
}

static void release_fd(void *private)
{
	struct proc_fd *p = private;

	put_task_struct(p->task);
	kfree(p);
}

static int link_path(struct path *path, void *private)
{
	struct proc_fd *p = private;
	struct file *file = get_fd(p->task, p->fd, NULL);

	if (!file)
		return -ENOENT;
	*path = file->f_path;
	path_get(path);
	fput(file);
	return 0;
}

static int show_info(struct sink *out, void *private)
{
	struct proc_fd *p = private;
	bool cloexec;
	struct file *file = get_fd(p->task, p->fd, &cloexec);

	if (!file)
		return -ENOENT;
	sink_printf(out, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%d\nino:\t%lu\n",
		    (long long)file->f_pos, file->f_flags | (cloexec ? O_CLOEXEC : 0),
		    file->f_path.mnt ? file->f_path.mnt->mnt_id : 0, file_inode(file)->i_ino);
	if (file->f_op->show_fdinfo)
		file->f_op->show_fdinfo(out, file);
	fput(file);
	return 0;
}

static const struct knode_ops link_ops = { .link_path = link_path, .release = release_fd };
static const struct knode_ops info_ops = { .show = show_info, .release = release_fd };

/* A link's rights are how the file was opened. */
static umode_t link_mode(const struct file *file)
{
	umode_t mode = S_IFLNK;

	if (file->f_mode & FMODE_READ)
		mode |= 0500;
	if (file->f_mode & FMODE_WRITE)
		mode |= 0300;
	return mode;
}

static int lookup(struct task_struct *task, const char *name, bool link, struct ktree_entry *entry)
{
	struct proc_fd *p;
	struct file *file;
	unsigned int fd;

	if (parse_fd(name, &fd))
		return -ENOENT;
	file = get_fd(task, fd, NULL);
	if (!file)
		return -ENOENT;
	*entry = (struct ktree_entry){ .mode = link ? link_mode(file) : S_IFREG | 0444,
				       .ops = link ? &link_ops : &info_ops };
	fput(file);
	p = kmalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	get_task_struct(task);
	*p = (struct proc_fd){ task, fd };
	entry->private = p;
	return 0;
}

static int iterate(struct task_struct *task, struct dir_context *ctx, unsigned int type)
{
	struct files_struct *files = get_files_struct(task);
	unsigned int fd = (unsigned int)(ctx->pos - KTREE_FIRST);
	char name[NAME_LEN];
	struct file *file;
	bool room = true;

	if (!files)
		return 0;
	while (room && (file = files_next_file(files, &fd)) != NULL) {
		fput(file);
		ctx->pos = KTREE_FIRST + fd;
		scnprintf(name, sizeof(name), "%u", fd);
		room = dir_emit(ctx, name, (int)strlen(name),
				(u64)task->pid << 20 | fd | 1ULL << 40, type);
		ctx->pos += room;
		fd++;
	}
	put_files_struct(files);
	return 0;
}

static int fd_lookup(void *task, const char *name, struct ktree_entry *entry)
{
	return lookup(task, name, true, entry);
}

static int fd_iterate(void *task, struct dir_context *ctx)
{
	return iterate(task, ctx, DT_LNK);
}

static int fdinfo_lookup(void *task, const char *name, struct ktree_entry *entry)
{
	return lookup(task, name, false, entry);
}

static int fdinfo_iterate(void *task, struct dir_context *ctx)
{
	return iterate(task, ctx, DT_REG);
}

const struct ktree_dir_ops proc_fd_dir = { .lookup = fd_lookup, .iterate = fd_iterate };
const struct ktree_dir_ops proc_fdinfo_dir = { .lookup = fdinfo_lookup, .iterate = fdinfo_iterate };
