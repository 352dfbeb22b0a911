// SPDX-License-Identifier: MIT
/*
 * Sleeping in many queues at once, and poll().
 *
 * One entry for each queue: the first few lie on the caller's stack, the others in pages.  A queue
 * that wakes says so by `triggered`, so that a wake-up between the look at the files and the sleep
 * is not lost.
 */
#include "kernel/event/poll.h"

#include "kernel/core/syscall.h"
#include "kernel/event/deadline.h"
#include "kernel/fs/file.h"
#include "kernel/signal/signal.h"
#include "mm/page_alloc.h"
#include "mm/uaccess.h"
#include "mm/vmalloc.h"

/* ---------------------------------------------------------------- many queues */

struct poll_page {
	struct poll_page *next;
	unsigned int nr;
	struct poll_entry entries[];
};

#define PAGE_ENTRIES ((PAGE_SIZE - sizeof(struct poll_page)) / sizeof(struct poll_entry))

static struct poll_entry *new_entry(struct poll_wqueues *pwq)
{
	struct poll_page *page = pwq->pages;

	if (pwq->nr < POLL_INLINE_ENTRIES)
		return &pwq->inline_entries[pwq->nr++];
	if (!page || page->nr == PAGE_ENTRIES) {
		page = (struct poll_page *)__get_free_pages(GFP_KERNEL, 0);
		if (!page) {
			pwq->error = -ENOMEM;
			return NULL;
		}
		page->nr = 0;
		page->next = pwq->pages;
		pwq->pages = page;
	}
	return &page->entries[page->nr++];
}

static int poll_wake(wait_queue_entry_t *wait, unsigned int mode, int flags, void *key)
{
	struct poll_entry *entry = container_of(wait, struct poll_entry, wait);
	struct poll_wqueues *pwq = wait->private;

	(void)flags;
	if (key && !(key_to_poll(key) & entry->key))
		return 0;
	/* The flag, then the wake-up: poll_schedule() sets its state before it looks. */
	__atomic_store_n(&pwq->triggered, true, __ATOMIC_SEQ_CST);
	return wake_up_state(pwq->task, mode);
}

static void poll_queue(struct file *file, wait_queue_head_t *wq, poll_table *table)
{
	struct poll_wqueues *pwq = container_of(table, struct poll_wqueues, pt);
	struct poll_entry *entry = new_entry(pwq);

	if (!entry)
		return;
	entry->file = get_file(file);
	entry->wq = wq;
	entry->key = table->_key;
	init_waitqueue_func_entry(&entry->wait, poll_wake);
	entry->wait.private = pwq;
	add_wait_queue(wq, &entry->wait);
}

void poll_initwait(struct poll_wqueues *pwq)
{
	init_poll_funcptr(&pwq->pt, poll_queue);
	pwq->task = current;
	pwq->pages = NULL;
	pwq->triggered = false;
	pwq->error = 0;
	pwq->nr = 0;
}

static void free_entry(struct poll_entry *entry)
{
	remove_wait_queue(entry->wq, &entry->wait);
	fput(entry->file);
}

void poll_freewait(struct poll_wqueues *pwq)
{
	struct poll_page *page;

	for (unsigned int i = 0; i < pwq->nr; i++)
		free_entry(&pwq->inline_entries[i]);
	while ((page = pwq->pages)) {
		for (unsigned int i = 0; i < page->nr; i++)
			free_entry(&page->entries[i]);
		pwq->pages = page->next;
		free_page((unsigned long)page);
	}
}

u64 poll_schedule(struct poll_wqueues *pwq, u64 ns)
{
	set_current_state(TASK_INTERRUPTIBLE);
	if (!READ_ONCE(pwq->triggered))
		ns = schedule_timeout(ns);
	/* The flag goes, then the files are looked at: with the order of both. */
	set_current_state(TASK_RUNNING);
	__atomic_store_n(&pwq->triggered, false, __ATOMIC_SEQ_CST);
	return ns;
}

/* ---------------------------------------------------------------- poll() */

#define STACK_FDS 16

