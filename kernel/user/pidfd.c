// SPDX-License-Identifier: MIT
/* Processes as files.  Such a file holds the number alone, and looks its process up each time. */
#include "kernel/user/pidfd.h"

#include <linux/eventpoll.h>
#include <linux/pidfd.h>

#include "kernel/core/sink.h"
#include "kernel/core/syscall.h"
#include "kernel/event/poll.h"
#include "kernel/sched/pid.h"
#include "kernel/signal/job.h"
#include "mm/uaccess.h"

static pid_t number_of(const struct file *file)
{
	return (pid_t)(unsigned long)file->private_data;
}

/* All of its threads are over. */
static bool has_ended(pid_t nr)
{
	struct task_struct *t = find_get_task_by_vpid(nr);
	unsigned long flags;
	bool ended = true;

	if (!t)
		return true;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (t->signal)
		ended = t->exit_state && t->signal->nr_threads == 1;
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(t);
	return ended;
}

static __poll_t pidfd_poll(struct file *file, struct poll_table_struct *wait)
{
	poll_wait(file, &process_ended, wait);
	return has_ended(number_of(file)) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int pidfd_release(struct inode *inode, struct file *file)
{
	(void)inode;
	release_pid(number_of(file));
	return 0;
}

static void pidfd_show_fdinfo(struct sink *out, struct file *file)
{
	struct task_struct *t = find_get_task_by_vpid(number_of(file));
	int nr = t ? number_of(file) : -1;

	if (t)
		put_task_struct(t);
	sink_printf(out, "Pid:\t%d\nNSpid:\t%d\n", nr, nr);
}

static const struct file_operations pidfd_fops = {
	.poll = pidfd_poll,
	.release = pidfd_release,
	.show_fdinfo = pidfd_show_fdinfo,
};

/* The number is kept: 0; -ESRCH: nobody has it; -EINVAL: not a process's. */
static int hold_process(pid_t nr)
{
	struct task_struct *t = find_get_task_by_vpid(nr);
	unsigned long flags;
	int err = 0;

	if (!t)
		return -ESRCH;
	spin_lock_irqsave(&tasklist_lock, flags);
	if (!thread_group_leader(t))
		err = -EINVAL;
	else if (t->exit_state == EXIT_DEAD)
		err = -ESRCH;
	else
		hold_pid(nr);
	spin_unlock_irqrestore(&tasklist_lock, flags);
	put_task_struct(t);
	return err;
}

struct file *pidfd_prepare(pid_t nr, unsigned int flags, int *fd)
{
	struct file *file;

	*fd = get_unused_fd_flags(O_CLOEXEC);
	if (*fd < 0) {
		release_pid(nr);
		return ERR_PTR(*fd);
	}
	file = anon_inode_getfile("[pidfd]", &pidfd_fops, (void *)(unsigned long)nr,
				  (int)(O_RDWR | flags));
	if (IS_ERR(file)) {
		release_pid(nr);
		put_unused_fd((unsigned int)*fd);
	}
	return file;
}

pid_t pidfd_number(unsigned int fd, bool *nonblock)
{
	struct fd f = fdget(fd);
	pid_t nr = -EBADF;

	if (f.file && f.file->f_op == &pidfd_fops) {
		nr = number_of(f.file);
		*nonblock = f.file->f_flags & O_NONBLOCK;
	}
	fdput(f);
	return nr;
}

SYSCALL_DEFINE2(pidfd_open, pid_t, pid, unsigned int, flags)
{
	struct file *file;
	int fd, err;

	if (flags & ~PIDFD_NONBLOCK || pid <= 0)
		return -EINVAL;
	err = hold_process(pid);
	if (err)
		return err;
	file = pidfd_prepare(pid, flags, &fd);
	if (IS_ERR(file))
		return PTR_ERR(file);
	fd_install((unsigned int)fd, file);
	return fd;
}

SYSCALL_DEFINE4(pidfd_send_signal, int, pidfd, int, sig, siginfo_t __user *, uinfo, unsigned int,
		flags)
{
	kernel_siginfo_t info = { .si_signo = sig, .si_code = SI_USER };
	bool nonblock;
	pid_t nr;
	int err;

	if (flags)
		return -EINVAL;
	nr = pidfd_number((unsigned int)pidfd, &nonblock);
	if (nr < 0)
		return nr;
	if (uinfo) {
		err = copy_siginfo_from_user(&info, uinfo);
		if (err)
			return err;
		if (info.si_signo != sig)
			return -EINVAL;
		if ((info.si_code >= 0 || info.si_code == SI_TKILL) && nr != task_pid_nr(current))
			return -EPERM;
	} else {
		info.si_pid = task_tgid_nr(current);
		info.si_uid = current->cred.uid;
	}
	return kill_pid_info(sig, &info, nr);
}

SYSCALL_DEFINE3(pidfd_getfd, int, pidfd, int, fd, unsigned int, flags)
{
	struct task_struct *t;
	struct file *file;
	bool nonblock, cloexec;
	int new;
	pid_t nr;

	if (flags)
		return -EINVAL;
	nr = pidfd_number((unsigned int)pidfd, &nonblock);
	if (nr < 0)
		return nr;
	t = find_get_task_by_vpid(nr);
	if (!t)
		return -ESRCH;
	file = fget_task(t, (unsigned int)fd, &cloexec);
	put_task_struct(t);
	if (!file)
		return -EBADF;
	new = get_unused_fd_flags(O_CLOEXEC);
	if (new < 0)
		fput(file);
	else
		fd_install((unsigned int)new, file);
	return new;
}
