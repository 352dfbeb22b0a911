// SPDX-License-Identifier: MIT
/*
 * Errands, of which `monitor CMD` is one: any command of the monitor's, in one of four ways, by where the machine
 * stands.
 *
 *   borrowed	a thread that could be preempted here calls the command as if its code had: it gets
 *		another RIP and goes, with the whole machine, until the command is done; then it is
 *		where it was.  All that a command may do it may do so: sleep, take locks, call CPUs
 *   lent	of an idle CPU, or a program, nothing can be borrowed: a thread of the debugger's own
 *		runs the command, and the machine stops behind it.  What stood has gone on meanwhile
 *   held	a thread that stands in a trap of a program's runs a short errand there, no command, and
 *		does not go on meanwhile
 *   dead	elsewhere, amid what must not be left, before there are threads or after a panic, the
 *		command runs here while all CPUs stand.  What has to wait there never could go on: it
 *		panics (kernel/core/smp.h, cpus_stand), and is thrown away instead
 *
 * What it says goes to gdb as it comes.  Breakpoints are out meanwhile, also those of debug registers.
 */
#include "kernel/monitor/monitor.h"
#include "kernel/core/command.h"
#include "kernel/core/preempt.h"
#include "kernel/core/smp.h"
#include "kernel/cpu/irqflags.h"
#include "kernel/gdb/context.h"
#include "kernel/gdb/gdb.h"
#include "kernel/gdb/programs.h"
#include "kernel/gdb/stub.h"
#include "kernel/lib/string.h"
#include "kernel/sched/kthread.h"
#include "kernel/sched/wait.h"
#include "kernel/trap/debugger.h"

#define STACK_NEEDED 8192 /* bytes, of a command and the interrupts that come upon it */
#define MAX_LINE     256

static char command_line[MAX_LINE];
static struct sink *command_out;

static const struct gdb_errand *errand;
static const struct task_struct *held; /* whose trap it is run in, as its own */

/* A command that goes with the machine. */
static struct task_struct *runner; /* NULL: none */
static bool borrowed, done, failed;
static struct pt_regs lender; /* what a borrowed thread goes back to */
static struct task_struct *own_thread;
static DECLARE_WAIT_QUEUE_HEAD(own_wait);

static void *way_out[5]; /* of a command that runs while all stand */

static void run_line(void)
{
	command_begin();
	monitor_execute(command_out, command_line);
}

static void fail_line(const char *why)
{
	sink_printf(command_out, "monitor: %s: %s; it is given up\n", command_line, why);
}

static int result_of_line(void)
{
	return 0;
}

/* ---------------------------------------------------------------- with the machine */

static noinline void run_and_stop(void)
{
	errand->run();
	done = true;
	__asm__ __volatile__("int3");
}

bool gdb_command_goes(void)
{
	return runner || held;
}

int gdb_command_result(void)
{
	return errand->result();
}

bool gdb_command_is_mine(void)
{
	return runner && runner == this_cpu(current_task);
}

static int own_loop(void *unused);

/* Back to where a thread waits for commands, as if it had just been made. */
static void begin_anew(struct pt_regs *regs)
{
	regs->ip = (unsigned long)own_loop;
	regs->sp = (unsigned long)task_pt_regs(runner) - 3 * sizeof(long); /* as in ret_from_fork */
	regs->bp = 0;
	regs->flags |= X86_EFLAGS_IF;
}

bool gdb_command_stop(struct pt_regs *regs)
{
	if (!gdb_command_is_mine() || !done)
		return false;
	if (borrowed)
		*regs = lender;
	else if (failed)
		begin_anew(regs);
	if (failed) /* with what it held; there was no count when it began */
		this_cpu(preempt_counter) &= PREEMPT_NO_NEED;
	runner = NULL;
	return true;
}

void gdb_command_fail(const char *why)
{
	errand->fail(why);
	done = failed = true;
}

static int own_loop(void *unused)
{
	(void)unused;
	for (;;) {
		wait_event_idle(own_wait, READ_ONCE(runner) == current);
		run_and_stop();
	}
	return 0;
}

void __init gdb_thread_init(void)
{
	struct task_struct *t = debugger ? kthread_run(own_loop, NULL, "kgdb") : NULL;

	if (debugger)
		gdb_programs_init();
	if (t && !IS_ERR(t))
		own_thread = t;
}

void gdb_command_wake(void)
{
	if (runner && !borrowed)
		wake_up(&own_wait);
}

/* Nothing speaks against a switch to another thread here. */
static bool may_switch(const struct pt_regs *regs)
{
	return regs->flags & X86_EFLAGS_IF && !preempt_count() && this_cpu(current_task);
}

static bool can_borrow(const struct pt_regs *regs)
{
	const struct task_struct *t = this_cpu(current_task);

	return !user_mode(regs) && t->pid && regs->sp >= t->stack.bottom + STACK_NEEDED &&
	       regs->sp <= t->stack.top;
}

static void borrow(struct pt_regs *regs)
{
	lender = *regs;
	borrowed = true;
	regs->ip = (unsigned long)run_and_stop;
	regs->sp = ALIGN_DOWN(regs->sp, 16UL) - sizeof(long); /* as behind a call (psABI, 3.2.2) */
}

static bool start(struct pt_regs *regs)
{
	if (!may_switch(regs))
		return false;
	borrowed = false;
	if (can_borrow(regs))
		borrow(regs);
	else if (!own_thread || (this_cpu(current_task)->pid && !user_mode(regs)))
		return false;
	done = failed = false;
	WRITE_ONCE(runner, borrowed ? this_cpu(current_task) : own_thread);
	return true;
}

bool gdb_send_out(const struct gdb_errand *e)
{
	if (gdb_is_dead() || gdb_command_goes())
		return false;
	errand = e;
	held = gdb_chief_may_sleep() ? this_cpu(current_task) : NULL;
	return held || start(per_cpu(gdb_context, raw_smp_processor_id()).regs);
}

bool gdb_run_held(void)
{
	if (!held || held != this_cpu(current_task))
		return false;
	local_irq_enable();
	errand->run();
	local_irq_disable();
	held = NULL;
	return true;
}

/* ---------------------------------------------------------------- while all stand */

void gdb_throw_command(const char *why)
{
	if (!cpus_stand)
		return;
	fail_line(why);
	__builtin_longjmp(way_out, 1);
}

static noinline void run_here(void)
{
	u32 count = this_cpu(preempt_counter);

	cpus_stand = true;
	if (!__builtin_setjmp(way_out))
		run_line();
	cpus_stand = false;
	this_cpu(preempt_counter) = count;
}

bool gdb_monitor(struct sink *out, char *line)
{
	static const struct gdb_errand line_errand = { run_line, fail_line, result_of_line };
	struct pt_regs *regs = per_cpu(gdb_context, raw_smp_processor_id()).regs;

	if (!gdb_is_dead() && gdb_command_goes()) {
		sink_printf(out, "monitor: %s: what gdb asked for before is not done yet\n", line);
		return true;
	}
	command_out = out;
	errand = &line_errand;
	strscpy(command_line, line, sizeof(command_line));
	if (!gdb_is_dead() && start(regs))
		return false;
	run_here();
	return true;
}
