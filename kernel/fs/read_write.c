// SPDX-License-Identifier: MIT
/* Reads, writes and positions. */
#include <linux/fs.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"
#include "kernel/fs/iov_iter.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

/* ---------------------------------------------------------------- one transfer */

static noinline void add_file_flags(struct kiocb *iocb, unsigned int flags)
{
	if (flags & O_APPEND)
		iocb->ki_flags |= IOCB_APPEND;
	if (flags & O_DIRECT)
		iocb->ki_flags |= IOCB_DIRECT;
	if (flags & O_DSYNC) /* in O_SYNC, too */
		iocb->ki_flags |= IOCB_DSYNC;
}

static __always_inline void init_kiocb(struct kiocb *iocb, struct file *file)
{
	*iocb = (struct kiocb){ .ki_filp = file };
	if (unlikely(file->f_flags & (O_APPEND | O_DIRECT | O_SYNC)))
		add_file_flags(iocb, file->f_flags);
}

void init_sync_kiocb(struct kiocb *iocb, struct file *file)
{
	init_kiocb(iocb, file);
}

int kiocb_set_rw_flags(struct kiocb *iocb, int flags)
{
	if (flags & ~RWF_SUPPORTED)
		return -EOPNOTSUPP;
	if (flags & RWF_NOWAIT && !(iocb->ki_filp->f_mode & FMODE_NOWAIT))
		return -EOPNOTSUPP;
	iocb->ki_flags |= flags & RWF_SUPPORTED;
	if (flags & RWF_SYNC)
		iocb->ki_flags |= IOCB_DSYNC;
	return 0;
}

int rw_verify_area(struct file *file, const loff_t *pos, size_t count)
{
	(void)file;
	if (unlikely((ssize_t)count < 0))
		return -EINVAL;
	/* Neither the beginning nor the end is negative. */
	if (pos && unlikely((loff_t)((u64)*pos | ((u64)*pos + count)) < 0))
		return -EINVAL;
	return 0;
}

static __always_inline int check_transfer(struct file *file, const struct kiocb *iocb, size_t count,
					  fmode_t mode, fmode_t can)
{
	if (unlikely(!(file->f_mode & mode)))
		return -EBADF;
	if (unlikely(!(file->f_mode & can)))
		return -EINVAL;
	return rw_verify_area(file, &iocb->ki_pos, count);
}

static __always_inline ssize_t iter_read(struct file *file, struct kiocb *iocb, struct iov_iter *to)
{
	int error = check_transfer(file, iocb, iov_iter_count(to), FMODE_READ, FMODE_CAN_READ);

	return error ? error : file->f_op->read_iter(iocb, to);
}

static __always_inline ssize_t iter_write(struct file *file, struct kiocb *iocb,
					  struct iov_iter *from)
{
	int error = check_transfer(file, iocb, iov_iter_count(from), FMODE_WRITE, FMODE_CAN_WRITE);

	if (error)
		return error;
	iocb->ki_flags |= IOCB_WRITE;
	return file->f_op->write_iter(iocb, from);
}

ssize_t vfs_iter_read(struct file *file, struct kiocb *iocb, struct iov_iter *to)
{
	return iter_read(file, iocb, to);
}

ssize_t vfs_iter_write(struct file *file, struct kiocb *iocb, struct iov_iter *from)
{
	return iter_write(file, iocb, from);
}

/* /proc/PID/io's: `ret` is how the transfer ended. */
static __always_inline void count_transfer(ssize_t ret, bool write)
{
	struct task_io *io = &current->io;

	if (likely(ret > 0))
		*(write ? &io->wchar : &io->rchar) += (u64)ret;
	*(write ? &io->syscw : &io->syscr) += 1;
}

/* At *pos, or for NULL without a position. */
static __always_inline ssize_t transfer(struct file *file, struct iov_iter *iter, loff_t *pos,
					int flags, bool write)
{
	struct kiocb iocb;
	ssize_t ret;

	init_kiocb(&iocb, file);
	if (unlikely(flags)) {
		ret = kiocb_set_rw_flags(&iocb, flags);
		if (ret)
			return ret;
	}
	iocb.ki_pos = pos ? *pos : 0;
	ret = write ? iter_write(file, &iocb, iter) : iter_read(file, &iocb, iter);
	count_transfer(ret, write);
	if (pos)
		*pos = iocb.ki_pos;
	return ret;
}

/* Where its position is, if it has one. */
static loff_t *file_ppos(struct file *file)
{
	return file->f_mode & FMODE_STREAM ? NULL : &file->f_pos;
}

