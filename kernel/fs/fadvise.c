// SPDX-License-Identifier: MIT
/* Advice on how a file will be used: what is wrong of it is said, and the rest changes nothing. */
#include <linux/fadvise.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"

SYSCALL_DEFINE4(fadvise64, int, fd, loff_t, offset, size_t, len, int, advice)
{
	struct fd f = fdget(fd);
	long error = 0;

	(void)offset;
	if (!f.file)
		return -EBADF;
	if (S_ISFIFO(file_inode(f.file)->i_mode))
		error = -ESPIPE;
	else if ((loff_t)len < 0 || advice < POSIX_FADV_NORMAL || advice > POSIX_FADV_NOREUSE)
		error = -EINVAL;
	fdput(f);
	return error;
}

SYSCALL_DEFINE3(readahead, int, fd, loff_t, offset, size_t, count)
{
	struct fd f = fdget(fd);
	const struct inode *inode;
	long error = 0;

	(void)offset, (void)count;
	if (!f.file)
		return -EBADF;
	inode = file_inode(f.file);
	if (!(f.file->f_mode & FMODE_READ))
		error = -EBADF;
	else if (!S_ISREG(inode->i_mode) && !S_ISBLK(inode->i_mode))
		error = -EINVAL;
	fdput(f);
	return error;
}
