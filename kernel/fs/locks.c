// SPDX-License-Identifier: MIT
/*
 * Locks of programs on files.
 *
 * An inode that was ever locked has a context with two lists, for the two kinds that do not see each other:
 * ranges and wholes.  Ranges of one owner do not overlap: a new one cuts what was there, and touches that
 * of its own type grow together.  A whole is let go before it is taken with another type, so that two who both
 * want more than they have do not wait for each other.  Who waits looks again each time that something was let go.
 *
 * A process that waits for a range is listed with whose range it waits for: one that would wait for itself, over
 * some others, gets EDEADLK.  An open file waits for nobody: nobody knows who has it.
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
	struct list_head list; /* of its context; of who waits: `waiting` */
	const void *owner;     /* a files_struct, or a file */
	struct file *file;     /* of the locks of an open file; NULL: a process's */
	pid_t pid;
	int type;	   /* F_RDLCK, F_WRLCK */
	loff_t start, end; /* inclusive */

	/* Of one that waits: in which context, and for whom; NULL: he has let something go, and it will look again. */
	const struct file_lock_context *ctx;
	const void *blocker;
};

struct file_lock_context {
	struct list_head posix, flock;
	wait_queue_head_t wait;
};

static DEFINE_SPINLOCK(locks_lock); /* all lists */
static LIST_HEAD(waiting);	    /* processes' ranges */

#define MOST_WAITERS 10 /* in a row, that are looked through for oneself; as many as on Linux */

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

/* The owner has let something go: all who wait are to look. */
static void wake_waiters(struct file_lock_context *ctx, const void *owner)
{
	struct file_lock *w;

	list_for_each_entry(w, &waiting, list)
		if (w->ctx == ctx && w->blocker == owner)
			w->blocker = NULL;
	wake_up(&ctx->wait);
}

/* What the owner has in the range is cut away; *spare may become the part behind it.  False: there is nothing. */
static bool cut_range(struct list_head *list, const struct file_lock *lock,
		      struct file_lock **spare)
{
	struct file_lock *l, *next;
	bool any = false;

