// SPDX-License-Identifier: MIT
/* The table of descriptors. */
#include "kernel/fs/file.h"

#include <linux/close_range.h>
#include <linux/sched.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/internal.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"
#include "mm/vmalloc.h"

static struct kmem_cache *files_cache;

#define BITS 64

static bool test_fd(const u64 *bits, unsigned int fd)
{
	return READ_ONCE(bits[fd / BITS]) >> (fd % BITS) & 1;
}

static __always_inline void assign_fd(u64 *bits, unsigned int fd, bool on)
{
	u64 bit = 1ULL << (fd % BITS);

	bits[fd / BITS] = on ? bits[fd / BITS] | bit : bits[fd / BITS] & ~bit;
}

/* ---------------------------------------------------------------- tables */

static struct files_struct *alloc_files(void)
{
	struct files_struct *files = kmem_cache_zalloc(files_cache, GFP_KERNEL);

	if (!files)
		return NULL;
	files->count = 1;
	spin_lock_init(&files->file_lock);
	files->max_fds = NR_OPEN_DEFAULT;
	files->fd = files->fd_array;
	files->open_fds = &files->open_fds_init;
	files->close_on_exec = &files->close_on_exec_init;
	return files;
}

/* A block for `n` descriptors, n a multiple of BITS: the files, then both sets. */
static struct file **alloc_block(unsigned int n)
{
	return kvzalloc(n * sizeof(struct file *) + 2 * (n / 8), GFP_KERNEL);
}

static void use_block(struct files_struct *files, struct file **block, unsigned int n)
{
	files->fd = block;
	files->open_fds = (u64 *)(block + n);
	files->close_on_exec = files->open_fds + n / BITS;
	files->max_fds = n;
}

static void copy_block(struct files_struct *to, const struct files_struct *from, unsigned int n)
{
	memcpy(to->fd, from->fd, n * sizeof(struct file *));
	memcpy(to->open_fds, from->open_fds, n / 8);
	memcpy(to->close_on_exec, from->close_on_exec, n / 8);
}

/* The block that is not needed any more: its own, or the old one; NULL: none of kvzalloc()'s.  file_lock is held. */
static struct file **take_block(struct files_struct *files, struct file **block, unsigned int n)
{
	struct files_struct old = *files;

	if (n <= files->max_fds) /* another thread was faster */
		return block;
	use_block(files, block, n);
	copy_block(files, &old, old.max_fds);
	return old.fd != files->fd_array ? old.fd : NULL;
}

/* Room for descriptor fd; file_lock is held, and not in between. */
static int expand_files(struct files_struct *files, unsigned int fd)
{
	while (fd >= files->max_fds) {
		unsigned int n = roundup_pow_of_two(fd + 1);
		struct file **block;

		spin_unlock(&files->file_lock);
		block = alloc_block(n);
		spin_lock(&files->file_lock);
		if (!block)
			return -ENOMEM;
		block = take_block(files, block, n);
		spin_unlock(&files->file_lock);
		kvfree(block);
		spin_lock(&files->file_lock);
	}
	return 0;
}

static void free_files(struct files_struct *files)
{
	if (files->fd != files->fd_array)
		kvfree(files->fd);
	kmem_cache_free(files_cache, files);
}

/* The first descriptor from `fd` on and below `n`, a multiple of BITS, that is in use, or n. */
static unsigned int next_fd_in_use(const u64 *bits, unsigned int fd, unsigned int n)
{
	while (fd < n) {
		u64 rest = READ_ONCE(bits[fd / BITS]) >> (fd % BITS);

		if (rest)
			return fd + (unsigned int)__builtin_ctzll(rest);
		fd = (fd / BITS + 1) * BITS;
	}
	return n;
}

/* Descriptors behind the last that is in use, as a multiple of BITS. */
static unsigned int used_fds(const struct files_struct *files)
{
	unsigned int n = files->max_fds / BITS;

	while (n > 1 && !files->open_fds[n - 1])
		n--;
	return n * BITS;
}

