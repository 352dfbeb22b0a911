// SPDX-License-Identifier: MIT
/*
 * Spinlocks, the order of locks, and per-CPU data.  What ends in a panic is committed by
 * the command `lockcrash`, since no test comes back from it.
 */
#include "kernel/core/command.h"
#include "kernel/core/lockdep.h"
#include "kernel/core/panic.h"
#include "kernel/core/smp.h"
#include "kernel/core/spinlock.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/completion.h"
#include "kernel/sched/task.h"
#include "kernel/sched/workqueue.h"
#include "tests/guest/guest_test.h"

static DEFINE_SPINLOCK(one_lock);
static DEFINE_SPINLOCK(other_lock);
static DEFINE_SPINLOCK(third_lock);

GUEST_TEST(locks, owner_and_place)
{
	unsigned long here = (unsigned long)locks_owner_and_place;

	EXPECT(!spin_is_mine(&one_lock));
	spin_lock(&one_lock);
	EXPECT(spin_is_mine(&one_lock));
	EXPECT_EQ(one_lock.owner, raw_smp_processor_id() + 1);
	EXPECT(one_lock.taken_at > here && one_lock.taken_at < here + 0x400);
	EXPECT(!spin_trylock(&one_lock));
	spin_unlock(&one_lock);
	EXPECT_EQ(one_lock.owner, 0);
	EXPECT(spin_trylock(&one_lock));
	spin_unlock(&one_lock);
}

GUEST_TEST(locks, force)
{
	one_lock.owner = 7; /* a CPU that never lets go */
	EXPECT(spin_lock_by_force(&one_lock, 10));
	EXPECT(spin_is_mine(&one_lock));
	EXPECT(!spin_lock_by_force(&one_lock, 10));
	spin_unlock_forced(&one_lock);
	EXPECT_EQ(one_lock.owner, 0);
	EXPECT(spin_lock_by_force(&one_lock, 0));
	one_lock.owner = 7; /* another takes it by force */
	spin_unlock_forced(&one_lock);
	EXPECT_EQ(one_lock.owner, 7);
	one_lock.owner = 0;
}

extern spinlock_t __spinlocks_start[], __spinlocks_end[];

/* might_sleep() looks at them as at an array. */
GUEST_TEST(locks, they_lie_in_a_row)
{
	static spinlock_t *const locks[] = { &one_lock, &other_lock, &third_lock };

	for (unsigned int i = 0; i < ARRAY_SIZE(locks); i++) {
		EXPECT(locks[i] >= __spinlocks_start && locks[i] < __spinlocks_end);
		EXPECT_EQ(((unsigned long)locks[i] - (unsigned long)__spinlocks_start) %
				  sizeof(spinlock_t),
			  0);
	}
}

GUEST_TEST(locks, sleep_where_it_is_allowed)
{
	might_sleep();
}

static void take_both(spinlock_t *outer, spinlock_t *inner)
{
	spin_lock(outer);
	spin_lock(inner);
	spin_unlock(inner);
	spin_unlock(outer);
}

/* one -> other -> third stands; third -> one closes a circle of three, and is said once. */
GUEST_TEST_WARNS(locks, a_circle_is_reported)
{
	take_both(&one_lock, &other_lock);
#ifdef CONFIG_DEBUG
	unsigned int warnings = warn_count();

	take_both(&other_lock, &third_lock);
	take_both(&one_lock, &third_lock);
	EXPECT_EQ(warn_count(), warnings);
	take_both(&third_lock, &one_lock);
	EXPECT_EQ(warn_count(), warnings + 1);
	take_both(&third_lock, &one_lock);
	EXPECT_EQ(warn_count(), warnings + 1);
#else
	guest_skip("a build with DEBUG=1 looks at the order");
#endif
}

/* As a handler does, with interrupts off. */
static void take_in_irq(spinlock_t *lock)
{
	unsigned long flags = local_irq_save();

	lockdep_enter_irq();
	spin_lock(lock);
	spin_unlock(lock);
	lockdep_exit_irq();
	local_irq_restore(flags);
}

static void take_irqs_off(spinlock_t *outer, spinlock_t *inner)
{
	unsigned long flags;

	spin_lock_irqsave(outer, flags);
	spin_lock(inner);
	spin_unlock(inner);
	spin_unlock_irqrestore(outer, flags);
}

static DEFINE_SPINLOCK(handlers_lock);
static DEFINE_SPINLOCK(quiet_lock);
static DEFINE_SPINLOCK(safe_lock);
static DEFINE_SPINLOCK(middle_lock);
static DEFINE_SPINLOCK(unsafe_lock);

