/* SPDX-License-Identifier: MIT */
/*
 * Locks that programs put on files: of ranges by a process (fcntl F_SETLK) or by an open file (F_OFD_SETLK),
 * and of the whole by an open file (flock).  They advise: nothing but these calls looks at them.
 * Lock: the one of locks.c, a leaf.
 */
#ifndef KERNEL_FS_LOCKS_H
#define KERNEL_FS_LOCKS_H

#include "kernel/fs/fs.h"

struct flock;

/* fcntl's: 0 or -errno. */
int fcntl_getlk(struct file *file, unsigned int cmd, struct flock *lock);
int fcntl_setlk(unsigned int fd, struct file *file, unsigned int cmd, struct flock *lock);

/* One descriptor of the file is closed: `owner`, a files_struct, has no posix locks on it any more. */
void __locks_remove_posix(struct file *file, void *owner);
static inline void locks_remove_posix(struct file *file, void *owner)
{
	if (unlikely(READ_ONCE(file_inode(file)->i_flctx)))
		__locks_remove_posix(file, owner);
}

/* The file is closed: flock's, and those that are the open file's. */
void __locks_remove_file(struct file *file);
static inline void locks_remove_file(struct file *file)
{
	if (unlikely(READ_ONCE(file_inode(file)->i_flctx)))
		__locks_remove_file(file);
}
/* The inode goes. */
void locks_free_context(struct inode *inode);

#endif
