// SPDX-License-Identifier: MIT
/*
 * io_uring_register(): what a ring keeps for its requests, so that these need not look it up.
 *
 * Files are held, buffers pinned.  A request that uses one holds it as well: what is taken out of a table
 * stays until those have ended.
 */
#include "kernel/aio/uring.h"
#include "kernel/core/syscall.h"
#include "kernel/event/eventfd.h"
#include "kernel/fs/file.h"
#include "kernel/lib/errno.h"
#include "kernel/signal/signal.h"
#include "mm/page_alloc.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"
#include "mm/user/mm_struct.h"
#include "mm/vmalloc.h"

#define MAX_FILES   (1U << 20) /* Linux's */
#define MAX_BUFFERS (1U << 14)
#define MAX_BUFFER  (1UL << 30)

/* ---------------------------------------------------------------- files */

struct file *uring_fixed_file(struct io_ring *ring, unsigned int index)
{
	if (index >= ring->nr_files || !ring->files[index])
		return NULL;
	return get_file(ring->files[index]);
}

static void drop_files(struct io_ring *ring)
{
	for (unsigned int i = 0; i < ring->nr_files; i++)
		if (ring->files[i])
			fput(ring->files[i]);
	kfree(ring->files);
	ring->files = NULL;
	ring->nr_files = 0;
}

/* The file of a descriptor for a table; NULL: -1, none.  A ring would hold itself. */
static struct file *file_for_table(int fd)
{
	struct file *file;

	if (fd == -1)
		return NULL;
	file = fget((unsigned int)fd);
	if (!file)
		return ERR_PTR(-EBADF);
	if (uring_of(file)) {
		fput(file);
		return ERR_PTR(-EBADF);
	}
	return file;
}

static int register_files(struct io_ring *ring, const s32 __user *fds, unsigned int nr)
{
	struct file *file;
	s32 fd;

	if (ring->files)
		return -EBUSY;
	if (!nr)
		return -EINVAL;
	if (nr > MAX_FILES || nr > rlimit(RLIMIT_NOFILE))
		return -EMFILE;
	ring->files = kcalloc(nr, sizeof(*ring->files), GFP_KERNEL);
	if (!ring->files)
		return -ENOMEM;
	for (ring->nr_files = 0; ring->nr_files < nr; ring->nr_files++) {
		file = get_user(fd, fds + ring->nr_files) ? ERR_PTR(-EFAULT) : file_for_table(fd);
		if (IS_ERR(file)) {
			drop_files(ring);
			return (int)PTR_ERR(file);
		}
		ring->files[ring->nr_files] = file;
	}
	return 0;
}

/* 0, or an errno and the place is as it was, or empty. */
static int update_file(struct io_ring *ring, unsigned int index, int fd)
{
	struct file *file;

	if (fd == IORING_REGISTER_FILES_SKIP)
		return 0;
	if (ring->files[index])
		fput(ring->files[index]);
	ring->files[index] = NULL;
	file = file_for_table(fd);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	ring->files[index] = file;
	return 0;
}

/* How many; an errno for the first. */
static int update_files(struct io_ring *ring, const void __user *arg, unsigned int nr)
{
	struct io_uring_files_update up;
	const s32 __user *fds;
	unsigned int done;
	int ret = 0;
	s32 fd;

	if (!nr)
		return -EINVAL;
	if (copy_from_user(&up, arg, sizeof(up)))
		return -EFAULT;
	if (up.resv)
		return -EINVAL;
	if (up.offset + nr < nr)
		return -EOVERFLOW;
	if (!ring->files)
		return -ENXIO;
	if (up.offset + nr > ring->nr_files)
		return -EINVAL;
	fds = (const s32 __user *)up.fds;
	for (done = 0; done < nr; done++) {
		ret = get_user(fd, fds + done) ? -EFAULT : update_file(ring, up.offset + done, fd);
		if (ret)
			break;
	}
	return done ? (int)done : ret;
}

/* ---------------------------------------------------------------- buffers */

static void free_buffer(struct uring_buffer *b)
{
	for (unsigned int i = 0; i < b->nr_pages; i++)
		unpin_user_page(b->bvec[i].bv_page);
	kfree(b->bvec);
	kfree(b);
}

/* Any context. */
void uring_put_buffer(struct uring_buffer *b)
{
	if (!__atomic_sub_fetch(&b->users, 1, __ATOMIC_ACQ_REL))
		free_buffer(b);
}

struct uring_buffer *uring_get_buffer(struct io_ring *ring, unsigned int index)
{
	struct uring_buffer *b = ring->buffers[index];

	if (b)
		__atomic_add_fetch(&b->users, 1, __ATOMIC_RELAXED);
	return b;
}

