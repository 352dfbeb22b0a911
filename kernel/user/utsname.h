/* SPDX-License-Identifier: MIT */
/*
 * What the system calls itself.  To programs it is a Linux of the version whose system calls it
 * answers; the release says which kernel that is really.
 */
#ifndef KERNEL_USER_UTSNAME_H
#define KERNEL_USER_UTSNAME_H

#include <linux/utsname.h>

/* The names, for a look: nodename and domainname may change meanwhile, and always end. */
const struct new_utsname *utsname(void);

/* Of them the host's name; cut off at __NEW_UTS_LEN characters.  Any thread. */
void set_nodename(const char *name);

#endif