	list_for_each_entry_safe(l, next, list, list) {
		if (l->owner != lock->owner || !overlap(l, lock))
			continue;
		any = true;
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
	return any;
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

/* ---------------------------------------------------------------- to get one */

struct request {
	struct file_lock_context *ctx;
	struct file_lock *lock;	 /* NULL: it is the context's by now */
	struct file_lock *spare; /* for what is cut in two */
	bool wait;
};

/* Who waits for the owner's, over some others, is `who`. */
static bool waits_for(const void *who, const void *owner)
{
	const struct file_lock *w;

	for (int n = 0; owner && n <= MOST_WAITERS; n++) {
		const void *next = NULL;

		list_for_each_entry(w, &waiting, list) {
			if (w->owner == owner) {
				next = w->blocker;
				break;
			}
		}
		if (next == who)
			return true;
		owner = next;
	}
	return false;
}

/* It stands in the way of a range: -EAGAIN, or -EDEADLK, and it need not be waited for. */
static int blocked_by(const struct file_lock *conflict, const struct request *r)
{
	struct file_lock *lock = r->lock;

	if (!r->wait || lock->file)
		return -EAGAIN;
	if (waits_for(lock->owner, conflict->owner))
		return -EDEADLK;
	lock->ctx = r->ctx;
	lock->blocker = conflict->owner;
	list_add_tail(&lock->list, &waiting);
	return -EAGAIN;
}

/* With locks_lock, as the next: 0, and the lock is the context's; -EAGAIN: somebody is in the way. */
static int try_range(struct request *r)
{
	struct list_head *list = &r->ctx->posix;
	struct file_lock *lock = r->lock, *conflict = NULL;

	list_del_init(&lock->list); /* it is looking */
	if (lock->type != F_UNLCK)
		conflict = find_conflict(list, lock);
	if (conflict)
		return blocked_by(conflict, r);
	if (cut_range(list, lock, &r->spare))
		wake_waiters(r->ctx, lock->owner);
	if (lock->type != F_UNLCK) {
		add_range(list, lock);
		r->lock = NULL;
	}
	return 0;
}

static struct file_lock *find_owners(struct list_head *list, const void *owner)
{
	struct file_lock *l;

	list_for_each_entry(l, list, list)
		if (l->owner == owner)
			return l;
	return NULL;
}

static int try_whole(struct request *r)
{
	struct list_head *list = &r->ctx->flock;
	struct file_lock *lock = r->lock, *had = find_owners(list, lock->owner);

	if (had && had->type == lock->type)
		return 0;
	if (had) {
		free_lock(had);
		wake_waiters(r->ctx, lock->owner);
	}
	if (lock->type == F_UNLCK)
		return 0;
	if (find_conflict(list, lock))
		return -EAGAIN;
	list_add_tail(&lock->list, list);
	r->lock = NULL;
	return 0;
}

static int try_lock(struct request *r, int (*try)(struct request *r))
{
	int error;

	spin_lock(&locks_lock);
	error = try(r);
	spin_unlock(&locks_lock);
	return error;
}

/* The request is over: what was made for it is free again. */
static void drop_request(struct request *r)
{
	kfree(r->spare);
	if (!r->lock)
		return;
	spin_lock(&locks_lock);
	list_del(&r->lock->list);
	spin_unlock(&locks_lock);
	kfree(r->lock);
}

/* Until it is there, or a signal is.  The lock is not the caller's any more. */
static int set_lock(struct file_lock_context *ctx, struct file_lock *lock, bool wait,
		    int (*try)(struct request *r))
{
	struct request r = { ctx, lock, kmalloc(sizeof(*lock), GFP_KERNEL), wait };
	int error, interrupted = 0;

	INIT_LIST_HEAD(&lock->list);
	error = r.spare ? try_lock(&r, try) : -ENOLCK;
	if (error == -EAGAIN && wait)
		interrupted =
			wait_event_interruptible(ctx->wait, (error = try_lock(&r, try)) != -EAGAIN);
	drop_request(&r);
	return interrupted ?: error;
}

/* ---------------------------------------------------------------- fcntl */

/* Where l_start counts from, or -EINVAL. */
static loff_t range_origin(struct file *file, int whence)
{
	switch (whence) {
	case SEEK_SET:
		return 0;
	case SEEK_CUR:
		return file->f_pos;
	case SEEK_END:
		return i_size_read(file_inode(file));
	default:
		return -EINVAL;
	}
}

/* A program's words as a range: 0, -EINVAL, -EOVERFLOW. */
static int flock_to_lock(struct file *file, const struct flock *f, struct file_lock *lock)
{
	loff_t start = range_origin(file, f->l_whence), len = f->l_len;

	if (start < 0)
		return -EINVAL;
	if (f->l_start > MAX_LFS_FILESIZE - start)
		return -EOVERFLOW;
	start += f->l_start;
	if (start < 0 || (len < 0 && start + len < 0))
		return -EINVAL;
	if (len > 0 && len - 1 > MAX_LFS_FILESIZE - start)
		return -EOVERFLOW;
	lock->start = len < 0 ? start + len : start;
	lock->end = len < 0 ? start - 1 : len ? start + (len - 1) : MAX_LFS_FILESIZE;
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
	bool on = f->l_type != F_UNLCK, of_process;

	if (!error)
		error = set_owner(file, cmd, f, lock);
	if (!error && ((f->l_type == F_RDLCK && !(file->f_mode & FMODE_READ)) ||
		       (f->l_type == F_WRLCK && !(file->f_mode & FMODE_WRITE))))
		error = -EBADF;
	if (error) {
		kfree(lock);
		return error;
	}
	of_process = !lock->file;
	error = set_lock(ctx, lock, cmd == F_SETLKW || cmd == F_OFD_SETLKW, try_range);
	if (!error && on && of_process) {
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
			error = set_lock(ctx, lock, !(cmd & LOCK_NB), try_whole);
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
	if (any)
		wake_waiters(ctx, owner);
	spin_unlock(&locks_lock);
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
