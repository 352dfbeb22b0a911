// SPDX-License-Identifier: MIT
/*
 * Users: how many threads each one has, which RLIMIT_NPROC bounds.  A thread is its real uid's, from
 * fork() until it is released, so a zombie counts.  Root's are not counted: no limit binds root.
 */
#include "kernel/user/user.h"

#include <linux/capability.h>

#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"

struct user_struct {
	struct list_head node;
	uid_t uid;
	u32 processes; /* at least 1 */
};

/* Those that have a thread, and their counts. */
static DEFINE_SPINLOCK(users_lock);
static LIST_HEAD(users);

static struct user_struct *find_user(uid_t uid)
{
	struct user_struct *user;

	list_for_each_entry(user, &users, node)
		if (user->uid == uid)
			return user;
	return NULL;
}

/* The user, who has a thread more; NULL: root; ERR_PTR. */
static struct user_struct *get_user_of(uid_t uid)
{
	struct user_struct *user, *spare;
	unsigned long flags;

	if (!uid)
		return NULL;
	spare = kzalloc(sizeof(*spare), GFP_KERNEL);
	if (!spare)
		return ERR_PTR(-EAGAIN);
	spin_lock_irqsave(&users_lock, flags);
	user = find_user(uid);
	if (!user) {
		user = spare;
		spare = NULL;
		user->uid = uid;
		list_add(&user->node, &users);
	}
	user->processes++;
	spin_unlock_irqrestore(&users_lock, flags);
	kfree(spare);
	return user;
}

void count_for_user(struct user_struct *user)
{
	unsigned long flags;

	if (!user)
		return;
	spin_lock_irqsave(&users_lock, flags);
	user->processes++;
	spin_unlock_irqrestore(&users_lock, flags);
}

void put_user_of(struct user_struct *user)
{
	unsigned long flags;
	bool last;

	if (!user)
		return;
	spin_lock_irqsave(&users_lock, flags);
	last = !--user->processes;
	if (last)
		list_del(&user->node);
	spin_unlock_irqrestore(&users_lock, flags);
	if (last)
		kfree(user);
}

static bool exceeds_limit(u32 processes)
{
	return processes > rlimit(RLIMIT_NPROC);
}

int change_user(struct cred *cred, uid_t uid)
{
	struct user_struct *user = get_user_of(uid);

	if (IS_ERR(user))
		return (int)PTR_ERR(user);
	put_user_of(cred->user);
	cred->user = user;
	if (user && exceeds_limit(READ_ONCE(user->processes) - 1))
		current->flags |= PF_NPROC_EXCEEDED;
	else
		current->flags &= ~PF_NPROC_EXCEEDED;
	return 0;
}

bool may_fork(void)
{
	const struct user_struct *user = current->cred.user;

	if (user && exceeds_limit(READ_ONCE(user->processes)) && !capable(CAP_SYS_RESOURCE) &&
	    !capable(CAP_SYS_ADMIN))
		return false;
	current->flags &= ~PF_NPROC_EXCEEDED;
	return true;
}

bool may_exec(void)
{
	const struct user_struct *user = current->cred.user;

	if (current->flags & PF_NPROC_EXCEEDED && user && exceeds_limit(READ_ONCE(user->processes)))
		return false;
	current->flags &= ~PF_NPROC_EXCEEDED;
	return true;
}
