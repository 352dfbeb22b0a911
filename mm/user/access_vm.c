// SPDX-License-Identifier: MIT
/*
 * One process's memory for another: a debugger's, and process_vm_readv() and process_vm_writev().
 *
 * Pages are got with the other's mmap_lock and copied without it, since what is copied to or from may be
 * the same process's memory and fault.
 */
#include <linux/uio.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/lib/string.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/task.h"
#include "mm/highmem.h"
#include "mm/slab.h"
#include "mm/uaccess.h"
#include "mm/user/gup.h"

/* What no page can be got of: a driver may know how to reach it. */
static int access_driver(struct mm_struct *mm, unsigned long addr, void *buf, int len, int write)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma || !vma->vm_ops || !vma->vm_ops->access)
		return 0;
	return vma->vm_ops->access(vma, addr, buf, len, write);
}

/* As much as lies in one page: how many bytes. */
static int access_page(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		       unsigned int gup_flags)
{
	unsigned long offset = addr & ~PAGE_MASK;
	int bytes = min(len, (int)(PAGE_SIZE - offset));
	bool write = gup_flags & FOLL_WRITE;
	struct page *page;
	u8 *va;

	if (get_user_pages_remote(mm, addr, 1, gup_flags, &page, NULL) != 1)
		return access_driver(mm, addr, buf, len, write);
	va = kmap_local_page(page);
	if (write) {
		memcpy(va + offset, buf, (size_t)bytes);
		set_page_dirty_lock(page);
	} else {
		memcpy(buf, va + offset, (size_t)bytes);
	}
	kunmap_local(va);
	put_page(page);
	return bytes;
}

int access_remote_vm(struct mm_struct *mm, unsigned long addr, void *buf, int len,
		     unsigned int gup_flags)
{
	int done = 0, n;

	mmap_read_lock(mm);
	while (done < len) {
		n = access_page(mm, addr + (unsigned long)done, (u8 *)buf + done, len - done,
				gup_flags);
		if (n <= 0)
			break;
		done += n;
	}
	mmap_read_unlock(mm);
	return done;
}

/* ---------------------------------------------------------------- process_vm_readv, _writev */

#define PAGES_AT_ONCE 16

/* Between the iter and pages of the other, from `offset` in the first on; bytes, fewer where the iter is bad. */
static size_t copy_pages(struct page **pages, size_t offset, size_t len, struct iov_iter *iter,
			 bool write)
{
	size_t done = 0, n, copied;

	for (; done < len; pages++, offset = 0) {
		n = min(len - done, PAGE_SIZE - offset);
		copied = write ? copy_page_from_iter(*pages, offset, n, iter) :
				 copy_page_to_iter(*pages, offset, n, iter);
		done += copied;
		if (copied < n)
			break;
	}
	return done;
}

/* One range of the other's, no longer than what the iterator has left: bytes, or -errno for the first. */
static ssize_t copy_range(struct mm_struct *mm, unsigned long addr, size_t len,
			  struct iov_iter *iter, bool write)
{
	struct page *pages[PAGES_AT_ONCE];
	size_t done = 0, offset, want, n;
	long got;

	while (done < len) {
		offset = (addr + done) & ~PAGE_MASK;
		want = min(len - done, sizeof(pages) / sizeof(*pages) * PAGE_SIZE - offset);
		mmap_read_lock(mm);
		got = pin_user_pages_remote(mm, addr + done, PFN_UP(offset + want),
					    write ? FOLL_WRITE : 0, pages, NULL);
		mmap_read_unlock(mm);
		if (got <= 0)
			return done ? (ssize_t)done : -EFAULT;
		want = min(want, (size_t)got * PAGE_SIZE - offset);
		n = copy_pages(pages, offset, want, iter, write);
		unpin_user_pages_dirty_lock(pages, (unsigned long)got, write);
		done += n;
		if (n < want)
			return done ? (ssize_t)done : -EFAULT;
	}
	return (ssize_t)done;
}