/* Room as large as old's, or larger when it grows meanwhile; file_lock of old is held afterwards. */
static int fit_files(struct files_struct *files, struct files_struct *old)
{
	spin_lock(&old->file_lock);
	while (used_fds(old) > files->max_fds) {
		unsigned int n = roundup_pow_of_two(used_fds(old));
		struct file **block;

		spin_unlock(&old->file_lock);
		block = alloc_block(n);
		if (!block)
			return -ENOMEM;
		if (files->fd != files->fd_array)
			kvfree(files->fd);
		use_block(files, block, n);
		spin_lock(&old->file_lock);
	}
	return 0;
}

/* Nobody else sees the table, or file_lock is held. */
static void release_fd(struct files_struct *files, unsigned int fd)
{
	assign_fd(files->open_fds, fd, false);
	assign_fd(files->close_on_exec, fd, false);
	files->next_fd = min(files->next_fd, fd);
}

struct files_struct *dup_fd(struct files_struct *old)
{
	struct files_struct *files = alloc_files();
	unsigned int n;

	if (!files)
		return ERR_PTR(-ENOMEM);
	if (fit_files(files, old)) {
		free_files(files);
		return ERR_PTR(-ENOMEM);
	}
	n = used_fds(old);
	copy_block(files, old, n);
	files->next_fd = old->next_fd;
	for (unsigned int fd = 0; (fd = next_fd_in_use(files->open_fds, fd, n)) < n; fd++) {
		if (files->fd[fd]) {
			get_file(files->fd[fd]);
			continue;
		}
		/* reserved: by a call that is under way elsewhere */
		release_fd(files, fd);
	}
	spin_unlock(&old->file_lock);
	return files;
}

static void close_all(struct files_struct *files)
{
	unsigned int n = files->max_fds;

	for (unsigned int fd = 0; (fd = next_fd_in_use(files->open_fds, fd, n)) < n; fd++)
		if (files->fd[fd])
			filp_close(files->fd[fd], files);
}

static void put_files(struct files_struct *files)
{
	if (!files || __atomic_sub_fetch(&files->count, 1, __ATOMIC_ACQ_REL))
		return;
	close_all(files);
	free_files(files);
}

/* task->files of another is looked at, and one's own changed, under it.  file_lock is taken within. */
static DEFINE_SPINLOCK(files_lock);

static void set_files(struct task_struct *task, struct files_struct *files)
{
	struct files_struct *old = task->files;

	spin_lock(&files_lock);
	task->files = files;
	spin_unlock(&files_lock);
	put_files(old);
}

int copy_files(unsigned long clone_flags, struct task_struct *child)
{
	struct files_struct *files = current->files;

	child->files = NULL;
	if (!files)
		return 0;
	if (clone_flags & CLONE_FILES) {
		__atomic_fetch_add(&files->count, 1, __ATOMIC_RELAXED);
		child->files = files;
		return 0;
	}
	files = dup_fd(files);
	if (IS_ERR(files))
		return PTR_ERR(files);
	child->files = files;
	return 0;
}

void exit_files(struct task_struct *task)
{
	set_files(task, NULL);
}

int unshare_files(void)
{
	struct files_struct *files;

	if (!current->files || READ_ONCE(current->files->count) == 1)
		return 0;
	files = dup_fd(current->files);
	if (IS_ERR(files))
		return PTR_ERR(files);
	set_files(current, files);
	return 0;
}

int init_files(void)
{
	struct files_struct *files = alloc_files();

	if (!files)
		return -ENOMEM;
	set_files(current, files);
	return 0;
}

/* ---------------------------------------------------------------- to find a file */

/* Not of a descriptor that is not, or not any more.  A table of one's own changes by oneself alone. */
static __always_inline struct file *look(const struct files_struct *files, unsigned int fd)
{
	return fd < files->max_fds ? files->fd[fd] : NULL;
}