static ssize_t kernel_transfer(struct file *file, void *buf, size_t count, loff_t *pos, bool write)
{
	struct kvec kvec = { buf, min(count, (size_t)MAX_RW_COUNT) };
	struct iov_iter iter;

	iov_iter_kvec(&iter, write, &kvec, 1, kvec.iov_len);
	return transfer(file, &iter, pos, 0, write);
}

ssize_t kernel_read(struct file *file, void *buf, size_t count, loff_t *pos)
{
	return kernel_transfer(file, buf, count, pos, false);
}

ssize_t kernel_write(struct file *file, const void *buf, size_t count, loff_t *pos)
{
	return kernel_transfer(file, (void *)buf, count, pos, true);
}

/* ---------------------------------------------------------------- calls: one range */

/* What Linux says of a range that is no program's: first it looks at the file. */
static noinline long bad_range(const struct file *file, bool write)
{
	if (!(file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		return -EBADF;
	return file->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ) ? -EFAULT : -EINVAL;
}

static __always_inline long do_read_write(unsigned int fd, char __user *buf, size_t count,
					  bool write)
{
	struct fd f = fdget_pos(fd);
	struct iov_iter iter;
	long ret;

	if (unlikely(!f.file))
		return -EBADF;
	if (unlikely(!access_ok(buf, count))) {
		ret = bad_range(f.file, write);
	} else {
		iov_iter_ubuf(&iter, write, buf, min(count, (size_t)MAX_RW_COUNT));
		ret = transfer(f.file, &iter, file_ppos(f.file), 0, write);
	}
	fdput_pos(f);
	return ret;
}

SYSCALL_DEFINE3(read, unsigned int, fd, char __user *, buf, size_t, count)
{
	return do_read_write(fd, buf, count, false);
}

SYSCALL_DEFINE3(write, unsigned int, fd, char __user *, buf, size_t, count)
{
	return do_read_write(fd, buf, count, true);
}

/* A transfer that leaves the position of the file alone; `iter` NULL: its range is no program's. */
static long transfer_at(unsigned int fd, struct iov_iter *iter, loff_t pos, int flags, bool write)
{
	struct fd f;
	long ret = -ESPIPE;

	if (pos < 0)
		return -EINVAL;
	f = fdget(fd);
	if (!f.file)
		return -EBADF;
	if (f.file->f_mode & (write ? FMODE_PWRITE : FMODE_PREAD))
		ret = iter ? transfer(f.file, iter, &pos, flags, write) : bad_range(f.file, write);
	fdput(f);
	return ret;
}

static long pread_pwrite(unsigned int fd, char __user *buf, size_t count, loff_t pos, bool write)
{
	struct iov_iter iter;

	iov_iter_ubuf(&iter, write, buf, min(count, (size_t)MAX_RW_COUNT));
	return transfer_at(fd, access_ok(buf, count) ? &iter : NULL, pos, 0, write);
}

SYSCALL_DEFINE4(pread64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return pread_pwrite(fd, buf, count, pos, false);
}

SYSCALL_DEFINE4(pwrite64, unsigned int, fd, char __user *, buf, size_t, count, loff_t, pos)
{
	return pread_pwrite(fd, buf, count, pos, true);
}

/* ---------------------------------------------------------------- calls: several ranges */

static long vector_transfer(unsigned int fd, const struct iovec __user *uvec, unsigned long n,
			    const loff_t *pos, int flags, bool write)
{
	struct iovec fast[UIO_FASTIOV], *iov = fast;
	struct iov_iter iter;
	struct fd f;
	long ret;

	if (pos && *pos < 0)
		return -EINVAL;
	f = pos ? fdget(fd) : fdget_pos(fd);
	if (!f.file)
		return -EBADF;
	if (pos && !(f.file->f_mode & (write ? FMODE_PWRITE : FMODE_PREAD)))
		ret = -ESPIPE;
	else if (!(f.file->f_mode & (write ? FMODE_WRITE : FMODE_READ)))
		ret = -EBADF;
	else if (!(f.file->f_mode & (write ? FMODE_CAN_WRITE : FMODE_CAN_READ)))
		ret = -EINVAL;
	else
		ret = n > UIO_MAXIOV ? -EINVAL :
				       import_iovec(write, uvec, n, UIO_FASTIOV, &iov, &iter);
	if (ret >= 0) {
		loff_t at = pos ? *pos : 0;

		ret = transfer(f.file, &iter, pos ? &at : file_ppos(f.file), flags, write);
		kfree(iov);
	}
	fdput_pos(f);
	return ret;
}

SYSCALL_DEFINE3(readv, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n)
{
	return vector_transfer(fd, vec, n, NULL, 0, false);
}

SYSCALL_DEFINE3(writev, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n)
{
	return vector_transfer(fd, vec, n, NULL, 0, true);
}

SYSCALL_DEFINE5(preadv, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n,
		unsigned long, pos_low, unsigned long, pos_high)
{
	loff_t pos = pos_low;

	(void)pos_high;
	return vector_transfer(fd, vec, n, &pos, 0, false);
}

SYSCALL_DEFINE5(pwritev, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n,
		unsigned long, pos_low, unsigned long, pos_high)
{
	loff_t pos = pos_low;

	(void)pos_high;
	return vector_transfer(fd, vec, n, &pos, 0, true);
}

/* Position -1: the file's own. */
SYSCALL_DEFINE6(preadv2, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n,
		unsigned long, pos_low, unsigned long, pos_high, int, flags)
{
	loff_t pos = pos_low;

	(void)pos_high;
	return vector_transfer(fd, vec, n, pos == -1 ? NULL : &pos, flags, false);
}

SYSCALL_DEFINE6(pwritev2, unsigned long, fd, const struct iovec __user *, vec, unsigned long, n,
		unsigned long, pos_low, unsigned long, pos_high, int, flags)
{
	loff_t pos = pos_low;

	(void)pos_high;
	return vector_transfer(fd, vec, n, pos == -1 ? NULL : &pos, flags, true);
}

/* ---------------------------------------------------------------- from file to file */

/* Through a page at a time, one page of what has no positions: bytes, or -errno. */
static long copy_between(struct file *in, loff_t *in_pos, struct file *out, loff_t *out_pos,
			 size_t count)
{
	char *buf = kmalloc(PAGE_SIZE, GFP_KERNEL);
	ssize_t done = 0, n = buf ? 0 : -ENOMEM, written;

	while (n >= 0 && (size_t)done < count) {
		n = kernel_read(in, buf, min(count - done, (size_t)PAGE_SIZE), in_pos);
		if (n <= 0)
			break;
		written = kernel_write(out, buf, n, out_pos);
		if (written < n && in_pos) /* what was not written is still to be read */
			*in_pos -= n - max(written, (ssize_t)0);
		if (written < 0)
			n = written;
		else
			done += written;
		if (written < n || signal_pending(current) || !(in->f_mode & FMODE_LSEEK))
			break;
	}
	kfree(buf);
	return done ? done : n;
}

/* The position of a copy: the program's, or for NULL the file's. */
static loff_t *copy_pos(struct file *file, loff_t __user *upos, loff_t *pos)
{
	return upos ? pos : file_ppos(file);
}

static long check_copy(const struct file *in, const struct file *out)
{
	if (!(in->f_mode & FMODE_READ) || !(out->f_mode & FMODE_WRITE))
		return -EBADF;
	return in->f_mode & FMODE_CAN_READ && out->f_mode & FMODE_CAN_WRITE ? 0 : -EINVAL;
}

SYSCALL_DEFINE4(sendfile, int, out_fd, int, in_fd, loff_t __user *, offset, size_t, count)
{
	struct fd in = fdget(in_fd), out = fdget(out_fd);
	loff_t pos = 0;
	long ret = -EBADF;

	if (in.file && out.file)
		ret = check_copy(in.file, out.file);
	if (!ret && out.file->f_flags & O_APPEND)
		ret = -EINVAL;
	if (!ret && offset && !(in.file->f_mode & FMODE_PREAD))
		ret = -ESPIPE;
	if (!ret && offset && get_user(pos, offset))
		ret = -EFAULT;
	if (!ret)
		ret = rw_verify_area(in.file, copy_pos(in.file, offset, &pos), count);
	/* What comes once, as a terminal's lines, goes to pipes alone. */
	if (!ret && !(in.file->f_mode & FMODE_LSEEK) && !S_ISFIFO(file_inode(out.file)->i_mode))
		ret = -EINVAL;
	if (!ret)
		ret = copy_between(in.file, copy_pos(in.file, offset, &pos), out.file,
				   file_ppos(out.file), min(count, (size_t)MAX_RW_COUNT));
	if (offset && ret >= 0 && put_user(pos, offset))
		ret = -EFAULT;
	if (in.file)
		fdput(in);
	if (out.file)
		fdput(out);
	return ret;
}

/* Both are regular, and where they are the same one, the ranges do not meet. */
static long check_copy_range(struct file *in, loff_t in_pos, struct file *out, loff_t out_pos,
			     size_t *count)
{
	const struct inode *from = file_inode(in), *to = file_inode(out);
	long error = check_copy(in, out);

	if (S_ISDIR(from->i_mode) || S_ISDIR(to->i_mode))
		return -EISDIR;
	if (!S_ISREG(from->i_mode) || !S_ISREG(to->i_mode))
		return -EINVAL;
	if (error || out->f_flags & O_APPEND)
		return -EBADF;
	if ((u64)in_pos + *count < *count || (u64)out_pos + *count < *count)
		return -EOVERFLOW;
	if (out_pos == MAX_LFS_FILESIZE)
		return -EFBIG;
	*count = min(*count, (size_t)(MAX_LFS_FILESIZE - out_pos));
	*count = in_pos < from->i_size ? min(*count, (size_t)(from->i_size - in_pos)) : 0;
	if (from == to && out_pos + (loff_t)*count > in_pos && out_pos < in_pos + (loff_t)*count)
		return -EINVAL;
	return 0;
}

SYSCALL_DEFINE6(copy_file_range, int, in_fd, loff_t __user *, in_off, int, out_fd, loff_t __user *,
		out_off, size_t, count, unsigned int, flags)
{
	struct fd in = fdget(in_fd), out = fdget(out_fd);
	loff_t in_pos = 0, out_pos = 0;
	long ret = in.file && out.file ? 0 : -EBADF;

	if (!ret &&
	    ((in_off && get_user(in_pos, in_off)) || (out_off && get_user(out_pos, out_off))))
		ret = -EFAULT;
	if (!ret && flags)
		ret = -EINVAL;
	if (!ret) {
		in_pos = in_off ? in_pos : in.file->f_pos;
		out_pos = out_off ? out_pos : out.file->f_pos;
		ret = rw_verify_area(in.file, &in_pos, 0);
		if (!ret)
			ret = rw_verify_area(out.file, &out_pos, 0);
		if (!ret)
			ret = check_copy_range(in.file, in_pos, out.file, out_pos, &count);
		if (!ret)
			ret = copy_between(in.file, &in_pos, out.file, &out_pos, count);
	}
	if (ret > 0) {
		if (!in_off)
			in.file->f_pos = in_pos;
		if (!out_off)
			out.file->f_pos = out_pos;
		if ((in_off && put_user(in_pos, in_off)) || (out_off && put_user(out_pos, out_off)))
			ret = -EFAULT;
	}
	if (in.file)
		fdput(in);
	if (out.file)
		fdput(out);
	return ret;
}

/* ---------------------------------------------------------------- positions */

loff_t noop_llseek(struct file *file, loff_t offset, int whence)
{
	(void)offset, (void)whence;
	return file->f_pos;
}

static loff_t set_pos(struct file *file, loff_t pos, loff_t maxsize)
{
	if (pos < 0 || pos > maxsize)
		return -EINVAL;
	WRITE_ONCE(file->f_pos, pos);
	return pos;
}

loff_t generic_file_llseek_size(struct file *file, loff_t offset, int whence, loff_t maxsize,
				loff_t eof)
{
	switch (whence) {
	case SEEK_SET:
		break;
	case SEEK_CUR:
		if (!offset)
			return file->f_pos;
		offset = (loff_t)((u64)offset + (u64)file->f_pos);
		break;
	case SEEK_END:
		offset = (loff_t)((u64)offset + (u64)eof);
		break;
	case SEEK_DATA: /* all is data, and the end is a hole */
		if (offset < 0 || offset >= eof)
			return -ENXIO;
		break;
	case SEEK_HOLE:
		if (offset < 0 || offset >= eof)
			return -ENXIO;
		offset = eof;
		break;
	default:
		return -EINVAL;
	}
	return set_pos(file, offset, maxsize);
}

loff_t generic_file_llseek(struct file *file, loff_t offset, int whence)
{
	return generic_file_llseek_size(file, offset, whence, MAX_LFS_FILESIZE,
					i_size_read(file->f_mapping->host));
}

loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size)
{
	if (whence > SEEK_END)
		return -EINVAL;
	return generic_file_llseek_size(file, offset, whence, size, size);
}

int nonseekable_open(struct inode *inode, struct file *file)
{
	(void)inode;
	file->f_mode &= ~(FMODE_LSEEK | FMODE_PREAD | FMODE_PWRITE);
	return 0;
}

int stream_open(struct inode *inode, struct file *file)
{
	nonseekable_open(inode, file);
	file->f_mode &= ~FMODE_ATOMIC_POS;
	file->f_mode |= FMODE_STREAM;
	return 0;
}

loff_t vfs_llseek(struct file *file, loff_t offset, int whence)
{
	if (!(file->f_mode & FMODE_LSEEK))
		return -ESPIPE;
	return file->f_op->llseek(file, offset, whence);
}

SYSCALL_DEFINE3(lseek, unsigned int, fd, loff_t, offset, unsigned int, whence)
{
	struct fd f = fdget_pos(fd);
	loff_t ret;

	if (!f.file)
		return -EBADF;
	ret = whence <= SEEK_MAX ? vfs_llseek(f.file, offset, whence) : -EINVAL;
	fdput_pos(f);
	return ret;
}