static void drop_buffers(struct io_ring *ring)
{
	for (unsigned int i = 0; i < ring->nr_buffers; i++)
		if (ring->buffers[i])
			uring_put_buffer(ring->buffers[i]);
	kfree(ring->buffers);
	ring->buffers = NULL;
	ring->nr_buffers = 0;
}

/* Of one file or none; a file's own pages are not for devices as long as one likes. */
static int check_vmas(struct vm_area_struct **vmas, unsigned long nr)
{
	for (unsigned long i = 0; i < nr; i++)
		if (vmas[i]->vm_file != vmas[0]->vm_file)
			return -EINVAL;
	return vmas[0]->vm_file && vmas[0]->vm_file->f_mapping->a_ops->read_page ? -EOPNOTSUPP : 0;
}

/* All of them or none: 0 or -errno. */
static int pin_all(unsigned long start, unsigned long nr, struct page **pages)
{
	struct vm_area_struct **vmas = kvmalloc(nr * sizeof(struct vm_area_struct *), GFP_KERNEL);
	long got;
	int ret;

	if (!vmas)
		return -ENOMEM;
	mmap_read_lock(current->mm);
	got = pin_user_pages(start, nr, FOLL_WRITE | FOLL_LONGTERM, pages, vmas);
	if (got == (long)nr)
		ret = check_vmas(vmas, nr);
	else
		ret = got < 0 ? (int)got : -EFAULT;
	mmap_read_unlock(current->mm);
	if (ret && got > 0)
		unpin_user_pages(pages, (unsigned long)got);
	kvfree(vmas);
	return ret;
}

static void fill_bvec(struct uring_buffer *b, struct page **pages)
{
	unsigned long at = b->start;

	for (unsigned int i = 0; i < b->nr_pages; i++) {
		unsigned int offset = at % PAGE_SIZE;
		unsigned int len = (unsigned int)min(b->end - at, PAGE_SIZE - offset);

		b->bvec[i] = (struct bio_vec){ pages[i], len, offset };
		at += len;
	}
}

static struct uring_buffer *pin_buffer(const struct iovec *iov)
{
	unsigned long start = (unsigned long)iov->iov_base, end = start + iov->iov_len;
	unsigned long nr = PFN_UP(end) - PFN_DOWN(start);
	struct page **pages = kvmalloc(nr * sizeof(struct page *), GFP_KERNEL);
	struct uring_buffer *b = kzalloc(sizeof(*b), GFP_KERNEL);
	int ret = -ENOMEM;

	if (b && pages)
		b->bvec = kmalloc_array(nr, sizeof(*b->bvec), GFP_KERNEL);
	if (b && b->bvec)
		ret = pin_all(start & PAGE_MASK, nr, pages);
	if (ret) {
		if (b)
			kfree(b->bvec);
		kfree(b);
		b = ERR_PTR(ret);
	} else {
		b->users = 1;
		b->start = start;
		b->end = end;
		b->nr_pages = (unsigned int)nr;
		fill_bvec(b, pages);
	}
	kvfree(pages);
	return b;
}

/* The i-th of a program's array: NULL: an empty place; ERR_PTR. */
static struct uring_buffer *read_buffer(const struct iovec __user *iovs, unsigned int i)
{
	struct iovec iov;

	if (copy_from_user(&iov, iovs + i, sizeof(iov)))
		return ERR_PTR(-EFAULT);
	if (!iov.iov_base)
		return iov.iov_len ? ERR_PTR(-EFAULT) : NULL;
	if (!iov.iov_len || iov.iov_len > MAX_BUFFER)
		return ERR_PTR(-EFAULT);
	if ((unsigned long)iov.iov_base > ~0UL - iov.iov_len - (PAGE_SIZE - 1))
		return ERR_PTR(-EOVERFLOW);
	return pin_buffer(&iov);
}

static int register_buffers(struct io_ring *ring, const struct iovec __user *iovs, unsigned int nr)
{
	struct uring_buffer *b;

	if (ring->buffers)
		return -EBUSY;
	if (!nr || nr > MAX_BUFFERS)
		return -EINVAL;
	ring->buffers = kcalloc(nr, sizeof(*ring->buffers), GFP_KERNEL);
	if (!ring->buffers)
		return -ENOMEM;
	for (ring->nr_buffers = 0; ring->nr_buffers < nr; ring->nr_buffers++) {
		b = read_buffer(iovs, ring->nr_buffers);
		if (IS_ERR(b)) {
			drop_buffers(ring);
			return (int)PTR_ERR(b);
		}
		ring->buffers[ring->nr_buffers] = b;
	}
	return 0;
}

/* ---------------------------------------------------------------- the rest */