static struct file *fget_from(struct files_struct *files, unsigned int fd)
{
	struct file *file;

	spin_lock(&files->file_lock);
	file = look(files, fd);
	if (file)
		get_file(file);
	spin_unlock(&files->file_lock);
	return file;
}

struct file *fget_raw(unsigned int fd)
{
	return current->files ? fget_from(current->files, fd) : NULL;
}

struct file *fget(unsigned int fd)
{
	struct file *file = fget_raw(fd);

	if (file && file->f_mode & FMODE_PATH) {
		fput(file);
		return NULL;
	}
	return file;
}

static __always_inline struct fd fdget_but(unsigned int fd, fmode_t mask)
{
	struct files_struct *files = current->files;
	struct file *file;

	if (unlikely(!files))
		return (struct fd){ NULL, 0 };
	if (likely(READ_ONCE(files->count) == 1)) {
		file = look(files, fd);
		if (unlikely(!file || file->f_mode & mask))
			return (struct fd){ NULL, 0 };
		return (struct fd){ file, 0 };
	}
	file = fget_from(files, fd);
	if (file && file->f_mode & mask) {
		fput(file);
		file = NULL;
	}
	return (struct fd){ file, file ? FDPUT_FPUT : 0 };
}

struct fd fdget(unsigned int fd)
{
	return fdget_but(fd, FMODE_PATH);
}

struct fd fdget_raw(unsigned int fd)
{
	return fdget_but(fd, 0);
}

struct fd fdget_pos_slow(unsigned int fd)
{
	struct fd f = fdget_but(fd, FMODE_PATH);

	/* One holder and one thread: nobody else moves the position. */
	if (f.file && f.file->f_mode & FMODE_ATOMIC_POS &&
	    (f.flags & FDPUT_FPUT || READ_ONCE(f.file->f_count) > 1)) {
		f.flags |= FDPUT_POS_UNLOCK;
		mutex_lock(&f.file->f_pos_lock);
	}
	return f;
}

void fdput_pos_slow(struct fd f)
{
	if (f.flags & FDPUT_POS_UNLOCK)
		mutex_unlock(&f.file->f_pos_lock);
	fdput(f);
}

/* ---------------------------------------------------------------- to take and give descriptors */

static unsigned int fd_limit(void)
{
	return min(rlimit(RLIMIT_NOFILE), (unsigned long)NR_OPEN_MAX);
}

/* The lowest free one from `start` on, max_fds where there is none. */
static unsigned int find_free(const struct files_struct *files, unsigned int start)
{
	unsigned int word = start / BITS, words = files->max_fds / BITS;
	u64 taken;

	if (start >= files->max_fds)
		return start;
	taken = files->open_fds[word] | ((1ULL << (start % BITS)) - 1);
	while (taken == ~0ULL) {
		if (++word == words)
			return files->max_fds;
		taken = files->open_fds[word];
	}
	return word * BITS + __builtin_ctzll(~taken);
}

/* file_lock is held. */
static int reserve_fd(struct files_struct *files, unsigned int start, unsigned int flags)
{
	unsigned int fd;
	int error;

	while ((fd = find_free(files, max(start, files->next_fd))) >= files->max_fds) {
		if (fd >= fd_limit())
			return -EMFILE;
		error = expand_files(files, fd); /* the lock is free for a moment */
		if (error)
			return error;
	}
	if (fd >= fd_limit())
		return -EMFILE;
	if (start <= files->next_fd)
		files->next_fd = fd + 1;
	assign_fd(files->open_fds, fd, true);
	if (flags & O_CLOEXEC) /* of a free one it is off */
		assign_fd(files->close_on_exec, fd, true);
	return fd;
}

