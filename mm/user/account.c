// SPDX-License-Identifier: MIT
/* What an mm may have. */
#include "mm/user/account.h"

#include <linux/capability.h>

#include "kernel/core/printk.h"
#include "kernel/signal/signal.h"

bool may_expand_vm(const struct mm_struct *mm, unsigned long flags, unsigned long pages)
{
	static bool said;
	unsigned long data = mm->data_vm + pages;

	if (mm->total_vm + pages > rlimit(RLIMIT_AS) >> PAGE_SHIFT)
		return false;
	if (!is_data_mapping(flags) || data <= rlimit(RLIMIT_DATA) >> PAGE_SHIFT)
		return true;
	/* Valgrind sets it to 0, and means the hard limit. */
	if (!rlimit(RLIMIT_DATA) && data <= task_rlimit_max(current, RLIMIT_DATA) >> PAGE_SHIFT)
		return true;
	if (!__atomic_exchange_n(&said, true, __ATOMIC_RELAXED))
		pr_warn("%s (%u): VmData %lu exceed data ulimit %lu. Update limits or use boot option ignore_rlimit_data.\n",
			current->comm, current->pid, data << PAGE_SHIFT, rlimit(RLIMIT_DATA));
	return false;
}

bool may_lock(const struct mm_struct *mm, unsigned long flags, unsigned long pages)
{
	return !(flags & VM_LOCKED) ||
	       mm->locked_vm + pages <= rlimit(RLIMIT_MEMLOCK) >> PAGE_SHIFT ||
	       capable(CAP_IPC_LOCK);
}

bool can_do_mlock(void)
{
	return rlimit(RLIMIT_MEMLOCK) || capable(CAP_IPC_LOCK);
}

void vm_stat_account(struct mm_struct *mm, unsigned long flags, long pages)
{
	WRITE_ONCE(mm->total_vm, mm->total_vm + pages);
	if (is_exec_mapping(flags))
		mm->exec_vm += pages;
	else if (is_stack_mapping(flags))
		mm->stack_vm += pages;
	else if (is_data_mapping(flags))
		mm->data_vm += pages;
}
