// SPDX-License-Identifier: MIT
// sources: kernel/signal/pending.c
/* Sets and queues of signals: POSIX.1-2017, 2.4.1; signal(7), "Queueing and delivery semantics". */
#include "kernel/signal/pending.h"
#include "tests/host/test.h"

static struct signal_struct signals = { .rlim[RLIMIT_SIGPENDING] = { 8, 8 } };
static struct task_struct task = { .signal = &signals };

static struct sigqueue *one(int sig, int value)
{
	struct sigqueue *q = sigqueue_alloc(&task, false);

	q->info = (kernel_siginfo_t){ .si_signo = sig };
	q->info.si_int = value;
	return q;
}

static int take(struct sigpending *p, int sig)
{
	struct sigqueue *q = sigpending_take(p, sig);
	int value = q ? q->info.si_int : -1;

	sigqueue_free(q);
	return value;
}

TEST(the_least_number_first_but_what_was_done_now_before)
{
	struct sigpending p;

	init_sigpending(&p);
	EXPECT_EQ(next_signal(&p, 0), 0);
	sigpending_add(&p, SIGHUP, NULL);
	sigpending_add(&p, SIGRTMIN + 1, NULL);
	sigpending_add(&p, SIGSEGV, NULL);
	sigpending_add(&p, 64, NULL);
	EXPECT_EQ(next_signal(&p, 0), SIGSEGV);
	EXPECT_EQ(next_signal(&p, sigmask(SIGSEGV)), SIGHUP);
	EXPECT_EQ(take(&p, SIGSEGV), -1);
	EXPECT_EQ(next_signal(&p, 0), SIGHUP);
	EXPECT_EQ(take(&p, SIGHUP), -1);
	EXPECT_EQ(next_signal(&p, 0), SIGRTMIN + 1);
	EXPECT_EQ(next_signal(&p, sigmask(SIGRTMIN + 1)), 64);
	EXPECT_EQ(next_signal(&p, ~0ULL), 0);
}

TEST(real_time_ones_come_as_often_and_in_the_order_sent)
{
	struct sigpending p;

	init_sigpending(&p);
	for (int i = 0; i < 3; i++) {
		sigpending_add(&p, SIGRTMIN + 2, one(SIGRTMIN + 2, i));
		sigpending_add(&p, SIGRTMIN, one(SIGRTMIN, 10 + i));
	}
	EXPECT_EQ(sigqueue_count(), 6);
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(next_signal(&p, 0), SIGRTMIN);
		EXPECT_EQ(take(&p, SIGRTMIN), 10 + i);
	}
	for (int i = 0; i < 3; i++) {
		EXPECT_EQ(next_signal(&p, 0), SIGRTMIN + 2);
		EXPECT_EQ(take(&p, SIGRTMIN + 2), i);
	}
	EXPECT_EQ(p.signal, 0);
	EXPECT(list_empty(&p.list));
	EXPECT_EQ(sigqueue_count(), 0);
}

TEST(flush_takes_those_of_the_mask)
{
	struct sigpending p;

	init_sigpending(&p);
	sigpending_add(&p, SIGTSTP, one(SIGTSTP, 1));
	sigpending_add(&p, SIGCONT, one(SIGCONT, 2));
	sigpending_add(&p, SIGSTOP, NULL);
	sigpending_flush(&p, SIG_KERNEL_STOP_MASK);
	EXPECT_EQ(p.signal, sigmask(SIGCONT));
	EXPECT_EQ(sigqueue_count(), 1);
	sigpending_flush(&p, ~0ULL);
	EXPECT_EQ(sigqueue_count(), 0);
	EXPECT(list_empty(&p.list));
}

TEST(limit_is_heeded_where_it_is_to_be)
{
	struct sigqueue *q[9];

	for (int i = 0; i < 8; i++)
		ASSERT((q[i] = sigqueue_alloc(&task, true)) != NULL);
	EXPECT(!sigqueue_alloc(&task, true));
	EXPECT_EQ(sigqueue_count(), 8);
	q[8] = sigqueue_alloc(&task, false);
	EXPECT(q[8]);
	for (int i = 0; i < 9; i++)
		sigqueue_free(q[i]);
	EXPECT_EQ(sigqueue_count(), 0);
}
