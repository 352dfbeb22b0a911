// SPDX-License-Identifier: MIT
/* Commands of the tests' image whose threads do what none should: spin, hang, use up their stack. */
#include "kernel/core/command.h"
#include "kernel/core/cpumask.h"
#include "kernel/lib/errno.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"

static int spin(void *turns)
{
	while (!kthread_should_stop())
		++*(volatile u64 *)turns;
	return 0;
}

/* spin CPU NICE: for tests of what shows it. */
static int cmd_spin(struct sink *out, int argc, char **argv)
{
	static u64 turns;
	struct task_struct *t;
	u64 cpu, nice;

	(void)out;
	if (argc != 3 || kstrtoull(argv[1], 10, &cpu) || kstrtoull(argv[2], 10, &nice) ||
	    cpu >= NR_CPUS || !cpu_online((unsigned int)cpu))
		return -EINVAL;
	t = kthread_create_on_cpu(spin, &turns, (unsigned int)cpu, "spin%d", (int)nice);
	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	set_user_nice(t, (int)nice);
	wake_up_process(t);
	return 0;
}
MONITOR_COMMAND(spin, "CPU NICE", "a thread that spins there for ever", cmd_spin);

static int hang_here(void *never)
{
	wait_for_completion(never);
	return 0;
}

static int cmd_hang(struct sink *out, int argc, char **argv)
{
	static DECLARE_COMPLETION(never);

	(void)out;
	(void)argv;
	if (argc != 1)
		return -EINVAL;
	return IS_ERR(kthread_run(hang_here, &never, "hangs")) ? -ENOMEM : 0;
}
MONITOR_COMMAND(hang, "", "a thread that waits for ever for what should come", cmd_hang);

/* ---- what is not survived ---- */

static noinline u64 recurse(const volatile u64 *above)
{
	volatile u64 here[8];

	here[0] = *above + 1;
	return here[0] ? recurse(here) + here[0] : 0; /* 2^64 calls are not reached */
}

static int overflow(void *unused)
{
	volatile u64 depth = 0;

	(void)unused;
	return (int)recurse(&depth);
}

static int cmd_threadcrash(struct sink *out, int argc, char **argv)
{
	struct task_struct *t;

	(void)out;
	if (argc != 2 || strcmp(argv[1], "overflow") != 0)
		return -EINVAL;
	t = kthread_create(overflow, NULL, "deep/%d", 5);
	if (IS_ERR(t))
		return (int)PTR_ERR(t);
	get_task_struct(t);
	wake_up_process(t);
	wait_for_completion(&t->exited);
	return -EIO; /* it should not have been survived */
}
MONITOR_COMMAND(threadcrash, "overflow", "have a thread use more stack than it has",
		cmd_threadcrash);
