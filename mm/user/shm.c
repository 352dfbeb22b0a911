// SPDX-License-Identifier: MIT
/*
 * System V shared memory: segments, by a key that programs agree on and a number that they then use.
 *
 *   segment   a file of memory without a place (kernel/fs/shmem.h) that the table holds until IPC_RMID
 *   attached  mapped, as any file is: the VMAs hold the file, so a segment that was removed lasts
 *             until the last of them is gone.  Who may attach is not asked: all are root
 *
 * A number is the place in the table and how often that was given out before, as Linux makes it.  What
 * was removed is found no longer, also while it is attached.
 */
#include <linux/mman.h>
#include <linux/shm.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/shmem.h"
#include "kernel/lib/vsprintf.h"
#include "kernel/sched/task.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/mmap.h"

#define IPC_INDEX_BITS 15 /* of a number; above it: its generation */
#define MAX_SEGMENTS   256
#define SHM_EXEC_FLAG  0100000

struct shm_segment {
	struct file *file; /* NULL: the place is free */
	struct file
		*read_only; /* the same, for SHM_RDONLY: what is mapped by it is never written */
	int key;
	u16 generation;
	umode_t mode;
	size_t size; /* as asked for */
	u32 creator, last;
	s64 attached, detached, changed; /* seconds since 1970; 0: never */
};

static DEFINE_MUTEX(shm_lock); /* outside mmap_lock */
static struct shm_segment segments[MAX_SEGMENTS];
static const char shm_mark; /* whose address is private_data of a segment's file */

static int id_of(const struct shm_segment *s)
{
	return (int)(s - segments) | s->generation << IPC_INDEX_BITS;
}

/* shm_lock held: NULL: there is none of that number. */
static struct shm_segment *find_id(int id)
{
	unsigned int index = (unsigned int)id & ((1U << IPC_INDEX_BITS) - 1);

	if (id < 0 || index >= MAX_SEGMENTS || !segments[index].file)
		return NULL;
	return id_of(&segments[index]) == id ? &segments[index] : NULL;
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

/* shm_lock held.  Its number or -errno. */
static int new_segment(int key, size_t size, int flags)
{
	struct shm_segment *s = segments;
	struct file *file, *read_only;
	char name[16];

	if (size < SHMMIN || size > ~0UL - (1UL << 24))
		return -EINVAL;
	while (s < segments + MAX_SEGMENTS && s->file)
		s++;
	if (s == segments + MAX_SEGMENTS)
		return -ENOSPC;
	if (flags & SHM_HUGETLB)
		return -ENOMEM; /* no pages are kept for that */
	snprintf(name, sizeof(name), "SYSV%08x", (unsigned int)key);
	file = shmem_file_setup(name, (loff_t)PAGE_ALIGN(size), 0);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	read_only = alloc_file_clone(file, O_RDONLY, file->f_op);
	if (IS_ERR(read_only)) {
		fput(file);
		return (int)PTR_ERR(read_only);
	}
	file->private_data = read_only->private_data = (void *)&shm_mark;
	*s = (struct shm_segment){ .file = file,
				   .read_only = read_only,
				   .key = key,
				   .generation = s->generation,
				   .mode = (umode_t)(flags & 0777),
				   .size = size,
				   .creator = current->tgid,
				   .changed = now() };
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
	mutex_lock(&shm_lock);
	s = find_id(shmid);
	ret = s ? vm_mmap_pgoff(flags & SHM_RDONLY ? s->read_only : s->file, addr,
				PAGE_ALIGN(s->size), prot, map_flags, 0) :
		  (unsigned long)-EINVAL;
	if (s && !IS_ERR_VALUE(ret)) {
		s->attached = now();
		s->last = current->tgid;
	}
	mutex_unlock(&shm_lock);
	return ret == (unsigned long)-EEXIST ? -EINVAL : (long)ret;
}

/* mmap_lock written.  The file of the segment that is attached at addr, or NULL. */
static struct file *attached_at(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma || !vma->vm_file || vma->vm_file->private_data != &shm_mark ||
	    vma->vm_start != addr || vma->vm_pgoff)
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
	mutex_lock(&shm_lock);
	mmap_write_lock(mm);
	file = attached_at(mm, addr);
	if (file)
		detach(mm, addr, file);
	mmap_write_unlock(mm);
	for (unsigned int i = 0; file && i < MAX_SEGMENTS; i++)
		if (segments[i].file == file || segments[i].read_only == file) {
			segments[i].detached = now();
			segments[i].last = current->tgid;
		}
	mutex_unlock(&shm_lock);
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
		.shm_nattch = READ_ONCE(s->file->f_count) + READ_ONCE(s->read_only->f_count) - 2,
	};

	return copy_to_user(buf, &ds, sizeof(ds)) ? -EFAULT : 0;
}

static long change_segment(struct shm_segment *s, const void __user *buf)
{
	struct shmid64_ds ds;

	if (copy_from_user(&ds, buf, sizeof(ds)))
		return -EFAULT;
	s->mode = (umode_t)(ds.shm_perm.mode & 0777);
	s->changed = now();
	return 0;
}

static long remove_segment(struct shm_segment *s)
{
	fput(s->file);
	fput(s->read_only);
	s->file = NULL;
	s->generation++;
	return 0;
}

static long control(int shmid, int cmd, void __user *buf)
{
	struct shm_segment *s = find_id(shmid);

	if (!s)
		return -EINVAL;
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
	long ret;

	if (cmd < 0 || shmid < 0)
		return -EINVAL;
	mutex_lock(&shm_lock);
	ret = control(shmid, cmd, buf);
	mutex_unlock(&shm_lock);
	return ret;
}
