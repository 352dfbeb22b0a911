// SPDX-License-Identifier: MIT
/*
 * Robust lists: a thread keeps those of its locks which are to be marked should it die, in its own
 * memory.  The kernel walks the list once, at the thread's end, and trusts nothing of it.
 */
#include <linux/futex.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/sched.h"
#include "kernel/user/futex.h"
#include "mm/uaccess.h"

#define ROBUST_LIMIT 2048 /* Linux's: a list may be a circle */

SYSCALL_DEFINE2(set_robust_list, struct robust_list_head __user *, head, size_t, len)
{
	if (len != sizeof(*head))
		return -EINVAL;
	current->robust_list = head;
	return 0;
}

SYSCALL_DEFINE3(get_robust_list, int, pid, void __user *__user *, head, size_t __user *, len)
{
	struct task_struct *t = current;
	void __user *list;

	if (pid) {
		t = find_get_task_by_vpid(pid);
		if (!t)
			return -ESRCH;
	}
	list = t->robust_list;
	if (pid)
		put_task_struct(t);
	return put_user(sizeof(struct robust_list_head), len) || put_user(list, head) ? -EFAULT : 0;
}

/* The word of a lock: if it is the caller's, its owner has died.  `pi`: it has waiters of another kind. */
static int mark_dead(u32 __user *uaddr, bool pi, bool pending)
{
	u32 value, seen;

	if (!IS_ALIGNED((unsigned long)uaddr, sizeof(u32)) || get_user(value, uaddr))
		return -EFAULT;
	for (;; value = seen) {
		/* Given up, and then it died before it could wake anybody. */
		if (pending && !pi && !value)
			futex_wake_shared(uaddr, 1);
		if ((value & FUTEX_TID_MASK) != current->pid)
			return 0;
		seen = value;
		if (cmpxchg_user(uaddr, &seen, (value & FUTEX_WAITERS) | FUTEX_OWNER_DIED))
			return -EFAULT;
		if (seen == value)
			break;
	}
	if (!pi && value & FUTEX_WAITERS)
		futex_wake_shared(uaddr, 1);
	return 0;
}

/* An entry's address, whose lowest bit says that its lock is a PI one. */
struct robust_entry {
	unsigned long addr;
	bool pi;
};

static int get_entry(const void __user *from, struct robust_entry *entry)
{
	unsigned long addr;

	if (get_user(addr, (unsigned long __user *)from))
		return -EFAULT;
	*entry = (struct robust_entry){ addr & ~1UL, addr & 1 };
	return 0;
}

void exit_robust_list(void)
{
	struct robust_list_head __user *head = current->robust_list;
	unsigned long end = (unsigned long)&head->list;
	struct robust_entry entry, next, pending;
	long offset;
	bool more;

	current->robust_list = NULL;
	if (!head || get_entry(&head->list.next, &entry) || get_user(offset, &head->futex_offset) ||
	    get_entry(&head->list_op_pending, &pending))
		return;
	for (unsigned int n = 0; entry.addr != end && n < ROBUST_LIMIT; n++) {
		/* Before the lock is another's, who may take the entry out. */
		more = get_entry(&((struct robust_list __user *)entry.addr)->next, &next) == 0;
		if (entry.addr != pending.addr &&
		    mark_dead((u32 __user *)(entry.addr + (unsigned long)offset), entry.pi, false))
			return;
		if (!more)
			break;
		entry = next;
		cond_resched();
	}
	if (pending.addr)
		mark_dead((u32 __user *)(pending.addr + (unsigned long)offset), pending.pi, true);
}