int alloc_fd(unsigned int start, unsigned int flags)
{
	struct files_struct *files = current->files;
	int fd;

	spin_lock(&files->file_lock);
	fd = reserve_fd(files, start, flags);
	spin_unlock(&files->file_lock);
	return fd;
}

void put_unused_fd(unsigned int fd)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	release_fd(files, fd);
	spin_unlock(&files->file_lock);
}

void fd_install(unsigned int fd, struct file *file)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	files->fd[fd] = file;
	spin_unlock(&files->file_lock);
}

/* The file that is taken out of the table; file_lock is held. */
static struct file *take_file(struct files_struct *files, unsigned int fd)
{
	struct file *file = look(files, fd);

	if (file) {
		files->fd[fd] = NULL;
		release_fd(files, fd);
	}
	return file;
}

int close_fd(unsigned int fd)
{
	struct files_struct *files = current->files;
	struct file *file;

	spin_lock(&files->file_lock);
	file = take_file(files, fd);
	spin_unlock(&files->file_lock);
	return file ? filp_close(file, files) : -EBADF;
}

/* file_lock is held, and is not afterwards. */
static int replace_locked(struct files_struct *files, unsigned int fd, struct file *file,
			  unsigned int flags)
{
	struct file *old = files->fd[fd];

	if (!old && test_fd(files->open_fds, fd)) { /* somebody is about to open it */
		spin_unlock(&files->file_lock);
		return -EBUSY;
	}
	files->fd[fd] = get_file(file);
	assign_fd(files->open_fds, fd, true);
	assign_fd(files->close_on_exec, fd, flags & O_CLOEXEC);
	spin_unlock(&files->file_lock);
	if (old)
		filp_close(old, files);
	return fd;
}

int replace_fd(unsigned int fd, struct file *file, unsigned int flags)
{
	struct files_struct *files = current->files;
	int error;

	if (fd >= fd_limit())
		return -EBADF;
	spin_lock(&files->file_lock);
	error = expand_files(files, fd);
	if (!error)
		return replace_locked(files, fd, file, flags);
	spin_unlock(&files->file_lock);
	return error;
}

void do_close_on_exec(struct files_struct *files)
{
	spin_lock(&files->file_lock);
	for (unsigned int fd = 0; fd < files->max_fds; fd++) {
		struct file *file;

		if (!files->close_on_exec[fd / BITS]) {
			fd |= BITS - 1;
			continue;
		}
		if (!test_fd(files->close_on_exec, fd))
			continue;
		file = take_file(files, fd);
		if (!file)
			continue;
		spin_unlock(&files->file_lock);
		filp_close(file, files);
		spin_lock(&files->file_lock);
	}
	spin_unlock(&files->file_lock);
}

void set_close_on_exec(unsigned int fd, bool on)
{
	struct files_struct *files = current->files;

	spin_lock(&files->file_lock);
	if (look(files, fd))
		assign_fd(files->close_on_exec, fd, on);
	spin_unlock(&files->file_lock);
}

bool get_close_on_exec(unsigned int fd)
{
	struct files_struct *files = current->files;
	bool on;

	spin_lock(&files->file_lock);
	on = fd < files->max_fds && test_fd(files->close_on_exec, fd);
	spin_unlock(&files->file_lock);
	return on;
}

/* ---------------------------------------------------------------- another's descriptors */

/* The task's table, locked; NULL: it has none any more. */
static struct files_struct *lock_files_of(const struct task_struct *task)
{
	struct files_struct *files;

	spin_lock(&files_lock);
	files = task->files;
	if (files)
		spin_lock(&files->file_lock);
	else
		spin_unlock(&files_lock);
	return files;
}

static void unlock_files(struct files_struct *files)
{
	spin_unlock(&files->file_lock);
	spin_unlock(&files_lock);
}

struct file *fget_task(const struct task_struct *task, unsigned int fd, bool *cloexec)
{
	struct files_struct *files = lock_files_of(task);
	struct file *file;

