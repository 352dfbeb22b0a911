// SPDX-License-Identifier: MIT
/* Files that tell by a signal when there is something to be done with them. */
#include "kernel/fs/fasync.h"

#include <linux/eventpoll.h>
#include <linux/fcntl.h>

#include "kernel/core/spinlock.h"
#include "kernel/sched/sched.h"
#include "kernel/signal/signal.h"
#include "mm/slab.h"

struct fasync_struct {
	struct fasync_struct *next;
	struct file *file; /* whose it is: closing it takes the entry away */
	int fd;		   /* as which O_ASYNC was set last: siginfo tells */
};

/* All lists; signals are sent within it, so it is outside of tasklist_lock.  Interrupts off. */
static DEFINE_SPINLOCK(fasync_lock);

/* ---------------------------------------------------------------- who wants it */

/* Where the file's entry is linked, or the end of the list. */
static struct fasync_struct **find_entry(struct fasync_struct **list, const struct file *file)
{
	while (*list && (*list)->file != file)
		list = &(*list)->next;
	return list;
}

static void set_async_flag(struct file *file, bool on)
{
	spin_lock(&file->f_lock);
	file->f_flags = on ? file->f_flags | FASYNC : file->f_flags & ~(unsigned int)FASYNC;
	spin_unlock(&file->f_lock);
}

static int remove_entry(struct file *file, struct fasync_struct **list)
{
	struct fasync_struct **link, *entry;
	unsigned long flags;

	spin_lock_irqsave(&fasync_lock, flags);
	link = find_entry(list, file);
	entry = *link;
	if (entry)
		WRITE_ONCE(*link, entry->next);
	spin_unlock_irqrestore(&fasync_lock, flags);
	kfree(entry);
	set_async_flag(file, false);
	return entry != NULL;
}

static int add_entry(int fd, struct file *file, struct fasync_struct **list)
{
	struct fasync_struct *new = kmalloc(sizeof(*new), GFP_KERNEL), *entry;
	unsigned long flags;

	if (!new)
		return -ENOMEM;
	spin_lock_irqsave(&fasync_lock, flags);
	entry = *find_entry(list, file);
	if (entry) {
		entry->fd = fd;
	} else {
		*new = (struct fasync_struct){ *list, file, fd };
		WRITE_ONCE(*list, new);
	}
	spin_unlock_irqrestore(&fasync_lock, flags);
	if (entry)
		kfree(new);
	set_async_flag(file, true);
	return !entry;
}

int fasync_helper(int fd, struct file *file, int on, struct fasync_struct **list)
{
	return on ? add_entry(fd, file, list) : remove_entry(file, list);
}

int set_async(unsigned int fd, struct file *file, bool on, int absent)
{
	int ret = absent;

	if (on == !!(file->f_flags & FASYNC))
		return 0;
	if (file->f_op->fasync)
		ret = file->f_op->fasync((int)fd, file, on);
	return min(ret, 0);
}

void f_setown(struct file *file, int type, pid_t pid, bool force)
{
	spin_lock(&file->f_lock);
	if (force || !file->f_owner.pid) {
		file->f_owner.type = type;
		file->f_owner.pid = pid;
	}
	spin_unlock(&file->f_lock);
}

/* ---------------------------------------------------------------- telling */

/* To a thread, its process, or a group of them. */
static int send_to_owner(const struct fown_struct *owner, int sig, struct kernel_siginfo *info)
{
	struct task_struct *t;
	int err;

	if (owner->type == F_OWNER_PGRP)
		return kill_pgrp_info(owner->pid, sig, info);
	t = find_get_task_by_vpid(owner->pid);
	if (!t)
		return 0;
	err = owner->type == F_OWNER_TID ? send_sig_info(sig, info, t) :
					   group_send_sig_info(sig, info, t);
	put_task_struct(t);
	return err;
}

/* Of these si_code tells something else. */
static bool has_codes_of_its_own(int sig)
{
	return sig < SIGRTMIN &&
	       sigmask(sig) &
		       (sigmask(SIGILL) | sigmask(SIGFPE) | sigmask(SIGSEGV) | sigmask(SIGBUS) |
			sigmask(SIGTRAP) | sigmask(SIGCHLD) | sigmask(SIGSYS));
}

static void send_sigio(const struct fown_struct *owner, int fd, int band)
{
	static const __poll_t bands[] = {
		[POLL_IN] = EPOLLIN | EPOLLRDNORM,
		[POLL_OUT] = EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND,
	};
	int sig = READ_ONCE(owner->signum);
	kernel_siginfo_t info = { .si_signo = sig, .si_code = band };

	if (!owner->pid)
		return;
	if (has_codes_of_its_own(sig))
		info.si_code = SI_SIGIO;
	info.si_band = bands[band];
	info.si_fd = fd;
	/* One that is not to be queued any more is told of by the plain signal. */
	if (!sig || send_to_owner(owner, sig, &info))
		send_to_owner(owner, SIGIO, SEND_SIG_PRIV);
}

void __kill_fasync(struct fasync_struct **list, int sig, int band)
{
	struct fasync_struct *entry;
	unsigned long flags;

	spin_lock_irqsave(&fasync_lock, flags);
	for (entry = *list; entry; entry = entry->next)
		if (sig != SIGURG || entry->file->f_owner.signum)
			send_sigio(&entry->file->f_owner, entry->fd, band);
	spin_unlock_irqrestore(&fasync_lock, flags);
}
