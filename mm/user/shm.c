// SPDX-License-Identifier: MIT
/*
 * System V shared memory: segments, by a key that programs agree on and a number that they then use.
 *
 *   segment   a file of memory without a place (kernel/fs/shmem.h), in a place of the table
 *   attached  mapped, as any file is.  Who may attach is not asked: all are root
 *   user      of a segment: the table until IPC_RMID, each VMA, and a call that is at it.  With the last
 *             one it goes: what was removed has no key any more, but its number is good while it is attached
 *
 * A number is the place in the table and how often that was given out before, as Linux makes it.
 */
#include <linux/mman.h>
#include <linux/shm.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/shmem.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/task.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/fault.h"
#include "mm/user/mmap.h"

#define IPC_INDEX_BITS 15 /* of a number; above it: its generation */
#define MAX_SEGMENTS   256
#define SHM_EXEC_FLAG  0100000
#define SHM_DEST       01000 /* in shm_perm.mode, as shmctl(2) has it */

struct shm_segment {
	struct file *file;	/* NULL: the place is free */
	struct file *read_only; /* the same, for SHM_RDONLY: never written */
	unsigned long users;
	int key;
	u16 generation;
	umode_t mode; /* and SHM_DEST: it was removed */
	size_t size;  /* as asked for */
	u32 creator, last;
	s64 attached, detached, changed; /* seconds since 1970; 0: never */
};

/* Keys and what becomes a segment.  Outside mmap_lock, within which the last user may go: users_lock has those. */
static DEFINE_MUTEX(shm_lock);
static DEFINE_SPINLOCK(users_lock);
static struct shm_segment segments[MAX_SEGMENTS];

static int id_of(const struct shm_segment *s)
{
	return (int)(s - segments) | s->generation << IPC_INDEX_BITS;
}

/* With one user more, or NULL: there is none of that number. */
static struct shm_segment *get_segment(int id)
{
	unsigned int index = (unsigned int)id & ((1U << IPC_INDEX_BITS) - 1);
	struct shm_segment *s = NULL;

	if (id < 0 || index >= MAX_SEGMENTS)
		return NULL;
	spin_lock(&users_lock);
	if (segments[index].file && id_of(&segments[index]) == id) {
		s = &segments[index];
		s->users++;
	}
	spin_unlock(&users_lock);
	return s;
}

static void put_segment(struct shm_segment *s)
{
	struct file *file = NULL, *read_only = s->read_only;

	spin_lock(&users_lock);
	if (!--s->users) {
		file = s->file;
		s->generation++;
		s->file = NULL;
	}
	spin_unlock(&users_lock);
	if (file) {
		fput(file);
		fput(read_only);
	}
}

static struct shm_segment *find_key(int key)
{
	for (unsigned int i = 0; i < MAX_SEGMENTS; i++)
		if (key != IPC_PRIVATE && segments[i].file && segments[i].key == key)
			return &segments[i];
	return NULL;
}

static s64 now(void)
{
	return current_time().tv_sec;
}

/* ---------------------------------------------------------------- what is attached */

static void shm_open(struct vm_area_struct *vma)
{
	struct shm_segment *s = vma->vm_file->private_data;

	spin_lock(&users_lock);
	s->users++;
	s->attached = now();
	s->last = current->tgid;
	spin_unlock(&users_lock);
}

static void shm_close(struct vm_area_struct *vma)
{
	struct shm_segment *s = vma->vm_file->private_data;

	spin_lock(&users_lock);
	s->detached = now();
	s->last = current->tgid;
	spin_unlock(&users_lock);
	put_segment(s);
}

static const struct vm_operations_struct shm_vm_ops = {
	.open = shm_open,
	.close = shm_close,
	.fault = filemap_fault,
};

static int shm_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &shm_vm_ops;
	shm_open(vma);
	return 0;
}

static int shm_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	return file_inode(file)->i_fop->fsync(file, start, end, datasync);
}

static long shm_fallocate(struct file *file, int mode, loff_t offset, loff_t len)
{
	return file_inode(file)->i_fop->fallocate(file, mode, offset, len);
}

static const struct file_operations shm_file_operations = {
	.mmap = shm_mmap,
	.fsync = shm_fsync,
	.fallocate = shm_fallocate,
};

/* ---------------------------------------------------------------- shmget */

/* shm_lock held.  Its number or -errno. */
static int new_segment(int key, size_t size, int flags)
{
	struct shm_segment *s = segments;
	struct file *file, *read_only;
	char name[16];

	if (size < SHMMIN || size > ~0UL - (1UL << 24))
		return -EINVAL;
	while (s < segments + MAX_SEGMENTS && READ_ONCE(s->file))
		s++;
	if (s == segments + MAX_SEGMENTS)
		return -ENOSPC;
	if (flags & SHM_HUGETLB)
		return -ENOMEM; /* no pages are kept for that */
	snprintf(name, sizeof(name), "SYSV%08x", (unsigned int)key);
	file = shmem_file_setup(name, (loff_t)PAGE_ALIGN(size), !(flags & SHM_NORESERVE));
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	file->f_op = &shm_file_operations;
	read_only = alloc_file_clone(file, O_RDONLY, file->f_op);
	if (IS_ERR(read_only)) {
		fput(file);
		return (int)PTR_ERR(read_only);
	}
	file->private_data = read_only->private_data = s;
	spin_lock(&users_lock);
	*s = (struct shm_segment){ .file = file,
				   .read_only = read_only,
				   .users = 1,
				   .key = key,
				   .generation = s->generation,
				   .mode = (umode_t)(flags & 0777),
				   .size = size,
				   .creator = current->tgid,
				   .changed = now() };
	spin_unlock(&users_lock);
	return id_of(s);
}

