// SPDX-License-Identifier: MIT
/*
 * What a build with KCSAN=1 tells of, and what not: two CPUs at one number.  What is said is
 * tests/qemu/on_sanitizer.py's.
 */
#ifdef CONFIG_KCSAN
#include "kernel/core/panic.h"
#include "kernel/core/spinlock.h"
#include "kernel/sched/kthread.h"
#include "kernel/time/time.h"
#include "tests/guest/guest_test.h"

#define SILENT_NS (300 * NSEC_PER_MSEC) /* a race would be said some hundred times over */

static u64 number;
static DEFINE_SPINLOCK(number_lock);
static volatile u64 sum;

/* Each is one access, or a read and a write. */
static noinline void set(void)
{
	number = 1;
}

static noinline void add_to(void)
{
	number += 2;
}

static noinline void read_from(void)
{
	sum = number;
}

static void add_with_lock(void)
{
	spin_lock(&number_lock);
	add_to();
	spin_unlock(&number_lock);
}

static noinline void add_marked(void)
{
	WRITE_ONCE(number, READ_ONCE(number) + 2);
}

static void add_atomic(void)
{
	__atomic_add_fetch(&number, 2, __ATOMIC_RELAXED);
}

static int repeat(void *does)
{
	while (!kthread_should_stop())
		((void (*)(void))does)();
	return 0;
}

/* One here, the other on another CPU, for so long or until there is a report.  How many there were. */
static unsigned int reports_of(void (*here)(void), void (*there)(void), u64 nsec)
{
	unsigned int warnings = warn_count();
	struct wait wait = wait_start(nsec);
	struct task_struct *t = kthread_create_on_cpu(repeat, (void *)there, other_cpu(), "kcsan");

	if (IS_ERR(t))
		return ~0U;
	wake_up_process(t);
	while (warn_count() == warnings && !wait_over(&wait))
		for (unsigned int i = 0; i < 1000; i++)
			here();
	kthread_stop(t);
	return warn_count() - warnings;
}

GUEST_TEST_WARNS(kcsan, a_read_and_a_write)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(read_from, add_with_lock, PATIENCE_USEC * NSEC_PER_USEC), 1);
}

/* Who reads does not know that there is somebody who writes. */
GUEST_TEST_WARNS(kcsan, a_read_and_a_marked_write)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(read_from, add_marked, PATIENCE_USEC * NSEC_PER_USEC), 1);
}

GUEST_TEST_WARNS(kcsan, two_writes)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(set, set, PATIENCE_USEC * NSEC_PER_USEC), 1);
}

/* The same two once more. */
GUEST_TEST_WARNS(kcsan, two_writes_are_said_once)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(set, set, SILENT_NS), 0);
}

GUEST_TEST_WARNS(kcsan, with_a_lock)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(add_with_lock, add_with_lock, SILENT_NS), 0);
}

GUEST_TEST_WARNS(kcsan, marked)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(add_marked, add_marked, SILENT_NS), 0);
	EXPECT_EQ(reports_of(add_atomic, add_marked, SILENT_NS), 0);
}

/* Both read. */
GUEST_TEST_WARNS(kcsan, two_reads)
{
	NEED_CPUS(2);
	EXPECT_EQ(reports_of(read_from, read_from, SILENT_NS), 0);
}
#endif
