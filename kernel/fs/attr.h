/* SPDX-License-Identifier: MIT */
/* Changes of attributes as programs ask for them: what those who make the calls share. */
#ifndef KERNEL_FS_ATTR_H
#define KERNEL_FS_ATTR_H

#include "kernel/fs/fs.h"

/* Of a path of a program's, LOOKUP_* / of a descriptor: 0 or -errno. */
int change_at(int dfd, const char __user *name, unsigned int lookup, struct iattr *attr);
int change_fd(unsigned int fd, struct iattr *attr);

#endif
