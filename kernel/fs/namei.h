/* SPDX-License-Identifier: MIT */
/*
 * From a path's text to a place: the walk, and what changes names.
 *
 * A walk begins at current's root, its working directory or a directory that is given, crosses mounts
 * and follows symlinks, MAXSYMLINKS at the most.  All of it happens with tree_sem held, so that what it
 * found is so at one moment; what comes out is held and may change from then on.
 */
#ifndef KERNEL_FS_NAMEI_H
#define KERNEL_FS_NAMEI_H

#include "kernel/fs/fs.h"

#define MAXSYMLINKS 40

/* Linux's numbers. */
#define LOOKUP_FOLLOW	     0x0001 /* a symlink at the end */
#define LOOKUP_DIRECTORY     0x0002
#define LOOKUP_EMPTY	     0x4000 /* "" is the place the walk begins at */
#define LOOKUP_NO_SYMLINKS   0x010000
#define LOOKUP_NO_MAGICLINKS 0x020000
#define LOOKUP_NO_XDEV	     0x040000
#define LOOKUP_BENEATH	     0x080000
#define LOOKUP_IN_ROOT	     0x100000

/* A path that a program gave, in the kernel: at most PATH_MAX with its 0.  -ENOENT: it is empty and flags
 * lack LOOKUP_EMPTY; -ENAMETOOLONG, -EFAULT, -ENOMEM as ERR_PTR.  May sleep. */
struct filename {
	const char *name;
	char iname[];
};
struct filename *getname(const char __user *name);
struct filename *getname_flags(const char __user *name, int lookup_flags);
struct filename *getname_kernel(const char *name);
void putname(struct filename *name);

/* The place, held: 0 or -errno.  `dfd`: a descriptor, or AT_FDCWD.  In a thread. */
int filename_lookup(int dfd, struct filename *name, unsigned int flags, struct path *path);
int user_path_at(int dfd, const char __user *name, unsigned int flags, struct path *path);
int kern_path(const char *name, unsigned int flags, struct path *path);

/* open() without the descriptor; `flags` as filp_open(). */
struct file *do_filp_open(int dfd, struct filename *name, int flags, umode_t mode,
			  unsigned int lookup_flags);

/* For the kernel's own set-up: make a node, a directory, a link, a symlink by path.  0 or -errno.  No umask. */
int kern_mknod(const char *name, umode_t mode, dev_t dev);
int kern_mkdir(const char *name, umode_t mode);
int kern_link(const char *old, const char *name);
int kern_symlink(const char *target, const char *name);
int kern_unlink(const char *name);
int kern_rmdir(const char *name);
int kern_rename(const char *old, const char *name, unsigned int flags); /* RENAME_* */

/*
 * Where current's file name comes to be looked up for execve(): a regular file with an x bit, or ERR_PTR(-EACCES, ...).
 * Nobody writes to it until put_exec() lets it go: -ETXTBSY where somebody does now.
 */
struct file *do_open_execat(int dfd, struct filename *name, int flags);
struct file *open_exec(const char *name);
void put_exec(struct file *file);

#endif
