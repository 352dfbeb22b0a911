/* SPDX-License-Identifier: MIT */
/*
 * What is pending, and in which order it is taken.  Pure but for the memory of what is known of a
 * signal, struct sigqueue, of which RLIMIT_SIGPENDING says how many there may be.
 *
 * The caller holds the lock of what it gives here: sighand->siglock.
 */
#ifndef KERNEL_SIGNAL_PENDING_H
#define KERNEL_SIGNAL_PENDING_H

#include "kernel/signal/signal.h"

/* Sets of signals that the kernel treats alike: POSIX, 2.4.3; signal(7). */
#define SIG_KERNEL_ONLY_MASK (sigmask(SIGKILL) | sigmask(SIGSTOP))
#define SIG_KERNEL_STOP_MASK \
	(sigmask(SIGSTOP) | sigmask(SIGTSTP) | sigmask(SIGTTIN) | sigmask(SIGTTOU))
#define SIG_KERNEL_IGNORE_MASK \
	(sigmask(SIGCONT) | sigmask(SIGCHLD) | sigmask(SIGWINCH) | sigmask(SIGURG))
/* Caused by the instruction just now: taken first. */
#define SYNCHRONOUS_MASK                                                           \
	(sigmask(SIGSEGV) | sigmask(SIGBUS) | sigmask(SIGILL) | sigmask(SIGTRAP) | \
	 sigmask(SIGFPE) | sigmask(SIGSYS))

static inline bool sig_in(int sig, u64 set)
{
	return set & sigmask(sig);
}

struct sigqueue {
	struct list_head list;
	kernel_siginfo_t info;
	/*
	 * Somebody's own, which it stays when it was taken, and who is told then, with siglock held, and may
	 * change *info: a POSIX timer's.  NULL: it goes when it was taken.
	 */
	void (*taken)(struct sigqueue *q, kernel_siginfo_t *info);
	void *owner;
};

static inline void init_sigpending(struct sigpending *pending)
{
	pending->signal = 0;
	INIT_LIST_HEAD(&pending->list);
}

/* The signal to be taken first of those not in `mask`: one of SYNCHRONOUS_MASK, else the least.  0: none. */
static inline int next_signal(const struct sigpending *pending, u64 mask)
{
	u64 ready = pending->signal & ~mask;

	if (!ready)
		return 0;
	if (ready & SYNCHRONOUS_MASK)
		ready &= SYNCHRONOUS_MASK;
	return __builtin_ctzll(ready) + 1;
}

/* q, or NULL where nothing is known of it, is the last of pending ones. */
static inline void sigpending_add(struct sigpending *pending, int sig, struct sigqueue *q)
{
	pending->signal |= sigmask(sig);
	if (q)
		list_add_tail(&q->list, &pending->list);
}

/*
 * `sig`, which is pending, is so no more unless it was sent once more: what is known of it, to be freed by
 * the caller; NULL: nothing.
 */
struct sigqueue *sigpending_take(struct sigpending *pending, int sig);

/* q, which is pending, is so no more: it stays its owner's. */
void sigpending_remove(struct sigpending *pending, struct sigqueue *q);

/* Those of `mask` are pending no more. */
void sigpending_flush(struct sigpending *pending, u64 mask);

/* One, unless the process's limit, if it is to be heeded, or memory forbids: NULL.  Any context. */
struct sigqueue *sigqueue_alloc(const struct task_struct *t, bool heed_limit);
void sigqueue_free(struct sigqueue *q);
/*
 * Send it as it is, once at a time: again before it was taken it only counts si_overrun.  False: t ignores
 * it.  siglock of t is held.
 */
bool send_sigqueue(struct sigqueue *q, struct task_struct *t, bool group);
/* How many there are: /proc/PID/status' SigQ. */
unsigned int sigqueue_count(void);

#endif
