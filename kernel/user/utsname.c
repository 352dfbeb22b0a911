// SPDX-License-Identifier: MIT
/* uname() and what changes it, personality(), and sysinfo(). */
#include "kernel/user/utsname.h"

#include <linux/personality.h>
#include <linux/sysinfo.h>

#include "kernel/core/spinlock.h"
#include "kernel/core/syscall.h"
#include "kernel/lib/string.h"
#include "kernel/sched/stat.h"
#include "kernel/sched/task.h"
#include "kernel/time/time.h"
#include "mm/page_alloc.h"
#include "mm/uaccess.h"

#define SUFFIX "-terrier"

static DEFINE_SPINLOCK(uts_lock); /* changes of: */
static struct new_utsname uts = {
	.sysname = "Linux",
	.nodename = "(none)",
	.release = "6.1.0" SUFFIX,
	.version = "#1 SMP PREEMPT Terrier",
	.machine = "x86_64",
	.domainname = "(none)",
};

const struct new_utsname *utsname(void)
{
	return &uts;
}

/* n characters, fewer than the field has, and zeroes behind them. */
static void set_name(char *field, const char *name, size_t n)
{
	spin_lock(&uts_lock);
	memset(field + n, 0, __NEW_UTS_LEN + 1 - n);
	memcpy(field, name, n);
	spin_unlock(&uts_lock);
}

void set_nodename(const char *name)
{
	set_name(uts.nodename, name, min(strlen(name), (size_t)__NEW_UTS_LEN));
}

SYSCALL_DEFINE1(uname, struct new_utsname __user *, name)
{
	struct new_utsname copy;

	spin_lock(&uts_lock);
	copy = uts;
	spin_unlock(&uts_lock);
	if (current->personality & UNAME26) /* 2.6.60 and the minor number */
		strscpy(copy.release, "2.6.61" SUFFIX, sizeof(copy.release));
	if ((current->personality & PER_MASK) == PER_LINUX32)
		strscpy(copy.machine, "i686", sizeof(copy.machine));
	return copy_to_user(name, &copy, sizeof(copy)) ? -EFAULT : 0;
}

static long set_user_name(char *field, const char __user *name, int len)
{
	char copy[__NEW_UTS_LEN];

	if (len < 0 || len > __NEW_UTS_LEN)
		return -EINVAL;
	if (copy_from_user(copy, name, (unsigned long)len))
		return -EFAULT;
	set_name(field, copy, (size_t)len);
	return 0;
}

SYSCALL_DEFINE2(sethostname, const char __user *, name, int, len)
{
	return set_user_name(uts.nodename, name, len);
}

SYSCALL_DEFINE2(setdomainname, const char __user *, name, int, len)
{
	return set_user_name(uts.domainname, name, len);
}

#define PERSONALITY_ASK 0xffffffff

SYSCALL_DEFINE1(personality, unsigned int, personality)
{
	unsigned int old = current->personality;

	if (personality != PERSONALITY_ASK)
		current->personality = personality;
	return old;
}

static bool count_thread(struct task_struct *t, void *n)
{
	if (t->pid)
		++*(u32 *)n;
	return true;
}

SYSCALL_DEFINE1(sysinfo, struct sysinfo __user *, user_info)
{
	struct sysinfo info;
	struct page_counts c;
	u32 threads = 0;

	memset(&info, 0, sizeof(info));
	get_page_counts(&c);
	for_each_task(count_thread, &threads);
	get_loads(info.loads);
	for (unsigned int i = 0; i < NR_LOADS; i++)
		info.loads[i] <<= SI_LOAD_SHIFT - LOAD_SHIFT;
	info.uptime = (long)DIV_ROUND_UP(ktime_get(), NSEC_PER_SEC);
	info.totalram = (c.ram - c.reserved) * PAGE_SIZE;
	info.freeram = c.free * PAGE_SIZE;
	info.procs = (u16)threads;
	info.mem_unit = 1;
	return copy_to_user(user_info, &info, sizeof(info)) ? -EFAULT : 0;
}