/* A handler could come while it is held; and through two edges, whichever is learnt last. */
GUEST_TEST_WARNS(locks, interrupts_are_looked_at)
{
#ifdef CONFIG_DEBUG
	unsigned int warnings = warn_count();

	take_in_irq(&handlers_lock);
	take_irqs_off(&handlers_lock, &quiet_lock); /* never where one could come */
	EXPECT_EQ(warn_count(), warnings);
	spin_lock(&handlers_lock);
	spin_unlock(&handlers_lock);
	EXPECT_EQ(warn_count(), warnings + 1);

	take_in_irq(&safe_lock);
	take_irqs_off(&safe_lock, &middle_lock);
	take_irqs_off(&middle_lock, &unsafe_lock);
	EXPECT_EQ(warn_count(), warnings + 1);
	spin_lock(&unsafe_lock);
	spin_unlock(&unsafe_lock);
	EXPECT_EQ(warn_count(), warnings + 2);
	spin_lock(&unsafe_lock);
	spin_unlock(&unsafe_lock);
	EXPECT_EQ(warn_count(), warnings + 2);
#else
	take_in_irq(&handlers_lock);
	take_irqs_off(&handlers_lock, &quiet_lock);
	take_irqs_off(&safe_lock, &middle_lock);
	take_irqs_off(&middle_lock, &unsafe_lock);
	guest_skip("a build with DEBUG=1 looks at interrupts");
#endif
}

static DEFINE_SPINLOCK(early_lock);
static DEFINE_SPINLOCK(late_lock);

/* The edge comes last. */
GUEST_TEST_WARNS(locks, interrupts_by_an_edge)
{
	unsigned int warnings = warn_count();

	take_in_irq(&early_lock);
	spin_lock(&late_lock);
	spin_unlock(&late_lock);
	EXPECT_EQ(warn_count(), warnings);
	take_irqs_off(&early_lock, &late_lock);
#ifdef CONFIG_DEBUG
	EXPECT_EQ(warn_count(), warnings + 1);
#else
	EXPECT_EQ(warn_count(), warnings);
#endif
}

/* What lies on a stack lies elsewhere the next time: each would be a class more, until there is room for none. */
GUEST_TEST_WARNS(locks, one_on_a_stack_has_a_class)
{
	DECLARE_COMPLETION_ONSTACK(done);
	unsigned int warnings = warn_count();
	spinlock_t lock = { 0 };

	complete(&done);
	wait_for_completion(&done);
	EXPECT_EQ(warn_count(), warnings);
	spin_lock(&lock);
	spin_unlock(&lock);
#ifdef CONFIG_DEBUG
	EXPECT_EQ(warn_count(), warnings + 1);
#else
	EXPECT_EQ(warn_count(), warnings);
#endif
}

static DEFINE_SPINLOCK(beneath_lock);
static const char a_mutex[] = "a mutex", another_mutex[] = "another mutex";

/* What sleeps is in the same graph, and is its thread's. */
GUEST_TEST_WARNS(locks, sleeping_ones_are_of_the_graph)
{
#ifdef CONFIG_DEBUG
	static struct held_locks mine, others;
	unsigned int warnings = warn_count();

	preempt_disable();
	lockdep_switch_to(&mine);
	lockdep_acquire_sleeping(a_mutex, NULL, _RET_IP_, false);
	lockdep_switch_to(&others); /* who does not hold the first */
	lockdep_acquire_sleeping(another_mutex, NULL, _RET_IP_, false);
	lockdep_acquire_sleeping(a_mutex, NULL, _RET_IP_, false);
	lockdep_release_sleeping(another_mutex);
	lockdep_release_sleeping(a_mutex);
	EXPECT_EQ(warn_count(), warnings);
	lockdep_switch_to(&mine);
	lockdep_acquire_sleeping(another_mutex, NULL, _RET_IP_, false);
	EXPECT_EQ(warn_count(), warnings + 1);
	spin_lock(&beneath_lock);
	spin_unlock(&beneath_lock);
	lockdep_release_sleeping(another_mutex);
	lockdep_release_sleeping(a_mutex);
	EXPECT_EQ(mine.depth + others.depth, 0);
	EXPECT_EQ(warn_count(), warnings + 1);
	lockdep_switch_to(&current->held);
	preempt_enable();
#else
	guest_skip("a build with DEBUG=1 looks at the order");
	(void)beneath_lock;
	(void)a_mutex;
	(void)another_mutex;
#endif
}

GUEST_TEST_WARNS(locks, held_and_not_held)
{
	unsigned int warnings = warn_count();

	lockdep_assert_held(&one_lock);
	spin_lock(&one_lock);
	lockdep_assert_held(&one_lock);
	spin_unlock(&one_lock);
#ifdef CONFIG_DEBUG
	EXPECT_EQ(warn_count(), warnings + 1);
#else
	EXPECT_EQ(warn_count(), warnings);
#endif
}

/* ---- per-CPU data ---- */

static DEFINE_PER_CPU(unsigned long, number);
static DEFINE_PER_CPU(u8, small);

GUEST_TEST(percpu, this_cpu_and_any)
{
	unsigned int me = raw_smp_processor_id(), cpu;
	int less = -5;

	for_each_possible_cpu(cpu) per_cpu(number, cpu) = 100 + cpu;
	this_cpu_add(number, 5);
	this_cpu(small) = 0xff;
	this_cpu_add(small, 2);
	EXPECT_EQ(this_cpu(number), 105 + me);
	EXPECT_EQ(this_cpu(small), 1);
	/* Numbers of other widths than the variable's. */
	this_cpu_add(small, me + 0x102UL);
	EXPECT_EQ(this_cpu(small), 3 + me);
	OPTIMIZER_HIDE_VAR(less);
	this_cpu_add(number, less);
	EXPECT_EQ(this_cpu(number), 100 + me);
	this_cpu_add(number, 5);
	for_each_possible_cpu(cpu) EXPECT_EQ(per_cpu(number, cpu), 100 + cpu + (cpu == me ? 5 : 0));
}

