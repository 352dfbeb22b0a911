// SPDX-License-Identifier: MIT
/* memfd_create(): memory with a descriptor.  It cannot be sealed, and says so. */
#include <linux/memfd.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/shmem.h"
#include "kernel/lib/vsprintf.h"
#include "mm/slab.h"
#include "mm/uaccess.h"

#define MFD_NAME_MAX (NAME_MAX - 6) /* "memfd:" */

SYSCALL_DEFINE2(memfd_create, const char __user *, uname, unsigned int, flags)
{
	struct file *file;
	char *name, *text;
	int fd;

	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	name = strndup_user(uname, MFD_NAME_MAX + 1);
	if (IS_ERR(name))
		return PTR_ERR(name);
	text = kasprintf(GFP_KERNEL, "memfd:%s", name);
	kfree(name);
	if (!text)
		return -ENOMEM;
	fd = get_unused_fd_flags(flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
	if (fd >= 0) {
		file = shmem_file_setup(text, 0, false);
		if (IS_ERR(file)) {
			put_unused_fd(fd);
			fd = PTR_ERR(file);
		} else {
			file->f_flags |= O_LARGEFILE;
			fd_install(fd, file);
		}
	}
	kfree(text);
	return fd;
}
