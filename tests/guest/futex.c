// SPDX-License-Identifier: MIT
/* Futexes, called from threads that share a program's memory, without a program. */
#include <linux/futex.h>
#include <linux/time_types.h>

#include "kernel/core/syscall.h"
#include "kernel/sched/pid.h"
#include "kernel/sched/sched.h"
#include "kernel/sched/timeout.h"
#include "kernel/user/futex.h"
#include "mm/uaccess.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/program.h"

#define PRIVATE	   FUTEX_PRIVATE_FLAG
#define NR_WAITERS 6

/* In the program's page: words, and then what a call takes a pointer to. */
static u32 __user *word(unsigned int i)
{
	return (__force u32 __user *)program_data(i * sizeof(u32));
}

static struct __kernel_timespec __user *timespec(void)
{
	return (__force void __user *)program_data(512);
}

static volatile u32 *seen(struct program *p, unsigned int i)
{
	return (volatile u32 *)p->data + i;
}

static long call(int nr, u32 __user *uaddr, int op, u32 val, unsigned long utime,
		 u32 __user *uaddr2, u32 val3)
{
	extern syscall_fn sys_call_table[NR_SYSCALLS];

	return sys_call_table[nr]((unsigned long)uaddr, (unsigned long)op, val, utime,
				  (unsigned long)uaddr2, val3);
}

static long futex(u32 __user *uaddr, int op, u32 val, unsigned long utime, u32 __user *uaddr2,
		  u32 val3)
{
	return call(__NR_futex, uaddr, op, val, utime, uaddr2, val3);
}

/* Threads of the program `p` that wait for word 0, each with a bit of its own. */
struct waiters {
	struct program thread[NR_WAITERS];
	long result[NR_WAITERS];
	unsigned int n;
};
static struct waiters waiters;

static void wait_for_word(struct program *p)
{
	waiters.result[p->arg] =
		futex(word(0), FUTEX_WAIT_BITSET | PRIVATE, 0, 0, NULL, BIT((unsigned int)p->arg));
}

static bool sleeps(const struct program *p)
{
	return READ_ONCE(p->task->state) == TASK_INTERRUPTIBLE && !READ_ONCE(p->task->on_cpu);
}

static void start_waiters(struct program *p)
{
	for (unsigned int i = 0; i < NR_WAITERS; i++) {
		struct program *t = &waiters.thread[i];

		*t = (struct program){ .mm = p->mm, .in_kernel = wait_for_word, .arg = i };
		waiters.result[i] = 1;
		program_start(t);
		EXPECT(poll_sleeping(sleeps(t), PATIENCE_USEC));
	}
}

/* Those of the set have been woken, and the others have not. */
static void expect_woken(u32 set)
{
	for (unsigned int i = 0; i < NR_WAITERS; i++) {
		if (set & BIT(i)) {
			program_wait(&waiters.thread[i]);
			EXPECT_EQ(waiters.result[i], 0);
		} else {
			EXPECT(sleeps(&waiters.thread[i]));
		}
	}
}

static void drop_waiters(void)
{
	for (unsigned int i = 0; i < NR_WAITERS; i++)
		program_drop(&waiters.thread[i]);
}

static void wake_some(struct program *p)
{
	start_waiters(p);
	EXPECT_EQ(futex(word(1), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), 0);
	EXPECT_EQ(futex(word(0), FUTEX_WAKE, 0, 0, NULL, 0), -EFAULT); /* no VMA: nothing shared */
	EXPECT_EQ(futex(word(0), FUTEX_WAKE_BITSET | PRIVATE, 10, 0, NULL, 0), -EINVAL);
	EXPECT_EQ(futex(word(0), FUTEX_WAKE | PRIVATE, 2, 0, NULL, 0), 2);
	expect_woken(0x03); /* the longest first */
	EXPECT_EQ(futex(word(0), FUTEX_WAKE_BITSET | PRIVATE, 10, 0, NULL, 0x28), 2);
	expect_woken(0x2b);
	EXPECT_EQ(futex(word(0), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), 2);
	expect_woken(0x3f);
	drop_waiters();
}