GUEST_TEST(percpu, allocated)
{
	u64 *a = alloc_percpu(sizeof(*a)), *b = alloc_percpu(200);
	unsigned int cpu;

	ASSERT(a && b && a != b);
	EXPECT(!((unsigned long)a % 64) && !((unsigned long)b % 64));
	for_each_possible_cpu(cpu)
	{
		EXPECT_EQ(per_cpu(*a, cpu), 0);
		memset(&per_cpu(*a, cpu), 0x11, sizeof(*a));
		memset(&per_cpu(*b, cpu), 0x22, 200);
	}
	this_cpu(*a) = 3;
	EXPECT_EQ(per_cpu(*a, raw_smp_processor_id()), 3);
	free_percpu(a, sizeof(*a));
	EXPECT_EQ((unsigned long)alloc_percpu(sizeof(*a)), (unsigned long)a);
	for_each_possible_cpu(cpu) EXPECT_EQ(per_cpu(*a, cpu), 0);
	for_each_possible_cpu(cpu) EXPECT_EQ(per_cpu(b[24], cpu), 0x2222222222222222);
	free_percpu(b, 200);
	EXPECT_EQ((unsigned long)alloc_percpu(200), (unsigned long)b);
	for_each_possible_cpu(cpu) EXPECT_EQ(per_cpu(b[24], cpu), 0);
	free_percpu(a, sizeof(*a));
	free_percpu(b, 200);
	EXPECT(!alloc_percpu(PERCPU_DYNAMIC + 1));
}

/* ---- preemption ---- */

GUEST_TEST(preempt, what_counts)
{
	unsigned long flags;
	u32 before = preempt_count();

	EXPECT_EQ(before, 0);
	spin_lock(&one_lock);
	EXPECT_EQ(preempt_count(), 1);
	preempt_disable();
	EXPECT_EQ(preempt_count(), 2);
	EXPECT(!should_resched());
	preempt_enable_no_resched();
	spin_unlock(&one_lock);
	EXPECT_EQ(preempt_count(), 0);

	spin_lock_irqsave(&one_lock, flags);
	EXPECT_EQ(preempt_count(), 0); /* interrupts are off: no need */
	EXPECT(!spin_trylock(&one_lock));
	EXPECT_EQ(preempt_count(), 0);
	spin_unlock_irqrestore(&one_lock, flags);
	EXPECT(spin_trylock(&one_lock));
	EXPECT_EQ(preempt_count(), 1);
	spin_unlock(&one_lock);
	EXPECT_EQ(preempt_count(), 0);
}

GUEST_TEST(preempt, force_counts_too)
{
	one_lock.owner = 7;
	EXPECT(spin_lock_by_force(&one_lock, 2));
	EXPECT_EQ(preempt_count(), 1);
	one_lock.owner = 7;
	spin_unlock_forced(&one_lock);
	EXPECT_EQ(preempt_count(), 0);
	one_lock.owner = 0;
}

/* ---- what is not survived ---- */

static void fault_there(void *unused)
{
	(void)unused;
	__asm__ __volatile__("ud2");
}

/* It ends with a lock that it has taken. */
static void leak_a_lock(struct work_struct *work)
{
	(void)work;
	spin_lock(&one_lock);
}
static DECLARE_WORK(leaking_work, leak_a_lock);

static int cmd_lockcrash(struct sink *out, int argc, char **argv)
{
	const char *how = argc == 2 ? argv[1] : "";

	(void)out;
	if (strcmp(how, "twice") == 0) {
		spin_lock(&one_lock);
		spin_lock(&one_lock);
	} else if (strcmp(how, "free") == 0) {
		spin_unlock(&one_lock);
	} else if (strcmp(how, "foreign") == 0) {
		one_lock.owner = 7;
		spin_unlock(&one_lock);
	} else if (strcmp(how, "sleep") == 0) {
		spin_lock(&one_lock);
		might_sleep();
	} else if (strcmp(how, "work") == 0) {
		schedule_work(&leaking_work);
		flush_work(&leaking_work);
	} else if (strcmp(how, "second") == 0) {
		smp_call_function(fault_there, NULL, false); /* whoever comes first reports */
		fault_there(NULL);
	} else if (strcmp(how, "sleep-preempt") == 0) {
		preempt_disable();
		might_sleep();
	} else if (strcmp(how, "sleep-irq") == 0) {
		local_irq_disable();
		might_sleep();
	} else {
		return -EINVAL;
	}
	return -EIO; /* it should not have been survived */
}
MONITOR_COMMAND(lockcrash, "twice|free|foreign|sleep|sleep-irq|sleep-preempt|work|second",
		"break the promise of a spinlock, or fault on all CPUs at a time", cmd_lockcrash);
