// SPDX-License-Identifier: MIT
/* Threads of interrupts' handlers: they sleep, run once for each time they are asked, and end. */
#include "kernel/sched/irq_thread.h"

#include "kernel/core/panic.h"
#include "kernel/core/preempt.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/task.h"
#include "kernel/sched/timeout.h"
#include "kernel/time/time.h"
#include "mm/slab.h"
#include "tests/guest/guest_test.h"
#include "tests/guest/soft_chip.h"

#define SLEEP_MSEC 20

static struct chip_calls told;

static struct {
	unsigned int hard, runs, ended;
	bool in_irq_thread, could_sleep;
	int nice;
	unsigned int msec; /* how long the thread takes, */
	bool hold;	   /* and as long as this is so */
} seen;

static irqreturn_t hard_handler(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	seen.hard++;
	return IRQ_WAKE_THREAD;
}

static irqreturn_t claiming_handler(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	seen.hard++;
	return IRQ_HANDLED;
}

static irqreturn_t thread_fn(int irq, void *dev_id)
{
	(void)irq;
	(void)dev_id;
	__atomic_add_fetch(&seen.runs, 1, __ATOMIC_RELEASE);
	seen.in_irq_thread = strncmp(current->comm, "irq/", 4) == 0;
	seen.could_sleep = !irqs_disabled() && !preempt_count();
	seen.nice = current->nice;
	msleep(seen.msec);
	while (READ_ONCE(seen.hold))
		msleep(1);
	__atomic_add_fetch(&seen.ended, 1, __ATOMIC_RELEASE);
	return IRQ_HANDLED;
}

#define count_of(what) __atomic_load_n(&seen.what, __ATOMIC_ACQUIRE)

/* Below 0: the test is skipped, or has failed. */
static int make_irq(bool level)
{
	int irq;

	if (guest_lacks_lapic())
		return -1;
	told = (struct chip_calls){ 0 };
	seen = (__typeof__(seen)){ 0 };
	irq = irq_create(-1, &soft_lapic_chip, &told, 7, level);
	EXPECT(irq >= 0);
	return irq;
}

/* The tests' thread may have the only CPU: it sleeps meanwhile. */
static bool comes_to(const unsigned int *count, unsigned int n)
{
	for (unsigned int i = 0; i < PATIENCE_USEC / 1000; i++) {
		if (__atomic_load_n(count, __ATOMIC_ACQUIRE) >= n)
			return true;
		msleep(1);
	}
	return false;
}

GUEST_TEST(irq_thread, runs_and_may_sleep)
{
	int irq = make_irq(false);

	if (irq < 0)
		return;
	ASSERT(request_threaded_irq(irq, hard_handler, thread_fn, 0, "test", &seen) == 0);
	seen.msec = 1;
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.ended, 1));
	EXPECT_EQ(seen.hard, 1);
	EXPECT(seen.in_irq_thread);
	EXPECT(seen.could_sleep);
	EXPECT_EQ(seen.nice, -20); /* before all others: a device waits for it */
	EXPECT_EQ(told.mask, 0);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* Asked thrice while it runs: one run more, not three. */
GUEST_TEST(irq_thread, asked_while_it_runs)
{
	int irq = make_irq(false);

	if (irq < 0)
		return;
	ASSERT(request_threaded_irq(irq, hard_handler, thread_fn, 0, "test", &seen) == 0);
	seen.hold = true;
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.runs, 1));
	for (unsigned int i = 0; i < 3; i++)
		strike_and_settle(irq);
	EXPECT_EQ(seen.hard, 4);
	seen.hold = false;
	EXPECT(comes_to(&seen.ended, 2));
	synchronize_irq(irq);
	EXPECT_EQ(seen.runs, 2);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* A level line is masked from the handler's request until the thread has quieted the device. */
GUEST_TEST(irq_thread, oneshot_level_is_masked_meanwhile)
{
	int irq = make_irq(true);

	if (irq < 0)
		return;
	EXPECT_EQ(request_threaded_irq(irq, NULL, thread_fn, 0, "test", &seen), -EINVAL);
	ASSERT(request_threaded_irq(irq, NULL, thread_fn, IRQF_ONESHOT, "test", &seen) == 0);
	seen.hold = true;
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.runs, 1));
	EXPECT_EQ(told.mask, told.unmask); /* it began masked */
	seen.hold = false;
	EXPECT(comes_to(&seen.ended, 1));
	synchronize_irq(irq); /* what the thread does after that is over, too */
	EXPECT_EQ(told.mask, 1);
	EXPECT_EQ(told.unmask, 2);
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.ended, 2));
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* An edge of that time is kept. */
GUEST_TEST(irq_thread, oneshot_edge_is_kept_meanwhile)
{
	int irq = make_irq(false);

	if (irq < 0)
		return;
	ASSERT(request_threaded_irq(irq, hard_handler, thread_fn, IRQF_ONESHOT, "test", &seen) ==
	       0);
	seen.hold = true;
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.runs, 1));
	strike_and_settle(irq);
	EXPECT_EQ(seen.hard, 1);
	seen.hold = false;
	EXPECT(comes_to(&seen.ended, 2));
	EXPECT_EQ(seen.hard, 2);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