GUEST_TEST(futex, wake)
{
	program_run_in_kernel(wake_some);
}

static void requeue_some(struct program *p)
{
	start_waiters(p);
	EXPECT_EQ(futex(word(0), FUTEX_CMP_REQUEUE | PRIVATE, 1, 3, word(100), 1), -EAGAIN);
	EXPECT_EQ(futex(word(0), FUTEX_CMP_REQUEUE | PRIVATE, 1, -1UL, word(100), 0), -EINVAL);
	EXPECT_EQ(futex(word(0), FUTEX_CMP_REQUEUE | PRIVATE, 1, 3, word(100), 0), 4);
	expect_woken(0x01);
	EXPECT_EQ(futex(word(100), FUTEX_WAKE | PRIVATE, 1, 0, NULL, 0), 1);
	expect_woken(0x03);
	EXPECT_EQ(futex(word(0), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), 2);
	expect_woken(0x33);
	EXPECT_EQ(futex(word(100), FUTEX_REQUEUE | PRIVATE, 0, 10, word(0), 0), 2);
	EXPECT_EQ(futex(word(100), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), 0);
	/* From a word to itself: each once. */
	EXPECT_EQ(futex(word(0), FUTEX_REQUEUE | PRIVATE, 0, __INT_MAX__, word(0), 0), 2);
	EXPECT_EQ(futex(word(0), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), 2);
	expect_woken(0x3f);
	drop_waiters();
}

GUEST_TEST(futex, requeue)
{
	program_run_in_kernel(requeue_some);
}

/* Word 0 is changed, and its waiters are woken where the comparison holds; word 2 has none. */
static void wake_op(struct program *p)
{
	static const struct {
		u32 code, before, after;
		bool holds;
	} cases[] = {
		{ FUTEX_OP(FUTEX_OP_SET, 7, FUTEX_OP_CMP_EQ, 5), 5, 7, true },
		{ FUTEX_OP(FUTEX_OP_ADD, -1, FUTEX_OP_CMP_GT, 5), 5, 4, false },
		{ FUTEX_OP(FUTEX_OP_OR, 8, FUTEX_OP_CMP_GE, 5), 5, 13, true },
		{ FUTEX_OP(FUTEX_OP_ANDN, 4, FUTEX_OP_CMP_NE, 5), 5, 1, false },
		{ FUTEX_OP(FUTEX_OP_XOR, 1, FUTEX_OP_CMP_LT, 0), ~0U, ~1U, true },
		{ FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 9, FUTEX_OP_CMP_LE, -2), 0, 512,
		  false },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		start_waiters(p);
		*seen(p, 0) = cases[i].before;
		EXPECT_EQ(futex(word(2), FUTEX_WAKE_OP | PRIVATE, 1, 10, word(0), cases[i].code),
			  cases[i].holds ? NR_WAITERS : 0);
		EXPECT_EQ(*seen(p, 0), cases[i].after);
		*seen(p, 0) = 0;
		if (!cases[i].holds)
			EXPECT_EQ(futex(word(0), FUTEX_WAKE | PRIVATE, 10, 0, NULL, 0), NR_WAITERS);
		expect_woken(0x3f);
		drop_waiters();
	}
	EXPECT_EQ(futex(word(0), FUTEX_WAKE_OP | PRIVATE, 1, 1, word(1), 0x70000000), -ENOSYS);
}

GUEST_TEST(futex, wake_op)
{
	program_run_in_kernel(wake_op);
}

