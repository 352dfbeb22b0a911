// SPDX-License-Identifier: MIT
/*
 * Open files: how they begin, and how they end.
 *
 * The last one who lets a file go may be an interrupt's handler, or hold locks: then the file waits in
 * a list, and a worker closes it.
 */
#include "kernel/core/printk.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/fs/locks.h"
#include "kernel/sched/workqueue.h"
#include "mm/slab.h"

static struct kmem_cache *filp_cache;

static struct file *delayed; /* linked by f_next; atomic */
static void close_delayed(struct work_struct *work);
static struct work_struct delayed_work;

const struct file_operations empty_fops;

/* What a file that is closed leaves as it was. */
static void construct_file(void *memory)
{
	struct file *file = memory;

	spin_lock_init(&file->f_lock);
	mutex_init(&file->f_pos_lock);
	INIT_LIST_HEAD(&file->f_ep);
}

struct file *alloc_empty_file(int flags)
{
	struct file *file = kmem_cache_alloc(filp_cache, GFP_KERNEL);

	if (!file)
		return NULL;
	file->f_count = 1;
	file->f_mode = 0;
	file->f_flags = flags;
	file->f_op = &empty_fops;
	file->f_inode = NULL;
	file->f_mapping = NULL;
	file->private_data = NULL;
	file->f_pos = 0;
	file->f_path = (struct path){ NULL, NULL };
	file->f_owner = (struct fown_struct){ 0 };
	return file;
}

/* What f_op can do, once it is known which it is. */
static void set_abilities(struct file *file)
{
	if (file->f_mode & FMODE_READ && file->f_op->read_iter)
		file->f_mode |= FMODE_CAN_READ;
	if (file->f_mode & FMODE_WRITE && file->f_op->write_iter)
		file->f_mode |= FMODE_CAN_WRITE;
	if (!file->f_op->llseek)
		file->f_mode &= ~FMODE_LSEEK;
}

static int ask_to_open(struct file *file, struct inode *inode)
{
	const struct file_operations *fops = inode->i_fop;
	int error;

	file->f_op = fops ? fops : &empty_fops;
	error = file->f_op->open ? file->f_op->open(inode, file) : 0;
	if (error)
		return error;
	set_abilities(file);
	if (file->f_flags & O_DIRECT &&
	    !(file->f_mapping->a_ops && file->f_mapping->a_ops->direct_IO)) {
		if (file->f_op->release)
			file->f_op->release(inode, file);
		return -EINVAL;
	}
	file->f_mode |= FMODE_OPENED;
	return 0;
}

/* What is written is no running program's, nor on a mount for reading.  Devices, fifos and sockets have no content. */
static int take_write_access(struct file *file, struct inode *inode)
{
	int error;

	if (!(file->f_mode & FMODE_WRITE) || !(S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode)))
		return 0;
	error = get_write_access(inode);
	if (error)
		return error;
	error = mnt_get_write(file->f_path.mnt);
	if (error)
		put_write_access(inode);
	else
		file->f_mode |= FMODE_WRITER;
	return error;
}

static void drop_write_access(struct file *file)
{
	if (!(file->f_mode & FMODE_WRITER))
		return;
	mnt_put_write(file->f_path.mnt);
	put_write_access(file->f_inode);
	file->f_mode &= ~FMODE_WRITER;
}

int do_dentry_open(struct file *file, const struct path *path)
{
	struct inode *inode = path->dentry->d_inode;
	int error;

	file->f_path = *path;
	file->f_inode = inode;
	file->f_mapping = inode->i_mapping;
	if (file->f_flags & O_PATH) {
		file->f_mode = FMODE_PATH | FMODE_OPENED;
		return 0;
	}
	file->f_mode = ((file->f_flags + 1) & O_ACCMODE) | FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE;
	if (S_ISREG(inode->i_mode) || S_ISDIR(inode->i_mode))
		file->f_mode |= FMODE_ATOMIC_POS;
	error = take_write_access(file, inode);
	if (!error)
		error = ask_to_open(file, inode);
	file->f_flags &= ~(O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC);
	if (error) {
		drop_write_access(file);
		path_put(path);
		file->f_path = (struct path){ NULL, NULL };
	}
	return error;
}

struct file *open_with_fops(struct file *file, const struct path *path,
			    const struct file_operations *fops)
{
	file->f_path = *path;
	file->f_inode = path->dentry->d_inode;
	file->f_mapping = file->f_inode->i_mapping;
	file->f_mode = ((file->f_flags + 1) & O_ACCMODE) | FMODE_LSEEK | FMODE_OPENED;
	file->f_op = fops;
	set_abilities(file);
	return file;
}

struct file *get_file(struct file *file)
{
	__atomic_fetch_add(&file->f_count, 1, __ATOMIC_RELAXED);
	return file;
}

static void (*eventpoll_release)(struct file *file);

void __init fs_set_eventpoll_release(void (*release)(struct file *file))
{
	eventpoll_release = release;
}

static void close_file(struct file *file)
{
	struct inode *inode = file->f_inode;

	/* Who takes the last one out of the list is done with it when both point at the head. */
	if (unlikely(READ_ONCE(file->f_ep.next) != &file->f_ep ||
		     READ_ONCE(file->f_ep.prev) != &file->f_ep))
		eventpoll_release(file);
	if (file->f_mode & FMODE_OPENED && !(file->f_mode & FMODE_PATH)) {
		locks_remove_file(file);
		if (unlikely(file->f_flags & FASYNC) && file->f_op->fasync)
			file->f_op->fasync(-1, file, 0);
		if (file->f_op->release)
			file->f_op->release(inode, file);
	}
	drop_write_access(file);
	if (file->f_path.dentry)
		path_put(&file->f_path);
	kmem_cache_free(filp_cache, file);
}

/* All of the list at the time. */
static void close_delayed(struct work_struct *work)
{
	struct file *file = __atomic_exchange_n(&delayed, NULL, __ATOMIC_ACQUIRE);

	(void)work;
	while (file) {
		struct file *next = file->f_next;

		close_file(file);
		file = next;
	}
}

static noinline void delay_close(struct file *file)
{
	file->f_next = READ_ONCE(delayed);
	while (!__atomic_compare_exchange_n(&delayed, &file->f_next, file, false, __ATOMIC_RELEASE,
					    __ATOMIC_RELAXED))
		;
	schedule_work(&delayed_work);
}

void fput(struct file *file)
{
	if (__atomic_sub_fetch(&file->f_count, 1, __ATOMIC_ACQ_REL))
		return;
	if (unlikely(preempt_count() || irqs_disabled()))
		delay_close(file);
	else
		close_file(file);
}

void flush_delayed_fput(void)
{
	flush_work(&delayed_work);
}

int filp_close(struct file *file, void *id)
{
	int error = 0;

	if (file->f_op->flush)
		error = file->f_op->flush(file, id);
	if (!(file->f_mode & FMODE_PATH))
		locks_remove_posix(file, id);
	fput(file);
	return error;
}

void __init file_table_init(void)
{
	filp_cache = kmem_cache_create("filp", sizeof(struct file), 0, SLAB_PANIC, construct_file);
	INIT_WORK(&delayed_work, close_delayed);
}