SYSCALL_DEFINE3(shmget, int, key, size_t, size, int, flags)
{
	struct shm_segment *s;
	int ret;

	mutex_lock(&shm_lock);
	s = find_key(key);
	if (!s)
		ret = key == IPC_PRIVATE || flags & IPC_CREAT ? new_segment(key, size, flags) :
								-ENOENT;
	else if (flags & IPC_CREAT && flags & IPC_EXCL)
		ret = -EEXIST;
	else
		ret = size > s->size ? -EINVAL : id_of(s);
	mutex_unlock(&shm_lock);
	return ret;
}

/* ---------------------------------------------------------------- shmat, shmdt */

/* What was asked for, in mmap()'s terms: 0 or -EINVAL. */
static int attach_address(unsigned long *addr, int flags, unsigned long *map_flags)
{
	*map_flags = MAP_SHARED;
	if (*addr % PAGE_SIZE) {
		if (!(flags & SHM_RND))
			return -EINVAL;
		*addr -= *addr % PAGE_SIZE;
		if (!*addr && flags & SHM_REMAP)
			return -EINVAL;
	}
	if (!*addr)
		return flags & SHM_REMAP ? -EINVAL : 0;
	*map_flags |= flags & SHM_REMAP ? MAP_FIXED : MAP_FIXED_NOREPLACE;
	return 0;
}

SYSCALL_DEFINE3(shmat, int, shmid, unsigned long, addr, int, flags)
{
	unsigned long map_flags, ret, prot = PROT_READ;
	struct shm_segment *s;

	if (shmid < 0 || attach_address(&addr, flags, &map_flags))
		return -EINVAL;
	if (!(flags & SHM_RDONLY))
		prot |= PROT_WRITE;
	if (flags & SHM_EXEC_FLAG)
		prot |= PROT_EXEC;
	s = get_segment(shmid);
	if (!s)
		return -EINVAL;
	ret = vm_mmap_pgoff(flags & SHM_RDONLY ? s->read_only : s->file, addr, PAGE_ALIGN(s->size),
			    prot, map_flags, 0);
	put_segment(s);
	return ret == (unsigned long)-EEXIST ? -EINVAL : (long)ret;
}

/* mmap_lock written.  The file of the segment that is attached at addr, or NULL. */
static struct file *attached_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma || !vma->vm_file || vma->vm_ops != &shm_vm_ops || vma->vm_start != addr ||
	    vma->vm_pgoff)
		return NULL;
	return get_file(vma->vm_file);
}

/* All that is left of it there, piece by piece. */
static void detach(struct mm_struct *mm, unsigned long addr, const struct file *file)
{
	unsigned long end = addr + (unsigned long)i_size_read(file_inode(file));
	struct vm_area_struct *vma;

	while ((vma = find_vma_intersection(mm, addr, end))) {
		unsigned long start = vma->vm_start, size = vma->vm_end - start;

		addr = vma->vm_end;
		if (vma->vm_file == file)
			do_munmap(mm, start, size);
	}
}

SYSCALL_DEFINE1(shmdt, unsigned long, addr)
{
	struct mm_struct *mm = current->mm;
	struct file *file;

	if (addr % PAGE_SIZE)
		return -EINVAL;
	mmap_write_lock(mm);
	file = attached_at(mm, addr);
	if (file)
		detach(mm, addr, file);
	mmap_write_unlock(mm);
	if (!file)
		return -EINVAL;
	fput(file);
	return 0;
}

/* ---------------------------------------------------------------- shmctl */

static long show_segment(const struct shm_segment *s, void __user *buf)
{
	struct shmid64_ds ds = {
		.shm_perm = { .key = s->key, .mode = s->mode, .seq = s->generation },
		.shm_segsz = s->size,
		.shm_atime = s->attached,
		.shm_dtime = s->detached,
		.shm_ctime = s->changed,
		.shm_cpid = (pid_t)s->creator,
		.shm_lpid = (pid_t)s->last,
		.shm_nattch = READ_ONCE(s->users) - 1 -
			      !(s->mode & SHM_DEST), /* not this call, nor the table */
	};

	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : 0;
}

static long change_segment(struct shm_segment *s, const void __user *buf)
{
	struct shmid64_ds ds;

	if (copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	s->mode = (umode_t)((s->mode & ~0777) | (ds.shm_perm.mode & 0777));
	s->changed = now();
	return 0;
}

static long remove_segment(struct shm_segment *s)
{
	if (s->mode & SHM_DEST)
		return 0;
	s->mode |= SHM_DEST;
	s->key = IPC_PRIVATE;
	put_segment(s);
	return 0;
}

/* shm_lock held. */
static long control(struct shm_segment *s, int cmd, void __user *buf)
{
	switch (cmd) {
	case IPC_RMID:
		return remove_segment(s);
	case IPC_STAT:
		return show_segment(s, buf);
	case IPC_SET:
		return change_segment(s, buf);
	case SHM_LOCK:
	case SHM_UNLOCK:
		return 0; /* memory is never given to a disk */
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE3(shmctl, int, shmid, int, cmd, void __user *, buf)
{
	struct shm_segment *s;
	long ret;

	if (cmd < 0 || shmid < 0)
		return -EINVAL;
	s = get_segment(shmid);
	if (!s)
		return -EINVAL;
	mutex_lock(&shm_lock);
	ret = control(s, cmd, buf);
	mutex_unlock(&shm_lock);
	put_segment(s);
	return ret;
}