	if (!files)
		return NULL;
	file = look(files, fd);
	if (file) {
		get_file(file);
		*cloexec = test_fd(files->close_on_exec, fd);
	}
	unlock_files(files);
	return file;
}

int task_fd_path(const struct task_struct *task, unsigned int fd, struct path *path, fmode_t *mode)
{
	struct files_struct *files = lock_files_of(task);
	const struct file *file;

	if (!files)
		return -ENOENT;
	file = look(files, fd);
	if (file) {
		*mode = file->f_mode;
		if (path) {
			*path = file->f_path;
			path_get(path);
		}
	}
	unlock_files(files);
	return file ? 0 : -ENOENT;
}

bool task_next_fd(const struct task_struct *task, unsigned int *fd)
{
	struct files_struct *files = lock_files_of(task);
	bool found;

	if (!files)
		return false;
	do {
		*fd = next_fd_in_use(files->open_fds, *fd, files->max_fds);
		found = *fd < files->max_fds;
	} while (found && !files->fd[*fd] && ++*fd); /* reserved */
	unlock_files(files);
	return found;
}

unsigned int task_max_fds(const struct task_struct *task)
{
	struct files_struct *files = lock_files_of(task);
	unsigned int n = files ? files->max_fds : 0;

	if (files)
		unlock_files(files);
	return n;
}

/* ---------------------------------------------------------------- calls */

SYSCALL_DEFINE1(close, unsigned int, fd)
{
	int error = close_fd(fd);

	/* It is closed: the call cannot be made anew. */
	if (error == -ERESTARTSYS || error == -ERESTARTNOINTR || error == -ERESTARTNOHAND ||
	    error == -ERESTART_RESTARTBLOCK)
		return -EINTR;
	return error;
}

static void mark_range(struct files_struct *files, unsigned int first, unsigned int last)
{
	spin_lock(&files->file_lock);
	for (unsigned int fd = first; fd <= last && fd < files->max_fds; fd++)
		if (files->fd[fd])
			assign_fd(files->close_on_exec, fd, true);
	spin_unlock(&files->file_lock);
}

SYSCALL_DEFINE3(close_range, unsigned int, first, unsigned int, last, unsigned int, flags)
{
	struct files_struct *files;

	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		int error = unshare_files();

		if (error)
			return error;
	}
	files = current->files;
	if (flags & CLOSE_RANGE_CLOEXEC) {
		mark_range(files, first, last);
		return 0;
	}
	for (unsigned int fd = first; fd <= last && fd < READ_ONCE(files->max_fds); fd++)
		close_fd(fd);
	return 0;
}

SYSCALL_DEFINE1(dup, unsigned int, fd)
{
	struct file *file = fget_raw(fd);
	int new;

	if (!file)
		return -EBADF;
	new = get_unused_fd_flags(0);
	if (new >= 0)
		fd_install(new, file);
	else
		fput(file);
	return new;
}

static long dup_to(unsigned int old, unsigned int new, int flags)
{
	struct file *file;
	int ret;

	if (new >= fd_limit())
		return -EBADF;
	file = fget_raw(old);
	if (!file)
		return -EBADF;
	ret = replace_fd(new, file, flags);
	fput(file);
	return ret == -EMFILE ? -EBADF : ret;
}

SYSCALL_DEFINE3(dup3, unsigned int, old, unsigned int, new, int, flags)
{
	if (flags & ~O_CLOEXEC || old == new)
		return -EINVAL;
	return dup_to(old, new, flags);
}

SYSCALL_DEFINE2(dup2, unsigned int, old, unsigned int, new)
{
	if (old == new) {
		struct file *file = fget_raw(old);

		if (!file)
			return -EBADF;
		fput(file);
		return old;
	}
	return dup_to(old, new, 0);
}

void __init files_init(void)
{
	files_cache =
		kmem_cache_create("files_cache", sizeof(struct files_struct), 0, SLAB_PANIC, NULL);
}