GUEST_TEST(irq_thread, who_disables_or_frees_waits_for_it)
{
	int irq = make_irq(false);

	if (irq < 0)
		return;
	ASSERT(request_threaded_irq(irq, hard_handler, thread_fn, 0, "test", &seen) == 0);
	seen.msec = SLEEP_MSEC;
	strike_and_settle(irq);
	disable_irq(irq);
	EXPECT_EQ(seen.ended, 1);
	enable_irq(irq);
	strike_and_settle(irq);
	synchronize_irq(irq);
	EXPECT_EQ(seen.ended, 2);
	strike_and_settle(irq);
	free_irq(irq, &seen);
	EXPECT_EQ(seen.ended, 3);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* Those who share an irq agree on it: one that is open would let the other's line in. */
GUEST_TEST(irq_thread, oneshot_is_shared_by_its_like)
{
	int irq = make_irq(true), other;

	if (irq < 0)
		return;
	ASSERT(request_threaded_irq(irq, NULL, thread_fn, IRQF_ONESHOT | IRQF_SHARED, "test",
				    &seen) == 0);
	EXPECT_EQ(request_irq(irq, hard_handler, IRQF_SHARED, "other", &other), -EBUSY);
	EXPECT_EQ(request_threaded_irq(irq, NULL, thread_fn, IRQF_ONESHOT | IRQF_SHARED, "other",
				       &other),
		  0);
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.ended, 2));
	synchronize_irq(irq);
	EXPECT_EQ(told.unmask, told.mask + 1); /* it is open once both have run */
	free_irq(irq, &other);
	strike_and_settle(irq);
	EXPECT(comes_to(&seen.ended, 3));
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

/* A handler that has no thread to ask for. */
GUEST_TEST_WARNS(irq_thread, none_to_wake)
{
	unsigned int warnings = warn_count();
	int irq = make_irq(false);

	if (irq < 0)
		return;
	ASSERT(request_irq(irq, hard_handler, 0, "test", &seen) == 0);
	strike_and_settle(irq);
	EXPECT_EQ(warn_count(), warnings + 1);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

static bool is_of_a_test(struct task_struct *t, void *found)
{
	bool *stays = found;

	*stays |= strncmp(t->comm, "irq/", 4) == 0 && strstr(t->comm, "-test") &&
		  !completion_done(&t->exited);
	return true;
}

/* One that is no handler's, and one that has none to run. */
GUEST_TEST(irq_thread, without_one)
{
	bool stays = false;
	int irq = make_irq(false);

	if (irq < 0)
		return;
	EXPECT_EQ(request_threaded_irq(NR_IRQS, hard_handler, thread_fn, 0, "test", &seen),
		  -EINVAL);
	for_each_task(is_of_a_test, &stays);
	EXPECT(!stays);
	EXPECT_EQ(request_threaded_irq(irq, NULL, thread_fn, 0, "test", &seen), -EINVAL);
	ASSERT(request_threaded_irq(irq, claiming_handler, NULL, 0, "test", &seen) == 0);
	strike_and_settle(irq);
	EXPECT_EQ(seen.hard, 1);
	EXPECT_EQ(seen.runs, 0);
	free_irq(irq, &seen);
	EXPECT_EQ(irq_destroy(irq), 0);
}

#define REQUESTS 40

/* A driver that comes and goes, or finds its irq taken, costs nothing; some threads that are over are kept. */
GUEST_TEST(irq_thread, nothing_is_left_of_it)
{
	int irq = make_irq(false), other;
	unsigned long objects = 0;

	if (irq < 0)
		return;
	for (unsigned int i = 0; i < 2 * REQUESTS; i++) {
		if (i == REQUESTS)
			objects = nr_slab_objects();
		ASSERT(request_threaded_irq(irq, hard_handler, thread_fn, 0, "test", &seen) == 0);
		EXPECT_EQ(request_threaded_irq(irq, hard_handler, thread_fn, 0, "other", &other),
			  -EBUSY);
		free_irq(irq, &seen);
	}
	EXPECT(nr_slab_objects() < objects + REQUESTS);
	EXPECT_EQ(irq_destroy(irq), 0);
}