static int set_eventfd(struct io_ring *ring, const s32 __user *arg)
{
	struct eventfd_ctx *eventfd;
	unsigned long flags;
	s32 fd;

	if (ring->eventfd)
		return -EBUSY;
	if (get_user(fd, arg))
		return -EFAULT;
	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd))
		return (int)PTR_ERR(eventfd);
	spin_lock_irqsave(&ring->lock, flags);
	ring->eventfd = eventfd;
	spin_unlock_irqrestore(&ring->lock, flags);
	return 0;
}

static int drop_eventfd(struct io_ring *ring)
{
	struct eventfd_ctx *eventfd = ring->eventfd;
	unsigned long flags;

	if (!eventfd)
		return -ENXIO;
	spin_lock_irqsave(&ring->lock, flags);
	ring->eventfd = NULL;
	spin_unlock_irqrestore(&ring->lock, flags);
	eventfd_ctx_put(eventfd);
	return 0;
}

/* Which operations there are. */
static int probe(void __user *arg, unsigned int nr)
{
	size_t size = sizeof(struct io_uring_probe) + nr * sizeof(struct io_uring_probe_op);
	struct io_uring_probe *p;
	int ret;

	if (!arg || nr > 256)
		return -EINVAL;
	ret = check_zeroed_user(arg, size);
	if (ret <= 0)
		return ret ? -EFAULT : -EINVAL;
	p = kzalloc(size, GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	p->last_op = IORING_OP_LAST - 1;
	p->ops_len = (u8)min(nr, (unsigned int)IORING_OP_LAST);
	for (unsigned int i = 0; i < p->ops_len; i++) {
		p->ops[i].op = (u8)i;
		p->ops[i].flags = uring_ops[i].issue ? IO_URING_OP_SUPPORTED : 0;
	}
	ret = copy_to_user(arg, p, size) ? -EFAULT : 0;
	kfree(p);
	return ret;
}

static int enable_rings(struct io_ring *ring)
{
	if (!(ring->flags & IORING_SETUP_R_DISABLED))
		return -EBADFD;
	if (ring->flags & IORING_SETUP_SINGLE_ISSUER && !ring->issuer) {
		get_task_struct(current);
		ring->issuer = current;
	}
	WRITE_ONCE(ring->flags, ring->flags & ~IORING_SETUP_R_DISABLED);
	return 0;
}

void uring_unregister_all(struct io_ring *ring)
{
	drop_files(ring);
	drop_buffers(ring);
	drop_eventfd(ring);
}

static int unregister_files(struct io_ring *ring)
{
	if (!ring->files)
		return -ENXIO;
	drop_files(ring);
	return 0;
}

static int unregister_buffers(struct io_ring *ring)
{
	if (!ring->buffers)
		return -ENXIO;
	drop_buffers(ring);
	return 0;
}

static int do_register(struct io_ring *ring, unsigned int opcode, void __user *arg, unsigned int nr)
{
	if (ring->issuer && ring->issuer != current)
		return -EEXIST;
	switch (opcode) {
	case IORING_REGISTER_BUFFERS:
		return arg ? register_buffers(ring, arg, nr) : -EFAULT;
	case IORING_UNREGISTER_BUFFERS:
		return arg || nr ? -EINVAL : unregister_buffers(ring);
	case IORING_REGISTER_FILES:
		return arg ? register_files(ring, arg, nr) : -EFAULT;
	case IORING_UNREGISTER_FILES:
		return arg || nr ? -EINVAL : unregister_files(ring);
	case IORING_REGISTER_FILES_UPDATE:
		return update_files(ring, arg, nr);
	case IORING_REGISTER_EVENTFD:
	case IORING_REGISTER_EVENTFD_ASYNC:
		return nr != 1 ? -EINVAL : set_eventfd(ring, arg);
	case IORING_UNREGISTER_EVENTFD:
		return arg || nr ? -EINVAL : drop_eventfd(ring);
	case IORING_REGISTER_PROBE:
		return probe(arg, nr);
	case IORING_REGISTER_ENABLE_RINGS:
		return arg || nr ? -EINVAL : enable_rings(ring);
	default:
		return -EINVAL;
	}
}

SYSCALL_DEFINE4(io_uring_register, unsigned int, fd, unsigned int, opcode, void __user *, arg,
		unsigned int, nr_args)
{
	struct io_ring *ring;
	struct fd f;
	int ret = -EOPNOTSUPP;

	if (opcode >= IORING_REGISTER_LAST)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	ring = uring_of(f.file);
	if (ring) {
		mutex_lock(&ring->uring_lock);
		ret = do_register(ring, opcode, arg, nr_args);
		mutex_unlock(&ring->uring_lock);
	}
	fdput(f);
	return ret;
}
