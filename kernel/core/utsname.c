// SPDX-License-Identifier: MIT
#include "kernel/core/utsname.h"

#include "kernel/core/spinlock.h"
#include "kernel/lib/string.h"

#define NAME_NOT_SET "(none)" /* Linux's word */

static DEFINE_SPINLOCK(uts_lock); /* who writes the two names */
static struct new_utsname uts = {
	.sysname = "Linux",
	.nodename = NAME_NOT_SET,
	.release = "6.1.0-terrier",
	.version = "#1 SMP PREEMPT Terrier",
	.machine = "x86_64",
	.domainname = NAME_NOT_SET,
};

const struct new_utsname *utsname(void)
{
	return &uts;
}

static void set_name(char *to, const char *name)
{
	spin_lock(&uts_lock);
	strscpy(to, name, __NEW_UTS_LEN + 1);
	spin_unlock(&uts_lock);
}

void set_nodename(const char *name)
{
	set_name(uts.nodename, name);
}

void set_domainname(const char *name)
{
	set_name(uts.domainname, name);
}