static __poll_t poll_one(struct pollfd *pfd, struct poll_wqueues *pwq)
{
	__poll_t filter = (__poll_t)(u16)pfd->events | EPOLLERR | EPOLLHUP, mask;
	struct fd f;

	if (pfd->fd < 0)
		return 0;
	f = fdget((unsigned int)pfd->fd);
	if (!f.file)
		return (__poll_t)POLLNVAL;
	pwq->pt._key = filter;
	mask = vfs_poll(f.file, &pwq->pt) & filter;
	fdput(f);
	return mask;
}

/* How many are ready, once one is or the time is over; or -errno. */
static int poll_files(struct pollfd *fds, unsigned int nfds, u64 deadline)
{
	struct poll_wqueues pwq;
	int count = 0;
	u64 left;

	poll_initwait(&pwq);
	left = deadline_left(deadline);
	if (!left)
		pwq.pt._qproc = NULL;
	for (;;) {
		for (unsigned int i = 0; i < nfds; i++) {
			__poll_t mask = poll_one(&fds[i], &pwq);

			fds[i].revents = (short)mask;
			if (mask) {
				count++;
				pwq.pt._qproc = NULL; /* it will not sleep */
			}
		}
		pwq.pt._qproc = NULL;
		if (!count)
			count = signal_pending(current) ? -ERESTARTNOHAND : pwq.error;
		if (count || !left)
			break;
		left = poll_schedule(&pwq, left);
	}
	poll_freewait(&pwq);
	return count;
}

static int do_sys_poll(struct pollfd __user *ufds, unsigned int nfds, u64 deadline)
{
	struct pollfd stack[STACK_FDS], *fds = stack;
	size_t size = nfds * sizeof(*fds);
	int ret;

	if (nfds > rlimit(RLIMIT_NOFILE))
		return -EINVAL;
	if (nfds > STACK_FDS)
		fds = kvmalloc(size, GFP_KERNEL);
	if (!fds)
		return -ENOMEM;
	ret = -EFAULT;
	if (copy_from_user(fds, ufds, size))
		goto out;
	ret = poll_files(fds, nfds, deadline);
	if (ret == -ENOMEM)
		goto out;
	for (unsigned int i = 0; i < nfds; i++) {
		if (put_user(fds[i].revents, &ufds[i].revents)) {
			ret = -EFAULT;
			break;
		}
	}
out:
	if (fds != stack)
		kvfree(fds);
	return ret;
}

static long restart_poll(struct restart_block *restart)
{
	int ret = do_sys_poll(restart->poll.ufds, restart->poll.nfds,
			      restart->poll.has_timeout ? restart->poll.expires : TIMEOUT_FOREVER);

	if (ret != -ERESTARTNOHAND)
		return ret;
	restart->fn = restart_poll;
	return -ERESTART_RESTARTBLOCK;
}

SYSCALL_DEFINE3(poll, struct pollfd __user *, ufds, unsigned int, nfds, int, timeout_ms)
{
	u64 deadline = TIMEOUT_FOREVER;
	int ret;

	if (timeout_ms >= 0)
		deadline = deadline_in((u64)timeout_ms * NSEC_PER_MSEC);
	ret = do_sys_poll(ufds, nfds, deadline);
	if (ret == -ERESTARTNOHAND) {
		struct restart_block *restart = &current->restart_block;

		restart->fn = restart_poll;
		restart->poll.ufds = ufds;
		restart->poll.nfds = nfds;
		restart->poll.has_timeout = timeout_ms >= 0;
		restart->poll.expires = deadline;
		ret = -ERESTART_RESTARTBLOCK;
	}
	return ret;
}

SYSCALL_DEFINE5(ppoll, struct pollfd __user *, ufds, unsigned int, nfds,
		struct __kernel_timespec __user *, tsp, const sigset_t __user *, sigmask, size_t,
		sigsetsize)
{
	u64 deadline;
	int ret = deadline_from_user(tsp, &deadline);

	if (ret)
		return ret;
	ret = set_user_sigmask(sigmask, sigsetsize);
	if (ret)
		return ret;
	ret = do_sys_poll(ufds, nfds, deadline);
	return deadline_finish(tsp, deadline, ret);
}
