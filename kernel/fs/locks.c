// SPDX-License-Identifier: MIT
/*
 * Locks of programs on files.
 *
 * An inode that was ever locked has a context with two lists, for the two kinds that do not see each other:
 * ranges and wholes.  Ranges of one owner do not overlap: a new one cuts what was there, and touches that
 * of its own type grow together.  Who waits looks again each time that something was let go.
 */
#include "kernel/fs/locks.h"

#include <linux/fcntl.h>
#include <linux/fs.h>

#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/sched/wait.h"
#include "kernel/signal/errno.h"
#include "mm/slab.h"

struct file_lock {
	struct list_head list;
	const void *owner; /* a files_struct, or a file */
	struct file *file; /* of the locks of an open file; NULL: a process's */
	pid_t pid;
	int type;	   /* F_RDLCK, F_WRLCK */
	loff_t start, end; /* inclusive */
};

struct file_lock_context {
	struct list_head posix, flock;
	wait_queue_head_t wait;
};

static DEFINE_SPINLOCK(locks_lock); /* all lists */

static struct file_lock_context *get_context(struct inode *inode)
{
	struct file_lock_context *ctx = __atomic_load_n(&inode->i_flctx, __ATOMIC_ACQUIRE),
				 *none = NULL;

	if (ctx)
		return ctx;
	ctx = kmalloc(sizeof(*ctx), GFP_KERNEL);
	if (!ctx)
		return NULL;
	INIT_LIST_HEAD(&ctx->posix);
	INIT_LIST_HEAD(&ctx->flock);
	init_waitqueue_head(&ctx->wait);
	if (__atomic_compare_exchange_n(&inode->i_flctx, &none, ctx, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return ctx;
	kfree(ctx);
	return none;
}

void locks_free_context(struct inode *inode)
{
	kfree(inode->i_flctx);
}

static bool overlap(const struct file_lock *a, const struct file_lock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* The first of others that is in the way; locks_lock is held. */
static struct file_lock *find_conflict(struct list_head *list, const struct file_lock *lock)
{
	struct file_lock *l;

	list_for_each_entry(l, list, list)
		if (l->owner != lock->owner && overlap(l, lock) &&
		    (l->type == F_WRLCK || lock->type == F_WRLCK))
			return l;
	return NULL;
}

static void free_lock(struct file_lock *lock)
{
	list_del(&lock->list);
	kfree(lock);
}

/* What the owner has in the range is cut away; *spare may become the part behind it. */
static void cut_range(struct list_head *list, const struct file_lock *lock,
		      struct file_lock **spare)
{
	struct file_lock *l, *next;

	list_for_each_entry_safe(l, next, list, list) {
		if (l->owner != lock->owner || !overlap(l, lock))
			continue;
		if (l->start < lock->start && l->end > lock->end) {
			struct file_lock *behind = *spare;

			*spare = NULL;
			*behind = *l;
			behind->start = lock->end + 1;
			l->end = lock->start - 1;
			list_add(&behind->list, &l->list);
		} else if (l->start < lock->start) {
			l->end = lock->start - 1;
		} else if (l->end > lock->end) {
			l->start = lock->end + 1;
		} else {
			free_lock(l);
		}
	}
}

/* The new one takes in what it touches, and is in the list in order of start. */
static void add_range(struct list_head *list, struct file_lock *lock)
{
	struct file_lock *l, *next;
	struct list_head *where = list;

	list_for_each_entry_safe(l, next, list, list) {
		if (l->owner != lock->owner || l->type != lock->type)
			continue;
		if ((lock->start && l->end == lock->start - 1) ||
		    (l->start && lock->end == l->start - 1)) {
			lock->start = min(lock->start, l->start);
			lock->end = max(lock->end, l->end);
			free_lock(l);
		}
	}
	list_for_each_entry(l, list, list) {
		if (l->start > lock->start) {
			where = &l->list;
			break;
		}
	}
	list_add_tail(&lock->list, where);
}

/* 0, and the lock is the list's; -EAGAIN: somebody is in the way. */
static int try_lock(struct list_head *list, struct file_lock **lock, struct file_lock **spare)
{
	int error = 0;

	spin_lock(&locks_lock);
	if ((*lock)->type != F_UNLCK && find_conflict(list, *lock)) {
		error = -EAGAIN;
	} else {
		cut_range(list, *lock, spare);
		if ((*lock)->type != F_UNLCK) {
			add_range(list, *lock);
			*lock = NULL;
		}
	}
	spin_unlock(&locks_lock);
	return error;
}

/* Until it is there, or a signal is. */
static int set_lock(struct file_lock_context *ctx, struct list_head *list, struct file_lock *lock,
		    bool wait)
{
	struct file_lock *spare = kmalloc(sizeof(*spare), GFP_KERNEL);
	int error = spare ? -EAGAIN : -ENOLCK;

	if (spare)
		error = try_lock(list, &lock, &spare);
	if (error == -EAGAIN && wait) {
		int interrupted = wait_event_interruptible(
			ctx->wait, (error = try_lock(list, &lock, &spare)) != -EAGAIN);

		if (interrupted)
			error = interrupted;
	}
	if (!error)
		wake_up(&ctx->wait); /* perhaps something was let go */
	kfree(spare);
	kfree(lock);
	return error;
}

/* ---------------------------------------------------------------- fcntl */

/* A program's words as a range: 0, -EINVAL, -EOVERFLOW. */
static int flock_to_lock(struct file *file, const struct flock *f, struct file_lock *lock)
{
	loff_t start = f->l_start, len = f->l_len;

	switch (f->l_whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		start += file->f_pos;
		break;
	case SEEK_END:
		start += i_size_read(file_inode(file));
		break;
	default:
		return -EINVAL;
	}
	if (len > 0 && start > MAX_LFS_FILESIZE - (len - 1))
		return -EOVERFLOW;
	if (start < 0 || (len < 0 && start + len < 0))
		return -EINVAL;
	lock->start = len < 0 ? start + len : start;
	lock->end = len ? lock->start + (len < 0 ? -len : len) - 1 : MAX_LFS_FILESIZE;
	if (f->l_type != F_RDLCK && f->l_type != F_WRLCK && f->l_type != F_UNLCK)
		return -EINVAL;
	lock->type = f->l_type;
	return 0;
}

static void lock_to_flock(const struct file_lock *lock, struct flock *f)
{
	f->l_type = lock->type;
	f->l_whence = SEEK_SET;
	f->l_start = lock->start;
	f->l_len = lock->end == MAX_LFS_FILESIZE ? 0 : lock->end - lock->start + 1;
	f->l_pid = lock->pid;
}

static int set_owner(struct file *file, unsigned int cmd, const struct flock *f,
		     struct file_lock *lock)
{
	bool open_file = cmd == F_OFD_SETLK || cmd == F_OFD_SETLKW || cmd == F_OFD_GETLK;

	if (open_file && f->l_pid)
		return -EINVAL;
	lock->owner = open_file ? (void *)file : current->files;
	lock->file = open_file ? file : NULL;
	lock->pid = open_file ? -1 : (pid_t)current->tgid;
	return 0;
}

int fcntl_getlk(struct file *file, unsigned int cmd, struct flock *f)
{
	struct file_lock_context *ctx = get_context(file_inode(file));
	struct file_lock lock, *other;
	int error = flock_to_lock(file, f, &lock);

	if (f->l_type == F_UNLCK && cmd != F_OFD_GETLK)
		return -EINVAL;
	if (!error)
		error = set_owner(file, cmd, f, &lock);
	if (error)
		return error;
	if (!ctx)
		return -ENOLCK;
	spin_lock(&locks_lock);
	other = find_conflict(&ctx->posix, &lock);
	if (other)
		lock_to_flock(other, f);
	else
		f->l_type = F_UNLCK;
	spin_unlock(&locks_lock);
	return 0;
}

int fcntl_setlk(unsigned int fd, struct file *file, unsigned int cmd, struct flock *f)
{
	struct file_lock_context *ctx = get_context(file_inode(file));
	struct file_lock *lock = kzalloc(sizeof(*lock), GFP_KERNEL);
	int error = lock && ctx ? flock_to_lock(file, f, lock) : -ENOLCK;
	bool on = f->l_type != F_UNLCK;

	if (!error)
		error = set_owner(file, cmd, f, lock);
	if (!error && ((f->l_type == F_RDLCK && !(file->f_mode & FMODE_READ)) ||
		       (f->l_type == F_WRLCK && !(file->f_mode & FMODE_WRITE))))
		error = -EBADF;
	if (error) {
		kfree(lock);
		return error;
	}
	error = set_lock(ctx, &ctx->posix, lock, cmd == F_SETLKW || cmd == F_OFD_SETLKW);
	if (!error && on) {
		/* Another thread may have closed it meanwhile: then the lock would never be let go. */
		struct file *now = fget_raw(fd);

		if (now != file)
			locks_remove_posix(file, current->files);
		if (now)
			fput(now);
	}
	return error;
}

/* ---------------------------------------------------------------- flock */

SYSCALL_DEFINE2(flock, unsigned int, fd, unsigned int, cmd)
{
	static const int types[] = {
		[LOCK_SH] = F_RDLCK, [LOCK_EX] = F_WRLCK, [LOCK_UN] = F_UNLCK
	};
	unsigned int what = cmd & ~LOCK_NB;
	struct file_lock_context *ctx;
	struct file_lock *lock;
	struct fd f;
	int error = -EBADF;

	if (cmd & LOCK_MAND) /* what had never worked does nothing now */
		return 0;
	if (what != LOCK_SH && what != LOCK_EX && what != LOCK_UN)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	if (what == LOCK_UN || f.file->f_mode & (FMODE_READ | FMODE_WRITE)) {
		ctx = get_context(file_inode(f.file));
		lock = kzalloc(sizeof(*lock), GFP_KERNEL);
		error = -ENOMEM;
		if (ctx && lock) {
			lock->owner = lock->file = f.file;
			lock->pid = (pid_t)current->tgid;
			lock->type = types[what];
			lock->end = MAX_LFS_FILESIZE;
			error = set_lock(ctx, &ctx->flock, lock, !(cmd & LOCK_NB));
		} else {
			kfree(lock);
		}
	}
	fdput(f);
	return error;
}

/* ---------------------------------------------------------------- to let go */

static bool remove_owner(struct list_head *list, const void *owner)
{
	struct file_lock *l, *next;
	bool any = false;

	list_for_each_entry_safe(l, next, list, list) {
		if (l->owner == owner) {
			free_lock(l);
			any = true;
		}
	}
	return any;
}

static void remove_from(struct inode *inode, const void *owner, bool wholes)
{
	struct file_lock_context *ctx = __atomic_load_n(&inode->i_flctx, __ATOMIC_ACQUIRE);
	bool any;

	spin_lock(&locks_lock);
	any = remove_owner(&ctx->posix, owner);
	if (wholes)
		any |= remove_owner(&ctx->flock, owner);
	spin_unlock(&locks_lock);
	if (any)
		wake_up(&ctx->wait);
}

void __locks_remove_posix(struct file *file, void *owner)
{
	if (owner)
		remove_from(file_inode(file), owner, false);
}

void __locks_remove_file(struct file *file)
{
	remove_from(file_inode(file), file, true);
}
