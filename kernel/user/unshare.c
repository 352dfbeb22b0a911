// SPDX-License-Identifier: MIT
/* unshare(): what a thread has together with others becomes its own.  There are no namespaces. */
#include <linux/sched.h>

#include "kernel/core/syscall.h"
#include "kernel/fs/file.h"
#include "kernel/fs/fs_struct.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "mm/user/mm_struct.h"

/* What a thread cannot leave, but need not where it is alone in it. */
static bool shares(unsigned long flags)
{
	if (flags & CLONE_VM)
		flags |= CLONE_SIGHAND;
	if (flags & CLONE_SIGHAND)
		flags |= CLONE_THREAD;
	return (flags & CLONE_THREAD && READ_ONCE(current->signal->nr_threads) > 1) ||
	       (flags & CLONE_SIGHAND && READ_ONCE(current->sighand->count) > 1) ||
	       (flags & CLONE_VM && READ_ONCE(current->mm->mm_users) > 1);
}

SYSCALL_DEFINE1(unshare, unsigned long, flags)
{
	int err = 0;

	if (flags & ~(unsigned long)(CLONE_FS | CLONE_FILES | CLONE_SYSVSEM | CLONE_THREAD |
				     CLONE_SIGHAND | CLONE_VM))
		return -EINVAL;
	if (shares(flags))
		return -EINVAL;
	if (flags & CLONE_FS)
		err = unshare_fs_struct();
	if (!err && flags & CLONE_FILES)
		err = unshare_files();
	return err;
}
