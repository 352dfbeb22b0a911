// SPDX-License-Identifier: MIT
/*
 * What of a program is in the CPU while its thread runs, and is changed with the thread:
 *
 *   the root       its page tables.  A kernel thread has none of its own and leaves loaded what
 *                  is: it uses the kernel's half only, which all have (mm/mm.h)
 *   the stack      on which it enters the kernel
 *   vector registers  and those of x87 (kernel/cpu/fpu.h)
 *   user time      how long it was in user mode, which the entry code counts for the CPU
 *   FS and GS base by their MSRs.  In the kernel a program's GS base is the one that SWAPGS
 *                  brings back
 */
#include "kernel/cpu/cpu.h"
#include "kernel/cpu/fpu.h"
#include "kernel/sched/rq.h"
#include "kernel/sched/sched.h"
#include "kernel/trap/traps.h"
#include "mm/mm.h"

static void load_user(const struct task_struct *t)
{
	set_entry_stack(t->stack.top);
	wrmsr(MSR_FS_BASE, t->fsbase);
	wrmsr(MSR_KERNEL_GS_BASE, t->gsbase);
}

static void collect_user_time(struct task_struct *t)
{
	t->user_ticks += this_cpu(user_time.spent) << USER_TIME_SHIFT;
	this_cpu(user_time.spent) = 0;
}

void switch_user(struct task_struct *prev, struct task_struct *next)
{
	if (prev->mm) {
		fpu_save(prev->fpu);
		collect_user_time(prev);
	}
	if (!next->mm)
		return;
	use_mm_root((struct mm *)next->mm);
	load_user(next);
	fpu_load(next->fpu);
}

u64 task_user_ticks(const struct task_struct *t)
{
	u64 ticks = READ_ONCE(t->user_ticks);

	if (READ_ONCE(t->on_cpu))
		ticks += READ_ONCE(per_cpu(user_time.spent, t->cpu)) << USER_TIME_SHIFT;
	return ticks;
}

void switch_to_user_mm(struct mm_struct *mm)
{
	unsigned long flags = local_irq_save();

	if (current->mm)
		collect_user_time(current);
	current->mm = mm;
	if (mm) {
		use_mm_root((struct mm *)mm);
		load_user(current);
	}
	local_irq_restore(flags);
}
