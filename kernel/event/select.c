// SPDX-License-Identifier: MIT
/* select(): three sets of descriptors, a bit each, and which of them are ready. */
#include "kernel/core/syscall.h"
#include "kernel/event/deadline.h"
#include "kernel/event/poll.h"
#include "kernel/fs/file.h"
#include "kernel/lib/string.h"
#include "kernel/signal/signal.h"
#include "mm/uaccess.h"
#include "mm/vmalloc.h"

enum { IN, OUT, EX, NR_SETS };

/* What makes a descriptor ready in each. */
static const __poll_t ready_by[NR_SETS] = {
	[IN] = EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLNVAL,
	[OUT] = EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR | EPOLLNVAL,
	[EX] = EPOLLPRI | EPOLLNVAL,
};

#define STACK_WORDS 32 /* of all sets together: up to 320 descriptors need no allocation */

struct select {
	unsigned int n;	    /* descriptors are below it */
	unsigned int words; /* of each set */
	u64 *asked[NR_SETS], *ready[NR_SETS];
};

static bool bit_of(const u64 *set, unsigned int fd)
{
	return set[fd / 64] & BIT_ULL(fd % 64);
}

/* How many of the sets one descriptor is ready in. */
static int select_one(struct select *s, unsigned int fd, struct poll_wqueues *pwq)
{
	__poll_t mask = EPOLLNVAL;
	struct fd f = fdget(fd);
	int count = 0;

	if (f.file) {
		pwq->pt._key = ready_by[EX];
		for (unsigned int i = IN; i <= OUT; i++)
			if (bit_of(s->asked[i], fd))
				pwq->pt._key |= ready_by[i];
		mask = vfs_poll(f.file, &pwq->pt);
		fdput(f);
	}
	for (unsigned int i = 0; i < NR_SETS; i++) {
		if (!(mask & ready_by[i]) || !bit_of(s->asked[i], fd))
			continue;
		s->ready[i][fd / 64] |= BIT_ULL(fd % 64);
		count++;
	}
	if (count)
		pwq->pt._qproc = NULL; /* it will not sleep */
	return count;
}

static u64 asked_word(const struct select *s, unsigned int word)
{
	return s->asked[IN][word] | s->asked[OUT][word] | s->asked[EX][word];
}

static int select_round(struct select *s, struct poll_wqueues *pwq)
{
	int count = 0;

	for (unsigned int word = 0; word < s->words; word++) {
		for (u64 bits = asked_word(s, word); bits; bits &= bits - 1)
			count +=
				select_one(s, word * 64 + (unsigned int)__builtin_ctzll(bits), pwq);
		cond_resched();
	}
	pwq->pt._qproc = NULL;
	return count;
}

/* -EBADF: one that is asked for is not open. */
static int all_are_open(const struct select *s)
{
	for (unsigned int word = 0; word < s->words; word++) {
		for (u64 bits = asked_word(s, word); bits; bits &= bits - 1) {
			struct fd f = fdget_raw(word * 64 + (unsigned int)__builtin_ctzll(bits));

			if (!f.file)
				return -EBADF;
			fdput(f);
		}
	}
	return 0;
}

static int select_files(struct select *s, u64 deadline)
{
	struct poll_wqueues pwq;
	int count = all_are_open(s);
	u64 left;

	if (count)
		return count;
	poll_initwait(&pwq);
	left = deadline_left(deadline);
	if (!left)
		pwq.pt._qproc = NULL;
	while (!(count = select_round(s, &pwq))) {
		count = signal_pending(current) ? -ERESTARTNOHAND : pwq.error;
		if (count || !left)
			break;
		left = poll_schedule(&pwq, left);
	}
	poll_freewait(&pwq);
	return count;
}

/* Bytes that hold n bits, in whole longs: the ABI's sets. */
static size_t set_bytes(unsigned int n)
{
	return (n + 63) / 64 * 8;
}

/* Bits from n on are not asked for. */
static int copy_sets_in(struct select *s, void __user *const *sets)
{
	for (unsigned int i = 0; i < NR_SETS; i++) {
		memset(s->asked[i], 0, set_bytes(s->n));
		if (sets[i] && copy_from_user(s->asked[i], sets[i], set_bytes(s->n)))
			return -EFAULT;
		if (s->n % 64)
			s->asked[i][s->words - 1] &= BIT_ULL(s->n % 64) - 1;
		memset(s->ready[i], 0, set_bytes(s->n));
	}
	return 0;
}

static int copy_sets_out(const struct select *s, void __user *const *sets)
{
	for (unsigned int i = 0; i < NR_SETS; i++)
		if (sets[i] && copy_to_user(sets[i], s->ready[i], set_bytes(s->n)))
			return -EFAULT;
	return 0;
}

static int core_select(int n, void __user *const *sets, u64 deadline)
{
	u64 stack[STACK_WORDS], *words = stack;
	struct select s;
	int ret, err;

	if (n < 0)
		return -EINVAL;
	s.n = min((unsigned int)n, READ_ONCE(current->files->max_fds));
	s.words = (unsigned int)(set_bytes(s.n) / 8);
	if (s.words * 2 * NR_SETS > STACK_WORDS)
		words = kvmalloc(2 * NR_SETS * set_bytes(s.n), GFP_KERNEL);
	if (!words)
		return -ENOMEM;
	for (unsigned int i = 0; i < NR_SETS; i++) {
		s.asked[i] = words + i * s.words;
		s.ready[i] = words + (NR_SETS + i) * s.words;
	}
	ret = copy_sets_in(&s, sets);
	if (!ret)
		ret = select_files(&s, deadline);
	if (ret >= 0) {
		err = copy_sets_out(&s, sets);
		if (err)
			ret = err;
	}
	if (words != stack)
		kvfree(words);
	return ret;
}

SYSCALL_DEFINE5(select, int, n, void __user *, inp, void __user *, outp, void __user *, exp,
		struct __kernel_old_timeval __user *, tvp)
{
	void __user *const sets[NR_SETS] = { inp, outp, exp };
	struct __kernel_old_timeval tv;
	u64 deadline = TIMEOUT_FOREVER;
	s64 sec, usec;

	if (tvp) {
		if (copy_from_user(&tv, tvp, sizeof(tv)))
			return -EFAULT;
		sec = (s64)((u64)tv.tv_sec + (u64)(tv.tv_usec / (long)1000000));
		usec = tv.tv_usec % (long)1000000;
		if (sec < 0 || usec < 0)
			return -EINVAL;
		deadline = deadline_in(timespec_to_ns(sec, usec * (s64)NSEC_PER_USEC));
	}
	return deadline_finish_timeval(tvp, deadline, core_select(n, sets, deadline));
}

/* pselect6()'s last argument points there: more than six did not fit into the registers. */
struct sigset_argpack {
	const sigset_t __user *p;
	size_t size;
};

SYSCALL_DEFINE6(pselect6, int, n, void __user *, inp, void __user *, outp, void __user *, exp,
		struct __kernel_timespec __user *, tsp, void __user *, sig)
{
	void __user *const sets[NR_SETS] = { inp, outp, exp };
	struct sigset_argpack pack = { NULL, 0 };
	u64 deadline;
	int ret;

	if (sig && copy_from_user(&pack, sig, sizeof(pack)))
		return -EFAULT;
	ret = deadline_from_user(tsp, &deadline);
	if (ret)
		return ret;
	ret = set_user_sigmask(pack.p, pack.size);
	if (ret)
		return ret;
	return deadline_finish(tsp, deadline, core_select(n, sets, deadline));
}
