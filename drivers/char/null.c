// SPDX-License-Identifier: MIT
/* /dev/null, /dev/zero and /dev/full. */
#include "drivers/char/char.h"
#include "kernel/fs/devfs.h"
#include "kernel/fs/iov_iter.h"
#include "kernel/fs/shmem.h"
#include "kernel/sched/sched.h"
#include "mm/user/fault.h"

static ssize_t read_null(struct kiocb *iocb, struct iov_iter *to)
{
	(void)iocb;
	(void)to;
	return 0;
}

static ssize_t write_null(struct kiocb *iocb, struct iov_iter *from)
{
	size_t n = iov_iter_count(from);

	(void)iocb;
	iov_iter_advance(from, n);
	return (ssize_t)n;
}

static ssize_t write_full(struct kiocb *iocb, struct iov_iter *from)
{
	(void)iocb;
	(void)from;
	return -ENOSPC;
}

/* A page at a time, so that it can be left off. */
static noinline ssize_t read_zeroes(struct kiocb *iocb, struct iov_iter *to)
{
	size_t count = iov_iter_count(to), left = count;

	while (left) {
		iov_iter_zero(min(left, (size_t)PAGE_SIZE), to);
		if (iov_iter_count(to) == left)
			return left == count ? -EFAULT : (ssize_t)(count - left);
		left = iov_iter_count(to);
		if (!left)
			break;
		if (signal_pending(current))
			break;
		if (need_resched() && iocb->ki_flags & IOCB_NOWAIT)
			break;
		cond_resched();
	}
	return (ssize_t)(count - left);
}

static ssize_t read_zero(struct kiocb *iocb, struct iov_iter *to)
{
	size_t count = iov_iter_count(to), done;

	if (count > PAGE_SIZE)
		return read_zeroes(iocb, to);
	done = iov_iter_zero(count, to);
	return done || !count ? (ssize_t)done : -EFAULT;
}

/* Private, it is anonymous memory; shared, that of a file of its own. */
static int mmap_zero(struct file *file, struct vm_area_struct *vma)
{
	struct file *memory;

	(void)file;
	if (!(vma->vm_flags & VM_SHARED)) {
		vma->vm_ops = NULL;
		return 0;
	}
	memory = shmem_file_setup("dev/zero", (loff_t)(vma->vm_end - vma->vm_start),
				  !(vma->vm_flags & VM_NORESERVE));
	if (IS_ERR(memory))
		return (int)PTR_ERR(memory);
	fput(vma->vm_file);
	vma->vm_file = memory;
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}

static loff_t null_lseek(struct file *file, loff_t offset, int whence)
{
	(void)offset;
	(void)whence;
	return file->f_pos = 0;
}

static int open_nowait(struct inode *inode, struct file *file)
{
	(void)inode;
	file->f_mode |= FMODE_NOWAIT;
	return 0;
}

static const struct file_operations null_fops = {
	.llseek = null_lseek,
	.read_iter = read_null,
	.write_iter = write_null,
	.open = open_nowait,
};

static const struct file_operations zero_fops = {
	.llseek = null_lseek,
	.read_iter = read_zero,
	.write_iter = write_null,
	.mmap = mmap_zero,
	.open = open_nowait,
};

static const struct file_operations full_fops = {
	.llseek = null_lseek,
	.read_iter = read_zero,
	.write_iter = write_full,
};

void __init null_dev_init(void)
{
	dev_create("null", S_IFCHR | 0666, MKDEV(MEM_MAJOR, 3), &null_fops, NULL);
	dev_create("zero", S_IFCHR | 0666, MKDEV(MEM_MAJOR, 5), &zero_fops, NULL);
	dev_create("full", S_IFCHR | 0666, MKDEV(MEM_MAJOR, 7), &full_fops, NULL);
}
