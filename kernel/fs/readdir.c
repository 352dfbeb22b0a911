// SPDX-License-Identifier: MIT
/*
 * What is in a directory.
 *
 * A reader has a position, as it is counted by programs, and in private_data the d_order of the last
 * entry that it got: so it goes on behind that one, whatever came and went meanwhile.
 */
#include <linux/fs.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define DT_DIR 4

bool dir_emit_dots(struct file *file, struct dir_context *ctx)
{
	const struct dentry *dir = file->f_path.dentry;

	if (ctx->pos == 0) {
		if (!dir_emit(ctx, ".", 1, dir->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 1;
	}
	if (ctx->pos == 1) {
		if (!dir_emit(ctx, "..", 2, dir->d_parent->d_inode->i_ino, DT_DIR))
			return false;
		ctx->pos = 2;
	}
	return true;
}

#define ORDER_FIRST (-0x7fffffffffffffffL - 1)

/* In front of all: what private_data is at first, NULL, is a d_order as any other. */
static void restart(struct file *file)
{
	file->private_data = (void *)ORDER_FIRST;
}

bool dcache_emit(struct file *file, struct dir_context *ctx)
{
	struct dentry *child, *dir = file->f_path.dentry;

	if (ctx->pos < 2)
		restart(file);
	if (!dir_emit_dots(file, ctx))
		return false;
	list_for_each_entry(child, &dir->d_subdirs, d_child) {
		if (child->d_order <= (s64)file->private_data)
			continue;
		if (!dir_emit(ctx, child->d_name, child->d_len, child->d_inode->i_ino,
			      DT_of(child->d_inode->i_mode)))
			return false;
		ctx->pos++;
		file->private_data = (void *)child->d_order;
	}
	return true;
}

static int dcache_readdir(struct file *file, struct dir_context *ctx)
{
	dcache_emit(file, ctx);
	return 0;
}

/* The reader is in front of the n-th entry. */
static void skip_entries(struct file *file, loff_t n)
{
	struct dentry *child;

	restart(file);
	down_read(&tree_sem);
	list_for_each_entry(child, &file->f_path.dentry->d_subdirs, d_child) {
		if (n-- <= 0)
			break;
		file->private_data = (void *)child->d_order;
	}
	up_read(&tree_sem);
}

loff_t dcache_dir_llseek(struct file *file, loff_t offset, int whence)
{
	if (whence == SEEK_CUR)
		offset += file->f_pos;
	else if (whence != SEEK_SET)
		return -EINVAL;
	if (offset < 0)
		return -EINVAL;
	if (offset != file->f_pos) {
		file->f_pos = offset;
		skip_entries(file, offset - 2);
	}
	return offset;
}

ssize_t generic_read_dir(struct kiocb *iocb, struct iov_iter *to)
{
	(void)iocb, (void)to;
	return -EISDIR;
}

static int dir_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	(void)file, (void)start, (void)end, (void)datasync;
	return 0;
}

const struct file_operations simple_dir_operations = {
	.llseek = dcache_dir_llseek,
	.read_iter = generic_read_dir,
	.iterate_shared = dcache_readdir,
	.fsync = dir_fsync,
};

int iterate_dir(struct file *file, struct dir_context *ctx)
{
	struct inode *inode = file_inode(file);
	int error = -ENOENT;

	if (!file->f_op->iterate_shared)
		return -ENOTDIR;
	down_read(&tree_sem);
	if (!(inode->i_flags & S_DEAD)) {
		ctx->pos = file->f_pos;
		error = file->f_op->iterate_shared(file, ctx);
		file->f_pos = ctx->pos;
	}
	up_read(&tree_sem);
	if (!error)
		file_accessed(file);
	return error;
}

/* ---------------------------------------------------------------- getdents */

/* The ABI's records.  d_off of one is the position of the next: it is known when that comes. */
struct linux_dirent {
	unsigned long d_ino;
	unsigned long d_off;
	u16 d_reclen;
	char d_name[]; /* and a 0, and the type in the record's last byte */
};

struct linux_dirent64 {
	u64 d_ino;
	s64 d_off;
	u16 d_reclen;
	u8 d_type;
	char d_name[];
};

/*
 * Records are put together in the kernel's memory and copied when no lock is held: a fault at the
 * program's takes mmap_lock, and who has that may wait for what an iterator holds.
 */
struct getdents {
	struct dir_context ctx;
	char *records;
	unsigned int size, room; /* bytes of them, and there may be */
	unsigned int last;	 /* where the last one begins */
	bool is64, full;	 /* full: one had no room */
};

static unsigned int record_size(const struct getdents *g, int len)
{
	return ALIGN(g->is64 ? offsetof(struct linux_dirent64, d_name) + len + 1 :
			       offsetof(struct linux_dirent, d_name) + len + 2,
		     8);
}

/* Both forms have d_ino, d_off and d_reclen in the same places. */
static struct linux_dirent64 *record_at(const struct getdents *g, unsigned int offset)
{
	return (struct linux_dirent64 *)(g->records + offset);
}

static void end_last(struct getdents *g, loff_t pos)
{
	if (g->size)
		record_at(g, g->last)->d_off = pos;
}

static bool emit_record(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino,
			unsigned int type)
{
	struct getdents *g = container_of(ctx, struct getdents, ctx);
	unsigned int size = record_size(g, len);
	struct linux_dirent64 *record = record_at(g, g->size);

	if (size > g->room - g->size || len > NAME_MAX) {
		g->full = true;
		return false;
	}
	end_last(g, pos);
	memset(record, 0, size);
	record->d_ino = ino;
	record->d_reclen = size;
	if (g->is64) {
		record->d_type = type;
		memcpy(record->d_name, name, len);
	} else {
		memcpy(((struct linux_dirent *)record)->d_name, name, len);
		((char *)record)[size - 1] = type;
	}
	g->last = g->size;
	g->size += size;
	return true;
}

/* The next records, of `room` bytes at the most: how many bytes, 0 at the end, or -errno. */
static int gather(struct file *file, struct getdents *g, unsigned int room)
{
	int error;

	g->size = 0;
	g->room = min(room, (unsigned int)PAGE_SIZE);
	g->full = false;
	error = iterate_dir(file, &g->ctx);
	if (error)
		return error;
	end_last(g, g->ctx.pos);
	return g->full && !g->size ? -EINVAL : (int)g->size;
}

/* The same, and they are the program's: where it has no room for all, those that it has room for. */
static int gather_and_copy(struct file *file, struct getdents *g, char __user *buf,
			   unsigned int room)
{
	void *place = file->private_data;
	loff_t pos = file->f_pos;
	int size = gather(file, g, room);
	unsigned int lost = size > 0 ? copy_to_user(buf, g->records, size) : 0;

	if (!lost)
		return size;
	file->private_data = place;
	file->f_pos = pos;
	size = gather(file, g, size - lost);
	g->full = false; /* there is no more room */
	return size > 0 && !copy_to_user(buf, g->records, size) ? size : -EFAULT;
}

static long read_records(struct file *file, char __user *buf, unsigned int count, bool is64)
{
	struct getdents g = { .ctx.actor = emit_record, .is64 = is64 };
	unsigned int done = 0;
	int size;

	g.records = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!g.records)
		return -ENOMEM;
	do {
		size = gather_and_copy(file, &g, buf + done, count - done);
		done += max(size, 0);
	} while (size > 0 && g.full);
	kfree(g.records);
	return done ? (long)done : size;
}

static long do_getdents(unsigned int fd, char __user *buf, unsigned int count, bool is64)
{
	struct fd f = fdget_pos(fd);
	long ret;

	if (!f.file)
		return -EBADF;
	ret = read_records(f.file, buf, count, is64);
	fdput_pos(f);
	return ret;
}

SYSCALL_DEFINE3(getdents, unsigned int, fd, char __user *, buf, unsigned int, count)
{
	return do_getdents(fd, buf, count, false);
}

SYSCALL_DEFINE3(getdents64, unsigned int, fd, char __user *, buf, unsigned int, count)
{
	return do_getdents(fd, buf, count, true);
}
