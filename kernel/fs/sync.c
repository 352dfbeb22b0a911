// SPDX-License-Identifier: MIT
/*
 * What brings files to their devices.  Only block devices have something to bring: all else is memory.
 */
#include <linux/fs.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/internal.h"

int vfs_fsync_range(struct file *file, loff_t start, loff_t end, int datasync)
{
	return file->f_op->fsync ? file->f_op->fsync(file, start, end, datasync) : -EINVAL;
}

static long do_fsync(unsigned int fd, int datasync)
{
	struct fd f = fdget(fd);
	long error;

	if (!f.file)
		return -EBADF;
	error = vfs_fsync_range(f.file, 0, MAX_LFS_FILESIZE, datasync);
	fdput(f);
	return error;
}

SYSCALL_DEFINE1(fsync, unsigned int, fd)
{
	return do_fsync(fd, 0);
}

SYSCALL_DEFINE1(fdatasync, unsigned int, fd)
{
	return do_fsync(fd, 1);
}

static void (*sync_devices)(void); /* NULL: there are none */

void fs_set_sync_devices(void (*sync)(void))
{
	sync_devices = sync;
}

SYSCALL_DEFINE0(sync)
{
	if (sync_devices)
		sync_devices();
	return 0;
}

/* No file system here lies on a device. */
SYSCALL_DEFINE1(syncfs, int, fd)
{
	struct fd f = fdget(fd);

	if (!f.file)
		return -EBADF;
	fdput(f);
	return 0;
}

/* Pipes, sockets, terminals and what has no name in a folder have no places to begin at. */
static bool has_places(const struct file *file)
{
	umode_t mode = file_inode(file)->i_mode;

	return S_ISREG(mode) || S_ISBLK(mode) || S_ISDIR(mode);
}

SYSCALL_DEFINE4(sync_file_range, int, fd, loff_t, offset, loff_t, bytes, unsigned int, flags)
{
	struct fd f = fdget(fd);
	loff_t end = (loff_t)((u64)offset + (u64)bytes);
	long error = 0;

	if (!f.file)
		return -EBADF;
	if (flags & ~(SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		      SYNC_FILE_RANGE_WAIT_AFTER) ||
	    offset < 0 || bytes < 0 || end < offset)
		error = -EINVAL;
	else if (!has_places(f.file))
		error = -ESPIPE;
	else if (flags & SYNC_FILE_RANGE_WRITE)
		error = filemap_write_and_wait_range(f.file->f_mapping, offset,
						     bytes ? end - 1 : MAX_LFS_FILESIZE);
	fdput(f);
	return error;
}