static void bad_arguments(struct program *p)
{
	u32 __user *odd = (__force u32 __user *)program_data(1);
	u32 __user *bad = (__force u32 __user *)program_data(PAGE_SIZE);
	struct __kernel_timespec ts = { 0, 2000000 };
	unsigned long timeout = (unsigned long)timespec();
	u64 begin;

	/* With a timeout, for who waits all the same. */
	EXPECT_EQ(copy_to_user(timespec(), &ts, sizeof(ts)), 0);
	*seen(p, 0) = 5;
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE, 4, timeout, NULL, 0), -EAGAIN);
	EXPECT_EQ(futex(odd, FUTEX_WAIT | PRIVATE, 4, timeout, NULL, 0), -EINVAL);
	EXPECT_EQ(futex(odd, FUTEX_WAKE | PRIVATE, 4, 0, NULL, 0), -EINVAL);
	EXPECT_EQ(futex(bad, FUTEX_WAIT | PRIVATE, 4, 0, NULL, 0), -EFAULT);
	EXPECT_EQ(futex(bad, FUTEX_WAKE_OP | PRIVATE, 4, 0, bad, 0), -EFAULT);
	EXPECT_EQ(futex((u32 __user *)~3UL, FUTEX_WAKE | PRIVATE, 4, 0, NULL, 0), -EFAULT);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT_BITSET | PRIVATE, 5, timeout, NULL, 0), -EINVAL);
	EXPECT_EQ(futex(word(0), FUTEX_LOCK_PI, 5, 0, NULL, 0), -ENOSYS);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE | FUTEX_CLOCK_REALTIME, 5, 0, NULL, 0),
		  -ENOSYS);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE, 5, (unsigned long)bad, NULL, 0), -EFAULT);

	begin = ktime_get();
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE, 5, timeout, NULL, 0), -ETIMEDOUT);
	EXPECT(ktime_get() - begin >= 2000000);
	/* A time that is over, of either clock. */
	EXPECT_EQ(futex(word(0), FUTEX_WAIT_BITSET | PRIVATE, 5, timeout, NULL, ~0U), -ETIMEDOUT);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME | PRIVATE, 5, timeout,
			NULL, ~0U),
		  -ETIMEDOUT);
	for (unsigned int odd = 1; odd < sizeof(u32); odd++)
		EXPECT_EQ(futex((u32 __user *)((unsigned long)word(0) + odd), FUTEX_WAKE | PRIVATE,
				1, 0, NULL, 0),
			  -EINVAL);
	EXPECT_EQ(put_user(1000000000, &timespec()->tv_nsec), 0);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE, 5, timeout, NULL, 0), -EINVAL);
	EXPECT_EQ(futex(word(0), FUTEX_WAIT | PRIVATE, 4, timeout, NULL, 0), -EINVAL);
}

GUEST_TEST(futex, bad_arguments)
{
	program_run_in_kernel(bad_arguments);
}

/* Locks in a list: one of the caller's, one that is not, one that it was about to take; and a circle. */
static void dies_with_locks(struct program *p)
{
	struct robust_list_head __user *head = (__force void __user *)program_data(1024);
	struct robust_list __user *a = (__force void __user *)program_data(2048);
	struct robust_list __user *b = (__force void __user *)program_data(2112);
	struct robust_list __user *c = (__force void __user *)program_data(2176);
	const unsigned int lock = 16; /* where in an entry its word is */
	u32 me = current->pid;

	EXPECT_EQ(call(__NR_set_robust_list, (u32 __user *)head, 23, 0, 0, NULL, 0), -EINVAL);
	EXPECT_EQ(call(__NR_set_robust_list, (u32 __user *)head, sizeof(*head), 0, 0, NULL, 0), 0);
	EXPECT(put_user((__force struct robust_list *)a, &head->list.next) == 0 &&
	       put_user((__force struct robust_list *)b, &a->next) == 0 &&
	       put_user((__force struct robust_list *)a, &b->next) == 0 && /* no end */
	       put_user(lock, &head->futex_offset) == 0 &&
	       put_user((__force struct robust_list *)c, &head->list_op_pending) == 0);
	*seen(p, (2048 + lock) / 4) = me | FUTEX_WAITERS;
	*seen(p, (2112 + lock) / 4) = me + 1;
	*seen(p, (2176 + lock) / 4) = me;
	exit_robust_list();
	EXPECT_EQ(*seen(p, (2048 + lock) / 4), FUTEX_OWNER_DIED | FUTEX_WAITERS);
	EXPECT_EQ(*seen(p, (2112 + lock) / 4), me + 1);
	EXPECT_EQ(*seen(p, (2176 + lock) / 4), FUTEX_OWNER_DIED);
	exit_robust_list();
}

GUEST_TEST(futex, robust_list)
{
	program_run_in_kernel(dies_with_locks);
}
