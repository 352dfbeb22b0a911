/* SPDX-License-Identifier: MIT */
/* What this system calls itself: uname(2), /proc/version, /proc/sys/kernel. */
#ifndef KERNEL_CORE_UTSNAME_H
#define KERNEL_CORE_UTSNAME_H

#include <linux/utsname.h>

/*
 * Linux, by its name and the release whose system calls these are, since that is what programs ask for.  All but
 * nodename and domainname never change; a look at those may see one half old.
 */
const struct new_utsname *utsname(void);

/* sethostname(2) and setdomainname(2); what is longer than __NEW_UTS_LEN is cut off.  Any thread. */
void set_nodename(const char *name);
void set_domainname(const char *name);

#endif