static ssize_t copy_ranges(struct mm_struct *mm, const struct iovec *remote, unsigned long n,
			   struct iov_iter *iter, bool write)
{
	ssize_t done = 0, bytes;

	for (unsigned long i = 0; i < n && iov_iter_count(iter); i++) {
		size_t want = min(remote[i].iov_len, iov_iter_count(iter));

		bytes = copy_range(mm, (unsigned long)remote[i].iov_base, want, iter, write);
		if (bytes < 0)
			return done ?: bytes;
		done += bytes;
		if ((size_t)bytes < want)
			break;
	}
	return done;
}

/* The memory of the process, which root may reach: a user of it, or ERR_PTR(-ESRCH). */
static struct mm_struct *mm_of_process(pid_t pid)
{
	struct task_struct *task = find_get_task_by_vpid(pid);
	struct mm_struct *mm = task ? get_task_mm(task) : NULL;

	if (task)
		put_task_struct(task);
	return mm ?: ERR_PTR(-ESRCH);
}

/* The program's array of remote ranges, of kmalloc(), or ERR_PTR; *bytes: of all of them. */
static struct iovec *remote_ranges(const struct iovec __user *uvec, unsigned long n, size_t *bytes)
{
	struct iovec *vec;
	int err = 0;

	if (n > UIO_MAXIOV)
		return ERR_PTR(-EINVAL);
	vec = kmalloc_array(max(n, 1UL), sizeof(*vec), GFP_KERNEL);
	if (!vec)
		return ERR_PTR(-ENOMEM);
	if (copy_from_user(vec, uvec, n * sizeof(*vec)))
		err = -EFAULT;
	*bytes = 0;
	for (unsigned long i = 0; i < n && !err; i++) {
		err = (ssize_t)vec[i].iov_len < 0 ? -EINVAL : 0;
		*bytes += vec[i].iov_len;
	}
	if (!err)
		return vec;
	kfree(vec);
	return ERR_PTR(err);
}

static ssize_t process_vm_copy(pid_t pid, struct iov_iter *iter, const struct iovec __user *rvec,
			       unsigned long riovcnt, bool write)
{
	size_t bytes = 0;
	struct iovec *remote = remote_ranges(rvec, riovcnt, &bytes);
	struct mm_struct *mm;
	ssize_t ret = 0;

	if (IS_ERR(remote))
		return PTR_ERR(remote);
	if (bytes) { /* for nothing the process is not even looked up */
		mm = mm_of_process(pid);
		ret = PTR_ERR(mm);
		if (!IS_ERR(mm)) {
			ret = copy_ranges(mm, remote, riovcnt, iter, write);
			mmput(mm);
		}
	}
	kfree(remote);
	return ret;
}

static ssize_t process_vm_rw(pid_t pid, const struct iovec __user *lvec, unsigned long liovcnt,
			     const struct iovec __user *rvec, unsigned long riovcnt,
			     unsigned long flags, bool write)
{
	struct iovec stack[UIO_FASTIOV], *vec = stack;
	struct iov_iter iter;
	ssize_t ret;

	if (flags)
		return -EINVAL;
	ret = import_iovec(write ? ITER_SOURCE : ITER_DEST, lvec, (unsigned int)liovcnt,
			   UIO_FASTIOV, &vec, &iter);
	if (ret < 0)
		return ret;
	ret = iov_iter_count(&iter) ? process_vm_copy(pid, &iter, rvec, riovcnt, write) : 0;
	kfree(vec);
	return ret;
}

SYSCALL_DEFINE6(process_vm_readv, pid_t, pid, const struct iovec __user *, lvec, unsigned long,
		liovcnt, const struct iovec __user *, rvec, unsigned long, riovcnt, unsigned long,
		flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, false);
}

SYSCALL_DEFINE6(process_vm_writev, pid_t, pid, const struct iovec __user *, lvec, unsigned long,
		liovcnt, const struct iovec __user *, rvec, unsigned long, riovcnt, unsigned long,
		flags)
{
	return process_vm_rw(pid, lvec, liovcnt, rvec, riovcnt, flags, true);
}
