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

static void release_fd(void *private)
{
	struct proc_fd *p = private;

	put_task_struct(p->task);
	kfree(p);
}

static int link_path(struct path *path, void *private)
{
	const struct proc_fd *p = private;
	fmode_t mode;

	return task_fd_path(p->task, p->fd, path, &mode);
}

static int show_info(struct sink *out, void *private)
{
	const struct proc_fd *p = private;
	bool cloexec;
	struct file *file = fget_task(p->task, p->fd, &cloexec);

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
static umode_t link_mode(fmode_t opened)
{
	umode_t mode = S_IFLNK;

	if (opened & FMODE_READ)
		mode |= 0500;
	if (opened & FMODE_WRITE)
		mode |= 0300;
	return mode;
}

static int lookup(struct task_struct *task, const char *name, bool link, struct ktree_entry *entry)
{
	struct proc_fd *p;
	unsigned int fd;
	fmode_t opened;

	if (parse_fd(name, &fd) || task_fd_path(task, fd, NULL, &opened))
		return -ENOENT;
	*entry = (struct ktree_entry){ .mode = link ? link_mode(opened) : S_IFREG | 0444,
				       .ops = link ? &link_ops : &info_ops };
	p = kmalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	get_task_struct(task);
	*p = (struct proc_fd){ task, fd };
	entry->private = p;
	return 0;
}

static int iterate(const struct task_struct *task, struct dir_context *ctx, unsigned int type)
{
	unsigned int fd = (unsigned int)(ctx->pos - KTREE_FIRST);
	char name[NAME_LEN];

	for (; task_next_fd(task, &fd); fd++) {
		ctx->pos = KTREE_FIRST + fd;
		scnprintf(name, sizeof(name), "%u", fd);
		if (!dir_emit(ctx, name, (int)strlen(name), (u64)task->pid << 20 | fd | 1ULL << 40,
			      type))
			break;
		ctx->pos++;
	}
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
